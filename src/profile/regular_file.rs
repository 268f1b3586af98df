//! Opening a file that has to be one: a named pipe or a device in its place is an error, not a wait.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

/// The most that is read of a file, in bytes: no file of paycli's own comes near it.
const MAX_BYTES: u64 = 16 << 20;

/// Opens a regular file. `flags` are added to the ones of `open(2)` where there are such.
///
/// # Errors
/// When the system refuses, or something else than a file is there.
pub fn open_regular(path: &Path, options: &mut OpenOptions, flags: i32) -> io::Result<File> {
    let not_regular = || io::Error::other("it is not a regular file");
    let is_file = |meta: std::fs::Metadata| meta.is_file();
    match nonblocking(options, flags)?.open(path) {
        Ok(file) if file.metadata().is_ok_and(is_file) => Ok(file),
        Ok(_) => Err(not_regular()),
        // A pipe that nobody reads cannot be opened for writing.
        Err(_) if std::fs::metadata(path).is_ok_and(|meta| !meta.is_file()) => Err(not_regular()),
        Err(error) => Err(error),
    }
}

/// Opening a pipe without a writer would wait for one.
#[cfg(unix)]
fn nonblocking(options: &mut OpenOptions, flags: i32) -> io::Result<&mut OpenOptions> {
    use std::os::unix::fs::OpenOptionsExt;
    let nonblock = i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).map_err(io::Error::other)?;
    Ok(options.custom_flags(flags | nonblock))
}

#[cfg(not(unix))]
fn nonblocking(options: &mut OpenOptions, _: i32) -> io::Result<&mut OpenOptions> {
    Ok(options)
}

/// Reads an open file to its end.
///
/// # Errors
/// When it cannot be read, or is larger than any file of paycli's own.
pub fn read_whole(file: File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(io::Error::other("it is larger than any file of its kind"));
    }
    Ok(bytes)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_file_is_an_error_and_is_not_waited_for() {
        let dir = tempfile::tempdir().expect("a directory");
        let pipe = dir.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo runs");
        assert!(made.success());
        for path in [&*pipe, Path::new("/dev/zero"), dir.path()] {
            assert!(open_regular(path, OpenOptions::new().read(true), 0).is_err(), "{}", path.display());
        }
    }
}
