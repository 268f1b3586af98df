//! How a replay is carried out, and why it may end early.

use std::time::Duration;

use super::identity::Signing;
use super::source::SourceError;
use crate::webhook::signing_key::SigningKey;
use crate::webhook::store::StoreError;
use crate::webhook::target::Target;

/// How a replay is carried out.
#[derive(Clone)]
pub struct Plan {
    /// Where to.
    pub target: Target,
    /// What signs. None where the original signatures are sent.
    pub keys: Vec<SigningKey>,
    /// Fresh signatures, or those that the events came with.
    pub signing: Signing,
    /// How many deliveries are under way at once, at least 1.
    pub concurrency: usize,
    /// How many deliveries begin in a second at most.
    pub rate: Option<f64>,
    /// How often a failed delivery is repeated.
    pub retries: u32,
    /// Whether the events of one object may overtake each other.
    pub is_unordered: bool,
    /// How long an attempt may take.
    pub timeout: Duration,
    /// The replay's number in the store.
    pub replay: i64,
    /// The clock, in Unix milliseconds.
    pub now: fn() -> i64,
}

/// Why a replay ended before its end.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The store failed: nothing more was sent.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file has a line that is no event.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The system gave no thread or no runtime.
    #[error("the replay cannot be started: {0}")]
    System(std::io::Error),
}
