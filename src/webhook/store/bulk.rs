//! Rows that are written many at a time: a replay has tens of thousands a second, and each statement costs time of
//! its own.

use std::sync::LazyLock;

use rusqlite::{CachedStatement, Connection};

use super::record::{EndedAttempt, Sender, clean_text};
use crate::webhook::credentials::without_credentials;
use crate::webhook::outcome::DeliveryResult;

/// How many rows one statement writes; what is left over is written by statements of one row.
const ROWS: usize = 32;

/// The parameters of an attempt; sender and target, which are those of all, come before the first.
const OF_ATTEMPT: usize = 9;

/// The statements of many attempts and of one.
static ATTEMPTS: LazyLock<[String; 2]> = LazyLock::new(|| [attempts_of(ROWS), attempts_of(1)]);

/// The statements of many accepted items and of one.
static ITEMS: LazyLock<[String; 2]> = LazyLock::new(|| [items_of(ROWS), items_of(1)]);

fn attempts_of(rows: usize) -> String {
    let row = |place: usize| {
        let at = 3 + place * OF_ATTEMPT;
        let own: Vec<_> = (at + 1..at + OF_ATTEMPT).map(|number| format!("?{number}")).collect();
        format!("(?{at}, ?1, ?2, {})", own.join(", "))
    };
    let rows: Vec<_> = (0..rows).map(row).collect();
    let columns = "event, sender, target, signature, started_at, finished_at, latency_us, outcome, status, detail, answer";
    format!("INSERT INTO attempts ({columns}) VALUES {}", rows.join(", "))
}

fn items_of(rows: usize) -> String {
    let rows: Vec<_> = (0..rows).map(|place| format!("(?1, ?{})", place + 2)).collect();
    format!("INSERT OR IGNORE INTO replay_items (replay, item) VALUES {}", rows.join(", "))
}

/// Writes attempts of one sender to one target.
pub(super) fn add_attempts(
    connection: &Connection,
    sender: Sender,
    target: &str,
    ended: &[EndedAttempt<'_>],
) -> rusqlite::Result<()> {
    in_groups(connection, &ATTEMPTS, ended, |statement, group| {
        statement.raw_bind_parameter(1, sender.as_str())?;
        statement.raw_bind_parameter(2, target)?;
        let places = (3..).step_by(OF_ATTEMPT);
        places.zip(group).try_for_each(|(at, attempt)| bind(statement, at, attempt))
    })
}

/// Writes items that a replay's target has accepted.
pub(super) fn accept_items(connection: &Connection, replay: i64, items: &[i64]) -> rusqlite::Result<()> {
    in_groups(connection, &ITEMS, items, |statement, group| {
        statement.raw_bind_parameter(1, replay)?;
        (2..).zip(group).try_for_each(|(at, item)| statement.raw_bind_parameter(at, item))
    })
}

/// Writes rows in whole groups, and those left over one by one: two statements are prepared, whatever comes.
fn in_groups<T>(
    connection: &Connection,
    [many, one]: &[String; 2],
    rows: &[T],
    bind: impl Fn(&mut CachedStatement<'_>, &[T]) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    let (groups, rest) = rows.as_chunks::<ROWS>();
    let groups = groups.iter().map(|group| (many, &group[..]));
    for (sql, group) in groups.chain(rest.chunks(1).map(|row| (one, row))) {
        let mut statement = connection.prepare_cached(sql)?;
        bind(&mut statement, group)?;
        statement.raw_execute()?;
    }
    Ok(())
}

fn bind(statement: &mut CachedStatement<'_>, at: usize, attempt: &EndedAttempt<'_>) -> rusqlite::Result<()> {
    let result = attempt.result;
    statement.raw_bind_parameter(at, attempt.event)?;
    statement.raw_bind_parameter(at + 1, attempt.signature)?;
    statement.raw_bind_parameter(at + 2, attempt.started_at)?;
    statement.raw_bind_parameter(at + 3, attempt.finished_at)?;
    statement.raw_bind_parameter(at + 4, micros(result))?;
    statement.raw_bind_parameter(at + 5, result.outcome.as_str())?;
    statement.raw_bind_parameter(at + 6, result.status)?;
    statement.raw_bind_parameter(at + 7, result.detail.as_deref().map(clean_text))?;
    statement.raw_bind_parameter(at + 8, without_credentials(&result.answer))
}

/// The latency in microseconds.
pub(super) fn micros(result: &DeliveryResult) -> i64 {
    i64::try_from(result.latency.as_micros()).unwrap_or(i64::MAX)
}
