//! Batches in the SQLite journal: steps of many lines in one transaction, so that a durable line costs a share
//! of a sync.

use crate::journal::batch::{line_state, operations_of};
use crate::journal::entry::Entry;
use crate::journal::error::JournalError;
use crate::journal::lease::Lease;
use crate::journal::store::{BatchLease, Begin, Begun, Group, Held, KeyChoice, LineState};
use crate::time::UnixMillis;

use super::{JournalStep, JournalStepError, SqliteJournal, rows};

/// The name of the lock of a holder. No idempotency key has a NUL, so that no key has the same lock.
fn lock_name(holder: &str) -> String {
    format!("\0{holder}")
}

impl SqliteJournal {
    pub(super) fn claim(&self, batch: &str) -> Result<Option<BatchLease>, JournalError> {
        let holder = format!("batch {batch}");
        let lease = Lease::try_acquire(&self.leases, &lock_name(&holder))
            .map_err(|error| JournalError::Lease { path: self.leases.clone(), error })?;
        Ok(lease.map(|lease| BatchLease { holder, _lease: Some(lease) }))
    }

    pub(super) fn knows(&self, batch: &str) -> rusqlite::Result<bool> {
        let (first, behind) = operations_of(batch);
        let sql = "SELECT EXISTS (SELECT 1 FROM entries INDEXED BY entries_by_operation
                   WHERE operation >= ?1 AND operation < ?2 AND operation IS NOT NULL)";
        self.connection.query_row(sql, [first, behind], |row| row.get(0))
    }
}

impl JournalStep<'_> {
    /// Whether a batch that is at work has the entry in flight.
    pub(super) fn is_held(&self, entry: &Entry) -> Result<bool, JournalStepError> {
        let Some(holder) = &entry.held_by else { return Ok(false) };
        Ok(self.lease(&lock_name(holder))?.is_none())
    }

    pub(super) fn check(&self, line: &Begin<'_>) -> Result<LineState, JournalStepError> {
        let mut entry = self.entry_for(line)?;
        if let Some(entry) = &mut entry {
            entry.intent.restore_client_secret(line.intent);
        }
        Ok(line_state(entry, line))
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

/// Who takes a key.
#[derive(Clone, Copy)]
pub(super) enum Holder<'a> {
    /// A single request, by the key's own lease.
    Key,
    /// A batch, by its own lease.
    Batch(&'a str),
}

impl Holder<'_> {
    /// What the entry says of it.
    pub(super) fn name(self) -> Option<String> {
        match self {
            Self::Key => None,
            Self::Batch(holder) => Some(holder.to_owned()),
        }
    }
}

impl JournalStep<'_> {
    /// Takes a key that nobody else has in flight. Everybody who takes one is inside a write transaction, of
    /// which there is one at a time: what is free now stays so until this one is durable.
    pub(super) fn take(
        &self,
        key: &str,
        entry: Option<&Entry>,
        holder: Holder<'_>,
    ) -> Result<Option<Held>, JournalStepError> {
        match holder {
            Holder::Key => {
                if entry.map_or(Ok(false), |entry| self.is_held(entry))? {
                    return Ok(None);
                }
                Ok(self.lease(key)?.map(|lease| Held::ByKey { _lease: lease }))
            }
            Holder::Batch(batch) => {
                let Some(entry) = entry else { return Ok(Some(Held::ByBatch)) };
                let is_other = entry.held_by.as_deref().is_some_and(|known| known != batch);
                // A single request keeps the key's lease between its attempts, whatever the entry says meanwhile.
                let is_taken = is_other && self.is_held(entry)? || self.lease(key)?.is_none();
                Ok((!is_taken).then_some(Held::ByBatch))
            }
        }
    }

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
