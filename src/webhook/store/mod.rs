//! The event store: every event sent or received, and every attempt to deliver it, in a SQLite file a mode.
//!
//! Each step is one transaction that is durable when it returns; [`StoreWriter`] puts the steps that wait into
//! one.

mod bulk;
mod error;
mod filter;
mod polls;
mod progress_tables;
mod record;
mod replays;
mod rows;
mod schema;
#[cfg(test)]
mod tests;
mod transaction;
mod writer;

use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, TransactionBehavior};

use crate::profile::create_private_dir;

pub use error::StoreError;
pub use filter::{EventFilter, EventOrder};
pub use polls::{Place, PollPlace};
pub use record::{
    Attempt, AttemptStart, DeliverableEvent, EndedAttempt, Kept, NewEvent, Position, Sender, Source,
    StoredEvent,
};
pub use replays::OpenReplay;
pub use transaction::StoreTransaction;
pub use writer::{Pending, StoreWriter};

/// How many prepared statements a connection keeps.
const STATEMENTS: usize = 64;

/// How many pages the log holds before they are put into the file: fewer, larger checkpoints.
const CHECKPOINT_PAGES: i64 = 8_000;

/// How much of the file a connection keeps in memory.
const CACHE_KIB: i64 = 16 * 1024;

/// How much a connection keeps that goes through the file once: room for the pages of a transaction.
const ONE_PASS_KIB: i64 = 2 * 1024;

/// An event store that is open.
#[derive(Debug)]
pub struct EventStore {
    connection: Connection,
    path: PathBuf,
}

impl EventStore {
    /// Opens the file, or makes it, readable by the user alone. `patience` is how long another process's
    /// transaction is waited for.
    ///
    /// # Errors
    /// When it cannot be opened, or was written by a newer version.
    pub fn open(path: &Path, patience: Duration) -> Result<Self, StoreError> {
        create_private(path)
            .map_err(|error| StoreError::File { path: path.to_owned(), why: error.to_string() })?;
        let mapped = |error: rusqlite::Error| StoreError::of(path, &error);
        let mut connection = Connection::open(path).map_err(mapped)?;
        configure(&connection, patience).map_err(mapped)?;
        schema::prepare(&mut connection, path, patience)?;
        Ok(Self { connection, path: path.to_owned() })
    }

    /// Another connection to the same file: one that reads while the first one writes.
    ///
    /// # Errors
    /// When the file cannot be opened again.
    pub fn reopen(&self, patience: Duration) -> Result<Self, StoreError> {
        Self::open(&self.path, patience)
    }

    /// Does a step in one transaction that is durable when this returns. One that fails changes nothing.
    ///
    /// # Errors
    /// When the step or the file fails.
    pub fn step<T>(
        &mut self,
        step: impl FnOnce(&StoreTransaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let run = || {
            let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let done = step(&StoreTransaction::new(&transaction))?;
            transaction.commit()?;
            Ok(done)
        };
        run().map_err(|error| StoreError::of(&self.path, &error))
    }

    /// Up to `limit` events that a filter lets through, in the order of time, beginning behind `after`.
    /// Reading page by page keeps memory small, and no page sees the file change.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn page(
        &self,
        filter: &EventFilter,
        order: EventOrder,
        after: Option<Position>,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        self.read(|connection| rows::page(connection, filter, order, after, limit))
    }

    /// Like [`Self::page`], oldest first, with what delivering an event takes and nothing else: a replay reads tens of
    /// thousands a second.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn deliverable_page(
        &self,
        filter: &EventFilter,
        after: Option<Position>,
        limit: usize,
    ) -> Result<Vec<DeliverableEvent>, StoreError> {
        self.read(|connection| rows::deliverable_page(connection, filter, after, limit))
    }

    /// Keeps little of the file in memory, however large it is: for who goes through it once, from its beginning to its
    /// end, and comes back to no page.
    ///
    /// # Errors
    /// When the file fails.
    pub fn expect_one_pass(&self) -> Result<(), StoreError> {
        self.read(|connection| connection.pragma_update(None, "cache_size", -ONE_PASS_KIB))
    }

    /// Looks up no event that an attempt belongs to, in a file much larger than memory: for who has read it from there.
    /// The attempts of one that is pruned meanwhile are stored all the same, and go with the next prune.
    ///
    /// # Errors
    /// When the file fails.
    pub fn skip_reference_checks(&self) -> Result<(), StoreError> {
        self.check_references(false)
    }

    fn check_references(&self, is_wanted: bool) -> Result<(), StoreError> {
        self.read(|connection| connection.pragma_update(None, "foreign_keys", is_wanted))
    }

    /// The rows of an event's id, in the order in which they came in.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn find(&self, id: &str) -> Result<Vec<StoredEvent>, StoreError> {
        self.read(|connection| rows::find(connection, id))
    }

    /// How many events a filter lets through.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn count(&self, filter: &EventFilter) -> Result<u64, StoreError> {
        self.read(|connection| rows::count(connection, filter))
    }

    /// The attempts to deliver an event, in their order.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn attempts(&self, seq: i64) -> Result<Vec<Attempt>, StoreError> {
        self.read(|connection| rows::attempts(connection, seq))
    }

    /// How many further times the same bytes came in.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn sightings(&self, seq: i64) -> Result<u64, StoreError> {
        self.read(|connection| rows::sightings(connection, seq))
    }

    /// Reads. For tables of other files of this room too.
    pub(in crate::webhook) fn read<T>(
        &self,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        read(&self.connection).map_err(|error| StoreError::of(&self.path, &error))
    }
}

fn configure(connection: &Connection, patience: Duration) -> rusqlite::Result<()> {
    connection.busy_timeout(patience)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // A prepared statement stays as it is: without this SQLite plans some of them anew for each value that is bound.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // What is said to be stored is on the disk.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "temp_store", "MEMORY")
}

/// SQLite would make the file with the umask's permissions; the files beside it take after this one.
fn create_private(path: &Path) -> std::io::Result<()> {
    if path.exists() {
        return Ok(());
    }
    if let Some(parent) = path.parent() {
        create_private_dir(parent)?;
    }
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}
