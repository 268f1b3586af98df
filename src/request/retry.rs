//! When to try again: full jitter, within a number of retries and a budget of time.

use std::time::Duration;

use crate::time::UnixMillis;

/// The first retry's longest delay.
const BASE: Duration = Duration::from_millis(500);

/// The longest delay of all.
const CAP: Duration = Duration::from_secs(8);

/// How far retries may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Retries after the first attempt.
    pub max_retries: u32,
    /// The time, from the first attempt, within which the last retry has to begin.
    pub budget: Duration,
    /// How long one attempt may take, and how long another process is waited for.
    pub timeout: Duration,
    /// Nothing is sent at or after this time.
    pub not_after: Option<UnixMillis>,
}

impl RetryPolicy {
    /// Whether the time after which nothing is sent has come.
    #[must_use]
    pub fn is_over(&self, now: UnixMillis) -> bool {
        self.not_after.is_some_and(|limit| now >= limit)
    }

    /// The delay before retry number `retry` (from 0), or `None` when it must not be made.
    /// `random` is from 0 to 1.
    #[must_use]
    pub fn delay(&self, retry: u32, elapsed: Duration, random: f64) -> Option<Duration> {
        let delay = backoff(retry, random);
        (retry < self.max_retries && elapsed + delay <= self.budget).then_some(delay)
    }
}

/// Full jitter: anything from nothing to `min(8 s, 0.5 s · 2^retry)`, so that a fleet does not retry in
/// step.
#[must_use]
pub fn backoff(retry: u32, random: f64) -> Duration {
    let ceiling = BASE.saturating_mul(1 << retry.min(10)).min(CAP);
    ceiling.mul_f64(random.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ceiling_doubles_up_to_eight_seconds() {
        let ceilings: Vec<_> = (0..7).map(|retry| backoff(retry, 1.0).as_millis()).collect();
        assert_eq!(ceilings, [500, 1000, 2000, 4000, 8000, 8000, 8000]);
        assert_eq!(backoff(u32::MAX, 1.0), CAP);
        assert_eq!(backoff(3, 0.0), Duration::ZERO);
        assert_eq!(backoff(1, 0.5), Duration::from_millis(500));
    }

    #[test]
    fn retries_end_with_their_number_or_their_budget() {
        let policy = RetryPolicy {
            max_retries: 2,
            budget: Duration::from_secs(60),
            timeout: Duration::from_secs(80),
            not_after: Some(UnixMillis(10)),
        };
        assert_eq!(policy.delay(1, Duration::ZERO, 1.0), Some(Duration::from_secs(1)));
        assert_eq!(policy.delay(2, Duration::ZERO, 1.0), None);
        assert_eq!(policy.delay(0, Duration::from_millis(59_600), 1.0), None);
        assert!(policy.is_over(UnixMillis(10)) && !policy.is_over(UnixMillis(9)));
    }
}
