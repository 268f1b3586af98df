//! What a scan finds, and how bad it is. Pure.

use std::fmt;
use std::path::PathBuf;

use super::Place;
use crate::keys::{KeyKind, Secret};
use crate::profile::Mode;

/// How bad a finding is. The order is the order of the variants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth a look.
    Low,
    /// Harm is possible, none to money.
    Medium,
    /// Money can be moved by whoever reads it.
    High,
    /// Money can be moved, and everybody reads it; or it is the live key in use.
    Critical,
}

impl Severity {
    /// The word in JSON and messages.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    const fn worse(self) -> Self {
        match self {
            Self::Low => Self::Medium,
            Self::Medium => Self::High,
            Self::High | Self::Critical => Self::Critical,
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The commit that brought something in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Its whole id, in hexadecimal.
    pub id: String,
    /// The author's date, RFC 3339.
    pub date: String,
    /// The author's name.
    pub author: String,
}

/// A key in a file.
#[derive(Debug, Clone)]
pub struct Leak {
    /// The file; `-` for standard input.
    pub path: PathBuf,
    /// The line, counted from 1.
    pub line: u64,
    /// The character in the line, counted from 1.
    pub column: u64,
    /// The key.
    pub secret: Secret,
    /// Who reads what is there.
    pub place: Place,
    /// The commit that brought it in, where the history was scanned.
    pub commit: Option<Commit>,
}

/// A stored key that was found in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InUse {
    /// Where it is used: `the current live key of profile live`.
    pub words: String,
    /// The profile that it is stored for, or nothing where it comes from the environment.
    pub profile: Option<String>,
    /// The name that it is stored under.
    pub name: Option<String>,
    /// `current`, `previous` or `new`.
    pub version: &'static str,
    /// The mode that it is stored for.
    pub mode: Mode,
}

/// What the API says of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Alive {
    /// The API takes it.
    Works,
    /// The API refuses it.
    Refused,
    /// It was not asked, or gave no clear answer; and why.
    Unknown(String),
}

impl Alive {
    /// The word in JSON.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Works => "works",
            Self::Refused => "refused",
            Self::Unknown(_) => "unknown",
        }
    }
}

/// A leak and what is known of it.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The leak.
    pub leak: Leak,
    /// The stored key that it is.
    pub in_use: Option<InUse>,
    /// Whether it works, where the API was asked.
    pub alive: Option<Alive>,
}

impl Finding {
    /// How bad it is, by kind, mode and place.
    #[must_use]
    pub fn severity(&self) -> Severity {
        if self.in_use.as_ref().is_some_and(|in_use| in_use.mode.is_live()) {
            return Severity::Critical;
        }
        let of_kind = match (self.key_kind(), self.mode()) {
            (Some(KeyKind::Restricted | KeyKind::ClaimableSandbox), Some(Mode::Test)) => Severity::Low,
            (None, _) | (Some(_), Some(Mode::Test)) => Severity::Medium,
            (Some(_), _) => Severity::High,
        };
        if self.leak.place.is_public() { of_kind.worse() } else { of_kind }
    }

    /// The kind of API key; nothing for a signing secret.
    #[must_use]
    pub fn key_kind(&self) -> Option<KeyKind> {
        self.leak.secret.key().map(crate::keys::ApiKey::kind)
    }

    /// The mode, where the key tells it.
    #[must_use]
    pub fn mode(&self) -> Option<Mode> {
        self.leak.secret.key().and_then(crate::keys::ApiKey::mode)
    }

    /// The kind in JSON: that of the key, or `webhook`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        self.key_kind().map_or("webhook", KeyKind::as_str)
    }

    /// What it is, in words: `live secret key`.
    #[must_use]
    pub fn words(&self) -> String {
        let what = match self.key_kind() {
            None => return "webhook signing secret".into(),
            Some(KeyKind::Secret) => "secret key",
            Some(KeyKind::Restricted) => "restricted key",
            Some(KeyKind::Publishable) => "publishable key",
            Some(KeyKind::Organization) => "organization key",
            Some(KeyKind::ClaimableSandbox) => "claimable sandbox key",
            Some(KeyKind::OAuth) => "OAuth access key",
        };
        self.mode().map_or_else(|| what.to_owned(), |mode| format!("{mode} {what}"))
    }
}

/// Something that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unread {
    /// What it is.
    pub path: PathBuf,
    /// Why it was not read.
    pub why: String,
    /// Whether it is an archive, which is never read.
    pub is_archive: bool,
}

/// Everything that a scan saw.
#[derive(Debug, Default)]
pub struct Scan {
    /// The keys that were found.
    pub leaks: Vec<Leak>,
    /// What was not read.
    pub unread: Vec<Unread>,
    /// How many files or versions of files were read.
    pub files: u64,
    /// How many bytes were read.
    pub bytes: u64,
    /// How many keys a comment allows.
    pub allowed: u64,
}

impl Scan {
    /// Adds what another part saw.
    pub fn add(&mut self, other: Self) {
        self.leaks.extend(other.leaks);
        self.unread.extend(other.unread);
        self.files += other.files;
        self.bytes += other.bytes;
        self.allowed += other.allowed;
    }

    /// Puts everything in order, each leak once.
    #[must_use]
    pub(super) fn in_order(mut self) -> Self {
        let place = |leak: &Leak| (leak.path.clone(), leak.line, leak.column);
        self.leaks.sort_by_cached_key(place);
        self.leaks.dedup_by(|a, b| place(a) == place(b) && a.secret.expose() == b.secret.expose());
        self.unread.sort();
        self.unread.dedup();
        self
    }
}
