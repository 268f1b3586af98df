//! Batches in the SQLite journal: steps of many lines in one transaction, so that a durable line costs a share
//! of a sync.

use std::path::Path;

use rusqlite::Connection;

use crate::journal::batch::line_state;
use crate::journal::entry::Entry;
use crate::journal::error::JournalError;
use crate::journal::lease::Lease;
use crate::journal::store::{BatchLease, Begin, Begun, Group, KeyChoice, LineState};
use crate::time::UnixMillis;

use super::rows;
use super::step::{Holder, JournalStep, JournalStepError, lock_name};

/// How many pages of the log, of 4 KiB, are written before they go into the file: keys are random, so that each line
/// changes pages of its own, and the file is synced each time.
const LOG_PAGES: i64 = 8192;

/// How much of the file is kept in memory, in KiB.
const CACHE_KIB: i64 = 8192;

/// Makes a connection ready for many steps one after the other.
pub(super) fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    connection.pragma_update(None, "wal_autocheckpoint", LOG_PAGES)
}

/// Takes a batch for this process.
pub(super) fn claim(leases: &Path, batch: &str) -> Result<Option<BatchLease>, JournalError> {
    let holder = format!("batch {batch}");
    let lease = Lease::try_acquire(leases, &lock_name(&holder))
        .map_err(|error| JournalError::Lease { path: leases.to_owned(), error })?;
    Ok(lease.map(|lease| BatchLease { holder, lease: Some(lease) }))
}

impl JournalStep<'_> {
    pub(super) fn check(&self, line: &Begin<'_>) -> Result<LineState, JournalStepError> {
        let mut entry = self.entry_for(line)?;
        if let Some(entry) = &mut entry {
            entry.intent.restore_client_secret(line.intent);
        }
        Ok(line_state(entry, line))
    }

    /// How a line that cannot be sent now is answered. A key that a single request holds is found when the line
    /// begins.
    pub(super) fn answer(&self, line: &Begin<'_>) -> Result<Option<Begun>, JournalStepError> {
        let Some(mut entry) = self.entry_for(line)? else { return Ok(None) };
        entry.intent.restore_client_secret(line.intent);
        Ok(entry.admit(line, false).err())
    }

    pub(super) fn write_group(
        &self,
        lease: &BatchLease,
        group: Group<'_>,
        now: UnixMillis,
    ) -> Result<Vec<Begun>, JournalStepError> {
        for finished in group.finished {
            self.finish_attempt(finished.ticket, finished.result, now)?;
        }
        for ticket in group.again {
            self.begin_attempt(ticket, now)?;
        }
        for ticket in group.released {
            ticket.entry.held_by = None;
            rows::update(self.transaction, &ticket.entry)?;
        }
        group.begun.iter().map(|line| self.begin_line(lease, line)).collect()
    }

    fn begin_line(&self, lease: &BatchLease, line: &Begin<'_>) -> Result<Begun, JournalStepError> {
        let held = Holder::Batch(&lease.holder);
        let Some(entry) = self.entry_for(line)? else { return self.begin_new(line, held) };
        self.begin_known(entry, line, held)
    }
}

impl JournalStep<'_> {
    /// Binds a key that a line gives, and that a single request made known before, to the line.
    pub(super) fn bind_operation(
        &self,
        entry: &mut Entry,
        begin: &Begin<'_>,
    ) -> Result<(), JournalStepError> {
        let KeyChoice::Line { operation, .. } = begin.key else { return Ok(()) };
        if entry.operation.is_none() {
            entry.operation = Some(operation.to_owned());
            let sql = "UPDATE entries SET operation = ?2 WHERE id = ?1";
            self.transaction.execute(sql, [&entry.id, operation])?;
        }
        Ok(())
    }
}
