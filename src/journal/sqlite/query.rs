//! What is looked for in the journal, and by which index: every statement that reads more than one known row.

use rusqlite::{Connection, OptionalExtension, ToSql, named_params};

use crate::journal::batch::operations_of;
use crate::journal::entry::{Entry, State, Summary};
use crate::journal::intent::{Family, Intent};
use crate::journal::rules::{self, CLOCK_SLACK_MILLIS, DEADLINE_MARGIN_MILLIS, Duplicate, choose_duplicate};
use crate::journal::store::{Filter, Position};
use crate::time::UnixMillis;

use super::rows;
use super::schema::{OPEN, UNFINISHED};

/// Whether a key has expired at `:now`: [`Entry::is_expired`] in SQL, which a test holds against it.
fn expired() -> String {
    let until = |family: Family| family.window_millis() - DEADLINE_MARGIN_MILLIS;
    let (v1, v2) = (until(Family::V1), until(Family::V2));
    format!(
        "(first_sent_at IS NOT NULL AND (:now >= first_sent_at + CASE family WHEN 'v2' THEN {v2} ELSE {v1} END
          OR :now < last_seen_at - {CLOCK_SLACK_MILLIS}))"
    )
}

/// The statement of a list. Without a state it follows the time, else the state.
pub(super) fn list_sql(state: Option<State>) -> String {
    let (index, condition) = match state {
        None => ("entries_by_time", "TRUE".to_owned()),
        Some(State::ExpiredUnknown) => ("entries_open", format!("{OPEN} AND {}", expired())),
        Some(state) if state.is_final() => ("entries_by_state", "state = :state".to_owned()),
        Some(_) => ("entries_by_state", format!("state = :state AND NOT {}", expired())),
    };
    format!(
        "SELECT {} FROM entries INDEXED BY {index} WHERE created_at >= :since AND {condition}
         ORDER BY created_at DESC, id DESC LIMIT :limit",
        rows::SUMMARY
    )
}

/// The newest first, without their bodies.
pub(super) fn list(connection: &Connection, filter: &Filter) -> rusqlite::Result<Vec<Summary>> {
    let mut statement = connection.prepare(&list_sql(filter.state))?;
    let values: [(&str, &dyn ToSql); 4] = [
        (":now", &filter.now.0),
        (":since", &filter.since.map_or(i64::MIN, |since| since.0)),
        (":state", &filter.state.map(State::as_str)),
        // A negative limit is none.
        (":limit", &filter.limit.map_or(-1, |limit| i64::try_from(limit).unwrap_or(i64::MAX))),
    ];
    for (name, value) in values {
        if let Some(index) = statement.parameter_index(name)? {
            statement.raw_bind_parameter(index, value)?;
        }
    }
    let mut found = statement.raw_query();
    let mut entries = Vec::new();
    while let Some(row) = found.next()? {
        entries.push(rows::read_summary(row, filter.now)?);
    }
    Ok(entries)
}

/// The statement that finds the next open entry.
pub(super) fn next_open_sql() -> String {
    format!(
        "{} INDEXED BY entries_open WHERE {OPEN} AND (created_at, id) > (:created_at, :id)
         ORDER BY created_at, id LIMIT 1",
        rows::SELECT
    )
}

/// The oldest open entry behind a position.
pub(super) fn next_open(
    connection: &Connection,
    after: Option<&Position>,
) -> rusqlite::Result<Option<Entry>> {
    let (created_at, id) = after.map_or((i64::MIN, ""), |after| (after.created_at.0, after.id.as_str()));
    let mut statement = connection.prepare_cached(&next_open_sql())?;
    statement.query_row(named_params! { ":created_at": created_at, ":id": id }, rows::read).optional()
}

/// The statement that finds the unfinished entries of a request.
pub(super) fn duplicates_sql() -> String {
    format!(
        "SELECT id, key, account, credential, family, created_at, first_sent_at, last_seen_at
         FROM entries INDEXED BY entries_unfinished WHERE fingerprint = :fingerprint AND {UNFINISHED}"
    )
}

/// The unfinished entry that a request goes on with, where there is one.
pub(super) fn duplicate(
    connection: &Connection,
    wanted: &Intent,
    now: UnixMillis,
) -> rusqlite::Result<Option<String>> {
    Ok(choose_duplicate(unfinished(connection, wanted, now)?, wanted).map(|one| one.id))
}

/// The key of an unfinished run of a request that it does not go on with, since it used another API key.
pub(super) fn run_of_other_credential(
    connection: &Connection,
    wanted: &Intent,
    now: UnixMillis,
) -> rusqlite::Result<Option<String>> {
    let found = unfinished(connection, wanted, now)?.into_iter();
    Ok(found.max_by_key(|one| one.created_at).map(|one| one.key))
}

/// Whether any line of a batch is known.
pub(super) fn knows_batch(connection: &Connection, batch: &str) -> rusqlite::Result<bool> {
    let (first, behind) = operations_of(batch);
    let sql = "SELECT EXISTS (SELECT 1 FROM entries INDEXED BY entries_by_operation
               WHERE operation >= ?1 AND operation < ?2 AND operation IS NOT NULL)";
    connection.query_row(sql, [first, behind], |row| row.get(0))
}

fn unfinished(connection: &Connection, wanted: &Intent, now: UnixMillis) -> rusqlite::Result<Vec<Duplicate>> {
    let mut statement = connection.prepare(&duplicates_sql())?;
    let fingerprint = wanted.fingerprint();
    let found = statement.query_map(named_params! { ":fingerprint": fingerprint.as_bytes() }, |row| {
        let first: Option<i64> = row.get("first_sent_at")?;
        let family = rows::family(row)?;
        let safe_until = first.map(|first| rules::safe_until(family, UnixMillis(first)));
        let last_seen = UnixMillis(row.get("last_seen_at")?);
        Ok(Duplicate {
            id: row.get("id")?,
            key: row.get("key")?,
            account: row.get("account")?,
            credential: row.get("credential")?,
            is_expired: rules::is_expired(safe_until, last_seen, now),
            created_at: UnixMillis(row.get("created_at")?),
        })
    })?;
    found.collect()
}
