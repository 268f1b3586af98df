//! The pointer file of a mode: which slot of which store holds which version. It holds no secret, and is
//! replaced as a whole.

use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::lineage::{KeyLineage, Now};
use super::{LineageId, private_file, unix_seconds};
use crate::profile::Mode;
use crate::time::UnixMillis;

/// The version of the file's form. 2 added `superseded` and the versions of slots that are to be deleted: an
/// earlier paycli would drop both, and with them the only trace of a key that works.
const VERSION: u32 = 2;

/// What the file says.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Pointers {
    version: u32,
    mode: String,
    /// The latest time that was written down. A clock that is behind it went back.
    #[serde(with = "unix_seconds")]
    pub last_seen: UnixMillis,
    /// The identity of each store that secrets were put into, by the word of its kind. An older paycli drops
    /// it; a secret that is found again proves a store as well.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub stores: BTreeMap<String, String>,
    /// Every secret, by `profile/name`. The stored name is the one that version 1 gave it.
    #[serde(rename = "chains")]
    pub lineages: BTreeMap<String, KeyLineage>,
}

/// Read before the rest, so that a newer file is told apart from a broken one.
#[derive(Deserialize)]
struct Head {
    version: u32,
    mode: String,
}

/// Why the file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PointerError {
    /// It cannot be read, written or locked.
    #[error("the list of stored keys {path} cannot be used: {error}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// It is not what it should be.
    #[error("the list of stored keys {path} is damaged: {why}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Somebody else changes the same secret.
    #[error("another process is changing the key {0}")]
    Busy(String),
}

/// The file of one mode.
#[derive(Debug, Clone)]
pub struct PointerFile {
    path: PathBuf,
    mode: Mode,
}

/// The right to change one secret, held until it is dropped or its process ends.
#[derive(Debug)]
pub struct LineageLock {
    _file: File,
}

impl PointerFile {
    /// The file at a path, which need not exist.
    #[must_use]
    pub const fn new(path: PathBuf, mode: Mode) -> Self {
        Self { path, mode }
    }

    /// What the file says; nothing where there is none.
    ///
    /// # Errors
    /// When it cannot be read, or is not what it should be.
    pub fn load(&self) -> Result<Pointers, PointerError> {
        let Some(bytes) = private_file::read(&self.path).map_err(|error| self.file_error(error))? else {
            let (version, mode) = (VERSION, self.mode.to_string());
            return Ok(Pointers {
                version,
                mode,
                last_seen: UnixMillis(0),
                stores: BTreeMap::new(),
                lineages: BTreeMap::new(),
            });
        };
        let head: Head = serde_json::from_slice(&bytes).map_err(|error| self.damaged(error.to_string()))?;
        if head.version > VERSION {
            return Err(self.damaged(format!("it was written by a newer paycli (version {})", head.version)));
        }
        if head.mode != self.mode.as_str() {
            return Err(self.damaged(format!("it is the list of {} mode", head.mode)));
        }
        let known: Pointers =
            serde_json::from_slice(&bytes).map_err(|error| self.damaged(error.to_string()))?;
        Ok(Pointers { version: VERSION, ..known })
    }

    /// Changes what the file says, while nobody else does. A change that fails leaves it as it was.
    ///
    /// # Errors
    /// When the file cannot be used, or the change says so.
    pub fn update<T, E: From<PointerError>>(
        &self,
        now: UnixMillis,
        change: impl FnOnce(&mut Pointers) -> Result<T, E>,
    ) -> Result<T, E> {
        let lock = private_file::lock(&self.path.with_extension("lock"));
        let _held = lock.map_err(|error| self.file_error(error))?;
        let mut pointers = self.load()?;
        let done = change(&mut pointers)?;
        pointers.last_seen = pointers.last_seen.max(now);
        pointers.lineages.retain(|_, lineage| !lineage.is_empty());
        let text = serde_json::to_vec_pretty(&pointers).expect("names, numbers and texts are JSON");
        private_file::replace(&self.path, &text).map_err(|error| self.file_error(error))?;
        Ok(done)
    }

    /// The folder of the file.
    pub(super) fn folder(&self) -> Option<&Path> {
        self.path.parent().filter(|folder| folder.is_dir())
    }

    /// Takes the right to change one secret. It is not waited for.
    ///
    /// # Errors
    /// When another process has it.
    pub fn lock(&self, id: &LineageId) -> Result<LineageLock, PointerError> {
        let name = format!("{}@{}.lock", id.profile, id.name);
        let path = self.path.with_extension("locks").join(name);
        let file = private_file::lock_file(&path).map_err(|error| self.file_error(error))?;
        match file.try_lock() {
            Ok(()) => Ok(LineageLock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(PointerError::Busy(id.to_string())),
            Err(TryLockError::Error(error)) => Err(self.file_error(error)),
        }
    }

    fn damaged(&self, why: String) -> PointerError {
        PointerError::Damaged { path: self.path.clone(), why }
    }

    fn file_error(&self, error: std::io::Error) -> PointerError {
        PointerError::File { path: self.path.clone(), error }
    }
}

impl Pointers {
    /// What is known of a secret.
    #[must_use]
    pub fn lineage(&self, id: &LineageId) -> Option<&KeyLineage> {
        self.lineages.get(&id.path())
    }

    /// The time: the clock, and what was written down.
    #[must_use]
    pub const fn now(&self, clock: UnixMillis) -> Now {
        Now { clock, last_seen: self.last_seen }
    }

    /// Takes the clock's word: it is right, and times ahead of it were written under one that was not.
    pub fn accept_clock(&mut self, clock: UnixMillis) {
        self.last_seen = self.last_seen.min(clock);
        self.lineages.values_mut().for_each(|lineage| lineage.accept_clock(clock));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::{SecretKind, SecretName};

    fn id(mode: Mode) -> LineageId {
        let name = SecretName::of_kind(SecretKind::Api);
        LineageId { mode, profile: "test".parse().expect("a name"), name }
    }

    #[test]
    fn a_file_of_the_other_mode_a_newer_one_and_a_broken_one_are_refused() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("keys.test.json");
        let file = PointerFile::new(path.clone(), Mode::Test);
        file.update::<_, PointerError>(UnixMillis(7000), |_| Ok(())).expect("written");
        assert_eq!(file.load().expect("read").last_seen, UnixMillis(7000));
        let other = PointerFile::new(path.clone(), Mode::Live);
        assert!(matches!(other.load(), Err(PointerError::Damaged { .. })));
        for text in ["", "{", "{}", r#"{"version": 3, "mode": "test", "x": 1}"#] {
            std::fs::write(&path, text).expect("written");
            assert!(matches!(file.load(), Err(PointerError::Damaged { .. })), "{text}");
        }
    }

    #[test]
    fn a_list_of_an_earlier_paycli_is_read_and_written_back_under_the_same_names_in_seconds() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("keys.test.json");
        let stored = |id: &str| {
            serde_json::json!({
                "place": {"store": "keyring", "id": id}, "shown": "sk_test_****1234", "fingerprint": "f",
                "key_kind": "secret", "account": null, "remote_id": null,
                "added_at": 1_700_000_000, "expires_at": 1_700_000_300,
            })
        };
        let old = serde_json::json!({
            "version": 2, "mode": "test", "last_seen": 1_700_000_200,
            "chains": {"test/api": {
                "kind": "api", "current": stored("2"), "rotation": null, "superseded": [],
                "previous": {
                    "stored": stored("1"), "retire_after": 1_700_000_250, "overlap_seconds": 250,
                    "compromised": false,
                },
                "doomed": [{"store": "keyring", "id": "0", "stored": null}],
            }},
        });
        std::fs::write(&path, old.to_string()).expect("written");
        let file = PointerFile::new(path.clone(), Mode::Test);
        let lineage = file.load().expect("read").lineage(&id(Mode::Test)).cloned().expect("listed");
        let current = lineage.current.as_ref().expect("a key");
        assert_eq!(current.added_at, UnixMillis(1_700_000_000_000));
        assert_eq!(current.expires_at, Some(UnixMillis(1_700_000_300_000)));
        assert_eq!(lineage.pending_deletion.len(), 1);
        file.update::<_, PointerError>(UnixMillis(1_700_000_200_999), |_| Ok(())).expect("written");
        let new: serde_json::Value =
            serde_json::from_slice(&std::fs::read(&path).expect("a file")).expect("JSON");
        assert_eq!(new, old);
    }

    #[test]
    fn a_change_that_fails_changes_nothing_and_a_clock_that_went_back_neither() {
        let dir = tempfile::tempdir().expect("a directory");
        let file = PointerFile::new(dir.path().join("keys.test.json"), Mode::Test);
        file.update::<_, PointerError>(UnixMillis(100_000), |_| Ok(())).expect("written");
        let failed = file.update::<(), PointerError>(UnixMillis(200_000), |pointers| {
            pointers.lineages.clear();
            Err(PointerError::Busy("x".into()))
        });
        assert!(failed.is_err());
        file.update::<_, PointerError>(UnixMillis(50_000), |_| Ok(())).expect("written");
        let pointers = file.load().expect("read");
        assert_eq!(
            (pointers.last_seen, pointers.now(UnixMillis(60_000)).latest()),
            (UnixMillis(100_000), UnixMillis(100_000))
        );
    }

    #[test]
    fn one_process_at_a_time_changes_a_secret() {
        let dir = tempfile::tempdir().expect("a directory");
        let file = PointerFile::new(dir.path().join("keys.test.json"), Mode::Test);
        let held = file.lock(&id(Mode::Test)).expect("free");
        assert!(matches!(file.lock(&id(Mode::Test)), Err(PointerError::Busy(_))));
        drop(held);
        file.lock(&id(Mode::Test)).expect("free again");
    }
}
