//! A sandbox that can be served: its state, its keys, its clock, and its configured faults.

use std::future::Future;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use rusqlite::Connection;
use secrecy::SecretString;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::connections;
use super::receive::Served;
use crate::sandbox::api::answer::Shared;
use crate::sandbox::control::admin::{self, Control};
use crate::sandbox::control::client::{ControlError, new_token};
use crate::sandbox::events::worker::{Desk, Moment, deliver};
use crate::sandbox::faults::{Fault, Faults};
use crate::sandbox::idempotency::cleaning::clean;
use crate::sandbox::idempotency::in_flight::InFlight;
use crate::sandbox::keys::home::SandboxKeys;
use crate::sandbox::keys::key_table;
use crate::sandbox::resources::kinds;
use crate::sandbox::state::database::Database;
use crate::sandbox::state::db::{self, Connections, Storage};
use crate::sandbox::state::error::SandboxError;
use crate::sandbox::state::ids::Ids;
use crate::sandbox::state::settings::{self, AfterRetries};
use crate::sandbox::time::clock::Clock;
use crate::sandbox::time::system::system_seconds;

/// A sandbox whose state is open, ready to be served.
pub struct Sandbox {
    connections: Connections,
    data: Option<PathBuf>,
    keys: SandboxKeys,
    clock: Clock,
    ids: Ids,
    faults: Vec<Fault>,
    seed: u64,
    control: Option<SecretString>,
    delivers: bool,
    forward_to: Option<String>,
    after_retries: Option<AfterRetries>,
}

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sandbox")
            .field("keys", &self.keys)
            .field("clock", &self.clock)
            .finish_non_exhaustive()
    }
}

impl Sandbox {
    /// Opens the state, and makes it first where there is none. Several processes may have the same file
    /// open. The clock starts here; one that was not set goes on as far ahead as the file's was.
    ///
    /// # Errors
    /// When the file cannot be opened or made, or was written by a newer paycli.
    pub fn open(storage: &Storage, keys: &SandboxKeys, clock: Clock) -> Result<Self, SandboxError> {
        let connections = db::open(storage, &kinds())?;
        let (data, ids) = (storage.file().map(ToOwned::to_owned), Ids::random()?);
        let clock = prepare(&connections.writer, keys, clock).map_err(|source| SandboxError::Database {
            path: data.clone().unwrap_or_else(|| ":memory:".into()),
            source,
        })?;
        let (keys, faults, seed) = (keys.clone(), Vec::new(), Ids::random_number()?);
        let (control, delivers, forward_to, after_retries) = (None, false, None, None);
        Ok(Self {
            connections,
            data,
            keys,
            clock,
            ids,
            faults,
            seed,
            control,
            delivers,
            forward_to,
            after_retries,
        })
    }

    /// Lets things go wrong. The same seed and the same requests give the same faults.
    #[must_use]
    pub fn with_faults(self, faults: Vec<Fault>, seed: Option<u64>) -> Self {
        Self { faults, seed: seed.unwrap_or(self.seed), ..self }
    }

    /// Lets whoever shows the token control the server.
    #[must_use]
    pub fn with_control(self, token: SecretString) -> Self {
        Self { control: Some(token), ..self }
    }

    /// Has the server deliver events: to the registered endpoints, and all of them to `forward_to`.
    #[must_use]
    pub fn with_deliveries(self, forward_to: Option<String>) -> Self {
        Self { delivers: true, forward_to, ..self }
    }

    /// Says what becomes of subscriptions that nobody pays for. It is kept with the data.
    #[must_use]
    pub fn with_after_retries(self, after_retries: Option<AfterRetries>) -> Self {
        Self { after_retries, ..self }
    }

    /// How many seconds the sandbox's clock is ahead of the system's.
    #[must_use]
    pub fn clock_ahead_seconds(&self) -> i64 {
        self.clock.offset()
    }

    /// Answers requests until `shutdown` is done; then those that are under way are finished and the
    /// state is closed.
    ///
    /// # Errors
    /// When the thread that writes cannot be started, or the data cannot be used.
    pub async fn serve(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), SandboxError> {
        let (delivers, forward_to) = (self.delivers, self.forward_to.clone());
        if let Some(outcome) = self.after_retries {
            let keep =
                settings::set(&self.connections.writer, settings::AFTER_RETRIES, Some(outcome.as_status()));
            let path = self.data.clone().unwrap_or_else(|| ":memory:".into());
            keep.map_err(|source| SandboxError::Database { path, source })?;
        }
        let (served, closed) = self.start()?;
        let shared = Arc::clone(&served.shared);
        clean(&shared.database, shared.now()).await;
        if delivers {
            forward(&shared, forward_to).await;
            tokio::select! {
                () = connections::serve(listener, Arc::new(served), shutdown) => {}
                () = deliver(Arc::new(desk(&shared))) => {}
            }
            forward(&shared, None).await;
        } else {
            connections::serve(listener, Arc::new(served), shutdown).await;
        }
        close(&shared, closed).await;
        Ok(())
    }

    /// Does one thing that the admin path of a server does, on the data itself: no port is opened. A GET
    /// without a body, a POST with one. The state is closed after it.
    ///
    /// # Errors
    /// When it is refused, or the data cannot be used.
    pub async fn ask(self, what: &str, body: Option<&Value>) -> Result<Value, ControlError> {
        let (Served { shared, control }, closed) = self.with_control(new_token()?).start()?;
        clean(&shared.database, shared.now()).await;
        let control = control.expect("it was just given a token");
        let answer = admin::ask(&shared, &control, what, body).await;
        close(&shared, closed).await;
        answer.map_err(|error| {
            let told = error.to_json();
            ControlError::Refused(told["error"]["message"].as_str().unwrap_or_default().to_owned())
        })
    }

    /// Starts the writer. The receiver is told when the state is closed.
    fn start(self) -> Result<(Served, oneshot::Receiver<()>), SandboxError> {
        let (database, closed) = Database::start(self.connections).map_err(SandboxError::Writer)?;
        let mut faults = Faults::new(self.seed);
        for fault in &self.faults {
            faults.add(fault.clone());
        }
        let (data, first_faults, forward_to) = (self.data, self.faults, self.forward_to);
        let control = self.control.map(|token| Control { token, data, first_faults, forward_to });
        let shared = Arc::new(Shared {
            database: Arc::new(database),
            account: self.keys.account(),
            keys: self.keys,
            clock: self.clock,
            ids: Arc::new(self.ids),
            in_flight: InFlight::default(),
            faults: Mutex::new(faults),
            deliveries: Arc::default(),
        });
        Ok((Served { shared, control }, closed))
    }
}

/// What the delivery worker has of all this.
fn desk(shared: &Arc<Shared>) -> Desk {
    let clock = shared.clock.clone();
    Desk {
        database: Arc::clone(&shared.database),
        account: shared.account.clone(),
        forward: shared.keys.webhook_secret.clone(),
        waiting: Arc::clone(&shared.deliveries),
        look: Box::new(move || {
            let system = system_seconds();
            Moment { sandbox: clock.at(system), system }
        }),
    }
}

/// Lets what waits be written, and the file be closed.
async fn close(shared: &Shared, closed: oneshot::Receiver<()>) {
    shared.database.stop();
    // An error would say that the thread is gone, which is what is waited for.
    let _ = closed.await;
}

/// Puts the home's keys into the data, and starts the clock.
fn prepare(connection: &Connection, keys: &SandboxKeys, mut clock: Clock) -> rusqlite::Result<Clock> {
    let system = system_seconds();
    if clock.is_set() {
        clock.start(system);
        settings::set(connection, settings::CLOCK_OFFSET, Some(&clock.offset().to_string()))?;
    } else if let Some(offset) = settings::get(connection, settings::CLOCK_OFFSET)? {
        clock.advance(offset.parse().unwrap_or_default());
    }
    key_table::ensure(connection, keys, clock.at(system))?;
    Ok(clock)
}

/// Says in the data where events are forwarded, so that other processes' changes are forwarded too.
async fn forward(shared: &Shared, url: Option<String>) {
    let set = move |connection: &Connection| settings::set(connection, settings::FORWARD_TO, url.as_deref());
    // Where this fails every request will fail too, and say why.
    let _ = shared.database.write(None, set).await;
}
