//! What paycli gives up for itself when it starts, and what programs that it starts get back.

use std::io;
use std::process::Command;
#[cfg(unix)]
use std::sync::OnceLock;

/// What the user had set before paycli changed it.
#[cfg(unix)]
struct Inherited {
    umask: rustix::fs::Mode,
    core: rustix::process::Rlimit,
}

#[cfg(unix)]
static INHERITED: OnceLock<Inherited> = OnceLock::new();

/// Secrets in memory are nobody's business: files are the user's alone, there are no core dumps, and no
/// other process may look.
#[cfg(unix)]
pub fn harden() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit, umask};
    let core = getrlimit(Resource::Core);
    let umask = umask(rustix::fs::Mode::from_raw_mode(0o077));
    let none = Rlimit { current: Some(0), maximum: core.maximum };
    // A system that refuses leaves things as they are, which is no reason not to work.
    let _ = setrlimit(Resource::Core, none);
    let _ = INHERITED.set(Inherited { umask, core });
    // A file that may not grow (ulimit -f) is an error of the write then, and no end in the middle of one. A
    // handler, not SIG_IGN: programs that are started do not inherit it.
    let seen = std::sync::Arc::default();
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, seen);
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}

/// Nothing to give up on this system.
#[cfg(not(unix))]
pub fn harden() {}

/// Starts a program with the umask that the user has, not with paycli's own. No file may be made meanwhile:
/// the umask is the whole process's.
#[cfg(unix)]
pub fn with_inherited_umask<T>(start: impl FnOnce() -> T) -> T {
    let Some(inherited) = INHERITED.get() else { return start() };
    let own = rustix::process::umask(inherited.umask);
    let started = start();
    rustix::process::umask(own);
    started
}

/// Starts a program; this system has no umask.
#[cfg(not(unix))]
pub fn with_inherited_umask<T>(start: impl FnOnce() -> T) -> T {
    start()
}

/// Gives back what [`harden`] took, before another program takes this process over.
#[cfg(unix)]
fn restore() {
    let Some(Inherited { umask, core }) = INHERITED.get() else { return };
    rustix::process::umask(*umask);
    let _ = rustix::process::setrlimit(rustix::process::Resource::Core, *core);
}

/// Runs a program in place of this one, which returns only where it cannot be started.
#[cfg(unix)]
#[must_use]
pub fn take_over(mut program: Command) -> io::Error {
    restore();
    let error = std::os::unix::process::CommandExt::exec(&mut program);
    harden();
    error
}

/// Runs a program and ends with its exit code: this system replaces no process.
#[cfg(not(unix))]
#[must_use]
pub fn take_over(mut program: Command) -> io::Error {
    match program.status() {
        #[expect(clippy::exit, reason = "the program's exit code is any number")]
        Ok(status) => std::process::exit(status.code().unwrap_or(1)),
        Err(error) => error,
    }
}
