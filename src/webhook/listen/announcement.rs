//! The file that tells of a running `listen`, so that `trigger` finds it.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::profile::create_private_dir;
use crate::webhook::listening::Listening;

/// The file. It is removed when this is dropped; what a killed process leaves is passed over by its readers.
#[derive(Debug)]
pub struct Announcement(PathBuf);

impl Announcement {
    /// Writes the file, readable by the user alone. `now` is in Unix seconds.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(data_dir: &Path, port: u16, now: i64) -> io::Result<Self> {
        create_private_dir(data_dir)?;
        let path = Listening::file(data_dir, port);
        // What a killed one left: nobody else has this port now.
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut options = File::options();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let text = serde_json::to_vec(&Listening::new(std::process::id(), port, now))?;
        options.open(&path)?.write_all(&text)?;
        Ok(Self(path))
    }
}

impl Drop for Announcement {
    fn drop(&mut self) {
        // A file that stays tells of a port where nobody answers, which is noticed.
        let _ = fs::remove_file(&self.0);
    }
}
