//! The walk through time: whatever is due happens, the earliest first, each in a step of its own.
//!
//! The objects are the progress: a step that was taken leaves its object due later, in the transaction in
//! which its events are kept. A walk that is cut off goes on where it stopped, and nothing happens twice.

use rusqlite::{Connection, OptionalExtension, params};
use serde_json::Value;

use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::state::writer::step;

/// How many steps share a transaction: whoever asks meanwhile waits for one of these.
const STRIDE: usize = 256;

/// How many steps an object may take at one moment; more say that a transition does not end.
const MOST_AT_ONCE: usize = 8;

/// The id of a test clock that is on its way, and where to; nothing for every other object.
pub(in crate::sandbox) type Advancing = fn(&Value) -> Option<(&str, i64)>;

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

/// Takes some of the steps that are due. `take` takes one, and tells whether deliveries wait since.
///
/// # Errors
/// When a transition fails: what came before it stays.
pub(in crate::sandbox) fn some(
    connection: &Connection,
    account: &str,
    now: i64,
    advancing: Advancing,
    take: &dyn Fn(&Due) -> Result<bool, ApiError>,
) -> rusqlite::Result<Result<Progress, ApiError>> {
    let mut progress = Progress::default();
    let mut last = (0, 0, 0);
    for _ in 0..STRIDE {
        let Some(due) = next(connection, account, now, advancing)? else {
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
        let taken = take(&due);
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
pub(in crate::sandbox) struct Due {
    seq: i64,
    /// When, in Unix seconds.
    pub(in crate::sandbox) at: i64,
    /// As it is until then.
    pub(in crate::sandbox) object: Value,
}

/// What is due next: by a test clock that is advancing, else by the account's own. The test clock itself is
/// due once nothing else is by it.
fn next(
    connection: &Connection,
    account: &str,
    now: i64,
    advancing: Advancing,
) -> rusqlite::Result<Option<Due>> {
    let Some(due) = earliest(connection, account, "", now)? else { return Ok(None) };
    let Some((clock, target)) = advancing(&due.object) else { return Ok(Some(due)) };
    let inner = earliest(connection, account, clock, target)?;
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
