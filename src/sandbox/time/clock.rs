//! The sandbox's clock: system time plus an offset. Pure: the system's time is handed in.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// What time it is in the sandbox. Clones share one offset, so a clock that was handed to a sandbox can
/// still be advanced from outside.
#[derive(Debug, Clone)]
pub struct Clock {
    offset: Arc<AtomicI64>,
    starts_at: Option<i64>,
}

impl Clock {
    /// The system's own time.
    #[must_use]
    pub fn system() -> Self {
        Self { offset: Arc::default(), starts_at: None }
    }

    /// A clock that shows `unix_seconds` when the sandbox is opened and runs on from there.
    #[must_use]
    pub fn fixed(unix_seconds: i64) -> Self {
        Self { offset: Arc::default(), starts_at: Some(unix_seconds) }
    }

    /// Moves the clock forward (or back, with a negative number).
    pub fn advance(&self, seconds: i64) {
        self.offset.fetch_add(seconds, Ordering::SeqCst);
    }

    /// Whether it was told what to show, and has not started yet.
    pub(in crate::sandbox) const fn is_set(&self) -> bool {
        self.starts_at.is_some()
    }

    /// How many seconds it is ahead of the system's time.
    pub(in crate::sandbox) fn offset(&self) -> i64 {
        self.offset.load(Ordering::SeqCst)
    }

    /// Puts it so many seconds ahead of the system's time.
    pub(in crate::sandbox) fn set_offset(&self, seconds: i64) {
        self.offset.store(seconds, Ordering::SeqCst);
    }

    /// Starts the clock when the system's time is `system`.
    pub(in crate::sandbox) fn start(&mut self, system: i64) {
        if let Some(at) = self.starts_at.take() {
            self.advance(at.saturating_sub(system));
        }
    }

    /// The sandbox's time, in Unix seconds, when the system's is `system`.
    pub(in crate::sandbox) fn at(&self, system: i64) -> i64 {
        system.saturating_add(self.offset())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_clock_starts_where_it_was_told_and_runs() {
        let mut clock = Clock::fixed(1_000);
        let outside = clock.clone();
        clock.start(50_000);
        assert_eq!(clock.at(50_000), 1_000);
        assert_eq!(clock.at(50_007), 1_007);
        outside.advance(86_400);
        assert_eq!(clock.at(50_007), 87_407);
    }

    #[test]
    fn the_system_clock_is_the_systems() {
        let mut clock = Clock::system();
        clock.start(5);
        assert_eq!(clock.at(77), 77);
    }
}
