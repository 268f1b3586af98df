//! Webhooks: deliveries signed and verified as the official libraries do.

mod batch;
mod bulk;
mod capture;
mod delivery;
mod dialect;
pub mod explain;
mod header;
mod lenient_base64;
mod line;
mod number;
pub mod signature;
mod signing_key;
pub mod standard;
mod unescape;
mod verdict;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod vectors;

pub use batch::{BatchVerifier, LineReason};
pub use bulk::{Answers, BulkSummary, MAX_LINE_BYTES, verify_lines};
pub use capture::{Capture, CaptureError};
pub use delivery::DELIVERY_HEADERS;
pub use signing_key::SigningKey;
pub use standard::{StandardHeaders, StandardKey};
pub use verdict::{Library, Reason, Scheme, Verdict, Window};
