//! How long a lease of a database is certainly held, by this machine's own clocks.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// A share of a lease that is not used: clocks of two machines do not run at the same speed.
const MARGIN: u32 = 10;

/// A point on both clocks. The monotonic one goes on while a process is stopped, and may stand still while the
/// machine sleeps; the other one goes on then.
#[derive(Debug, Clone, Copy)]
pub(super) struct Point {
    monotonic: Instant,
    wall: SystemTime,
}

impl Point {
    pub(super) fn now() -> Self {
        Self { monotonic: Instant::now(), wall: SystemTime::now() }
    }

    /// The longer of the times that the two clocks say.
    fn elapsed(self) -> Duration {
        self.monotonic.elapsed().max(self.wall.elapsed().unwrap_or_default())
    }
}

/// A lease of the database as this machine sees it.
#[derive(Debug, Default)]
pub(super) struct LeaseClock(Mutex<Option<(Point, Duration)>>);

impl LeaseClock {
    /// Counts from the time at which the lease was asked for: the database counts from a later one.
    pub(super) fn extend(&self, asked_at: Point, length: Duration) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) =
            Some((asked_at, length / MARGIN * (MARGIN - 1)));
    }

    /// Whether nobody else can have it yet.
    pub(super) fn holds(&self) -> bool {
        let lease = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lease.is_some_and(|(asked_at, length)| asked_at.elapsed() < length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_ends_by_itself_and_before_its_time() {
        let clock = LeaseClock::default();
        assert!(!clock.holds(), "it was never taken");
        clock.extend(Point::now(), Duration::from_secs(600));
        assert!(clock.holds());
        clock.extend(Point::now(), Duration::ZERO);
        assert!(!clock.holds());
    }

    #[test]
    fn the_clock_that_says_more_counts() {
        let (clock, hour) = (LeaseClock::default(), Duration::from_secs(3600));
        let slept = Point { wall: SystemTime::now() - hour, ..Point::now() };
        clock.extend(slept, hour);
        assert!(!clock.holds(), "the machine slept");
        let set_back = Point { wall: SystemTime::now() + hour, ..Point::now() };
        clock.extend(set_back, hour);
        assert!(clock.holds());
    }
}
