//! What the store holds: events as they came in or went out, and the attempts to deliver them.

use std::time::Duration;

use crate::webhook::credentials::without_credentials;
use crate::webhook::event::{EventError, EventFacts, EventId};
use crate::webhook::outcome::DeliveryResult;

/// Where an event came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Made by `webhook trigger`.
    Triggered,
    /// Delivered to `webhook listen`.
    Received,
    /// Read from a file by `webhook events import`.
    Imported,
    /// Read from the API by `webhook listen --from-api`.
    Polled,
}

/// Every source with its name in the file, in exports and in JSON.
const SOURCES: &[(Source, &str)] = &[
    (Source::Triggered, "triggered"),
    (Source::Received, "received"),
    (Source::Imported, "imported"),
    (Source::Polled, "polled"),
];

impl Source {
    /// The name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        SOURCES.iter().find(|(source, _)| *source == self).expect("every source has a name").1
    }

    /// Reads back what [`Self::as_str`] wrote.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        SOURCES.iter().find(|(_, known)| *known == name).map(|(source, _)| *source)
    }
}

/// An event that is to be stored. No credential is in it: they are taken out when it is made.
#[derive(Debug, Clone)]
pub struct NewEvent {
    pub(super) facts: EventFacts,
    pub(super) source: Source,
    pub(in crate::webhook) received_at: i64,
    pub(in crate::webhook) headers: Vec<(String, String)>,
    pub(in crate::webhook) signature: Option<String>,
    pub(in crate::webhook) is_exact: bool,
    pub(in crate::webhook) is_redacted: bool,
    pub(in crate::webhook) body: Vec<u8>,
}

/// Headers whose values are secrets, whatever they hold.
const SECRET_HEADERS: &[&str] = &["authorization", "cookie", "proxy-authorization"];

impl NewEvent {
    /// Reads an event from the bytes of a body, which are kept as they are, but for credentials.
    /// `received_at` is in Unix milliseconds.
    ///
    /// # Errors
    /// When the bytes are not an event.
    pub fn read(body: &[u8], source: Source, received_at: i64) -> Result<Self, EventError> {
        let kept = without_credentials(body);
        let is_redacted = *kept != *body;
        let facts = EventFacts::read(&kept)?;
        Ok(Self {
            facts,
            source,
            received_at,
            headers: Vec::new(),
            signature: None,
            is_exact: true,
            is_redacted,
            body: kept.into_owned(),
        })
    }

    /// With the headers of the delivery. The values of those that carry secrets are not kept.
    #[must_use]
    pub fn with_headers(mut self, headers: impl IntoIterator<Item = (String, String)>) -> Self {
        let kept = headers.into_iter().map(|(name, value)| {
            let is_secret = SECRET_HEADERS.iter().any(|secret| name.eq_ignore_ascii_case(secret));
            let value = if is_secret { "****".to_owned() } else { clean_text(&value) };
            (name, value)
        });
        self.headers = kept.collect();
        self
    }

    /// With the value of the delivery's `Stripe-Signature` header.
    #[must_use]
    pub fn with_signature(self, signature: Option<String>) -> Self {
        Self { signature, ..self }
    }

    /// The body is not the one that was signed: somebody wrote the JSON again.
    #[must_use]
    pub fn rewritten(self) -> Self {
        Self { is_exact: false, ..self }
    }

    /// Credentials were taken out of the body before it came here.
    #[must_use]
    pub(in crate::webhook) fn redacted_before(self) -> Self {
        Self { is_redacted: true, ..self }
    }

    /// Whether the body is the one that was signed.
    #[must_use]
    pub const fn is_exact(&self) -> bool {
        self.is_exact
    }

    /// What the event says of itself.
    #[must_use]
    pub const fn facts(&self) -> &EventFacts {
        &self.facts
    }

    /// The bytes.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The signature that it came with, where it can match the bytes.
    #[must_use]
    pub fn usable_signature(&self) -> Option<&str> {
        self.signature.as_deref().filter(|_| self.is_exact && !self.is_redacted)
    }

    /// Whether credentials were taken out of the body.
    #[must_use]
    pub const fn is_redacted(&self) -> bool {
        self.is_redacted
    }
}

/// Text without credentials.
pub(super) fn clean_text(text: &str) -> String {
    String::from_utf8_lossy(&without_credentials(text.as_bytes())).into_owned()
}

/// What became of an event that was to be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// Its row.
    pub seq: i64,
    /// Whether these bytes were not stored before under this id.
    pub is_new: bool,
    /// Whether an event of this id had been received or polled before, with these bytes or others.
    pub was_received: bool,
}

/// An event of the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// Its row: later ones are larger.
    pub seq: i64,
    /// Its id. Several rows may have the same one, with other bytes.
    pub id: EventId,
    /// Its type.
    pub kind: String,
    /// Its own time, or where it tells none the time it came in, in Unix milliseconds.
    pub created: i64,
    /// Whether it is of live mode, where it says so.
    pub livemode: Option<bool>,
    /// The connected account that it is of.
    pub account: Option<String>,
    /// The object that it tells of.
    pub object: Option<String>,
    /// Whether it is a thin event of v2.
    pub is_thin: bool,
    /// Where it first came from.
    pub source: Source,
    /// When it first came in, in Unix milliseconds.
    pub received_at: i64,
    /// The headers that it first came with.
    pub headers: Vec<(String, String)>,
    /// The signature that it first came with.
    pub signature: Option<String>,
    /// Whether the body is the one that was signed; else the JSON was written again.
    pub is_exact: bool,
    /// Whether credentials were taken out of the body.
    pub is_redacted: bool,
    /// The bytes.
    pub body: Vec<u8>,
}

impl StoredEvent {
    /// Why the signature that it came with cannot match the stored bytes; nothing where it can.
    #[must_use]
    pub fn signature_problem(&self) -> Option<&'static str> {
        match (&self.signature, self.is_exact, self.is_redacted) {
            (None, ..) => Some("no signature was stored with it"),
            (_, false, _) => Some("its bytes are not the ones that were signed"),
            (_, _, true) => Some("credentials were taken out of its bytes"),
            _ => None,
        }
    }

    /// Where it stands in the order of time.
    #[must_use]
    pub const fn position(&self) -> Position {
        Position { created: self.created, seq: self.seq }
    }
}

/// What delivering an event again takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliverableEvent {
    /// Where it stands in the order of time, and its row.
    pub position: Position,
    /// Its id, as it was checked when it was stored.
    pub id: String,
    /// Its type.
    pub kind: String,
    /// The object that it tells of.
    pub object: Option<String>,
    /// The signature that it first came with, where that can match the bytes.
    pub signature: Option<String>,
    /// The bytes.
    pub body: Vec<u8>,
}

/// A place in the order of events: by time, and at the same time by row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Unix milliseconds.
    pub created: i64,
    /// The row.
    pub seq: i64,
}

/// Who delivers: a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    /// `webhook trigger`.
    Trigger,
    /// `webhook listen`, forwarding.
    Listen,
    /// `webhook replay`.
    Replay,
}

impl Sender {
    /// The name in the file, in exports and in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Trigger => "trigger",
            Self::Listen => "listen",
            Self::Replay => "replay",
        }
    }
}

/// An attempt that begins.
#[derive(Debug, Clone, Copy)]
pub struct AttemptStart<'a> {
    /// Who delivers.
    pub sender: Sender,
    /// The URL.
    pub target: &'a str,
    /// The signature that is sent.
    pub signature: Option<&'a str>,
    /// When, in Unix milliseconds.
    pub started_at: i64,
}

/// An attempt that has ended, begin and end at once.
#[derive(Debug, Clone, Copy)]
pub struct EndedAttempt<'a> {
    /// The row of the event.
    pub event: i64,
    /// The signature that was sent.
    pub signature: Option<&'a str>,
    /// When it began, in Unix milliseconds.
    pub started_at: i64,
    /// When it ended, in Unix milliseconds.
    pub finished_at: i64,
    /// What came of it.
    pub result: &'a DeliveryResult,
}

/// An attempt of the store. One without an outcome was cut off before its end was known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Who delivered; see [`Sender`].
    pub sender: String,
    /// The URL.
    pub target: String,
    /// The signature that was sent.
    pub signature: Option<String>,
    /// When it began, in Unix milliseconds.
    pub started_at: i64,
    /// When it ended, in Unix milliseconds.
    pub finished_at: Option<i64>,
    /// How long it took until the status was known.
    pub latency: Option<Duration>,
    /// The name of a [`DeliveryOutcome`](crate::webhook::DeliveryOutcome).
    pub outcome: Option<String>,
    /// The HTTP status, where there was one.
    pub status: Option<u16>,
    /// What went wrong, in words.
    pub detail: Option<String>,
    /// The first 4 kB of the answer's body.
    pub answer: Option<Vec<u8>>,
}
