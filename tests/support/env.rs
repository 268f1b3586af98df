//! A hermetic home: a temporary directory, a clean environment, and nothing of the machine's but `PATH`.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use super::keys;
use super::run::Run;
use super::server::Server;

/// The binary under test.
pub(crate) const PAYCLI: &str = env!("CARGO_BIN_EXE_paycli");

/// One user's home, deleted when the test ends.
#[derive(Debug)]
pub(crate) struct Home {
    dir: TempDir,
    /// The URL of the journal that it shares with other machines.
    shared_journal: Option<String>,
}

impl Home {
    pub(crate) fn new() -> Self {
        let dir = tempfile::Builder::new().prefix("paycli-test-").tempdir().expect("a temporary directory");
        Self { dir, shared_journal: None }
    }

    /// A home whose commands have their journal in a database.
    pub(crate) fn sharing(journal: String) -> Self {
        Self { shared_journal: Some(journal), ..Self::new() }
    }

    /// The home directory, which is also the working directory of what runs in it.
    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// What `PAYCLI_HOME` says.
    pub(crate) fn root(&self) -> PathBuf {
        self.path().join("paycli")
    }

    /// Where the journal of `mode` is kept.
    pub(crate) fn journal_file(&self, mode: &str) -> PathBuf {
        self.root().join("data").join(format!("journal.{mode}.sqlite"))
    }

    /// Writes a file into the home directory, outside `PAYCLI_HOME`, and returns its path as text.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.path().join(name);
        fs::write(&path, content).expect("a file in the test's home");
        path.into_os_string().into_string().expect("a UTF-8 path")
    }

    /// Writes the configuration file.
    pub(crate) fn config(&self, toml: &str) {
        fs::create_dir_all(self.root()).expect("PAYCLI_HOME");
        fs::write(self.root().join("config.toml"), toml).expect("a configuration file");
    }

    /// Makes ready to run paycli with `args`, the usual test key in the environment.
    pub(crate) fn paycli<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Run {
        let mut command: Vec<OsString> = vec![PAYCLI.into()];
        command.extend(args.into_iter().map(|arg| arg.as_ref().to_owned()));
        self.command(command).env("PAYCLI_API_KEY", keys::test_key())
    }

    /// The same, sent to `server`.
    pub(crate) fn at<A: AsRef<OsStr>>(&self, server: &Server, args: impl IntoIterator<Item = A>) -> Run {
        let mut all: Vec<OsString> = vec!["--api-base".into(), server.url().into()];
        all.extend(args.into_iter().map(|arg| arg.as_ref().to_owned()));
        self.paycli(all)
    }

    /// Makes ready to run any program in this home, without a key.
    pub(crate) fn command(&self, command: Vec<OsString>) -> Run {
        let run = match &self.shared_journal {
            Some(url) => Run::new(command, self.path()).env("PAYCLI_JOURNAL_URL", url),
            None => Run::new(command, self.path()),
        };
        run.env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path())
            .env("PAYCLI_HOME", self.root())
            .env("TZ", "UTC")
            .env("COLUMNS", "80")
            .env("NO_COLOR", "1")
    }

    /// All entries of the test journal, as `journal list` tells them.
    pub(crate) fn entries(&self) -> Vec<Value> {
        let seen = self.paycli(["journal", "list", "--json"]).run().exits(0);
        let list = seen.json();
        assert_eq!(list["schema"], 1, "{seen}");
        list["entries"].as_array().unwrap_or_else(|| panic!("no entries: {seen}")).clone()
    }

    /// The only entry of the test journal.
    pub(crate) fn only_entry(&self) -> Value {
        let mut entries = self.entries();
        assert_eq!(entries.len(), 1, "one entry is expected in {entries:#?}");
        entries.remove(0)
    }

    /// The journal's entry of one key with its attempts, as `journal show` tells it.
    pub(crate) fn entry(&self, key: &str) -> Value {
        let seen = self.paycli(["journal", "show", key, "--json"]).run().exits(0);
        let shown = seen.json();
        assert!(shown["entry"].is_object(), "no entry: {seen}");
        shown["entry"].clone()
    }

    /// Every file under the home with its content.
    pub(crate) fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut found = Vec::new();
        let mut todo = vec![self.path().to_owned()];
        while let Some(dir) = todo.pop() {
            for entry in fs::read_dir(&dir).expect("a readable directory") {
                let entry = entry.expect("a directory entry");
                let kind = entry.file_type().expect("a file type");
                if kind.is_dir() {
                    todo.push(entry.path());
                } else if kind.is_file() {
                    found.push((entry.path(), fs::read(entry.path()).expect("a readable file")));
                }
            }
        }
        found
    }
}
