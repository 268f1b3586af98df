//! What was done with which key, when, and whether it worked: one line of JSON each, and no secret in it.

use std::path::PathBuf;

use serde::Serialize;

use super::LineageId;
use super::lineage::Stored;
use super::private_file::{self, LineFile};
use crate::profile::Mode;
use crate::time::UnixMillis;

/// The log of a mode. Lines are only ever added.
#[derive(Debug, Clone)]
pub struct AuditLog(PathBuf);

/// A line could not be written.
#[derive(Debug, thiserror::Error)]
#[error("the log of keys {path} cannot be written: {error}")]
pub struct AuditError {
    /// The log.
    pub path: PathBuf,
    error: std::io::Error,
}

/// A key, as far as it may be named.
#[derive(Debug, Clone, Copy, Default)]
pub struct KeyMark<'a> {
    /// Its prefix and last four characters.
    pub shown: Option<&'a str>,
    /// Its HMAC under the home's salt.
    pub fingerprint: Option<&'a str>,
    /// Its account, where that is known.
    pub account: Option<&'a str>,
}

impl<'a> From<&'a Stored> for KeyMark<'a> {
    fn from(stored: &'a Stored) -> Self {
        let (shown, fingerprint) = (Some(&*stored.shown), Some(&*stored.fingerprint));
        Self { shown, fingerprint, account: stored.account.as_deref() }
    }
}

/// Something that was done.
#[derive(Debug, Clone, Copy)]
pub struct Event<'a> {
    /// The word in the log: `promoted`, `revealed`, `deleted`.
    pub name: &'a str,
    /// The key that it was done with; nothing where none is known yet.
    pub key: KeyMark<'a>,
    /// Why it failed; nothing where it worked.
    pub failure: Option<&'a str>,
    /// What else there is to say.
    pub note: Option<&'a str>,
}

impl<'a> Event<'a> {
    /// Something that worked.
    #[must_use]
    pub const fn new(name: &'a str, key: KeyMark<'a>) -> Self {
        Self { name, key, failure: None, note: None }
    }
}

/// The log, open: what was done can be written down, but for a full disk.
#[derive(Debug)]
pub struct OpenLog {
    path: PathBuf,
    file: LineFile,
}

#[derive(Serialize)]
struct Line<'a> {
    schema: u32,
    at: String,
    event: &'a str,
    result: &'a str,
    mode: &'a str,
    profile: Option<&'a str>,
    name: Option<&'a str>,
    key: Option<&'a str>,
    fingerprint: Option<&'a str>,
    account: Option<&'a str>,
    failure: Option<&'a str>,
    note: Option<&'a str>,
}

impl AuditLog {
    /// The log at a path.
    #[must_use]
    pub const fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// Opens the log. Whoever is about to do something does this first: what cannot be written down is not
    /// done.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn open(&self) -> Result<OpenLog, AuditError> {
        let path = self.0.clone();
        match private_file::open_lines(&path) {
            Ok(file) => Ok(OpenLog { path, file }),
            Err(error) => Err(AuditError { path, error }),
        }
    }
}

impl OpenLog {
    /// Adds the line of something that was done with a key.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&mut self, now: UnixMillis, id: &LineageId, event: &Event<'_>) -> Result<(), AuditError> {
        let KeyMark { shown, fingerprint, account } = event.key;
        self.append(&Line {
            schema: 1,
            at: now.to_string(),
            event: event.name,
            result: if event.failure.is_some() { "failed" } else { "ok" },
            mode: id.mode.as_str(),
            profile: Some(id.profile.as_str()),
            name: Some(id.name.as_str()),
            key: shown,
            fingerprint,
            account,
            failure: event.failure,
            note: event.note,
        })
    }

    /// Adds the line of something that was done with a store as a whole.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write_of_store(
        &mut self,
        now: UnixMillis,
        mode: Mode,
        event: &str,
        note: &str,
    ) -> Result<(), AuditError> {
        self.append(&Line {
            schema: 1,
            at: now.to_string(),
            event,
            result: "ok",
            mode: mode.as_str(),
            profile: None,
            name: None,
            key: None,
            fingerprint: None,
            account: None,
            failure: None,
            note: Some(note),
        })
    }

    fn append(&mut self, line: &Line<'_>) -> Result<(), AuditError> {
        let text = serde_json::to_string(line).expect("texts are JSON");
        self.file.append(&text).map_err(|error| AuditError { path: self.path.clone(), error })
    }
}
