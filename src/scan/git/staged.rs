//! What the next commit would bring in.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::blobs::Blobs;
use super::{Git, GitError, folder_of, path_of};
use crate::scan::Scan;
use crate::scan::walk::read_input;

const DIFF: &[&str] = &[
    "diff",
    "--cached",
    "--raw",
    "-z",
    "--no-abbrev",
    "--find-renames",
    "--no-color",
    "--no-ext-diff",
    "--diff-filter=AMRCT",
    "--ignore-submodules=all",
    "--no-relative",
];

/// A file that is staged: its content, and the one that it replaces.
#[derive(Debug, PartialEq, Eq)]
struct Staged {
    old: String,
    new: String,
    path: PathBuf,
}

/// Reads the staged files of a folder or a file; of `.`, those of its whole repository, as a commit takes them. A key
/// that was in a file before is not brought in by another change of that file. `advance` is told how many bytes were
/// read.
///
/// # Errors
/// When git is not installed, fails, or knows no repository here.
pub fn staged(path: &Path, advance: &dyn Fn(u64)) -> Result<Scan, GitError> {
    let (dir, name) = folder_of(path);
    let git = Git::in_dir(dir);
    let changed = read_diff(&git.ask_of(DIFF, name.or((path != Path::new(".")).then_some(OsStr::new("."))))?);
    let (mut blobs, mut window, mut scan) = (Blobs::of(git), Vec::new(), Scan::default());
    for Staged { old, new, path } in changed {
        let mut read = |id: &str| -> Result<Scan, GitError> {
            let read = blobs.read(id, |mut content| read_input(&path, &mut content, &mut window))?;
            Ok(read.unwrap_or_else(|why| Scan::unread(&path, why)))
        };
        let mut seen = read(&new)?;
        advance(seen.bytes);
        if !seen.leaks.is_empty() && old.bytes().any(|byte| byte != b'0') {
            let before = read(&old)?;
            let known: HashSet<_> = before.leaks.iter().map(|leak| leak.secret.expose().to_owned()).collect();
            seen.leaks.retain(|leak| !known.contains(leak.secret.expose()));
        }
        scan.add(seen);
    }
    Ok(scan.in_order())
}

/// Reads the output of `DIFF`: a line of modes and ids, then one path, or two of what was renamed or copied.
fn read_diff(output: &[u8]) -> Vec<Staged> {
    let mut tokens = output.split(|byte| *byte == 0);
    let mut changed = Vec::new();
    while let Some(line) = tokens.next() {
        let line = String::from_utf8_lossy(line);
        let fields: Vec<_> = line.trim_start_matches([':', '\n']).split(' ').collect();
        let [_, mode, old, new, status] = fields[..] else { continue };
        let Some(mut path) = tokens.next() else { break };
        if status.starts_with(['R', 'C']) {
            path = tokens.next().unwrap_or(path);
        }
        if mode != "160000" {
            changed.push(Staged { old: old.to_owned(), new: new.to_owned(), path: path_of(path) });
        }
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_renames_and_submodules_are_told_apart() {
        let (old, new) = ("a".repeat(40), "b".repeat(40));
        let output = format!(
            ":100644 100644 {old} {new} M\0a b\0:100644 100644 {old} {new} R090\0from\0to\0:160000 160000 {old} {new} M\0sub\0"
        );
        let paths: Vec<_> = read_diff(output.as_bytes()).into_iter().map(|staged| staged.path).collect();
        assert_eq!(paths, [PathBuf::from("a b"), PathBuf::from("to")]);
        assert_eq!(read_diff(b""), []);
    }
}
