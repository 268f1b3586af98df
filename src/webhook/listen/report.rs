//! What happens while it is listened, to be shown.

use std::time::Duration;

use crate::webhook::explain::Explanation;
use crate::webhook::outcome::DeliveryOutcome;

/// What happened, to be shown.
#[derive(Debug, Clone)]
pub enum ListenReport {
    /// A delivery was verified and stored, or an event was read from the API.
    Received {
        /// The event's id.
        id: String,
        /// Its type.
        kind: String,
        /// The object that it tells of.
        object: Option<String>,
        /// Whether an event of this id had come before.
        is_duplicate: bool,
    },
    /// A delivery was not accepted.
    Refused {
        /// The status that it was answered with.
        status: u16,
        /// Why, as a word for scripts.
        reason: &'static str,
        /// Why, in words.
        detail: String,
        /// The causes that were found.
        causes: Vec<Explanation>,
    },
    /// An attempt to forward an event ended.
    Forwarded {
        /// The event's id.
        id: String,
        /// Where to.
        target: String,
        /// What came of it.
        outcome: DeliveryOutcome,
        /// The status of the answer.
        status: Option<u16>,
        /// What went wrong, in words.
        detail: Option<String>,
        /// How long it took.
        latency: Duration,
        /// Whether another attempt follows.
        is_retried: bool,
    },
    /// An event was stored and not forwarded, since too many wait for the target.
    Overflowed {
        /// The event's id.
        id: String,
        /// The target.
        target: String,
    },
    /// The API cannot be read now.
    Waiting {
        /// Why.
        why: String,
        /// When it is tried again.
        pause: Duration,
    },
    /// Something that a person should know.
    Notice(String),
}
