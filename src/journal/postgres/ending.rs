//! What the end of an attempt makes of its entry, whoever holds the entry by then.

use crate::journal::entry::{Entry, Execution};
use crate::journal::store::{AttemptResult, Ticket};
use crate::profile::KeepBodies;
use crate::time::UnixMillis;

use super::hold::hold;

/// What is to become durable of an attempt that ended.
pub(super) struct Ending<'a> {
    /// The id of the entry.
    pub(super) entry: &'a str,
    /// The number of the attempt.
    pub(super) attempt: u32,
    /// The name of the lease that it was made under.
    pub(super) holder: &'a str,
    /// Whether an earlier attempt may have been executed.
    pub(super) maybe: bool,
    /// Whether it is a line of a batch, whose result counts as reported.
    pub(super) is_line: bool,
    /// What it ended with.
    pub(super) result: &'a AttemptResult,
}

/// What is to become durable of a ticket's attempt.
pub(super) fn ending<'a>(ticket: &'a Ticket, result: &'a AttemptResult, is_line: bool) -> Ending<'a> {
    let hold = hold(ticket);
    Ending {
        entry: &hold.entry,
        attempt: hold.attempt,
        holder: hold.holder.name(),
        maybe: ticket.maybe,
        is_line,
        result,
    }
}

impl Ending<'_> {
    /// What the end of the attempt makes of its entry.
    pub(super) fn apply(&self, mut entry: Entry, bodies: KeepBodies, now: UnixMillis) -> Entry {
        let is_ours = is_still_of(&entry, self.attempt, self.holder);
        entry.last_seen_at = entry.last_seen_at.max(now);
        if !entry.is_settled() {
            let mut taken = entry.clone();
            taken.take_result(self.result, self.maybe, bodies);
            let is_certain = self.result.execution == Execution::Final && taken.is_settled();
            if is_ours || is_certain {
                entry = taken;
            }
        }
        if is_ours && entry.state.is_final() {
            entry.held_by = None;
        }
        if self.is_line && entry.state.is_final() {
            entry.reported_at = entry.reported_at.or(Some(now));
        }
        entry
    }
}

/// Whether nobody has begun an attempt since, and nobody else holds the key.
pub(super) fn is_still_of(entry: &Entry, attempt: u32, holder: &str) -> bool {
    entry.attempts == attempt && entry.held_by.as_deref().is_none_or(|name| name == holder)
}
