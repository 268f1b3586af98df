//! The steps of a request inside a transaction: the rules decide, rows are locked before they are read.

use futures_util::future::try_join;
use tokio_postgres::types::Type;

use crate::journal::entry::{Entry, KeySource};
use crate::journal::error::JournalError;
use crate::journal::row_id::row_id;
use crate::journal::rules::choose_duplicate;
use crate::journal::store::{Begin, Begun, KeyChoice, Resolution};
use crate::profile::KeepBodies;
use crate::time::UnixMillis;

use super::ending::{Ending, is_still_of};
use super::failure::StepError;
use super::query::{self, Lock, one};
use super::runner::{Runner, Touched, alive};
use super::transaction::Transaction;
use super::writes::{self, Change};

/// A step under way.
pub(super) struct PostgresStep<'a> {
    pub(super) transaction: &'a Transaction<'a>,
    pub(super) runner: &'a Runner,
}

/// What a request may do, before the transaction is durable.
#[derive(Debug)]
pub(super) enum Drafted {
    /// It may be sent then.
    Ready(Box<Draft>),
    /// It may not.
    Not(Begun),
}

/// A ticket to be, with the lease that it is held under.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) entry: Entry,
    pub(super) source: KeySource,
    pub(super) maybe: bool,
    pub(super) other_run: Option<String>,
    pub(super) touched: Touched,
}

impl PostgresStep<'_> {
    /// The entry that a request belongs to, where there is one.
    pub(super) async fn entry_for(&self, begin: &Begin<'_>, lock: Lock) -> Result<Option<Entry>, StepError> {
        let transaction = self.transaction;
        match begin.key {
            KeyChoice::Given(key) => one(transaction, "key = $1", key, lock).await,
            KeyChoice::Operation { name, .. } => one(transaction, "operation = $1", name, lock).await,
            KeyChoice::Line { operation, key, .. } => {
                match (one(transaction, "operation = $1", operation, lock).await?, key) {
                    (None, Some(key)) => one(transaction, "key = $1", key, lock).await,
                    (found, _) => Ok(found),
                }
            }
            KeyChoice::Fresh { .. } => Ok(None),
            KeyChoice::Continue { .. } => {
                let unfinished = query::unfinished(transaction, begin.intent, begin.now).await?;
                match choose_duplicate(unfinished, begin.intent) {
                    Some(chosen) => one(transaction, "id = $1", &chosen.id, lock).await,
                    None => Ok(None),
                }
            }
        }
    }

    /// Decides what a request may do, and writes it down.
    pub(super) async fn begin(&self, begin: &Begin<'_>) -> Result<Drafted, StepError> {
        begin.intent.holds_no_credential()?;
        begin.key.holds_no_credential()?;
        if matches!(begin.key, KeyChoice::Continue { .. }) {
            self.lock_request(begin).await?;
        }
        match self.entry_for(begin, Lock::ForUpdate).await? {
            Some(entry) => self.begin_known(entry, begin).await,
            None => self.begin_new(begin).await,
        }
    }

    /// Whoever begins the same request at the same time waits here, and finds this one then.
    async fn lock_request(&self, begin: &Begin<'_>) -> Result<(), StepError> {
        let fingerprint = begin.intent.fingerprint();
        let first = fingerprint.as_bytes().first_chunk().expect("a fingerprint has 32 bytes");
        let lock = i64::from_be_bytes(*first);
        self.transaction.rows("SELECT pg_advisory_xact_lock($1)", &[(&lock, Type::INT8)]).await?;
        Ok(())
    }

    async fn begin_known(&self, mut entry: Entry, begin: &Begin<'_>) -> Result<Drafted, StepError> {
        entry.intent.restore_client_secret(begin.intent);
        let is_held = self.is_held(&entry).await?;
        let entry = match entry.admit(begin, is_held) {
            Ok(entry) => entry,
            Err(answer) => return Ok(Drafted::Not(answer)),
        };
        let touched = self.runner.touch(self.transaction).await?;
        self.begin_again(entry, begin, &touched).await
    }

    async fn begin_new(&self, begin: &Begin<'_>) -> Result<Drafted, StepError> {
        let touched = self.runner.touch(self.transaction).await?;
        let other_run = self.other_run(begin).await?;
        let entry = Entry::begun(begin, row_id(begin.now), Some(touched.lease.id.clone()));
        if writes::insert(self.transaction, &[&entry]).await?.is_empty() {
            return Err(StepError::Again("another process has made the same entry".into()));
        }
        writes::insert_attempts(self.transaction, &[&entry], begin.now).await?;
        let source = entry.key_source;
        Ok(Drafted::Ready(Box::new(Draft { entry, source, maybe: false, other_run, touched })))
    }

    /// Only a request that asked for its duplicate is told of the one that it cannot have.
    async fn other_run(&self, begin: &Begin<'_>) -> Result<Option<String>, StepError> {
        if !matches!(begin.key, KeyChoice::Continue { .. }) || begin.intent.account.is_some() {
            return Ok(None);
        }
        let found = query::unfinished(self.transaction, begin.intent, begin.now).await?.into_iter();
        Ok(found.max_by_key(|one| one.created_at).map(|one| one.key))
    }

    /// Begins under an entry that is locked, and that may be sent.
    pub(super) async fn begin_again(
        &self,
        mut entry: Entry,
        begin: &Begin<'_>,
        touched: &Touched,
    ) -> Result<Drafted, StepError> {
        self.bind_operation(&mut entry, begin).await?;
        // Whoever held the key before is gone: an attempt that it left open may have been executed.
        let maybe = entry.may_have_executed && !entry.is_settled();
        self.start_attempt(&mut entry, touched, begin.now).await?;
        let (source, touched) = (begin.key.source_of_known(), touched.clone());
        Ok(Drafted::Ready(Box::new(Draft { entry, source, maybe, other_run: None, touched })))
    }

    /// Whether a runner that lives has the entry in flight. The entry is locked: whoever is to send under its key
    /// from now on waits until this transaction ends.
    pub(super) async fn is_held(&self, entry: &Entry) -> Result<bool, StepError> {
        let Some(holder) = &entry.held_by else { return Ok(false) };
        Ok(!alive(self.transaction, std::slice::from_ref(holder)).await?.is_empty())
    }

    /// Binds a key that a line gives, and that a single request made known before, to the line.
    pub(super) async fn bind_operation(&self, entry: &mut Entry, begin: &Begin<'_>) -> Result<(), StepError> {
        let KeyChoice::Line { operation, .. } = begin.key else { return Ok(()) };
        if entry.operation.is_none() {
            entry.operation = Some(operation.to_owned());
            let sql = "UPDATE entries SET operation = $2 WHERE id = $1";
            self.transaction.execute(sql, &[(&entry.id, Type::TEXT), (&operation, Type::TEXT)]).await?;
        }
        Ok(())
    }

    async fn start_attempt(
        &self,
        entry: &mut Entry,
        touched: &Touched,
        now: UnixMillis,
    ) -> Result<(), StepError> {
        entry.held_by = Some(touched.lease.id.clone());
        entry.start_attempt(now);
        try_join(
            writes::update(self.transaction, &[Change::locked(entry)]),
            writes::insert_attempts(self.transaction, &[entry], now),
        )
        .await?;
        Ok(())
    }

    /// Begins a further attempt, where nobody has taken the key over since the last one: the fence.
    pub(super) async fn begin_attempt(
        &self,
        id: &str,
        attempt: u32,
        holder: &str,
        now: UnixMillis,
    ) -> Result<(Entry, Touched), StepError> {
        let touched = self.runner.touch(self.transaction).await?;
        let found = one(self.transaction, "id = $1", id, Lock::ForUpdate).await?;
        let mut entry = found.ok_or_else(|| JournalError::NoEntry(id.to_owned()))?;
        if !is_still_of(&entry, attempt, holder) {
            return Err(JournalError::TakenOver(entry.key).into());
        }
        self.start_attempt(&mut entry, &touched, now).await?;
        Ok((entry, touched))
    }

    /// Records what an attempt ended with. Where another runner has taken the key over since, only what is certain
    /// is taken into the entry: a result that the server keeps.
    pub(super) async fn finish_attempt(
        &self,
        ending: &Ending<'_>,
        bodies: KeepBodies,
        now: UnixMillis,
    ) -> Result<Entry, StepError> {
        let found = one(self.transaction, "id = $1", ending.entry, Lock::ForUpdate).await?;
        let entry = found.ok_or_else(|| JournalError::NoEntry(ending.entry.to_owned()))?;
        let entry = ending.apply(entry, bodies, now);
        try_join(
            writes::finish_attempts(self.transaction, std::slice::from_ref(ending), now),
            writes::update(self.transaction, &[Change::locked(&entry)]),
        )
        .await?;
        Ok(entry)
    }

    /// The entry whose outcome is not known and that nobody has in flight, locked.
    pub(super) async fn unsettled(&self, key: &str) -> Result<Entry, StepError> {
        let found = one(self.transaction, "key = $1 OR id = $1", key, Lock::ForUpdate).await?;
        let entry = found.ok_or_else(|| JournalError::NoEntry(key.to_owned()))?;
        if entry.state.is_final() {
            return Err(JournalError::Settled { key: entry.key, state: entry.state.as_str() }.into());
        }
        if self.is_held(&entry).await? {
            return Err(JournalError::InUse(entry.key).into());
        }
        Ok(entry)
    }

    /// Records what a person found out.
    pub(super) async fn settle(
        &self,
        key: &str,
        resolution: Resolution,
        why: &str,
        now: UnixMillis,
    ) -> Result<Entry, StepError> {
        let mut entry = self.unsettled(key).await?;
        entry.resolve(resolution, why, now);
        writes::update(self.transaction, &[Change::locked(&entry)]).await?;
        Ok(entry)
    }
}

/// Whether an attempt of a step whose commit got no answer is there.
pub(super) async fn is_begun(transaction: &Transaction<'_>, entry: &Entry) -> Result<bool, StepError> {
    let found = one(transaction, "id = $1", &entry.id, Lock::None).await?;
    Ok(found.is_some_and(|found| found.attempts == entry.attempts && found.held_by == entry.held_by))
}
