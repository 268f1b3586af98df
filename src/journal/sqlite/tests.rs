//! The journal's promises, on a real file.

use super::*;
use crate::journal::Intent;

const NOW: UnixMillis = UnixMillis(1_700_000_000_000);
const PATIENCE: Duration = Duration::from_millis(200);

fn later(hours: i64) -> UnixMillis {
    UnixMillis(NOW.0 + hours * 3_600_000)
}

fn result(execution: Execution, outcome: Outcome) -> AttemptResult {
    AttemptResult {
        execution,
        outcome,
        status: Some(200),
        body: Some(b"{}".to_vec()),
        request_id: Some("req_1".into()),
        original_request_id: None,
        detail: None,
    }
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
const SECOND: KeyChoice<'_> = KeyChoice::Continue { candidate: "second" };

mod groups;
mod migration;
mod queries;

#[test]
fn an_entry_is_read_back_as_it_was_written() {
    let home = Home::new();
    let written = ready(begin(&mut home.open(), "a=1", FIRST, NOW)).entry;
    assert_eq!(home.open().find("first").expect("a journal"), Some(written.clone()));
    assert_eq!(home.open().find(&written.id).expect("a journal"), Some(written));
}

#[test]
fn a_run_that_died_is_continued_with_its_key_and_its_bytes() {
    let home = Home::new();
    drop(ready(begin(&mut home.open(), "a=1&b=2", FIRST, NOW)));
    let again = ready(begin(&mut home.open(), "b=2&a=1", SECOND, later(1)));
    assert_eq!((again.entry.key.as_str(), again.source), ("first", KeySource::Journal));
    assert_eq!(again.entry.intent.body, b"a=1&b=2");
    assert_eq!((again.attempt, again.maybe), (2, true));
    assert_eq!(again.entry.first_sent_at, Some(NOW));
}

#[test]
fn a_finished_run_is_not_continued_and_another_request_never() {
    let home = Home::new();
    let mut journal = home.open();
    let mut ticket = ready(begin(&mut journal, "a=1", FIRST, NOW));
    journal
        .finish_attempt(&mut ticket, &result(Execution::Final, Outcome::Succeeded), NOW)
        .expect("recorded");
    drop(ticket);
    journal.mark_reported("first", NOW).expect("recorded");
    assert_eq!(ready(begin(&mut journal, "a=1", SECOND, NOW)).entry.key, "second");
    let third = KeyChoice::Continue { candidate: "third" };
    assert_eq!(ready(begin(&mut journal, "a=2", third, NOW)).entry.key, "third");
}

#[test]
fn a_result_that_was_not_reported_is_continued() {
    let home = Home::new();
    let mut journal = home.open();
    let mut ticket = ready(begin(&mut journal, "a=1", FIRST, NOW));
    journal
        .finish_attempt(&mut ticket, &result(Execution::Final, Outcome::Succeeded), NOW)
        .expect("recorded");
    drop(ticket);
    let again = ready(begin(&mut journal, "a=1", SECOND, NOW));
    assert_eq!((again.entry.key.as_str(), again.source, again.maybe), ("first", KeySource::Journal, false));
}

#[test]
fn a_key_that_is_being_sent_is_busy_for_everybody_else() {
    let home = Home::new();
    let held = ready(begin(&mut home.open(), "a=1", FIRST, NOW));
    let mut other = home.open();
    assert!(matches!(begin(&mut other, "a=1", SECOND, NOW), Begun::Busy { key } if key == "first"));
    assert!(matches!(begin(&mut other, "a=1", KeyChoice::Given("first"), NOW), Begun::Busy { .. }));
    assert!(matches!(
        other.settle("first", Resolution::Failed, "seen", NOW),
        Err(JournalError::InUse(key)) if key == "first"
    ));
    drop(held);
    assert_eq!(ready(begin(&mut other, "a=1", SECOND, NOW)).entry.key, "first");
}

#[test]
fn a_known_key_with_another_request_is_a_mismatch_and_changes_nothing() {
    let home = Home::new();
    let mut journal = home.open();
    drop(ready(begin(&mut journal, "a=1", KeyChoice::Given("k"), NOW)));
    let before = journal.find("k").expect("a journal");
    match begin(&mut journal, "a=2", KeyChoice::Given("k"), NOW) {
        Begun::Mismatch { differences, .. } => assert_eq!(differences, ["parameter a"]),
        other => panic!("{other:?}"),
    }
    assert_eq!(journal.find("k").expect("a journal"), before);
}

#[test]
fn an_operation_keeps_its_key() {
    let home = Home::new();
    let mut journal = home.open();
    let run = |candidate| KeyChoice::Operation { name: "payout-1", candidate };
    let mut ticket = ready(begin(&mut journal, "a=1", run("x"), NOW));
    journal
        .finish_attempt(&mut ticket, &result(Execution::Final, Outcome::Succeeded), NOW)
        .expect("recorded");
    drop(ticket);
    let again = ready(begin(&mut journal, "a=1", run("y"), later(1)));
    assert_eq!((again.entry.key.as_str(), again.source), ("x", KeySource::Operation));
    drop(again);
    assert!(matches!(begin(&mut journal, "a=1", run("z"), later(25)), Begun::Answered(_)));
}

#[test]
fn a_settled_result_survives_a_resend_that_got_no_answer() {
    let home = Home::new();
    let mut journal = home.open();
    let mut ticket = ready(begin(&mut journal, "a=1", KeyChoice::Given("k"), NOW));
    journal.finish_attempt(&mut ticket, &result(Execution::Final, Outcome::Declined), NOW).expect("recorded");
    drop(ticket);
    drop(ready(begin(&mut journal, "a=1", KeyChoice::Given("k"), NOW)));
    let mut ticket = ready(begin(&mut journal, "a=1", KeyChoice::Given("k"), NOW));
    assert!(!ticket.maybe, "the result is known");
    journal.finish_attempt(&mut ticket, &result(Execution::Maybe, Outcome::Unknown), NOW).expect("recorded");
    let entry = journal.find("k").expect("a journal").expect("the entry");
    assert_eq!((entry.state, entry.outcome, entry.attempts), (State::Failed, Some(Outcome::Declined), 3));
}

#[test]
fn what_was_not_executed_does_not_start_the_window() {
    let home = Home::new();
    let mut journal = home.open();
    let mut ticket = ready(begin(&mut journal, "a=1", FIRST, NOW));
    let limited = result(Execution::NotExecuted, Outcome::RateLimited);
    journal.finish_attempt(&mut ticket, &limited, NOW).expect("recorded");
    drop(ticket);
    let again = ready(begin(&mut journal, "a=1", SECOND, later(48)));
    assert_eq!((again.entry.key.as_str(), again.maybe), ("first", false));
    assert_eq!(again.entry.first_sent_at, Some(later(48)));
}

#[test]
fn past_the_window_an_unknown_outcome_blocks_until_a_person_settles_it() {
    let home = Home::new();
    let mut journal = home.open();
    drop(ready(begin(&mut journal, "a=1", FIRST, NOW)));
    assert!(matches!(begin(&mut journal, "a=1", SECOND, later(25)), Begun::Expired(_)));
    assert!(matches!(begin(&mut journal, "a=1", SECOND, later(-1)), Begun::Expired(_)));
    let expired = Filter { state: Some(State::ExpiredUnknown), since: None, limit: None, now: later(25) };
    assert_eq!(journal.list(&expired).expect("a list").len(), 1);
    journal.settle("first", Resolution::Failed, "not in the dashboard", later(25)).expect("settled");
    assert_eq!(ready(begin(&mut journal, "a=1", SECOND, later(25))).entry.key, "second");
    assert!(matches!(
        journal.settle("first", Resolution::Succeeded, "it was", later(25)),
        Err(JournalError::Settled { .. })
    ));
}

#[test]
fn a_fresh_key_leaves_the_unfinished_duplicate_as_it_is() {
    let home = Home::new();
    let mut journal = home.open();
    drop(ready(begin(&mut journal, "a=1", FIRST, NOW)));
    let fresh = ready(begin(&mut journal, "a=1", KeyChoice::Fresh { candidate: "fresh" }, NOW));
    assert_eq!((fresh.entry.key.as_str(), fresh.source), ("fresh", KeySource::Generated));
    assert_eq!(journal.find("first").expect("a journal").expect("an entry").state, State::Sending);
}

#[test]
fn attempts_are_listed_with_what_they_ended_with() {
    let home = Home::new();
    let mut journal = home.open();
    let mut ticket = ready(begin(&mut journal, "a=1", FIRST, NOW));
    journal.finish_attempt(&mut ticket, &result(Execution::Maybe, Outcome::Unknown), NOW).expect("recorded");
    journal.begin_attempt(&mut ticket, later(1)).expect("begun");
    let attempts = journal.attempts(&ticket.entry).expect("attempts");
    let seen: Vec<_> = attempts.iter().map(|a| (a.number, a.status, a.finished_at.is_some())).collect();
    assert_eq!(seen, [(1, Some(200), true), (2, None, false)]);
}

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
fn many_processes_that_begin_the_same_request_end_with_one_key() {
    let home = Home::new();
    drop(home.open());
    let keys: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|n| {
                let home = &home;
                scope.spawn(move || {
                    let mut journal = SqliteJournal::open(&home.path, Duration::from_secs(10)).expect("open");
                    let candidate = format!("key-{n}");
                    let choice = KeyChoice::Continue { candidate: &candidate };
                    match begin(&mut journal, "a=1", choice, NOW) {
                        Begun::Ready(ticket) => ticket.entry.key.clone(),
                        Begun::Busy { key } => key,
                        other => panic!("{other:?}"),
                    }
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("a key")).collect()
    });
    assert!(keys.iter().all(|key| *key == keys[0]), "{keys:?}");
}

#[test]
fn a_final_refusal_keeps_its_window_when_a_later_attempt_executed_nothing() {
    let home = Home::new();
    let mut journal = home.open();
    let mut ticket = ready(begin(&mut journal, "a=1", KeyChoice::Given("k"), NOW));
    journal.finish_attempt(&mut ticket, &result(Execution::Final, Outcome::Invalid), NOW).expect("recorded");
    drop(ticket);
    let mut ticket = ready(begin(&mut journal, "a=1", KeyChoice::Given("k"), later(20)));
    let limited = result(Execution::NotExecuted, Outcome::RateLimited);
    journal.finish_attempt(&mut ticket, &limited, later(20)).expect("recorded");
    drop(ticket);
    assert!(matches!(begin(&mut journal, "a=1", KeyChoice::Given("k"), later(26)), Begun::Answered(_)));
}

#[test]
fn a_word_that_this_version_does_not_know_is_an_error_in_every_column() {
    for column in ["state", "outcome", "method", "mode", "family", "key_source"] {
        let home = Home::new();
        let mut journal = home.open();
        drop(ready(begin(&mut journal, "a=1", FIRST, NOW)));
        journal.connection.execute(&format!("UPDATE entries SET {column} = 'puzzled'"), []).expect("changed");
        assert!(journal.find("first").is_err(), "{column}");
    }
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
fn an_unfinished_run_of_another_credential_does_not_stand_in_the_way() {
    let home = Home::new();
    let mut journal = home.open();
    let of = |credential: &str| Intent {
        account: None,
        credential: Some(credential.into()),
        ..Intent::example("a=1")
    };
    let mut run = |credential: &str, candidate: &str| {
        let choice = KeyChoice::Continue { candidate };
        let begun = journal.begin(&Begin { intent: &of(credential), key: choice, now: NOW });
        ready(begun.expect("a decision")).entry.key.clone()
    };
    assert_eq!([run("b", "first"), run("a", "second"), run("b", "third")], ["first", "second", "first"]);
    let given = journal.begin(&Begin { intent: &of("a"), key: KeyChoice::Given("first"), now: NOW });
    assert!(matches!(given, Ok(Begun::OtherCredential(_))), "one key stands for one request: {given:?}");
}

#[test]
fn no_credential_gets_into_the_file_and_its_answer_says_that_it_is_redacted() {
    let home = Home::new();
    let secret = format!("whsec_{}", "Abc1".repeat(7));
    let mut journal = home.open();
    let mut ticket = ready(begin(&mut journal, "a=1", FIRST, NOW));
    let telling = AttemptResult {
        body: Some(format!("{{\"secret\": \"{secret}\"}}").into_bytes()),
        request_id: Some(secret.clone()),
        original_request_id: Some(secret.clone()),
        detail: Some(format!("400 {secret}")),
        ..result(Execution::Maybe, Outcome::Unknown)
    };
    journal.finish_attempt(&mut ticket, &telling, NOW).expect("recorded");
    drop(ticket);
    journal.settle("first", Resolution::Failed, &secret, NOW).expect("settled");
    let entry = journal.find("first").expect("a journal").expect("an entry");
    assert_eq!(entry.answer.bytes(), Some(&b"{\"secret\": \"whsec_****Abc1\"}"[..]));
    assert!(entry.answer.is_redacted());
    drop(journal);
    assert!(!home.holds("Abc1Abc1"), "the secret is in a file");
}

#[test]
fn a_credential_in_a_request_is_refused_before_anything_is_stored() {
    let home = Home::new();
    let mut journal = home.open();
    let key = ["sk", "test", &"a1B2".repeat(6)].join("_");
    for (body, choice) in [(format!("a={key}"), FIRST), ("a=1".into(), KeyChoice::Given(&key))] {
        let intent = Intent::example(&body);
        let begun = journal.begin(&Begin { intent: &intent, key: choice, now: NOW });
        assert!(matches!(begun, Err(JournalError::Credential { .. })), "{begun:?}");
    }
    drop(journal);
    assert!(!home.holds("a1B2a1B2"));
}

#[test]
fn a_confirmation_is_sent_with_its_client_secret_and_stored_without() {
    let home = Home::new();
    let body = format!("client_secret=pi_1_secret_{}&b=2", "Abc1".repeat(6));
    let intent = Intent { path: "/v1/payment_intents/pi_1/confirm".into(), ..Intent::example(&body) };
    let mut journal = home.open();
    let run = |journal: &mut SqliteJournal, intent: &Intent| {
        journal.begin(&Begin { intent, key: FIRST, now: NOW }).expect("a decision")
    };
    assert_eq!(ready(run(&mut journal, &intent)).entry.intent, intent);
    let stored = journal.find("first").expect("a journal").expect("an entry").intent;
    assert!(stored.lacks_client_secret());
    assert_eq!(ready(run(&mut journal, &intent)).entry.intent, intent, "the same bytes again");
    let given = journal.begin(&Begin { intent: &stored, key: KeyChoice::Given("first"), now: NOW });
    assert!(matches!(given, Ok(Begun::Mismatch { .. })), "it is not sent without its secret: {given:?}");
    drop(journal);
    assert!(!home.holds("Abc1Abc1"));
}

#[test]
fn bodies_of_answers_are_kept_or_not_as_it_is_configured() {
    let home = Home::new();
    let mut journal = home.open().keeping(KeepBodies::None);
    let mut ticket = ready(begin(&mut journal, "a=1", FIRST, NOW));
    let paid = result(Execution::Final, Outcome::Succeeded);
    journal.finish_attempt(&mut ticket, &paid, NOW).expect("recorded");
    drop(ticket);
    let entry = journal.find("first").expect("a journal").expect("an entry");
    assert_eq!((entry.answer.bytes(), entry.status, entry.answer.is_redacted()), (None, Some(200), true));
}

#[test]
fn what_is_open_is_gone_through_one_by_one_from_the_oldest_on() {
    let home = Home::new();
    let mut journal = home.open();
    let mut made = |body: &str, key: &str, now: UnixMillis| {
        let mut ticket = ready(begin(&mut journal, body, KeyChoice::Given(key), now));
        if key == "done" {
            let done = result(Execution::Final, Outcome::Succeeded);
            journal.finish_attempt(&mut ticket, &done, now).expect("recorded");
        }
    };
    made("a=2", "second", later(1));
    made("a=1", "first", NOW);
    made("a=3", "done", NOW);
    made("a=4", "third", later(1));
    let (mut seen, mut position) = (Vec::new(), None);
    while let Some(entry) = journal.next_open(position.as_ref()).expect("a journal") {
        position = Some(Position { created_at: entry.created_at, id: entry.id.clone() });
        seen.push(entry.key);
    }
    assert_eq!(seen[0], "first");
    seen.sort();
    assert_eq!(seen, ["first", "second", "third"]);
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
