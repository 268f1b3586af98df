//! The one type for points in time, and the one place that asks the machine's clock.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;

/// A point in time: milliseconds since 1970, in UTC. Negative before 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnixMillis(pub i64);

impl UnixMillis {
    /// The machine's wall clock, which may step in both directions between two calls.
    #[must_use]
    pub fn now() -> Self {
        Self(Timestamp::now().as_millisecond())
    }

    /// So much later, or the latest time that there is.
    #[must_use]
    pub fn after(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }

    /// How long ago `earlier` was; zero where it lies ahead.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

impl fmt::Display for UnixMillis {
    /// RFC 3339 in UTC, to the second; the plain number where it is out of jiff's range (year ±9999).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Timestamp::from_second(self.0.div_euclid(1000)) {
            Ok(time) => write!(f, "{time}"),
            Err(_) => write!(f, "{} ms", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_shown_to_the_second_and_one_out_of_range_as_its_number() {
        assert_eq!(UnixMillis(1_767_225_600_999).to_string(), "2026-01-01T00:00:00Z");
        assert_eq!(UnixMillis(-1).to_string(), "1969-12-31T23:59:59Z");
        assert_eq!(UnixMillis(i64::MAX).to_string(), format!("{} ms", i64::MAX));
    }
}
