//! Where payloads and headers come from: arguments, files and standard input, as bytes.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::cli::context::Context;
use crate::cli::failure::Failure;

/// The most that is read into memory, in bytes; an event has a few hundred thousand at most.
const MAX_BYTES: u64 = 1 << 30;

/// How long another process's transaction in the event store is waited for, at most.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// The bytes of a payload: of a file, or of standard input where none is named.
pub(super) fn payload(context: &mut Context, argument: Option<&OsStr>) -> Result<Vec<u8>, Failure> {
    match argument.filter(|path| *path != "-") {
        Some(path) => file(path),
        None => stdin(context, argument.is_some()),
    }
}

/// The bytes of a header: as typed, or of `file:PATH` or `-` without the line break at their end.
pub(super) fn header(context: &mut Context, argument: &OsStr) -> Result<Vec<u8>, Failure> {
    let typed = argument.as_encoded_bytes();
    let bytes = match typed.strip_prefix(b"file:") {
        Some(_) => {
            let path = argument.to_str().and_then(|text| text.strip_prefix("file:"));
            file(OsStr::new(
                path.ok_or_else(|| Failure::usage("--header names a file that is not UTF-8 text"))?,
            ))?
        }
        None if typed == b"-" => stdin(context, true)?,
        None => return Ok(typed.to_vec()),
    };
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
    Ok(bytes.strip_suffix(b"\r").unwrap_or(bytes).to_vec())
}

/// The bytes of a file.
pub(super) fn file(path: &OsStr) -> Result<Vec<u8>, Failure> {
    let place = path.to_string_lossy().into_owned();
    let opened =
        File::open(path).map_err(|error| Failure::usage(format!("{place} cannot be read: {error}")))?;
    read(opened, &place)
}

/// The bytes of standard input. A terminal that nobody asked to read from is an error, not a wait.
pub(super) fn stdin(context: &mut Context, is_asked_for: bool) -> Result<Vec<u8>, Failure> {
    if !is_asked_for && io::stdin().is_terminal() {
        return Err(Failure::usage("there is no payload: standard input is a terminal")
            .hint("name a file, or - to type it"));
    }
    context.take_stdin()?;
    read(io::stdin().lock(), "standard input")
}

fn read(source: impl Read, place: &str) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let wrong = |what: String| Failure::usage(format!("{place} {what}"));
    let read = source.take(MAX_BYTES + 1).read_to_end(&mut bytes);
    read.map_err(|error| wrong(format!("cannot be read: {error}")))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(wrong(format!("holds more than {MAX_BYTES} bytes, which no delivery has")));
    }
    Ok(bytes)
}

/// The clock of this machine, in Unix seconds.
pub(super) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
