//! Checks of how keys are kept and used: one table, one file for each kind of check. Each check is pure; what it looks
//! at is collected by the command line and handed in as [`Facts`].

mod facts;
mod file_modes;
mod idempotency;
mod leaks;
mod logs;
mod modes;
mod privilege;
mod report;
mod rotation;
mod swapped;
mod table;
mod webhooks;

pub use facts::{
    Call, Endpoint, Facts, FileLeak, Origin, Seen, Setting, StoredKey, UnkeyedWrite, settings_in,
};
#[cfg(unix)]
pub use file_modes::open_to_others;
pub use logs::unkeyed_writes;
pub use report::{human, json, sarif};
pub use table::{CHECKS, Check, Checked, audit};

#[cfg(test)]
mod tests;
