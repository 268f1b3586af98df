//! What git knows: staged changes and history, asked of the `git` program, and its hook.

mod blobs;
mod history;
mod hook;
mod refs;
mod staged;
mod tracked;

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

pub use history::{History, history};
pub use hook::{Hook, install_hook};
pub use staged::staged;
pub use tracked::tracked_but_ignored;

/// Why git could not be asked.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// The program is missing.
    #[error("git is not installed, or not on the PATH: its history and its index cannot be read without it")]
    NotInstalled,
    /// The folder is in no repository.
    #[error("{0} is not in a git repository")]
    NotARepository(PathBuf),
    /// A hook of somebody else's is in the way.
    #[error("the hook {0} exists and was not written by paycli")]
    OtherHook(PathBuf),
    /// git failed.
    #[error("git {command} failed: {why}")]
    Failed {
        /// What it was to do.
        command: String,
        /// What it said.
        why: String,
    },
    /// A file of git's, or a pipe to it, failed.
    #[error("{what}: {error}")]
    System {
        /// What was to be done.
        what: String,
        /// What the system said.
        error: io::Error,
    },
}

/// The git program, at work in a folder.
#[derive(Debug, Clone)]
pub(super) struct Git {
    dir: PathBuf,
}

impl Git {
    pub(super) fn in_dir(dir: &Path) -> Self {
        Self { dir: dir.to_owned() }
    }

    /// A command that reads, and does nothing that the repository's configuration may ask for beside: no hook, no
    /// monitor, no pager, no question, no download.
    pub(super) fn command<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Command {
        let mut command = Command::new("git");
        command
            .args([
                "--no-pager",
                "--no-replace-objects",
                "-c",
                "core.fsmonitor=false",
                "-c",
                "log.showSignature=false",
                // git would keep 96 MB of unpacked contents.
                "-c",
                "core.deltaBaseCacheLimit=16m",
            ])
            .arg("-C")
            .arg(&self.dir)
            .args(args)
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_NO_LAZY_FETCH", "1")
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        for name in ["PAYCLI_API_KEY", "STRIPE_API_KEY", "PAYCLI_WEBHOOK_SECRET", "STRIPE_WEBHOOK_SECRET"] {
            command.env_remove(name);
        }
        command
    }

    /// What a command says, without the line break at its end.
    pub(super) fn ask(&self, args: &[&str]) -> Result<Vec<u8>, GitError> {
        self.ask_of(args, None)
    }

    /// The same, as far as it concerns one path in the folder.
    pub(super) fn ask_of(&self, args: &[&str], path: Option<&OsStr>) -> Result<Vec<u8>, GitError> {
        let mut command = self.command(args);
        limit(&mut command, path);
        let output = command.output().map_err(|error| start_error(args, error))?;
        let mut said = self.checked(args, output)?;
        if said.last() == Some(&b'\n') {
            said.pop();
        }
        Ok(said)
    }

    /// The output of a command that succeeded.
    fn checked(&self, args: &[&str], output: Output) -> Result<Vec<u8>, GitError> {
        if output.status.success() {
            return Ok(output.stdout);
        }
        Err(self.failure(args, &output.stderr))
    }

    /// Why a command failed, by what it said.
    pub(super) fn failure(&self, args: &[&str], stderr: &[u8]) -> GitError {
        let said = String::from_utf8_lossy(stderr);
        if said.contains("not a git repository") {
            return GitError::NotARepository(self.dir.clone());
        }
        let lines = said.lines().filter(|line| !line.trim().is_empty()).take(3);
        let why = lines.collect::<Vec<_>>().join("; ");
        let command = args.iter().find(|arg| !arg.starts_with('-')).copied().unwrap_or_default().to_owned();
        GitError::Failed { command, why: if why.is_empty() { "it said nothing".into() } else { why } }
    }

    /// Whether a folder is below the top of its repository.
    pub(super) fn is_below_the_top(&self) -> Result<bool, GitError> {
        Ok(!self.ask(&["rev-parse", "--show-prefix"])?.is_empty())
    }

    /// Whether there is no commit yet.
    pub(super) fn is_unborn(&self) -> Result<bool, GitError> {
        Ok(self.ask(&["rev-list", "--all", "--max-count=1"])?.is_empty()
            && self.ask(&["rev-parse", "--verify", "--quiet", "HEAD"]).is_err())
    }
}

pub(super) fn start_error(args: &[&str], error: io::Error) -> GitError {
    if error.kind() == io::ErrorKind::NotFound {
        return GitError::NotInstalled;
    }
    GitError::System { what: format!("git {} does not start", args.join(" ")), error }
}

/// Names the one path that a command is about, where there is one.
pub(super) fn limit(command: &mut Command, path: Option<&OsStr>) {
    if let Some(path) = path {
        command.env("GIT_LITERAL_PATHSPECS", "1").arg("--").arg(path);
    }
}

/// The folder of a path, and its name where it is a file.
pub(super) fn folder_of(path: &Path) -> (&Path, Option<&OsStr>) {
    if path.is_dir() {
        return (path, None);
    }
    let folder = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    (folder, path.file_name())
}

/// A path as git writes it: bytes.
#[cfg(unix)]
pub(super) fn path_of(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(OsStr::from_bytes(bytes))
}

/// A path as git writes it: UTF-8 on this platform.
#[cfg(not(unix))]
pub(super) fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}
