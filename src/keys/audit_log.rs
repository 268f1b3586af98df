//! What was done with keys, and when: one line of JSON for each step, and no secret in it.

use std::path::PathBuf;

use serde::Serialize;

use super::chain::Stored;
use super::{ChainId, Moment, private_file};

/// The log of a mode. Lines are only ever added.
#[derive(Debug, Clone)]
pub struct AuditLog(PathBuf);

/// A line could not be written.
#[derive(Debug, thiserror::Error)]
#[error("the log of keys {path} cannot be written: {error}")]
pub struct AuditError {
    path: PathBuf,
    error: std::io::Error,
}

#[derive(Serialize)]
struct Line<'a> {
    schema: u32,
    at: String,
    event: &'a str,
    mode: &'a str,
    profile: &'a str,
    name: &'a str,
    key: Option<&'a str>,
    fingerprint: Option<&'a str>,
    account: Option<&'a str>,
    note: Option<&'a str>,
}

impl AuditLog {
    /// The log at a path.
    #[must_use]
    pub const fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// Adds a line.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(
        &self,
        now: Moment,
        event: &str,
        id: &ChainId,
        stored: Option<&Stored>,
        note: Option<&str>,
    ) -> Result<(), AuditError> {
        let line = Line {
            schema: 1,
            at: now.to_string(),
            event,
            mode: id.mode.as_str(),
            profile: id.profile.as_str(),
            name: id.name.as_str(),
            key: stored.map(|stored| stored.shown.as_str()),
            fingerprint: stored.map(|stored| stored.fingerprint.as_str()),
            account: stored.and_then(|stored| stored.account.as_deref()),
            note,
        };
        let text = serde_json::to_string(&line).expect("texts are JSON");
        private_file::append_line(&self.0, &text).map_err(|error| AuditError { path: self.0.clone(), error })
    }
}
