//! The paycli binary: no core dumps, then parse, run, exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    harden();
    report_defects();
    let code = paycli::cli::run(std::env::args_os().collect());
    if code == paycli::exit::ExitCode::Interrupted {
        die_of_interrupt();
    }
    code.into()
}

/// Secrets in memory are nobody's business: files are the user's alone, there are no core dumps, and no
/// other process may look.
#[cfg(unix)]
fn harden() {
    use rustix::process::{Resource, Rlimit, setrlimit, umask};
    umask(rustix::fs::Mode::from_raw_mode(0o077));
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    // A system that refuses leaves things as they are, which is no reason not to work.
    let _ = setrlimit(Resource::Core, none);
    // A file that may not grow (ulimit -f) is an error of the write then, and no end in the middle of one. A
    // handler, not SIG_IGN: programs that are started do not inherit it.
    let seen = std::sync::Arc::default();
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, seen);
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}

#[cfg(not(unix))]
fn harden() {}

/// A panic is a defect of paycli. It is told without the values at hand, which could be secret.
fn report_defects() {
    std::panic::set_hook(Box::new(|panic| {
        use std::io::Write;
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let _ = writeln!(
            std::io::stderr(),
            "error: paycli has a defect, at {place}\n  money: what was sent is in the journal, and the same command again does not pay twice"
        );
        #[expect(clippy::exit, reason = "a panic aborts; scripts get the exit code of a defect instead")]
        std::process::exit(i32::from(paycli::exit::ExitCode::Internal.as_u8()));
    }));
}

/// Ends by the signal itself, so that a shell's loop around the command ends too; a shell shows 130.
#[cfg(unix)]
fn die_of_interrupt() {
    let _ = signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGINT);
}

#[cfg(not(unix))]
fn die_of_interrupt() {}
