//! Where files are: `PAYCLI_HOME`, or the platform's own places.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;

use super::Mode;

/// The folders of paycli's configuration and data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    config_dir: PathBuf,
    data_dir: PathBuf,
}

/// There is no home directory to put files in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no home directory: set HOME or PAYCLI_HOME")]
pub struct HomeError;

impl Paths {
    /// Everything under one directory when `home` (`PAYCLI_HOME`) is given and not empty; else the XDG
    /// directories, or the platform's own places on macOS and Windows.
    ///
    /// # Errors
    /// When the user has no home directory.
    pub fn resolve(home: Option<OsString>) -> Result<Self, HomeError> {
        if let Some(home) = home.filter(|home| !home.is_empty()) {
            let home = PathBuf::from(home);
            return Ok(Self { data_dir: home.join("data"), config_dir: home });
        }
        let strategy = etcetera::base_strategy::choose_native_strategy().map_err(|_| HomeError)?;
        Ok(Self {
            config_dir: strategy.config_dir().join("paycli"),
            data_dir: strategy.data_dir().join("paycli"),
        })
    }

    /// The configuration file.
    #[must_use]
    pub fn config_file(&self) -> PathBuf {
        self.config_dir.join("config.toml")
    }

    /// The folder of everything that paycli writes by itself.
    #[must_use]
    pub fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// The journal of a mode. Test and live never share a file.
    #[must_use]
    pub fn journal_file(&self, mode: Mode) -> PathBuf {
        self.data_dir.join(format!("journal.{mode}.sqlite"))
    }

    /// The event store of a mode. Test and live never share a file.
    #[must_use]
    pub fn events_file(&self, mode: Mode) -> PathBuf {
        self.data_dir.join(format!("events.{mode}.sqlite"))
    }

    /// The state of the embedded sandbox.
    #[must_use]
    pub fn sandbox_file(&self) -> PathBuf {
        self.data_dir.join("sandbox.sqlite")
    }

    /// The sandbox's keys, which are not secrets.
    #[must_use]
    pub fn sandbox_keys_file(&self) -> PathBuf {
        self.data_dir.join("sandbox-keys.json")
    }

    /// The list of the stored keys of a mode, which holds none of them.
    #[must_use]
    pub fn key_list_file(&self, mode: Mode) -> PathBuf {
        self.data_dir.join(format!("keys.{mode}.json"))
    }

    /// The log of what was done with the keys of a mode.
    #[must_use]
    pub fn key_log_file(&self, mode: Mode) -> PathBuf {
        self.data_dir.join(format!("keys.{mode}.log"))
    }

    /// The encrypted file of keys of a mode, where one was chosen.
    #[must_use]
    pub fn key_store_file(&self, mode: Mode) -> PathBuf {
        self.data_dir.join(format!("keys.{mode}.age"))
    }

    /// The random salt under which marks of keys are made.
    #[must_use]
    pub fn salt_file(&self) -> PathBuf {
        self.data_dir.join("salt")
    }
}

/// Creates a directory, and its parents, that only the user can enter (0700).
///
/// # Errors
/// When the file system refuses.
pub fn create_private_dir(dir: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}
