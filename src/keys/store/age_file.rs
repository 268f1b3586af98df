//! A file of secrets, encrypted with a passphrase (age, scrypt): for machines that have no keyring.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::rc::Rc;

use age::DecryptError;
use secrecy::zeroize::{Zeroize, Zeroizing};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{SecretStore, StoreError};
use crate::keys::{Slot, private_file};
use crate::profile::Mode;

/// scrypt's work factor: 2^15 blocks take some 100 ms and 32 MB.
const WORK_FACTOR: u8 = 15;

/// What a file may demand at most: 2^20 blocks are 1 GB. A file that was not made here could ask for more.
const MAX_WORK_FACTOR: u8 = 20;

/// The version of the content.
const VERSION: u32 = 1;

/// Asks for the passphrase of the key file; told whether the file is new.
pub type Passphrase = dyn Fn(bool) -> Result<SecretString, StoreError>;

/// The encrypted file of one mode.
pub struct AgeFileStore {
    path: PathBuf,
    passphrase: Box<Passphrase>,
    /// The file as it was last read, and what was in it: the same bytes need no second decryption, which
    /// takes scrypt's 100 ms.
    read: RefCell<Option<(Vec<u8>, Rc<Content>)>>,
}

/// What is in the file. It exists in memory only, and is overwritten when it is dropped.
#[derive(Default, Clone, Serialize, Deserialize)]
struct Content {
    version: u32,
    /// What tells this file from another. A paycli that did not know of it wrote none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    identity: Option<String>,
    secrets: BTreeMap<String, String>,
}

impl Drop for Content {
    fn drop(&mut self) {
        self.secrets.values_mut().for_each(Zeroize::zeroize);
    }
}

impl AgeFileStore {
    /// The store over a file, which need not exist yet. `passphrase` is asked when it is needed, and told
    /// whether the file is new.
    #[must_use]
    pub fn new(path: PathBuf, passphrase: Box<Passphrase>) -> Self {
        Self { path, passphrase, read: RefCell::new(None) }
    }

    /// Encrypts the file with another passphrase: at every moment the old one or the new one opens all of it.
    ///
    /// # Errors
    /// When there is no file, the passphrase is the same, or the file cannot be read or written: then the
    /// old passphrase opens it as before.
    pub fn change_passphrase(&self, new: &SecretString) -> Result<(), StoreError> {
        let lock = private_file::lock(&self.path.with_extension("age.lock"));
        let _held = lock.map_err(|error| self.file_error(error))?;
        let content = self.load()?.ok_or_else(|| StoreError::NoFile(self.path.clone()))?;
        if (self.passphrase)(false)?.expose_secret() == new.expose_secret() {
            return Err(StoreError::SamePassphrase);
        }
        self.write(&content, new.clone())
    }

    /// What the file holds; nothing where there is none.
    fn load(&self) -> Result<Option<Rc<Content>>, StoreError> {
        let Some(bytes) = private_file::read(&self.path).map_err(|error| self.file_error(error))? else {
            return Ok(None);
        };
        if let Some((_, content)) = self.read.borrow().as_ref().filter(|(known, _)| *known == bytes) {
            return Ok(Some(Rc::clone(content)));
        }
        let content = Rc::new(self.open(&bytes, (self.passphrase)(false)?)?);
        *self.read.borrow_mut() = Some((bytes, Rc::clone(&content)));
        Ok(Some(content))
    }

    fn open(&self, bytes: &[u8], passphrase: SecretString) -> Result<Content, StoreError> {
        let plain = self.decrypt(bytes, passphrase)?;
        let content: Content = serde_json::from_slice(&plain).map_err(|_| self.damaged("no list of keys"))?;
        if content.version > VERSION {
            return Err(self.damaged("it was written by a newer paycli"));
        }
        Ok(content)
    }

    fn decrypt(&self, bytes: &[u8], passphrase: SecretString) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        let decryptor = age::Decryptor::new_buffered(bytes).map_err(|error| self.translate(&error))?;
        if !decryptor.is_scrypt() {
            return Err(self.damaged("it was not made with a passphrase"));
        }
        let mut identity = age::scrypt::Identity::new(passphrase);
        identity.set_max_work_factor(MAX_WORK_FACTOR);
        let reader = decryptor.decrypt(std::iter::once(&identity as &dyn age::Identity));
        let mut plain = Zeroizing::new(Vec::with_capacity(bytes.len()));
        let mut reader = reader.map_err(|error| self.translate(&error))?;
        reader.read_to_end(&mut plain).map_err(|_| self.damaged("its end is missing or was changed"))?;
        Ok(plain)
    }

    fn save(&self, content: &Content) -> Result<(), StoreError> {
        self.write(content, (self.passphrase)(!self.path.exists())?)
    }

    /// Puts a new file in place of the old one, after a look whether it opens.
    fn write(&self, content: &Content, passphrase: SecretString) -> Result<(), StoreError> {
        let mut recipient = age::scrypt::Recipient::new(passphrase.clone());
        recipient.set_work_factor(WORK_FACTOR);
        let plain = Zeroizing::new(serde_json::to_vec(content).expect("names and texts are JSON"));
        let encrypted = encrypt(&recipient, &plain).map_err(|error| self.file_error(error))?;
        let content = Rc::new(self.open(&encrypted, passphrase)?);
        private_file::replace(&self.path, &encrypted).map_err(|error| self.file_error(error))?;
        *self.read.borrow_mut() = Some((encrypted, content));
        Ok(())
    }

    /// Changes the file while nobody else does.
    fn update(&self, change: impl FnOnce(&mut Content) -> bool) -> Result<(), StoreError> {
        let lock = private_file::lock(&self.path.with_extension("age.lock"));
        let _held = lock.map_err(|error| self.file_error(error))?;
        let mut content = self.load()?.as_deref().cloned().unwrap_or_default();
        content.version = VERSION;
        content.identity.get_or_insert_with(|| Uuid::new_v4().to_string());
        if change(&mut content) { self.save(&content) } else { Ok(()) }
    }

    fn translate(&self, error: &DecryptError) -> StoreError {
        match error {
            DecryptError::DecryptionFailed
            | DecryptError::KeyDecryptionFailed
            | DecryptError::NoMatchingKeys => StoreError::WrongPassphrase(self.path.clone()),
            DecryptError::ExcessiveWork { .. } => self.damaged("it asks for more work than paycli ever does"),
            DecryptError::InvalidMac => self.damaged("its head was changed"),
            _ => self.damaged("it is cut short, or is not an age file"),
        }
    }

    fn damaged(&self, why: &str) -> StoreError {
        StoreError::Damaged { path: self.path.clone(), why: why.to_owned() }
    }

    fn file_error(&self, error: std::io::Error) -> StoreError {
        StoreError::File { path: self.path.clone(), error }
    }
}

fn encrypt(recipient: &age::scrypt::Recipient, plain: &[u8]) -> std::io::Result<Vec<u8>> {
    let encryptor = age::Encryptor::with_recipients(std::iter::once(recipient as &dyn age::Recipient))
        .map_err(std::io::Error::other)?;
    let mut bytes = Vec::new();
    let mut writer = encryptor.wrap_output(&mut bytes)?;
    writer.write_all(plain)?;
    writer.finish()?;
    Ok(bytes)
}

impl SecretStore for AgeFileStore {
    fn get(&self, slot: &Slot) -> Result<Option<SecretString>, StoreError> {
        let content = self.load()?;
        let text = content.as_ref().and_then(|content| content.secrets.get(&slot.path));
        Ok(text.map(|text| SecretString::from(text.as_str())))
    }

    fn set(&self, slot: &Slot, secret: &SecretString) -> Result<(), StoreError> {
        self.update(|content| {
            content.secrets.insert(slot.path.clone(), secret.expose_secret().to_owned());
            true
        })
    }

    fn delete(&self, slot: &Slot) -> Result<(), StoreError> {
        if !self.path.exists() {
            return Ok(());
        }
        self.update(|content| content.secrets.remove(&slot.path).is_some())
    }

    fn identity(&self, _: Mode) -> Result<Option<String>, StoreError> {
        Ok(self.load()?.and_then(|content| content.identity.clone()))
    }

    fn slots(&self, _: Mode) -> Result<Vec<String>, StoreError> {
        Ok(self.load()?.map(|content| content.secrets.keys().cloned().collect()).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Mode;

    fn store(path: PathBuf, passphrase: &str) -> AgeFileStore {
        let passphrase = SecretString::from(passphrase);
        AgeFileStore::new(path, Box::new(move |_| Ok(passphrase.clone())))
    }

    fn slot(id: &str) -> Slot {
        Slot { mode: Mode::Test, path: format!("test/api/{id}") }
    }

    #[test]
    fn secrets_are_kept_given_back_and_forgotten() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("secrets.age");
        let file = store(path.clone(), "correct horse");
        assert!(file.get(&slot("1")).expect("an answer").is_none());
        file.delete(&slot("1")).expect("nothing to forget");
        assert!(!path.exists());
        for (id, text) in [("1", "first-secret"), ("2", "second-secret")] {
            file.set(&slot(id), &SecretString::from(text)).expect("kept");
        }
        let shown = |id: &str| {
            file.get(&slot(id)).expect("an answer").map(|secret| secret.expose_secret().to_owned())
        };
        assert_eq!(shown("1").as_deref(), Some("first-secret"));
        file.delete(&slot("1")).expect("forgotten");
        assert_eq!((shown("1"), shown("2").as_deref()), (None, Some("second-secret")));
        let bytes = std::fs::read(&path).expect("a file");
        assert!(!bytes.windows(6).any(|window| window == b"second"));
        let other = store(path, "wrong");
        assert!(matches!(other.get(&slot("2")), Err(StoreError::WrongPassphrase(_))));
        let kept = other.set(&slot("3"), &SecretString::from("x"));
        assert!(matches!(kept, Err(StoreError::WrongPassphrase(_))), "a wrong passphrase writes nothing");
    }

    #[test]
    fn a_file_that_was_cut_or_changed_is_never_read_as_something_else() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("secrets.age");
        store(path.clone(), "p").set(&slot("1"), &SecretString::from("a-secret")).expect("kept");
        let whole = std::fs::read(&path).expect("a file");
        let step = whole.len() / 12;
        for at in (0..whole.len()).step_by(step) {
            let mut changed = whole.clone();
            changed[at] ^= 1;
            for broken in [&whole[..at], &changed] {
                std::fs::write(&path, broken).expect("broken");
                let seen = store(path.clone(), "p").get(&slot("1"));
                let is_told =
                    matches!(seen, Err(StoreError::Damaged { .. } | StoreError::WrongPassphrase(_)));
                assert!(is_told, "{} bytes, changed at {at}", broken.len());
            }
        }
    }
}
