//! Rows of the journal's tables, and the entries and attempts that they stand for.

use rusqlite::types::Type;
use rusqlite::{Connection, Row, Transaction, named_params};

use crate::exit::Outcome;
use crate::journal::entry::{Attempt, Entry, KeySource, State};
use crate::journal::intent::{Family, Intent};
use crate::journal::method::Method;
use crate::profile::Mode;
use crate::time::UnixMillis;

/// Selects whole entries, for [`read`].
pub(super) const SELECT: &str = "SELECT * FROM entries";

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
        key_source: word(row, "key_source", |text| {
            [KeySource::Generated, KeySource::Flag, KeySource::Operation]
                .into_iter()
                .find(|source| source.as_str() == text)
        })?,
        operation: row.get("operation")?,
        intent: Intent {
            mode: word(row, "mode", |text| text.parse::<Mode>().ok())?,
            profile: row.get("profile")?,
            account: row.get("account")?,
            credential: row.get("credential")?,
            stripe_account: row.get("stripe_account")?,
            stripe_context: row.get("stripe_context")?,
            base_url: row.get("base_url")?,
            family: word(row, "family", |text| {
                [Family::V1, Family::V2].into_iter().find(|family| family.as_str() == text)
            })?,
            method: word(row, "method", |text| text.parse::<Method>().ok())?,
            path: row.get("path")?,
            api_version: row.get("api_version")?,
            headers: serde_json::from_str(&headers)
                .map_err(|error| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(error)))?,
            body: row.get("body")?,
        },
        state: word(row, "state", State::from_name)?,
        outcome: optional_word(row, "outcome", Outcome::from_name)?,
        status: row.get("status")?,
        response: row.get("response")?,
        request_id: row.get("request_id")?,
        original_request_id: row.get("original_request_id")?,
        created_at: time("created_at")?,
        first_sent_at: row.get::<_, Option<i64>>("first_sent_at")?.map(UnixMillis),
        last_seen_at: time("last_seen_at")?,
        may_have_executed: row.get("may_have_executed")?,
        attempts: row.get("attempts")?,
        told_at: row.get::<_, Option<i64>>("told_at")?.map(UnixMillis),
        note: row.get("note")?,
    })
}

/// Inserts an entry: what never changes of it, then the rest.
pub(super) fn insert(transaction: &Transaction<'_>, entry: &Entry) -> rusqlite::Result<()> {
    let intent = &entry.intent;
    let headers = serde_json::to_string(&intent.headers).expect("pairs of strings are JSON");
    transaction.execute(
        "INSERT INTO entries (id, key, key_source, operation, fingerprint, mode, profile, account, credential,
            stripe_account, stripe_context, base_url, family, method, path, api_version, headers, body,
            created_at, state, last_seen_at, may_have_executed, attempts)
         VALUES (:id, :key, :key_source, :operation, :fingerprint, :mode, :profile, :account, :credential,
            :stripe_account, :stripe_context, :base_url, :family, :method, :path, :api_version, :headers, :body,
            :created_at, 'sending', 0, 1, 0)",
        named_params! {
            ":id": entry.id,
            ":key": entry.key,
            ":key_source": entry.key_source.as_str(),
            ":operation": entry.operation,
            ":fingerprint": intent.fingerprint().as_bytes(),
            ":mode": intent.mode.as_str(),
            ":profile": intent.profile,
            ":account": intent.account,
            ":credential": intent.credential,
            ":stripe_account": intent.stripe_account,
            ":stripe_context": intent.stripe_context,
            ":base_url": intent.base_url,
            ":family": intent.family.as_str(),
            ":method": intent.method.as_str(),
            ":path": intent.path,
            ":api_version": intent.api_version,
            ":headers": headers,
            ":body": intent.body,
            ":created_at": entry.created_at.0,
        },
    )?;
    update(transaction, entry)
}

/// Writes what changes of an entry.
pub(super) fn update(transaction: &Transaction<'_>, entry: &Entry) -> rusqlite::Result<()> {
    transaction.execute(
        "UPDATE entries SET state = :state, outcome = :outcome, status = :status, response = :response,
            request_id = :request_id, original_request_id = :original_request_id,
            first_sent_at = :first_sent_at, last_seen_at = :last_seen_at,
            may_have_executed = :may_have_executed, attempts = :attempts,
            told_at = :told_at, note = :note
         WHERE id = :id",
        named_params! {
            ":id": entry.id,
            ":state": entry.state.as_str(),
            ":outcome": entry.outcome.map(Outcome::as_str),
            ":status": entry.status,
            ":response": entry.response,
            ":request_id": entry.request_id,
            ":original_request_id": entry.original_request_id,
            ":first_sent_at": entry.first_sent_at.map(|time| time.0),
            ":last_seen_at": entry.last_seen_at.0,
            ":may_have_executed": entry.may_have_executed,
            ":attempts": entry.attempts,
            ":told_at": entry.told_at.map(|time| time.0),
            ":note": entry.note,
        },
    )?;
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
