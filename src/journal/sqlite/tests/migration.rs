//! A file of version 1 is cleaned when it is opened: nothing is lost but its credentials.

use super::*;

const VERSION_1: &str = include_str!("version_1.sql");

/// What must not be left of a credential.
const HIDDEN: &str = "Abc1Abc1";

fn secret(prefix: &str) -> String {
    format!("{prefix}{}", "Abc1".repeat(7))
}

/// A row as version 1 wrote it.
struct Old<'a> {
    key: &'a str,
    operation: Option<&'a str>,
    intent: Intent,
    state: &'a str,
    response: Option<&'a str>,
}

const INSERT: &str = "INSERT INTO entries VALUES (?1, ?2, 'flag', ?3, ?4, 'test', 'test', 'acct_1', NULL, NULL, NULL,
    'https://api.stripe.com', 'v1', 'POST', ?5, NULL, ?6, ?7, ?8, 'succeeded', 200, ?9, 'req_1', NULL, ?10, ?10, ?10,
    1, 1, NULL, NULL)";

/// Pages that are free, and hold what was deleted.
const FREE_PAGES: &str = "PRAGMA secure_delete = OFF; CREATE TABLE junk (text TEXT);";

fn old(home: &Home, rows: &[Old<'_>]) {
    let connection = Connection::open(&home.path).expect("a file");
    connection.execute_batch(VERSION_1).expect("version 1");
    for (number, row) in rows.iter().enumerate() {
        let (id, intent) = (format!("id-{number}"), &row.intent);
        let fingerprint = intent.fingerprint();
        let headers = serde_json::to_string(&intent.headers).expect("JSON");
        let response = row.response.map(str::as_bytes);
        let values = params![
            id,
            row.key,
            row.operation,
            fingerprint.as_bytes(),
            intent.path,
            headers,
            intent.body,
            row.state,
            response,
            NOW.0
        ];
        connection.execute(INSERT, values).expect("a row");
        let detail = format!("400 {}", secret("sk_test_"));
        let attempt = "INSERT INTO attempts VALUES (?1, 1, ?2, ?2, 400, 'req_1', ?3)";
        connection.execute(attempt, params![id, NOW.0, detail]).expect("an attempt");
    }
    connection.execute_batch(FREE_PAGES).expect("a table");
    connection.execute("INSERT INTO junk VALUES (?1)", [secret("whsec_").repeat(2000)]).expect("a row");
    connection.execute_batch("DROP TABLE junk").expect("dropped");
}

fn plain<'a>(key: &'a str, body: &str) -> Old<'a> {
    Old { key, operation: None, intent: Intent::example(body), state: "unknown", response: None }
}

#[test]
fn an_old_file_is_cleaned_and_nothing_else_is_lost() {
    let home = Home::new();
    let (key, answer) = (secret("sk_test_"), format!("{{\"secret\": \"{}\"}}", secret("whsec_")));
    let with_header = Intent { headers: vec![("X".into(), key.clone())], ..Intent::example("a=3") };
    let second =
        Old { state: "succeeded", response: Some(&answer), operation: Some(&key), ..plain("second", "a=2") };
    let third = Old { intent: with_header, ..plain("third", "") };
    old(&home, &[plain("first", "a=1&b=2"), second, third, plain("fourth", &format!("a={key}"))]);
    assert!(home.holds(HIDDEN), "the test proves nothing");

    let mut journal = home.open();
    assert_eq!(schema::version(&journal.connection).expect("a version"), schema::VERSION);
    let second = journal.find("second").expect("a journal").expect("the entry");
    assert_eq!(second.answer.bytes(), Some(&b"{\"secret\": \"whsec_****Abc1\"}"[..]));
    assert!(second.answer.is_redacted());
    assert_eq!(second.operation.as_deref(), Some("sk_test_****Abc1#id-1"));
    let attempts = journal.attempts(&second).expect("attempts");
    assert_eq!(attempts[0].detail.as_deref(), Some("400 sk_test_****Abc1"));
    let first = ready(begin(&mut journal, "b=2&a=1", KeyChoice::Continue { candidate: "new" }, later(1)));
    assert_eq!((first.entry.key.as_str(), first.maybe), ("first", true), "it is continued as before");
    assert_eq!(first.entry.intent.body, b"a=1&b=2");
    drop((first, journal));
    assert!(!home.holds(HIDDEN), "a credential is left in the files");
}

#[test]
fn a_key_that_was_a_credential_is_never_sent_again_and_still_stands_in_the_way() {
    let home = Home::new();
    let (key, other) = (secret("sk_test_"), secret("sk_test_x"));
    old(&home, &[plain(&key, "a=1"), plain(&other, "a=2")]);
    let mut journal = home.open();
    match begin(&mut journal, "a=1", KeyChoice::Continue { candidate: "new" }, later(1)) {
        Begun::Expired(entry) => assert_eq!(entry.key, "sk_test_****Abc1#id-0"),
        other => panic!("it may have been executed under its own key: {other:?}"),
    }
}

#[test]
fn a_cleaning_that_did_not_end_is_done_again() {
    let home = Home::new();
    old(&home, &[Old { response: Some(&secret("whsec_")), ..plain("first", "a=1") }]);
    // Somebody reads the old pages, so that they cannot be given up: the rows are clean, and the file is not.
    let reader = Connection::open(&home.path).expect("a file");
    reader.execute_batch("BEGIN; SELECT count(*) FROM entries").expect("a snapshot");
    let journal = home.open();
    assert_eq!(schema::version(&journal.connection).expect("a version"), schema::UNSCRUBBED);
    assert!(journal.find("first").expect("a journal").is_some(), "it works meanwhile");
    drop(journal);
    drop(reader);
    let journal = home.open();
    assert_eq!(schema::version(&journal.connection).expect("a version"), schema::VERSION);
    drop(journal);
    assert!(!home.holds(HIDDEN));
}

#[test]
fn many_that_open_an_old_file_at_once_all_get_the_clean_one() {
    let home = Home::new();
    old(&home, &[Old { response: Some(&secret("whsec_")), ..plain("first", "a=1") }]);
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                let journal = SqliteJournal::open(&home.path, Duration::from_secs(10)).expect("a journal");
                assert!(journal.find("first").expect("a journal").is_some());
            });
        }
    });
    drop(home.open());
    assert!(!home.holds(HIDDEN));
}

#[test]
fn a_process_of_the_old_version_that_is_still_at_work_cannot_write_any_more() {
    let home = Home::new();
    old(&home, &[plain("first", "a=1")]);
    let old_process = Connection::open(&home.path).expect("a file");
    drop(home.open());
    let update = "UPDATE entries SET response = ?2 WHERE key = ?1";
    assert!(old_process.execute(update, params!["first", secret("whsec_")]).is_err());
}

#[test]
fn a_file_of_version_3_gets_what_version_4_has() {
    let home = Home::new();
    drop(ready(begin(&mut home.open(), "a=1", FIRST, NOW)));
    let connection = Connection::open(&home.path).expect("a file");
    connection
        .execute_batch("ALTER TABLE entries DROP COLUMN held_by; PRAGMA user_version = 3")
        .expect("version 3");
    drop(connection);
    let journal = home.open();
    assert_eq!(schema::version(&journal.connection).expect("a version"), schema::VERSION);
    assert_eq!(journal.find("first").expect("read").expect("an entry").held_by, None);
}
