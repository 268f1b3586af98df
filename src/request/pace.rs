//! How fast a batch may send: a token bucket that halves its rate when the API limits it (429), and speeds up
//! again while it does not. Time comes in as an argument.

use std::time::Duration;

/// What is added to the rate in every second without a 429, as a share of the wanted rate.
const RECOVERY: f64 = 0.05;

/// The least that is left of a rate, in requests a second.
const SLOWEST: f64 = 1.0;

/// 429s within this time count as one: they answer what was sent at one rate.
const ONE_LIMIT: Duration = Duration::from_secs(1);

/// How much of a second's requests may be sent at once after a pause.
const BURST_SECONDS: f64 = 0.1;

/// A pace, in requests a second.
#[derive(Debug, Clone)]
pub(super) struct Pace {
    /// The rate that is wanted; none: as fast as it goes.
    wanted: Option<f64>,
    /// The rate now; none: as fast as it goes.
    rate: Option<f64>,
    /// The earliest time of the next request, since the start.
    next: Duration,
    /// When the rate was last changed.
    changed_at: Duration,
    limited_at: Option<Duration>,
    /// Requests since the rate was last looked at, which tell the rate of a pace without one.
    sent: u32,
}

impl Pace {
    /// A pace of so many requests a second; none: as fast as it goes.
    pub(super) const fn new(wanted: Option<f64>) -> Self {
        Self {
            wanted,
            rate: wanted,
            next: Duration::ZERO,
            changed_at: Duration::ZERO,
            limited_at: None,
            sent: 0,
        }
    }

    /// The rate now, where there is one.
    pub(super) const fn rate(&self) -> Option<f64> {
        self.rate
    }

    /// Books a request, and says how long it has to wait.
    pub(super) fn book(&mut self, now: Duration) -> Duration {
        self.recover(now);
        self.sent = self.sent.saturating_add(1);
        let Some(rate) = self.rate else { return Duration::ZERO };
        let burst = Duration::from_secs_f64(BURST_SECONDS.max(1.0 / rate));
        let slot = self.next.max(now.saturating_sub(burst));
        self.next = slot + Duration::from_secs_f64(1.0 / rate);
        slot.saturating_sub(now)
    }

    /// Notes that the API limited the rate.
    pub(super) fn limited(&mut self, now: Duration) {
        if self.limited_at.is_some_and(|last| now.saturating_sub(last) < ONE_LIMIT) {
            return;
        }
        let since = now.saturating_sub(self.changed_at).as_secs_f64().max(0.1);
        let rate = self.rate.unwrap_or(f64::from(self.sent) / since);
        self.rate = Some((rate / 2.0).max(SLOWEST));
        self.next = self.next.max(now);
        (self.limited_at, self.changed_at, self.sent) = (Some(now), now, 0);
    }

    fn recover(&mut self, now: Duration) {
        let (Some(rate), Some(limited_at)) = (self.rate, self.limited_at) else { return };
        let since = now.saturating_sub(self.changed_at.max(limited_at)).as_secs_f64();
        if since < 1.0 {
            return;
        }
        (self.changed_at, self.sent) = (now, 0);
        match self.wanted {
            Some(wanted) if rate < wanted => self.rate = Some((rate + RECOVERY * wanted * since).min(wanted)),
            Some(_) => self.limited_at = None,
            // Nobody said how fast it may become: a tenth more every second finds it out.
            None => self.rate = Some(rate * 1.1_f64.powf(since)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn seconds(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    /// Sends as fast as the pace lets it, and returns how many requests left until a time.
    fn sent_until(pace: &mut Pace, mut now: Duration, end: Duration) -> u32 {
        let mut sent = 0;
        loop {
            now += pace.book(now);
            if now >= end {
                return sent;
            }
            sent += 1;
        }
    }

    #[test]
    fn no_more_leaves_in_a_second_than_the_rate_and_a_small_burst() {
        let mut pace = Pace::new(Some(25.0));
        let sent = sent_until(&mut pace, seconds(5.0), seconds(15.0));
        assert!((250..=254).contains(&sent), "{sent}");
        assert_eq!(Pace::new(None).book(Duration::ZERO), Duration::ZERO);
    }

    #[test]
    fn a_429_halves_the_rate_once_a_second_and_it_comes_back() {
        let mut pace = Pace::new(Some(100.0));
        sent_until(&mut pace, Duration::ZERO, seconds(1.0));
        for millis in [0, 100, 900] {
            pace.limited(seconds(1.0) + Duration::from_millis(millis));
        }
        assert_eq!(pace.rate(), Some(50.0));
        pace.limited(seconds(2.1));
        assert_eq!(pace.rate(), Some(25.0));
        for second in 3..40 {
            pace.book(seconds(f64::from(second)));
        }
        assert_eq!(pace.rate(), Some(100.0));
    }

    #[test]
    fn a_pace_without_a_rate_gets_one_from_what_was_sent() {
        let mut pace = Pace::new(None);
        for millis in 0..1000 {
            pace.book(Duration::from_millis(millis));
        }
        pace.limited(seconds(1.0));
        let rate = pace.rate().expect("a rate");
        assert!((490.0..510.0).contains(&rate), "{rate}");
        pace.book(seconds(2.5));
        assert!(pace.rate().expect("a rate") > rate);
    }

    proptest! {
        #[test]
        fn whatever_happens_the_rate_stays_between_its_bounds(
            wanted in 1.0..500.0_f64,
            steps in prop::collection::vec((0.0..3.0_f64, any::<bool>()), 1..60),
        ) {
            let (mut pace, mut now) = (Pace::new(Some(wanted)), Duration::ZERO);
            for (pause, is_limited) in steps {
                now += seconds(pause);
                pace.book(now);
                if is_limited {
                    pace.limited(now);
                }
                let rate = pace.rate().expect("a rate");
                prop_assert!(rate >= SLOWEST.min(wanted) && rate <= wanted.max(SLOWEST), "{rate}");
            }
        }
    }
}
