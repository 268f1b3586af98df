//! A command of the user's that counts what events have done: it prints a number, before and after a duplicate.

use std::io::Read;
use std::process::{Command, Stdio};
use std::time::Duration;

use wait_timeout::ChildExt;

/// How long the command may take.
const LIMIT: Duration = Duration::from_secs(30);

/// The most that is read of its output, in bytes.
const MAX_OUTPUT: u64 = 4096;

/// Runs a command without a shell and reads the whole number that it prints.
///
/// # Errors
/// In words that go on from the option's name: it cannot be started, fails, takes too long or prints no number.
pub fn count(argv: &[String]) -> Result<i64, String> {
    let (program, arguments) = argv.split_first().ok_or("is empty")?;
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{program} cannot be started: {error}"))?;
    let output = child.stdout.take();
    let reader = std::thread::spawn(move || {
        let mut text = Vec::new();
        // What cannot be read is no number, which is said.
        let _ = output.map(|pipe| pipe.take(MAX_OUTPUT).read_to_end(&mut text));
        String::from_utf8_lossy(&text).trim().to_owned()
    });
    let ended =
        child.wait_timeout(LIMIT).map_err(|error| format!("{program} cannot be waited for: {error}"))?;
    let Some(status) = ended else {
        // It may have ended in between.
        let _ = child.kill();
        let _ = child.wait();
        return Err(format!("{program} did not end within {} s", LIMIT.as_secs()));
    };
    if !status.success() {
        return Err(format!("{program} failed ({status})"));
    }
    let text = reader.join().unwrap_or_default();
    text.parse().map_err(|_| format!("{program} printed {text:?} where a whole number is expected"))
}
