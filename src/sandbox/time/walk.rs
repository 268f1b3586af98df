//! The walk through time: whatever is due happens, the earliest first, each in a step of its own.
//!
//! The objects are the progress: a step that was taken leaves its object due later, in the transaction in
//! which its events are kept. A walk that is cut off goes on where it stopped, and nothing happens twice.

use std::cell::RefCell;

use rusqlite::{Connection, OptionalExtension, params};
use serde_json::Value;

use super::due;
use crate::sandbox::api_error::ApiError;
use crate::sandbox::events;
use crate::sandbox::ids::Ids;
use crate::sandbox::resources::{Call, test_clocks};
use crate::sandbox::store::Store;
use crate::sandbox::writer::step;

/// How many steps share a transaction: whoever asks meanwhile waits for one of these.
const STRIDE: usize = 256;

/// How many steps an object may take at one moment; more say that a transition does not end.
const MOST_AT_ONCE: usize = 8;

/// Whose time passes, and until when.
pub(in crate::sandbox) struct Walk<'a> {
    pub(in crate::sandbox) account: &'a str,
    pub(in crate::sandbox) ids: &'a Ids,
    /// The account's time, in Unix seconds.
    pub(in crate::sandbox) now: i64,
}

/// How far a walk came.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::sandbox) struct Progress {
    /// Whether nothing is due any more.
    pub(in crate::sandbox) is_done: bool,
    /// Whether deliveries of events wait since.
    pub(in crate::sandbox) has_deliveries: bool,
}

/// Whether anything is due by the account's clock.
pub(in crate::sandbox) fn is_due(connection: &Connection, account: &str, now: i64) -> rusqlite::Result<bool> {
    Ok(earliest(connection, account, "", now)?.is_some())
}

/// Takes some of the steps that are due.
///
/// # Errors
/// When a transition fails: what came before it stays.
pub(in crate::sandbox) fn some(
    connection: &Connection,
    walk: &Walk<'_>,
) -> rusqlite::Result<Result<Progress, ApiError>> {
    let mut progress = Progress::default();
    let mut last = (0, 0, 0);
    for _ in 0..STRIDE {
        let Some(due) = next(connection, walk)? else {
            progress.is_done = true;
            break;
        };
        last = if (due.seq, due.at) == (last.0, last.1) {
            (due.seq, due.at, last.2 + 1)
        } else {
            (due.seq, due.at, 1)
        };
        if last.2 > MOST_AT_ONCE {
            let message = format!("{} stays due at {}: time cannot go on.", due.object["id"], due.at);
            return Ok(Err(ApiError::internal(message)));
        }
        step(connection, "SAVEPOINT due")?;
        let taken = take(connection, walk, &due);
        if taken.is_err() {
            step(connection, "ROLLBACK TO due")?;
        }
        step(connection, "RELEASE due")?;
        match taken {
            Ok(has_deliveries) => progress.has_deliveries |= has_deliveries,
            Err(error) => return Ok(Err(error)),
        }
    }
    Ok(Ok(progress))
}

/// An object that is due.
struct Due {
    seq: i64,
    at: i64,
    object: Value,
}

/// What is due next: by a test clock that is advancing, else by the account's own. The test clock itself is
/// due once nothing else is by it.
fn next(connection: &Connection, walk: &Walk<'_>) -> rusqlite::Result<Option<Due>> {
    let Some(due) = earliest(connection, walk.account, "", walk.now)? else { return Ok(None) };
    let Some((clock, target)) = test_clocks::advancing(&due.object) else { return Ok(Some(due)) };
    let inner = earliest(connection, walk.account, clock, target)?;
    Ok(Some(inner.unwrap_or(due)))
}

fn earliest(
    connection: &Connection,
    account: &str,
    clock: &str,
    until: i64,
) -> rusqlite::Result<Option<Due>> {
    let sql = "SELECT seq, due, body FROM objects
               WHERE account = ?1 AND clock = ?2 AND due <= ?3 AND due IS NOT NULL AND deleted = 0
               ORDER BY due, seq LIMIT 1";
    let mut statement = connection.prepare_cached(sql)?;
    let row = |row: &rusqlite::Row<'_>| {
        let object = serde_json::from_str(&row.get::<_, String>(2)?).unwrap_or_default();
        Ok(Due { seq: row.get(0)?, at: row.get(1)?, object })
    };
    statement.query_row(params![account, clock, until], row).optional()
}

fn take(connection: &Connection, walk: &Walk<'_>, due: &Due) -> Result<bool, ApiError> {
    let Some(rule) = due::rule(&due.object) else {
        return Err(ApiError::internal(format!("Nothing is known to fall due at {}.", due.object["id"])));
    };
    let store = Store::new(connection, walk.account).in_time(due::when);
    // A test clock arrives in the account's time, not at the beginning of it.
    let now = if test_clocks::advancing(&due.object).is_some() { walk.now } else { due.at };
    let call = Call { changes: RefCell::default(), ..Call::by_time(store, walk.ids, walk.account, now) };
    (rule.then)(&call, &due.object)?;
    let changes = call.changes.take();
    events::record(&call, &changes, &events::Request { id: None, key: None })
}
