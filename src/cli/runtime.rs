//! The runtime of a command that talks to a server.

use super::failure::Failure;

/// A single-threaded runtime, for one command.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::internal(format!("no runtime can be made: {error}")))
}
