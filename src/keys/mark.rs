//! A mark of a key: enough to see that two keys are the same one, useless for anything else.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::ApiKey;
use crate::profile::{open_regular, sync_dir};

/// Bytes of salt, and of the file that holds it.
const SALT_BYTES: usize = 32;

/// The random salt of this home. Without it a mark cannot even be tried against a list of keys.
pub struct Salt([u8; SALT_BYTES]);

/// The salt could not be read or made.
#[derive(Debug, thiserror::Error)]
#[error("the salt file {path} cannot be read or made: {error}")]
pub struct MarkError {
    path: PathBuf,
    error: io::Error,
}

impl Salt {
    /// Reads the salt, or makes it the first time. Two processes at once end with the same one.
    ///
    /// # Errors
    /// When the file can be neither read nor made, or is not a salt.
    pub fn load_or_create(path: &Path) -> Result<Self, MarkError> {
        let made = match read(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => create(path).and_then(|()| read(path)),
            read => read,
        };
        made.map_err(|error| MarkError { path: path.to_owned(), error })
    }

    /// The mark of a key: an HMAC-SHA256 under the salt, in hexadecimal.
    #[must_use]
    pub fn mark(&self, key: &ApiKey) -> String {
        self.mark_text(key.expose())
    }

    /// What tells this home from every other of the same user: 16 hexadecimal digits, of which the salt
    /// cannot be learned.
    #[must_use]
    pub fn home(&self) -> String {
        let mut mark = self.mark_text("the home that stores these keys");
        mark.truncate(16);
        mark
    }

    /// The mark of any secret.
    #[must_use]
    pub fn mark_text(&self, secret: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(secret.as_bytes());
        hex::encode(mac.finalize().into_bytes())
    }
}

fn read(path: &Path) -> io::Result<Salt> {
    let mut salt = [0; SALT_BYTES];
    let mut file = open_regular(path, std::fs::OpenOptions::new().read(true), 0)?;
    file.read_exact(&mut salt).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => io::Error::other(format!("it is shorter than {SALT_BYTES} bytes")),
        _ => error,
    })?;
    Ok(Salt(salt))
}

fn create(path: &Path) -> io::Result<()> {
    let dir = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    crate::profile::create_private_dir(dir)?;
    let mut salt = [0; SALT_BYTES];
    getrandom::fill(&mut salt).map_err(io::Error::other)?;
    let mut file = super::private_file::temporary(dir)?;
    file.write_all(&salt)?;
    file.as_file().sync_all()?;
    match file.persist_noclobber(path) {
        Err(lost) if lost.error.kind() != io::ErrorKind::AlreadyExists => Err(lost.error),
        _ => sync_dir(dir),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_the_same_for_the_same_key_and_home_only() {
        let dir = tempfile::tempdir().expect("a directory");
        let salt = |name: &str| Salt::load_or_create(&dir.path().join(name)).expect("a salt");
        let key = |text: &str| ApiKey::parse(text).expect("a key");
        let mark = salt("a").mark(&key("sk_test_12345"));
        assert_eq!(mark, salt("a").mark(&key("sk_test_12345")));
        assert_ne!(mark, salt("a").mark(&key("sk_test_12346")));
        assert_ne!(mark, salt("b").mark(&key("sk_test_12345")));
    }
}
