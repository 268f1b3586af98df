//! The file of a batch, read line by line as often as needed: NDJSON, or CSV with a header row.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::line::{Line, LineError, MAX_LINE, ReadLine};
use super::rows::{HeaderError, Rows};

/// A batch's file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The file cannot be opened or read.
    #[error("{path} cannot be read: {error}")]
    Read {
        /// Its name.
        path: String,
        /// What the system said.
        error: io::Error,
    },
    /// Standard input could not be copied.
    #[error("standard input cannot be copied to a temporary file: {0}")]
    Spool(io::Error),
    /// The header row of CSV is not one.
    #[error("{path}: {error}")]
    Header {
        /// Its name.
        path: String,
        /// What is wrong.
        error: HeaderError,
    },
    /// It was changed while it was read.
    #[error("{0} was changed while it was read")]
    Changed(String),
}

/// How a batch is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Ndjson,
    Csv,
}

/// The file of a batch.
#[derive(Debug)]
pub struct Source {
    file: File,
    shown: String,
    format: Format,
    stamp: Option<(u64, Option<SystemTime>)>,
}

impl Source {
    /// Opens a file. One that can be read only once, such as a pipe, is copied first.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn open(path: &Path) -> Result<Self, SourceError> {
        let shown = path.display().to_string();
        let failed = |error| SourceError::Read { path: shown.clone(), error };
        let file = File::open(path).map_err(failed)?;
        let is_regular = file.metadata().map_err(failed)?.is_file();
        let file = if is_regular { file } else { spool(file).map_err(failed)? };
        Self::of(file, shown, path.extension().and_then(|extension| extension.to_str()))
    }

    /// Takes standard input, by way of a temporary file that nobody else can open.
    ///
    /// # Errors
    /// When it cannot be copied.
    pub fn stdin() -> Result<Self, SourceError> {
        let file = spool(io::stdin().lock()).map_err(SourceError::Spool)?;
        Self::of(file, "standard input".into(), None)
    }

    fn of(file: File, shown: String, extension: Option<&str>) -> Result<Self, SourceError> {
        let mut source = Self { file, shown, format: Format::Ndjson, stamp: None };
        source.stamp = source.stamp().ok();
        source.format = match extension.map(str::to_ascii_lowercase).as_deref() {
            Some("csv") => Format::Csv,
            Some("ndjson" | "jsonl" | "json") => Format::Ndjson,
            _ => source.guess().map_err(|error| source.failed(error))?,
        };
        Ok(source)
    }

    /// Its first sign tells: every line of NDJSON is an object.
    fn guess(&self) -> io::Result<Format> {
        let mut start = self.reader_at_start()?;
        loop {
            let buffer = start.fill_buf()?;
            let sign = buffer.iter().find(|byte| !byte.is_ascii_whitespace());
            match (buffer.len(), sign) {
                (0, _) | (_, Some(b'{' | b'[')) => return Ok(Format::Ndjson),
                (_, Some(_)) => return Ok(Format::Csv),
                (length, None) => start.consume(length),
            }
        }
    }

    fn stamp(&self) -> io::Result<(u64, Option<SystemTime>)> {
        let metadata = self.file.metadata()?;
        Ok((metadata.len(), metadata.modified().ok()))
    }

    fn failed(&self, error: io::Error) -> SourceError {
        SourceError::Read { path: self.shown.clone(), error }
    }

    /// Fails where the file is not the one any more that it was when it was opened.
    ///
    /// # Errors
    /// [`SourceError::Changed`].
    pub fn is_unchanged(&self) -> Result<(), SourceError> {
        let is_same = self.stamp().is_ok_and(|stamp| Some(stamp) == self.stamp);
        if is_same { Ok(()) } else { Err(self.changed()) }
    }

    /// The error that says so.
    pub(super) fn changed(&self) -> SourceError {
        SourceError::Changed(self.shown.clone())
    }

    /// The file from its start, behind a byte-order mark.
    fn reader_at_start(&self) -> io::Result<BufReader<File>> {
        let mut file = self.file.try_clone()?;
        file.seek(SeekFrom::Start(0))?;
        let mut mark = [0; 3];
        let read = file.read(&mut mark)?;
        let start = if mark[..read] == *b"\xef\xbb\xbf" { 3 } else { 0 };
        file.seek(SeekFrom::Start(start))?;
        Ok(BufReader::with_capacity(1 << 16, file))
    }

    /// Goes through the lines, each read or with what is wrong with it.
    ///
    /// # Errors
    /// When the file cannot be read, or its header row is none.
    pub fn lines(&self) -> Result<Lines, SourceError> {
        let start = self.reader_at_start().map_err(|error| self.failed(error))?;
        let reader = match self.format {
            Format::Ndjson => Reader::Ndjson { start, number: 0, buffer: Vec::new() },
            Format::Csv => Reader::Csv(Box::new(
                Rows::open(start).map_err(|error| SourceError::Header { path: self.shown.clone(), error })?,
            )),
        };
        Ok(Lines { reader, path: self.shown.clone() })
    }
}

/// Copies what can be read only once into a file without a name, for this user alone.
fn spool(mut from: impl Read) -> io::Result<File> {
    let mut file = tempfile::tempfile()?;
    io::copy(&mut from, &mut file)?;
    Ok(file)
}

/// The lines of a batch.
pub struct Lines {
    reader: Reader,
    path: String,
}

enum Reader {
    Ndjson { start: BufReader<File>, number: u64, buffer: Vec<u8> },
    Csv(Box<Rows>),
}

impl Iterator for Lines {
    type Item = Result<ReadLine, SourceError>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = match &mut self.reader {
            Reader::Ndjson { start, number, buffer } => next_json(start, number, buffer),
            Reader::Csv(rows) => rows.next_row(),
        };
        next.map(|line| line.map_err(|error| SourceError::Read { path: self.path.clone(), error }))
    }
}

/// The next line that is not blank.
fn next_json(
    start: &mut BufReader<File>,
    number: &mut u64,
    buffer: &mut Vec<u8>,
) -> Option<io::Result<ReadLine>> {
    loop {
        buffer.clear();
        let limit = u64::try_from(MAX_LINE).expect("a constant that fits") + 1;
        let read = match start.by_ref().take(limit).read_until(b'\n', buffer) {
            Ok(0) => return None,
            Ok(read) => read,
            Err(error) => return Some(Err(error)),
        };
        *number += 1;
        if read > MAX_LINE && !buffer.ends_with(b"\n") {
            return Some(start.skip_until(b'\n').map(|_| Err((*number, LineError::TooLong))));
        }
        if !buffer.trim_ascii().is_empty() {
            return Some(Ok(Line::from_json(*number, buffer.trim_ascii()).map_err(|error| (*number, error))));
        }
    }
}

/// The name that a batch of a file has when it is given none: the file's, without its folder.
#[must_use]
pub fn default_name(path: Option<&Path>) -> String {
    path.and_then(Path::file_name)
        .map_or_else(|| "stdin".into(), |name| PathBuf::from(name).display().to_string())
}
