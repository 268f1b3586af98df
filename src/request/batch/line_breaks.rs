//! On which line of a file a byte stands, for a reader that looks ahead and keeps no text.

use std::collections::VecDeque;

/// The line breaks that were read and lie behind the last place that was asked for.
#[derive(Debug, Default)]
pub(super) struct LineBreaks {
    /// Offsets of `\r` and `\n`, and whether it is a `\n`, which ends a line.
    ahead: VecDeque<(u64, bool)>,
    read: u64,
    ended: u64,
}

impl LineBreaks {
    /// Takes note of the next bytes of the file.
    pub(super) fn pass(&mut self, bytes: &[u8]) {
        let breaks = memchr::memchr2_iter(b'\r', b'\n', bytes);
        self.ahead.extend(breaks.map(|at| (self.read + at as u64, bytes[at] == b'\n')));
        self.read += bytes.len() as u64;
    }

    /// The line, from 1, of the first byte at or behind an offset that is no line break: the CSV reader says that a row
    /// begins in front of the empty lines and of the rest of a `\r\n` before it. Offsets never decrease.
    pub(super) fn line_at(&mut self, offset: u64) -> u64 {
        let mut at = offset;
        while let Some((place, ends_line)) = self.ahead.front().copied().filter(|(place, _)| *place <= at) {
            self.ahead.pop_front();
            self.ended += u64::from(ends_line);
            at = at.max(place + 1);
        }
        self.ended + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_stands_behind_the_breaks_before_it() {
        let mut breaks = LineBreaks::default();
        for bytes in [&b"id\r"[..], b"\n\r\n\na,\"x\ny\"\nb"] {
            breaks.pass(bytes);
        }
        // A row may begin in front of its breaks, behind them, or between.
        assert_eq!([0, 3, 5, 7].map(|offset| breaks.line_at(offset)), [1, 4, 4, 4]);
        assert_eq!([14, 15].map(|offset| breaks.line_at(offset)), [6, 6]);
    }
}
