//! What a journal and the tickets that it gave out share: the session, and the lease of this process. It lives as
//! long as the last of them.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::journal::entry::Entry;
use crate::journal::error::JournalError;
use crate::journal::fence::{Holder, KeyHold};
use crate::journal::store::{Held, Ticket};

use super::Opening;
use super::driver::Driver;
use super::hold::{self, take_entry};
use super::renewal::renew;
use super::runner::{self, Runner, RunnerLease, Touched};
use super::session::{Options, Session};
use super::steps::Draft;
use super::transaction::Transaction;

/// A session that is shared by a journal and its tickets.
pub(super) struct Shared {
    session: Mutex<Session>,
    runner: Arc<Runner>,
    driver: Driver,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("runner", &self.runner).finish_non_exhaustive()
    }
}

impl Shared {
    pub(super) fn open(opening: Opening) -> Result<Self, JournalError> {
        let place = opening.address.shown().to_owned();
        let runner = Arc::new(Runner::new(opening.lease));
        let options = Options {
            address: Arc::new(opening.address),
            mode: opening.mode,
            patience: opening.patience,
            idle: opening.lease,
        };
        let (renewing, for_renewal) = (Arc::clone(&runner), options.clone());
        let driver = Driver::start(move |driver| renew(driver, for_renewal, renewing))
            .map_err(|error| JournalError::Database { place, error: error.to_string() })?;
        let mut session = Session::new(options);
        driver.wait_for(session.open(driver.handle()))?;
        Ok(Self { session: Mutex::new(session), runner, driver })
    }

    pub(super) fn session(&self) -> MutexGuard<'_, Session> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn runner(&self) -> &Runner {
        &self.runner
    }

    pub(super) const fn driver(&self) -> &Driver {
        &self.driver
    }

    /// The ticket of a draft that is durable now.
    pub(super) fn ticket(self: &Arc<Self>, draft: Draft) -> Ticket {
        let Draft { entry, source, maybe, other_run, touched } = draft;
        self.runner.adopt(&touched);
        let held = Held::Database(self.hold(&entry, &touched.lease));
        Ticket { attempt: entry.attempts, entry, source, maybe, other_run, held }
    }

    /// Takes over a further attempt of a ticket that is durable now.
    pub(super) fn begun_again(self: &Arc<Self>, ticket: &mut Ticket, entry: Entry, touched: &Touched) {
        self.runner.adopt(touched);
        let hold = self.hold(&entry, &touched.lease);
        if let Held::Database(before) = &mut ticket.held {
            before.is_held = false;
        }
        ticket.held = Held::Database(hold);
        ticket.attempt = entry.attempts;
        take_entry(ticket, entry);
    }

    fn hold(self: &Arc<Self>, entry: &Entry, lease: &Arc<RunnerLease>) -> KeyHold {
        lease.add_key();
        let holder = HeldLease { shared: Arc::clone(self), lease: Arc::clone(lease) };
        KeyHold { holder: Arc::new(holder), entry: entry.id.clone(), attempt: entry.attempts, is_held: true }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        let Some(lease) = self.runner.current() else { return };
        let end = async |transaction: &Transaction<'_>| runner::end(transaction, &lease).await;
        let session = self.session.get_mut().unwrap_or_else(PoisonError::into_inner);
        session.once(&self.driver, &end);
    }
}

/// The lease of this process, as one key is held under it.
#[derive(Debug)]
struct HeldLease {
    shared: Arc<Shared>,
    lease: Arc<RunnerLease>,
}

impl Holder for HeldLease {
    fn holds(&self) -> bool {
        self.lease.holds()
    }

    fn name(&self) -> &str {
        &self.lease.id
    }

    fn release(&self, entry: &str, attempt: u32) {
        let release = async |transaction: &Transaction<'_>| {
            hold::release(transaction, entry, &self.lease.id, attempt).await
        };
        self.shared.session().once(&self.shared.driver, &release);
    }
}

impl Drop for HeldLease {
    fn drop(&mut self) {
        self.lease.remove_key();
    }
}
