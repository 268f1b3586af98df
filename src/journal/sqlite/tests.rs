//! The journal's promises, on a real file.

use super::*;
use crate::journal::{Intent, KeyChoice, State};

const NOW: UnixMillis = UnixMillis(1_700_000_000_000);
const PATIENCE: Duration = Duration::from_millis(200);

fn later(hours: i64) -> UnixMillis {
    UnixMillis(NOW.0 + hours * 3_600_000)
}

struct Home {
    _dir: tempfile::TempDir,
    path: PathBuf,
}

impl Home {
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        Self { path: dir.path().join("journal.test.sqlite"), _dir: dir }
    }

    fn open(&self) -> SqliteJournal {
        SqliteJournal::open(&self.path, PATIENCE).expect("a journal")
    }

    /// Whether the text is in the file, its log, or anything beside them.
    fn holds(&self, text: &str) -> bool {
        let dir = std::fs::read_dir(self.path.parent().expect("a directory")).expect("a listing");
        let mut files = dir.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_file());
        files.any(|file| {
            let bytes = std::fs::read(file).expect("a file");
            memchr::memmem::find(&bytes, text.as_bytes()).is_some()
        })
    }
}

fn begin(journal: &mut SqliteJournal, body: &str, key: KeyChoice<'_>, now: UnixMillis) -> Begun {
    journal.begin(&Begin { intent: &Intent::example(body), key, now }).expect("a decision")
}

fn ready(begun: Begun) -> Ticket {
    match begun {
        Begun::Ready(ticket) => *ticket,
        other => panic!("not ready: {other:?}"),
    }
}

const FIRST: KeyChoice<'_> = KeyChoice::Continue { candidate: "first" };

mod batches;
mod migration;
mod queries;

#[test]
fn a_journal_of_a_newer_version_is_refused_and_left_alone() {
    let home = Home::new();
    drop(home.open());
    let raw = Connection::open(&home.path).expect("a database");
    raw.pragma_update(None, "user_version", 99).expect("a version");
    let refused = SqliteJournal::open(&home.path, PATIENCE);
    assert!(matches!(refused, Err(JournalError::Newer { found: 99, known: 4, .. })), "{refused:?}");
}

#[test]
fn a_locked_journal_is_named_as_such() {
    let home = Home::new();
    let mut journal = home.open();
    let other = Connection::open(&home.path).expect("a database");
    other.execute_batch("BEGIN EXCLUSIVE").expect("a lock");
    let begun = journal.begin(&Begin { intent: &Intent::example("a=1"), key: FIRST, now: NOW });
    assert!(matches!(begun, Err(JournalError::Locked { .. })), "{begun:?}");
}

#[test]
fn whoever_makes_the_file_is_waited_for() {
    for (what, held) in [
        ("about to write", "BEGIN IMMEDIATE"),
        ("writing", "BEGIN EXCLUSIVE"),
        ("writing to the log", "PRAGMA journal_mode = WAL; BEGIN IMMEDIATE"),
    ] {
        let home = Home::new();
        let first = Connection::open(&home.path).expect("a file");
        first.execute_batch(held).expect("a transaction");
        std::thread::scope(|scope| {
            let second = scope.spawn(|| SqliteJournal::open(&home.path, Duration::from_secs(10)).map(drop));
            std::thread::sleep(Duration::from_millis(50));
            first.execute_batch("COMMIT").expect("a commit");
            second.join().expect("no panic").unwrap_or_else(|error| panic!("{what}: {error}"));
        });
    }
}

#[test]
fn many_that_open_a_journal_which_is_not_there_yet_all_get_it() {
    for _ in 0..20 {
        let home = Home::new();
        let start = std::sync::Barrier::new(8);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    start.wait();
                    SqliteJournal::open(&home.path, Duration::from_secs(10)).expect("a journal");
                });
            }
        });
    }
}

#[test]
fn a_copy_of_the_file_alone_has_everything_once_nobody_has_it_open() {
    let home = Home::new();
    let (mut first, second) = (home.open(), home.open());
    drop(ready(begin(&mut first, "a=1", FIRST, NOW)));
    drop(first);
    drop(second);
    let copy = home.path.with_file_name("copy.sqlite");
    std::fs::copy(&home.path, &copy).expect("a copy");
    let copied = SqliteJournal::open(&copy, PATIENCE).expect("a journal");
    assert!(copied.find("first").expect("a journal").is_some());
}

#[test]
fn after_a_result_is_reported_writes_are_synced_again() {
    let home = Home::new();
    let mut journal = home.open();
    journal.mark_reported("k", NOW).expect("recorded");
    let level: i64 =
        journal.connection.query_row("PRAGMA synchronous", [], |row| row.get(0)).expect("a level");
    assert_eq!(level, 2, "FULL");
}
