//! The entry that a command names.

use crate::cli::failure::Failure;
use crate::journal::{Entry, Journal, JournalError};

/// The entry of a key, or the failure that says that there is none.
pub(super) fn found(journal: &dyn Journal, key: &str) -> Result<Entry, Failure> {
    let missing = || Failure::from(JournalError::NoEntry(key.to_owned())).next("journal list");
    journal.find(key)?.ok_or_else(missing)
}
