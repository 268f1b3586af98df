//! A progress bar for long work: on a terminal, on standard error, and nowhere else.

use std::fmt::Write;
use std::io::{self, IsTerminal};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

/// How far long work has come.
#[derive(Debug, Clone)]
pub struct Progress(ProgressBar);

impl Progress {
    /// A bar that counts bytes, of so many where that is known.
    #[must_use]
    pub fn of_bytes(size: Option<u64>, is_quiet: bool) -> Self {
        let form = match size {
            Some(_) => "{bar:30} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left",
            None => "{spinner} {bytes}, {bytes_per_sec}",
        };
        // On the same terminal as the data it would stand between the lines.
        Self::with_form(size, form, !io::stdout().is_terminal() && !is_quiet)
    }

    /// A bar that counts events of so many. What is printed comes after it is taken away.
    #[must_use]
    pub fn of_items(count: u64, is_quiet: bool) -> Self {
        Self::with_form(Some(count), "{bar:30} {pos} of {len}, {rate}, {eta} left", !is_quiet)
    }

    /// A bar that counts requests of so many, with the retries among them. Results may be on the same terminal,
    /// where it would stand between them.
    #[must_use]
    pub fn of_requests(count: u64, is_quiet: bool) -> Self {
        let form = "{bar:30} {pos} of {len}, {rate}, {msg}{eta} left";
        Self::with_form(Some(count), form, !io::stdout().is_terminal() && !is_quiet)
    }

    /// Tells how many requests have ended, how many retries there were, and the rate that is kept to.
    pub fn requests(&self, ended: u64, retries: u64, rate: Option<f64>) {
        if self.0.is_hidden() {
            return;
        }
        let rate = rate.map(|rate| format!(" (at most {rate:.0}/s)")).unwrap_or_default();
        self.0.set_message(format!("{retries} retries{rate}, "));
        self.0.set_position(ended);
    }

    fn with_form(size: Option<u64>, form: &str, is_wanted: bool) -> Self {
        let is_shown = io::stderr().is_terminal() && is_wanted;
        let target = if is_shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let style = ProgressStyle::with_template(form).expect("a constant that is a template");
        // Its own word for a rate of items has four decimals.
        let style = style.with_key("rate", |state: &ProgressState, out: &mut dyn Write| {
            let _ = write!(out, "{:.0}/s", state.per_sec());
        });
        Self(ProgressBar::with_draw_target(size, target).with_style(style))
    }

    /// Counts more work as done.
    pub fn advance(&self, count: u64) {
        self.0.inc(count);
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.0.finish_and_clear();
    }
}
