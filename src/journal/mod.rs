//! The journal: what was meant, what was sent and what is known of it, durable before and after every
//! attempt.
//!
//! It promises that an intent is on disk before the first byte leaves, that one key stands for one
//! request, that one process at a time sends under a key, and that a key whose window is over is never
//! handed out for sending. Sending itself is `request`'s.

mod batch;
mod canonical;
mod client_secret;
mod credential_place;
mod entry;
mod error;
mod fence;
mod fingerprint;
mod intent;
mod kept;
mod lease;
mod lease_clock;
mod method;
mod postgres;
mod row_id;
mod rules;
mod sqlite;
mod store;
#[cfg(test)]
mod suite;
mod transitions;

pub use crate::time::UnixMillis;
pub use batch::line_operation;
pub use entry::{Attempt, Entry, Execution, KeySource, State, Summary};
pub use error::JournalError;
pub use fence::Fence;
pub use fingerprint::Fingerprint;
pub use intent::{Family, Intent};
pub use kept::KeptBody;
pub use lease::Lease;
pub use method::{Method, MethodError};
pub use postgres::{
    Address, AddressError, LEASE, Opening, PasswordError, PasswordSources, PostgresJournal, TlsDefaults,
};
pub use rules::{CLOCK_SLACK_MILLIS, DEADLINE_MARGIN_MILLIS};
pub use sqlite::SqliteJournal;
pub use store::{
    AttemptResult, BatchLease, Begin, Begun, Filter, Finished, Group, Journal, KeyChoice, LineState,
    Position, Resolution, Ticket,
};
