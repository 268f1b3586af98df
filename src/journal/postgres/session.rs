//! The connection to the database, and steps: each is one transaction, tried again when another one was in the
//! way or the connection was lost, for a bounded time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future;
use tokio::runtime::Handle;
use tokio::time::timeout;
use tokio_postgres::{Client, NoTls};

use crate::journal::error::JournalError;
use crate::profile::Mode;

use super::address::Address;
use super::driver::Driver;
use super::failure::{ConnectError, StepError};
use super::migrate;
use super::schema::schema;
use super::tls;
use super::transaction::Transaction;

/// How long connecting may take at most.
const CONNECT: Duration = Duration::from_secs(10);

/// How long one transaction may take at most.
const TRANSACTION: Duration = Duration::from_secs(30);

/// How long a server that is starting is waited for when a command begins.
const STARTING: Duration = Duration::from_secs(10);

/// The pauses between tries of a step, from the first to the longest.
const PAUSE: (Duration, Duration) = (Duration::from_millis(5), Duration::from_millis(500));

/// What a session is opened with.
#[derive(Debug, Clone)]
pub(super) struct Options {
    pub(super) address: Arc<Address>,
    pub(super) mode: Mode,
    /// How long a database that is away is waited for.
    pub(super) patience: Duration,
    /// How long the server lets a transaction of a process that was stopped go on: no longer than its lease.
    pub(super) idle: Duration,
}

/// A connection that is ready for transactions.
struct Connected {
    client: Client,
    /// What begins a transaction.
    begin: String,
}

/// A connection to the database, made anew when it is lost.
pub(super) struct Session {
    options: Options,
    connected: Option<Connected>,
}

/// What a step came to that could not be told from its commit.
enum Commit<T> {
    Durable(T),
    Unsure(T),
}

impl Session {
    pub(super) const fn new(options: Options) -> Self {
        Self { options, connected: None }
    }

    /// Connects, and takes the schema to the present version. Waits for a server that is starting, and for no
    /// other.
    pub(super) async fn open(&mut self, driver: &Handle) -> Result<(), JournalError> {
        let deadline = Instant::now() + STARTING.min(self.options.patience);
        loop {
            match self.connect(driver).await {
                Ok(connected) => {
                    self.connected = Some(connected);
                    return Ok(());
                }
                Err(ConnectError::Starting(_)) if Instant::now() < deadline => {
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
                Err(error) => return Err(self.connect_error(error)),
            }
        }
    }

    fn connect_error(&self, error: ConnectError) -> JournalError {
        let place = self.options.address.shown().to_owned();
        match error {
            ConnectError::Journal(error) => error,
            ConnectError::Starting(error) | ConnectError::Away(error) | ConnectError::Failed(error) => {
                JournalError::Database { place, error }
            }
        }
    }

    async fn connect(&self, driver: &Handle) -> Result<Connected, ConnectError> {
        let client = connect(&self.options, driver).await?;
        let begin = prepare(&client, &self.options).await?;
        Ok(Connected { client, begin })
    }

    /// Runs a step in one transaction that is durable when this returns. `written` says whether it is, where its
    /// commit got no answer; a step is never made twice.
    pub(super) fn step<T>(
        &mut self,
        driver: &Driver,
        work: &impl AsyncFn(&Transaction<'_>) -> Result<T, StepError>,
        written: &impl AsyncFn(&Transaction<'_>, &T) -> Result<bool, StepError>,
    ) -> Result<T, JournalError> {
        let patience = self.options.patience;
        driver.wait_for(self.step_within(driver.handle(), patience, work, written))
    }

    /// The same for a step that changes nothing, or that makes the same again.
    pub(super) fn repeatable<T>(
        &mut self,
        driver: &Driver,
        work: &impl AsyncFn(&Transaction<'_>) -> Result<T, StepError>,
    ) -> Result<T, JournalError> {
        self.step(driver, work, &async |_: &Transaction<'_>, _: &T| Ok(false))
    }

    /// Tries a repeatable step once, and does not connect for it: what is let go at the end.
    pub(super) fn once(
        &mut self,
        driver: &Driver,
        work: &impl AsyncFn(&Transaction<'_>) -> Result<(), StepError>,
    ) {
        if self.connected.is_some() {
            let _ = driver.wait_for(self.attempt(work));
        }
    }

    async fn step_within<T>(
        &mut self,
        driver: &Handle,
        patience: Duration,
        work: &impl AsyncFn(&Transaction<'_>) -> Result<T, StepError>,
        written: &impl AsyncFn(&Transaction<'_>, &T) -> Result<bool, StepError>,
    ) -> Result<T, JournalError> {
        let deadline = Instant::now() + patience;
        let (mut pause, mut unsure) = (PAUSE.0, None);
        loop {
            let error = match self.try_step(driver, work, written, &mut unsure).await {
                Ok(done) => return Ok(done),
                Err(StepError::Again(error) | StepError::Lost(error)) => error,
                Err(StepError::Database(error)) => return Err(self.database(error)),
                Err(StepError::Journal(error)) => return Err(error),
            };
            if Instant::now() + pause > deadline {
                return Err(self.database(error));
            }
            tokio::time::sleep(pause.mul_f64(0.5 + jitter() / 2.0)).await;
            pause = (pause * 2).min(PAUSE.1);
        }
    }

    fn database(&self, error: String) -> JournalError {
        JournalError::Database { place: self.options.address.shown().to_owned(), error }
    }

    /// Tries a step once, and connects for it where that is needed.
    pub(super) async fn try_step<T>(
        &mut self,
        driver: &Handle,
        work: &impl AsyncFn(&Transaction<'_>) -> Result<T, StepError>,
        written: &impl AsyncFn(&Transaction<'_>, &T) -> Result<bool, StepError>,
        unsure: &mut Option<T>,
    ) -> Result<T, StepError> {
        if self.connected.as_ref().is_none_or(|connected| connected.client.is_closed()) {
            self.connected = None;
            self.connected = Some(self.connect(driver).await?);
        }
        if let Some(done) = unsure.take() {
            let look = async |transaction: &Transaction<'_>| written(transaction, &done).await;
            match self.attempt(&look).await {
                Ok(Commit::Durable(true) | Commit::Unsure(true)) => return Ok(done),
                Ok(_) => {}
                Err(error) => {
                    *unsure = Some(done);
                    return Err(error);
                }
            }
        }
        match self.attempt(work).await? {
            Commit::Durable(done) => Ok(done),
            Commit::Unsure(done) => {
                *unsure = Some(done);
                Err(StepError::Lost("the connection was lost while a transaction was committed".into()))
            }
        }
    }

    /// One transaction. After any error the connection is clean, or gone.
    async fn attempt<T>(
        &mut self,
        work: &impl AsyncFn(&Transaction<'_>) -> Result<T, StepError>,
    ) -> Result<Commit<T>, StepError> {
        let connected = self.connected.as_ref().expect("a step connects first");
        let transaction = Transaction::new(&connected.client);
        let begun = async {
            // Sent together with the first statement of the step.
            let (begun, done) = future::join(transaction.batch(&connected.begin), work(&transaction)).await;
            begun.and(done)
        };
        let done = match timeout(TRANSACTION, begun).await {
            Ok(Ok(done)) => done,
            Ok(Err(error)) => {
                let rolled_back = timeout(CONNECT, transaction.batch("ROLLBACK")).await;
                if !matches!(rolled_back, Ok(Ok(()))) {
                    self.connected = None;
                }
                return Err(error);
            }
            Err(_) => {
                self.connected = None;
                return Err(StepError::Lost(format!("no answer within {TRANSACTION:?}")));
            }
        };
        match timeout(TRANSACTION, transaction.batch("COMMIT")).await {
            Ok(Ok(())) => Ok(Commit::Durable(done)),
            Ok(Err(error)) if !matches!(error, StepError::Lost(_)) => Err(error),
            _ => {
                self.connected = None;
                Ok(Commit::Unsure(done))
            }
        }
    }
}

/// A number from 0 to 1, so that runners that were in each other's way do not meet again. Without randomness they
/// still go on, in step.
fn jitter() -> f64 {
    getrandom::u32().map_or(0.5, |random| f64::from(random) / f64::from(u32::MAX))
}

/// A connection whose messages the driver carries.
async fn connect(options: &Options, driver: &Handle) -> Result<Client, ConnectError> {
    let config = options.address.config(CONNECT);
    let connector = tls::connector(&options.address).map_err(ConnectError::Failed)?;
    let connecting = async {
        match connector {
            None => config.connect(NoTls).await.map(|(client, carrier)| {
                driver.spawn(async { drop(carrier.await) });
                client
            }),
            Some(connector) => config.connect(connector).await.map(|(client, carrier)| {
                driver.spawn(async { drop(carrier.await) });
                client
            }),
        }
    };
    match timeout(CONNECT, connecting).await {
        Ok(connected) => Ok(connected?),
        Err(_) => Err(ConnectError::Away(format!("no connection within {CONNECT:?}"))),
    }
}

/// Takes the schema to the present version, and returns what begins a transaction on this connection.
///
/// What a step promises does not depend on the isolation but for `repeatable read`, whose transactions read what
/// was there before they waited for a lock.
async fn prepare(client: &Client, options: &Options) -> Result<String, ConnectError> {
    let settings =
        "SELECT current_setting('default_transaction_isolation'), current_setting('synchronous_commit')";
    let row = client.query_typed_one(settings, &[]).await?;
    let (isolation, commit): (String, String) = (row.try_get(0)?, row.try_get(1)?);
    let isolation = if isolation.starts_with("read ") { "READ COMMITTED" } else { "SERIALIZABLE" };
    let commit = if commit == "off" { "SET LOCAL synchronous_commit TO on;" } else { "" };
    let schema = schema(options.mode);
    timeout(TRANSACTION, migrate::migrate(client, schema))
        .await
        .unwrap_or_else(|_| Err(ConnectError::Starting("the schema is being changed".into())))?;
    Ok(format!(
        "BEGIN ISOLATION LEVEL {isolation}; SET LOCAL search_path TO {schema}; {commit}
         SET LOCAL statement_timeout TO {}; SET LOCAL idle_in_transaction_session_timeout TO {}",
        TRANSACTION.as_millis(),
        options.idle.as_millis()
    ))
}
