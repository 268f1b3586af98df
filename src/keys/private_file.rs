//! Files for the user alone: made with mode 0600, written whole or not at all, never through a link.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::profile::create_private_dir;

/// How long a lock is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// The most that is read of a file, in bytes: none of these files comes near it.
const MAX_BYTES: u64 = 16 << 20;

/// Reads a file, or nothing where there is none. A symbolic link is refused.
pub(super) fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let file = match open(path, OpenOptions::new().read(true)) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut bytes = Vec::new();
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(io::Error::other("it is larger than any file of its kind"));
    }
    Ok(Some(bytes))
}

/// Puts a file in place of another: written under a name of its own, synced, renamed, its folder synced.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    refuse_link(path)?;
    let dir = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    create_private_dir(dir)?;
    let mut file = tempfile::Builder::new().prefix(".paycli-").tempfile_in(dir)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    sync_dir(dir)
}

/// Adds a line to a file in one synced write. Where a crash left half a line, the new one begins anew.
pub(super) fn append_line(path: &Path, line: &str) -> io::Result<()> {
    let dir = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    create_private_dir(dir)?;
    let mut file = open(path, OpenOptions::new().create(true).append(true).read(true))?;
    let is_cut = ends_without_line_break(&mut file)?;
    let text = format!("{}{line}\n", if is_cut { "\n" } else { "" });
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Takes the lock of a file, and waits for it a while: whoever holds it may be asking for a passphrase.
pub(super) fn lock(path: &Path) -> io::Result<File> {
    let file = lock_file(path)?;
    let deadline = Instant::now() + PATIENCE;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::Error(error)) => return Err(error),
            Err(TryLockError::WouldBlock) if Instant::now() < deadline => {
                std::thread::sleep(Duration::from_millis(5));
            }
            Err(TryLockError::WouldBlock) => {
                return Err(io::Error::new(io::ErrorKind::TimedOut, "another process is using it"));
            }
        }
    }
}

/// Opens the file of a lock, and makes it first where there is none.
pub(super) fn lock_file(path: &Path) -> io::Result<File> {
    let dir = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    create_private_dir(dir)?;
    open(path, OpenOptions::new().create(true).truncate(false).write(true))
}

fn ends_without_line_break(file: &mut File) -> io::Result<bool> {
    use std::io::{Seek, SeekFrom};
    if file.seek(SeekFrom::End(0))? == 0 {
        return Ok(false);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

/// Whether an error says that a path is a symbolic link.
pub(super) fn is_link(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok_and(|meta| meta.file_type().is_symlink())
}

fn refuse_link(path: &Path) -> io::Result<()> {
    if is_link(path) {
        return Err(io::Error::other("it is a symbolic link, and secrets are not kept behind one"));
    }
    Ok(())
}

#[cfg(unix)]
fn open(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    refuse_link(path)?;
    let no_follow = i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).map_err(io::Error::other)?;
    options.mode(0o600).custom_flags(no_follow).open(path)
}

#[cfg(not(unix))]
fn open(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    refuse_link(path)?;
    options.open(path)
}

#[cfg(unix)]
fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

#[cfg(not(unix))]
fn sync_dir(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_after_half_a_line_stands_alone() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("log");
        append_line(&path, "one").expect("a line");
        std::fs::write(&path, "one\nha").expect("a crash");
        append_line(&path, "two").expect("a line");
        assert_eq!(std::fs::read_to_string(&path).expect("a log"), "one\nha\ntwo\n");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_refused_and_files_are_private() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().expect("a directory");
        let (target, link) = (dir.path().join("target"), dir.path().join("link"));
        replace(&target, b"x").expect("a file");
        let mode = std::fs::metadata(&target).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        std::os::unix::fs::symlink(&target, &link).expect("a link");
        assert!(read(&link).is_err() && replace(&link, b"y").is_err() && append_line(&link, "y").is_err());
        assert_eq!(std::fs::read(&target).expect("untouched"), b"x");
        assert_eq!(read(&dir.path().join("nothing")).expect("an answer"), None);
    }
}
