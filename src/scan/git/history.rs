//! The whole history: each content once, with the commit that brought it in.

use std::collections::{BTreeSet, HashSet};
use std::io::{BufRead, BufReader, Read, Seek};
use std::path::{Path, PathBuf};

use super::blobs::Blobs;
use super::{Git, GitError, path_of, start_error};
use crate::scan::walk::read_input;
use crate::scan::{Commit, Scan};

/// Parents come before children, so that a content is seen first where it came in. A merge shows what is in none of
/// its parents.
const LOG: &[&str] = &[
    "log",
    "--all",
    "--reverse",
    "--topo-order",
    "--full-history",
    "--root",
    "--raw",
    "-z",
    "--no-abbrev",
    "--no-renames",
    "--diff-merges=combined",
    "--no-show-signature",
    "--format=tformat:%H%x09%aI%x09%an",
];

/// The mode of a submodule, whose content is in another repository.
const SUBMODULE: &[u8] = b"160000";

/// What a history holds.
#[derive(Debug)]
pub struct History {
    /// What was found.
    pub scan: Scan,
    /// How many commits were read.
    pub commits: u64,
    /// Whether older commits are not here.
    pub is_shallow: bool,
    /// Submodules, whose histories are elsewhere.
    pub submodules: Vec<PathBuf>,
}

/// Reads the history of the repository that a folder or a file is in, as far as it concerns that. `advance` is told how
/// many bytes were read.
///
/// # Errors
/// When git is not installed, cannot be started, or knows no repository here.
pub fn history(path: &Path, advance: &dyn Fn(u64)) -> Result<History, GitError> {
    let is_file = path.is_file();
    let dir = if is_file {
        path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."))
    } else {
        path
    };
    let git = Git::in_dir(dir);
    let is_inside = !git.ask(&["rev-parse", "--show-prefix"])?.is_empty();
    let is_shallow = git.ask(&["rev-parse", "--is-shallow-repository"])? == b"true";
    let mut history = History { scan: Scan::default(), commits: 0, is_shallow, submodules: Vec::new() };
    if git.is_unborn()? {
        return Ok(history);
    }
    let mut command = git.command(LOG);
    command.arg("--");
    match path.file_name().filter(|_| is_file) {
        Some(name) => command.env("GIT_LITERAL_PATHSPECS", "1").arg(name),
        None if is_inside => command.arg("."),
        None => &mut command,
    };
    let system = |error| GitError::System { what: "git log cannot be read".into(), error };
    let mut said = tempfile::tempfile().map_err(system)?;
    command.stderr(said.try_clone().map_err(system)?);
    let mut child = command.spawn().map_err(|error| start_error(LOG, error))?;
    let log = BufReader::with_capacity(1 << 16, child.stdout.take().expect("it is piped"));
    let read = read_log(log, &git, advance, &mut history);
    if read.is_err() {
        // It would write to nobody. Whether it has ended already does not matter.
        let _ = child.kill();
    }
    let status = child.wait().map_err(system)?;
    read?;
    if !status.success() {
        let mut text = Vec::new();
        said.rewind().and_then(|()| said.read_to_end(&mut text)).map_err(system)?;
        let failure = git.failure(LOG, &text);
        if history.commits == 0 {
            return Err(failure);
        }
        history.scan.add(Scan::unread(path, format!("the rest of the history: {failure}")));
    }
    history.scan = history.scan.in_order();
    Ok(history)
}

/// Reads the log of `LOG`: commits, and lines of what they changed, each ended by a zero byte.
fn read_log(
    mut log: impl BufRead,
    git: &Git,
    advance: &dyn Fn(u64),
    history: &mut History,
) -> Result<(), GitError> {
    let (mut blobs, mut known, mut window) = (Blobs::of(git.clone()), HashSet::new(), Vec::new());
    let mut submodules = BTreeSet::new();
    let mut commit = None;
    while let Some(token) = next(&mut log)? {
        let token = token.strip_prefix(b"\n").unwrap_or(&token);
        if !token.starts_with(b":") {
            if let Some(read) = read_commit(token) {
                history.commits += 1;
                commit = Some(read);
            }
            continue;
        }
        let Some(path) = next(&mut log)? else { break };
        let Some((mode, id)) = new_side(token) else { continue };
        let path = path_of(&path);
        if mode == SUBMODULE {
            submodules.insert(path);
            continue;
        }
        if id.bytes().all(|byte| byte == b'0') || !known.insert(hex::decode(id).unwrap_or_default()) {
            continue;
        }
        let read = blobs.read(id, |mut content| read_input(&path, &mut content, &mut window))?;
        let mut seen = read.unwrap_or_else(|why| Scan::unread(&path, why));
        advance(seen.bytes);
        for leak in &mut seen.leaks {
            leak.commit.clone_from(&commit);
        }
        history.scan.add(seen);
    }
    history.submodules = submodules.into_iter().collect();
    Ok(())
}

fn next(log: &mut impl BufRead) -> Result<Option<Vec<u8>>, GitError> {
    let mut token = Vec::new();
    let read = log.read_until(0, &mut token);
    let count = read.map_err(|error| GitError::System { what: "git log cannot be read".into(), error })?;
    if token.last() == Some(&0) {
        token.pop();
    }
    Ok((count > 0).then_some(token))
}

fn read_commit(token: &[u8]) -> Option<Commit> {
    let text = String::from_utf8_lossy(token);
    let mut parts = text.splitn(3, '\t');
    let mut part = || parts.next().map(str::to_owned);
    Some(Commit { id: part().filter(|id| id.len() >= 40)?, date: part()?, author: part()? })
}

/// Mode and id after the commit. A merge has a colon, a mode and an id more for each parent.
fn new_side(line: &[u8]) -> Option<(&[u8], &str)> {
    let parents = line.iter().take_while(|byte| **byte == b':').count();
    let mut fields = line[parents..].split(|byte| *byte == b' ');
    let mode = fields.nth(parents)?;
    let id = std::str::from_utf8(fields.nth(parents)?).ok()?;
    Some((mode, id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_file_is_read_with_one_parent_and_with_two() {
        let (a, b, c) = ("a".repeat(40), "b".repeat(40), "c".repeat(40));
        let one = format!(":100644 100755 {a} {b} M");
        assert_eq!(new_side(one.as_bytes()), Some((b"100755".as_slice(), b.as_str())));
        let two = format!("::100644 100644 120000 {a} {b} {c} MM");
        assert_eq!(new_side(two.as_bytes()), Some((b"120000".as_slice(), c.as_str())));
        assert_eq!(new_side(b":100644 100644"), None);
    }
}
