//! Files for the user alone: made with mode 0600, written whole or not at all, never through a link.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::profile::{create_private_dir, open_regular, read_whole, sync_dir};

/// How long a lock is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// How the temporary files of this folder begin. A process holds a lock on its own until it is renamed, so
/// that one that nobody holds was left by a process that is dead.
const TEMPORARY: &str = ".paycli-";

/// Reads a file, or nothing where there is none. A symbolic link is refused.
pub(super) fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match open(path, OpenOptions::new().read(true)) {
        Ok(file) => read_whole(file).map(Some),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Puts a file in place of another: written under a name of its own, synced, renamed, its folder synced.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    refuse_link(path)?;
    let dir = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    create_private_dir(dir)?;
    let mut file = temporary(dir)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    sync_dir(dir)
}

/// A new file of a name of its own, after what dead processes left behind is removed.
pub(super) fn temporary(dir: &Path) -> io::Result<tempfile::NamedTempFile> {
    remove_left_over(dir)?;
    loop {
        let file = tempfile::Builder::new().prefix(TEMPORARY).tempfile_in(dir)?;
        // A file system without locks has no way to tell who is alive: nothing is removed there.
        let _ = file.as_file().try_lock();
        // Between its creation and its lock another process may have taken it for one that was left behind.
        if file.path().exists() {
            return Ok(file);
        }
    }
}

/// Removes temporary files whose process is dead.
fn remove_left_over(dir: &Path) -> io::Result<()> {
    for path in left_over(dir)? {
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// Temporary files whose process is dead.
pub(super) fn left_over(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        if !entry.file_name().to_string_lossy().starts_with(TEMPORARY) {
            continue;
        }
        let is_dead = |file: File| file.try_lock().is_ok();
        if open(&entry.path(), OpenOptions::new().read(true)).is_ok_and(is_dead) {
            found.push(entry.path());
        }
    }
    Ok(found)
}

/// A file that lines are added to, open: where this works, a line can be written but for a full disk.
#[derive(Debug)]
pub(super) struct LineFile(File);

/// Opens a file for lines, and makes it first where there is none.
pub(super) fn open_lines(path: &Path) -> io::Result<LineFile> {
    let dir = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    create_private_dir(dir)?;
    let is_new = !path.exists();
    let file = open(path, OpenOptions::new().create(true).append(true).read(true))?;
    if is_new {
        sync_dir(dir)?;
    }
    Ok(LineFile(file))
}

impl LineFile {
    /// Adds a line in one synced write. Where a crash left half a line, the new one begins anew.
    pub(super) fn append(&mut self, line: &str) -> io::Result<()> {
        let is_cut = ends_without_line_break(&mut self.0)?;
        let text = format!("{}{line}\n", if is_cut { "\n" } else { "" });
        self.0.write_all(text.as_bytes())?;
        self.0.sync_all()
    }
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
    open_regular(path, options.mode(0o600), no_follow)
}

#[cfg(not(unix))]
fn open(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    refuse_link(path)?;
    open_regular(path, options, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_after_half_a_line_stands_alone() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("log");
        let append = |line: &str| open_lines(&path).and_then(|mut file| file.append(line));
        append("one").expect("a line");
        std::fs::write(&path, "one\nha").expect("a crash");
        append("two").expect("a line");
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
        assert!(read(&link).is_err() && replace(&link, b"y").is_err() && open_lines(&link).is_err());
        assert_eq!(std::fs::read(&target).expect("untouched"), b"x");
        assert_eq!(read(&dir.path().join("nothing")).expect("an answer"), None);
    }

    #[test]
    fn what_a_dead_process_left_is_removed_and_what_a_living_one_writes_is_not() {
        let dir = tempfile::tempdir().expect("a directory");
        let (dead, living) = (dir.path().join(".paycli-dead"), temporary(dir.path()).expect("a file"));
        std::fs::write(&dead, "half").expect("a crash");
        assert_eq!(left_over(dir.path()).expect("a folder"), std::slice::from_ref(&dead));
        replace(&dir.path().join("list"), b"x").expect("written");
        assert!(!dead.exists() && living.path().exists());
        living.persist(dir.path().join("other")).expect("its rename still works");
    }
}
