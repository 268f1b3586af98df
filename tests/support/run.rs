//! Running a program with a time limit, and what was seen of it.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::Value;

/// A run that takes longer than this hangs, even on a busy machine.
const TIME_LIMIT: Duration = Duration::from_secs(60);

/// A program that is ready to run.
#[derive(Debug)]
pub(crate) struct Run {
    command: Vec<OsString>,
    dir: PathBuf,
    env: BTreeMap<OsString, OsString>,
    stdin: Option<Vec<u8>>,
    stdout_unread: bool,
    user: Option<u32>,
    limit: Duration,
}

impl Run {
    pub(crate) fn new(command: Vec<OsString>, dir: &Path) -> Self {
        Self {
            command,
            dir: dir.to_owned(),
            env: BTreeMap::new(),
            stdin: None,
            stdout_unread: false,
            user: None,
            limit: TIME_LIMIT,
        }
    }

    pub(crate) fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.env.insert(name.as_ref().to_owned(), value.as_ref().to_owned());
        self
    }

    pub(crate) fn without_env(mut self, name: &str) -> Self {
        self.env.remove(OsStr::new(name));
        self
    }

    /// With this key in the environment instead of the usual one.
    pub(crate) fn key(self, key: &str) -> Self {
        self.env("PAYCLI_API_KEY", key)
    }

    /// With no key in the environment.
    pub(crate) fn without_key(self) -> Self {
        self.without_env("PAYCLI_API_KEY")
    }

    pub(crate) fn args<A: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.command.extend(args.into_iter().map(|arg| arg.as_ref().to_owned()));
        self
    }

    pub(crate) fn stdin(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.stdin = Some(bytes.as_ref().to_vec());
        self
    }

    /// Nobody reads stdout: a large answer blocks the program.
    pub(crate) fn stdout_unread(mut self) -> Self {
        self.stdout_unread = true;
        self
    }

    pub(crate) fn time_limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// As another user, where the test runs as root.
    pub(crate) fn user(mut self, id: u32) -> Self {
        self.user = Some(id);
        self
    }

    /// Through another program, such as `faketime -f +25h`.
    pub(crate) fn through<A: AsRef<OsStr>>(mut self, wrapper: impl IntoIterator<Item = A>) -> Self {
        let mut command: Vec<OsString> = wrapper.into_iter().map(|arg| arg.as_ref().to_owned()).collect();
        command.append(&mut self.command);
        self.command = command;
        self
    }

    /// With the wall clock moved by `offset` (`+25h`, `-2h`); the monotonic clock stays.
    pub(crate) fn at_clock(self, offset: &str) -> Self {
        self.env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
            .env("DONT_FAKE_MONOTONIC", "1")
            .through(["faketime", "-f", offset])
    }

    /// Starts it and waits for its end.
    pub(crate) fn run(self) -> Seen {
        self.start().wait()
    }

    /// Starts it.
    pub(crate) fn start(self) -> Running {
        let shown = self.command.iter().map(|arg| arg.to_string_lossy()).collect::<Vec<_>>().join(" ");
        let mut command = Command::new(&self.command[0]);
        command.args(&self.command[1..]).current_dir(&self.dir).env_clear().envs(&self.env);
        command.stdin(if self.stdin.is_some() { Stdio::piped() } else { Stdio::null() });
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        #[cfg(unix)]
        if let Some(id) = self.user {
            use std::os::unix::process::CommandExt;
            command.uid(id).gid(id);
        }
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{shown} does not start: {error}"));
        if let (Some(mut pipe), Some(bytes)) = (child.stdin.take(), self.stdin) {
            // The program may end without reading its input: a closed pipe is no failure of the test.
            std::thread::spawn(move || pipe.write_all(&bytes));
        }
        let mut readers = Vec::new();
        let stdout = Arc::new(Mutex::new(Vec::new()));
        let stderr = Arc::new(Mutex::new(Vec::new()));
        if !self.stdout_unread {
            readers.push(collect(child.stdout.take().expect("a pipe"), &stdout));
        }
        readers.push(collect(child.stderr.take().expect("a pipe"), &stderr));
        Running { child, shown, stdout, stderr, readers, limit: self.limit, started: Instant::now() }
    }
}

fn collect(mut pipe: impl Read + Send + 'static, into: &Arc<Mutex<Vec<u8>>>) -> JoinHandle<()> {
    let into = Arc::clone(into);
    std::thread::spawn(move || {
        let mut buffer = [0_u8; 16 * 1024];
        while let Ok(count @ 1..) = pipe.read(&mut buffer) {
            into.lock().expect("no panic in a reader").extend_from_slice(&buffer[..count]);
        }
    })
}

/// A program that runs.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    shown: String,
    stdout: Arc<Mutex<Vec<u8>>>,
    stderr: Arc<Mutex<Vec<u8>>>,
    readers: Vec<JoinHandle<()>>,
    limit: Duration,
    started: Instant,
}

impl Running {
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The most memory that it had until now, in bytes; nothing once it has ended.
    pub(crate) fn peak_memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        Some(line.trim().trim_end_matches(" kB").trim().parse::<u64>().expect("a number") * 1024)
    }

    /// SIGKILL. One that has ended already is left alone.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("a child can be killed");
    }

    /// Sends it a signal, such as `STOP` or `CONT`.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &id]).status().expect("kill");
        assert!(sent.success(), "{name} to {}", self.shown);
    }

    /// What it wrote to stdout until now.
    pub(crate) fn stdout_so_far(&self) -> String {
        String::from_utf8_lossy(&self.stdout.lock().expect("no panic in a reader")).into_owned()
    }

    /// What it wrote to stderr until now.
    pub(crate) fn stderr_so_far(&self) -> String {
        String::from_utf8_lossy(&self.stderr.lock().expect("no panic in a reader")).into_owned()
    }

    /// Has it ended?
    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("a child can be waited for").is_some()
    }

    /// Waits until `ready` says so; fails when the program ends or hangs before.
    pub(crate) fn until(&mut self, what: &str, ready: impl Fn(&Self) -> bool) {
        while !ready(self) {
            let hangs = self.started.elapsed() > self.limit;
            if hangs || self.has_ended() {
                self.child.kill().expect("a child can be killed");
                assert!(ready(self), "{what} did not happen: {}", self.shown_so_far());
                return;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Waits for its end; one that hangs is killed and the test fails.
    pub(crate) fn wait(mut self) -> Seen {
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("a child can be waited for") {
                break status;
            }
            if self.started.elapsed() > self.limit {
                self.child.kill().expect("a child can be killed");
                panic!("hung for {:?}: {}", self.limit, self.shown_so_far());
            }
            std::thread::sleep(Duration::from_millis(1));
        };
        for reader in self.readers.drain(..) {
            reader.join().expect("no panic in a reader");
        }
        let stdout = std::mem::take(&mut *self.stdout.lock().expect("no panic in a reader"));
        let stderr = std::mem::take(&mut *self.stderr.lock().expect("no panic in a reader"));
        Seen { shown: self.shown, status, stdout, stderr, took: self.started.elapsed() }
    }

    fn shown_so_far(&self) -> String {
        format!("{}\n--- stdout\n{}\n--- stderr\n{}", self.shown, self.stdout_so_far(), self.stderr_so_far())
    }
}

/// What was seen of a run that ended. Shown whole when an assertion fails.
#[derive(Debug)]
pub(crate) struct Seen {
    shown: String,
    pub(crate) status: ExitStatus,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
    pub(crate) took: Duration,
}

impl Seen {
    /// The exit code, where it was not killed.
    pub(crate) fn code(&self) -> Option<i32> {
        self.status.code()
    }

    /// Asserts the exit code.
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code(), Some(code), "exit {code} is expected of {self}");
        self
    }

    /// Asserts that stderr says something, in whatever case.
    pub(crate) fn says(self, text: &str) -> Self {
        let stderr = self.err().to_lowercase();
        assert!(stderr.contains(&text.to_lowercase()), "stderr should say {text:?}: {self}");
        self
    }

    pub(crate) fn out(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    pub(crate) fn err(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
    }

    /// Stdout as one JSON value.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.stdout)
            .unwrap_or_else(|error| panic!("stdout is not JSON ({error}): {self}"))
    }

    /// Stdout as one JSON value a line.
    pub(crate) fn ndjson(&self) -> Vec<Value> {
        let parse = |line: &str| {
            serde_json::from_str(line)
                .unwrap_or_else(|error| panic!("a line is not JSON ({error}): {line}\n{self}"))
        };
        self.out().lines().map(parse).collect()
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { shown, status, took, .. } = self;
        write!(
            f,
            "{shown}\n--- {status} after {took:?}\n--- stdout\n{}\n--- stderr\n{}",
            self.out(),
            self.err()
        )
    }
}
