//! The embedded sandbox: a local API that behaves as Stripe's does where this tool cares.
//!
//! It is the judge of the client, so it shares none of the client's code: what a key means, when an
//! answer is stored and what a replay looks like are decided here by the sandbox's own rules. Those rules
//! (`idempotency/rules`, `cards`, `time/clock`, `params`) touch no file, socket or system clock.
//!
//! Its rooms stand one above the other, and know only what is below them: `http`, `control`, `api`, `v2`,
//! `resources`, `time`, `events`, `idempotency`, `keys`, `state`, `params`, and the tables of this folder.

mod api;
mod cards;
mod control;
mod events;
mod faults;
mod http;
mod idempotency;
mod keys;
mod params;
mod resources;
mod state;
#[cfg(test)]
mod tests;
mod time;
mod v2;
mod version;

pub use api::in_process::{InProcess, Refused};
pub use control::client::{Announcement, ControlError, Server, new_token};
pub use faults::{Fault, FaultError};
pub use http::server::Sandbox;
pub use keys::home::SandboxKeys;
pub use state::db::Storage;
pub use state::error::SandboxError;
pub use state::settings::AfterRetries;
pub use time::clock::Clock;
