//! The schema of the event store's file, and its version.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, TransactionBehavior};

use super::error::StoreError;
use super::progress_tables::{POLLS, REPLAYS};

/// The version that this code writes. A file of a newer version is refused: an older writer would lose
/// what it does not know.
pub(super) const VERSION: i64 = 1;

/// Times are Unix milliseconds. `events` holds each body once, as it came in first; `sightings` the further
/// times that the same bytes came in. `created` is the event's own time, or `received_at` where it tells
/// none. `headers` is a JSON array of names and values. `is_exact`: the body is the one that was signed, byte
/// for byte; `is_redacted`: credentials were taken out of it.
const TABLES: &str = "
CREATE TABLE events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    created INTEGER NOT NULL,
    livemode INTEGER,
    account TEXT,
    object TEXT,
    is_thin INTEGER NOT NULL,
    source TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    headers TEXT NOT NULL,
    signature TEXT,
    is_exact INTEGER NOT NULL,
    is_redacted INTEGER NOT NULL,
    body BLOB NOT NULL
) STRICT;
CREATE INDEX events_by_id ON events (event_id);
CREATE INDEX events_by_time ON events (created);
CREATE INDEX events_by_object ON events (object) WHERE object IS NOT NULL;
CREATE TABLE sightings (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    event INTEGER NOT NULL REFERENCES events (seq) ON DELETE CASCADE,
    source TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    headers TEXT NOT NULL,
    signature TEXT
) STRICT;
CREATE INDEX sightings_of_event ON sightings (event);
CREATE TABLE attempts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    event INTEGER NOT NULL REFERENCES events (seq) ON DELETE CASCADE,
    sender TEXT NOT NULL,
    target TEXT NOT NULL,
    signature TEXT,
    started_at INTEGER NOT NULL,
    finished_at INTEGER,
    latency_us INTEGER,
    outcome TEXT,
    status INTEGER,
    detail TEXT,
    answer BLOB
) STRICT;
CREATE INDEX attempts_of_event ON attempts (event);
";

/// Makes the tables where there are none. Two processes at once end with the same ones.
pub(super) fn prepare(
    connection: &mut Connection,
    path: &Path,
    patience: Duration,
) -> Result<(), StoreError> {
    let mapped = |error: rusqlite::Error| StoreError::of(path, &error);
    match version(connection).map_err(mapped)? {
        VERSION => Ok(()),
        0 => create(connection, patience).map_err(mapped),
        found => Err(StoreError::Newer { path: path.to_owned(), found, known: VERSION }),
    }
}

fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

fn create(connection: &mut Connection, patience: Duration) -> rusqlite::Result<()> {
    use_wal(connection, patience)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if version(&transaction)? == 0 {
        for tables in [TABLES, REPLAYS, POLLS] {
            transaction.execute_batch(tables)?;
        }
        transaction.pragma_update(None, "user_version", VERSION)?;
    }
    transaction.commit()
}

/// SQLite does not wait for a busy file when it changes the mode of the log: two processes that make one
/// file at once would fail each other.
fn use_wal(connection: &Connection, patience: Duration) -> rusqlite::Result<()> {
    let deadline = Instant::now() + patience;
    loop {
        match connection.pragma_update(None, "journal_mode", "WAL") {
            Err(error) if is_busy(&error) && Instant::now() < deadline => {
                std::thread::sleep(Duration::from_millis(5));
            }
            other => return other,
        }
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}
