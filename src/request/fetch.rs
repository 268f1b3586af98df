//! Requests without an idempotency key: reads, and v1's DELETE.

use std::time::Instant;

use crate::journal::Intent;
use crate::time::UnixMillis;

use super::attempts::Record;
use super::report::Report;
use super::sender::Sender;
use super::unsent::too_late_unkeyed;

/// Sends a request that has no idempotency key. Retries are safe: reading changes nothing, and what is
/// deleted stays deleted.
pub async fn fetch(sender: &mut Sender<'_>, intent: &Intent) -> Report {
    let started = Instant::now();
    if sender.policy.is_over(UnixMillis::now()) {
        return too_late_unkeyed(intent);
    }
    let run = sender.attempts(intent, &mut Record::Unkeyed { maybe: false }).await;
    Report { elapsed: started.elapsed(), ..run.report(intent) }
}
