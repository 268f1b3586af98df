//! A worker: a thread with a runtime of its own, and the lanes that run on it.
//!
//! What comes from other threads, events and the word that results are durable, comes in batches and is handed on to the
//! lanes here: to wake a lane from another thread takes a system call for each.

use std::io;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use tokio::sync::{Mutex, mpsc};

use super::lane::{Inbox, Lane, Shared};
use super::recorder::Waiting;
use super::source::Item;
use crate::webhook::deliver::Dialer;

/// How many batches wait in front of a worker.
const BATCHES: usize = 2;

/// How many events wait in front of all lanes of a worker, about.
const WAITING: usize = 512;

/// The most events that wait in front of one lane.
const QUEUE: usize = 8;

/// Events for a worker, each with the number of its lane there; lanes that keep no order have number 0 together.
pub(super) type Batch = Vec<(usize, Item)>;

/// The thread, and the way to it.
pub(super) struct Worker {
    batches: mpsc::Sender<Batch>,
    thread: JoinHandle<()>,
}

impl Worker {
    /// Starts the thread with so many lanes. `durable` brings the lanes whose results are.
    pub(super) fn start(
        number: usize,
        lanes: usize,
        durable: mpsc::UnboundedReceiver<Waiting>,
        shared: &Arc<Shared>,
    ) -> io::Result<Self> {
        let (batches, events) = mpsc::channel(BATCHES);
        let shared = Arc::clone(shared);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let work = move || {
            runtime.block_on(async {
                let (queues, inboxes) = inboxes(lanes, shared.plan.is_unordered);
                tokio::spawn(hand_out(events, queues));
                tokio::spawn(wake(durable));
                let dialer = Arc::new(Dialer::default());
                let lane = |inbox| {
                    tokio::spawn(Lane::new(Arc::clone(&shared), Arc::clone(&dialer), number).run(inbox))
                };
                let lanes: Vec<_> = inboxes.into_iter().map(lane).collect();
                drop(shared);
                for lane in lanes {
                    // A lane that panicked has told its message already.
                    let _ = lane.await;
                }
            });
        };
        let thread = thread::Builder::new().name("replay".into()).spawn(work)?;
        Ok(Self { batches, thread })
    }

    /// Hands events over, as soon as there is room. Whether they were taken: not where the lanes have ended.
    pub(super) fn hand(&self, batch: Batch) -> bool {
        batch.is_empty() || self.batches.blocking_send(batch).is_ok()
    }

    /// Whether it takes events at once.
    pub(super) fn has_room(&self) -> bool {
        self.batches.capacity() > 0
    }

    /// Waits until its lanes are done with what they have.
    pub(super) fn finish(self) {
        drop(self.batches);
        // A thread that panicked has told its message already.
        let _ = self.thread.join();
    }
}

/// The queue of each lane, or the one of all.
fn inboxes(lanes: usize, is_unordered: bool) -> (Vec<mpsc::Sender<Item>>, Vec<Inbox>) {
    let queue = |room: usize| {
        let (queue, inbox) = mpsc::channel(room);
        (queue, Arc::new(Mutex::new(inbox)))
    };
    if is_unordered {
        let (sender, inbox) = queue(1);
        return (vec![sender], vec![inbox; lanes]);
    }
    (0..lanes).map(|_| queue((WAITING / lanes).clamp(1, QUEUE))).unzip()
}

/// Hands events to the lanes, until there are no more or a lane has ended.
async fn hand_out(mut batches: mpsc::Receiver<Batch>, queues: Vec<mpsc::Sender<Item>>) {
    while let Some(batch) = batches.recv().await {
        for (lane, item) in batch {
            if queues[lane].send(item).await.is_err() {
                return;
            }
        }
    }
}

/// Wakes the lanes whose results are durable.
async fn wake(mut durable: mpsc::UnboundedReceiver<Waiting>) {
    while let Some(waiting) = durable.recv().await {
        for lane in waiting {
            // The lane may have been cut off by a second Ctrl-C.
            let _ = lane.send(());
        }
    }
}
