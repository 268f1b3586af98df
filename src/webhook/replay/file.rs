//! The events of a file: one a line, as `events export`, the API or other tools write them, or one JSON document.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use crate::webhook::import::read_text;
use crate::webhook::store::NewEvent;

/// The longest line, in bytes.
const MAX_LINE: u64 = 16 << 20;

/// The largest file that is one JSON document, in bytes; lists of the API hold a hundred events at most.
const MAX_DOCUMENT: u64 = 256 << 20;

/// Why a file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The system refused.
    #[error("{name} cannot be read: {error}")]
    Io {
        /// The file.
        name: String,
        /// What the system said.
        error: std::io::Error,
    },
    /// A line is no event.
    #[error("{name}, line {line}: {why}")]
    Line {
        /// The file.
        name: String,
        /// Its number, from 1.
        line: u64,
        /// Why.
        why: String,
    },
}

/// An event of a file.
#[derive(Debug)]
pub struct FileEvent {
    /// Its place among the events of the file, from 0.
    pub number: i64,
    /// The event.
    pub event: NewEvent,
}

/// A file that is read event by event.
#[derive(Debug)]
pub struct FileEvents {
    name: String,
    reader: BufReader<File>,
    /// What the last line, or a file that is one document, held and was not taken yet.
    waiting: VecDeque<NewEvent>,
    content_id: String,
    lines: u64,
    line: u64,
    number: i64,
    keep_going: bool,
    broken: Vec<(u64, String)>,
    broken_count: u64,
    now: i64,
}

/// How many broken lines are remembered word for word.
const MAX_BROKEN: usize = 20;

impl FileEvents {
    /// Opens a file. `keep_going` passes over lines that are no events. `now` is in Unix milliseconds.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn open(path: &Path, keep_going: bool, now: i64) -> Result<Self, FileError> {
        let name = path.display().to_string();
        let file = File::open(path).map_err(|error| FileError::Io { name: name.clone(), error })?;
        Self::of(file, name, keep_going, now)
    }

    /// Takes what comes in on a pipe into a file of its own, which goes when the replay ends: what identifies the
    /// events is known before the first is sent.
    ///
    /// # Errors
    /// When it cannot be read or kept.
    pub fn spool(mut input: impl Read, name: &str, keep_going: bool, now: i64) -> Result<Self, FileError> {
        let failed = |error| FileError::Io { name: name.to_owned(), error };
        let mut file = tempfile::tempfile().map_err(failed)?;
        std::io::copy(&mut input, &mut file).map_err(failed)?;
        Self::of(file, name.to_owned(), keep_going, now)
    }

    fn of(mut file: File, name: String, keep_going: bool, now: i64) -> Result<Self, FileError> {
        let failed = |error| FileError::Io { name: name.clone(), error };
        file.seek(SeekFrom::Start(0)).map_err(failed)?;
        let (content_id, lines) = content(&mut file).map_err(failed)?;
        file.seek(SeekFrom::Start(0)).map_err(failed)?;
        let mut events = Self {
            reader: BufReader::with_capacity(1 << 20, file),
            name,
            waiting: VecDeque::new(),
            content_id,
            lines,
            line: 0,
            number: 0,
            keep_going,
            broken: Vec::new(),
            broken_count: 0,
            now,
        };
        events.read_document()?;
        Ok(events)
    }

    /// What the file holds, whatever its name: a hash of its bytes.
    #[must_use]
    pub fn content_id(&self) -> &str {
        &self.content_id
    }

    /// How many lines it has; a file that is one document may hold another number of events.
    #[must_use]
    pub fn len_hint(&self) -> u64 {
        if self.waiting.is_empty() { self.lines } else { self.waiting.len() as u64 }
    }

    /// How many lines were passed over.
    #[must_use]
    pub const fn broken(&self) -> u64 {
        self.broken_count
    }

    /// The first lines that were passed over, with why, since this was asked last.
    pub fn take_broken(&mut self) -> Vec<(u64, String)> {
        std::mem::take(&mut self.broken)
    }

    /// The next event; nothing at the end.
    ///
    /// # Errors
    /// When the file fails, or a line is no event and those are not passed over.
    pub fn next_event(&mut self) -> Result<Option<FileEvent>, FileError> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                let number = self.number;
                self.number += 1;
                return Ok(Some(FileEvent { number, event }));
            }
            let Some(bytes) = self.next_line()? else { return Ok(None) };
            if bytes.trim_ascii().is_empty() {
                continue;
            }
            match self.events_of(bytes.trim_ascii(), false) {
                Ok(events) => self.waiting.extend(events),
                Err(why) if !self.keep_going => return Err(self.wrong(why)),
                Err(why) => {
                    self.broken_count += 1;
                    if self.broken.len() < MAX_BROKEN {
                        self.broken.push((self.line, why));
                    }
                }
            }
        }
    }

    fn events_of(&self, text: &[u8], is_file: bool) -> Result<Vec<NewEvent>, String> {
        let text = std::str::from_utf8(text).map_err(|error| error.to_string())?;
        let found = read_text(text.trim_start_matches('\u{feff}'), self.now, is_file);
        let found = found.map_err(|error| error.to_string())?;
        Ok(found.into_iter().map(|imported| imported.event).collect())
    }

    fn wrong(&self, why: String) -> FileError {
        FileError::Line { name: self.name.clone(), line: self.line, why }
    }

    fn failed(&self, error: std::io::Error) -> FileError {
        FileError::Io { name: self.name.clone(), error }
    }

    fn next_line(&mut self) -> Result<Option<Vec<u8>>, FileError> {
        let mut bytes = Vec::new();
        let read = (&mut self.reader).take(MAX_LINE).read_until(b'\n', &mut bytes);
        let read = read.map_err(|error| self.failed(error))?;
        if read == 0 {
            return Ok(None);
        }
        self.line += 1;
        if read as u64 == MAX_LINE {
            return Err(self.wrong(format!("longer than {MAX_LINE} bytes")));
        }
        Ok(Some(bytes))
    }

    /// Reads a file that is one JSON document over several lines, or a list: its events wait.
    fn read_document(&mut self) -> Result<(), FileError> {
        let first = self.next_line()?.unwrap_or_default();
        let is_line = serde_json::from_slice::<&RawValue>(&first).is_ok();
        self.rewind()?;
        if is_line || !matches!(first.trim_ascii_start().first(), Some(b'{')) {
            return Ok(());
        }
        let mut bytes = Vec::new();
        let read = (&mut self.reader).take(MAX_DOCUMENT).read_to_end(&mut bytes);
        read.map_err(|error| self.failed(error))?;
        if serde_json::from_slice::<&RawValue>(&bytes).is_err() {
            // Lines, of which the first is broken.
            return self.rewind();
        }
        let events = self.events_of(bytes.trim_ascii(), true).map_err(|why| self.wrong(why))?;
        self.waiting = events.into();
        Ok(())
    }

    fn rewind(&mut self) -> Result<(), FileError> {
        self.line = 0;
        let done = self.reader.seek(SeekFrom::Start(0));
        done.map(|_| ()).map_err(|error| self.failed(error))
    }
}

/// A hash of what a file holds, and its number of lines.
fn content(file: &mut File) -> std::io::Result<(String, u64)> {
    let (mut hash, mut lines) = (Sha256::new(), 0);
    let mut buffer = vec![0; 1 << 20];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok((hex::encode(hash.finalize()), lines));
        }
        hash.update(&buffer[..read]);
        lines += memchr::memchr_iter(b'\n', &buffer[..read]).count() as u64;
    }
}
