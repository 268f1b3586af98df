//! The paycli binary: no core dumps, then parse, run, exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    paycli::process::harden();
    report_defects();
    let code = paycli::cli::run(std::env::args_os().collect());
    if code == paycli::exit::ExitCode::Interrupted {
        die_of_interrupt();
    }
    code.into()
}

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
