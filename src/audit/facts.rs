//! What the checks look at. Pure: somebody else has collected it.

use std::path::PathBuf;

use crate::keys::{ApiKey, Finding, KeyKind, SecretKind};
use crate::profile::Mode;
use crate::scan::Leak;

/// Everything that is known of this machine and, with `--online`, of the account.
#[derive(Debug, Default)]
pub struct Facts {
    /// Settings that hold a key: variables of the environment, and lines of environment files.
    pub settings: Vec<Setting>,
    /// The stored keys of every profile.
    pub stored: Vec<StoredKey>,
    /// Keys in files where none should be.
    pub leaks: Vec<FileLeak>,
    /// What the journals hold of the last 90 days.
    pub calls: Vec<Call>,
    /// Writes without a key in logs; `None` where no log was given.
    pub unkeyed: Option<Vec<UnkeyedWrite>>,
    /// The webhook endpoints of the account; `None` where the API was not asked.
    pub endpoints: Option<Vec<Endpoint>>,
    /// Files of paycli that others can read; `None` where the platform does not tell.
    pub open_files: Option<Vec<PathBuf>>,
}

/// A name, and the key that stands behind it.
#[derive(Debug, Clone)]
pub struct Setting {
    /// The name.
    pub name: String,
    /// The key.
    pub key: ApiKey,
    /// The file that it is in; nothing for the environment.
    pub file: Option<PathBuf>,
}

/// A stored key. No secret.
#[derive(Debug, Clone)]
pub struct StoredKey {
    /// The profile that it is stored for.
    pub profile: String,
    /// The mode of that.
    pub mode: Mode,
    /// The name that it is stored under.
    pub name: String,
    /// What it is for.
    pub kind: SecretKind,
    /// The kind of API key, as [`KeyKind::as_str`] writes it.
    pub key_kind: Option<String>,
    /// As it may be shown.
    pub shown: String,
    /// Its fingerprint: equal for equal secrets.
    pub fingerprint: String,
    /// What `keys status` says of it.
    pub findings: Vec<Finding>,
}

/// Where a leak is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// `.env` and the like.
    EnvironmentFile,
    /// What was typed.
    ShellHistory,
    /// A pipeline.
    CiFile,
    /// `.git/config`.
    GitRemote,
}

/// A key in a file.
#[derive(Debug, Clone)]
pub struct FileLeak {
    /// What kind of file.
    pub origin: Origin,
    /// The key.
    pub leak: Leak,
}

/// One entry of a journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The mode of the journal.
    pub mode: Mode,
    /// The profile that made it.
    pub profile: String,
    /// The method.
    pub method: String,
    /// The path with its query.
    pub path: String,
    /// The idempotency key.
    pub key: String,
    /// Whether its outcome is unknown and its window is over.
    pub is_expired: bool,
    /// Whether an attempt began after its window.
    pub was_sent_late: bool,
}

/// A POST to the API that had no key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnkeyedWrite {
    /// The log.
    pub file: PathBuf,
    /// The line, counted from 1.
    pub line: usize,
    /// The path of the request.
    pub path: String,
}

/// Something that a check saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// What it is, without a secret.
    pub text: String,
    /// The file that it is in.
    pub path: Option<std::path::PathBuf>,
}

impl Seen {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), path: None }
    }
}

/// A webhook endpoint of the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Its id.
    pub id: String,
    /// Where deliveries go.
    pub url: String,
}

impl StoredKey {
    /// Whether it can do everything.
    #[must_use]
    pub fn has_full_access(&self) -> bool {
        let full = [KeyKind::Secret.as_str(), KeyKind::Organization.as_str()];
        self.kind == SecretKind::Api && self.key_kind.as_deref().is_some_and(|kind| full.contains(&kind))
    }
}

/// The settings of an environment file that hold a key: `NAME=VALUE`, with or without `export` and quotes.
#[must_use]
pub fn settings_in(text: &str, file: &std::path::Path) -> Vec<Setting> {
    let setting = |line: &str| {
        let line = line.trim().trim_start_matches("export ").trim_start();
        let (name, value) = line.split_once('=')?;
        let value = value.trim().trim_matches(['"', '\'']);
        let value = value.split([' ', '\t', '#']).next().unwrap_or_default();
        let key = ApiKey::parse(value).ok()?;
        Some(Setting { name: name.trim().to_owned(), key, file: Some(file.to_owned()) })
    };
    text.lines().filter_map(setting).collect()
}
