//! The one who shows results, on a thread of its own: a reader that takes its time holds up no answer.

use std::io;
use std::thread::JoinHandle;

use serde_json::json;
use tokio::sync::mpsc;

use crate::request::envelope::envelope;
use crate::request::report::Report;

use super::order::InOrder;

/// How many results may wait to be shown.
const WAITING: usize = 1024;

/// Shows lines of output; an error where nobody reads them any more.
pub type Show = Box<dyn FnMut(&str) -> Result<(), String> + Send>;

/// What became of a line.
#[derive(Debug)]
pub struct LineReport {
    /// Its number in the file, from 1.
    pub number: u64,
    /// Its id.
    pub id: String,
    /// What became of its request.
    pub report: Report,
}

impl LineReport {
    /// The line of output: the envelope of a request, with the id and the number of the line in front.
    #[must_use]
    pub fn to_json(&self) -> String {
        let envelope =
            envelope(&self.report, self.report.exit_code(false), |command| format!("paycli {command}"));
        let (id, number) = (json!(self.id), self.number);
        format!("{{\"id\":{id},\"line\":{number},{}", envelope.trim_start_matches('{'))
    }
}

/// The way to the one who shows results; each has the place of its line among the lines.
pub(super) type Results = mpsc::Sender<(u64, LineReport)>;

/// The thread of the one who shows results, and how it ended.
pub(super) type Showing = JoinHandle<Result<(), String>>;

/// The one who shows results.
pub(super) struct Outlet;

impl Outlet {
    /// Starts it. It ends when the last way to it is dropped, or nobody reads any more.
    pub(super) fn start(is_ordered: bool, show: Show) -> io::Result<(Results, Showing)> {
        let (sender, results) = mpsc::channel(WAITING);
        let thread = std::thread::Builder::new()
            .name("results".into())
            .spawn(move || show_all(is_ordered, results, show))?;
        Ok((sender, thread))
    }
}

fn show_all(
    is_ordered: bool,
    mut results: mpsc::Receiver<(u64, LineReport)>,
    mut show: Show,
) -> Result<(), String> {
    let (mut order, mut text) = (InOrder::default(), String::new());
    let temporary = |error: rusqlite::Error| format!("results cannot wait in a temporary file: {error}");
    let mut waiting = Vec::with_capacity(WAITING);
    while results.blocking_recv_many(&mut waiting, WAITING) > 0 {
        for (place, result) in waiting.drain(..) {
            let line = result.to_json();
            if is_ordered {
                order.take(place, line, &mut |line| push(&mut text, line)).map_err(temporary)?;
            } else {
                push(&mut text, &line);
            }
        }
        flush(&mut text, &mut show)?;
    }
    order.rest(&mut |line| push(&mut text, line)).map_err(temporary)?;
    flush(&mut text, &mut show)
}

/// A body may have line breaks between its tokens, where no line of output may end.
fn push(text: &mut String, line: &str) {
    text.extend(line.split(['\n', '\r']).map(str::trim_start));
    text.push('\n');
}

fn flush(text: &mut String, show: &mut Show) -> Result<(), String> {
    if text.is_empty() {
        return Ok(());
    }
    let shown = show(text);
    text.clear();
    shown
}
