//! What a listener works with.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use tokio::sync::{mpsc, watch};

use super::forward::Forwarder;
use super::report::ListenReport;
use crate::webhook::explain::Explanation;
use crate::webhook::pattern::TypePatterns;
use crate::webhook::signing_key::SigningKey;
use crate::webhook::store::StoreWriter;
use crate::webhook::verdict::Verdict;

/// Finds the causes of a failed verification: the body, the header, the length that was announced, the verdict.
pub type Explain = dyn Fn(&[u8], Option<&[u8]>, Option<u64>, &Verdict) -> Vec<Explanation> + Send + Sync;

/// How a listener works.
pub struct Listener {
    /// The keys that deliveries are verified with; empty where they are not verified.
    pub keys: Vec<SigningKey>,
    /// Whether deliveries are verified.
    pub is_verified: bool,
    /// Which events are shown, forwarded and counted. Others are stored and no more.
    pub events: TypePatterns,
    /// The largest body that is accepted, in bytes.
    pub max_body: usize,
    /// After so many events it stops.
    pub count: Option<u64>,
    /// Finds causes.
    pub explain: Box<Explain>,
    /// Where events go.
    pub forwarder: Arc<Forwarder>,
    /// Where they are stored.
    pub writer: Arc<StoreWriter>,
    /// Hears what happens.
    pub reports: mpsc::Sender<ListenReport>,
    /// Ends it.
    pub stop: watch::Sender<bool>,
    /// The clock, in Unix milliseconds.
    pub now: fn() -> i64,
    /// How many events were counted.
    pub counted: AtomicU64,
}
