//! The tests' own tools do what they say: otherwise the tests above them prove nothing.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::support::killer::{Dice, run_and_kill_after};
use crate::support::ledger::Ledger;
use crate::support::server::{Step, nobody, paid};
use crate::support::{Home, Server, keys};

fn shell(home: &Home, script: &str) -> crate::support::Run {
    home.command(["sh", "-c", script].map(Into::into).to_vec())
}

/// Sends a request with this key and reads until the connection ends: the text, or why there is none.
fn exchange(url: &str, key: &str, body: &str) -> Result<String, ErrorKind> {
    let mut stream = TcpStream::connect(&url["http://".len()..]).map_err(|error| error.kind())?;
    let length = body.len();
    let request = format!(
        "POST /v1/x?q=1 HTTP/1.1\r\nIdempotency-Key: {key}\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).map_err(|error| error.kind())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).map_err(|error| error.kind())?;
    Ok(answer)
}

#[test]
fn the_server_answers_cuts_and_records() {
    let server = Server::script([
        paid().replayed().into(),
        Step::NotJson,
        Step::DropBeforeRead,
        Step::DropAfterRead,
        Step::DropMidHeaders,
        Step::TruncateBody,
        Step::Reset,
        Step::Stall(Duration::from_millis(300)),
    ]);
    let said = |key: &str| exchange(&server.url(), key, "a=b+c");
    let answer = said("k-1").expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(
        answer.contains("Idempotent-Replayed: true\r\n") && answer.contains("Request-Id: req_1\r\n"),
        "{answer}"
    );
    assert!(said("k-2").expect("an answer").contains("text/html"));
    assert_eq!(said("k-3"), Err(ErrorKind::ConnectionReset));
    assert_eq!(said("k-4"), Ok(String::new()));
    assert!(said("k-5").is_ok_and(|text| text.starts_with("HTTP/1.1 200") && !text.contains("\r\n\r\n")));
    assert!(said("k-6").is_ok_and(|text| text.contains("pi_1")));
    assert_eq!(said("k-7"), Err(ErrorKind::ConnectionReset));
    let start = Instant::now();
    assert_eq!(said("k-8"), Ok(String::new()));
    assert!(start.elapsed() >= Duration::from_millis(300));
    assert!(said("k-9").is_ok_and(|text| text.contains("the_script_is_over")));

    let keys: Vec<_> = server.keys().into_iter().flatten().collect();
    assert_eq!(keys, ["k-1", "k-2", "k-4", "k-5", "k-6", "k-7", "k-8", "k-9"], "k-3 was not read");
    assert_eq!(server.connections(), 9);
    assert_eq!(server.most_in_flight(), 1);
    let first = &server.requests()[0];
    assert_eq!((&*first.method, &*first.target, first.path()), ("POST", "/v1/x?q=1", "/v1/x"));
    assert_eq!(first.form(), [("a".to_owned(), "b c".to_owned())]);
    assert_eq!(first.query(), [("q".to_owned(), "1".to_owned())]);
}

#[test]
fn a_server_that_vanishes_refuses_connections() {
    let server = Server::script([Step::Vanish]);
    assert_eq!(exchange(&server.url(), "k-1", ""), Ok(String::new()));
    assert_eq!(exchange(&server.url(), "k-2", ""), Err(ErrorKind::ConnectionRefused));
    assert_eq!(exchange(&nobody(), "k-3", ""), Err(ErrorKind::ConnectionRefused));
}

#[test]
fn the_ledger_executes_once_a_key_and_counts() {
    let (ledger, server) = Ledger::start(Dice::new(1), Duration::from_millis(50), 0);
    let said = |key: &str, body: &str| exchange(&server.url(), key, body).expect("an answer");
    assert!(!said("k-1", "order=1").contains("Idempotent-Replayed"));
    assert!(said("k-1", "order=1").contains("Idempotent-Replayed: true"));
    assert!(said("k-1", "order=2").contains("idempotency_error"));
    said("k-2", "order=1");
    let execution = &ledger.executions()["k-1"];
    assert_eq!((execution.received, execution.executed), (3, 1));
    assert_eq!((ledger.executed("order", "1"), ledger.executed("order", "2")), (2, 0));

    let (ledger, server) = Ledger::start(Dice::new(1), Duration::from_millis(800), 0);
    let url = server.url();
    let answers: Vec<_> = std::thread::scope(|scope| {
        let run = || exchange(&url, "k-3", "order=3").expect("an answer");
        [(); 8].map(|()| scope.spawn(run)).map(|thread| thread.join().expect("no panic")).to_vec()
    });
    assert!(answers.iter().any(|answer| answer.contains("idempotency_key_in_use")), "{answers:?}");
    assert_eq!(ledger.executed("order", "3"), 1);
    assert!(server.most_in_flight() > 1);

    let (ledger, server) = Ledger::start(Dice::new(1), Duration::ZERO, 1);
    assert_eq!(exchange(&server.url(), "k-4", "order=4"), Ok(String::new()), "every answer is lost");
    assert_eq!(ledger.executed("order", "4"), 1);
}

#[test]
#[should_panic(expected = "hung for")]
fn a_program_that_hangs_fails_the_test() {
    shell(&Home::new(), "sleep 60").time_limit(Duration::from_millis(200)).run();
}

#[test]
#[should_panic(expected = "exit 0 is expected")]
fn another_exit_code_fails_the_test() {
    shell(&Home::new(), "exit 3").run().exits(0);
}

#[test]
fn a_program_gets_its_own_home_and_nothing_else() {
    let home = Home::new();
    let seen = shell(&home, "env; pwd; cat").stdin("from stdin").run().exits(0);
    for line in seen.out().lines().filter(|line| line.contains('=')) {
        let name = line.split('=').next().unwrap_or_default();
        let known =
            ["HOME", "PAYCLI_HOME", "PATH", "TZ", "COLUMNS", "NO_COLOR", "PWD", "OLDPWD", "SHLVL", "_"];
        assert!(known.contains(&name), "{line}");
    }
    assert!(seen.out().ends_with("from stdin"), "{seen}");
}

#[test]
fn a_killed_program_has_no_exit_code() {
    let seen =
        run_and_kill_after(shell(&Home::new(), "echo begun; exec sleep 60"), Duration::from_millis(300));
    assert_eq!((seen.code(), seen.out().trim()), (None, "begun"), "{seen}");
    assert!(seen.took < Duration::from_secs(30));
}

#[test]
fn made_up_keys_have_the_form_of_real_ones() {
    let key = keys::test_key();
    let parsed = paycli::keys::ApiKey::parse(&key).expect("a key");
    assert_eq!(parsed.account(), Some(keys::account()));
    assert_eq!(key.len(), "sk_test_".len() + 99);
    let old = paycli::keys::ApiKey::parse(&keys::legacy_key()).expect("a key");
    assert_eq!(old.account(), None);
    assert!(!keys::hidden_part(&key).contains("AbCdEf"));
}
