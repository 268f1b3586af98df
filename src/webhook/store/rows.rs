//! Reading the rows of the event store.

use std::time::Duration;

use rusqlite::types::{Type, Value as Sql};
use rusqlite::{Connection, Row, params_from_iter};

use super::filter::{EventFilter, EventOrder};
use super::record::{Attempt, DeliverableEvent, Position, Source, StoredEvent};
use crate::webhook::event::EventId;

const COLUMNS: &str = "seq, event_id, kind, created, livemode, account, object, is_thin, source, received_at,
    headers, signature, is_exact, is_redacted, body";

/// One page of events. See [`super::EventStore::page`].
pub(super) fn page(
    connection: &Connection,
    filter: &EventFilter,
    order: EventOrder,
    after: Option<Position>,
    limit: usize,
) -> rusqlite::Result<Vec<StoredEvent>> {
    let (sql, values) = page_query(COLUMNS, filter, order, after, limit);
    let mut statement = connection.prepare_cached(&sql)?;
    statement.query_map(params_from_iter(values), event)?.collect()
}

fn page_query(
    columns: &str,
    filter: &EventFilter,
    order: EventOrder,
    after: Option<Position>,
    limit: usize,
) -> (String, Vec<Sql>) {
    let (mut condition, mut values) = conditions(filter);
    let (beyond, direction) = match order {
        EventOrder::OldestFirst => (">", "ASC"),
        EventOrder::NewestFirst => ("<", "DESC"),
    };
    if let Some(after) = after {
        condition = format!("{condition} AND (created, seq) {beyond} (?, ?)");
        values.extend([Sql::Integer(after.created), Sql::Integer(after.seq)]);
    }
    values.push(Sql::Integer(i64::try_from(limit).unwrap_or(i64::MAX)));
    let sql = format!(
        "SELECT {columns} FROM events WHERE {condition} ORDER BY created {direction}, seq {direction} LIMIT ?"
    );
    (sql, values)
}

/// See [`super::EventStore::deliverable_page`].
pub(super) fn deliverable_page(
    connection: &Connection,
    filter: &EventFilter,
    after: Option<Position>,
    limit: usize,
) -> rusqlite::Result<Vec<DeliverableEvent>> {
    let columns =
        "seq, created, event_id, kind, object, iif(is_exact AND NOT is_redacted, signature, NULL), body";
    let (sql, values) = page_query(columns, filter, EventOrder::OldestFirst, after, limit);
    let mut statement = connection.prepare_cached(&sql)?;
    let event = |row: &Row<'_>| {
        Ok(DeliverableEvent {
            position: Position { seq: row.get(0)?, created: row.get(1)? },
            id: row.get(2)?,
            kind: row.get(3)?,
            object: row.get(4)?,
            signature: row.get(5)?,
            body: row.get(6)?,
        })
    };
    statement.query_map(params_from_iter(values), event)?.collect()
}

/// See [`super::EventStore::count`].
pub(super) fn count(connection: &Connection, filter: &EventFilter) -> rusqlite::Result<u64> {
    let (condition, values) = conditions(filter);
    let sql = format!("SELECT count(*) FROM events WHERE {condition}");
    let count: i64 = connection.prepare(&sql)?.query_row(params_from_iter(values), |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

/// See [`super::EventStore::find`].
pub(super) fn find(connection: &Connection, id: &str) -> rusqlite::Result<Vec<StoredEvent>> {
    let sql = format!("SELECT {COLUMNS} FROM events WHERE event_id = ? ORDER BY seq");
    connection.prepare_cached(&sql)?.query_map([id], event)?.collect()
}

/// See [`super::EventStore::attempts`].
pub(super) fn attempts(connection: &Connection, seq: i64) -> rusqlite::Result<Vec<Attempt>> {
    let sql = "SELECT sender, target, signature, started_at, finished_at, latency_us, outcome, status, detail, answer
               FROM attempts WHERE event = ? ORDER BY id";
    connection.prepare_cached(sql)?.query_map([seq], attempt)?.collect()
}

/// See [`super::EventStore::sightings`].
pub(super) fn sightings(connection: &Connection, seq: i64) -> rusqlite::Result<u64> {
    let sql = "SELECT count(*) FROM sightings WHERE event = ?";
    let count: i64 = connection.prepare_cached(sql)?.query_row([seq], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

/// A filter as SQL, with its values.
fn conditions(filter: &EventFilter) -> (String, Vec<Sql>) {
    let (mut all, mut values) = (vec!["true".to_owned()], Vec::new());
    let any = |column: &str, operator: &str, count: usize| {
        let each = vec![format!("{column} {operator} ?"); count];
        format!("({})", each.join(" OR "))
    };
    let patterns = filter.types.patterns();
    if !patterns.is_empty() {
        all.push(any("kind", "GLOB", patterns.len()));
        values.extend(patterns.iter().map(|pattern| Sql::Text(pattern.as_glob())));
    }
    if !filter.ids.is_empty() {
        all.push(any("event_id", "=", filter.ids.len()));
        values.extend(filter.ids.iter().map(|id| Sql::Text(id.as_str().to_owned())));
    }
    let bounds = [("created >= ?", filter.since), ("created < ?", filter.until)];
    for (condition, bound) in bounds {
        if let Some(bound) = bound {
            all.push(condition.to_owned());
            values.push(Sql::Integer(bound));
        }
    }
    if let Some(object) = &filter.object {
        all.push("object = ?".to_owned());
        values.push(Sql::Text(object.clone()));
    }
    (all.join(" AND "), values)
}

fn event(row: &Row<'_>) -> rusqlite::Result<StoredEvent> {
    let wrong = |column: usize, what: String| {
        rusqlite::Error::FromSqlConversionFailure(column, Type::Text, what.into())
    };
    let id: String = row.get(1)?;
    let source: String = row.get(8)?;
    let headers: String = row.get(10)?;
    Ok(StoredEvent {
        seq: row.get(0)?,
        id: EventId::parse(&id).map_err(|error| wrong(1, error.to_string()))?,
        kind: row.get(2)?,
        created: row.get(3)?,
        livemode: row.get(4)?,
        account: row.get(5)?,
        object: row.get(6)?,
        is_thin: row.get(7)?,
        source: Source::from_name(&source).ok_or_else(|| wrong(8, format!("unknown source {source:?}")))?,
        received_at: row.get(9)?,
        headers: serde_json::from_str(&headers).map_err(|error| wrong(10, error.to_string()))?,
        signature: row.get(11)?,
        is_exact: row.get(12)?,
        is_redacted: row.get(13)?,
        body: row.get(14)?,
    })
}

fn attempt(row: &Row<'_>) -> rusqlite::Result<Attempt> {
    let latency: Option<i64> = row.get(5)?;
    Ok(Attempt {
        sender: row.get(0)?,
        target: row.get(1)?,
        signature: row.get(2)?,
        started_at: row.get(3)?,
        finished_at: row.get(4)?,
        latency: latency.map(|micros| Duration::from_micros(micros.unsigned_abs())),
        outcome: row.get(6)?,
        status: row.get(7)?,
        detail: row.get(8)?,
        answer: row.get(9)?,
    })
}
