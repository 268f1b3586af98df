//! Rows of the journal's tables, and the entries and attempts that they stand for.

use rusqlite::types::Type;
use rusqlite::{Connection, Row, Transaction, params};

use crate::exit::Outcome;
use crate::journal::entry::{Attempt, Entry, KeySource, State, Summary};
use crate::journal::fingerprint::Fingerprint;
use crate::journal::intent::{Family, Intent};
use crate::journal::kept::{Kept, KeptBody};
use crate::journal::method::Method;
use crate::journal::rules;
use crate::profile::Mode;
use crate::time::UnixMillis;

/// Selects whole entries, for [`read`].
pub(super) const SELECT: &str = "SELECT * FROM entries";

/// The columns of [`read_summary`]: none of them stands behind a body.
pub(super) const SUMMARY: &str = "id, key, key_source, operation, state, outcome, status, mode, profile, account, \
    base_url, family, api_version, method, path, attempts, created_at, first_sent_at, last_seen_at, request_id, \
    original_request_id, note";

/// A column that holds what no version of paycli writes.
#[derive(Debug, thiserror::Error)]
#[error("the column {0} holds an unknown word")]
struct UnknownWord(&'static str);

fn word<T>(row: &Row<'_>, column: &'static str, read: impl Fn(&str) -> Option<T>) -> rusqlite::Result<T> {
    optional_word(row, column, read)?
        .ok_or_else(|| rusqlite::Error::InvalidColumnType(0, column.to_owned(), Type::Null))
}

/// A word that may be missing. One that is unknown is an error and never "none": it may be the outcome of a
/// payment.
fn optional_word<T>(
    row: &Row<'_>,
    column: &'static str,
    read: impl Fn(&str) -> Option<T>,
) -> rusqlite::Result<Option<T>> {
    let Some(text) = row.get::<_, Option<String>>(column)? else { return Ok(None) };
    let unknown = || rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(UnknownWord(column)));
    read(&text).map(Some).ok_or_else(unknown)
}

pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let headers: String = row.get("headers")?;
    let time = |column: &str| -> rusqlite::Result<UnixMillis> { Ok(UnixMillis(row.get(column)?)) };
    Ok(Entry {
        id: row.get("id")?,
        key: row.get("key")?,
        key_source: key_source(row)?,
        operation: row.get("operation")?,
        intent: Intent {
            mode: mode(row)?,
            profile: row.get("profile")?,
            account: row.get("account")?,
            credential: row.get("credential")?,
            stripe_account: row.get("stripe_account")?,
            stripe_context: row.get("stripe_context")?,
            base_url: row.get("base_url")?,
            family: family(row)?,
            method: method(row)?,
            path: row.get("path")?,
            api_version: row.get("api_version")?,
            headers: serde_json::from_str(&headers)
                .map_err(|error| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(error)))?,
            body: row.get("body")?,
        },
        fingerprint: fingerprint(row)?,
        state: word(row, "state", State::from_name)?,
        outcome: optional_word(row, "outcome", Outcome::from_name)?,
        status: row.get("status")?,
        answer: KeptBody::stored(row.get("answer")?, word(row, "answer_kept", Kept::from_name)?),
        request_id: row.get("request_id")?,
        original_request_id: row.get("original_request_id")?,
        created_at: time("created_at")?,
        first_sent_at: row.get::<_, Option<i64>>("first_sent_at")?.map(UnixMillis),
        last_seen_at: time("last_seen_at")?,
        may_have_executed: row.get("may_have_executed")?,
        attempts: row.get("attempts")?,
        reported_at: row.get::<_, Option<i64>>("told_at")?.map(UnixMillis),
        note: row.get("note")?,
        held_by: row.get("held_by")?,
    })
}

/// Reads the columns of [`SUMMARY`], with the state as it is at a time.
pub(super) fn read_summary(row: &Row<'_>, now: UnixMillis) -> rusqlite::Result<Summary> {
    let time = |column: &str| -> rusqlite::Result<UnixMillis> { Ok(UnixMillis(row.get(column)?)) };
    let first_sent_at = row.get::<_, Option<i64>>("first_sent_at")?.map(UnixMillis);
    let family = family(row)?;
    let safe_until = first_sent_at.map(|first| rules::safe_until(family, first));
    let is_expired = rules::is_expired(safe_until, time("last_seen_at")?, now);
    Ok(Summary {
        id: row.get("id")?,
        key: row.get("key")?,
        key_source: key_source(row)?,
        operation: row.get("operation")?,
        state: rules::state_at(word(row, "state", State::from_name)?, is_expired),
        outcome: optional_word(row, "outcome", Outcome::from_name)?,
        status: row.get("status")?,
        mode: mode(row)?,
        profile: row.get("profile")?,
        account: row.get("account")?,
        base_url: row.get("base_url")?,
        api_version: row.get("api_version")?,
        method: method(row)?,
        path: row.get("path")?,
        attempts: row.get("attempts")?,
        created_at: time("created_at")?,
        first_sent_at,
        safe_until,
        request_id: row.get("request_id")?,
        original_request_id: row.get("original_request_id")?,
        note: row.get("note")?,
    })
}

fn key_source(row: &Row<'_>) -> rusqlite::Result<KeySource> {
    let sources = [KeySource::Generated, KeySource::Flag, KeySource::Operation];
    word(row, "key_source", |text| sources.into_iter().find(|source| source.as_str() == text))
}

pub(super) fn family(row: &Row<'_>) -> rusqlite::Result<Family> {
    word(row, "family", |text| [Family::V1, Family::V2].into_iter().find(|family| family.as_str() == text))
}

fn method(row: &Row<'_>) -> rusqlite::Result<Method> {
    word(row, "method", |text| text.parse().ok())
}

fn mode(row: &Row<'_>) -> rusqlite::Result<Mode> {
    word(row, "mode", |text| text.parse().ok())
}

fn fingerprint(row: &Row<'_>) -> rusqlite::Result<Fingerprint> {
    let bytes: Vec<u8> = row.get("fingerprint")?;
    let wrong = || rusqlite::Error::InvalidColumnType(0, "fingerprint".into(), Type::Blob);
    Fingerprint::stored(&bytes).ok_or_else(wrong)
}

/// Writes a new entry. Values are bound by their place: SQLite looks a name up among all the others.
pub(super) fn insert(transaction: &Transaction<'_>, entry: &Entry) -> rusqlite::Result<()> {
    let intent = &entry.intent;
    let headers = serde_json::to_string(&intent.headers).expect("pairs of strings are JSON");
    let mut statement = transaction.prepare_cached(
        "INSERT INTO entries (id, key, key_source, operation, fingerprint, mode, profile, account, credential,
            stripe_account, stripe_context, base_url, family, method, path, api_version, headers, body,
            created_at, state, first_sent_at, last_seen_at, may_have_executed, attempts, held_by, answer_kept)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'whole')",
    )?;
    statement.execute(params![
        entry.id,
        entry.key,
        entry.key_source.as_str(),
        entry.operation,
        entry.fingerprint.as_bytes(),
        intent.mode.as_str(),
        intent.profile,
        intent.account,
        intent.credential,
        intent.stripe_account,
        intent.stripe_context,
        intent.base_url,
        intent.family.as_str(),
        intent.method.as_str(),
        intent.path,
        intent.api_version,
        headers,
        intent.stored_body(),
        entry.created_at.0,
        entry.state.as_str(),
        entry.first_sent_at.map(|time| time.0),
        entry.last_seen_at.0,
        entry.may_have_executed,
        entry.attempts,
        entry.held_by,
    ])?;
    Ok(())
}

/// Writes what changes of an entry.
pub(super) fn update(transaction: &Transaction<'_>, entry: &Entry) -> rusqlite::Result<()> {
    let mut statement = transaction.prepare_cached(
        "UPDATE entries SET state = ?2, outcome = ?3, status = ?4, answer_kept = ?5, answer = ?6, request_id = ?7,
            original_request_id = ?8, first_sent_at = ?9, last_seen_at = ?10, may_have_executed = ?11,
            attempts = ?12, told_at = ?13, note = ?14, held_by = ?15
         WHERE id = ?1",
    )?;
    statement.execute(params![
        entry.id,
        entry.state.as_str(),
        entry.outcome.map(Outcome::as_str),
        entry.status,
        entry.answer.kept().as_str(),
        entry.answer.bytes(),
        entry.request_id,
        entry.original_request_id,
        entry.first_sent_at.map(|time| time.0),
        entry.last_seen_at.0,
        entry.may_have_executed,
        entry.attempts,
        entry.reported_at.map(|time| time.0),
        entry.note,
        entry.held_by,
    ])?;
    Ok(())
}

pub(super) fn attempts(connection: &Connection, entry: &str) -> rusqlite::Result<Vec<Attempt>> {
    let mut statement = connection.prepare("SELECT * FROM attempts WHERE entry = ?1 ORDER BY number")?;
    let rows = statement.query_map([entry], |row| {
        Ok(Attempt {
            number: row.get("number")?,
            started_at: UnixMillis(row.get("started_at")?),
            finished_at: row.get::<_, Option<i64>>("finished_at")?.map(UnixMillis),
            status: row.get("status")?,
            request_id: row.get("request_id")?,
            detail: row.get("detail")?,
        })
    })?;
    rows.collect()
}
