//! The arithmetic of shares: what is left of a period, and how an amount is divided. Pure.

/// A part of a whole. Amounts are divided by it to the unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Share {
    part: i64,
    whole: i64,
}

impl Share {
    /// What is left of a period at a time, by the second; of a time outside the period, the nearer end counts.
    pub(super) fn left(start: i64, end: i64, at: i64) -> Self {
        let whole = (end - start).max(1);
        Self { part: (end - at).min(whole).max(0), whole }
    }

    /// This share of an amount, at most the amount.
    pub(super) fn of(self, amount: i64) -> i64 {
        portion(amount, i128::from(self.part), i128::from(self.whole))
    }
}

/// `amount` times `part` over `whole`, to the nearest unit. Halves go away from zero, so that the credit for an
/// amount is the mirror of the charge for it. `part` is at most `whole` and `whole` at least 1, both below 2^62.
pub(super) fn portion(amount: i64, part: i128, whole: i128) -> i64 {
    let exact = i128::from(amount) * part;
    let rounded = (2 * exact.abs() + whole) / (2 * whole) * exact.signum();
    i64::try_from(rounded).expect("a part of an amount fits where the amount does")
}

/// Divides a total in proportion to weights, to the unit: the parts sum up to the total, and none is more than
/// its weight, where the total is at most the sum of the weights. Weights are not negative.
pub(super) fn spread(total: i64, weights: &[i64]) -> Vec<i64> {
    let sum: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
    let (mut so_far, mut given) = (0, 0);
    let part = |weight: &i64| {
        so_far += i128::from(*weight);
        let until_here = portion(total, so_far, sum.max(1));
        std::mem::replace(&mut given, until_here).abs_diff(until_here).try_into().unwrap_or_default()
    };
    weights.iter().map(part).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DAY: i64 = 86_400;

    #[test]
    fn half_of_a_month_is_half_of_its_price() {
        // 10 USD a month are changed to 20 USD in the middle of it.
        let left = Share::left(0, 30 * DAY, 15 * DAY);
        assert_eq!((left.of(-1000), left.of(2000)), (-500, 1000));
        assert_eq!(Share::left(0, 31 * DAY, 10 * DAY).of(1000), 677);
        assert_eq!(Share::left(0, 30 * DAY, 30 * DAY - 1).of(100_000_000), 39);
    }

    #[test]
    fn halves_go_away_from_zero_on_both_sides() {
        let half = Share::left(0, 2, 1);
        assert_eq!([half.of(1), half.of(-1), half.of(3), half.of(-3), half.of(0)], [1, -1, 2, -2, 0]);
    }

    #[test]
    fn a_time_outside_the_period_counts_as_its_nearer_end() {
        assert_eq!(Share::left(10, 20, 0).of(100), 100);
        assert_eq!(Share::left(10, 20, 25).of(100), 0);
        assert_eq!(Share::left(10, 10, 10).of(100), 0);
    }

    proptest! {
        #[test]
        fn what_is_used_and_what_is_left_are_the_whole_to_the_unit(
            amount in 0_i64..1_000_000_000_000, length in 1_i64..3_000_000_000, at in 0.0_f64..1.0,
        ) {
            #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "any time will do")]
            let at = (length as f64 * at) as i64;
            let left = Share::left(0, length, at).of(amount);
            let used = portion(amount, i128::from(at), i128::from(length));
            prop_assert!((0..=amount).contains(&left));
            prop_assert!((left + used - amount).abs() <= 1);
            prop_assert_eq!(Share::left(0, length, at).of(-amount), -left);
        }

        #[test]
        fn what_is_spread_stays_whole(
            weights in prop::collection::vec(0_i64..1_000_000_000_000, 1..12), share in 0_i64..=100,
        ) {
            let sum: i64 = weights.iter().sum();
            let total = portion(sum, i128::from(share), 100);
            let parts = spread(total, &weights);
            prop_assert_eq!(parts.iter().sum::<i64>(), total);
            prop_assert!(parts.iter().zip(&weights).all(|(part, weight)| part <= weight), "{:?}", parts);
        }
    }
}
