//! A step under way: its transaction, the entry of a key, and the one who may send under it.

use std::path::Path;

use rusqlite::{OptionalExtension, Transaction};

use crate::journal::entry::Entry;
use crate::journal::error::JournalError;
use crate::journal::lease::Lease;
use crate::journal::store::Held;
use crate::profile::KeepBodies;

use super::rows;

/// Why a step was not taken.
pub(super) enum JournalStepError {
    Sqlite(rusqlite::Error),
    Journal(JournalError),
}

impl From<rusqlite::Error> for JournalStepError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<JournalError> for JournalStepError {
    fn from(error: JournalError) -> Self {
        Self::Journal(error)
    }
}

/// A step under way.
pub(super) struct JournalStep<'a> {
    pub(super) transaction: &'a Transaction<'a>,
    pub(super) leases: &'a Path,
    pub(super) bodies: KeepBodies,
}

impl JournalStep<'_> {
    /// The lease of a key, where it is free.
    pub(super) fn lease(&self, key: &str) -> Result<Option<Lease>, JournalStepError> {
        Lease::try_acquire(self.leases, key).map_err(|error| {
            JournalStepError::Journal(JournalError::Lease { path: self.leases.to_owned(), error })
        })
    }

    pub(super) fn one(&self, condition: &str, value: &str) -> Result<Option<Entry>, JournalStepError> {
        let mut statement =
            self.transaction.prepare_cached(&format!("{} WHERE {condition}", rows::SELECT))?;
        Ok(statement.query_row([value], rows::read).optional()?)
    }

    /// Whether a batch that is at work has the entry in flight.
    pub(super) fn is_held(&self, entry: &Entry) -> Result<bool, JournalStepError> {
        let Some(holder) = &entry.held_by else { return Ok(false) };
        Ok(self.lease(&lock_name(holder))?.is_none())
    }
}

/// The name of the lock of a holder. No idempotency key has a NUL, so that no key has the same lock.
pub(super) fn lock_name(holder: &str) -> String {
    format!("\0{holder}")
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
}
