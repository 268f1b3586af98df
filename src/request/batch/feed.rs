//! The reader of the second pass, on a thread of its own, a little ahead of those who send.

use std::io;
use std::thread::JoinHandle;

use tokio::sync::mpsc;

use crate::journal::Intent;

use super::check::Patterns;
use super::line::Line;
use super::source::{Source, SourceError};

/// How many lines are read ahead.
const AHEAD: usize = 256;

/// A line that may be sent.
#[derive(Debug)]
pub(super) struct Fed {
    /// Its place among the lines, from 0.
    pub(super) place: u64,
    pub(super) line: Line,
    pub(super) intent: Intent,
}

/// The thread of the reader, and how it ended.
pub(super) type FeedThread = JoinHandle<Result<(), SourceError>>;

/// The reader.
pub(super) struct Feed;

impl Feed {
    /// Starts it. It ends with the file, or when nobody takes lines any more.
    pub(super) fn start(source: Source, patterns: Patterns) -> io::Result<(mpsc::Receiver<Fed>, FeedThread)> {
        let (sender, lines) = mpsc::channel(AHEAD);
        let read = move || feed(&source, &patterns, &sender);
        let thread = std::thread::Builder::new().name("lines".into()).spawn(read)?;
        Ok((lines, thread))
    }
}

fn feed(source: &Source, patterns: &Patterns, sender: &mpsc::Sender<Fed>) -> Result<(), SourceError> {
    for (place, line) in (0..).zip(source.lines()?) {
        if place % AHEAD as u64 == 0 {
            source.is_unchanged()?;
        }
        // The first pass has seen no line that cannot be sent.
        let line = line?.map_err(|_| source.changed())?;
        let intent = line.intent(patterns.of(&line)).map_err(|_| source.changed())?;
        if sender.blocking_send(Fed { place, line, intent }).is_err() {
            return Ok(());
        }
    }
    Ok(())
}
