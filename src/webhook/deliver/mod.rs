//! One delivery: a signed POST, and what came of it. It is never redirected and never repeated.

mod answer;
mod connection;
mod dial;
mod request;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use hyper::body::Bytes;
use tokio::time::Instant;

use super::outcome::{DeliveryOutcome, DeliveryResult};
use super::target::Target;

pub use connection::Connection;
pub use dial::{DialError, Dialer};
pub use request::write_delivery;

/// How many connections to one target are kept for the next deliveries.
const MAX_IDLE: usize = 64;

/// Delivers, over connections that are kept. One may be used by many tasks at once.
#[derive(Debug)]
pub struct Deliverer {
    timeout: Duration,
    dialer: Dialer,
    idle: Mutex<HashMap<String, Vec<Connection>>>,
}

impl Deliverer {
    /// A deliverer whose attempts take `timeout` at most, from connecting to the end of the answer.
    #[must_use]
    pub fn new(timeout: Duration) -> Self {
        Self { timeout, dialer: Dialer::default(), idle: Mutex::default() }
    }

    /// Makes one attempt, with the headers that Stripe sends. `signature` is the value of `Stripe-Signature`.
    pub async fn deliver(&self, target: &Target, body: Bytes, signature: &str) -> DeliveryResult {
        let begun = Instant::now();
        let mut request = Vec::new();
        write_delivery(&mut request, target, &body, signature);
        let attempt = self.attempt(target, &request, begun);
        match tokio::time::timeout_at(begun + self.timeout, attempt).await {
            Ok(result) => result,
            Err(_) => {
                failed(DeliveryOutcome::TimedOut, format!("no answer within {:?}", self.timeout), begun)
            }
        }
    }

    async fn attempt(&self, target: &Target, request: &[u8], begun: Instant) -> DeliveryResult {
        let kept = self.take_idle(target);
        let mut connection = match kept {
            Some(connection) => connection,
            None => match self.dialer.dial(target, self.timeout).await {
                Ok(connection) => connection,
                Err(error) => return failed(error.outcome(), error.to_string(), begun),
            },
        };
        let deadline = begun + self.timeout;
        let result = connection.exchange(request, begun, deadline).await;
        if connection.is_kept_open() {
            self.keep(target, connection);
        }
        result
    }

    fn take_idle(&self, target: &Target) -> Option<Connection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = idle.get_mut(&origin(target))?;
        while let Some(mut connection) = kept.pop() {
            if connection.is_ready() {
                return Some(connection);
            }
        }
        None
    }

    fn keep(&self, target: &Target, connection: Connection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = idle.entry(origin(target)).or_default();
        if kept.len() < MAX_IDLE {
            kept.push(connection);
        }
    }
}

fn origin(target: &Target) -> String {
    target.url().origin().ascii_serialization()
}

fn failed(outcome: DeliveryOutcome, detail: String, begun: Instant) -> DeliveryResult {
    let (latency, detail) = (begun.elapsed(), Some(detail));
    DeliveryResult { outcome, status: None, location: None, detail, latency, answer: Vec::new() }
}
