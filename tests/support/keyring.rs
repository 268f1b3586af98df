//! A real keyring for one test: a D-Bus session and a gnome-keyring of its own, in a throw-away folder.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::env::Home;
use super::run::{Run, Running, Seen};

/// The well-known way to start it is a race; waiting for the name on the bus ends it.
const SCRIPT: &str = "printf %s pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1
gdbus wait --session --timeout 10 org.freedesktop.secrets || exit 1
echo \"$DBUS_SESSION_BUS_ADDRESS\"
while [ -e \"$0\" ]; do sleep 0.05; done";

/// A keyring that lives until it is dropped.
pub(crate) struct Keyring {
    session: Option<Running>,
    alive: PathBuf,
    pub(crate) address: String,
}

impl Keyring {
    pub(crate) fn start(home: &Home) -> Self {
        let alive = PathBuf::from(home.file("keyring-is-wanted", ""));
        let data = home.path().join("keyring");
        std::fs::create_dir_all(&data).expect("a folder");
        let mut session = command(home, &["dbus-run-session", "--", "sh", "-c", SCRIPT])
            .args([&alive])
            .env("XDG_DATA_HOME", data)
            .time_limit(Duration::from_secs(600))
            .start();
        session.until("a keyring", |running| running.stdout_so_far().contains('\n'));
        let address = session.stdout_so_far().trim().to_owned();
        Self { session: Some(session), alive, address }
    }

    /// Makes ready to run something with this keyring.
    pub(crate) fn for_run(&self, run: Run) -> Run {
        run.env("DBUS_SESSION_BUS_ADDRESS", &self.address)
    }

    /// Calls the keyring's own interface.
    fn call(&self, home: &Home, args: &[&str]) -> Seen {
        let start = ["gdbus", "call", "--session", "--dest", "org.freedesktop.secrets"];
        self.for_run(command(home, &start)).args(args).run().exits(0)
    }

    /// Locks it.
    pub(crate) fn lock(&self, home: &Home) {
        let collection = "[objectpath '/org/freedesktop/secrets/aliases/default']";
        let lock = "org.freedesktop.Secret.Service.Lock";
        self.call(home, &["--object-path", "/org/freedesktop/secrets", "--method", lock, collection]);
    }

    /// Deletes the entries of a service, as the keyring's own program would.
    pub(crate) fn delete_all(&self, home: &Home, service: &str) {
        for path in self.paths(home, service) {
            self.call(home, &["--object-path", &path, "--method", "org.freedesktop.Secret.Item.Delete"]);
        }
    }

    /// The entries of a service.
    fn paths(&self, home: &Home, service: &str) -> Vec<String> {
        let wanted = format!("{{'service':'{service}'}}");
        let search = "org.freedesktop.Secret.Service.SearchItems";
        let found = self
            .call(home, &["--object-path", "/org/freedesktop/secrets", "--method", search, &wanted])
            .out();
        found.split('\'').filter(|part| part.starts_with("/org/")).map(str::to_owned).collect()
    }

    /// The names of the entries of a service.
    pub(crate) fn entries(&self, home: &Home, service: &str) -> Vec<String> {
        let get = "org.freedesktop.DBus.Properties.Get";
        let name = |path: String| {
            let args = ["--object-path", &path, "--method", get, "org.freedesktop.Secret.Item", "Attributes"];
            let told = self.call(home, &args).out();
            let rest = told.split("'username': '").nth(1).expect("an entry has a name");
            rest.split('\'').next().unwrap_or_default().to_owned()
        };
        self.paths(home, service).into_iter().map(name).collect()
    }

    /// Stops the daemon in its tracks, and lets it go on.
    pub(crate) fn signal(&self, home: &Home, signal: &str) {
        let script = "kill -$0 $(gdbus call --session --dest org.freedesktop.DBus --object-path / \
            --method org.freedesktop.DBus.GetConnectionUnixProcessID org.freedesktop.secrets | tr -dc '0-9 ' | awk '{print $NF}')";
        // `(uint32 123,)`: the number is the last.
        self.for_run(command(home, &["sh", "-c", script, signal])).run().exits(0);
    }
}

impl Drop for Keyring {
    fn drop(&mut self) {
        // Without its file the session ends, and everything in it with it.
        let _ = std::fs::remove_file(&self.alive);
        if let Some(mut session) = self.session.take() {
            let start = Instant::now();
            while !session.has_ended() && start.elapsed() < Duration::from_secs(10) {
                std::thread::sleep(Duration::from_millis(10));
            }
        }
    }
}

fn command(home: &Home, words: &[&str]) -> Run {
    let words: Vec<OsString> = words.iter().map(Into::into).collect();
    home.command(words)
}
