//! Requests without an idempotency key: reads, and v1's DELETE.

use std::time::Instant;

use crate::journal::Intent;

use super::report::Report;
use super::send::{Record, Sender};

/// Sends a request that has no idempotency key. Retries are safe: reading changes nothing, and what is
/// deleted stays deleted.
pub async fn fetch(sender: &mut Sender<'_>, intent: &Intent) -> Report {
    let started = Instant::now();
    let run = sender.attempts(intent, &mut Record::Unkeyed { maybe: false }).await;
    Report { elapsed: started.elapsed(), ..run.report(intent) }
}
