//! Shannon's entropy of a few bytes. Pure.

/// Bits of information per byte, by how often each byte occurs: 0 for one byte repeated, about 4.5 for 24 random
/// letters and digits.
#[must_use]
pub(super) fn bits_per_byte(bytes: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in bytes {
        counts[usize::from(*byte)] += 1;
    }
    let length = f64::from(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
    let bits = |count: &u32| {
        let share = f64::from(*count) / length;
        -share * share.log2()
    };
    counts.iter().filter(|count| **count > 0).map(bits).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_byte_repeated_tells_nothing_and_sixteen_different_ones_four_bits() {
        assert!(bits_per_byte(b"aaaaaaaa").abs() < 1e-9);
        assert!((bits_per_byte(b"0123456789abcdef") - 4.0).abs() < 1e-9);
        assert!(bits_per_byte(b"").abs() < 1e-9);
    }
}
