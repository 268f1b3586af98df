//! What the journal does for batches: many lines in one transaction, under one lease.

use super::entry::Entry;
use super::fence::KeyHold;
use super::lease::Lease;
use super::store::{AttemptResult, Begin, Ticket};

/// The right to send lines of a batch, held until it is dropped or its process ends.
///
/// A line that is in flight names its holder in its entry, so that no other process sends under its key: see
/// [`Entry::held_by`].
#[derive(Debug)]
pub struct BatchLease {
    /// The holder, as entries name it.
    pub(super) holder: String,
    /// What tells others that the holder lives.
    pub(super) _lease: Option<Lease>,
}

impl BatchLease {
    /// Of a journal that gives out the lines of a batch one by one.
    pub(super) const fn of_each_line() -> Self {
        Self { holder: String::new(), _lease: None }
    }
}

/// What keeps others from sending under the key of a ticket.
#[derive(Debug)]
pub(super) enum Held {
    /// The key's own lease.
    ByKey { _lease: Lease },
    /// The lease of a batch, whose holder the entry names.
    ByBatch,
    /// A lease of a database, whose holder the entry names.
    ByDatabase(KeyHold),
}

/// An attempt that ended.
#[derive(Debug)]
pub struct Finished<'a> {
    /// The ticket of the line.
    pub ticket: &'a mut Ticket,
    /// What the attempt ended with.
    pub result: &'a AttemptResult,
}

/// Steps of many lines that become durable together.
#[derive(Debug, Default)]
pub struct Group<'a> {
    /// Attempts that ended. A final result lets its line go and counts as reported: a batch shows it again
    /// whenever it is run.
    pub finished: Vec<Finished<'a>>,
    /// Lines whose next attempt begins.
    pub again: Vec<&'a mut Ticket>,
    /// Lines that are let go without a final result. Their next attempt is another run's.
    pub released: Vec<&'a mut Ticket>,
    /// Lines that begin.
    pub begun: Vec<Begin<'a>>,
}

/// What the journal knows of a line before it is begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LineState {
    /// Nothing: it begins with a new key.
    New,
    /// It has no final result, and may be sent.
    Open,
    /// It has a final result, which is not sent again.
    Finished,
    /// It has no final result, and its key is too old to be sent.
    Expired,
    /// Its key stands for another request.
    Changed {
        /// The key.
        key: String,
        /// What differs, in words.
        differences: Vec<String>,
    },
    /// It was sent with another API key, and nobody can tell whether that is of the same account.
    OtherCredential {
        /// The key.
        key: String,
    },
}

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
    use super::rules::Decision;
    let Some(entry) = entry else { return LineState::New };
    match entry.decide_line(begin, begin.now) {
        Decision::Send => LineState::Open,
        Decision::Answer => LineState::Finished,
        Decision::Expired => LineState::Expired,
        Decision::Mismatch(differences) => LineState::Changed { key: entry.key, differences },
        Decision::OtherCredential => LineState::OtherCredential { key: entry.key },
    }
}
