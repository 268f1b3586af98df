//! Commands that put a new secret to its uses. They get it on standard input, and nowhere else.

use std::io::{Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use super::Secret;

/// How long a hook may take.
const LIMIT: Duration = Duration::from_secs(60);

/// How long the output of a hook that has ended is waited for: one that left a child behind keeps it open.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// The most that is kept of a hook's output, in bytes.
const MAX_OUTPUT: u64 = 64 * 1024;

/// Variables that hold secrets, or open stores of them. A hook has no business with them.
const SCRUBBED: &[&str] = &[
    "PAYCLI_API_KEY",
    "STRIPE_API_KEY",
    "PAYCLI_WEBHOOK_SECRET",
    "STRIPE_WEBHOOK_SECRET",
    "PAYCLI_KEYSTORE_PASSPHRASE",
];

/// Why a hook did not do its work. Its output was told before.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HookError {
    /// The text cannot be split into arguments.
    #[error("the command of --exec number {0} has a quote that does not end, or is empty")]
    NotACommand(usize),
    /// It could not be started.
    #[error("the hook {program} cannot be started: {why}")]
    NotStarted {
        /// Its program.
        program: String,
        /// What the system said.
        why: String,
    },
    /// It ended with an error.
    #[error("the hook {program} failed ({how})")]
    Failed {
        /// Its program.
        program: String,
        /// Its exit code or signal.
        how: String,
    },
    /// It took too long and was killed.
    #[error("the hook {program} did not end within {} s and was killed", LIMIT.as_secs())]
    TooSlow {
        /// Its program.
        program: String,
    },
}

/// Splits the texts of commands into arguments, as a shell does with quotes. No shell is started.
///
/// # Errors
/// When one cannot be split, or holds nothing.
pub fn split_hooks(texts: &[String]) -> Result<Vec<Vec<String>>, HookError> {
    let split = |(at, text): (usize, &String)| {
        let arguments = shlex::split(text).filter(|arguments| !arguments.is_empty());
        arguments.ok_or(HookError::NotACommand(at + 1))
    };
    texts.iter().enumerate().map(split).collect()
}

/// Runs one hook. Each line of its output is told, without the secret in it.
///
/// # Errors
/// When it cannot be started, fails or takes too long.
pub(super) fn run(argv: &[String], secret: &Secret, tell: &dyn Fn(&str)) -> Result<(), HookError> {
    let program = argv.first().cloned().unwrap_or_default();
    let mut child = start(argv, secret)
        .map_err(|error| HookError::NotStarted { program: program.clone(), why: error.to_string() })?;
    if let Some(mut stdin) = child.stdin.take() {
        let text = secrecy::SecretString::from(secret.expose());
        // A hook that does not read has closed its end; whether it did its work, its exit code tells.
        std::thread::spawn(move || {
            let _ = stdin.write_all(secrecy::ExposeSecret::expose_secret(&text).as_bytes());
        });
    }
    let outputs = [child.stdout.take().map(collect), child.stderr.take().map(collect)];
    let status = wait(&mut child);
    for output in outputs.into_iter().flatten() {
        tell_lines(&output, secret, tell);
    }
    match status {
        Some(status) if status.success() => Ok(()),
        Some(status) => Err(HookError::Failed { program, how: status.to_string() }),
        None => Err(HookError::TooSlow { program }),
    }
}

fn start(argv: &[String], secret: &Secret) -> std::io::Result<Child> {
    let (program, arguments) = argv.split_first().ok_or(std::io::ErrorKind::InvalidInput)?;
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    for name in SCRUBBED {
        command.env_remove(name);
    }
    // The new secret may have come in through a variable of any name.
    for (name, value) in std::env::vars_os() {
        if value.to_string_lossy().contains(secret.expose()) {
            command.env_remove(name);
        }
    }
    command.spawn()
}

fn wait(child: &mut Child) -> Option<ExitStatus> {
    let deadline = Instant::now() + LIMIT;
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) if Instant::now() < deadline => std::thread::sleep(Duration::from_millis(5)),
            _ => {
                // It may have ended by itself in between.
                let _ = child.kill();
                let _ = child.wait();
                return None;
            }
        }
    }
}

fn collect(pipe: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let mut pipe = pipe.take(MAX_OUTPUT);
        // What came before an error is told all the same.
        let _ = pipe.read_to_end(&mut bytes);
        let _ = std::io::copy(&mut pipe.into_inner(), &mut std::io::sink());
        let _ = sender.send(bytes);
    });
    receiver
}

fn tell_lines(output: &Receiver<Vec<u8>>, secret: &Secret, tell: &dyn Fn(&str)) {
    let Ok(bytes) = output.recv_timeout(LAST_WORDS) else { return };
    let text = String::from_utf8_lossy(&bytes).replace(secret.expose(), &secret.redacted());
    for line in text.lines() {
        tell(line);
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::keys::SecretKind;

    fn secret() -> Secret {
        let text = format!("whsec_{}wxyz", "a1".repeat(14));
        Secret::parse(SecretKind::Webhook, &secrecy::SecretString::from(text)).expect("a secret")
    }

    fn seen(script: &str) -> (Result<(), HookError>, Vec<String>) {
        let lines = RefCell::new(Vec::new());
        let argv = ["sh", "-c", script].map(str::to_owned);
        let done = run(&argv, &secret(), &|line| lines.borrow_mut().push(line.to_owned()));
        (done, lines.into_inner())
    }

    #[test]
    fn texts_are_split_without_a_shell() {
        let split = |text: &str| split_hooks(&[text.to_owned()]);
        let expected = vec![vec!["gh".to_owned(), "secret".into(), "set".into(), "A B".into(), "$X".into()]];
        assert_eq!(split("gh secret set 'A B' $X"), Ok(expected));
        for bad in ["", "  ", "a 'b"] {
            assert_eq!(split(bad), Err(HookError::NotACommand(1)), "{bad}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn the_secret_comes_on_stdin_and_its_echo_is_cut_down() {
        let (done, lines) = seen("read -r x || true; echo \"got $x\"; echo oops >&2; exit 3");
        assert_eq!(lines, ["got whsec_****wxyz", "oops"]);
        assert!(matches!(done, Err(HookError::Failed { how, .. }) if how.contains('3')));
        assert_eq!(seen("exit 0").0, Ok(()), "a hook need not read");
        let missing = run(&["/no/such/program".to_owned()], &secret(), &|_| {});
        assert!(matches!(missing, Err(HookError::NotStarted { .. })));
    }
}
