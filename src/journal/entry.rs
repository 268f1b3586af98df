//! One key's entry in the journal, and the states that it goes through.

use crate::exit::Outcome;
use crate::profile::Mode;
use crate::time::UnixMillis;

use super::fingerprint::Fingerprint;
use super::intent::Intent;
use super::kept::KeptBody;
use super::method::Method;

/// What one attempt tells of the execution of its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Execution {
    /// The result is final.
    Final,
    /// This attempt was not executed.
    NotExecuted,
    /// It may have been executed.
    Maybe,
}

/// Where the key of an entry came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeySource {
    /// Made by paycli.
    Generated,
    /// Given with the request.
    Flag,
    /// Kept under the name of an operation.
    Operation,
    /// Continued from an unfinished run of the same request.
    Journal,
}

impl KeySource {
    /// The word in JSON and in the journal.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Generated => "generated",
            Self::Flag => "flag",
            Self::Operation => "operation",
            Self::Journal => "journal",
        }
    }
}

/// The state of an entry. `sending` with no living owner means that its owner was killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// An attempt is under way, or its process died.
    Sending,
    /// Final: it worked.
    Succeeded,
    /// Final: it did not.
    Failed,
    /// Nothing was executed; the same key can be sent.
    Retryable,
    /// It may have been executed.
    Unknown,
    /// It may have been executed, and the key is too old to be sent. Never stored: time makes it.
    ExpiredUnknown,
    /// A person says that it was executed.
    Confirmed,
    /// A person says that it was not.
    Refuted,
}

const STATES: &[(State, &str)] = &[
    (State::Sending, "sending"),
    (State::Succeeded, "succeeded"),
    (State::Failed, "failed"),
    (State::Retryable, "retryable"),
    (State::Unknown, "unknown"),
    (State::ExpiredUnknown, "expired_unknown"),
    (State::Confirmed, "confirmed"),
    (State::Refuted, "refuted"),
];

impl State {
    /// The word in JSON and in the journal.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        STATES.iter().find(|(state, _)| *state == self).expect("every state has its word").1
    }

    /// Reads back what [`Self::as_str`] wrote.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        STATES.iter().find(|(_, known)| *known == name).map(|row| row.0)
    }

    /// All the words, for messages and completions.
    pub fn names() -> impl Iterator<Item = &'static str> {
        STATES.iter().map(|row| row.1)
    }

    /// Whether nothing more is to be learned.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Confirmed | Self::Refuted)
    }
}

/// What the journal holds of one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The entry's own id, a UUID v7.
    pub id: String,
    /// The idempotency key.
    pub key: String,
    /// Where the key came from in the first place.
    pub key_source: KeySource,
    /// The operation that it belongs to, where it was named.
    pub operation: Option<String>,
    /// The request. Where it carried a client secret, this lacks it: see [`Intent::lacks_client_secret`].
    pub intent: Intent,
    /// The fingerprint of the request as it was sent.
    pub fingerprint: Fingerprint,
    /// Its state as stored; see [`Entry::state_at`].
    pub state: State,
    /// What became of it, once that is known.
    pub outcome: Option<Outcome>,
    /// The HTTP status of the last answer that counted.
    pub status: Option<u16>,
    /// The body of that answer, as it is kept.
    pub answer: KeptBody,
    /// `Request-Id` of that answer.
    pub request_id: Option<String>,
    /// `Original-Request` of that answer.
    pub original_request_id: Option<String>,
    /// When the intent was made.
    pub created_at: UnixMillis,
    /// When the first attempt began that may have been executed: the server's window runs from here.
    pub first_sent_at: Option<UnixMillis>,
    /// The latest time that this entry has seen; a clock behind it has gone backwards.
    pub last_seen_at: UnixMillis,
    /// Whether an attempt may have been executed without a final answer.
    pub may_have_executed: bool,
    /// How many attempts were begun.
    pub attempts: u32,
    /// When its final result was reported to the caller; `None` where its process was killed before. The
    /// column is called `told_at`, as files of earlier versions have it.
    pub reported_at: Option<UnixMillis>,
    /// Why a person settled it.
    pub note: Option<String>,
    /// The run that has it in flight under a lease other than the key's own, until it lets it go or its process
    /// ends.
    pub held_by: Option<String>,
}

/// What a list tells of an entry: all but the bodies, with its state at the time of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// The entry's own id.
    pub id: String,
    /// The idempotency key.
    pub key: String,
    /// Where the key came from in the first place.
    pub key_source: KeySource,
    /// The operation that it belongs to, where it was named.
    pub operation: Option<String>,
    /// Its state then; never [`State::Unknown`] for one whose key was too old by then.
    pub state: State,
    /// What became of it, once that is known.
    pub outcome: Option<Outcome>,
    /// The HTTP status of the last answer that counted.
    pub status: Option<u16>,
    /// The mode that it was meant for.
    pub mode: Mode,
    /// The profile that made it.
    pub profile: String,
    /// The account of the API key, where it is known.
    pub account: Option<String>,
    /// The base URL, or `sandbox`.
    pub base_url: String,
    /// `Stripe-Version`, where it is sent.
    pub api_version: Option<String>,
    /// The method.
    pub method: Method,
    /// The path with its query.
    pub path: String,
    /// How many attempts were begun.
    pub attempts: u32,
    /// When the intent was made.
    pub created_at: UnixMillis,
    /// When the first attempt began that may have been executed.
    pub first_sent_at: Option<UnixMillis>,
    /// Until when the key may be sent, once it has been.
    pub safe_until: Option<UnixMillis>,
    /// `Request-Id` of the last answer that counted.
    pub request_id: Option<String>,
    /// `Original-Request` of that answer.
    pub original_request_id: Option<String>,
    /// Why a person settled it.
    pub note: Option<String>,
}

impl Entry {
    /// The entry as a list tells it at a time.
    #[must_use]
    pub fn summary(&self, now: UnixMillis) -> Summary {
        Summary {
            id: self.id.clone(),
            key: self.key.clone(),
            key_source: self.key_source,
            operation: self.operation.clone(),
            state: self.state_at(now),
            outcome: self.outcome,
            status: self.status,
            mode: self.intent.mode,
            profile: self.intent.profile.clone(),
            account: self.intent.account.clone(),
            base_url: self.intent.base_url.clone(),
            api_version: self.intent.api_version.clone(),
            method: self.intent.method,
            path: self.intent.path.clone(),
            attempts: self.attempts,
            created_at: self.created_at,
            first_sent_at: self.first_sent_at,
            safe_until: self.safe_until(),
            request_id: self.request_id.clone(),
            original_request_id: self.original_request_id.clone(),
            note: self.note.clone(),
        }
    }
}

/// One attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Its number, from 1.
    pub number: u32,
    /// When it began.
    pub started_at: UnixMillis,
    /// When its result was recorded; never, when its process was killed.
    pub finished_at: Option<UnixMillis>,
    /// The HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// `Request-Id`, where there was one.
    pub request_id: Option<String>,
    /// What happened, in a few words.
    pub detail: Option<String>,
}
