//! What became of a replay: counts, failures and latencies.

use std::collections::BTreeMap;
use std::time::Duration;

use hdrhistogram::Histogram;

use crate::webhook::outcome::{DeliveryOutcome, DeliveryResult};

/// How many failures are told one by one.
const MAX_FAILURES: usize = 100;

/// Latencies are told to so many digits.
const DIGITS: u8 = 3;

/// Longer latencies count as this one, in microseconds: a day, the longest time limit of an attempt.
const LONGEST: u64 = 86_400_000_000;

/// An event that was not accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Its id.
    pub id: String,
    /// What came of the last attempt.
    pub outcome: DeliveryOutcome,
    /// The status of the answer, where there was one.
    pub status: Option<u16>,
    /// What went wrong, in words.
    pub detail: Option<String>,
}

/// What became of the events of one run of a replay.
#[derive(Debug, Default)]
pub struct Summary {
    /// Events that the target accepted.
    pub accepted: u64,
    /// Events that it did not.
    pub failed: u64,
    /// Attempts, repetitions included.
    pub attempts: u64,
    /// How often each status, or each way to have none, came back.
    pub answers: BTreeMap<String, u64>,
    /// The first events that were not accepted.
    pub failures: Vec<Failure>,
    /// How long answers took.
    pub latencies: Latencies,
    /// How long the run took.
    pub elapsed: Duration,
}

impl Summary {
    /// Counts an attempt; `is_last` where it settles its event.
    pub(super) fn count(&mut self, id: &str, result: &DeliveryResult, is_last: bool) {
        self.attempts += 1;
        let answer =
            result.status.map_or_else(|| result.outcome.as_str().to_owned(), |status| status.to_string());
        *self.answers.entry(answer).or_default() += 1;
        if result.status.is_some() {
            self.latencies.add(result.latency);
        }
        if !is_last {
            return;
        }
        if result.outcome == DeliveryOutcome::Accepted {
            self.accepted += 1;
            return;
        }
        self.failed += 1;
        if self.failures.len() < MAX_FAILURES {
            let (id, detail) = (id.to_owned(), result.detail.clone());
            self.failures.push(Failure { id, outcome: result.outcome, status: result.status, detail });
        }
    }

    /// Deliveries in a second.
    #[must_use]
    pub fn rate(&self) -> f64 {
        let seconds = self.elapsed.as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "a rate that is shown")]
        let attempts = self.attempts as f64;
        if seconds > 0.0 { attempts / seconds } else { 0.0 }
    }
}

/// How long answers took: a histogram of fixed size, whatever their number.
#[derive(Debug)]
pub struct Latencies(Histogram<u64>);

impl Default for Latencies {
    fn default() -> Self {
        Self(Histogram::new_with_bounds(1, LONGEST, DIGITS).expect("bounds and digits that there are"))
    }
}

impl Latencies {
    fn add(&mut self, latency: Duration) {
        self.0.saturating_record(u64::try_from(latency.as_micros()).unwrap_or(u64::MAX).max(1));
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// So many of a hundred answers took no longer.
    #[must_use]
    pub fn percentile(&self, percent: f64) -> Duration {
        Duration::from_micros(self.0.value_at_percentile(percent))
    }

    /// None took longer.
    #[must_use]
    pub fn max(&self) -> Duration {
        Duration::from_micros(self.0.max())
    }

    /// Bounds, each twice the one before it, and how many answers took less than each and not less than the one
    /// before.
    #[must_use]
    pub fn buckets(&self) -> Vec<(Duration, u64)> {
        let mut buckets: Vec<_> = self
            .0
            .iter_log(64, 2.0)
            .map(|step| {
                (Duration::from_micros(step.value_iterated_to() + 1), step.count_since_last_iteration())
            })
            .skip_while(|(_, count)| *count == 0)
            .collect();
        while buckets.last().is_some_and(|(_, count)| *count == 0) {
            buckets.pop();
        }
        buckets
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latencies_of_every_size_are_told_apart() {
        let mut latencies = Latencies::default();
        assert!(latencies.is_empty());
        for millis in 1..=100 {
            latencies.add(Duration::from_millis(millis));
        }
        latencies.add(Duration::from_secs(80));
        let near = |told: Duration, millis: u64| {
            let wanted = Duration::from_millis(millis);
            assert!(told.abs_diff(wanted) < wanted / 100, "{told:?} is not {wanted:?}");
        };
        near(latencies.percentile(50.0), 51);
        near(latencies.percentile(95.0), 96);
        near(latencies.max(), 80_000);
        assert_eq!(latencies.buckets().iter().map(|(_, count)| count).sum::<u64>(), 101);
    }
}
