//! The thread that makes results durable: all that wait share one transaction, and one sync.

use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};

use super::plan::{Plan, ReplayError};
use super::source::ItemEvent;
use super::summary::Summary;
use crate::webhook::outcome::{DeliveryOutcome, DeliveryResult};
use crate::webhook::store::{EndedAttempt, EventStore, Sender, StoreError, StoreTransaction};

/// How many results share a transaction at most.
const MAX_BATCH: usize = 4096;

/// How long a transaction of few results waits for others: it costs nearly as much as one of many.
const LINGER: Duration = Duration::from_micros(500);

/// What came of an attempt, on its way to the disk.
#[derive(Debug)]
pub(super) struct Record {
    /// The number of the worker whose lane waits.
    pub(super) worker: usize,
    pub(super) number: i64,
    pub(super) id: String,
    pub(super) event: ItemEvent,
    pub(super) signature: Option<String>,
    pub(super) started_at: i64,
    pub(super) finished_at: i64,
    pub(super) result: DeliveryResult,
    /// Whether the event is settled by it: accepted, or not tried again.
    pub(super) is_last: bool,
    /// Hears when it is durable; is dropped where it cannot be.
    pub(super) durable: oneshot::Sender<()>,
}

/// Lanes of a worker that wait for the word that their results are durable.
pub(super) type Waiting = Vec<oneshot::Sender<()>>;

/// The thread, and the way to it.
pub(super) struct Recorder {
    records: mpsc::Sender<Record>,
    thread: JoinHandle<Result<Summary, StoreError>>,
}

impl Recorder {
    /// Starts the thread, and gives for each worker what brings the lanes whose results are durable. Where the store
    /// fails it stops the replay.
    pub(super) fn start(
        store: EventStore,
        plan: &Plan,
        workers: usize,
        stop: watch::Sender<bool>,
        tell: impl Fn(u64) + Send + 'static,
    ) -> Result<(Self, Vec<mpsc::UnboundedReceiver<Waiting>>), ReplayError> {
        store.skip_reference_checks()?;
        let (records, inbox) = mpsc::channel(MAX_BATCH);
        let (wakers, durable) = (0..workers).map(|_| mpsc::unbounded_channel()).unzip();
        let (replay, target, enough) = (plan.replay, plan.target.to_string(), plan.concurrency / 2);
        let thread = thread::Builder::new().name("replay-store".into()).spawn(move || {
            let mut work = Work { store, replay, target, enough, wakers, summary: Summary::default() };
            let done = work.run(inbox, tell);
            if done.is_err() {
                stop.send_replace(true);
            }
            done.map(|()| work.summary)
        });
        let thread = thread.map_err(ReplayError::System)?;
        Ok((Self { records, thread }, durable))
    }

    /// Where lanes send their results.
    pub(super) fn records(&self) -> mpsc::Sender<Record> {
        self.records.clone()
    }

    /// Waits until everything is durable, and sums up.
    pub(super) fn finish(self) -> Result<Summary, StoreError> {
        drop(self.records);
        self.thread.join().unwrap_or(Err(StoreError::Closed))
    }
}

struct Work {
    store: EventStore,
    replay: i64,
    target: String,
    /// So many results are not made to wait for others.
    enough: usize,
    /// To each worker.
    wakers: Vec<mpsc::UnboundedSender<Waiting>>,
    summary: Summary,
}

impl Work {
    fn run(&mut self, mut inbox: mpsc::Receiver<Record>, tell: impl Fn(u64)) -> Result<(), StoreError> {
        let mut batch = Vec::with_capacity(MAX_BATCH);
        while inbox.blocking_recv_many(&mut batch, MAX_BATCH) > 0 {
            self.gather(&mut inbox, &mut batch);
            let (replay, target) = (self.replay, self.target.as_str());
            self.store.step(|step| write(step, replay, target, &batch))?;
            tell(batch.iter().filter(|record| record.is_last).count() as u64);
            let mut waiting: Vec<_> = self.wakers.iter().map(|_| Waiting::new()).collect();
            for record in batch.drain(..) {
                self.summary.count(&record.id, &record.result, record.is_last);
                waiting[record.worker].push(record.durable);
            }
            for (waker, waiting) in self.wakers.iter().zip(waiting) {
                // A worker whose lanes were cut off by a second Ctrl-C is gone.
                let _ = waker.send(waiting);
            }
        }
        Ok(())
    }

    /// Takes what comes in a moment later too, unless there is enough.
    fn gather(&self, inbox: &mut mpsc::Receiver<Record>, batch: &mut Vec<Record>) {
        if batch.len() < self.enough {
            thread::sleep(LINGER);
        }
        while batch.len() < MAX_BATCH
            && let Ok(record) = inbox.try_recv()
        {
            batch.push(record);
        }
    }
}

fn write(step: &StoreTransaction<'_>, replay: i64, target: &str, records: &[Record]) -> rusqlite::Result<()> {
    let (mut accepted, mut ended) = (Vec::with_capacity(records.len()), Vec::with_capacity(records.len()));
    for record in records {
        let Record { event, result, .. } = record;
        let event = match event {
            ItemEvent::Stored(seq) => *seq,
            ItemEvent::New(event) => step.insert_event(event)?.seq,
        };
        if result.outcome == DeliveryOutcome::Accepted {
            accepted.push(record.number);
        }
        if let Some(signature) = &record.signature {
            let (signature, started_at, finished_at) =
                (Some(signature.as_str()), record.started_at, record.finished_at);
            ended.push(EndedAttempt { event, signature, started_at, finished_at, result });
        }
    }
    // In their order, each row goes behind the one before it.
    accepted.sort_unstable();
    ended.sort_by_key(|attempt| attempt.event);
    step.accept_items(replay, &accepted)?;
    step.add_attempts(Sender::Replay, target, &ended)
}
