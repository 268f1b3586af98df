//! A journal that an older paycli wrote is cleaned when it is opened, and one of a newer paycli is refused.

use std::path::Path;

use rusqlite::{Connection, params};

use crate::support::server::paid;
use crate::support::{Home, Server};

const VERSION_1: &str = include_str!("../../src/journal/sqlite/tests/version_1.sql");

/// What must not be left.
const HIDDEN: &str = "Abc1Abc1";

const INSERT: &str = "INSERT INTO entries (id, key, key_source, fingerprint, mode, profile, account, base_url, family,
    method, path, headers, body, state, outcome, status, response, created_at, first_sent_at, last_seen_at,
    may_have_executed, attempts) VALUES (?1, ?1, 'flag', zeroblob(32), 'test', 'test', 'acct_1',
    'https://api.stripe.com', 'v1', 'POST', '/v1/webhook_endpoints', '[]', x'', 'succeeded', 'succeeded', 200, ?2,
    1700000000000, 1700000000000, 1700000000000, 0, 1)";

/// Fills the journal of a home as version 1 did.
fn fill(home: &Home, rows: usize) {
    let file = home.journal_file("test");
    std::fs::create_dir_all(file.parent().expect("a directory")).expect("a directory");
    let mut connection = Connection::open(&file).expect("a file");
    connection.execute_batch(VERSION_1).expect("version 1");
    let answer = format!("{{\"secret\": \"whsec_{}wxyz\"}}", "Abc1".repeat(7));
    let transaction = connection.transaction().expect("a transaction");
    for number in 0..rows {
        transaction.execute(INSERT, params![format!("k-{number}"), answer.as_bytes()]).expect("a row");
    }
    transaction.commit().expect("a commit");
    // As after a kill: its end is in the log alone.
    std::mem::forget(connection);
}

fn holds(dir: &Path) -> bool {
    let files = std::fs::read_dir(dir).expect("a listing").map(|entry| entry.expect("an entry").path());
    files.filter(|file| file.is_file()).any(|file| {
        let bytes = std::fs::read(file).expect("a file");
        bytes.windows(HIDDEN.len()).any(|window| window == HIDDEN.as_bytes())
    })
}

#[test]
fn an_old_journal_is_cleaned_by_the_first_command_that_opens_it() {
    let home = Home::new();
    fill(&home, 50);
    let data = home.root().join("data");
    assert!(holds(&data), "the test proves nothing");
    assert_eq!(home.entries().len(), 50);
    let entry = home.entry("k-7");
    assert_eq!((&entry["body"]["secret"], &entry["redacted"]), (&"whsec_****wxyz".into(), &true.into()));
    assert!(!holds(&data), "a credential is left in the files");
}

#[test]
fn a_cleaning_that_is_killed_is_done_again() {
    for millis in [0, 5, 10, 20, 40, 80] {
        let home = Home::new();
        fill(&home, 400);
        let mut running = home.paycli(["journal", "list", "--limit", "1"]).start();
        std::thread::sleep(std::time::Duration::from_millis(millis));
        running.kill();
        running.wait();
        assert_eq!(home.entries().len(), 400, "killed after {millis} ms");
        assert!(!holds(&home.root().join("data")), "killed after {millis} ms");
    }
}

#[test]
fn commands_at_once_on_an_old_journal_all_work() {
    let home = Home::new();
    fill(&home, 200);
    let server = Server::always(paid());
    let runs: Vec<_> = (0..4)
        .map(|number| home.at(&server, ["post", "payment_intents", "-i", &format!("new-{number}")]).start())
        .collect();
    for run in runs {
        run.wait().exits(0);
    }
    assert_eq!(home.entries().len(), 204);
    assert!(!holds(&home.root().join("data")));
}

#[test]
fn a_journal_of_a_newer_paycli_is_refused() {
    let home = Home::new();
    fill(&home, 1);
    let connection = Connection::open(home.journal_file("test")).expect("a file");
    connection.execute_batch("PRAGMA user_version = 5").expect("a version");
    drop(connection);
    let server = Server::always(paid());
    home.at(&server, ["post", "payment_intents"]).run().exits(23).says("newer");
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_copy_of_the_file_alone_lists_everything() {
    let home = Home::new();
    let server = Server::always(paid());
    for key in ["k-1", "k-2"] {
        home.at(&server, ["post", "payment_intents", "-i", key]).run().exits(0);
    }
    let copy = Home::new();
    std::fs::create_dir_all(copy.root().join("data")).expect("a directory");
    std::fs::copy(home.journal_file("test"), copy.journal_file("test")).expect("a copy");
    assert_eq!(copy.entries().len(), 2);
}
