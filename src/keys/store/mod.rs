//! Where secrets are kept: one trait, a store for each kind of place.

mod age_file;
mod environment;
mod error;
mod keyring;
mod stores;

use secrecy::SecretString;

use super::Slot;

pub use crate::profile::StoreKind;

pub use age_file::AgeFileStore;
pub use environment::EnvironmentStore;
pub use error::StoreError;
pub use keyring::KeyringStore;
pub use stores::{OpenStore, Passphrase, Stores};

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
}
