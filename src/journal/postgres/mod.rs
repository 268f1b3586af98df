//! The journal in a PostgreSQL database, shared by any number of machines: one transaction a step, a lease for each
//! process by the database's clock, and the number of an attempt as the fence before each send.

mod address;
mod carry;
mod driver;
mod ending;
mod failure;
mod group;
mod hold;
mod migrate;
mod password;
mod query;
mod renewal;
mod rows;
mod runner;
mod schema;
mod session;
mod shared;
mod steps;
mod tls;
mod transaction;
mod writes;

use std::sync::Arc;
use std::time::Duration;

use crate::profile::KeepBodies;
use crate::time::UnixMillis;

use super::batch::line_state;
use super::carry::Carried;
use super::entry::{Attempt, Entry, Summary};
use super::error::JournalError;
use super::store::{
    Adopted, AttemptResult, BatchLease, Begin, Begun, Filter, Group, Imported, Journal, LineState, Position,
    Resolution, Ticket,
};

pub use address::{Address, AddressError, TlsDefaults};
pub use password::{PasswordError, PasswordSources};
pub use shared::Opening;

use ending::ending;
use group::Grouped;
use hold::{finished, hold};
use query::Lock;
use shared::Shared;
use steps::{Drafted, PostgresStep, is_begun};
use transaction::Transaction;

/// How long the lease of a process is, where nothing else is configured.
pub const LEASE: Duration = Duration::from_secs(15);

/// A journal in a database.
#[derive(Debug)]
pub struct PostgresJournal {
    shared: Arc<Shared>,
    bodies: KeepBodies,
}

impl PostgresJournal {
    /// Connects, and makes the schema or takes it to the present version.
    ///
    /// # Errors
    /// When the database cannot be reached or used, or was written by a newer version.
    pub fn open(opening: Opening) -> Result<Self, JournalError> {
        Ok(Self { shared: Arc::new(Shared::open(opening)?), bodies: KeepBodies::default() })
    }

    /// Keeps these bodies of answers from now on.
    #[must_use]
    pub fn keeping(self, bodies: KeepBodies) -> Self {
        Self { bodies, ..self }
    }

    fn read<T>(
        &self,
        work: &impl AsyncFn(&Transaction<'_>) -> Result<T, failure::StepError>,
    ) -> Result<T, JournalError> {
        self.shared.session().repeatable(self.shared.driver(), work)
    }

    /// Takes over a group that is durable now.
    fn take_group(&self, group: Group<'_>, grouped: Grouped) -> Vec<Begun> {
        if let Some(touched) = &grouped.touched {
            self.shared.runner().adopt(touched);
        }
        for (one, entry) in group.finished.into_iter().zip(grouped.finished) {
            finished(one.ticket, entry);
        }
        for (ticket, entry) in group.again.into_iter().zip(grouped.again) {
            if let (Some(entry), Some(touched)) = (entry, &grouped.touched) {
                self.shared.begun_again(ticket, entry, touched);
            }
        }
        for ticket in group.released {
            let entry = Entry { held_by: None, ..ticket.entry.clone() };
            finished(ticket, entry);
        }
        grouped.begun.into_iter().map(|drafted| self.begun(drafted)).collect()
    }

    fn begun(&self, drafted: Drafted) -> Begun {
        match drafted {
            Drafted::Not(begun) => begun,
            Drafted::Ready(draft) => Begun::Ready(Box::new(self.shared.ticket(*draft))),
        }
    }
}

impl Journal for PostgresJournal {
    fn begin(&mut self, begin: &Begin<'_>) -> Result<Begun, JournalError> {
        let runner = self.shared.runner();
        let drafted = self.shared.session().step(
            self.shared.driver(),
            &async |transaction: &Transaction<'_>| PostgresStep { transaction, runner }.begin(begin).await,
            &async |transaction: &Transaction<'_>, drafted: &Drafted| match drafted {
                Drafted::Ready(draft) => is_begun(transaction, &draft.entry).await,
                Drafted::Not(_) => Ok(false),
            },
        )?;
        Ok(self.begun(drafted))
    }

    fn peek(&mut self, begin: &Begin<'_>) -> Result<Option<Entry>, JournalError> {
        let runner = self.shared.runner();
        self.read(&async |transaction: &Transaction<'_>| {
            PostgresStep { transaction, runner }.entry_for(begin, Lock::None).await
        })
    }

    fn begin_attempt(&mut self, ticket: &mut Ticket, now: UnixMillis) -> Result<(), JournalError> {
        let runner = self.shared.runner();
        let hold = hold(ticket);
        let (id, attempt, holder) = (&hold.entry, hold.attempt, hold.holder.name());
        let (entry, touched) = self.shared.session().step(
            self.shared.driver(),
            &async |transaction: &Transaction<'_>| {
                PostgresStep { transaction, runner }.begin_attempt(id, attempt, holder, now).await
            },
            &async |transaction: &Transaction<'_>, (entry, _): &(Entry, _)| {
                is_begun(transaction, entry).await
            },
        )?;
        self.shared.begun_again(ticket, entry, &touched);
        Ok(())
    }

    fn finish_attempt(
        &mut self,
        ticket: &mut Ticket,
        result: &AttemptResult,
        now: UnixMillis,
    ) -> Result<(), JournalError> {
        let (runner, bodies) = (self.shared.runner(), self.bodies);
        let ending = ending(ticket, result, false);
        let entry =
            self.shared.session().repeatable(self.shared.driver(), &async |transaction: &Transaction<
                '_,
            >| {
                PostgresStep { transaction, runner }.finish_attempt(&ending, bodies, now).await
            })?;
        finished(ticket, entry);
        Ok(())
    }

    fn mark_reported(&mut self, key: &str, now: UnixMillis) -> Result<(), JournalError> {
        self.read(&async |transaction: &Transaction<'_>| query::mark_reported(transaction, key, now).await)
    }

    fn find(&self, key_or_id: &str) -> Result<Option<Entry>, JournalError> {
        self.read(&async |transaction: &Transaction<'_>| {
            query::one(transaction, "key = $1 OR id = $1", key_or_id, Lock::None).await
        })
    }

    fn attempts(&self, entry: &Entry) -> Result<Vec<Attempt>, JournalError> {
        self.read(&async |transaction: &Transaction<'_>| query::attempts(transaction, &entry.id).await)
    }

    fn list(&self, filter: &Filter) -> Result<Vec<Summary>, JournalError> {
        self.read(&async |transaction: &Transaction<'_>| query::list(transaction, filter).await)
    }

    fn next_open(&self, after: Option<&Position>) -> Result<Option<Entry>, JournalError> {
        self.read(&async |transaction: &Transaction<'_>| query::next_open(transaction, after).await)
    }

    fn claim_batch(&mut self, _: &str) -> Result<Option<BatchLease>, JournalError> {
        // Each line has the lease of the runner that claims it.
        Ok(Some(BatchLease::of_each_line()))
    }

    fn knows_batch(&self, batch: &str) -> Result<bool, JournalError> {
        self.read(&async |transaction: &Transaction<'_>| group::knows_batch(transaction, batch).await)
    }

    fn check_lines(&mut self, lines: &[Begin<'_>]) -> Result<Vec<LineState>, JournalError> {
        let runner = self.shared.runner();
        let entries = self.read(&async |transaction: &Transaction<'_>| {
            PostgresStep { transaction, runner }.look_up(lines).await
        })?;
        Ok(entries.into_iter().zip(lines).map(|(entry, line)| line_state(entry, line)).collect())
    }

    fn answers(&mut self, lines: &[Begin<'_>]) -> Result<Vec<Option<Begun>>, JournalError> {
        let runner = self.shared.runner();
        self.read(&async |transaction: &Transaction<'_>| {
            PostgresStep { transaction, runner }.answers(lines).await
        })
    }

    fn write_group(
        &mut self,
        _: &BatchLease,
        group: Group<'_>,
        now: UnixMillis,
    ) -> Result<Vec<Begun>, JournalError> {
        let (runner, bodies) = (self.shared.runner(), self.bodies);
        let grouped = self.shared.session().step(
            self.shared.driver(),
            &async |transaction: &Transaction<'_>| {
                PostgresStep { transaction, runner }.group(&group, bodies, now).await
            },
            &async |transaction: &Transaction<'_>, grouped: &Grouped| {
                group::is_written(transaction, grouped).await
            },
        )?;
        Ok(self.take_group(group, grouped))
    }

    fn next_entry(&self, after: Option<&Position>) -> Result<Option<Entry>, JournalError> {
        self.read(&async |transaction: &Transaction<'_>| carry::next(transaction, after).await)
    }

    fn import(&mut self, carried: &[Carried]) -> Result<Vec<Imported>, JournalError> {
        let runner = self.shared.runner();
        // Taking entries again changes nothing, so that a commit without an answer is repeated.
        self.read(&async |transaction: &Transaction<'_>| {
            PostgresStep { transaction, runner }.import(carried).await
        })
    }

    fn adopt(
        &mut self,
        key_or_id: &str,
        adopted: &Adopted<'_>,
        now: UnixMillis,
    ) -> Result<Entry, JournalError> {
        let (runner, bodies) = (self.shared.runner(), self.bodies);
        self.shared.session().step(
            self.shared.driver(),
            &async |transaction: &Transaction<'_>| {
                PostgresStep { transaction, runner }.adopt(key_or_id, adopted, bodies, now).await
            },
            &is_stored,
        )
    }

    fn prune(&mut self, before: UnixMillis, most: usize) -> Result<usize, JournalError> {
        self.read(&async |transaction: &Transaction<'_>| carry::prune(transaction, before, most).await)
    }

    fn settle(
        &mut self,
        key_or_id: &str,
        resolution: Resolution,
        why: &str,
        now: UnixMillis,
    ) -> Result<Entry, JournalError> {
        let runner = self.shared.runner();
        self.shared.session().step(
            self.shared.driver(),
            &async |transaction: &Transaction<'_>| {
                PostgresStep { transaction, runner }.settle(key_or_id, resolution, why, now).await
            },
            &is_stored,
        )
    }
}

/// Whether an entry is stored as it was to be.
async fn is_stored(transaction: &Transaction<'_>, entry: &Entry) -> Result<bool, failure::StepError> {
    let found = query::one(transaction, "id = $1", &entry.id, Lock::None).await?;
    Ok(found.as_ref() == Some(entry))
}
