//! Lines of batches: the operation that each of them is, and what is known of it before it begins.

use super::entry::Entry;
use super::rules::Decision;
use super::store::{Begin, LineState};

/// What stands between the name of a batch and the id of a line in an operation.
const SEPARATOR: char = '/';

/// The operation that a line of a batch is: its key belongs to it for good. The name of a batch has no `/`.
#[must_use]
pub fn line_operation(batch: &str, line: &str) -> String {
    format!("{batch}{SEPARATOR}{line}")
}

/// The operations of all lines of a batch: at or after the first, before the second.
pub(super) fn operations_of(batch: &str) -> (String, String) {
    let after = char::from_u32(u32::from(SEPARATOR) + 1).expect("the sign after a slash");
    (format!("{batch}{SEPARATOR}"), format!("{batch}{after}"))
}

/// What stands for a line's entry now, without beginning it.
pub(super) fn line_state(entry: Option<Entry>, begin: &Begin<'_>) -> LineState {
    let Some(entry) = entry else { return LineState::New };
    match entry.decide_line(begin, begin.now) {
        Decision::Send => LineState::Open,
        Decision::Answer => LineState::Finished,
        Decision::Expired => LineState::Expired,
        Decision::Mismatch(differences) => LineState::Changed { key: entry.key, differences },
        Decision::OtherCredential => LineState::OtherCredential { key: entry.key },
    }
}
