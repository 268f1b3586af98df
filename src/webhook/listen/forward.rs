//! Forwarding: a bounded queue for each target, a few deliveries to it at once, and retries with growing pauses.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hyper::body::Bytes;
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::report::ListenReport;
use super::route::ForwardRoute;
use crate::webhook::deliver::Deliverer;
use crate::webhook::outcome::{DeliveryOutcome, DeliveryResult};
use crate::webhook::signature::sign;
use crate::webhook::signing_key::SigningKey;
use crate::webhook::store::{AttemptStart, Sender, StoreWriter};

/// How many events wait for a target at most.
const QUEUE: usize = 4096;

/// How many bytes of bodies wait for all targets at most.
const MAX_WAITING: usize = 64 << 20;

/// How many deliveries to one target are under way at once.
const AT_ONCE: usize = 16;

/// How long to wait before the first retry; each later one takes twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// The longest wait before a retry.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// An event that came in.
#[derive(Debug, Clone)]
pub struct LastEvent {
    /// Its row in the store.
    pub seq: i64,
    /// Its id.
    pub id: String,
    /// Its type.
    pub kind: String,
    /// Its bytes as they were received.
    pub body: Bytes,
    /// The signature that it came with.
    pub signature: Option<String>,
}

/// What all deliveries of a listener have in common.
pub(super) struct Way {
    pub(super) deliverer: Deliverer,
    pub(super) writer: Arc<StoreWriter>,
    pub(super) keys: Vec<SigningKey>,
    pub(super) retries: u32,
    pub(super) reports: mpsc::Sender<ListenReport>,
    pub(super) stop: watch::Receiver<bool>,
    pub(super) now: fn() -> i64,
    waiting: AtomicUsize,
}

/// Takes events to targets.
pub struct Forwarder {
    queues: Vec<(ForwardRoute, mpsc::Sender<LastEvent>)>,
    inboxes: Mutex<Vec<(ForwardRoute, mpsc::Receiver<LastEvent>)>>,
    way: Arc<Way>,
    last: Mutex<Option<LastEvent>>,
}

impl Forwarder {
    /// A forwarder to these targets. `retries` is how often a delivery that failed is tried again; `timeout` is for
    /// one attempt; with `keys` events are signed anew where they are sent late.
    #[must_use]
    pub fn new(
        routes: &[ForwardRoute],
        (timeout, retries): (Duration, u32),
        keys: Vec<SigningKey>,
        writer: Arc<StoreWriter>,
        reports: mpsc::Sender<ListenReport>,
        stop: watch::Receiver<bool>,
        now: fn() -> i64,
    ) -> Self {
        let (mut queues, mut inboxes) = (Vec::new(), Vec::new());
        for route in routes {
            let (queue, inbox) = mpsc::channel(QUEUE);
            queues.push((route.clone(), queue));
            inboxes.push((route.clone(), inbox));
        }
        let deliverer = Deliverer::new(timeout);
        let way = Way { deliverer, writer, keys, retries, reports, stop, now, waiting: AtomicUsize::new(0) };
        Self { queues, inboxes: Mutex::new(inboxes), way: Arc::new(way), last: Mutex::default() }
    }

    /// The way to the targets, for the poller.
    pub(super) const fn way(&self) -> &Arc<Way> {
        &self.way
    }

    /// Where events go.
    pub(super) fn routes(&self) -> impl Iterator<Item = &ForwardRoute> {
        self.queues.iter().map(|(route, _)| route)
    }

    /// The event that came in last.
    #[must_use]
    pub fn last(&self) -> Option<LastEvent> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts an event into the queue of each target that it is for. A queue that is full does not take it.
    pub async fn forward(&self, event: &LastEvent) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(event.clone());
        for (route, queue) in &self.queues {
            if !route.patterns.matches(&event.kind) {
                continue;
            }
            let size = event.body.len();
            let waiting = self.way.waiting.fetch_add(size, Ordering::Relaxed);
            let is_taken = waiting < MAX_WAITING && queue.try_send(event.clone()).is_ok();
            if !is_taken {
                self.way.waiting.fetch_sub(size, Ordering::Relaxed);
                let (id, target) = (event.id.clone(), route.target.to_string());
                // Nobody is left to tell when the printer has ended.
                let _ = self.way.reports.send(ListenReport::Overflowed { id, target }).await;
            }
        }
    }

    /// Sends the last event again, signed anew. Whether there is one.
    pub async fn resend(&self) -> bool {
        let Some(last) = self.last() else { return false };
        self.forward(&LastEvent { signature: None, ..last }).await;
        true
    }

    /// Carries out what the queues hold, until this forwarder is closed and they are empty.
    pub fn start(&self) -> JoinSet<()> {
        let mut tasks = JoinSet::new();
        let inboxes = std::mem::take(&mut *self.inboxes.lock().unwrap_or_else(PoisonError::into_inner));
        for (route, inbox) in inboxes {
            tasks.spawn(carry(Arc::clone(&self.way), route, inbox));
        }
        tasks
    }
}

async fn carry(way: Arc<Way>, route: ForwardRoute, mut inbox: mpsc::Receiver<LastEvent>) {
    let (room, mut under_way) = (Arc::new(Semaphore::new(AT_ONCE)), JoinSet::new());
    while let Some(event) = inbox.recv().await {
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else { return };
        while under_way.try_join_next().is_some() {}
        let (way, route) = (Arc::clone(&way), route.clone());
        under_way.spawn(async move {
            way.deliver(&route, &event).await;
            way.waiting.fetch_sub(event.body.len(), Ordering::Relaxed);
            drop(permit);
        });
    }
    while under_way.join_next().await.is_some() {}
}

impl Way {
    /// Delivers an event to one target, with retries. Returns what came of the last attempt.
    pub(super) async fn deliver(&self, route: &ForwardRoute, event: &LastEvent) -> DeliveryOutcome {
        let mut pause = FIRST_PAUSE;
        let mut attempt = 0;
        loop {
            let started_at = (self.now)();
            let signature = match &event.signature {
                Some(original) if attempt == 0 || self.keys.is_empty() => original.clone(),
                _ => sign(&event.body, started_at.div_euclid(1000), &self.keys),
            };
            let result = self.deliverer.deliver(&route.target, event.body.clone(), &signature).await;
            let is_stopped = *self.stop.borrow();
            let is_retried = attempt < self.retries && may_help(&result) && !is_stopped;
            self.report(route, event, &result, is_retried).await;
            self.record(route, event.seq, signature, started_at, result.clone()).await;
            if !is_retried {
                return result.outcome;
            }
            attempt += 1;
            let mut stop = self.stop.clone();
            tokio::select! {
                () = sleep(pause) => {}
                _ = stop.wait_for(|is_stopped| *is_stopped) => return result.outcome,
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn report(
        &self,
        route: &ForwardRoute,
        event: &LastEvent,
        result: &DeliveryResult,
        is_retried: bool,
    ) {
        let report = ListenReport::Forwarded {
            id: event.id.clone(),
            target: route.target.to_string(),
            outcome: result.outcome,
            status: result.status,
            detail: result.detail.clone(),
            latency: result.latency,
            is_retried,
        };
        // Nobody is left to tell when the printer has ended.
        let _ = self.reports.send(report).await;
    }

    async fn record(
        &self,
        route: &ForwardRoute,
        seq: i64,
        signature: String,
        started_at: i64,
        result: DeliveryResult,
    ) {
        let (target, finished_at) = (route.target.to_string(), (self.now)());
        let recorded = self.writer.run(move |step| {
            let signature = Some(signature.as_str()).filter(|signature| !signature.is_empty());
            let start = AttemptStart { sender: Sender::Listen, target: &target, signature, started_at };
            step.add_attempt(seq, &start, &result, finished_at)
        });
        if let Err(error) = recorded.await {
            let _ = self
                .reports
                .send(ListenReport::Notice(format!("an attempt was not recorded: {error}")))
                .await;
        }
    }
}

/// Whether another attempt may be accepted where this one was not.
fn may_help(result: &DeliveryResult) -> bool {
    match result.outcome {
        DeliveryOutcome::Accepted | DeliveryOutcome::Redirected => false,
        DeliveryOutcome::Rejected => matches!(result.status, Some(408 | 409 | 425 | 429 | 500..)),
        _ => true,
    }
}
