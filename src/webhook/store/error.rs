//! Why the event store could not do its work.

use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

/// A failure of the event store.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The folder or the file cannot be made.
    #[error("the event store {path} cannot be created: {why}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        why: String,
    },
    /// The file was written by a newer paycli.
    #[error(
        "the event store {path} has version {found}, and this paycli knows versions up to {known}: install the newer paycli again"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// The latest that is known.
        known: i64,
    },
    /// Another process holds the file, longer than was waited for.
    #[error("the event store {path} is locked by another process")]
    Locked {
        /// The file.
        path: PathBuf,
    },
    /// The disk is full.
    #[error("the disk is full: the event store {path} cannot be written")]
    Full {
        /// The file.
        path: PathBuf,
    },
    /// The file is no database, is read-only or damaged, or anything else that SQLite reports.
    #[error("the event store {path} cannot be used: {why}")]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        why: String,
    },
    /// The thread that writes has ended.
    #[error("the event store is closed")]
    Closed,
}

impl StoreError {
    /// What SQLite said about a file.
    pub(super) fn of(path: &Path, error: &rusqlite::Error) -> Self {
        let path = path.to_owned();
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked { path },
            Some(ErrorCode::DiskFull) => Self::Full { path },
            _ => Self::Sqlite { path, why: error.to_string() },
        }
    }
}
