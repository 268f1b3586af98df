//! Why the journal could not do its work.

use std::io;
use std::path::PathBuf;

/// A failure of the journal. Before an attempt it means that nothing is sent.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The folder of the journal cannot be made.
    #[error("the journal's folder {path} cannot be made: {error}")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// The file was written by a newer paycli.
    #[error(
        "the journal {path} has version {found}, and this paycli knows versions up to {known}: install the newer paycli again"
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
    #[error("the journal {path} is locked by another process")]
    Locked {
        /// The file.
        path: PathBuf,
    },
    /// The disk is full, the file is read-only or broken, or anything else that SQLite reports.
    #[error("the journal {path} cannot be used: {error}")]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        error: rusqlite::Error,
    },
    /// The database cannot be reached or used.
    #[error("the journal at {place} cannot be used: {error}")]
    Database {
        /// Where it is, without user and password.
        place: String,
        /// What happened, in words of the server or of the system.
        error: String,
    },
    /// The schema was written by a newer paycli.
    #[error(
        "the journal's schema {schema} has version {found}, and this paycli knows versions up to {known}: install the newer paycli again"
    )]
    NewerSchema {
        /// The schema.
        schema: String,
        /// Its version.
        found: i32,
        /// The latest that is known.
        known: i32,
    },
    /// The lease of the database ran out, and another process took the key over.
    #[error(
        "another process has taken over the key {0}, since this one was silent for longer than its lease"
    )]
    TakenOver(String),
    /// The lease of a key cannot be taken.
    #[error("the lease of the key cannot be taken in {path}: {error}")]
    Lease {
        /// The folder of the leases.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// A credential where none may be kept. Refused before anything is stored.
    #[error("{place} holds {what}, and the journal keeps no credentials")]
    Credential {
        /// Which part of the request.
        place: &'static str,
        /// The kind of credential, in words.
        what: &'static str,
    },
    /// A row holds what no paycli of this version writes.
    #[error("the journal holds a row that cannot be read: {0}")]
    Row(String),
    /// An operation on a key that the journal does not hold.
    #[error("the journal holds no key or id {0:?}")]
    NoEntry(String),
    /// Another process is sending under the key.
    #[error("the key {0} is in use by another process")]
    InUse(String),
    /// A person may settle only what is not known.
    #[error("the outcome of {key} is known already: {state}")]
    Settled {
        /// The key.
        key: String,
        /// Its state.
        state: &'static str,
    },
}
