//! Commands that put a new secret to its uses. They get it on standard input, and nowhere else.

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
#[cfg(unix)]
use std::sync::OnceLock;
#[cfg(unix)]
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use secrecy::{ExposeSecret, SecretString};

use super::Secret;
use super::filter::Filter;
use super::secret::{holds_api_key, holds_secret};
use crate::process::with_inherited_umask;

/// How long a hook may take.
const LIMIT: Duration = Duration::from_secs(60);

/// How long the output of a hook that was killed is waited for: what left its group keeps it open.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// How often it is looked whether a hook has ended.
const PAUSE: Duration = Duration::from_millis(5);

/// The most that is kept of each output of a hook, in bytes.
const MAX_OUTPUT: usize = 64 * 1024;

/// Variables that hold secrets, or open stores of them. A hook has no business with them.
const SCRUBBED: &[&str] = &[
    "PAYCLI_API_KEY",
    "STRIPE_API_KEY",
    "PAYCLI_WEBHOOK_SECRET",
    "STRIPE_WEBHOOK_SECRET",
    "PAYCLI_KEYSTORE_PASSPHRASE",
    "PAYCLI_KEYSTORE_NEW_PASSPHRASE",
];

/// Whether a variable holds an API key, or opens a store of them. A program that is given a key gets no
/// other.
#[must_use]
pub fn is_api_key_variable(name: &OsStr, value: &OsStr) -> bool {
    let is_of_a_store = name.to_string_lossy().starts_with("PAYCLI_KEYSTORE_");
    name == "PAYCLI_API_KEY" || is_of_a_store || holds_api_key(&value.to_string_lossy())
}

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
    #[error("the hook {program} did not end within {seconds} s and was killed")]
    TooSlow {
        /// Its program.
        program: String,
        /// How long it had.
        seconds: u64,
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
/// A hook is over when its process has ended and nobody can write to its output any more: what it left
/// running in the background belongs to it. When its time is over, its whole process group is killed.
///
/// # Errors
/// When it cannot be started, fails or takes too long.
pub(super) fn run(argv: &[String], secret: &Secret, tell: &dyn Fn(&str)) -> Result<(), HookError> {
    run_within(LIMIT, argv, secret, tell)
}

fn run_within(
    limit: Duration,
    argv: &[String],
    secret: &Secret,
    tell: &dyn Fn(&str),
) -> Result<(), HookError> {
    let deadline = Instant::now() + limit;
    let program = argv.first().cloned().unwrap_or_default();
    let filter = Filter::new(secret);
    let interrupt = Interrupt::watch();
    let mut child = start(argv, &filter)
        .map_err(|error| HookError::NotStarted { program: program.clone(), why: error.to_string() })?;
    if let Some(mut stdin) = child.stdin.take() {
        let text = SecretString::from(secret.expose());
        // A hook that does not read has closed its end; whether it did its work, its exit code tells.
        std::thread::spawn(move || {
            let _ = stdin.write_all(text.expose_secret().as_bytes());
        });
    }
    let outputs = [child.stdout.take().map(Output::collect), child.stderr.take().map(Output::collect)];
    let is_silent = || outputs.iter().flatten().all(Output::has_ended);
    let status = wait(&mut child, deadline, interrupt, &is_silent);
    let last_words = Instant::now() + LAST_WORDS;
    while !is_silent() && Instant::now() < last_words {
        std::thread::sleep(PAUSE);
    }
    for output in outputs.iter().flatten() {
        output.text(&filter).lines().for_each(tell);
    }
    interrupt.heed();
    if status.is_some() && Instant::now() >= deadline {
        tell(&format!("what the hook left running was killed after {} s", limit.as_secs()));
    }
    match status {
        Some(status) if status.success() => Ok(()),
        Some(status) => Err(HookError::Failed { program, how: status.to_string() }),
        None => Err(HookError::TooSlow { program, seconds: limit.as_secs() }),
    }
}

/// Starts it in a process group of its own, with the umask of the user, and with no secret in its
/// environment.
fn start(argv: &[String], filter: &Filter) -> std::io::Result<Child> {
    let (program, arguments) = argv.split_first().ok_or(std::io::ErrorKind::InvalidInput)?;
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    for (name, value) in std::env::vars_os() {
        let value = value.to_string_lossy();
        let is_known = SCRUBBED.iter().any(|scrubbed| name == *scrubbed);
        // Secrets come in through variables of any name, old ones too.
        if is_known || holds_secret(&value) || filter.finds(&value) {
            command.env_remove(name);
        }
    }
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    with_inherited_umask(|| command.spawn())
}

/// Its exit status, or nothing where its time was over before it ended. Then, and when it ended but left
/// something that still writes, its group is killed.
fn wait(
    child: &mut Child,
    deadline: Instant,
    interrupt: &Interrupt,
    is_silent: &dyn Fn() -> bool,
) -> Option<ExitStatus> {
    let mut ended = None;
    while Instant::now() < deadline && !interrupt.has_come() {
        // A child that cannot be waited for is killed when its time is over.
        ended = ended.or_else(|| child.try_wait().ok().flatten());
        if ended.is_some() && is_silent() {
            return ended;
        }
        std::thread::sleep(PAUSE);
    }
    kill_group(child);
    if ended.is_none() {
        // It may have ended by itself in between; it is gone in either case.
        let _ = child.kill();
        let _ = child.wait();
    }
    ended
}

#[cfg(unix)]
fn kill_group(child: &Child) {
    use rustix::process::{Pid, Signal, kill_process_group};
    let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    // An empty group is what is wanted.
    let _ = group.map(|group| kill_process_group(group, Signal::KILL));
}

#[cfg(not(unix))]
fn kill_group(_: &Child) {}

/// What a hook wrote, as far as it came.
struct Output {
    bytes: Arc<Mutex<Vec<u8>>>,
    reader: JoinHandle<()>,
}

impl Output {
    fn collect(mut pipe: impl Read + Send + 'static) -> Self {
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let into = Arc::clone(&bytes);
        let reader = std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = pipe.read(&mut buffer) {
                let Ok(mut bytes) = into.lock() else { return };
                let room = MAX_OUTPUT.saturating_sub(bytes.len());
                bytes.extend_from_slice(&buffer[..count.min(room)]);
            }
        });
        Self { bytes, reader }
    }

    fn has_ended(&self) -> bool {
        self.reader.is_finished()
    }

    fn text(&self, filter: &Filter) -> String {
        let bytes = self.bytes.lock().map(|bytes| bytes.clone()).unwrap_or_default();
        filter.clean(&String::from_utf8_lossy(&bytes))
    }
}

/// A signal that asks paycli to end, held back while a hook runs: its group gets no Ctrl-C of the terminal,
/// and would go on alone.
#[derive(Default)]
struct Interrupt {
    #[cfg(unix)]
    signal: Arc<AtomicUsize>,
    /// Whether signals do what they do by default.
    #[cfg(unix)]
    is_let_through: Arc<AtomicBool>,
}

#[cfg(unix)]
impl Interrupt {
    /// Holds signals back from now on. A handler cannot be taken off again, so there is one for all hooks.
    fn watch() -> &'static Self {
        static WATCH: OnceLock<Interrupt> = OnceLock::new();
        let watch = WATCH.get_or_init(Self::register);
        watch.is_let_through.store(false, Ordering::SeqCst);
        watch
    }

    fn register() -> Self {
        use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
        let watch = Self::default();
        for number in [SIGINT, SIGTERM, SIGHUP] {
            let value = usize::try_from(number).expect("signals are small numbers");
            // Where it cannot be registered, the signal ends paycli at once, as without hooks.
            let _ =
                signal_hook::flag::register_conditional_default(number, Arc::clone(&watch.is_let_through));
            let _ = signal_hook::flag::register_usize(number, Arc::clone(&watch.signal), value);
        }
        watch
    }

    fn has_come(&self) -> bool {
        self.signal.load(Ordering::SeqCst) != 0
    }

    /// Ends paycli by the signal that came; from now on each does again what it does by default.
    fn heed(&self) {
        if let Ok(number @ 1..) = i32::try_from(self.signal.load(Ordering::SeqCst)) {
            let _ = signal_hook::low_level::emulate_default_handler(number);
        }
        self.is_let_through.store(true, Ordering::SeqCst);
    }
}

#[cfg(not(unix))]
impl Interrupt {
    const fn watch() -> &'static Self {
        &Self {}
    }

    const fn has_come(&self) -> bool {
        false
    }

    const fn heed(&self) {}
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

    fn seen_within(limit: Duration, script: &str) -> (Result<(), HookError>, Vec<String>) {
        let lines = RefCell::new(Vec::new());
        let argv = ["sh", "-c", script].map(str::to_owned);
        let done = run_within(limit, &argv, &secret(), &|line| lines.borrow_mut().push(line.to_owned()));
        (done, lines.into_inner())
    }

    #[cfg(unix)]
    #[test]
    fn what_runs_in_the_background_is_waited_for_and_its_output_is_told() {
        let (done, lines) = seen("echo at once; (sleep 0.3; echo later) &");
        assert_eq!((done, lines), (Ok(()), vec!["at once".to_owned(), "later".into()]));
    }

    #[cfg(unix)]
    #[test]
    fn when_the_time_is_over_children_of_children_are_killed_and_what_came_is_told() {
        let dir = tempfile::tempdir().expect("a directory");
        let file = dir.path().join("late");
        let late = format!("(sleep 2; echo x > '{}') & echo begun; wait", file.display());
        for (script, ends) in [(late.clone(), false), (late.replace("; wait", ""), true)] {
            let (done, lines) = seen_within(Duration::from_millis(700), &script);
            assert_eq!((&*lines[0], lines.len()), ("begun", if ends { 2 } else { 1 }), "{lines:?}");
            assert_eq!(done.is_ok(), ends, "{done:?}");
        }
        std::thread::sleep(Duration::from_millis(2500));
        assert!(!file.exists(), "a child of a child outlived its time");
    }
}
