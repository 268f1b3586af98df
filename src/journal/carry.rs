//! Entries on their way between journals: as JSON, and merged with what is there. Nothing of an attempt is lost,
//! and what is merged twice is merged once.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::exit::Outcome;
use crate::profile::{KeepBodies, Mode};
use crate::time::UnixMillis;

use super::entry::{Attempt, Entry, KeySource, State};
use super::fingerprint::Fingerprint;
use super::intent::{Family, Intent};
use super::kept::{Kept, KeptBody};

/// The version of the form. A file of a newer one is refused: what it says may be what must not be lost.
pub const CARRIED_VERSION: u32 = 1;

/// An entry with its attempts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// The entry.
    pub entry: Entry,
    /// Its attempts, in their order.
    pub attempts: Vec<Attempt>,
}

/// A line of an exported journal that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CarryError {
    /// It is not an entry.
    #[error("it is not an entry of a journal: {0}")]
    Form(String),
    /// Its fingerprint is not that of its request.
    #[error("its fingerprint is not that of its request")]
    Fingerprint,
    /// A credential.
    #[error("it holds a credential, which a journal does not keep")]
    Credential,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EntryText {
    id: String,
    key: String,
    key_source: String,
    operation: Option<String>,
    fingerprint: String,
    mode: String,
    profile: String,
    account: Option<String>,
    credential: Option<String>,
    stripe_account: Option<String>,
    stripe_context: Option<String>,
    api_base: String,
    family: String,
    method: String,
    path: String,
    api_version: Option<String>,
    headers: Vec<(String, String)>,
    request_body_base64: String,
    state: String,
    outcome: Option<String>,
    status: Option<u16>,
    answer_kept: String,
    body_base64: Option<String>,
    request_id: Option<String>,
    original_request_id: Option<String>,
    created_at_ms: i64,
    first_sent_at_ms: Option<i64>,
    last_seen_at_ms: i64,
    may_have_executed: bool,
    reported_at_ms: Option<i64>,
    note: Option<String>,
    attempts: Vec<AttemptText>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AttemptText {
    number: u32,
    started_at_ms: i64,
    finished_at_ms: Option<i64>,
    status: Option<u16>,
    request_id: Option<String>,
    detail: Option<String>,
}

impl Carried {
    /// The entry as one line of JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        let Self { entry, attempts } = self;
        let intent = &entry.intent;
        let text = EntryText {
            id: entry.id.clone(),
            key: entry.key.clone(),
            key_source: entry.key_source.as_str().to_owned(),
            operation: entry.operation.clone(),
            fingerprint: hex::encode(entry.fingerprint.as_bytes()),
            mode: intent.mode.as_str().to_owned(),
            profile: intent.profile.clone(),
            account: intent.account.clone(),
            credential: intent.credential.clone(),
            stripe_account: intent.stripe_account.clone(),
            stripe_context: intent.stripe_context.clone(),
            api_base: intent.base_url.clone(),
            family: intent.family.as_str().to_owned(),
            method: intent.method.as_str().to_owned(),
            path: intent.path.clone(),
            api_version: intent.api_version.clone(),
            headers: intent.headers.clone(),
            request_body_base64: STANDARD.encode(intent.stored_body()),
            state: entry.state.as_str().to_owned(),
            outcome: entry.outcome.map(|outcome| outcome.as_str().to_owned()),
            status: entry.status,
            answer_kept: entry.answer.kept().as_str().to_owned(),
            body_base64: entry.answer.bytes().map(|bytes| STANDARD.encode(bytes)),
            request_id: entry.request_id.clone(),
            original_request_id: entry.original_request_id.clone(),
            created_at_ms: entry.created_at.0,
            first_sent_at_ms: entry.first_sent_at.map(|time| time.0),
            last_seen_at_ms: entry.last_seen_at.0,
            may_have_executed: entry.may_have_executed,
            reported_at_ms: entry.reported_at.map(|time| time.0),
            note: entry.note.clone(),
            attempts: attempts.iter().map(attempt_text).collect(),
        };
        serde_json::to_string(&text).expect("strings and numbers are JSON")
    }

    /// Reads a line that [`Self::to_json`] wrote, and trusts it no further than it can be checked.
    ///
    /// # Errors
    /// When it is not one, or holds what a journal does not keep.
    pub fn from_json(line: &str) -> Result<Self, CarryError> {
        let text: EntryText =
            serde_json::from_str(line).map_err(|error| CarryError::Form(error.to_string()))?;
        let intent = intent(&text)?;
        let bytes = hex::decode(&text.fingerprint).map_err(|_| CarryError::Fingerprint)?;
        let fingerprint = Fingerprint::stored(&bytes).ok_or(CarryError::Fingerprint)?;
        if !intent.lacks_client_secret() && intent.fingerprint() != fingerprint {
            return Err(CarryError::Fingerprint);
        }
        let outcome = text.outcome.as_deref();
        let entry = Entry {
            key_source: word(&text.key_source, |word| SOURCES.into_iter().find(|one| one.as_str() == word))?,
            state: word(&text.state, State::from_name)?,
            outcome: outcome.map(|name| word(name, Outcome::from_name)).transpose()?,
            answer: answer(&text)?,
            fingerprint,
            intent,
            id: text.id,
            key: text.key,
            operation: text.operation,
            status: text.status,
            request_id: text.request_id,
            original_request_id: text.original_request_id,
            created_at: UnixMillis(text.created_at_ms),
            first_sent_at: text.first_sent_at_ms.map(UnixMillis),
            last_seen_at: UnixMillis(text.last_seen_at_ms),
            may_have_executed: text.may_have_executed,
            attempts: u32::try_from(text.attempts.len())
                .map_err(|_| CarryError::Form("too many attempts".into()))?,
            reported_at: text.reported_at_ms.map(UnixMillis),
            note: text.note,
            held_by: None,
        };
        let carried = Self { entry, attempts: text.attempts.into_iter().map(attempt).collect() };
        if carried.holds_credential() { Err(CarryError::Credential) } else { Ok(carried) }
    }

    fn holds_credential(&self) -> bool {
        let entry = &self.entry;
        let texts = [&entry.request_id, &entry.original_request_id, &entry.note, &entry.operation];
        let details = self.attempts.iter().flat_map(|attempt| [&attempt.request_id, &attempt.detail]);
        let has = |text: &str| crate::credential::find(text.as_bytes()).is_some();
        entry.intent.holds_no_credential().is_err()
            || has(&entry.key)
            || texts.into_iter().chain(details).flatten().any(|text| has(text))
    }

    /// This entry with what another journal knows of the same key. The other's is the later word only where this
    /// one has none.
    #[must_use]
    pub fn merged_with(&self, other: &Self) -> Self {
        let attempts = merged_attempts(&self.attempts, &other.attempts);
        let (better, worse) =
            if rank(&other.entry) > rank(&self.entry) { (other, self) } else { (self, other) };
        let (best, rest) = (&better.entry, &worse.entry);
        let is_final = best.state.is_final();
        let may_have_executed = !is_final && (best.may_have_executed || rest.may_have_executed);
        let first = [best.first_sent_at, rest.first_sent_at].into_iter().flatten().min();
        let entry = Entry {
            id: self.entry.id.clone(),
            operation: self.entry.operation.clone().or_else(|| other.entry.operation.clone()),
            state: if may_have_executed && best.state == State::Retryable {
                State::Unknown
            } else {
                best.state
            },
            may_have_executed: best.may_have_executed && is_final || may_have_executed,
            first_sent_at: first,
            created_at: best.created_at.min(rest.created_at),
            last_seen_at: best.last_seen_at.max(rest.last_seen_at),
            reported_at: best.reported_at.or(rest.reported_at.filter(|_| rest.state == best.state)),
            note: best.note.clone().or_else(|| rest.note.clone()),
            attempts: u32::try_from(attempts.len()).unwrap_or(u32::MAX).max(best.attempts).max(rest.attempts),
            held_by: self.entry.held_by.clone(),
            ..best.clone()
        };
        Self { entry, attempts }
    }
}

impl Entry {
    /// Lets the operation go that has another key in the journal which this entry comes to, and notes whose it was.
    pub(super) fn unbind_operation(&mut self) {
        let Some(operation) = self.operation.take() else { return };
        let note = format!("operation {operation} of another journal");
        self.note = Some(match self.note.take() {
            Some(known) => format!("{known}; {note}"),
            None => note,
        });
    }
}

const SOURCES: [KeySource; 3] = [KeySource::Generated, KeySource::Flag, KeySource::Operation];

/// How much an entry knows: the server's final word before a person's, and that before none.
const fn rank(entry: &Entry) -> u8 {
    match entry.state {
        State::Succeeded => 5,
        State::Failed => 4,
        State::Confirmed | State::Refuted => 3,
        State::Unknown | State::ExpiredUnknown | State::Sending => 2,
        State::Retryable => 1,
    }
}

/// The attempts of both, each once, numbered anew in the order in which they began.
fn merged_attempts(ours: &[Attempt], theirs: &[Attempt]) -> Vec<Attempt> {
    let mut all = ours.to_vec();
    for attempt in theirs {
        match all.iter_mut().find(|known| is_same(known, attempt)) {
            Some(known) if known.finished_at.is_none() => *known = attempt.clone(),
            Some(_) => {}
            None => all.push(attempt.clone()),
        }
    }
    all.sort_by_key(|attempt| (attempt.started_at, attempt.number));
    for (attempt, number) in all.iter_mut().zip(1..) {
        attempt.number = number;
    }
    all
}

fn is_same(one: &Attempt, other: &Attempt) -> bool {
    let unlike =
        |one: &Option<String>, other: &Option<String>| one.is_some() && other.is_some() && one != other;
    one.started_at == other.started_at && !unlike(&one.request_id, &other.request_id)
}

fn word<T>(text: &str, read: impl Fn(&str) -> Option<T>) -> Result<T, CarryError> {
    read(text).ok_or_else(|| CarryError::Form("an unknown word".into()))
}

fn intent(text: &EntryText) -> Result<Intent, CarryError> {
    let families = [Family::V1, Family::V2];
    Ok(Intent {
        mode: word(&text.mode, |word| word.parse::<Mode>().ok())?,
        profile: text.profile.clone(),
        account: text.account.clone(),
        credential: text.credential.clone(),
        stripe_account: text.stripe_account.clone(),
        stripe_context: text.stripe_context.clone(),
        base_url: text.api_base.clone(),
        family: word(&text.family, |word| families.into_iter().find(|family| family.as_str() == word))?,
        method: word(&text.method, |word| word.parse().ok())?,
        path: text.path.clone(),
        api_version: text.api_version.clone(),
        headers: text.headers.clone(),
        body: decoded(&text.request_body_base64)?,
    })
}

/// The body of the answer, with what credentials there may be taken out.
fn answer(text: &EntryText) -> Result<KeptBody, CarryError> {
    let kept = word(&text.answer_kept, Kept::from_name)?;
    let bytes = text.body_base64.as_deref().map(decoded).transpose()?;
    let clean = KeptBody::of(bytes.as_deref(), KeepBodies::Redacted);
    Ok(if kept == Kept::Whole { clean } else { KeptBody::stored(clean.bytes().map(<[u8]>::to_vec), kept) })
}

fn decoded(text: &str) -> Result<Vec<u8>, CarryError> {
    STANDARD.decode(text).map_err(|error| CarryError::Form(error.to_string()))
}

fn attempt_text(attempt: &Attempt) -> AttemptText {
    AttemptText {
        number: attempt.number,
        started_at_ms: attempt.started_at.0,
        finished_at_ms: attempt.finished_at.map(|time| time.0),
        status: attempt.status,
        request_id: attempt.request_id.clone(),
        detail: attempt.detail.clone(),
    }
}

fn attempt(text: AttemptText) -> Attempt {
    Attempt {
        number: text.number,
        started_at: UnixMillis(text.started_at_ms),
        finished_at: text.finished_at_ms.map(UnixMillis),
        status: text.status,
        request_id: text.request_id,
        detail: text.detail,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn carried(state: State, starts: &[i64]) -> Carried {
        let intent = Intent::example("a=1");
        let attempts: Vec<_> = starts
            .iter()
            .zip(1..)
            .map(|(start, number)| Attempt {
                number,
                started_at: UnixMillis(*start),
                finished_at: Some(UnixMillis(start + 1)),
                status: Some(200),
                request_id: Some(format!("req_{start}")),
                detail: None,
            })
            .collect();
        let entry = Entry {
            id: "id".into(),
            key: "k".into(),
            key_source: KeySource::Flag,
            operation: None,
            fingerprint: intent.fingerprint(),
            intent,
            state,
            outcome: (state == State::Succeeded).then_some(Outcome::Succeeded),
            status: Some(200),
            answer: KeptBody::of(Some(b"{}"), KeepBodies::Redacted),
            request_id: None,
            original_request_id: None,
            created_at: UnixMillis(1),
            first_sent_at: starts.iter().min().map(|start| UnixMillis(*start)),
            last_seen_at: UnixMillis(starts.iter().max().copied().unwrap_or(1)),
            may_have_executed: !state.is_final() && state != State::Retryable,
            attempts: u32::try_from(starts.len()).expect("few"),
            reported_at: None,
            note: None,
            held_by: None,
        };
        Carried { entry, attempts }
    }

    #[test]
    fn an_entry_is_read_back_as_it_was_written() {
        let written = carried(State::Succeeded, &[5, 9]);
        assert_eq!(Carried::from_json(&written.to_json()), Ok(written));
    }

    #[test]
    fn what_cannot_be_trusted_is_refused() {
        let line = carried(State::Unknown, &[5]).to_json();
        let other_body = line.replace("YT0x", "YT0y");
        assert_ne!(line, other_body);
        assert_eq!(Carried::from_json(&other_body), Err(CarryError::Fingerprint));
        let secret = format!("whsec_{}", "Abc1".repeat(7));
        let with_secret = line.replace("\"note\":null", &format!("\"note\":\"{secret}\""));
        assert_eq!(Carried::from_json(&with_secret), Err(CarryError::Credential));
        let newer = line.replace("\"note\":null", "\"note\":null,\"new\":1");
        assert!(matches!(Carried::from_json(&newer), Err(CarryError::Form(_))));
        assert!(matches!(Carried::from_json("{}"), Err(CarryError::Form(_))));
    }

    #[test]
    fn the_servers_word_wins_whichever_side_has_it() {
        let (unknown, known) = (carried(State::Unknown, &[5]), carried(State::Succeeded, &[5, 9]));
        for merged in [unknown.merged_with(&known), known.merged_with(&unknown)] {
            assert_eq!((merged.entry.state, merged.entry.may_have_executed), (State::Succeeded, false));
            assert_eq!(merged.attempts.len(), 2);
        }
        let retryable = carried(State::Retryable, &[7]);
        let merged = retryable.merged_with(&unknown);
        assert!(merged.entry.may_have_executed && merged.entry.state == State::Unknown);
        assert_eq!(merged.entry.first_sent_at, Some(UnixMillis(5)));
    }

    proptest! {
        #[test]
        fn no_attempt_is_lost_and_merging_twice_changes_nothing(
            ours in prop::collection::btree_set(1_i64..40, 1..8),
            theirs in prop::collection::btree_set(1_i64..40, 1..8),
            states in prop::array::uniform2(prop::sample::select(vec![
                State::Sending, State::Succeeded, State::Failed, State::Retryable, State::Unknown, State::Confirmed,
            ])),
        ) {
            let list = |set: &std::collections::BTreeSet<i64>| set.iter().copied().collect::<Vec<_>>();
            let (one, other) = (carried(states[0], &list(&ours)), carried(states[1], &list(&theirs)));
            let merged = one.merged_with(&other);
            let starts: Vec<_> = merged.attempts.iter().map(|attempt| attempt.started_at.0).collect();
            prop_assert_eq!(starts, ours.union(&theirs).copied().collect::<Vec<_>>());
            prop_assert_eq!(&merged.merged_with(&other), &merged);
            prop_assert_eq!(&merged.merged_with(&one), &merged);
            prop_assert_eq!(merged.entry.first_sent_at.map(|time| time.0), ours.union(&theirs).min().copied());
            if states.contains(&State::Succeeded) {
                prop_assert_eq!(merged.entry.state, State::Succeeded);
            }
            prop_assert_eq!(Carried::from_json(&merged.to_json()), Ok(merged));
        }
    }
}
