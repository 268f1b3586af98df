//! Where the journals of the suite are: a folder, and a database of a real PostgreSQL.

use std::path::PathBuf;
use std::time::Duration;

use crate::journal::{Address, Opening, PostgresJournal, SqliteJournal};
use crate::profile::{KeepBodies, Mode};
use crate::test_postgres::{Database, Postgres};

use super::Home;

/// A file in a folder of its own.
pub(super) struct Folder {
    _dir: tempfile::TempDir,
    path: PathBuf,
}

impl Folder {
    fn open_within(&self, patience: Duration) -> SqliteJournal {
        SqliteJournal::open(&self.path, patience).expect("a journal")
    }
}

impl Home for Folder {
    type Journal = SqliteJournal;

    fn new() -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        Self { path: dir.path().join("journal.test.sqlite"), _dir: dir }
    }

    fn open(&self) -> SqliteJournal {
        self.open_within(Duration::from_millis(200))
    }

    fn open_patiently(&self) -> SqliteJournal {
        self.open_within(Duration::from_secs(10))
    }

    fn open_keeping(&self, bodies: KeepBodies) -> SqliteJournal {
        self.open().keeping(bodies)
    }

    fn holds(&self, text: &str) -> bool {
        let dir = std::fs::read_dir(self.path.parent().expect("a directory")).expect("a listing");
        let mut files = dir.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_file());
        files.any(|file| {
            let bytes = std::fs::read(file).expect("a file");
            memchr::memmem::find(&bytes, text.as_bytes()).is_some()
        })
    }

    fn puzzle(&self, column: &str) {
        let connection = rusqlite::Connection::open(&self.path).expect("a file");
        connection.execute(&format!("UPDATE entries SET {column} = 'puzzled'"), []).expect("changed");
    }
}

/// A database of its own.
pub(super) struct Shared(Database<'static>);

impl Home for Shared {
    type Journal = PostgresJournal;

    fn new() -> Self {
        Self(Postgres::shared().database())
    }

    fn open(&self) -> PostgresJournal {
        let address = Address::parse(&self.0.url()).expect("an address");
        let (patience, lease) = (Duration::from_secs(20), Duration::from_secs(60));
        PostgresJournal::open(Opening { address, mode: Mode::Test, patience, lease }).expect("a journal")
    }

    fn open_patiently(&self) -> PostgresJournal {
        self.open()
    }

    fn open_keeping(&self, bodies: KeepBodies) -> PostgresJournal {
        self.open().keeping(bodies)
    }

    fn holds(&self, text: &str) -> bool {
        let stored = self.0.sql(
            "SELECT entries::text, encode(body, 'escape'), encode(answer, 'escape'), attempts::text
             FROM paycli_test.entries LEFT JOIN paycli_test.attempts ON entry = entries.id",
        );
        stored.contains(text)
    }

    fn puzzle(&self, column: &str) {
        self.0.sql(&format!("UPDATE paycli_test.entries SET {column} = 'puzzled'"));
    }
}
