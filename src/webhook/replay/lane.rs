//! A lane: one connection, one event at a time, and the next only when what came of the last is durable.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{Mutex, mpsc, oneshot, watch};
use tokio::time::{Instant, sleep, timeout_at};

use super::identity::Signing;
use super::plan::Plan;
use super::recorder::Record;
use super::source::Item;
use crate::webhook::deliver::{Connection, Dialer, write_delivery};
use crate::webhook::outcome::{DeliveryOutcome, DeliveryResult};
use crate::webhook::signature::sign;

/// How long to wait before the first repetition; each later one takes twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// The longest wait before a repetition.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// After so many events in a row that reached nobody, for each lane at least, the replay stops.
const UNREACHABLE: usize = 20;

/// What all lanes have in common.
pub(super) struct Shared {
    pub(super) plan: Plan,
    pub(super) records: mpsc::Sender<Record>,
    pub(super) stop: watch::Receiver<bool>,
    pub(super) stopper: watch::Sender<bool>,
    /// How many events in a row reached nobody.
    pub(super) unreachable: AtomicUsize,
}

impl Shared {
    pub(super) fn is_stopped(&self) -> bool {
        *self.stop.borrow()
    }

    /// Notes whether an event reached anybody; where many in a row did not, there is no use in going on.
    fn note_reached(&self, has_arrived: bool) {
        if has_arrived {
            self.unreachable.store(0, Ordering::Relaxed);
        } else if self.unreachable.fetch_add(1, Ordering::Relaxed) + 1
            >= UNREACHABLE.max(self.plan.concurrency)
        {
            self.stopper.send_replace(true);
        }
    }
}

/// Where a lane takes its events from: lanes that keep no order have one together.
pub(super) type Inbox = Arc<Mutex<mpsc::Receiver<Item>>>;

/// A lane of a replay.
pub(super) struct Lane {
    shared: Arc<Shared>,
    dialer: Arc<Dialer>,
    connection: Option<Connection>,
    /// The last request: room for the next.
    request: Vec<u8>,
    /// The number of the worker that it runs on.
    worker: usize,
}

impl Lane {
    pub(super) const fn new(shared: Arc<Shared>, dialer: Arc<Dialer>, worker: usize) -> Self {
        Self { shared, dialer, connection: None, request: Vec::new(), worker }
    }

    /// Delivers what comes in, until there is no more or the replay stops.
    pub(super) async fn run(mut self, inbox: Inbox) {
        loop {
            let next = inbox.lock().await.recv().await;
            let Some(item) = next else { return };
            if self.shared.is_stopped() || self.settle(item).await.is_none() {
                return;
            }
        }
    }

    /// Delivers an event, again where that is wanted and may help. Nothing where the result could not be
    /// recorded.
    async fn settle(&mut self, item: Item) -> Option<()> {
        let mut pause = FIRST_PAUSE;
        let retries = self.shared.plan.retries;
        for attempt in 0..=retries {
            let started_at = (self.shared.plan.now)();
            let signature = self.signature(&item, started_at);
            let result = match &signature {
                Some(signature) => self.attempt(&item, signature).await,
                None => unsigned(),
            };
            let is_last = attempt == retries || !may_help(&result) || self.shared.is_stopped();
            let has_arrived = result.outcome.may_have_arrived() || signature.is_none();
            self.record(&item, signature, started_at, result, is_last).await?;
            if is_last {
                self.shared.note_reached(has_arrived);
                return Some(());
            }
            let mut stop = self.shared.stop.clone();
            tokio::select! {
                () = sleep(pause) => {}
                _ = stop.wait_for(|is_stopped| *is_stopped) => {}
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        Some(())
    }

    fn signature(&self, item: &Item, now: i64) -> Option<String> {
        match self.shared.plan.signing {
            Signing::Fresh => Some(sign(&item.body, now.div_euclid(1000), &self.shared.plan.keys)),
            Signing::Original => item.signature.clone(),
        }
    }

    async fn attempt(&mut self, item: &Item, signature: &str) -> DeliveryResult {
        let Plan { target, timeout, .. } = &self.shared.plan;
        let begun = Instant::now();
        let deadline = begun + *timeout;
        let exchange = async {
            let kept = self.connection.take().and_then(|mut kept| kept.is_ready().then_some(kept));
            let mut connection = match kept {
                Some(connection) => connection,
                None => match self.dialer.dial(target, *timeout).await {
                    Ok(connection) => connection,
                    Err(error) => return failed(error.outcome(), error.to_string(), begun),
                },
            };
            write_delivery(&mut self.request, target, &item.body, signature);
            let result = connection.exchange(&self.request, begun, deadline).await;
            self.connection = Some(connection).filter(Connection::is_kept_open);
            result
        };
        match timeout_at(deadline, exchange).await {
            Ok(result) => result,
            Err(_) => failed(DeliveryOutcome::TimedOut, format!("no answer within {timeout:?}"), begun),
        }
    }

    /// Has the recorder note an attempt, and waits until it is durable.
    async fn record(
        &self,
        item: &Item,
        signature: Option<String>,
        started_at: i64,
        result: DeliveryResult,
        is_last: bool,
    ) -> Option<()> {
        let (durable, waits) = oneshot::channel();
        let finished_at = (self.shared.plan.now)();
        let record = Record {
            worker: self.worker,
            number: item.number,
            id: item.id.clone(),
            event: item.event.clone(),
            signature,
            started_at,
            finished_at,
            result,
            is_last,
            durable,
        };
        self.shared.records.send(record).await.ok()?;
        waits.await.ok()
    }
}

/// Whether a repetition may be accepted where this attempt was not.
fn may_help(result: &DeliveryResult) -> bool {
    match result.outcome {
        DeliveryOutcome::Accepted
        | DeliveryOutcome::Redirected
        | DeliveryOutcome::NotHttp
        | DeliveryOutcome::Unsigned => false,
        DeliveryOutcome::Rejected => matches!(result.status, Some(408 | 409 | 425 | 429 | 500..)),
        _ => true,
    }
}

fn failed(outcome: DeliveryOutcome, detail: String, begun: Instant) -> DeliveryResult {
    let (latency, detail) = (begun.elapsed(), Some(detail));
    DeliveryResult { outcome, status: None, location: None, detail, latency, answer: Vec::new() }
}

/// An event whose original signature is wanted and is not there, or cannot match its bytes.
fn unsigned() -> DeliveryResult {
    let detail =
        "its original signature is not stored, or is not of these bytes: nothing was sent".to_owned();
    DeliveryResult {
        outcome: DeliveryOutcome::Unsigned,
        status: None,
        location: None,
        detail: Some(detail),
        latency: Duration::ZERO,
        answer: Vec::new(),
    }
}
