//! The rules of the journal, apart from where it is stored: deadlines, and what may be done with an
//! entry now.

use crate::exit::Outcome;
use crate::time::UnixMillis;

use super::entry::{Entry, Execution, State};
use super::intent::{Family, Intent};
use super::store::{Begin, Begun, KeyChoice};

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
    /// The deadline after which the key is not sent, once it has been.
    #[must_use]
    pub fn safe_until(&self) -> Option<UnixMillis> {
        self.first_sent_at.map(|first| safe_until(self.intent.family, first))
    }

    /// Whether the key must not be sent any more. A clock that went backwards counts as expired, since
    /// nobody knows then how old the key is.
    #[must_use]
    pub fn is_expired(&self, now: UnixMillis) -> bool {
        is_expired(self.safe_until(), self.last_seen_at, now)
    }

    /// The state as it is now.
    #[must_use]
    pub fn state_at(&self, now: UnixMillis) -> State {
        state_at(self.state, self.is_expired(now))
    }

    /// Whether the server keeps the result under this key, so that sending again cannot change it.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.state.is_final() && matches!(self.outcome, Some(Outcome::Succeeded | Outcome::Declined))
    }

    /// What may be done with this entry for a request.
    pub(super) fn decide(&self, wanted: &Intent, now: UnixMillis) -> Decision {
        if self.fingerprint != wanted.fingerprint() {
            return Decision::Mismatch(self.intent.differences(wanted));
        }
        if !is_of_credential(self.intent.account.as_deref(), self.intent.credential.as_deref(), wanted) {
            return Decision::OtherCredential;
        }
        match self.state_at(now) {
            State::ExpiredUnknown => Decision::Expired,
            State::Confirmed | State::Refuted => Decision::Answer,
            // What is open and expired was told apart above: this is a final result.
            _ if self.is_expired(now) => Decision::Answer,
            _ => Decision::Send,
        }
    }

    /// What may be done with this entry for a line of a batch, whose key and result are its own for good.
    pub(super) fn decide_line(&self, line: &Begin<'_>, now: UnixMillis) -> Decision {
        let KeyChoice::Line { operation, key, .. } = line.key else { return self.decide(line.intent, now) };
        let mut differences = Vec::new();
        if let Some(now) = key.filter(|key| *key != self.key) {
            differences.push(format!("idempotency key (first {}, now {now})", self.key));
        }
        if let Some(first) = self.operation.as_deref().filter(|first| *first != operation) {
            differences.push(format!("line (first {first}, now {operation})"));
        }
        if !differences.is_empty() {
            return Decision::Mismatch(differences);
        }
        match self.decide(line.intent, now) {
            Decision::Send if self.state.is_final() => Decision::Answer,
            decision => decision,
        }
    }

    /// This entry where it may be sent for a request, else what the request is answered with. `is_held`: somebody
    /// has it in flight.
    pub(super) fn admit(self, begin: &Begin<'_>, is_held: bool) -> Result<Self, Begun> {
        match self.decide_line(begin, begin.now) {
            Decision::Send if is_held => Err(Begun::Busy { key: self.key }),
            Decision::Send => Ok(self),
            Decision::Answer => Err(Begun::Answered(Box::new(self))),
            Decision::Expired => Err(Begun::Expired(Box::new(self))),
            Decision::Mismatch(differences) => Err(Begun::Mismatch { entry: Box::new(self), differences }),
            Decision::OtherCredential => Err(Begun::OtherCredential(Box::new(self))),
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

/// The deadline of a key that was first sent at this time.
pub(super) const fn safe_until(family: Family, first: UnixMillis) -> UnixMillis {
    UnixMillis(first.0 + family.window_millis() - DEADLINE_MARGIN_MILLIS)
}

/// Whether a key must not be sent any more; see [`Entry::is_expired`].
pub(super) fn is_expired(safe_until: Option<UnixMillis>, last_seen: UnixMillis, now: UnixMillis) -> bool {
    safe_until.is_some_and(|until| now >= until || now.0 < last_seen.0 - CLOCK_SLACK_MILLIS)
}

/// A stored state as it is once its key has expired, or not.
pub(super) const fn state_at(stored: State, is_expired: bool) -> State {
    match stored {
        State::Sending | State::Unknown | State::Retryable if is_expired => State::ExpiredUnknown,
        stored => stored,
    }
}

/// Whether a stored request is of the credential that wants to send it. Where its account is known, equal
/// fingerprints have compared that already; where it is not, only the same API key is known to be of it.
pub(super) fn is_of_credential(account: Option<&str>, credential: Option<&str>, wanted: &Intent) -> bool {
    account.is_some() || credential == wanted.credential.as_deref()
}

/// What the choice between unfinished duplicates of a request needs to know of each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Duplicate {
    pub(super) id: String,
    pub(super) key: String,
    pub(super) account: Option<String>,
    pub(super) credential: Option<String>,
    pub(super) is_expired: bool,
    pub(super) created_at: UnixMillis,
}

/// Of several unfinished entries of one request, the one to go on with: of those of the same credential the
/// newest that may still be sent, else the newest of all. Another account's never stand in the way.
pub(super) fn choose_duplicate(
    unfinished: impl IntoIterator<Item = Duplicate>,
    wanted: &Intent,
) -> Option<Duplicate> {
    unfinished
        .into_iter()
        .filter(|one| is_of_credential(one.account.as_deref(), one.credential.as_deref(), wanted))
        .max_by_key(|one| (!one.is_expired, one.created_at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::{KeptBody, KeySource};

    const HOUR: i64 = 3_600_000;
    const START: i64 = 1_700_000_000_000;

    fn entry(state: State, outcome: Option<Outcome>) -> Entry {
        let intent = Intent { account: None, credential: Some("mark".into()), ..Intent::example("a=1") };
        Entry {
            fingerprint: intent.fingerprint(),
            id: "1".into(),
            key: "k".into(),
            key_source: KeySource::Generated,
            operation: None,
            intent,
            state,
            outcome,
            status: None,
            answer: KeptBody::default(),
            request_id: None,
            original_request_id: None,
            created_at: UnixMillis(START),
            first_sent_at: Some(UnixMillis(START)),
            last_seen_at: UnixMillis(START),
            may_have_executed: true,
            attempts: 1,
            reported_at: None,
            note: None,
            held_by: None,
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
        v2.fingerprint = v2.intent.fingerprint();
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
    fn only_an_open_entry_expires_and_only_a_lasting_result_is_settled() {
        let later = UnixMillis(START + 25 * HOUR);
        for (state, then) in [
            (State::Sending, State::ExpiredUnknown),
            (State::Unknown, State::ExpiredUnknown),
            (State::Retryable, State::ExpiredUnknown),
            (State::Succeeded, State::Succeeded),
            (State::Failed, State::Failed),
            (State::Confirmed, State::Confirmed),
            (State::Refuted, State::Refuted),
        ] {
            assert_eq!(entry(state, None).state_at(later), then);
            assert_eq!(entry(state, None).state_at(UnixMillis(START)), state);
        }
        // The server stores the results of executions, and not every refusal.
        for (state, outcome, is_settled) in [
            (State::Succeeded, Outcome::Succeeded, true),
            (State::Failed, Outcome::Declined, true),
            (State::Failed, Outcome::Invalid, false),
            (State::Unknown, Outcome::Succeeded, false),
            (State::Sending, Outcome::Declined, false),
        ] {
            assert_eq!(entry(state, Some(outcome)).is_settled(), is_settled, "{state:?} {outcome:?}");
        }
    }

    #[test]
    fn what_a_person_settled_is_told_and_not_sent() {
        for state in [State::Confirmed, State::Refuted] {
            assert_eq!(decide(&entry(state, None), HOUR), Decision::Answer);
        }
    }

    #[test]
    fn the_newest_duplicate_of_the_same_credential_that_may_be_sent_is_chosen() {
        let wanted = Intent { account: None, credential: Some("mine".into()), ..Intent::example("a=1") };
        let one = |id: &str, created: i64, is_expired: bool| Duplicate {
            id: id.into(),
            key: format!("key of {id}"),
            account: None,
            credential: Some("mine".into()),
            is_expired,
            created_at: UnixMillis(created),
        };
        let chosen = |all: &[Duplicate]| choose_duplicate(all.to_vec(), &wanted).map(|one| one.id);
        let (old, new, expired) = (one("old", 1, false), one("new", 2, false), one("expired", 3, true));
        assert_eq!(chosen(&[new.clone(), old, expired.clone()]).as_deref(), Some("new"));
        assert_eq!(chosen(&[expired.clone(), one("older", 1, true)]).as_deref(), Some("expired"));
        assert_eq!(chosen(&[]), None);
        let others = Duplicate { credential: Some("other".into()), ..one("other", 9, false) };
        assert_eq!(chosen(&[others.clone(), new]).as_deref(), Some("new"));
        assert_eq!(chosen(&[others]), None);
        let named = Duplicate { account: Some("acct_1".into()), credential: None, ..expired };
        assert_eq!(chosen(&[named]).as_deref(), Some("expired"), "the account was compared already");
    }
}
