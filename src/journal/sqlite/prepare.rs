//! Making the file, or taking it to the present version.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, TransactionBehavior};

use crate::journal::error::JournalError;

use super::failure::{is_busy, sqlite_error};
use super::migrate;
use super::schema::{HELD_BY, SCRUBBED, TABLES, UNSCRUBBED, VERSION, indexes, version};

/// Makes the tables where there are none. Two processes at once end with the same ones.
/// `patience` is how long the one that makes them is waited for.
pub(super) fn prepare(
    connection: &mut Connection,
    path: &Path,
    patience: Duration,
) -> Result<(), JournalError> {
    let mapped = |error| sqlite_error(path, error);
    match version(connection).map_err(mapped)? {
        VERSION => Ok(()),
        0 => create(connection, patience).map_err(mapped),
        1 | UNSCRUBBED => {
            migrate::clean(connection).and_then(|()| migrate::add_held_by(connection)).map_err(mapped)
        }
        SCRUBBED => migrate::add_held_by(connection).map_err(mapped),
        found if found > VERSION => Err(JournalError::Newer { path: path.to_owned(), found, known: VERSION }),
        found => Err(JournalError::Row(format!("its version is {found}"))),
    }
}

fn create(connection: &mut Connection, patience: Duration) -> rusqlite::Result<()> {
    use_wal(connection, patience)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if version(&transaction)? == 0 {
        transaction.execute_batch(TABLES)?;
        transaction.execute_batch(HELD_BY)?;
        transaction.execute_batch(&indexes())?;
        transaction.pragma_update(None, "user_version", VERSION)?;
    }
    transaction.commit()
}

/// SQLite's busy timeout does not hold for the switch to WAL: it fails at once where another process is
/// making the same file.
fn use_wal(connection: &Connection, patience: Duration) -> rusqlite::Result<()> {
    let deadline = Instant::now() + patience;
    loop {
        match connection.pragma_update(None, "journal_mode", "WAL") {
            Err(error) if is_busy(&error) && Instant::now() < deadline => {
                std::thread::sleep(Duration::from_millis(5));
            }
            switched => return switched,
        }
    }
}
