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

/// Why paycli has no place for its files.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HomeError {
    /// The user has no home directory.
    #[error("there is no home directory: set HOME or PAYCLI_HOME")]
    None,
    /// Every user of the machine could replace the files in it.
    #[error("every user of this machine can write to {}: run chmod go-w on it", .0.display())]
    WritableByEveryone(PathBuf),
    /// Whoever made the link decides where secrets and journals go.
    #[error("{} is a symbolic link: move the folder there, or set PAYCLI_HOME to its real place", .0.display())]
    Link(PathBuf),
    /// Not a folder.
    #[error("{} is not a folder", .0.display())]
    NotAFolder(PathBuf),
}

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
        let strategy = etcetera::base_strategy::choose_native_strategy().map_err(|_| HomeError::None)?;
        Ok(Self {
            config_dir: strategy.config_dir().join("paycli"),
            data_dir: strategy.data_dir().join("paycli"),
        })
    }

    /// The same paths, after a look at the folders: no other user can put files into them, and the folder of
    /// data is not a link. What does not exist yet is made by paycli, for the user alone.
    ///
    /// # Errors
    /// When a folder cannot be trusted with secrets.
    pub fn trusted(self) -> Result<Self, HomeError> {
        if self.data_dir.is_symlink() {
            return Err(HomeError::Link(self.data_dir));
        }
        for dir in [&self.config_dir, &self.data_dir] {
            // An error here is the same for whoever opens a file in it, and is reported there.
            let Ok(meta) = std::fs::metadata(dir) else { continue };
            if !meta.is_dir() {
                return Err(HomeError::NotAFolder(dir.clone()));
            }
            if is_writable_by_everyone(&meta) {
                return Err(HomeError::WritableByEveryone(dir.clone()));
            }
        }
        Ok(self)
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

/// Creates a directory, and its parents, that only the user can enter (0700). A new directory is an entry of
/// its parent, so the parent is synced too: what is put into it later would be lost with it.
///
/// # Errors
/// When the file system refuses.
pub fn create_private_dir(dir: &Path) -> io::Result<()> {
    if dir.is_dir() {
        return Ok(());
    }
    let parent = dir.parent().filter(|parent| !parent.as_os_str().is_empty());
    if let Some(parent) = parent {
        create_private_dir(parent)?;
    }
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(dir) {
        // Another process made it in between.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && dir.is_dir() => return Ok(()),
        made => made?,
    }
    sync_dir(parent.unwrap_or_else(|| Path::new(".")))
}

/// Makes the entries of a directory durable: the files that were created in it or renamed into it.
///
/// # Errors
/// When the file system refuses.
#[cfg(unix)]
pub fn sync_dir(dir: &Path) -> io::Result<()> {
    std::fs::File::open(dir)?.sync_all()
}

/// Windows has no way to sync a directory.
///
/// # Errors
/// Never.
#[cfg(not(unix))]
pub fn sync_dir(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn is_writable_by_everyone(meta: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    meta.permissions().mode() & 0o002 != 0
}

#[cfg(not(unix))]
fn is_writable_by_everyone(_: &std::fs::Metadata) -> bool {
    false
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn a_folder_that_everyone_can_write_to_and_a_link_in_place_of_data_are_refused() {
        let dir = tempfile::tempdir().expect("a directory");
        let home = dir.path().join("home");
        let paths = || Paths::resolve(Some(home.clone().into_os_string())).expect("paths").trusted();
        assert!(paths().is_ok(), "what does not exist yet is no danger");
        create_private_dir(&home.join("data")).expect("made");
        assert!(paths().is_ok());
        for open in [home.clone(), home.join("data")] {
            std::fs::set_permissions(&open, std::fs::Permissions::from_mode(0o777)).expect("opened");
            assert!(matches!(paths(), Err(HomeError::WritableByEveryone(dir)) if dir == open));
            std::fs::set_permissions(&open, std::fs::Permissions::from_mode(0o700)).expect("closed");
        }
        std::fs::rename(home.join("data"), dir.path().join("elsewhere")).expect("moved");
        symlink(dir.path().join("elsewhere"), home.join("data")).expect("a link");
        assert!(matches!(paths(), Err(HomeError::Link(_))));
    }
}
