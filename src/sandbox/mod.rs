//! The embedded sandbox: a local API that behaves as Stripe's does where this tool cares.
//!
//! It is the judge of the client, so it shares none of the client's code: what a key means, when an
//! answer is stored and what a replay looks like are decided here by the sandbox's own rules. Those rules
//! (`idempotency`, `cards`, `clock`, `params`, `schema`) touch no file, socket or system clock.

mod admin;
mod api;
mod api_error;
mod auth;
mod body;
mod cards;
mod clock;
mod connections;
mod control;
mod database;
mod db;
mod deliveries;
mod error;
mod event_types;
mod events;
mod execute;
mod expand;
mod faults;
mod fields;
mod headers;
mod idempotency;
mod ids;
mod in_flight;
mod in_process;
mod key_table;
mod keys;
mod list;
mod outgoing;
mod params;
mod permissions;
mod records;
mod resources;
mod schema;
mod search_query;
mod server;
mod settings;
mod store;
#[cfg(test)]
mod tests;
mod time;
mod v2;
mod values;
mod versions;
mod writer;

pub use clock::Clock;
pub use control::{Announcement, ControlError, Server, new_token};
pub use db::Storage;
pub use error::SandboxError;
pub use faults::{Fault, FaultError};
pub use in_process::{InProcess, Refused};
pub use keys::SandboxKeys;
pub use server::Sandbox;
pub use settings::AfterRetries;
