//! The configuration file on the disk: its lock, and putting a new one in its place.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::create_private_dir;

/// How long another process's change is waited for. One takes milliseconds; a process that is stopped in
/// the middle of one must not stop all others for ever.
const PATIENCE: Duration = Duration::from_secs(10);

/// The right to change the file, which the kernel takes back from a process that dies.
#[derive(Debug)]
pub(super) struct ConfigLock {
    _file: File,
}

impl ConfigLock {
    /// Takes the lock of a configuration file. It is a file of its own, since the configuration file is
    /// replaced by each change.
    pub(super) fn take(config: &Path) -> io::Result<Self> {
        create_private_dir(dir_of(config))?;
        let file = private(OpenOptions::new().create(true)).open(config.with_extension("lock"))?;
        let deadline = Instant::now() + PATIENCE;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { _file: file }),
                Err(TryLockError::Error(error)) => return Err(error),
                Err(TryLockError::WouldBlock) if Instant::now() < deadline => {
                    std::thread::sleep(Duration::from_millis(5));
                }
                Err(TryLockError::WouldBlock) => {
                    return Err(io::Error::new(io::ErrorKind::TimedOut, "another process is changing it"));
                }
            }
        }
    }
}

/// Puts `bytes` in the place of the file, so that a kill or a power cut leaves the old file or the new one,
/// whole. The draft has one name for all, which the lock makes safe: a killed writer leaves at most one
/// behind, and the next one removes it.
pub(super) fn replace(config: &Path, bytes: &[u8], _lock: &ConfigLock) -> io::Result<()> {
    let draft = draft_of(config);
    match std::fs::remove_file(&draft) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = private(OpenOptions::new().create_new(true)).open(&draft)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&draft, config)?;
    sync_dir(dir_of(config))
}

fn draft_of(config: &Path) -> PathBuf {
    config.with_extension("toml.new")
}

fn dir_of(config: &Path) -> &Path {
    config.parent().expect("a configuration file is in a directory")
}

fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options.write(true)
}

#[cfg(unix)]
fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

#[cfg(not(unix))]
fn sync_dir(_: &Path) -> io::Result<()> {
    Ok(())
}
