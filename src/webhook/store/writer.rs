//! The thread that writes to the event store: the steps that wait share one transaction, and one sync.

use std::thread::{self, JoinHandle};
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::EventStore;
use super::error::StoreError;
use super::transaction::StoreTransaction;

/// How many steps may wait; whoever brings more waits too.
const QUEUE: usize = 4096;

/// How many steps share a transaction at most.
const MAX_BATCH: usize = 1024;

/// How long a transaction waits for further steps, where several came for the last one: a transaction and its sync
/// cost nearly the same for one step as for many. Who brings one step at a time is not kept waiting.
const LINGER: Duration = Duration::from_micros(500);

/// Writes from many tasks or threads at once.
#[derive(Debug)]
pub struct StoreWriter {
    steps: mpsc::Sender<Box<dyn Job>>,
    thread: JoinHandle<()>,
}

/// A step that was handed over: what it gives, once it is durable.
#[derive(Debug)]
pub struct Pending<T>(oneshot::Receiver<Result<T, StoreError>>);

impl<T> Pending<T> {
    /// Waits until the step is durable.
    ///
    /// # Errors
    /// When the step or the file failed: then nothing of it is stored.
    pub async fn durable(self) -> Result<T, StoreError> {
        self.0.await.unwrap_or(Err(StoreError::Closed))
    }

    /// The same, for a thread that is not a task.
    ///
    /// # Errors
    /// When the step or the file failed: then nothing of it is stored.
    pub fn wait(self) -> Result<T, StoreError> {
        self.0.blocking_recv().unwrap_or(Err(StoreError::Closed))
    }
}

impl StoreWriter {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(store: EventStore) -> Result<Self, StoreError> {
        let (steps, inbox) = mpsc::channel(QUEUE);
        let path = store.path.clone();
        let thread = thread::Builder::new().name("event-store".to_owned()).spawn(move || run(&store, inbox));
        let thread = thread.map_err(|error| StoreError::File { path, why: error.to_string() })?;
        Ok(Self { steps, thread })
    }

    /// Hands a step over, as soon as there is room. It is done in the order in which it was handed over.
    ///
    /// # Errors
    /// When the thread has ended.
    pub async fn submit<T: Send + 'static>(
        &self,
        step: impl FnOnce(&StoreTransaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<Pending<T>, StoreError> {
        let (job, pending) = task(step);
        self.steps.send(job).await.map_err(|_| StoreError::Closed)?;
        Ok(pending)
    }

    /// The same, for a thread that is not a task.
    ///
    /// # Errors
    /// When the thread has ended.
    pub fn submit_blocking<T: Send + 'static>(
        &self,
        step: impl FnOnce(&StoreTransaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<Pending<T>, StoreError> {
        let (job, pending) = task(step);
        self.steps.blocking_send(job).map_err(|_| StoreError::Closed)?;
        Ok(pending)
    }

    /// Does a step and comes back when it is durable.
    ///
    /// # Errors
    /// When the step or the file failed: then nothing of it is stored.
    pub async fn run<T: Send + 'static>(
        &self,
        step: impl FnOnce(&StoreTransaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.submit(step).await?.durable().await
    }

    /// Waits until everything that was handed over is done, and closes the file.
    pub fn close(self) {
        drop(self.steps);
        // An error would be a panic of the thread, which has told its message already.
        let _ = self.thread.join();
    }
}

fn run(store: &EventStore, mut inbox: mpsc::Receiver<Box<dyn Job>>) {
    let (mut batch, mut is_busy) = (Vec::with_capacity(MAX_BATCH), false);
    while inbox.blocking_recv_many(&mut batch, MAX_BATCH) > 0 {
        if is_busy {
            thread::sleep(LINGER);
        }
        while batch.len() < MAX_BATCH
            && let Ok(job) = inbox.try_recv()
        {
            batch.push(job);
        }
        is_busy = batch.len() > 1;
        run_batch(store, &mut batch);
    }
}

/// One transaction. A step that fails is undone alone; a transaction that fails, fails all.
fn run_batch(store: &EventStore, batch: &mut Vec<Box<dyn Job>>) {
    let (connection, path) = (&store.connection, &store.path);
    let mut lost = statement(connection, "BEGIN IMMEDIATE").err();
    for job in batch.iter_mut() {
        if lost.is_some() {
            break;
        }
        let failed = job.run(store).err();
        // Some errors (a full disk) make SQLite roll the whole transaction back.
        if connection.is_autocommit() {
            lost = Some(failed.unwrap_or(rusqlite::Error::InvalidQuery));
        }
    }
    if lost.is_none() {
        lost = statement(connection, "COMMIT").err();
    }
    if lost.is_some() && !connection.is_autocommit() {
        // Where even this fails there is nothing left to undo: the next BEGIN will tell.
        let _ = statement(connection, "ROLLBACK");
    }
    let lost = lost.map(|error| StoreError::of(path, &error));
    for job in batch.drain(..) {
        job.settle(lost.as_ref());
    }
}

fn statement(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.execute([]).map(|_| ())
}

/// A step that waits for the thread.
trait Job: Send {
    /// Does it inside the transaction; undone by itself where it fails.
    fn run(&mut self, store: &EventStore) -> rusqlite::Result<()>;
    /// Tells whoever waits what came of it, or that the transaction was lost.
    fn settle(self: Box<Self>, lost: Option<&StoreError>);
}

impl std::fmt::Debug for dyn Job {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Job")
    }
}

struct Task<T, W> {
    step: Option<W>,
    result: Result<T, StoreError>,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

fn task<T: Send + 'static>(
    step: impl FnOnce(&StoreTransaction<'_>) -> rusqlite::Result<T> + Send + 'static,
) -> (Box<dyn Job>, Pending<T>) {
    let (reply, answer) = oneshot::channel();
    (Box::new(Task { step: Some(step), result: Err(StoreError::Closed), reply }), Pending(answer))
}

impl<T: Send, W> Job for Task<T, W>
where
    W: FnOnce(&StoreTransaction<'_>) -> rusqlite::Result<T> + Send,
{
    fn run(&mut self, store: &EventStore) -> rusqlite::Result<()> {
        let Some(step) = self.step.take() else { return Ok(()) };
        let connection = &store.connection;
        let done =
            statement(connection, "SAVEPOINT step").and_then(|()| step(&StoreTransaction::new(connection)));
        match done {
            Ok(value) => {
                self.result = Ok(value);
                statement(connection, "RELEASE step")
            }
            Err(error) => {
                self.result = Err(StoreError::of(&store.path, &error));
                if !connection.is_autocommit() {
                    statement(connection, "ROLLBACK TO step")?;
                    statement(connection, "RELEASE step")?;
                }
                Err(error)
            }
        }
    }

    fn settle(self: Box<Self>, lost: Option<&StoreError>) {
        let result = lost.map_or(self.result, |error| Err(error.clone()));
        // Nobody may be waiting any more.
        let _ = self.reply.send(result);
    }
}
