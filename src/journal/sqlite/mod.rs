//! The journal in a SQLite file: WAL, `synchronous=FULL`, one transaction a step.

mod carry;
mod failure;
mod group;
mod migrate;
mod prepare;
mod query;
mod rows;
mod schema;
mod step;

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use crate::profile::{KeepBodies, create_private_dir};
use crate::time::UnixMillis;

use failure::sqlite_error;
use step::{Holder, JournalStep, JournalStepError};

use super::carry::Carried;
use super::entry::{Attempt, Entry, Summary};
use super::error::JournalError;
use super::row_id::row_id;
use super::store::{
    Adopted, AttemptResult, BatchLease, Begin, Begun, Filter, Group, Held, Imported, Journal, KeyChoice,
    LineState, Position, Resolution, Ticket,
};
use super::transitions::redacted;

/// A journal in one file. Leases are lock files in a folder beside it.
#[derive(Debug)]
pub struct SqliteJournal {
    connection: Connection,
    path: PathBuf,
    leases: PathBuf,
    bodies: KeepBodies,
}

impl SqliteJournal {
    /// Opens the file, or makes it. `patience` is how long another process's transaction is waited for.
    ///
    /// # Errors
    /// When it cannot be opened, or was written by a newer version.
    pub fn open(path: &Path, patience: Duration) -> Result<Self, JournalError> {
        let leases = path.with_extension("leases");
        create_private_dir(&leases).map_err(|error| JournalError::Folder { path: leases.clone(), error })?;
        let mapped = |error| sqlite_error(path, error);
        let mut connection = Connection::open(path).map_err(mapped)?;
        connection.busy_timeout(patience).map_err(mapped)?;
        // The last process to close writes the log into the file, SQLite's default: a copy of the file alone
        // has everything then.
        connection.pragma_update(None, "synchronous", "FULL").map_err(mapped)?;
        prepare::prepare(&mut connection, path, patience)?;
        Ok(Self { connection, path: path.to_owned(), leases, bodies: KeepBodies::default() })
    }

    /// Keeps these bodies of answers from now on.
    #[must_use]
    pub fn keeping(self, bodies: KeepBodies) -> Self {
        Self { bodies, ..self }
    }

    /// Whether a process has the entry in flight.
    ///
    /// # Errors
    /// When the lease cannot be looked at.
    pub fn is_in_flight(&mut self, entry: &Entry) -> Result<bool, JournalError> {
        self.step(|step| Ok(step.take(&entry.key, Some(entry), Holder::Key)?.is_none()))
    }

    fn error(&self, error: rusqlite::Error) -> JournalError {
        sqlite_error(&self.path, error)
    }

    /// Runs a step in one transaction that is durable when this returns.
    fn step<T>(
        &mut self,
        step: impl FnOnce(&JournalStep<'_>) -> Result<T, JournalStepError>,
    ) -> Result<T, JournalError> {
        self.step_as(TransactionBehavior::Immediate, step)
    }

    fn step_as<T>(
        &mut self,
        behaviour: TransactionBehavior,
        step: impl FnOnce(&JournalStep<'_>) -> Result<T, JournalStepError>,
    ) -> Result<T, JournalError> {
        let (path, leases, bodies) = (self.path.clone(), self.leases.clone(), self.bodies);
        let run = || -> Result<T, JournalStepError> {
            let transaction = self.connection.transaction_with_behavior(behaviour)?;
            let done = step(&JournalStep { transaction: &transaction, leases: &leases, bodies })?;
            transaction.commit()?;
            Ok(done)
        };
        run().map_err(|error| match error {
            JournalStepError::Sqlite(error) => sqlite_error(&path, error),
            JournalStepError::Journal(error) => error,
        })
    }
}

const MARK_REPORTED: &str = "UPDATE entries SET told_at = ?2
 WHERE key = ?1 AND state IN ('succeeded', 'failed') AND told_at IS NULL";

impl JournalStep<'_> {
    /// The entry that a request belongs to, where there is one.
    fn entry_for(&self, begin: &Begin<'_>) -> Result<Option<Entry>, JournalStepError> {
        match begin.key {
            KeyChoice::Given(key) => self.one("key = ?1", key),
            KeyChoice::Operation { name, .. } => self.one("operation = ?1", name),
            KeyChoice::Line { operation, key, .. } => match (self.one("operation = ?1", operation)?, key) {
                (None, Some(key)) => self.one("key = ?1", key),
                (found, _) => Ok(found),
            },
            KeyChoice::Fresh { .. } => Ok(None),
            KeyChoice::Continue { .. } => {
                let id = query::duplicate(self.transaction, begin.intent, begin.now)?;
                id.map_or(Ok(None), |id| self.one("id = ?1", &id))
            }
        }
    }

    fn begin(&self, begin: &Begin<'_>) -> Result<Begun, JournalStepError> {
        begin.intent.holds_no_credential()?;
        begin.key.holds_no_credential()?;
        match self.entry_for(begin)? {
            Some(entry) => self.begin_known(entry, begin, Holder::Key),
            None => self.begin_new(begin, Holder::Key),
        }
    }

    fn begin_known(
        &self,
        mut entry: Entry,
        begin: &Begin<'_>,
        holder: Holder<'_>,
    ) -> Result<Begun, JournalStepError> {
        entry.intent.restore_client_secret(begin.intent);
        match entry.admit(begin, false) {
            Ok(entry) => self.begin_again(entry, begin, holder),
            Err(answer) => Ok(answer),
        }
    }

    fn begin_new(&self, begin: &Begin<'_>, holder: Holder<'_>) -> Result<Begun, JournalStepError> {
        let (key, source, _) = begin.key.of_new();
        let Some(held) = self.take(key, None, holder)? else {
            return Ok(Begun::Busy { key: key.to_owned() });
        };
        let entry = Entry::begun(begin, row_id(begin.now), holder.name());
        let other_run = self.other_run(begin)?;
        rows::insert(self.transaction, &entry)?;
        self.insert_attempt(&entry.id, 1, begin.now)?;
        Ok(Begun::Ready(Box::new(Ticket { entry, source, attempt: 1, maybe: false, other_run, held })))
    }

    /// Only a request that asked for its duplicate is told of the one that it cannot have.
    fn other_run(&self, begin: &Begin<'_>) -> Result<Option<String>, JournalStepError> {
        if !matches!(begin.key, KeyChoice::Continue { .. }) || begin.intent.account.is_some() {
            return Ok(None);
        }
        Ok(query::run_of_other_credential(self.transaction, begin.intent, begin.now)?)
    }

    fn begin_again(
        &self,
        mut entry: Entry,
        begin: &Begin<'_>,
        holder: Holder<'_>,
    ) -> Result<Begun, JournalStepError> {
        let Some(held) = self.take(&entry.key, Some(&entry), holder)? else {
            return Ok(Begun::Busy { key: entry.key });
        };
        self.bind_operation(&mut entry, begin)?;
        entry.held_by = holder.name();
        let source = begin.key.source_of_known();
        // Whoever held the lease before is gone: an attempt that it left open may have been executed.
        let maybe = entry.may_have_executed && !entry.is_settled();
        let mut ticket = Ticket { attempt: entry.attempts, entry, source, maybe, other_run: None, held };
        self.begin_attempt(&mut ticket, begin.now)?;
        Ok(Begun::Ready(Box::new(ticket)))
    }

    fn begin_attempt(&self, ticket: &mut Ticket, now: UnixMillis) -> Result<(), JournalStepError> {
        let entry = &mut ticket.entry;
        entry.start_attempt(now);
        ticket.attempt = entry.attempts;
        rows::update(self.transaction, entry)?;
        self.insert_attempt(&entry.id, ticket.attempt, now)
    }

    fn insert_attempt(&self, entry: &str, number: u32, now: UnixMillis) -> Result<(), JournalStepError> {
        let sql = "INSERT INTO attempts (entry, number, started_at) VALUES (?1, ?2, ?3)";
        self.transaction.prepare_cached(sql)?.execute(params![entry, number, now.0])?;
        Ok(())
    }

    fn finish_attempt(
        &self,
        ticket: &mut Ticket,
        result: &AttemptResult,
        now: UnixMillis,
    ) -> Result<(), JournalStepError> {
        let entry = &mut ticket.entry;
        let sql = "UPDATE attempts SET finished_at = ?3, status = ?4, request_id = ?5, detail = ?6
                   WHERE entry = ?1 AND number = ?2";
        self.transaction.prepare_cached(sql)?.execute(params![
            entry.id,
            ticket.attempt,
            now.0,
            result.status,
            redacted(result.request_id.as_deref()),
            redacted(result.detail.as_deref())
        ])?;
        entry.last_seen_at = entry.last_seen_at.max(now);
        if !entry.is_settled() {
            entry.take_result(result, ticket.maybe, self.bodies);
            ticket.maybe = entry.may_have_executed;
        }
        if matches!(ticket.held, Held::ByBatch) && entry.state.is_final() {
            entry.held_by = None;
            entry.reported_at = entry.reported_at.or(Some(now));
        }
        Ok(rows::update(self.transaction, entry)?)
    }

    fn settle(
        &self,
        key: &str,
        resolution: Resolution,
        why: &str,
        now: UnixMillis,
    ) -> Result<Entry, JournalStepError> {
        let found = self.one("key = ?1 OR id = ?1", key)?;
        let mut entry = found.ok_or_else(|| JournalError::NoEntry(key.to_owned()))?;
        if entry.state.is_final() {
            return Err(JournalError::Settled { key: entry.key, state: entry.state.as_str() }.into());
        }
        let Some(_held) = self.take(&entry.key, Some(&entry), Holder::Key)? else {
            return Err(JournalError::InUse(entry.key).into());
        };
        entry.resolve(resolution, why, now);
        rows::update(self.transaction, &entry)?;
        Ok(entry)
    }
}

impl Journal for SqliteJournal {
    fn begin(&mut self, begin: &Begin<'_>) -> Result<Begun, JournalError> {
        self.step(|step| step.begin(begin))
    }

    fn peek(&mut self, begin: &Begin<'_>) -> Result<Option<Entry>, JournalError> {
        self.step(|step| step.entry_for(begin))
    }

    fn begin_attempt(&mut self, ticket: &mut Ticket, now: UnixMillis) -> Result<(), JournalError> {
        self.step(|step| step.begin_attempt(ticket, now))
    }

    fn finish_attempt(
        &mut self,
        ticket: &mut Ticket,
        result: &AttemptResult,
        now: UnixMillis,
    ) -> Result<(), JournalError> {
        self.step(|step| step.finish_attempt(ticket, result, now))
    }

    fn mark_reported(&mut self, key: &str, now: UnixMillis) -> Result<(), JournalError> {
        // Not synced by itself: it is written after the result is out, and losing it is safe.
        let mark = || {
            self.connection.pragma_update(None, "synchronous", "NORMAL")?;
            let marked = self.connection.execute(MARK_REPORTED, params![key, now.0]);
            self.connection.pragma_update(None, "synchronous", "FULL")?;
            marked
        };
        mark().map(|_| ()).map_err(|error| self.error(error))
    }

    fn find(&self, key_or_id: &str) -> Result<Option<Entry>, JournalError> {
        let sql = format!("{} WHERE key = ?1 OR id = ?1", rows::SELECT);
        let found = self.connection.query_row(&sql, [key_or_id], rows::read).optional();
        found.map_err(|error| self.error(error))
    }

    fn attempts(&self, entry: &Entry) -> Result<Vec<Attempt>, JournalError> {
        rows::attempts(&self.connection, &entry.id).map_err(|error| self.error(error))
    }

    fn list(&self, filter: &Filter) -> Result<Vec<Summary>, JournalError> {
        query::list(&self.connection, filter).map_err(|error| self.error(error))
    }

    fn next_open(&self, after: Option<&Position>) -> Result<Option<Entry>, JournalError> {
        query::next_open(&self.connection, after).map_err(|error| self.error(error))
    }

    fn claim_batch(&mut self, batch: &str) -> Result<Option<BatchLease>, JournalError> {
        group::prepare(&self.connection).map_err(|error| self.error(error))?;
        group::claim(&self.leases, batch)
    }

    fn knows_batch(&self, batch: &str) -> Result<bool, JournalError> {
        query::knows_batch(&self.connection, batch).map_err(|error| self.error(error))
    }

    fn check_lines(&mut self, lines: &[Begin<'_>]) -> Result<Vec<LineState>, JournalError> {
        // Reading alone needs no lock of the writers.
        self.step_as(TransactionBehavior::Deferred, |step| {
            lines.iter().map(|line| step.check(line)).collect()
        })
    }

    fn answers(&mut self, lines: &[Begin<'_>]) -> Result<Vec<Option<Begun>>, JournalError> {
        self.step_as(TransactionBehavior::Deferred, |step| {
            lines.iter().map(|line| step.answer(line)).collect()
        })
    }

    fn write_group(
        &mut self,
        lease: &BatchLease,
        group: Group<'_>,
        now: UnixMillis,
    ) -> Result<Vec<Begun>, JournalError> {
        self.step(|step| step.write_group(lease, group, now))
    }

    fn next_entry(&self, after: Option<&Position>) -> Result<Option<Entry>, JournalError> {
        carry::next(&self.connection, after).map_err(|error| self.error(error))
    }

    fn import(&mut self, carried: &[Carried]) -> Result<Vec<Imported>, JournalError> {
        self.step(|step| carried.iter().map(|one| step.import(one)).collect())
    }

    fn adopt(
        &mut self,
        key_or_id: &str,
        adopted: &Adopted<'_>,
        now: UnixMillis,
    ) -> Result<Entry, JournalError> {
        self.step(|step| step.adopt(key_or_id, adopted, now))
    }

    fn prune(&mut self, before: UnixMillis, most: usize) -> Result<usize, JournalError> {
        self.step(|step| step.prune(before, most))
    }

    fn settle(
        &mut self,
        key_or_id: &str,
        resolution: Resolution,
        why: &str,
        now: UnixMillis,
    ) -> Result<Entry, JournalError> {
        self.step(|step| step.settle(key_or_id, resolution, why, now))
    }
}

#[cfg(test)]
mod tests;
