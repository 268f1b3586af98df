//! Turns: many senders share a number of requests in flight, and a pace.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use tokio::sync::{Mutex, Semaphore, SemaphorePermit};

use super::interrupt::Interrupt;
use super::pace::Pace;

/// What senders share.
#[derive(Debug)]
pub struct Turns {
    slots: Semaphore,
    /// Who waits for the pace: one at a time, so that a pace that slows down slows the very next request.
    next: Mutex<()>,
    pace: RefCell<Pace>,
    started: Instant,
}

impl Turns {
    /// At most so many requests in flight, and so many a second; no rate: as fast as it goes.
    #[must_use]
    pub fn new(concurrency: usize, rate: Option<f64>) -> Self {
        Self {
            slots: Semaphore::new(concurrency),
            next: Mutex::new(()),
            pace: RefCell::new(Pace::new(rate)),
            started: Instant::now(),
        }
    }

    /// The rate now, where there is one.
    #[must_use]
    pub fn rate(&self) -> Option<f64> {
        self.pace.borrow().rate()
    }

    fn book(&self) -> Duration {
        self.pace.borrow_mut().book(self.started.elapsed())
    }
}

/// One sender's turn. A sender alone always has it.
#[derive(Debug, Default)]
pub struct Turn<'a> {
    shared: Option<(&'a Turns, Option<SemaphorePermit<'a>>)>,
}

impl<'a> Turn<'a> {
    /// A sender among others, which waits for its turn before every attempt.
    #[must_use]
    pub const fn among(turns: &'a Turns) -> Self {
        Self { shared: Some((turns, None)) }
    }

    /// Whether others send, too.
    #[must_use]
    pub const fn is_shared(&self) -> bool {
        self.shared.is_some()
    }

    /// Waits for a turn, unless it has one. Returns whether it came before the user asked to stop.
    pub async fn take(&mut self, interrupt: &Interrupt) -> bool {
        let Some((turns, permit)) = &mut self.shared else { return !interrupt.is_pressed() };
        if permit.is_some() {
            return true;
        }
        let turn = async {
            let permit = turns.slots.acquire().await.expect("it is never closed");
            let _next = turns.next.lock().await;
            let wait = turns.book();
            if !wait.is_zero() {
                tokio::time::sleep(wait).await;
            }
            permit
        };
        tokio::select! {
            biased;
            () = interrupt.pressed(1) => false,
            taken = turn => {
                *permit = Some(taken);
                true
            }
        }
    }

    /// Gives the turn to the next. `is_limited`: the API limited the rate.
    pub fn leave(&mut self, is_limited: bool) {
        let Some((turns, permit)) = &mut self.shared else { return };
        if is_limited {
            turns.pace.borrow_mut().limited(turns.started.elapsed());
        }
        *permit = None;
    }
}
