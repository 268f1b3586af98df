//! The calendar of billing: where periods end. Pure.

use jiff::{Span, Timestamp, tz::Offset};
use serde_json::Value;

/// A day, in seconds.
pub(in crate::sandbox) const DAY: i64 = 24 * 60 * 60;

/// How a price recurs: how many of which unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Interval {
    Days(i64),
    Months(i64),
}

impl Interval {
    fn of(recurring: &Value) -> Self {
        let count = recurring["interval_count"].as_i64().unwrap_or(1).max(1);
        match recurring["interval"].as_str() {
            Some("day") => Self::Days(count),
            Some("week") => Self::Days(7 * count),
            Some("year") => Self::Months(12 * count),
            _ => Self::Months(count),
        }
    }

    /// The moment that lies `times` intervals after `start`: of months the same day, or the last one of a
    /// month that is shorter.
    fn times_after(self, start: i64, times: i64) -> Option<i64> {
        let months = match self {
            Self::Days(days) => return days.checked_mul(times)?.checked_mul(DAY)?.checked_add(start),
            Self::Months(months) => months.checked_mul(times)?,
        };
        let start = Offset::UTC.to_datetime(Timestamp::from_second(start).ok()?);
        let end = start.checked_add(Span::new().try_months(months).ok()?).ok()?;
        Offset::UTC.to_timestamp(end).ok().map(Timestamp::as_second)
    }

    /// At most as many intervals as surely fit between two moments.
    const fn fit_at_least(self, seconds: i64) -> i64 {
        match self {
            Self::Days(days) => seconds / (days * DAY),
            Self::Months(months) => seconds / (months * 31 * DAY),
        }
    }
}

/// The end of the period that begins at `start`, where periods are counted from `anchor`: a subscription of
/// the 31st ends on the last day of a short month, and on the 31st again after it.
pub(in crate::sandbox) fn end(anchor: i64, recurring: &Value, start: i64) -> i64 {
    let interval = Interval::of(recurring);
    let first = interval.fit_at_least((start - anchor).max(0));
    // Later than the calendar goes there is no end.
    let ends = (first..).map_while(|times| interval.times_after(anchor, times));
    ends.into_iter().find(|end| *end > start).unwrap_or(i64::MAX / 2)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    /// 2024-01-31T12:00:00Z.
    const START: i64 = 1_706_702_400;

    fn ends(interval: &str, count: i64, periods: usize) -> Vec<String> {
        let recurring = json!({"interval": interval, "interval_count": count});
        let next = |start: &i64| Some(end(START, &recurring, *start));
        let ends = std::iter::successors(Some(START), next).skip(1).take(periods);
        ends.map(|end| Timestamp::from_second(end).expect("a time").to_string()).collect()
    }

    #[test]
    fn a_month_later_is_the_same_day_or_the_last() {
        assert_eq!(
            ends("month", 1, 4),
            ["2024-02-29T12:00:00Z", "2024-03-31T12:00:00Z", "2024-04-30T12:00:00Z", "2024-05-31T12:00:00Z"]
        );
        assert_eq!(ends("month", 3, 1), ["2024-04-30T12:00:00Z"]);
        assert_eq!(ends("year", 1, 2), ["2025-01-31T12:00:00Z", "2026-01-31T12:00:00Z"]);
        assert_eq!(ends("week", 2, 1), ["2024-02-14T12:00:00Z"]);
        assert_eq!(ends("day", 1, 2), ["2024-02-01T12:00:00Z", "2024-02-02T12:00:00Z"]);
    }

    proptest! {
        #[test]
        fn periods_follow_each_other_without_a_gap(
            anchor in 0_i64..4_000_000_000,
            unit in prop::sample::select(vec!["day", "week", "month", "year"]),
            count in 1_i64..13,
            skipped in 0_i64..400_000_000,
        ) {
            let recurring = json!({"interval": unit, "interval_count": count});
            let start = end(anchor, &recurring, anchor + skipped);
            let next = end(anchor, &recurring, start);
            prop_assert!(start > anchor + skipped && next > start);
            // Nothing ends in between.
            prop_assert_eq!(end(anchor, &recurring, next - 1), next);
            prop_assert_eq!(end(anchor, &recurring, start), next);
        }
    }
}
