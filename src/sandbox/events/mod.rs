//! Events: what is remembered of each change, and which endpoints are told of it, with which signatures, how
//! often and when.
//!
//! What waits to be delivered is in the data file, in the transaction of the change that it tells of. One
//! delivery worker for each server takes it from there. No order is promised, and a server that is killed in the
//! middle of a delivery makes it again.

pub(super) mod endpoints;
pub(super) mod event_types;
pub(super) mod queue;
pub(super) mod record;
mod schedule;
pub(super) mod secrets;
pub(super) mod worker;
