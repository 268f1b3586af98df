//! The files of a folder, as git would take them, and standard input.

use std::fs::{self, File, FileType};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use ignore::{DirEntry, WalkBuilder, WalkState};

use super::stream::{Seen, search};
use super::{Leak, Place, Scan, Unread};

/// Folders of version control: `keys scan --history` reads what is in them.
const VERSION_CONTROL: &[&str] = &[".git", ".hg", ".svn", ".jj"];

/// What is to be read.
#[derive(Debug)]
pub struct Selection {
    /// Files, and folders with everything in them. A named file is read whatever ignore files say.
    pub paths: Vec<PathBuf>,
    /// Whether files are read that ignore files leave out.
    pub reads_ignored: bool,
}

/// Reads the selected files, as many at once as there are processors. `advance` is told how many bytes were read.
/// What cannot be read is in the result, and the scan goes on.
#[must_use]
pub fn walk(selection: &Selection, advance: &(dyn Fn(u64) + Sync)) -> Scan {
    let Some((first, others)) = selection.paths.split_first() else { return Scan::default() };
    let mut builder = WalkBuilder::new(first);
    for path in others {
        builder.add(path);
    }
    let respects = !selection.reads_ignored;
    // Hidden files are read: .env is one. A folder need not be a repository for its ignore files to count.
    builder.hidden(false).parents(respects).ignore(respects).require_git(false);
    builder.git_ignore(respects).git_global(respects).git_exclude(respects);
    builder.filter_entry(|entry| {
        let name = entry.file_name().to_string_lossy();
        entry.depth() == 0 || !VERSION_CONTROL.contains(&name.as_ref())
    });
    let (found, files, bytes) = (Mutex::new(Scan::default()), AtomicU64::new(0), AtomicU64::new(0));
    builder.build_parallel().run(|| {
        let mut window = Vec::new();
        let (found, files, bytes) = (&found, &files, &bytes);
        Box::new(move |entry| {
            let seen = match entry {
                Ok(entry) => read_entry(&entry, &mut window),
                Err(error) => Scan { unread: vec![unread(&error)], ..Scan::default() },
            };
            files.fetch_add(seen.files, Ordering::Relaxed);
            bytes.fetch_add(seen.bytes, Ordering::Relaxed);
            advance(seen.bytes);
            if !seen.leaks.is_empty() || !seen.unread.is_empty() || seen.allowed > 0 {
                let counted = Scan { files: 0, bytes: 0, ..seen };
                found.lock().expect("no thread panics while it adds").add(counted);
            }
            WalkState::Continue
        })
    });
    let mut scan = found.into_inner().expect("no thread panics while it adds");
    (scan.files, scan.bytes) = (files.into_inner(), bytes.into_inner());
    scan.in_order()
}

/// Reads one input that has no name.
#[must_use]
pub fn stdin(input: &mut impl Read) -> Scan {
    read_input(Path::new("-"), input, &mut Vec::new()).in_order()
}

fn read_entry(entry: &DirEntry, window: &mut Vec<u8>) -> Scan {
    let path = entry.path();
    // What was named on the command line may be a link or a pipe.
    let is_read = match entry.depth() {
        0 => fs::metadata(path).is_ok_and(|meta| !meta.is_dir()),
        _ => entry.file_type().is_some_and(|kind| FileType::is_file(&kind)),
    };
    if !is_read {
        return Scan::default();
    }
    let shown = path.strip_prefix("./").unwrap_or(path);
    match File::open(path) {
        Ok(mut file) => read_input(shown, &mut file, window),
        Err(error) => Scan::unread(shown, error.to_string()),
    }
}

/// Finds the keys in one input. How far it could be read, and why no further, is in the result.
pub(super) fn read_input(path: &Path, input: &mut impl Read, window: &mut Vec<u8>) -> Scan {
    let seen = match search(input, window) {
        Ok(seen) => seen,
        Err(error) => return Scan::unread(path, error.to_string()),
    };
    let Seen { hits, allowed, bytes, archive } = seen;
    let unread = archive.map(|what| Unread { path: path.to_owned(), why: what.to_owned(), is_archive: true });
    let leaks = hits.into_iter().map(|hit| Leak {
        path: path.to_owned(),
        line: hit.line,
        column: hit.column,
        place: Place::of(path, &hit.line_before),
        secret: hit.secret,
        commit: None,
    });
    Scan {
        leaks: leaks.collect(),
        files: u64::from(archive.is_none()),
        unread: unread.into_iter().collect(),
        bytes,
        allowed,
    }
}

impl Scan {
    /// What is left of a scan of one thing that cannot be read.
    pub(super) fn unread(path: &Path, why: String) -> Self {
        let unread = Unread { path: path.to_owned(), why, is_archive: false };
        Self { unread: vec![unread], ..Self::default() }
    }
}

fn unread(error: &ignore::Error) -> Unread {
    let (path, why) = match error {
        ignore::Error::WithPath { path, err } => (path.clone(), unread(err).why),
        ignore::Error::WithDepth { err, .. } => return unread(err),
        other => (PathBuf::new(), other.to_string()),
    };
    Unread { path: path.strip_prefix("./").map_or(path.clone(), Path::to_owned), why, is_archive: false }
}
