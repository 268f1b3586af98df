//! What the steps of a request make of its entry: begun, sent again, finished, settled. Every journal writes
//! what these say.

use crate::credential;
use crate::exit::Outcome;
use crate::profile::KeepBodies;
use crate::time::UnixMillis;

use super::entry::{Entry, Execution, KeySource, State};
use super::kept::KeptBody;
use super::rules::state_after;
use super::store::{AttemptResult, Begin, KeyChoice, Resolution};

impl<'a> KeyChoice<'a> {
    /// The key of a request that no entry is known of, where it comes from, and the operation it belongs to.
    pub(super) const fn of_new(self) -> (&'a str, KeySource, Option<&'a str>) {
        match self {
            Self::Given(key) => (key, KeySource::Flag, None),
            Self::Operation { name, candidate } => (candidate, KeySource::Operation, Some(name)),
            Self::Line { operation, key: Some(key), .. } => (key, KeySource::Flag, Some(operation)),
            Self::Line { operation, candidate, .. } => (candidate, KeySource::Operation, Some(operation)),
            Self::Continue { candidate } | Self::Fresh { candidate } => {
                (candidate, KeySource::Generated, None)
            }
        }
    }

    /// Where a run has its key from, when it goes on with a known entry.
    pub(super) const fn source_of_known(self) -> KeySource {
        match self {
            Self::Given(_) | Self::Line { key: Some(_), .. } => KeySource::Flag,
            Self::Operation { .. } | Self::Line { .. } => KeySource::Operation,
            Self::Continue { .. } | Self::Fresh { .. } => KeySource::Journal,
        }
    }
}

impl Entry {
    /// The entry of a request that begins with its first attempt.
    pub(super) fn begun(begin: &Begin<'_>, id: String, held_by: Option<String>) -> Self {
        let (key, key_source, operation) = begin.key.of_new();
        Self {
            id,
            key: key.to_owned(),
            key_source,
            operation: operation.map(ToOwned::to_owned),
            fingerprint: begin.intent.fingerprint(),
            intent: begin.intent.clone(),
            state: State::Sending,
            outcome: None,
            status: None,
            answer: KeptBody::default(),
            request_id: None,
            original_request_id: None,
            created_at: begin.now,
            first_sent_at: Some(begin.now),
            last_seen_at: begin.now,
            may_have_executed: true,
            attempts: 1,
            reported_at: None,
            note: None,
            held_by,
        }
    }

    /// Counts another attempt, which may be executed from now on.
    pub(super) fn start_attempt(&mut self, now: UnixMillis) {
        self.attempts += 1;
        self.first_sent_at = self.first_sent_at.or(Some(now));
        self.last_seen_at = self.last_seen_at.max(now);
        if !self.is_settled() {
            self.state = State::Sending;
            self.may_have_executed = true;
            self.reported_at = None;
        }
    }

    /// Takes over what an attempt ended with. `maybe`: an earlier attempt may have been executed.
    pub(super) fn take_result(&mut self, result: &AttemptResult, maybe: bool, bodies: KeepBodies) {
        if result.execution == Execution::NotExecuted && !maybe && self.had_final_result() {
            self.state = State::Failed;
            self.may_have_executed = false;
            return;
        }
        self.state = state_after(result.execution, result.outcome, maybe);
        self.may_have_executed = self.state == State::Unknown;
        self.outcome = Some(result.outcome);
        self.status = result.status;
        self.answer = KeptBody::of(result.body.as_deref(), bodies);
        self.request_id = redacted(result.request_id.as_deref());
        self.original_request_id = redacted(result.original_request_id.as_deref());
        if result.execution == Execution::NotExecuted && !maybe {
            self.first_sent_at = None;
        }
    }

    /// Whether an earlier run ended with a refusal that was final: only another final answer replaces it.
    fn had_final_result(&self) -> bool {
        let refusals = [Outcome::Invalid, Outcome::Forbidden, Outcome::NotFound, Outcome::KeyMismatch];
        self.first_sent_at.is_some() && self.outcome.is_some_and(|outcome| refusals.contains(&outcome))
    }

    /// Takes over what a person found out. Nobody has the entry in flight any more.
    pub(super) fn resolve(&mut self, resolution: Resolution, why: &str, now: UnixMillis) {
        (self.state, self.outcome) = match resolution {
            Resolution::Succeeded => (State::Confirmed, Some(Outcome::Succeeded)),
            Resolution::Failed => (State::Refuted, Some(Outcome::Invalid)),
        };
        self.note = redacted(Some(why));
        self.last_seen_at = self.last_seen_at.max(now);
        self.held_by = None;
    }
}

/// Text of others, which may hold anything, without credentials.
pub(super) fn redacted(text: Option<&str>) -> Option<String> {
    text.map(|text| credential::redact(text).into_owned())
}
