//! Rows of the journal's tables that are written, many of them in one statement.

use std::collections::HashSet;

use tokio_postgres::types::Type;

use crate::exit::Outcome;
use crate::journal::entry::{Attempt, Entry};
use crate::journal::transitions::redacted;
use crate::time::UnixMillis;

use super::ending::Ending;
use super::failure::StepError;
use super::transaction::{Parameter, Transaction};

/// The most rows of one statement: the protocol has room for 65 535 parameters.
const MOST_ROWS: usize = 1000;

/// The columns that never change after an entry was made, but for an operation that is given to it later.
const CONSTANT: &str = "id, key, key_source, operation, fingerprint, mode, profile, account, credential, stripe_account, \
    stripe_context, base_url, family, method, path, api_version, headers, body, created_at";

/// The columns that change.
const CHANGING: &str = "state, outcome, status, answer_kept, answer, request_id, original_request_id, first_sent_at, \
    last_seen_at, may_have_executed, attempts, reported_at, note, held_by";

/// Inserts entries, in their order, but for those whose key or operation is there already. Returns the ids of those
/// that were inserted.
pub(super) async fn insert(
    transaction: &Transaction<'_>,
    entries: &[&Entry],
) -> Result<HashSet<String>, StepError> {
    let mut inserted = HashSet::new();
    for some in entries.chunks(MOST_ROWS) {
        let (constant, changing): (Vec<_>, Vec<_>) =
            some.iter().map(|entry| (Constant::of(entry), Changing::of(entry))).unzip();
        let mut values: Vec<Parameter<'_>> = Vec::new();
        for (constant, changing) in constant.iter().zip(&changing) {
            values.extend(constant.parameters().into_iter().chain(changing.parameters()));
        }
        let sql = format!(
            "INSERT INTO entries ({CONSTANT}, {CHANGING}) VALUES {} ON CONFLICT DO NOTHING RETURNING id",
            placeholders(some.len(), values.len())
        );
        inserted.extend(transaction.rows(&sql, &values).await?.iter().map(|row| row.get::<_, String>(0)));
    }
    Ok(inserted)
}

/// What is to be written of an entry.
pub(super) struct Change<'a> {
    pub(super) entry: &'a Entry,
    /// Where a holder is named, nothing is written unless the entry is as that one left it at this attempt.
    pub(super) held: Option<(&'a str, u32)>,
}

impl<'a> Change<'a> {
    /// Of an entry that is locked.
    pub(super) const fn locked(entry: &'a Entry) -> Self {
        Self { entry, held: None }
    }
}

/// Writes what changes of entries. Returns the ids of those that were written.
pub(super) async fn update(
    transaction: &Transaction<'_>,
    changes: &[Change<'_>],
) -> Result<HashSet<String>, StepError> {
    let set = CHANGING.split(", ").map(|column| format!("{column} = new.{column}")).collect::<Vec<_>>();
    let set = set.join(", ");
    let mut written = HashSet::new();
    for some in changes.chunks(MOST_ROWS) {
        let changing: Vec<_> = some.iter().map(|change| Changing::of(change.entry)).collect();
        let held: Vec<_> = some
            .iter()
            .map(|change| (change.held.map(|held| held.0), change.held.map(|held| i64::from(held.1))))
            .collect();
        let mut values: Vec<Parameter<'_>> = Vec::new();
        for ((change, changing), (holder, attempt)) in some.iter().zip(&changing).zip(&held) {
            values.extend([(&change.entry.id as _, Type::TEXT), (holder as _, Type::TEXT)]);
            values.push((attempt, Type::INT8));
            values.extend(changing.parameters());
        }
        let sql = format!(
            "UPDATE entries AS old SET {set}
             FROM (VALUES {}) AS new (entry, holder, attempt, {CHANGING})
             WHERE old.id = new.entry
               AND (new.holder IS NULL OR old.held_by = new.holder AND old.attempts = new.attempt)
             RETURNING old.id",
            placeholders(some.len(), values.len())
        );
        written.extend(transaction.rows(&sql, &values).await?.iter().map(|row| row.get::<_, String>(0)));
    }
    Ok(written)
}

/// `($1, …), …`: so many rows, which share so many values.
fn placeholders(rows: usize, values: usize) -> String {
    let columns = values / rows;
    let row = |row: usize| {
        let numbers = row * columns + 1..=(row + 1) * columns;
        let numbers: Vec<_> = numbers.map(|number| format!("${number}")).collect();
        format!("({})", numbers.join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}

/// The values of [`CONSTANT`] as the database takes them.
struct Constant<'a> {
    entry: &'a Entry,
    headers: String,
    fingerprint: &'a [u8],
    body: Vec<u8>,
    key_source: &'static str,
    mode: &'static str,
    family: &'static str,
    method: &'static str,
}

impl<'a> Constant<'a> {
    fn of(entry: &'a Entry) -> Self {
        let intent = &entry.intent;
        Self {
            entry,
            headers: serde_json::to_string(&intent.headers).expect("pairs of strings are JSON"),
            fingerprint: entry.fingerprint.as_bytes(),
            body: intent.stored_body(),
            key_source: entry.key_source.as_str(),
            mode: intent.mode.as_str(),
            family: intent.family.as_str(),
            method: intent.method.as_str(),
        }
    }

    fn parameters(&self) -> [Parameter<'_>; 19] {
        let (entry, intent) = (self.entry, &self.entry.intent);
        [
            (&entry.id, Type::TEXT),
            (&entry.key, Type::TEXT),
            (&self.key_source, Type::TEXT),
            (&entry.operation, Type::TEXT),
            (&self.fingerprint, Type::BYTEA),
            (&self.mode, Type::TEXT),
            (&intent.profile, Type::TEXT),
            (&intent.account, Type::TEXT),
            (&intent.credential, Type::TEXT),
            (&intent.stripe_account, Type::TEXT),
            (&intent.stripe_context, Type::TEXT),
            (&intent.base_url, Type::TEXT),
            (&self.family, Type::TEXT),
            (&self.method, Type::TEXT),
            (&intent.path, Type::TEXT),
            (&intent.api_version, Type::TEXT),
            (&self.headers, Type::TEXT),
            (&self.body, Type::BYTEA),
            (&entry.created_at.0, Type::INT8),
        ]
    }
}

/// The values of [`CHANGING`] as the database takes them.
struct Changing<'a> {
    entry: &'a Entry,
    state: &'static str,
    outcome: Option<&'static str>,
    status: Option<i32>,
    answer_kept: &'static str,
    answer: Option<&'a [u8]>,
    first_sent_at: Option<i64>,
    attempts: i64,
    reported_at: Option<i64>,
}

impl<'a> Changing<'a> {
    fn of(entry: &'a Entry) -> Self {
        Self {
            entry,
            state: entry.state.as_str(),
            outcome: entry.outcome.map(Outcome::as_str),
            status: entry.status.map(i32::from),
            answer_kept: entry.answer.kept().as_str(),
            answer: entry.answer.bytes(),
            first_sent_at: entry.first_sent_at.map(|time| time.0),
            attempts: entry.attempts.into(),
            reported_at: entry.reported_at.map(|time| time.0),
        }
    }

    fn parameters(&self) -> [Parameter<'_>; 14] {
        let entry = self.entry;
        [
            (&self.state, Type::TEXT),
            (&self.outcome, Type::TEXT),
            (&self.status, Type::INT4),
            (&self.answer_kept, Type::TEXT),
            (&self.answer, Type::BYTEA),
            (&entry.request_id, Type::TEXT),
            (&entry.original_request_id, Type::TEXT),
            (&self.first_sent_at, Type::INT8),
            (&entry.last_seen_at.0, Type::INT8),
            (&entry.may_have_executed, Type::BOOL),
            (&self.attempts, Type::INT8),
            (&self.reported_at, Type::INT8),
            (&entry.note, Type::TEXT),
            (&entry.held_by, Type::TEXT),
        ]
    }
}

/// Inserts the attempts that entries are at, which begin now.
pub(super) async fn insert_attempts(
    transaction: &Transaction<'_>,
    entries: &[&Entry],
    now: UnixMillis,
) -> Result<(), StepError> {
    for some in entries.chunks(MOST_ROWS) {
        let numbers: Vec<_> = some.iter().map(|entry| i64::from(entry.attempts)).collect();
        let mut values: Vec<Parameter<'_>> = Vec::new();
        for (entry, number) in some.iter().zip(&numbers) {
            values.extend([
                (&entry.id as _, Type::TEXT),
                (number as _, Type::INT8),
                (&now.0 as _, Type::INT8),
            ]);
        }
        let rows = placeholders(some.len(), values.len());
        let sql = format!("INSERT INTO attempts (entry, number, started_at) VALUES {rows}");
        transaction.execute(&sql, &values).await?;
    }
    Ok(())
}

/// Inserts an attempt of another journal.
pub(super) async fn insert_whole_attempt(
    transaction: &Transaction<'_>,
    entry: &str,
    attempt: &Attempt,
) -> Result<(), StepError> {
    let sql = "INSERT INTO attempts (entry, number, started_at, finished_at, status, request_id, detail)
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let (number, status) = (i64::from(attempt.number), attempt.status.map(i32::from));
    let finished_at = attempt.finished_at.map(|time| time.0);
    let values: [Parameter<'_>; 7] = [
        (&entry, Type::TEXT),
        (&number, Type::INT8),
        (&attempt.started_at.0, Type::INT8),
        (&finished_at, Type::INT8),
        (&status, Type::INT4),
        (&attempt.request_id, Type::TEXT),
        (&attempt.detail, Type::TEXT),
    ];
    transaction.execute(sql, &values).await?;
    Ok(())
}

/// Writes what attempts ended with.
pub(super) async fn finish_attempts(
    transaction: &Transaction<'_>,
    endings: &[Ending<'_>],
    now: UnixMillis,
) -> Result<(), StepError> {
    for some in endings.chunks(MOST_ROWS) {
        let finished: Vec<_> = some.iter().map(FinishedAttempt::of).collect();
        let values: Vec<_> = finished.iter().flat_map(|one| one.parameters(&now)).collect();
        let sql = format!(
            "UPDATE attempts AS old
             SET finished_at = new.finished_at, status = new.status, request_id = new.request_id, detail = new.detail
             FROM (VALUES {}) AS new (entry, number, finished_at, status, request_id, detail)
             WHERE old.entry = new.entry AND old.number = new.number AND old.finished_at IS NULL",
            placeholders(some.len(), values.len())
        );
        transaction.execute(&sql, &values).await?;
    }
    Ok(())
}

/// What an attempt ended with as the database takes it.
struct FinishedAttempt<'a> {
    entry: &'a str,
    number: i64,
    status: Option<i32>,
    request_id: Option<String>,
    detail: Option<String>,
}

impl<'a> FinishedAttempt<'a> {
    fn of(ending: &Ending<'a>) -> Self {
        let result = ending.result;
        Self {
            entry: ending.entry,
            number: ending.attempt.into(),
            status: result.status.map(i32::from),
            request_id: redacted(result.request_id.as_deref()),
            detail: redacted(result.detail.as_deref()),
        }
    }

    fn parameters<'b>(&'b self, now: &'b UnixMillis) -> [Parameter<'b>; 6] {
        [
            (&self.entry, Type::TEXT),
            (&self.number, Type::INT8),
            (&now.0, Type::INT8),
            (&self.status, Type::INT4),
            (&self.request_id, Type::TEXT),
            (&self.detail, Type::TEXT),
        ]
    }
}
