//! The thread that makes results durable: all that wait share one transaction, and one sync.

use std::io;
use std::thread::{self, JoinHandle};

use tokio::sync::{mpsc, oneshot, watch};

use super::plan::Plan;
use super::source::ItemEvent;
use super::summary::Summary;
use crate::webhook::outcome::{DeliveryOutcome, DeliveryResult};
use crate::webhook::store::{AttemptStart, EventStore, Sender, StoreError, StoreTransaction};

/// How many results share a transaction at most.
const MAX_BATCH: usize = 4096;

/// What came of an attempt, on its way to the disk.
#[derive(Debug)]
pub(super) struct Record {
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

/// The thread, and the way to it.
pub(super) struct Recorder {
    records: mpsc::Sender<Record>,
    thread: JoinHandle<Result<Summary, StoreError>>,
}

impl Recorder {
    /// Starts the thread. Where the store fails it stops the replay.
    pub(super) fn start(
        store: EventStore,
        plan: &Plan,
        stop: watch::Sender<bool>,
        tell: impl Fn(u64) + Send + 'static,
    ) -> io::Result<Self> {
        let (records, inbox) = mpsc::channel(MAX_BATCH);
        let (replay, target) = (plan.replay, plan.target.to_string());
        let thread = thread::Builder::new().name("replay-store".into()).spawn(move || {
            let mut work = Work { store, replay, target, summary: Summary::default() };
            let done = work.run(inbox, tell);
            if done.is_err() {
                stop.send_replace(true);
            }
            done.map(|()| work.summary)
        })?;
        Ok(Self { records, thread })
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
    summary: Summary,
}

impl Work {
    fn run(&mut self, mut inbox: mpsc::Receiver<Record>, tell: impl Fn(u64)) -> Result<(), StoreError> {
        let mut batch = Vec::with_capacity(MAX_BATCH);
        while inbox.blocking_recv_many(&mut batch, MAX_BATCH) > 0 {
            let (replay, target) = (self.replay, self.target.as_str());
            self.store
                .step(|step| batch.iter().try_for_each(|record| write(step, replay, target, record)))?;
            tell(batch.iter().filter(|record| record.is_last).count() as u64);
            for record in batch.drain(..) {
                self.summary.count(&record.id, &record.result, record.is_last);
                // The lane may have been cut off by a second Ctrl-C.
                let _ = record.durable.send(());
            }
        }
        Ok(())
    }
}

fn write(step: &StoreTransaction<'_>, replay: i64, target: &str, record: &Record) -> rusqlite::Result<()> {
    let event = match &record.event {
        ItemEvent::Stored(seq) => *seq,
        ItemEvent::New(event) => step.insert_event(event)?.seq,
    };
    if record.result.outcome == DeliveryOutcome::Accepted {
        step.accept_item(replay, record.number)?;
    }
    if record.signature.is_none() {
        return Ok(());
    }
    let start = AttemptStart {
        sender: Sender::Replay,
        target,
        signature: record.signature.as_deref(),
        started_at: record.started_at,
    };
    step.add_attempt(event, &start, &record.result, record.finished_at)
}
