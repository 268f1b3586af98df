//! Rows of the journal's tables that are read, and the entries and attempts that they stand for.

use tokio_postgres::Row;
use tokio_postgres::types::FromSql;

use crate::exit::Outcome;
use crate::journal::entry::{Attempt, Entry, KeySource, State, Summary};
use crate::journal::error::JournalError;
use crate::journal::fingerprint::Fingerprint;
use crate::journal::intent::{Family, Intent};
use crate::journal::kept::{Kept, KeptBody};
use crate::journal::method::Method;
use crate::journal::rules;
use crate::profile::Mode;
use crate::time::UnixMillis;

use super::failure::StepError;

/// The columns of [`read_summary`]: no body is among them.
pub(super) const SUMMARY: &str = "id, key, key_source, operation, state, outcome, status, mode, profile, account, \
    base_url, family, api_version, method, path, attempts, created_at, first_sent_at, last_seen_at, request_id, \
    original_request_id, note";

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
