//! paycli, a command-line client for Stripe's API, for money that must move exactly once.
//!
//! The library holds everything but the command line's entry point, in rooms whose dependencies point
//! one way: `cli` may use every room; `sandbox` and `request` stand on `journal`, `keys` and `profile`.
//! ARCHITECTURE.md draws the map, and `tests/cli/architecture/` keeps it true.

// The sandbox's largest objects are written out field by field, in one `json!` each.
#![recursion_limit = "256"]

pub mod advice;
pub mod api_map;
pub mod audit;
pub mod certificate;
pub mod cli;
pub mod credential;
pub mod exit;
pub mod journal;
pub mod keys;
pub mod output;
pub mod process;
pub mod profile;
pub mod request;
pub mod sandbox;
pub mod scan;
pub mod time;
pub mod webhook;

#[cfg(test)]
#[expect(dead_code, reason = "the tests of the command line use all of it")]
#[path = "../tests/support/postgres.rs"]
mod test_postgres;

/// The version of this paycli.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
