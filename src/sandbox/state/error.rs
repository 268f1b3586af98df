//! What can go wrong with the sandbox itself, as against what its API answers.

use std::path::PathBuf;

/// Why the sandbox could not be opened or served. The texts read well after `error: `.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// A file or directory could not be made or read.
    #[error("cannot use {}: {source}", path.display())]
    File {
        /// Which one.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file of keys holds something else.
    #[error("the sandbox's keys in {} cannot be read ({reason}); remove the file to have new ones made", path.display())]
    Keys {
        /// The file.
        path: PathBuf,
        /// What is wrong with it; never its text.
        reason: &'static str,
    },
    /// Written by a later paycli. Nothing was changed.
    #[error("{} was written by a newer paycli (format {found}, this one knows {known}); update paycli, or use another file", path.display())]
    NewerVersion {
        /// The file.
        path: PathBuf,
        /// The version in the file.
        found: i64,
        /// The newest version that this program can read.
        known: i64,
    },
    /// `SQLite` refused.
    #[error("cannot use {}: {source}", path.display())]
    Database {
        /// The data file.
        path: PathBuf,
        /// What it said.
        source: rusqlite::Error,
    },
    /// No randomness to make keys and ids from.
    #[error("the system gives no random numbers: {0}")]
    Randomness(#[from] getrandom::Error),
    /// The thread that writes could not be started.
    #[error("the sandbox cannot start its writer: {0}")]
    Writer(std::io::Error),
}
