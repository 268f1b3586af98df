//! Where secrets are kept: one trait, a store for each kind of place.

mod age_file;
mod environment;
mod error;
mod keyring;
mod stores;

use secrecy::SecretString;

use super::Slot;
use crate::profile::Mode;

pub use crate::profile::StoreKind;

pub use age_file::{AgeFileStore, Passphrase};
pub use environment::EnvironmentStore;
pub use error::StoreError;
pub use keyring::KeyringStore;
pub use stores::{OpenStore, Stores};

/// A place that keeps secrets. A slot is written once; deleting what is not there is no error.
pub trait SecretStore {
    /// The secret of a slot, or nothing.
    ///
    /// # Errors
    /// When the store cannot answer: that is not the same as having nothing.
    fn get(&self, slot: &Slot) -> Result<Option<SecretString>, StoreError>;

    /// Keeps a secret.
    ///
    /// # Errors
    /// When the store refuses or cannot answer. It may have kept the secret all the same.
    fn set(&self, slot: &Slot, secret: &SecretString) -> Result<(), StoreError>;

    /// Forgets a secret.
    ///
    /// # Errors
    /// When the store refuses or cannot answer. It may have forgotten the secret all the same.
    fn delete(&self, slot: &Slot) -> Result<(), StoreError>;

    /// What tells this store from every other of its kind: a random text that lies in it. A store gets it
    /// with its first secret; one without it is new, or was written by a paycli that did not know of it.
    ///
    /// # Errors
    /// When the store cannot answer.
    fn identity(&self, mode: Mode) -> Result<Option<String>, StoreError>;

    /// The path of every slot that holds a secret, of whatever profile.
    ///
    /// # Errors
    /// When the store cannot answer, or cannot list what it holds.
    fn slots(&self, mode: Mode) -> Result<Vec<String>, StoreError>;
}
