//! A real PostgreSQL of the system's packages, in a temporary folder, as an ordinary user: the server refuses root.
//! It stops and its folder goes when this process ends, however it ends.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// The user that the server runs as, where the tests run as root: nobody.
const USER: u32 = 65534;

/// How long a server may take to start, on a busy machine.
const START_LIMIT: Duration = Duration::from_secs(60);

/// Starts the server, and stops it and removes its folder when standard input ends: when the test has dropped it,
/// or its process is dead.
const KEEPER: &str = r#"
folder=$1; shift
"$@" >"$folder/log" 2>&1 &
server=$!
read -r _
kill -INT "$server"
wait "$server"
rm -rf "$folder"
"#;

/// A server.
#[derive(Debug)]
pub(crate) struct Postgres {
    folder: PathBuf,
    programs: PathBuf,
    port: Option<u16>,
    keeper: Option<(Child, ChildStdin)>,
}

/// A database of its own on a server.
#[derive(Debug)]
pub(crate) struct Database<'a> {
    pub(crate) server: &'a Postgres,
    pub(crate) name: String,
}

impl Postgres {
    /// The server that all tests of this process share.
    pub(crate) fn shared() -> &'static Self {
        static SHARED: OnceLock<Postgres> = OnceLock::new();
        SHARED.get_or_init(|| Self::start(&[]))
    }

    /// A server of one test, with these settings.
    pub(crate) fn start(settings: &[&str]) -> Self {
        let mut server = Self::new();
        server.run(settings);
        server
    }

    /// A server that is reached over TCP, and nothing else is different. `configure` puts files into its folder
    /// and says further settings.
    pub(crate) fn over_tcp(configure: impl FnOnce(&Path) -> Vec<String>) -> Self {
        let mut server = Self::new();
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        drop(listener);
        server.port = Some(port);
        let mut settings = configure(&server.folder);
        server.own(&server.folder);
        settings.extend(["listen_addresses=localhost".to_owned(), format!("port={port}")]);
        server.run(&settings.iter().map(String::as_str).collect::<Vec<_>>());
        server
    }

    fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("paycli-pg-").tempdir().expect("a folder").keep();
        let server = Self { folder, programs: programs(), port: None, keeper: None };
        server.own(&server.folder);
        let data = server.folder.join("data");
        let mut make = server.program("initdb");
        make.args([
            "--auth=trust",
            "--username=postgres",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
            "-D",
        ]);
        succeeded(&mut make.arg(data));
        server
    }

    /// Starts it, or starts it again.
    pub(crate) fn run(&mut self, settings: &[&str]) {
        let mut server = self.program("postgres");
        server.arg("-D").arg(self.folder.join("data")).arg("-k").arg(&self.folder);
        if self.port.is_none() {
            server.args(["-c", "listen_addresses="]);
        }
        for setting in settings {
            server.args(["-c", setting]);
        }
        let mut keeper = Command::new("sh");
        keeper.args(["-c", KEEPER, "sh"]).arg(&self.folder).arg(server.get_program()).args(server.get_args());
        keeper.current_dir("/").stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut keeper = keeper.spawn().expect("a shell");
        let stdin = keeper.stdin.take().expect("a pipe");
        self.keeper = Some((keeper, stdin));
        let deadline = Instant::now() + START_LIMIT;
        while !self.is_up() {
            assert!(Instant::now() < deadline, "PostgreSQL does not start: {}", self.log());
            std::thread::sleep(Duration::from_millis(30));
        }
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    fn is_up(&self) -> bool {
        self.psql("postgres", "SELECT 1").status.success()
    }

    /// Stops it at once, as a crash does.
    pub(crate) fn stop(&self) {
        let mut stop = self.program("pg_ctl");
        succeeded(stop.args(["stop", "-m", "immediate", "-w", "-D"]).arg(self.folder.join("data")));
    }

    /// Starts it again after [`Self::stop`].
    pub(crate) fn start_again(&self) {
        let mut start = self.program("pg_ctl");
        let options = match self.port {
            None => format!("-k {} -c listen_addresses=", self.folder.display()),
            Some(port) => {
                format!("-k {} -c listen_addresses=localhost -c port={port}", self.folder.display())
            }
        };
        start.args(["start", "-w", "-o", &options, "-l"]).arg(self.folder.join("log-again"));
        start.stdout(Stdio::null()).stderr(Stdio::null());
        let status = start.arg("-D").arg(self.folder.join("data")).status();
        assert!(status.expect("pg_ctl").success(), "{}", self.log());
    }

    /// A database that nobody else uses.
    pub(crate) fn database(&self) -> Database<'_> {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let name = format!("d{}", NUMBER.fetch_add(1, Ordering::SeqCst));
        self.sql("postgres", &format!("CREATE DATABASE {name}"));
        Database { server: self, name }
    }

    /// Runs a statement and returns what it prints, a line a row.
    pub(crate) fn sql(&self, database: &str, sql: &str) -> String {
        let output = self.psql(database, sql);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{sql}: {error}");
        String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
    }

    fn psql(&self, database: &str, sql: &str) -> Output {
        let mut psql = self.program("psql");
        psql.arg("-h").arg(&self.folder).args(["-X", "-U", "postgres", "-At", "-d", database, "-c", sql]);
        if let Some(port) = self.port {
            psql.args(["-p", &port.to_string()]);
        }
        psql.output().expect("psql")
    }

    /// Its port over TCP.
    pub(crate) fn port(&self) -> u16 {
        self.port.expect("a server that is reached over TCP")
    }

    fn program(&self, name: &str) -> Command {
        let program = self.programs.join(name);
        let mut command = if is_root() {
            let mut command = Command::new("setpriv");
            let user = USER.to_string();
            command.args(["--reuid", &user, "--regid", &user, "--clear-groups"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.current_dir("/").stdin(Stdio::null());
        command
    }

    /// Gives a folder and what is in it to the server's user.
    fn own(&self, path: &Path) {
        if !is_root() {
            return;
        }
        succeeded(Command::new("chown").arg("-R").arg(format!("{USER}:{USER}")).arg(path));
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let Some((mut keeper, mut stdin)) = self.keeper.take() else { return };
        // One that was started again is not the keeper's.
        let mut stop = self.program("pg_ctl");
        let _ = stop.args(["stop", "-m", "immediate", "-D"]).arg(self.folder.join("data")).output();
        let _ = stdin.write_all(b"\n");
        drop(stdin);
        let _ = keeper.wait();
    }
}

impl Database<'_> {
    /// Its URL, over the socket.
    pub(crate) fn url(&self) -> String {
        format!("postgres:///{}?host={}&user=postgres", self.name, self.server.folder.display())
    }

    /// Runs a statement and returns what it prints, a line a row.
    pub(crate) fn sql(&self, sql: &str) -> String {
        self.server.sql(&self.name, sql)
    }
}

fn succeeded(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {error}");
}

fn is_root() -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0)
    }
    #[cfg(not(unix))]
    false
}

/// The folder of the newest PostgreSQL's programs. A machine without one fails the tests that need it.
fn programs() -> PathBuf {
    let installed = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().filter_map(Result::ok);
    let version = |path: &Path| path.file_name()?.to_str()?.parse::<u32>().ok();
    let newest = installed.map(|entry| entry.path()).max_by_key(|path| version(path));
    let folder = newest.map(|path| path.join("bin")).filter(|path| path.join("postgres").is_file());
    folder.expect("PostgreSQL is not installed: scripts/test.sh installs it (Debian: postgresql)")
}
