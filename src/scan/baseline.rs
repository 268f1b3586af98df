//! The baseline: keys that were found before and are known about. It holds fingerprints under a salt of its own,
//! so that it can lie in the repository beside what it tells of.

use std::io::Write;
use std::path::{Path, PathBuf};

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::Leak;
use super::report::shown_path;
use crate::keys::Secret;

/// The version of the file's form. A reader refuses every other one, since it would let keys through that it does not
/// know how to compare.
const VERSION: u64 = 1;

/// The most that is read of a file, in bytes: 100,000 keys take a sixth of it.
const MOST_BYTES: u64 = 128 << 20;

/// A baseline.
#[derive(Debug, Serialize, Deserialize)]
pub struct Baseline {
    version: u64,
    salt: String,
    keys: Vec<Known>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Known {
    fingerprint: String,
    /// For people.
    key: String,
    /// For people: where it was found first. The key is known wherever it is.
    path: String,
}

/// Read before the rest, so that another version is told apart from a broken file.
#[derive(Deserialize)]
struct Head {
    version: u64,
}

/// Why a baseline cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// There is none.
    #[error("there is no baseline {0}")]
    Missing(PathBuf),
    /// It cannot be read or written.
    #[error("the baseline {path} cannot be used: {error}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// It is no baseline.
    #[error("{path} is not a baseline: {why}")]
    Broken {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Another paycli wrote it.
    #[error("the baseline {path} has version {version}, and this paycli reads version {VERSION}")]
    OtherVersion {
        /// The file.
        path: PathBuf,
        /// Its version.
        version: u64,
    },
}

impl Baseline {
    /// Reads a baseline.
    ///
    /// # Errors
    /// When there is none, or it is not one that this version reads.
    pub fn load(path: &Path) -> Result<Self, BaselineError> {
        use std::io::Read;
        let file_error = |error: std::io::Error| match error.kind() {
            std::io::ErrorKind::NotFound => BaselineError::Missing(path.to_owned()),
            _ => BaselineError::File { path: path.to_owned(), error },
        };
        let mut bytes = Vec::new();
        let file = std::fs::File::open(path).map_err(file_error)?;
        file.take(MOST_BYTES).read_to_end(&mut bytes).map_err(file_error)?;
        let broken = |why: String| BaselineError::Broken { path: path.to_owned(), why };
        let head: Head = serde_json::from_slice(&bytes).map_err(|error| broken(error.to_string()))?;
        if head.version != VERSION {
            return Err(BaselineError::OtherVersion { path: path.to_owned(), version: head.version });
        }
        let baseline: Self = serde_json::from_slice(&bytes).map_err(|error| broken(error.to_string()))?;
        let salt = hex::decode(&baseline.salt).map_err(|_| broken("its salt is not hexadecimal".into()))?;
        if salt.len() < 16 {
            return Err(broken("its salt is shorter than 16 bytes".into()));
        }
        Ok(baseline)
    }

    /// A baseline of what was found, under a salt that it makes.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn of<'a>(leaks: impl IntoIterator<Item = &'a Leak>) -> std::io::Result<Self> {
        let mut salt = [0; 32];
        getrandom::fill(&mut salt).map_err(std::io::Error::other)?;
        let mut baseline = Self { version: VERSION, salt: hex::encode(salt), keys: Vec::new() };
        for leak in leaks {
            if !baseline.knows(&leak.secret) {
                let fingerprint = baseline.fingerprint(&leak.secret);
                let (key, path) = (leak.secret.redacted(), shown_path(&leak.path));
                baseline.keys.push(Known { fingerprint, key, path });
            }
        }
        Ok(baseline)
    }

    /// Writes it in place of what was there.
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn save(&self, path: &Path) -> Result<(), BaselineError> {
        let file_error = |error| BaselineError::File { path: path.to_owned(), error };
        let mut text = serde_json::to_vec_pretty(self).expect("texts are JSON");
        text.push(b'\n');
        let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut builder = tempfile::Builder::new();
        builder.prefix(".paycli-baseline-");
        // It is no secret, and goes into the repository as other files do.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
        let mut file = builder.tempfile_in(dir).map_err(file_error)?;
        file.write_all(&text).map_err(file_error)?;
        file.persist(path).map_err(|error| file_error(error.error))?;
        Ok(())
    }

    /// How many keys it knows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether it knows none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Whether a key is known, wherever it is found.
    #[must_use]
    pub fn knows(&self, secret: &Secret) -> bool {
        let fingerprint = self.fingerprint(secret);
        self.keys.iter().any(|known| known.fingerprint == fingerprint)
    }

    fn fingerprint(&self, secret: &Secret) -> String {
        let salt = hex::decode(&self.salt).expect("checked when it was read, or made here");
        let mut mac = Hmac::<Sha256>::new_from_slice(&salt).expect("HMAC takes keys of any length");
        mac.update(secret.expose().as_bytes());
        hex::encode(mac.finalize().into_bytes())
    }
}
