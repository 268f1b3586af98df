//! What SQLite reports, as an error of the journal.

use std::path::Path;

use rusqlite::ErrorCode;

use crate::journal::error::JournalError;

pub(super) fn sqlite_error(path: &Path, error: rusqlite::Error) -> JournalError {
    let path = path.to_owned();
    if is_busy(&error) { JournalError::Locked { path } } else { JournalError::Sqlite { path, error } }
}

/// Whether another process holds the file.
pub(super) fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}
