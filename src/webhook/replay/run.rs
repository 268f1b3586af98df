//! A replay from its beginning to its end: the reader, the lanes and the recorder.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::lane::Shared;
use super::plan::{Plan, ReplayError};
use super::recorder::Recorder;
use super::source::{Item, ReplaySource};
use super::summary::Summary;
use super::worker::{Batch, Worker};
use crate::webhook::store::EventStore;

/// How many events are handed to a worker at once at most: handing over wakes a thread, by a system call.
const BATCH: usize = 64;

/// Sends everything that `source` gives and that was not accepted before. `stop` ends it early: what is under way
/// is finished and recorded. `tell` hears how many events were settled.
///
/// # Errors
/// When the store or the source fails. What was delivered until then is recorded all the same.
pub fn run(
    plan: &Plan,
    source: &mut ReplaySource,
    store: EventStore,
    stop: &watch::Sender<bool>,
    tell: impl Fn(u64) + Send + 'static,
) -> Result<Summary, ReplayError> {
    let begun = Instant::now();
    let cores = thread::available_parallelism().map_or(1, usize::from).min(plan.concurrency);
    let (recorder, durable) = Recorder::start(store, plan, cores, stop.clone(), tell)?;
    let shared = Arc::new(Shared {
        plan: plan.clone(),
        records: recorder.records(),
        stop: stop.subscribe(),
        stopper: stop.clone(),
        unreachable: AtomicUsize::new(0),
    });
    let mut workers = Vec::with_capacity(cores);
    for (number, durable) in durable.into_iter().enumerate() {
        // The lanes are dealt out like cards: the first workers have one more where they do not come out even.
        let lanes = (plan.concurrency - number).div_ceil(cores);
        workers.push(Worker::start(number, lanes, durable, &shared).map_err(ReplayError::System)?);
    }
    let read = dispatch(plan, source, &workers, &shared);
    drop(shared);
    for worker in workers {
        worker.finish();
    }
    let mut summary = recorder.finish()?;
    summary.elapsed = begun.elapsed();
    read?;
    Ok(summary)
}

/// Reads events and hands them out, until there are no more or the replay is to stop.
fn dispatch(
    plan: &Plan,
    source: &mut ReplaySource,
    workers: &[Worker],
    shared: &Shared,
) -> Result<(), ReplayError> {
    let mut pace = plan.rate.map(Pace::new);
    // No more than a worker has lanes: while events wait in front of one, none of another must be idle.
    let of_lanes = plan.concurrency.div_ceil(workers.len()).min(BATCH);
    let most = if pace.is_some() { 1 } else { of_lanes };
    let mut batches: Vec<Batch> = workers.iter().map(|_| Batch::new()).collect();
    let mut turn = 0;
    while !shared.is_stopped() {
        let items = source.next_page()?;
        if items.is_empty() {
            return Ok(());
        }
        for item in items {
            if let Some(pace) = &mut pace {
                pace.wait(|| shared.is_stopped());
            }
            let lane = if plan.is_unordered { turn } else { lane_of(&item, plan.concurrency) };
            let worker = lane % workers.len();
            batches[worker].push((lane / workers.len(), item));
            if batches[worker].len() >= most {
                if shared.is_stopped() || !workers[worker].hand(std::mem::take(&mut batches[worker])) {
                    return Ok(());
                }
                turn = with_room(workers, worker + 1);
            }
        }
        for (worker, batch) in workers.iter().zip(&mut batches) {
            if shared.is_stopped() || !worker.hand(std::mem::take(batch)) {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// The next worker from here on that has room, or the next one at all.
fn with_room(workers: &[Worker], from: usize) -> usize {
    let next = (0..workers.len()).map(|step| (from + step) % workers.len());
    next.clone().find(|worker| workers[*worker].has_room()).unwrap_or(from % workers.len())
}

/// The lane of an event's object, the same for all of its events; of the event where it tells of no object.
fn lane_of(item: &Item, lanes: usize) -> usize {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    item.object.as_deref().unwrap_or(&item.id).hash(&mut hasher);
    let lanes = u64::try_from(lanes).expect("a count of lanes fits");
    usize::try_from(hasher.finish() % lanes).expect("below a count of lanes")
}

/// Spreads the beginnings of deliveries evenly over time.
struct Pace {
    gap: Duration,
    next: Instant,
}

impl Pace {
    fn new(rate: f64) -> Self {
        Self { gap: Duration::from_secs_f64(1.0 / rate), next: Instant::now() }
    }

    /// Waits for the next turn, or until it is over.
    fn wait(&mut self, is_over: impl Fn() -> bool) {
        /// How often to look whether it is over.
        const LOOK: Duration = Duration::from_millis(50);
        while let Some(left) = self.next.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())
        {
            if is_over() {
                return;
            }
            thread::sleep(left.min(LOOK));
        }
        // What could not be sent in time is not caught up with: the rate is never exceeded.
        self.next = self.next.max(Instant::now().checked_sub(self.gap).unwrap_or(self.next)) + self.gap;
    }
}
