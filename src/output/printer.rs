//! The printer: what a command says, to whom, in which form.

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};

use super::colour::{Colour, ColourChoice};
use super::json::pretty;
use super::text::clean;
use super::width::width;
use crate::credential::redact;

/// Standard output took no more, and not because its reader had enough.
#[derive(Debug, thiserror::Error)]
#[error("standard output cannot be written: {0}")]
pub struct OutputError(io::Error);

/// Writes to the streams.
#[derive(Debug, Clone, Copy)]
pub struct Printer {
    out: Colour,
    err: Colour,
    is_json: bool,
    is_quiet: bool,
    is_verbose: bool,
}

impl Printer {
    /// A printer for this process's streams.
    pub fn new(
        choice: ColourChoice,
        is_json: bool,
        is_quiet: bool,
        is_verbose: bool,
        variable: impl Fn(&str) -> Option<OsString>,
    ) -> Self {
        Self {
            out: Colour::decide(choice, io::stdout().is_terminal(), &variable),
            err: Colour::decide(choice, io::stderr().is_terminal(), &variable),
            is_json,
            is_quiet,
            is_verbose,
        }
    }

    /// Whether the user asked for JSON.
    #[must_use]
    pub const fn is_json(&self) -> bool {
        self.is_json
    }

    /// Whether standard output is a terminal.
    #[must_use]
    pub fn is_at_terminal(&self) -> bool {
        io::stdout().is_terminal()
    }

    /// The width of a line for people, in characters.
    #[must_use]
    pub fn width(&self) -> usize {
        width(std::env::var_os("COLUMNS"))
    }

    /// The same printer, saying failures in JSON too.
    #[must_use]
    pub const fn in_json(self) -> Self {
        Self { is_json: true, ..self }
    }

    /// Whether notices are silenced.
    #[must_use]
    pub const fn is_quiet(&self) -> bool {
        self.is_quiet
    }

    /// The styles of standard output.
    #[must_use]
    pub const fn out_colour(&self) -> Colour {
        self.out
    }

    /// Writes data as it is. Returns whether the reader is still there.
    ///
    /// # Errors
    /// When standard output fails otherwise than by being closed.
    pub fn data(&self, bytes: &[u8]) -> Result<bool, OutputError> {
        let mut stream = io::stdout().lock();
        match stream.write_all(bytes).and_then(|()| stream.flush()) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
            Err(error) => Err(OutputError(error)),
        }
    }

    /// Writes a line of data. Returns whether the reader is still there.
    ///
    /// # Errors
    /// When standard output fails otherwise than by being closed.
    pub fn line(&self, text: &str) -> Result<bool, OutputError> {
        self.data(format!("{text}\n").as_bytes())
    }

    /// Writes the body of an answer: byte for byte, except on a terminal, where it is made readable.
    ///
    /// # Errors
    /// When standard output fails otherwise than by being closed.
    pub fn body(&self, body: &[u8]) -> Result<bool, OutputError> {
        if !io::stdout().is_terminal() {
            return self.data(body);
        }
        match std::str::from_utf8(body) {
            Ok(text) => self.line(&pretty(text, self.out)),
            Err(_) => self.line(&clean(&String::from_utf8_lossy(body))),
        }
    }

    /// Says something that is neither data nor an error; silent with `--quiet`.
    pub fn notice(&self, text: &str) {
        if !self.is_quiet {
            self.say(&self.err.dim(&shown(text)));
        }
    }

    /// Warns; silent with `--quiet`.
    pub fn warn(&self, text: &str) {
        if !self.is_quiet {
            self.say(&format!("{} {}", self.err.warning("warning:"), shown(text)));
        }
    }

    /// Tells what went wrong. Never silent.
    pub fn error(&self, text: &str) {
        self.say(&format!("{} {}", self.err.error("error:"), shown(text)));
    }

    /// Adds a line to an error. Never silent.
    pub fn hint(&self, label: &str, text: &str) {
        self.say(&format!("  {} {}", self.err.dim(label), shown(text)));
    }

    /// Marks live mode.
    pub fn live_banner(&self, text: &str) {
        if !self.is_json && !self.is_quiet {
            self.say(&format!("{} {}", self.err.live(" LIVE "), shown(text)));
        }
    }

    /// Traces, with `--verbose`.
    pub fn trace(&self, text: &str) {
        if self.is_verbose {
            self.say(&self.err.dim(&shown(text)));
        }
    }

    /// Writes a line to standard error as it is.
    pub fn say(&self, line: &str) {
        // Nobody is left to tell when standard error fails.
        let _ = io::stderr().lock().write_all(format!("{line}\n").as_bytes());
    }
}

/// Text as it may be shown: without secrets and without control characters.
fn shown(text: &str) -> String {
    clean(&redact(text)).into_owned()
}
