//! What became of a request: everything that a person or a script may want to know.

use std::time::Duration;

use crate::certificate::CertificateFault;
use crate::exit::{ExitCode, Outcome};
use crate::journal::{Entry, Execution, Intent, KeySource};
use crate::time::UnixMillis;

use super::reply::{Answer, ApiError, livemode};

/// Who repeated an earlier result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplayedBy {
    /// The server, which says so in a header.
    Server(ReplayOf),
    /// The journal; nothing was sent.
    Journal,
}

impl ReplayedBy {
    /// The word in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Server(_) => "server",
            Self::Journal => "journal",
        }
    }
}

/// Whose attempt was executed, where the server repeats its result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplayOf {
    /// An attempt of this run, whose answer was lost.
    ThisRun,
    /// An attempt of an earlier run.
    EarlierRun,
    /// One or the other: both lost an answer.
    ThisOrEarlierRun,
}

/// What is known of earlier runs, where this one was too late to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EarlierRun {
    /// One may have been executed.
    MayHaveExecuted,
    /// One has a final result, which the journal holds.
    Finished,
    /// The journal knows of none, and the key was made here: there was none.
    None,
    /// The journal knows of none, and the request may have been sent from elsewhere.
    NotKnown,
}

/// What else the words of a report depend on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Circumstance {
    /// Nothing.
    Usual,
    /// The key was sent with another API key before, and neither tells its account.
    OtherCredential,
    /// The time given with `--not-after` has passed.
    TooLate(EarlierRun),
    /// The final answer came, and the journal that others share could not record it.
    Unrecorded,
    /// The journal that others share cannot be used, so that nothing was sent.
    NoSharedJournal,
    /// The server's certificate is not trusted.
    Untrusted(CertificateFault),
}

/// What to do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Nothing, or something else.
    None,
    /// The same again, with the same key.
    Resume,
    /// The same again, later.
    Wait,
    /// Look it up; do not send it.
    Reconcile,
}

impl Next {
    /// The word in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Resume => "resume",
            Self::Wait => "wait",
            Self::Reconcile => "reconcile",
        }
    }
}

/// What became of a request.
#[derive(Debug, Clone)]
pub struct Report {
    /// The request as it was sent, or would have been.
    pub intent: Intent,
    /// Its idempotency key, where it has one.
    pub key: Option<String>,
    /// Where the key came from.
    pub key_source: Option<KeySource>,
    /// The operation that it belongs to.
    pub operation: Option<String>,
    /// What became of it.
    pub outcome: Outcome,
    /// What is known of its execution, where it was sent at all.
    pub execution: Option<Execution>,
    /// The answer, from the server or the journal.
    pub answer: Option<Answer>,
    /// The error that the answer holds.
    pub error: Option<ApiError>,
    /// What happened, in a few words.
    pub detail: String,
    /// Who repeated an earlier result.
    pub replayed_by: Option<ReplayedBy>,
    /// Whether the answer held more than is shown: the journal keeps no credentials.
    pub is_redacted: bool,
    /// What else the words depend on.
    pub circumstance: Circumstance,
    /// Attempts made by this run.
    pub attempts: u32,
    /// When the key was first sent.
    pub first_sent_at: Option<UnixMillis>,
    /// Until when it may be sent.
    pub safe_until: Option<UnixMillis>,
    /// How long this run took.
    pub elapsed: Duration,
    /// Whether the user stopped it.
    pub is_interrupted: bool,
    /// Why the result could not be recorded, where it could not.
    pub unrecorded: Option<String>,
}

impl Report {
    /// A report of a request that is not sent.
    #[must_use]
    pub fn unsent(intent: &Intent, outcome: Outcome, detail: String) -> Self {
        Self {
            intent: intent.clone(),
            key: None,
            key_source: None,
            operation: None,
            outcome,
            execution: None,
            answer: None,
            error: None,
            detail,
            replayed_by: None,
            is_redacted: false,
            circumstance: Circumstance::Usual,
            attempts: 0,
            first_sent_at: None,
            safe_until: None,
            elapsed: Duration::ZERO,
            is_interrupted: false,
            unrecorded: None,
        }
    }

    /// Takes over what the journal holds of the key.
    #[must_use]
    pub fn with_entry(mut self, entry: &Entry, source: KeySource) -> Self {
        self.key = Some(entry.key.clone());
        self.key_source = Some(source);
        self.operation.clone_from(&entry.operation);
        self.first_sent_at = entry.first_sent_at;
        self.safe_until = entry.safe_until();
        self
    }

    /// Takes the stored result for the answer.
    #[must_use]
    pub fn answered_by_journal(mut self, entry: &Entry) -> Self {
        self.replayed_by = Some(ReplayedBy::Journal);
        self.is_redacted = entry.answer.is_redacted();
        self.execution = Some(Execution::Final);
        self.answer = entry.status.map(|status| Answer {
            status,
            replayed: true,
            request_id: entry.request_id.clone(),
            original_request_id: entry.original_request_id.clone(),
            body: entry.answer.bytes().unwrap_or_default().to_vec(),
            ..Answer::default()
        });
        self.error = self.answer.as_ref().and_then(Answer::api_error);
        self
    }

    /// Whether an earlier result was repeated.
    #[must_use]
    pub const fn is_replayed(&self) -> bool {
        self.replayed_by.is_some()
    }

    /// Whether the answer's object is of the other mode.
    #[must_use]
    pub fn is_of_other_mode(&self) -> bool {
        let livemode = self.answer.as_ref().and_then(|answer| livemode(&answer.body));
        livemode.is_some_and(|is_live| is_live != self.intent.mode.is_live())
    }

    /// Whether this is the final result of the key, for its caller to take: showing it ends the request.
    #[must_use]
    pub fn is_final_result(&self) -> bool {
        self.execution == Some(Execution::Final) && !self.is_interrupted && !self.is_of_other_mode()
    }

    /// What to do now.
    #[must_use]
    pub fn next(&self) -> Next {
        let is_write = self.intent.method.is_write();
        match (self.outcome, &self.circumstance) {
            (Outcome::NotSent, Circumstance::Untrusted(_) | Circumstance::TooLate(_))
            | (Outcome::ExpiredUnknown, Circumstance::TooLate(EarlierRun::None)) => Next::None,
            (Outcome::Unknown, _) if self.is_refused_again() => Next::Reconcile,
            (Outcome::ServerError, _) if is_write => Next::Reconcile,
            (Outcome::ExpiredUnknown, _) => Next::Reconcile,
            (Outcome::InProgress | Outcome::RateLimited | Outcome::ServerError, _) => Next::Wait,
            (Outcome::NotSent | Outcome::Unknown, _) => Next::Resume,
            _ => Next::None,
        }
    }

    /// Whether the API now refuses what it may have executed before: sending again gives the same.
    #[must_use]
    pub fn is_refused_again(&self) -> bool {
        let status = self.answer.as_ref().map(|answer| answer.status);
        self.outcome == Outcome::Unknown
            && self.error.is_some()
            && matches!(status, Some(400 | 403..=499))
            && !matches!(status, Some(409 | 424 | 429))
    }

    /// Whether the server redirects the request.
    pub(super) fn is_redirect(&self) -> bool {
        self.answer.as_ref().is_some_and(|answer| (300..400).contains(&answer.status))
    }

    /// The exit code that tells a script.
    #[must_use]
    pub fn exit_code(&self, fail_on_replay: bool) -> ExitCode {
        match self.outcome.exit_code() {
            _ if self.is_interrupted => ExitCode::Interrupted,
            _ if self.is_of_other_mode() => ExitCode::Configuration,
            _ if fail_on_replay && self.is_replayed() => ExitCode::Replayed,
            code => code,
        }
    }
}
