//! Webhooks: deliveries signed and verified as the official libraries do.

mod batch;
pub mod battery;
mod body;
mod bulk;
mod capture;
mod credentials;
pub mod deliver;
mod delivery;
mod dialect;
mod dispatch;
mod event;
pub mod explain;
pub mod export;
mod header;
pub mod import;
mod lenient_base64;
mod line;
pub mod listen;
mod listening;
mod number;
mod outcome;
mod pattern;
pub mod replay;
pub mod signature;
mod signing_key;
pub mod standard;
pub mod store;
mod target;
pub mod templates;
mod unescape;
mod verdict;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod vectors;

pub use batch::{BatchVerifier, LineReason};
pub use body::stripe_body;
pub use bulk::{Answers, BulkSummary, MAX_LINE_BYTES, verify_lines};
pub use capture::{Capture, CaptureError};
pub use credentials::{MADE_HERE, without_credentials};
pub use deliver::Deliverer;
pub use delivery::DELIVERY_HEADERS;
pub use dispatch::{DispatchError, Dispatched, dispatch};
pub use event::{EventError, EventFacts, EventId};
pub use listening::{Listening, ListeningError};
pub use outcome::{DeliveryOutcome, DeliveryResult, KEPT_ANSWER};
pub use pattern::{PatternError, TypePattern, TypePatterns};
pub use signing_key::SigningKey;
pub use standard::{StandardHeaders, StandardKey};
pub use target::{Target, TargetError};
pub use verdict::{Library, Reason, Scheme, Verdict, Window};
