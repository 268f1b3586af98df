//! Changing a stored secret: adding, rotating, rolling back, revoking and removing it.
//!
//! The rules (`rules`) say what may follow what; the files beside them do it, one atomic step at a time, so
//! that a process that is killed anywhere leaves a usable key and a list that says what to do next.

mod api;
mod end;
pub(super) mod rules;
mod steps;
pub(super) mod ways;
mod work;

pub use api::{Api, ApiFailure, Made, Probe};
pub use end::Revocation;
pub use rules::RuleError;
pub use ways::{Action, NewVersion, Way};
pub use work::{Added, NewKey, Work};
