//! Folders, files, their modes, the disk, and the journals.

use std::path::{Path, PathBuf};

use crate::cli::context::{Context, variable};
use crate::cli::failure::Failure;
use crate::journal::{Filter, State};
use crate::profile::{HomeError, Mode, Paths};
use crate::request::shell_quote;
use crate::time::UnixMillis;

use super::check::{Check, Status};

/// With less room on the disk a journal soon cannot be written.
const LEAST_FREE_BYTES: u64 = 50 << 20;

/// Whether configuration and data can be read and written, and by nobody else.
pub(super) fn checks(context: &Context) -> Vec<Check> {
    let paths = match Context::home() {
        Ok(paths) => paths,
        Err(error) => {
            let mend = other_home(&error);
            return vec![Check::of("paths", Status::Failed, error.into(), context).mend(mend)];
        }
    };
    let mut checks = vec![writable(paths.data_dir())];
    checks.push(match context.config() {
        Ok(config) => Check::ok("config", config.path.display().to_string()),
        Err(failure) => {
            let file = paths.config_file();
            let mend = if std::fs::read(&file).is_ok() { "${EDITOR:-vi}" } else { "chmod u+rw" };
            Check::of("config", Status::Failed, failure, context).mend(format!("{mend} {}", word(&file)))
        }
    });
    checks.push(permissions(&paths));
    checks.extend(room(paths.data_dir()));
    checks
}

/// A path as a word of a command.
fn word(path: &Path) -> String {
    shell_quote(&path.to_string_lossy()).into_owned()
}

/// What makes the folders fit for secrets, or brings others.
fn other_home(error: &HomeError) -> String {
    match error {
        HomeError::WritableByEveryone(dir) => format!("chmod go-w {}", word(dir)),
        HomeError::Link(_) | HomeError::NotAFolder(_) if variable("PAYCLI_HOME").is_some() => {
            "unset PAYCLI_HOME".into()
        }
        HomeError::Link(path) | HomeError::NotAFolder(path) => format!("mv {0} {0}.before", word(path)),
        HomeError::None => "export HOME=\"$(getent passwd \"$(id -u)\" | cut -d: -f6)\"".into(),
    }
}

/// The folder itself, or the nearest one above it that exists.
fn nearest(dir: &Path) -> &Path {
    dir.ancestors().find(|dir| dir.exists()).unwrap_or(dir)
}

fn writable(data: &Path) -> Check {
    let dir = nearest(data);
    match tempfile::Builder::new().prefix(".paycli-doctor-").tempfile_in(dir) {
        Ok(_) if dir == data => Check::ok("paths", format!("{} can be written", data.display())),
        Ok(_) => Check::ok("paths", format!("{} will be made when it is needed", data.display())),
        Err(error) => Check::failed("paths", format!("{} cannot be written: {error}", dir.display()))
            .mend(format!("chmod u+rwx {}", word(dir))),
    }
}

#[cfg(unix)]
fn permissions(paths: &Paths) -> Check {
    let open = crate::audit::open_to_others(&[paths.data_dir().to_owned(), paths.config_file()]);
    if open.is_empty() {
        return Check::ok("permissions", "files and folders are readable by you alone");
    }
    let words: Vec<_> = open.iter().map(|path| word(path)).collect();
    let named: Vec<_> = open.iter().map(|path: &PathBuf| path.display().to_string()).collect();
    Check::failed("permissions", format!("others can read {}", named.join(", ")))
        .mend(format!("chmod go-rwx {}", words.join(" ")))
}

#[cfg(not(unix))]
fn permissions(_: &Paths) -> Check {
    Check::new("permissions", Status::Skipped, "not looked at on this platform")
}

#[cfg(unix)]
fn room(data: &Path) -> Option<Check> {
    let disk = rustix::fs::statvfs(nearest(data)).ok()?;
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    let message = format!("{} MB are free for the journal", free >> 20);
    if free >= LEAST_FREE_BYTES {
        return Some(Check::ok("disk", message));
    }
    let dir = word(nearest(data));
    Some(
        Check::failed("disk", message)
            .mend(format!("df -h {dir}"))
            .hint("make room: without a journal nothing is sent (exit 23)"),
    )
}

#[cfg(not(unix))]
fn room(_: &Path) -> Option<Check> {
    None
}

/// Whether the journals can be read, and what in them waits for somebody.
pub(super) fn journals(context: &Context) -> Vec<Check> {
    [Mode::Test, Mode::Live].into_iter().map(|mode| journal(context, mode)).collect()
}

fn journal(context: &Context, mode: Mode) -> Check {
    let name = if mode.is_live() { "journal live" } else { "journal test" };
    let is_there = Context::has_shared_journal()
        || Context::paths().is_ok_and(|paths| paths.journal_file(mode).exists());
    if !is_there {
        return Check::ok(name, "empty");
    }
    match unfinished(context, mode) {
        Err(failure) => broken(Check::of(name, Status::Failed, failure, context), mode),
        Ok((0, 0)) => Check::ok(name, "readable, nothing unfinished"),
        Ok((unknown, 0)) => {
            let live = if mode.is_live() { " -p live --live" } else { "" };
            Check::warning(name, format!("{unknown} requests have an unknown outcome and can be sent again"))
                .mend(format!("paycli{live} journal resume --all"))
        }
        Ok((_, expired)) => {
            let live = if mode.is_live() { " -p live --live" } else { "" };
            Check::warning(
                name,
                format!("{expired} requests have an unknown outcome and must not be sent again"),
            )
            .mend(format!("paycli{live} journal list --state expired_unknown"))
        }
    }
}

/// A journal that cannot be used. What it holds is needed: nothing deletes it.
fn broken(check: Check, mode: Mode) -> Check {
    let Ok(paths) = Context::paths() else { return check };
    let file = paths.journal_file(mode);
    let copy = file.with_extension("recovered");
    if check.next_command.is_some() {
        return check;
    }
    check.mend(format!("sqlite3 {} .recover | sqlite3 {}", word(&file), word(&copy))).hint(
        "restore the file from a backup, or put what could be recovered in its place; until then nothing is sent in \
         this mode. It knows which requests may have been executed: do not delete it",
    )
}

/// How many outcomes are unknown, inside their window and after it.
fn unfinished(context: &Context, mode: Mode) -> Result<(usize, usize), Failure> {
    let (journal, now) = (context.journal(mode)?, UnixMillis::now());
    let count = |state| -> Result<usize, Failure> {
        Ok(journal.list(&Filter { state: Some(state), since: None, limit: None, now })?.len())
    };
    Ok((count(State::Unknown)? + count(State::Sending)?, count(State::ExpiredUnknown)?))
}
