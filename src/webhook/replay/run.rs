//! A replay from its beginning to its end: the reader, the lanes and the recorder.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, watch};

use super::lane::{Lane, Shared};
use super::plan::{Plan, ReplayError};
use super::recorder::Recorder;
use super::source::{Item, ReplaySource};
use super::summary::Summary;
use crate::webhook::deliver::Dialer;
use crate::webhook::store::EventStore;

/// How many events wait in front of each lane.
const QUEUE: usize = 8;

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
    let recorder = Recorder::start(store, plan, stop.clone(), tell).map_err(ReplayError::System)?;
    let shared = Arc::new(Shared {
        plan: plan.clone(),
        records: recorder.records(),
        stop: stop.subscribe(),
        stopper: stop.clone(),
        unreachable: AtomicUsize::new(0),
    });
    let (lanes, threads) = start_lanes(&shared)?;
    let read = dispatch(plan, source, &lanes, &shared);
    drop((lanes, shared));
    for thread in threads {
        // A lane that panicked has told its message already.
        let _ = thread.join();
    }
    let mut summary = recorder.finish()?;
    summary.elapsed = begun.elapsed();
    read?;
    Ok(summary)
}

type Senders = Vec<mpsc::Sender<Item>>;

/// The lanes, spread over threads that each have a runtime of their own.
fn start_lanes(shared: &Arc<Shared>) -> Result<(Senders, Vec<thread::JoinHandle<()>>), ReplayError> {
    let count = shared.plan.concurrency;
    let cores = thread::available_parallelism().map_or(1, usize::from).min(count);
    let (senders, mut inboxes): (Senders, Vec<_>) = (0..count).map(|_| mpsc::channel(QUEUE)).unzip();
    let mut threads = Vec::new();
    for left in (1..=cores).rev() {
        let own: Vec<_> = inboxes.split_off(inboxes.len() - inboxes.len() / left);
        let shared = Arc::clone(shared);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(ReplayError::System)?;
        let work = move || {
            runtime.block_on(async {
                let dialer = Arc::new(Dialer::default());
                let lanes = own.into_iter().map(|inbox| {
                    tokio::spawn(Lane::new(Arc::clone(&shared), Arc::clone(&dialer)).run(inbox))
                });
                for lane in lanes.collect::<Vec<_>>() {
                    // A lane that panicked has told its message already.
                    let _ = lane.await;
                }
            });
        };
        threads.push(thread::Builder::new().name("replay".into()).spawn(work).map_err(ReplayError::System)?);
    }
    Ok((senders, threads))
}

/// Reads events and hands them out, until there are no more or the replay is to stop.
fn dispatch(
    plan: &Plan,
    source: &mut ReplaySource,
    lanes: &[mpsc::Sender<Item>],
    shared: &Shared,
) -> Result<(), ReplayError> {
    let mut pace = plan.rate.map(Pace::new);
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
            if shared.is_stopped() {
                return Ok(());
            }
            let lane =
                if plan.is_unordered { free_lane(lanes, &mut turn) } else { lane_of(&item, lanes.len()) };
            if lanes[lane].blocking_send(item).is_err() {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// The next lane with room, or the next one at all.
fn free_lane(lanes: &[mpsc::Sender<Item>], turn: &mut usize) -> usize {
    let next = *turn;
    let found =
        (0..lanes.len()).map(|step| (next + step) % lanes.len()).find(|lane| lanes[*lane].capacity() > 0);
    let lane = found.unwrap_or(next);
    *turn = (lane + 1) % lanes.len();
    lane
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
