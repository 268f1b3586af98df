//! When a delivery that failed is tried again. Pure.

/// The gaps before the second, third and fourth attempt, in seconds. Stripe's documentation of sandboxes
/// says "three times over the course of a few hours" and no more; the gaps are ours.
const GAPS: &[i64] = &[10 * 60, 60 * 60, 2 * 60 * 60];

/// When to try again after so many attempts, the last of them at `now`; nothing when it is given up.
pub(super) fn next(attempts: u32, now: i64) -> Option<i64> {
    let gap = GAPS.get(usize::try_from(attempts.checked_sub(1)?).ok()?)?;
    Some(now.saturating_add(*gap))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_is_tried_four_times_with_growing_gaps() {
        let all: Vec<_> = (1..=5).map(|attempts| next(attempts, 1_000)).collect();
        assert_eq!(all, [Some(1_600), Some(4_600), Some(8_200), None, None]);
        assert!(GAPS.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
