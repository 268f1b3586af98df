//! Reports that the journal makes: of a request that it did not let go out, and of a result that it knows.

use crate::exit::Outcome;
use crate::journal::{Begin, Begun, Entry, Intent, Journal, JournalError, KeyChoice, KeySource};
use crate::time::UnixMillis;

use super::report::{Circumstance, EarlierRun, Report};

impl Report {
    /// The report of a request that the journal could not take: nothing was sent.
    #[must_use]
    pub fn without_journal(intent: &Intent, error: &JournalError) -> Self {
        let report = Self::unsent(intent, Outcome::JournalError, error.to_string());
        match error {
            JournalError::Database { .. } => Self { circumstance: Circumstance::NoSharedJournal, ..report },
            _ => report,
        }
    }

    /// Names the key that was meant, where nothing was begun.
    pub(super) fn with_given(mut self, key: KeyChoice<'_>) -> Self {
        match key {
            KeyChoice::Given(key) => {
                self.key = Some(key.to_owned());
                self.key_source = Some(KeySource::Flag);
            }
            KeyChoice::Operation { name, .. } | KeyChoice::Line { operation: name, .. } => {
                self.operation = Some(name.to_owned());
            }
            KeyChoice::Continue { .. } | KeyChoice::Fresh { .. } => {}
        }
        self
    }
}

/// The report of a request that the journal did not let go out.
pub(super) fn not_begun(intent: &Intent, key: KeyChoice<'_>, begun: Begun) -> Report {
    let source = source_of(key);
    let unsent = |outcome, detail| Report::unsent(intent, outcome, detail);
    match begun {
        Begun::Busy { key } => {
            let detail = format!("another process is sending under the key {key}");
            Report { key: Some(key), key_source: Some(source), ..unsent(Outcome::InProgress, detail) }
        }
        Begun::Answered(entry) => {
            let outcome = entry.outcome.unwrap_or(Outcome::Succeeded);
            let detail = match &entry.note {
                Some(note) => format!("settled by a person: {note}"),
                None => entry.status.map_or_else(String::new, |status| status.to_string()),
            };
            unsent(outcome, detail).with_entry(&entry, source).answered_by_journal(&entry)
        }
        Begun::Expired(entry) => {
            unsent(Outcome::ExpiredUnknown, expired_detail(&entry)).with_entry(&entry, source)
        }
        Begun::Mismatch { entry, differences } => {
            let what = if differences.is_empty() { "its parameters".into() } else { differences.join(", ") };
            let detail = format!("the key {} stands for another request: {what}", entry.key);
            unsent(Outcome::KeyMismatch, detail).with_entry(&entry, source)
        }
        Begun::OtherCredential(entry) => {
            let detail = format!(
                "the idempotency key {} was sent with another API key, and neither tells its account",
                entry.key
            );
            let circumstance = Circumstance::OtherCredential;
            Report { circumstance, ..unsent(Outcome::KeyMismatch, detail).with_entry(&entry, source) }
        }
        Begun::Ready(_) => unsent(Outcome::NotSent, "not sent".into()),
    }
}

/// The report of a request under a key that the time given with `--not-after` forbids to send. The journal is
/// asked what earlier runs did.
pub fn too_late(journal: &mut dyn Journal, intent: &Intent, key: KeyChoice<'_>) -> Report {
    let known = journal.peek(&Begin { intent, key, now: UnixMillis::now() });
    known.map_or_else(
        |error| Report::without_journal(intent, &error).with_given(key),
        |known| too_late_after(intent, key, known.as_ref()),
    )
}

fn too_late_after(intent: &Intent, key: KeyChoice<'_>, known: Option<&Entry>) -> Report {
    let earlier = match (known, key) {
        (Some(entry), _) if entry.state.is_final() => EarlierRun::Finished,
        (Some(entry), _) if entry.may_have_executed => EarlierRun::MayHaveExecuted,
        (None, KeyChoice::Given(_)) => EarlierRun::NotKnown,
        _ => EarlierRun::None,
    };
    let report = Report::unsent(intent, Outcome::ExpiredUnknown, TOO_LATE.to_owned());
    let report = match known {
        Some(entry) => report.with_entry(entry, source_of(key)),
        None => report.with_given(key),
    };
    Report { circumstance: Circumstance::TooLate(earlier), ..report }
}

/// The same for a request without a key, of which nothing is recorded. Reading again is always safe.
#[must_use]
pub fn too_late_unkeyed(intent: &Intent) -> Report {
    let is_write = intent.method.is_write();
    let outcome = if is_write { Outcome::ExpiredUnknown } else { Outcome::NotSent };
    let earlier = if is_write { EarlierRun::NotKnown } else { EarlierRun::None };
    let report = Report::unsent(intent, outcome, TOO_LATE.to_owned());
    Report { circumstance: Circumstance::TooLate(earlier), ..report }
}

const TOO_LATE: &str = "the time given with --not-after has passed";

const fn source_of(key: KeyChoice<'_>) -> KeySource {
    match key {
        KeyChoice::Given(_) | KeyChoice::Line { key: Some(_), .. } => KeySource::Flag,
        KeyChoice::Operation { .. } | KeyChoice::Line { .. } => KeySource::Operation,
        KeyChoice::Continue { .. } | KeyChoice::Fresh { .. } => KeySource::Journal,
    }
}

fn expired_detail(entry: &Entry) -> String {
    let now = UnixMillis::now();
    let key = &entry.key;
    let first = entry.first_sent_at.map(|time| time.to_string()).unwrap_or_default();
    if now < entry.last_seen_at {
        return format!(
            "this machine's clock ({now}) is behind the journal's last entry of the key {key} ({}): its age is not known",
            entry.last_seen_at
        );
    }
    format!(
        "the outcome of the key {key}, first sent {first}, is not known, and the key is too old to be sent"
    )
}

/// A result that the server keeps was known before this run, which got no final answer.
pub(super) fn known_already(report: Report, entry: &Entry) -> Report {
    let outcome = entry.outcome.unwrap_or(report.outcome);
    let detail = format!("{} (this run: {})", entry.status.unwrap_or_default(), report.detail);
    Report { outcome, detail, ..report }.answered_by_journal(entry)
}
