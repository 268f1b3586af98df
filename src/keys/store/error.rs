//! Why a store did not do what it was asked. No variant holds a secret.

use std::path::PathBuf;
use std::time::Duration;

/// Why a store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// What is there is not text.
    #[error("{0} is not UTF-8 text")]
    NotText(String),
    /// The keyring did not answer in time.
    #[error(
        "the keyring did not answer within {} s: it may be waiting to be unlocked, or hang",
        .0.as_secs_f64()
    )]
    Timeout(Duration),
    /// There is no keyring, or it cannot be reached.
    #[error("there is no keyring that answers: {0}")]
    Unavailable(String),
    /// The keyring is locked, or its owner refused.
    #[error("the keyring is locked, or refused access: {0}")]
    Locked(String),
    /// The keyring failed in another way.
    #[error("the keyring failed: {0}")]
    Failed(String),
    /// The keyring has more than one entry for a slot.
    #[error("the keyring has more than one entry {0:?}: remove them with the keyring's own program")]
    Ambiguous(String),
    /// The secret is longer than the keyring takes.
    #[error("the secret is longer than this keyring takes")]
    TooLong,
    /// What was stored came back changed, or did not come back.
    #[error("the {0} did not give back what was stored in it")]
    NotReadBack(&'static str),
    /// The passphrase is not given, and there is nobody to ask.
    #[error("the key file needs its passphrase, and there is no terminal to ask at")]
    NoPassphrase,
    /// The passphrase was asked for, and the question failed.
    #[error("the passphrase was not given: {0}")]
    NotAsked(String),
    /// There is no file whose passphrase could be changed.
    #[error("there is no key file {0}")]
    NoFile(PathBuf),
    /// The new passphrase is the old one.
    #[error("the new passphrase is the same as the old one: nothing was changed")]
    SamePassphrase,
    /// The passphrase is empty.
    #[error("the passphrase is empty")]
    EmptyPassphrase,
    /// The file does not open with this passphrase.
    #[error("the key file {0} does not open: the passphrase is wrong, or the file was changed")]
    WrongPassphrase(PathBuf),
    /// The file is not what it should be.
    #[error("the key file {path} is damaged: {why}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The file cannot be read or written.
    #[error("the key file {path} cannot be used: {error}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// The environment keeps nothing.
    #[error("with --keystore env nothing is stored: keys come from PAYCLI_API_KEY or STRIPE_API_KEY alone")]
    ReadOnly,
}
