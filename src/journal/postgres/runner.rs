//! This process as a runner: a lease in the database that is renewed while requests are under way, and that the
//! database's clock ends when it is not.
//!
//! A lease that has run out is never renewed: whoever takes a key over deletes it, and this process takes a new
//! one under a new name. So a process that was stopped for longer than its lease finds its keys under another
//! runner's name, or takes them anew itself, and in neither case sends what it was about to send.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio_postgres::types::Type;
use uuid::Uuid;

use crate::journal::lease_clock::{LeaseClock, Point};

use super::failure::StepError;
use super::transaction::Transaction;

/// One lease of this process, under a name that is never used again.
#[derive(Debug)]
pub(super) struct RunnerLease {
    pub(super) id: String,
    clock: LeaseClock,
    keys: AtomicUsize,
}

impl RunnerLease {
    /// Counts a key that is held under it.
    pub(super) fn add_key(&self) {
        self.keys.fetch_add(1, Ordering::SeqCst);
    }

    pub(super) fn remove_key(&self) {
        self.keys.fetch_sub(1, Ordering::SeqCst);
    }

    /// Whether it has to be renewed: a key is held under it, and nobody else can have it yet.
    pub(super) fn is_needed(&self) -> bool {
        self.keys.load(Ordering::SeqCst) > 0 && self.clock.holds()
    }

    /// Whether nobody else can have its keys yet.
    pub(super) fn holds(&self) -> bool {
        self.clock.holds()
    }
}

/// A lease as a transaction found or made it. It counts once the transaction is durable.
#[derive(Debug, Clone)]
pub(super) struct Touched {
    pub(super) lease: Arc<RunnerLease>,
    asked_at: Point,
}

impl Touched {
    /// Counts the lease from now on, whose extension is durable.
    pub(super) fn count(&self, length: Duration) {
        self.lease.clock.extend(self.asked_at, length);
    }
}

/// The lease that this process has now.
#[derive(Debug)]
pub(super) struct Runner {
    current: Mutex<Option<Arc<RunnerLease>>>,
    length: Duration,
}

impl Runner {
    pub(super) const fn new(length: Duration) -> Self {
        Self { current: Mutex::new(None), length }
    }

    /// How long a lease is.
    pub(super) const fn length(&self) -> Duration {
        self.length
    }

    pub(super) fn current(&self) -> Option<Arc<RunnerLease>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes over what a transaction that is durable now has found or made.
    pub(super) fn adopt(&self, touched: &Touched) {
        touched.count(self.length);
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&touched.lease));
    }

    fn millis(&self) -> i64 {
        i64::try_from(self.length.as_millis()).unwrap_or(i64::MAX)
    }

    /// Extends the lease inside a transaction, or makes a new one where there is none any more.
    pub(super) async fn touch(&self, transaction: &Transaction<'_>) -> Result<Touched, StepError> {
        if let Some(lease) = self.current()
            && let Some(touched) = self.extend(transaction, &lease).await?
        {
            return Ok(touched);
        }
        let asked_at = Point::now();
        let id = Uuid::new_v4().to_string();
        let values = [(&id as _, Type::TEXT), (&self.millis() as _, Type::INT8)];
        transaction.execute(INSERT, &values).await?;
        let lease = RunnerLease { id, clock: LeaseClock::default(), keys: AtomicUsize::new(0) };
        Ok(Touched { lease: Arc::new(lease), asked_at })
    }

    /// Extends a lease that has not run out.
    pub(super) async fn extend(
        &self,
        transaction: &Transaction<'_>,
        lease: &Arc<RunnerLease>,
    ) -> Result<Option<Touched>, StepError> {
        let asked_at = Point::now();
        let values = [(&lease.id as _, Type::TEXT), (&self.millis() as _, Type::INT8)];
        let is_extended = transaction.execute(EXTEND, &values).await? == 1;
        Ok(is_extended.then(|| Touched { lease: Arc::clone(lease), asked_at }))
    }
}

const INSERT: &str =
    "INSERT INTO runners (id, expires_at) VALUES ($1, clock_timestamp() + $2 * interval '1 millisecond')";

const EXTEND: &str = "UPDATE runners SET expires_at = clock_timestamp() + $2 * interval '1 millisecond'
 WHERE id = $1 AND expires_at > clock_timestamp()";

/// Ends the leases of runners that have run out, and returns those of the rest that are there. Nobody can renew
/// a lease that this has ended, whatever the database's clock does then.
pub(super) async fn alive(
    transaction: &Transaction<'_>,
    runners: &[String],
) -> Result<Vec<String>, StepError> {
    if runners.is_empty() {
        return Ok(Vec::new());
    }
    let values = [(&runners as _, Type::TEXT_ARRAY)];
    let end = "DELETE FROM runners WHERE id = ANY($1) AND expires_at <= clock_timestamp()";
    transaction.execute(end, &values).await?;
    let rows = transaction.rows("SELECT id FROM runners WHERE id = ANY($1)", &values).await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// The runners among these that live, where nothing is locked and nothing may be written: one whose lease has just
/// run out may still be among them a moment later.
pub(super) async fn seen_alive(
    transaction: &Transaction<'_>,
    runners: &[String],
) -> Result<Vec<String>, StepError> {
    if runners.is_empty() {
        return Ok(Vec::new());
    }
    let sql = "SELECT id FROM runners WHERE id = ANY($1) AND expires_at > clock_timestamp()";
    let rows = transaction.rows(sql, &[(&runners as _, Type::TEXT_ARRAY)]).await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// Ends a lease that is not needed any more: all that is held under it comes free.
pub(super) async fn end(transaction: &Transaction<'_>, lease: &RunnerLease) -> Result<(), StepError> {
    transaction.execute("DELETE FROM runners WHERE id = $1", &[(&lease.id, Type::TEXT)]).await?;
    Ok(())
}
