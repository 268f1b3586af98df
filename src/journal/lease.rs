//! The lease of a key: one process at a time sends under it, and a process that dies has let it go.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// A key's lease, held until it is dropped or its process ends. The kernel keeps it, so that no clock
/// and no clean-up is involved.
#[derive(Debug)]
pub struct Lease {
    file: File,
    path: PathBuf,
}

impl Lease {
    /// Takes the lease of a key, or returns `None` when somebody else holds it.
    ///
    /// # Errors
    /// When the lock file cannot be made or locked.
    pub fn try_acquire(dir: &Path, key: &str) -> io::Result<Option<Self>> {
        let path = dir.join(format!("{}.lock", hex::encode(&Sha256::digest(key)[..16])));
        loop {
            let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(error)) => return Err(error),
            }
            // The last holder removes the file: a lock on a file that has no name any more is nobody's.
            if is_still_there(&file, &path)? {
                return Ok(Some(Self { file, path }));
            }
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        // Removed while still locked, so that nobody's lock is on the name but ours.
        let _ = std::fs::remove_file(&self.path);
        let _ = self.file.unlock();
    }
}

#[cfg(unix)]
fn is_still_there(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let ours = file.metadata()?;
    match std::fs::metadata(path) {
        Ok(named) => Ok((named.dev(), named.ino()) == (ours.dev(), ours.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(not(unix))]
fn is_still_there(_: &File, path: &Path) -> io::Result<bool> {
    path.try_exists()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[test]
    fn a_lease_is_held_once_and_leaves_nothing_behind() {
        let dir = tempfile::tempdir().expect("a directory");
        let held = Lease::try_acquire(dir.path(), "k").expect("a lock").expect("the lease");
        assert!(Lease::try_acquire(dir.path(), "k").expect("a lock").is_none());
        assert!(Lease::try_acquire(dir.path(), "other").expect("a lock").is_some());
        drop(held);
        assert!(Lease::try_acquire(dir.path(), "k").expect("a lock").is_some());
        assert_eq!(std::fs::read_dir(dir.path()).expect("a listing").count(), 0);
    }

    #[test]
    fn many_takers_never_hold_it_together() {
        let dir = tempfile::tempdir().expect("a directory");
        let (holders, taken) = (AtomicU32::new(0), AtomicU32::new(0));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    while taken.load(Ordering::SeqCst) < 500 {
                        let Some(lease) = Lease::try_acquire(dir.path(), "k").expect("a lock") else {
                            std::thread::yield_now();
                            continue;
                        };
                        assert_eq!(holders.fetch_add(1, Ordering::SeqCst), 0);
                        taken.fetch_add(1, Ordering::SeqCst);
                        holders.fetch_sub(1, Ordering::SeqCst);
                        drop(lease);
                    }
                });
            }
        });
        assert!(taken.into_inner() >= 500);
    }
}
