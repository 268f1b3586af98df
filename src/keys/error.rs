//! What can go wrong with stored keys. No variant holds a secret.

use std::time::Duration;

use super::rotation::{ApiFailure, RuleError};
use super::{AuditError, HookError, MarkError, PointerError, SecretError, StoreError};

/// Why something with stored keys was not done, or not to its end.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// A store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The list of stored keys.
    #[error(transparent)]
    Pointer(#[from] PointerError),
    /// The salt of fingerprints.
    #[error(transparent)]
    Mark(#[from] MarkError),
    /// The log.
    #[error(transparent)]
    Audit(#[from] AuditError),
    /// A step that may not be taken.
    #[error(transparent)]
    Rule(#[from] RuleError),
    /// The secret is not what is wanted.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// A hook failed. The new key is in use, and the old one was not revoked.
    #[error(transparent)]
    Hook(#[from] HookError),
    /// The store has not what the list says.
    #[error(
        "{shown} is not in this {store}: another program removed it, and the {store} does not have the key any more"
    )]
    Lost {
        /// What the store is called.
        store: &'static str,
        /// The key, as it may be shown.
        shown: String,
    },
    /// Another store of the same kind answers than the one that was written to.
    #[error(
        "not in this {store}: it does not have the keys that are listed ({keys}), and is another {store} than the one they were stored in"
    )]
    OtherStore {
        /// What the store is called.
        store: &'static str,
        /// How many slots are listed there.
        keys: usize,
    },
    /// Nothing is stored under this name.
    #[error("no key is stored as {0}")]
    NothingStored(String),
    /// Another key is stored under this name.
    #[error("another key is stored as {name} already: {shown}")]
    Exists {
        /// The name.
        name: String,
        /// The key, as it may be shown.
        shown: String,
    },
    /// The API does not take the key.
    #[error("the API refuses the key {shown} (401), also after {} s", waited.as_secs())]
    Refused {
        /// The key, as it may be shown.
        shown: String,
        /// How long it was tried.
        waited: Duration,
    },
    /// The API could not be asked.
    #[error("the API could not be asked about {shown}: {}", failure.why)]
    Unreachable {
        /// The key, as it may be shown.
        shown: String,
        /// What happened.
        failure: ApiFailure,
    },
    /// The API did not do what it was asked.
    #[error("{} {what}: {}", if failure.may_be_done { "no answer tells whether the API did" } else { "the API did not" }, failure.why)]
    Remote {
        /// What it was asked to do.
        what: &'static str,
        /// What it said.
        failure: ApiFailure,
    },
    /// A key's object in the API is not known.
    #[error("the API does not list the key {0}, so its id is not known")]
    NoRemoteId(String),
    /// A person has to say so.
    #[error("{question}")]
    Unconfirmed {
        /// What has to be confirmed.
        question: String,
    },
    /// The API does not tell whose the new key is.
    #[error(
        "the API does not tell the account of {shown} (403), so it could not be compared with {expected}"
    )]
    AccountUnknown {
        /// The key, as it may be shown.
        shown: String,
        /// The account that is expected, or the key whose account it has to be.
        expected: String,
    },
    /// The previous key cannot be gone back to.
    #[error("the previous key {shown} cannot be used any more: {why}")]
    Gone {
        /// The key, as it may be shown.
        shown: String,
        /// How that is known.
        why: String,
    },
    /// A rotation was undone, since nothing was stored yet and its new key is not known any more.
    #[error("the rotation was undone: its new key had not been stored, so give the new key again")]
    Undone {
        /// Whether it was begun because the key in use is known to others, which it still is.
        compromised: bool,
    },
    /// The request for a new key may have been executed by the API.
    #[error("the API may have made the new key already, and will expire the old one")]
    MayBeMade,
}
