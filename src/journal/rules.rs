//! The rules of the journal, apart from where it is stored: deadlines, and what may be done with an
//! entry now.

use crate::exit::Outcome;
use crate::time::UnixMillis;

use super::entry::{Entry, Execution, State};
use super::intent::Intent;

/// How long before the end of the server's window a key is no longer sent, in milliseconds.
pub const DEADLINE_MARGIN_MILLIS: i64 = 3_600_000;

/// How far a clock may step back, as time services make it do, before it counts as wrong, in
/// milliseconds. Far below [`DEADLINE_MARGIN_MILLIS`], which covers it.
pub const CLOCK_SLACK_MILLIS: i64 = 60_000;

/// What may be done with an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Decision {
    /// Send its bytes under its key.
    Send,
    /// The window is over and the result is known: tell it.
    Answer,
    /// The window is over and the result is not known.
    Expired,
    /// It is another request.
    Mismatch(Vec<String>),
    /// It was sent with a key that may be another account's.
    OtherCredential,
}

impl Entry {
    /// The last moment at which the key may be sent, once it has been.
    #[must_use]
    pub fn safe_until(&self) -> Option<UnixMillis> {
        let first = self.first_sent_at?;
        Some(UnixMillis(first.0 + self.intent.family.window_millis() - DEADLINE_MARGIN_MILLIS))
    }

    /// Whether the key must not be sent any more. A clock that went backwards counts as expired, since
    /// nobody knows then how old the key is.
    #[must_use]
    pub fn is_expired(&self, now: UnixMillis) -> bool {
        let Some(safe_until) = self.safe_until() else { return false };
        now >= safe_until || now.0 < self.last_seen_at.0 - CLOCK_SLACK_MILLIS
    }

    /// The state as it is now.
    #[must_use]
    pub fn state_at(&self, now: UnixMillis) -> State {
        let is_open = matches!(self.state, State::Sending | State::Unknown | State::Retryable);
        if is_open && self.is_expired(now) { State::ExpiredUnknown } else { self.state }
    }

    /// Whether the server keeps the result under this key, so that sending again cannot change it.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.state.is_final() && matches!(self.outcome, Some(Outcome::Succeeded | Outcome::Declined))
    }

    /// What may be done with this entry for a request.
    pub(super) fn decide(&self, wanted: &Intent, now: UnixMillis) -> Decision {
        if self.intent.fingerprint() != wanted.fingerprint() {
            return Decision::Mismatch(self.intent.differences(wanted));
        }
        if self.intent.account.is_none() && self.intent.credential != wanted.credential {
            return Decision::OtherCredential;
        }
        match self.state_at(now) {
            State::ExpiredUnknown => Decision::Expired,
            State::Confirmed | State::Refuted => Decision::Answer,
            state if state.is_final() && self.is_expired(now) => Decision::Answer,
            _ => Decision::Send,
        }
    }
}

/// The state after an attempt. `maybe`: an earlier attempt may have been executed.
pub(super) fn state_after(execution: Execution, outcome: Outcome, maybe: bool) -> State {
    match execution {
        Execution::Final if outcome == Outcome::Succeeded => State::Succeeded,
        Execution::Final => State::Failed,
        Execution::NotExecuted if !maybe => State::Retryable,
        Execution::NotExecuted | Execution::Maybe => State::Unknown,
    }
}

/// Of several unfinished entries of one request, the one to go on with: the newest that may still be
/// sent, else the newest of all.
pub(super) fn choose_twin(mut unfinished: Vec<Entry>, now: UnixMillis) -> Option<Entry> {
    unfinished.sort_by_key(|entry| (!entry.is_expired(now), entry.created_at));
    unfinished.pop()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::{Family, KeySource};

    const HOUR: i64 = 3_600_000;
    const START: i64 = 1_700_000_000_000;

    fn entry(state: State, outcome: Option<Outcome>) -> Entry {
        Entry {
            id: "1".into(),
            key: "k".into(),
            key_source: KeySource::Generated,
            operation: None,
            intent: Intent { account: None, credential: Some("mark".into()), ..Intent::example("a=1") },
            state,
            outcome,
            status: None,
            response: None,
            request_id: None,
            original_request_id: None,
            created_at: UnixMillis(START),
            first_sent_at: Some(UnixMillis(START)),
            last_seen_at: UnixMillis(START),
            may_have_executed: true,
            attempts: 1,
            told_at: None,
            note: None,
        }
    }

    fn decide(entry: &Entry, after: i64) -> Decision {
        entry.decide(&entry.intent.clone(), UnixMillis(START + after))
    }

    #[test]
    fn a_key_is_sent_until_an_hour_before_the_servers_window_ends() {
        let unknown = entry(State::Unknown, None);
        assert_eq!(decide(&unknown, 23 * HOUR - 1), Decision::Send);
        assert_eq!(decide(&unknown, 23 * HOUR), Decision::Expired);
        let mut v2 = unknown;
        v2.intent.family = Family::V2;
        assert_eq!(decide(&v2, 30 * 24 * HOUR - HOUR - 1), Decision::Send);
        assert_eq!(decide(&v2, 30 * 24 * HOUR - HOUR), Decision::Expired);
    }

    #[test]
    fn past_the_window_a_final_result_is_told_and_an_unknown_one_is_not_sent() {
        for (state, outcome) in [
            (State::Succeeded, Outcome::Succeeded),
            (State::Failed, Outcome::Declined),
            (State::Failed, Outcome::Invalid),
        ] {
            assert_eq!(decide(&entry(state, Some(outcome)), 25 * HOUR), Decision::Answer, "{state:?}");
            assert_eq!(decide(&entry(state, Some(outcome)), HOUR), Decision::Send, "{state:?}");
        }
        for state in [State::Sending, State::Unknown] {
            assert_eq!(decide(&entry(state, None), 25 * HOUR), Decision::Expired, "{state:?}");
        }
    }

    #[test]
    fn a_clock_that_went_backwards_counts_as_expired() {
        let unknown = entry(State::Unknown, None);
        assert_eq!(decide(&unknown, -CLOCK_SLACK_MILLIS), Decision::Send);
        assert_eq!(decide(&unknown, -CLOCK_SLACK_MILLIS - 1), Decision::Expired);
        let mut seen_later = unknown;
        seen_later.last_seen_at = UnixMillis(START + 5 * HOUR);
        assert_eq!(decide(&seen_later, 2 * HOUR), Decision::Expired);
    }

    #[test]
    fn what_was_never_executed_has_no_window() {
        let mut retryable = entry(State::Retryable, Some(Outcome::RateLimited));
        retryable.first_sent_at = None;
        assert_eq!(decide(&retryable, 1000 * HOUR), Decision::Send);
    }

    #[test]
    fn another_request_or_another_key_of_an_unknown_account_is_not_this_one() {
        let stored = entry(State::Unknown, None);
        let other = Intent { body: b"a=2".to_vec(), ..stored.intent.clone() };
        let decision = stored.decide(&other, UnixMillis(START));
        assert_eq!(decision, Decision::Mismatch(vec!["parameter a".into()]));
        let rotated = Intent { credential: Some("other".into()), ..stored.intent.clone() };
        assert_eq!(stored.decide(&rotated, UnixMillis(START)), Decision::OtherCredential);
    }

    #[test]
    fn an_earlier_attempt_that_may_have_run_is_never_forgotten() {
        assert_eq!(state_after(Execution::NotExecuted, Outcome::RateLimited, false), State::Retryable);
        assert_eq!(state_after(Execution::NotExecuted, Outcome::RateLimited, true), State::Unknown);
        assert_eq!(state_after(Execution::Maybe, Outcome::Unknown, false), State::Unknown);
        assert_eq!(state_after(Execution::Final, Outcome::Succeeded, true), State::Succeeded);
        assert_eq!(state_after(Execution::Final, Outcome::Declined, true), State::Failed);
    }

    #[test]
    fn the_newest_twin_that_may_be_sent_is_chosen() {
        let at = |created: i64, first: i64| Entry {
            created_at: UnixMillis(created),
            first_sent_at: Some(UnixMillis(first)),
            last_seen_at: UnixMillis(first),
            ..entry(State::Unknown, None)
        };
        let now = UnixMillis(START + 30 * HOUR);
        let (old, newer) = (at(START, START), at(START + 20 * HOUR, START + 20 * HOUR));
        assert_eq!(choose_twin(vec![newer.clone(), old.clone()], now), Some(newer));
        assert_eq!(choose_twin(vec![old.clone()], now), Some(old));
        assert_eq!(choose_twin(Vec::new(), now), None);
    }
}
