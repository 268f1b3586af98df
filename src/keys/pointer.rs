//! The pointer file of a mode: which slot of which store holds which version. It holds no secret, and is
//! replaced as a whole.

use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::chain::{Chain, Now};
use super::{ChainId, Moment, private_file};
use crate::profile::Mode;

/// The version of the file's form. 2 added `superseded` and the versions of slots that are to be deleted: an
/// earlier paycli would drop both, and with them the only trace of a key that works.
const VERSION: u32 = 2;

/// What the file says.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Pointers {
    version: u32,
    mode: String,
    /// The last moment that was written down. A clock that is behind it went back.
    pub last_seen: Moment,
    /// Every secret, by `profile/name`.
    pub chains: BTreeMap<String, Chain>,
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
pub struct ChainLock {
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
            return Ok(Pointers { version, mode, last_seen: Moment(0), chains: BTreeMap::new() });
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
        now: Moment,
        change: impl FnOnce(&mut Pointers) -> Result<T, E>,
    ) -> Result<T, E> {
        let lock = private_file::lock(&self.path.with_extension("lock"));
        let _held = lock.map_err(|error| self.file_error(error))?;
        let mut pointers = self.load()?;
        let done = change(&mut pointers)?;
        pointers.last_seen = pointers.last_seen.max(now);
        pointers.chains.retain(|_, chain| !chain.is_empty());
        let text = serde_json::to_vec_pretty(&pointers).expect("names, numbers and texts are JSON");
        private_file::replace(&self.path, &text).map_err(|error| self.file_error(error))?;
        Ok(done)
    }

    /// Takes the right to change one secret. It is not waited for.
    ///
    /// # Errors
    /// When another process has it.
    pub fn lock(&self, id: &ChainId) -> Result<ChainLock, PointerError> {
        let name = format!("{}@{}.lock", id.profile, id.name);
        let path = self.path.with_extension("locks").join(name);
        let file = private_file::lock_file(&path).map_err(|error| self.file_error(error))?;
        match file.try_lock() {
            Ok(()) => Ok(ChainLock { _file: file }),
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
    pub fn chain(&self, id: &ChainId) -> Option<&Chain> {
        self.chains.get(&id.path())
    }

    /// The time: the clock, and what was written down.
    #[must_use]
    pub const fn now(&self, clock: Moment) -> Now {
        Now { clock, last_seen: self.last_seen }
    }

    /// Takes the clock's word: it is right, and times ahead of it were written under one that was not.
    pub fn accept_clock(&mut self, clock: Moment) {
        self.last_seen = self.last_seen.min(clock);
        self.chains.values_mut().for_each(|chain| chain.accept_clock(clock));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::{SecretKind, SecretName};

    fn id(mode: Mode) -> ChainId {
        let name = SecretName::of_kind(SecretKind::Api);
        ChainId { mode, profile: "test".parse().expect("a name"), name }
    }

    #[test]
    fn a_file_of_the_other_mode_a_newer_one_and_a_broken_one_are_refused() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("keys.test.json");
        let file = PointerFile::new(path.clone(), Mode::Test);
        file.update::<_, PointerError>(Moment(7), |_| Ok(())).expect("written");
        assert_eq!(file.load().expect("read").last_seen, Moment(7));
        let other = PointerFile::new(path.clone(), Mode::Live);
        assert!(matches!(other.load(), Err(PointerError::Damaged { .. })));
        for text in ["", "{", "{}", r#"{"version": 3, "mode": "test", "x": 1}"#] {
            std::fs::write(&path, text).expect("written");
            assert!(matches!(file.load(), Err(PointerError::Damaged { .. })), "{text}");
        }
    }

    #[test]
    fn a_change_that_fails_changes_nothing_and_a_clock_that_went_back_neither() {
        let dir = tempfile::tempdir().expect("a directory");
        let file = PointerFile::new(dir.path().join("keys.test.json"), Mode::Test);
        file.update::<_, PointerError>(Moment(100), |_| Ok(())).expect("written");
        let failed = file.update::<(), PointerError>(Moment(200), |pointers| {
            pointers.chains.clear();
            Err(PointerError::Busy("x".into()))
        });
        assert!(failed.is_err());
        file.update::<_, PointerError>(Moment(50), |_| Ok(())).expect("written");
        let pointers = file.load().expect("read");
        assert_eq!((pointers.last_seen, pointers.now(Moment(60)).latest()), (Moment(100), Moment(100)));
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
