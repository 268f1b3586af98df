//! The test bench of an endpoint: good deliveries that it has to accept, bad ones that it has to refuse, and
//! what the answers say about its code.
//!
//! A check is an entry of a table (`accept`, `refuse`); `forge` makes its deliveries, `judge` reads what came
//! back, `fingerprint` names the mistake behind the failures, and `run` is the only part that sends anything.

mod accept;
mod check;
mod fingerprint;
mod forge;
mod judge;
mod junit;
mod probe;
mod refuse;
mod run;
mod table;

#[cfg(test)]
mod tests;

pub use check::{Check, Group, Severity};
pub use fingerprint::{Mistake, mistakes};
pub use forge::{Forge, TestDelivery};
pub use judge::{Answer, CheckResult, Latency, Outcome, Status, judge};
pub use junit::junit;
pub use probe::count as count_effects;
pub use run::{Battery, BatteryError, Endpoint, Probe, Report};
pub use table::{checks, nearest_check, select};
