//! The whole history: each content once, with the commit that brought it in.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Seek};
use std::path::{Path, PathBuf};

use super::blobs::Blobs;
use super::refs::refs;
use super::{Git, GitError, folder_of, limit, path_of, start_error};
use crate::scan::patterns::redacted;
use crate::scan::walk::read_input;
use crate::scan::{Commit, Scan};

/// Parents come before children, so that a content is seen first where it came in. A merge shows what is in none of
/// its parents.
const LOG: &[&str] = &[
    "log",
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
    "--no-relative",
    "--format=tformat:%H%x09%aI%x09%an%n%B",
];

/// Where a key in the words of a commit is said to stand.
const MESSAGE: &str = "commit message";

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

/// Reads the history of the repository that a folder or a file is in, as far as it concerns that: every content and
/// every message, of commits that a ref leads to, of those that only the reflog remembers (stashes, and what was
/// replaced), and of tags. `advance` is told how many bytes were read.
///
/// # Errors
/// When git is not installed, cannot be started, or knows no repository here.
pub fn history(path: &Path, advance: &dyn Fn(u64)) -> Result<History, GitError> {
    let (dir, name) = folder_of(path);
    let git = Git::in_dir(dir);
    let is_below = git.is_below_the_top()?;
    let is_shallow = git.ask(&["rev-parse", "--is-shallow-repository"])? == b"true";
    let mut history = History { scan: Scan::default(), commits: 0, is_shallow, submodules: Vec::new() };
    let limit = name.or(is_below.then_some(OsStr::new(".")));
    let mut reader = Reader { git: &git, blobs: Blobs::of(git.clone()), known: HashSet::new(), advance };
    // What a branch holds is named with its commit there, so that comes first.
    let logs: &[&[&str]] =
        if git.is_unborn()? { &[] } else { &[&["--all"], &["--reflog", "--not", "--all"]] };
    for revisions in logs {
        let Err(failure) = reader.read(revisions, limit, &mut history)? else { continue };
        if history.commits == 0 {
            return Err(failure);
        }
        history.scan.add(Scan::unread(path, format!("the rest of the history: {failure}")));
    }
    if limit.is_none() {
        history.scan.add(refs(&git, &reader.known)?);
    }
    history.scan = history.scan.in_order();
    history.submodules.sort();
    history.submodules.dedup();
    Ok(history)
}

/// Reads logs of one repository, each content once.
struct Reader<'a> {
    git: &'a Git,
    blobs: Blobs,
    known: HashSet<Vec<u8>>,
    advance: &'a dyn Fn(u64),
}

impl Reader<'_> {
    /// Reads the log of some commits. `Ok(Err(why))` is a log that git broke off.
    fn read(
        &mut self,
        revisions: &[&str],
        of: Option<&OsStr>,
        history: &mut History,
    ) -> Result<Result<(), GitError>, GitError> {
        let mut command = self.git.command(LOG.iter().chain(revisions));
        limit(&mut command, of);
        let system = |error| GitError::System { what: "git log cannot be read".into(), error };
        let mut said = tempfile::tempfile().map_err(system)?;
        command.stderr(said.try_clone().map_err(system)?);
        let mut child = command.spawn().map_err(|error| start_error(LOG, error))?;
        let log = BufReader::with_capacity(1 << 16, child.stdout.take().expect("it is piped"));
        let read = self.read_log(log, history);
        if read.is_err() {
            // It would write to nobody. Whether it has ended already does not matter.
            let _ = child.kill();
        }
        let status = child.wait().map_err(system)?;
        read?;
        if status.success() {
            return Ok(Ok(()));
        }
        let mut text = Vec::new();
        said.rewind().and_then(|()| said.read_to_end(&mut text)).map_err(system)?;
        Ok(Err(self.git.failure(LOG, &text)))
    }

    /// Reads the log of `LOG`: commits, and lines of what they changed, each ended by a zero byte.
    fn read_log(&mut self, mut log: impl BufRead, history: &mut History) -> Result<(), GitError> {
        let (mut commit, mut window) = (None, Vec::new());
        while let Some(token) = next(&mut log)? {
            let token = token.strip_prefix(b"\n").unwrap_or(&token);
            let seen = if token.starts_with(b":") {
                let Some(path) = next(&mut log)? else { break };
                let Some((mode, id)) = new_side(token) else { continue };
                let path = path_of(&path);
                if mode == SUBMODULE {
                    history.submodules.push(path);
                    continue;
                }
                if id.bytes().all(|byte| byte == b'0')
                    || !self.known.insert(hex::decode(id).unwrap_or_default())
                {
                    continue;
                }
                let read = self.blobs.read(id, |mut content| read_input(&path, &mut content, &mut window))?;
                read.unwrap_or_else(|why| Scan::unread(&path, why))
            } else {
                let Some((read, mut message)) = read_commit(token) else { continue };
                history.commits += 1;
                commit = Some(read);
                let seen = read_input(Path::new(MESSAGE), &mut message, &mut window);
                Scan { files: 0, bytes: 0, ..seen }
            };
            (self.advance)(seen.bytes);
            history.scan.add(of_commit(seen, commit.as_ref()));
        }
        Ok(())
    }
}

fn of_commit(mut seen: Scan, commit: Option<&Commit>) -> Scan {
    for leak in &mut seen.leaks {
        leak.commit = commit.cloned();
    }
    seen
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

/// A commit, as it is shown, and its message.
fn read_commit(token: &[u8]) -> Option<(Commit, &[u8])> {
    let end = memchr::memchr(b'\n', token).unwrap_or(token.len());
    let text = String::from_utf8_lossy(&token[..end]);
    let mut parts = text.splitn(3, '\t');
    let mut part = || parts.next();
    let id = part().filter(|id| id.len() >= 40)?.to_owned();
    let commit = Commit { id, date: part()?.to_owned(), author: redacted(part()?) };
    Some((commit, token.get(end + 1..).unwrap_or_default()))
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
