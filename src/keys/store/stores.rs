//! The stores of one mode, each opened when a secret is really needed from it.

use std::cell::OnceCell;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use secrecy::SecretString;

use super::{AgeFileStore, KeyringStore, Passphrase, SecretStore, StoreError, StoreKind};

/// A way to a store of each kind.
pub trait OpenStore {
    /// The store of a kind.
    ///
    /// # Errors
    /// When nothing can be kept there.
    fn open(&self, kind: StoreKind) -> Result<&dyn SecretStore, StoreError>;
}

/// The keyring and the key file of one mode.
pub struct Stores {
    limit: Duration,
    on_wait: Rc<dyn Fn()>,
    file: PathBuf,
    passphrase: Rc<Passphrase>,
    keyring: OnceCell<KeyringStore>,
    age_file: OnceCell<AgeFileStore>,
}

impl Stores {
    /// Stores that are not opened yet. `limit` is for each call of the keyring, and `on_wait` is called when
    /// one takes long.
    #[must_use]
    pub fn new(limit: Duration, on_wait: Rc<dyn Fn()>, file: PathBuf, passphrase: Rc<Passphrase>) -> Self {
        let (keyring, age_file) = (OnceCell::new(), OnceCell::new());
        Self { limit, on_wait, file, passphrase, keyring, age_file }
    }

    /// The key file.
    pub fn key_file(&self) -> &AgeFileStore {
        self.age_file.get_or_init(|| AgeFileStore::new(self.file.clone(), self.passphrase()))
    }

    /// The key file's passphrase, asked once.
    fn passphrase(&self) -> Box<Passphrase> {
        let (ask, known) = (Rc::clone(&self.passphrase), OnceCell::new());
        Box::new(move |is_new| {
            if let Some(known) = known.get() {
                return Ok(SecretString::clone(known));
            }
            let given = ask(is_new)?;
            Ok(known.get_or_init(|| given).clone())
        })
    }
}

impl OpenStore for Stores {
    fn open(&self, kind: StoreKind) -> Result<&dyn SecretStore, StoreError> {
        match kind {
            StoreKind::Keyring => {
                let open = || {
                    let on_wait = Rc::clone(&self.on_wait);
                    KeyringStore::new(self.limit, Box::new(move || on_wait()))
                };
                Ok(self.keyring.get_or_init(open))
            }
            StoreKind::File => Ok(self.key_file()),
            StoreKind::Env => Err(StoreError::ReadOnly),
        }
    }
}
