//! Rows of the journal's tables, and the entries and attempts that they stand for.

use std::fmt::Write;

use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, ToSql, Type};

use crate::exit::Outcome;
use crate::journal::entry::{Attempt, Entry, KeySource, State, Summary};
use crate::journal::error::JournalError;
use crate::journal::fingerprint::Fingerprint;
use crate::journal::intent::{Family, Intent};
use crate::journal::kept::{Kept, KeptBody};
use crate::journal::method::Method;
use crate::journal::rules;
use crate::journal::store::AttemptResult;
use crate::journal::transitions::redacted;
use crate::profile::Mode;
use crate::time::UnixMillis;

use super::failure::StepError;
use super::transaction::Transaction;

/// The columns of [`read_summary`]: no body is among them.
pub(super) const SUMMARY: &str = "id, key, key_source, operation, state, outcome, status, mode, profile, account, \
    base_url, family, api_version, method, path, attempts, created_at, first_sent_at, last_seen_at, request_id, \
    original_request_id, note";

/// A parameter of a statement with its type.
pub(super) type Parameter<'a> = (&'a (dyn ToSql + Sync), Type);

fn unreadable(column: &str) -> StepError {
    StepError::Journal(JournalError::Row(format!("its column {column}")))
}

fn get<'a, T: FromSql<'a>>(row: &'a Row, column: &str) -> Result<T, StepError> {
    row.try_get(column).map_err(|_| unreadable(column))
}

/// A word that may be missing. One that is unknown is an error and never "none": it may be the outcome of a
/// payment.
fn optional_word<T>(
    row: &Row,
    column: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, StepError> {
    let Some(text) = get::<Option<&str>>(row, column)? else { return Ok(None) };
    read(text).map(Some).ok_or_else(|| unreadable(column))
}

fn word<T>(row: &Row, column: &str, read: impl Fn(&str) -> Option<T>) -> Result<T, StepError> {
    optional_word(row, column, read)?.ok_or_else(|| unreadable(column))
}

fn time(row: &Row, column: &str) -> Result<UnixMillis, StepError> {
    Ok(UnixMillis(get(row, column)?))
}

fn optional_time(row: &Row, column: &str) -> Result<Option<UnixMillis>, StepError> {
    Ok(get::<Option<i64>>(row, column)?.map(UnixMillis))
}

fn count(row: &Row, column: &str) -> Result<u32, StepError> {
    u32::try_from(get::<i64>(row, column)?).map_err(|_| unreadable(column))
}

fn status(row: &Row) -> Result<Option<u16>, StepError> {
    let status = get::<Option<i32>>(row, "status")?;
    status.map(|status| u16::try_from(status).map_err(|_| unreadable("status"))).transpose()
}

fn key_source(row: &Row) -> Result<KeySource, StepError> {
    let sources = [KeySource::Generated, KeySource::Flag, KeySource::Operation];
    word(row, "key_source", |text| sources.into_iter().find(|source| source.as_str() == text))
}

pub(super) fn family(row: &Row) -> Result<Family, StepError> {
    word(row, "family", |text| [Family::V1, Family::V2].into_iter().find(|family| family.as_str() == text))
}

fn method(row: &Row) -> Result<Method, StepError> {
    word(row, "method", |text| text.parse().ok())
}

fn mode(row: &Row) -> Result<Mode, StepError> {
    word(row, "mode", |text| text.parse().ok())
}

/// Reads a whole entry.
pub(super) fn read(row: &Row) -> Result<Entry, StepError> {
    Ok(Entry {
        id: get(row, "id")?,
        key: get(row, "key")?,
        key_source: key_source(row)?,
        operation: get(row, "operation")?,
        intent: intent(row)?,
        fingerprint: Fingerprint::stored(get(row, "fingerprint")?)
            .ok_or_else(|| unreadable("fingerprint"))?,
        state: word(row, "state", State::from_name)?,
        outcome: optional_word(row, "outcome", Outcome::from_name)?,
        status: status(row)?,
        answer: KeptBody::stored(get(row, "answer")?, word(row, "answer_kept", Kept::from_name)?),
        request_id: get(row, "request_id")?,
        original_request_id: get(row, "original_request_id")?,
        created_at: time(row, "created_at")?,
        first_sent_at: optional_time(row, "first_sent_at")?,
        last_seen_at: time(row, "last_seen_at")?,
        may_have_executed: get(row, "may_have_executed")?,
        attempts: count(row, "attempts")?,
        reported_at: optional_time(row, "reported_at")?,
        note: get(row, "note")?,
        held_by: get(row, "held_by")?,
    })
}

fn intent(row: &Row) -> Result<Intent, StepError> {
    let headers: &str = get(row, "headers")?;
    Ok(Intent {
        mode: mode(row)?,
        profile: get(row, "profile")?,
        account: get(row, "account")?,
        credential: get(row, "credential")?,
        stripe_account: get(row, "stripe_account")?,
        stripe_context: get(row, "stripe_context")?,
        base_url: get(row, "base_url")?,
        family: family(row)?,
        method: method(row)?,
        path: get(row, "path")?,
        api_version: get(row, "api_version")?,
        headers: serde_json::from_str(headers).map_err(|_| unreadable("headers"))?,
        body: get(row, "body")?,
    })
}

/// Reads the columns of [`SUMMARY`], with the state as it is at a time.
pub(super) fn read_summary(row: &Row, now: UnixMillis) -> Result<Summary, StepError> {
    let first_sent_at = optional_time(row, "first_sent_at")?;
    let family = family(row)?;
    let safe_until = first_sent_at.map(|first| rules::safe_until(family, first));
    let is_expired = rules::is_expired(safe_until, time(row, "last_seen_at")?, now);
    Ok(Summary {
        id: get(row, "id")?,
        key: get(row, "key")?,
        key_source: key_source(row)?,
        operation: get(row, "operation")?,
        state: rules::state_at(word(row, "state", State::from_name)?, is_expired),
        outcome: optional_word(row, "outcome", Outcome::from_name)?,
        status: status(row)?,
        mode: mode(row)?,
        profile: get(row, "profile")?,
        account: get(row, "account")?,
        base_url: get(row, "base_url")?,
        api_version: get(row, "api_version")?,
        method: method(row)?,
        path: get(row, "path")?,
        attempts: count(row, "attempts")?,
        created_at: time(row, "created_at")?,
        first_sent_at,
        safe_until,
        request_id: get(row, "request_id")?,
        original_request_id: get(row, "original_request_id")?,
        note: get(row, "note")?,
    })
}

/// What the choice between unfinished duplicates reads of each.
pub(super) fn read_duplicate(row: &Row, now: UnixMillis) -> Result<rules::Duplicate, StepError> {
    let family = family(row)?;
    let safe_until = optional_time(row, "first_sent_at")?.map(|first| rules::safe_until(family, first));
    Ok(rules::Duplicate {
        id: get(row, "id")?,
        key: get(row, "key")?,
        account: get(row, "account")?,
        credential: get(row, "credential")?,
        is_expired: rules::is_expired(safe_until, time(row, "last_seen_at")?, now),
        created_at: time(row, "created_at")?,
    })
}

pub(super) fn read_attempt(row: &Row) -> Result<Attempt, StepError> {
    Ok(Attempt {
        number: count(row, "number")?,
        started_at: time(row, "started_at")?,
        finished_at: optional_time(row, "finished_at")?,
        status: status(row)?,
        request_id: get(row, "request_id")?,
        detail: get(row, "detail")?,
    })
}

/// The columns that never change after an entry was made, but for an operation that is given to it later.
const CONSTANT: &str = "id, key, key_source, operation, fingerprint, mode, profile, account, credential, stripe_account, \
    stripe_context, base_url, family, method, path, api_version, headers, body, created_at";

/// The columns that change.
const CHANGING: &str = "state, outcome, status, answer_kept, answer, request_id, original_request_id, first_sent_at, \
    last_seen_at, may_have_executed, attempts, reported_at, note, held_by";

/// Inserts an entry, and tells whether there was none of its key or its operation.
pub(super) async fn insert(transaction: &Transaction<'_>, entry: &Entry) -> Result<bool, StepError> {
    let (intent, created_at) = (&entry.intent, entry.created_at.0);
    let headers = serde_json::to_string(&intent.headers).expect("pairs of strings are JSON");
    let (fingerprint, body) = (&entry.fingerprint.as_bytes()[..], intent.stored_body());
    let (key_source, mode) = (entry.key_source.as_str(), intent.mode.as_str());
    let (family, method) = (intent.family.as_str(), intent.method.as_str());
    let constant: [Parameter<'_>; 19] = [
        (&entry.id, Type::TEXT),
        (&entry.key, Type::TEXT),
        (&key_source, Type::TEXT),
        (&entry.operation, Type::TEXT),
        (&fingerprint, Type::BYTEA),
        (&mode, Type::TEXT),
        (&intent.profile, Type::TEXT),
        (&intent.account, Type::TEXT),
        (&intent.credential, Type::TEXT),
        (&intent.stripe_account, Type::TEXT),
        (&intent.stripe_context, Type::TEXT),
        (&intent.base_url, Type::TEXT),
        (&family, Type::TEXT),
        (&method, Type::TEXT),
        (&intent.path, Type::TEXT),
        (&intent.api_version, Type::TEXT),
        (&headers, Type::TEXT),
        (&body, Type::BYTEA),
        (&created_at, Type::INT8),
    ];
    let changing = Changing::of(entry);
    let values: Vec<_> = constant.into_iter().chain(changing.parameters()).collect();
    let sql = format!(
        "INSERT INTO entries ({CONSTANT}, {CHANGING}) VALUES ({}) ON CONFLICT DO NOTHING",
        placeholders(1, values.len())
    );
    Ok(transaction.execute(&sql, &values).await? == 1)
}

/// Writes what changes of an entry that is locked.
pub(super) async fn update(transaction: &Transaction<'_>, entry: &Entry) -> Result<(), StepError> {
    update_where(transaction, entry, None).await.map(|_| ())
}

/// Writes what changes of an entry, or nothing, where a holder is named and the entry is not as that one left it
/// at this attempt. Tells whether it was written.
pub(super) async fn update_where(
    transaction: &Transaction<'_>,
    entry: &Entry,
    held: Option<(&str, u32)>,
) -> Result<bool, StepError> {
    let changing = Changing::of(entry);
    let mut values: Vec<_> = changing.parameters().into();
    let count = values.len();
    let mut sql =
        format!("UPDATE entries SET ({CHANGING}) = ({}) WHERE id = ${}", placeholders(1, count), count + 1);
    values.push((&entry.id, Type::TEXT));
    let held = held.map(|(holder, attempt)| (holder, i64::from(attempt)));
    if let Some((holder, attempt)) = &held {
        let _ = write!(sql, " AND held_by = ${} AND attempts = ${}", count + 2, count + 3);
        values.extend([(holder as _, Type::TEXT), (attempt as _, Type::INT8)]);
    }
    Ok(transaction.execute(&sql, &values).await? == 1)
}

/// `$first, …`, so many.
fn placeholders(first: usize, count: usize) -> String {
    (first..first + count).map(|number| format!("${number}")).collect::<Vec<_>>().join(", ")
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

/// Inserts an attempt that begins.
pub(super) async fn insert_attempt(
    transaction: &Transaction<'_>,
    entry: &str,
    number: u32,
    now: UnixMillis,
) -> Result<(), StepError> {
    let sql = "INSERT INTO attempts (entry, number, started_at) VALUES ($1, $2, $3)";
    let number = i64::from(number);
    transaction.execute(sql, &[(&entry, Type::TEXT), (&number, Type::INT8), (&now.0, Type::INT8)]).await?;
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

/// Writes what an attempt ended with.
pub(super) async fn finish_attempt(
    transaction: &Transaction<'_>,
    entry: &str,
    number: u32,
    result: &AttemptResult,
    now: UnixMillis,
) -> Result<(), StepError> {
    let sql = "UPDATE attempts SET finished_at = $3, status = $4, request_id = $5, detail = $6
               WHERE entry = $1 AND number = $2 AND finished_at IS NULL";
    let (number, status) = (i64::from(number), result.status.map(i32::from));
    let (request_id, detail) = (redacted(result.request_id.as_deref()), redacted(result.detail.as_deref()));
    let values: [Parameter<'_>; 6] = [
        (&entry, Type::TEXT),
        (&number, Type::INT8),
        (&now.0, Type::INT8),
        (&status, Type::INT4),
        (&request_id, Type::TEXT),
        (&detail, Type::TEXT),
    ];
    transaction.execute(sql, &values).await?;
    Ok(())
}
