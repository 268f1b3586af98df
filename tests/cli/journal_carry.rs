//! Journals on their way between machines, unknown outcomes that are looked up, and old entries that go: over the
//! file, and over a PostgreSQL.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::sandbox::Sandbox;
use crate::support::server::{Answer, Received, Step, paid};
use crate::support::{Home, Seen, Server};

/// Makes each promise a test over both journals.
macro_rules! on_every_journal {
    ($($promise:ident),+ $(,)?) => {
        mod on_a_file {
            $(#[test]
            fn $promise() {
                super::$promise(&super::Home::new);
            })+
        }

        #[cfg(unix)]
        mod on_postgres {
            use crate::support::postgres::Postgres;

            $(#[test]
            fn $promise() {
                super::$promise(&|| super::Home::sharing(Postgres::shared().database().url()));
            })+
        }
    };
}

on_every_journal! {
    a_journal_that_was_carried_goes_on_with_its_keys,
    what_does_not_belong_here_is_refused_and_nothing_is_taken,
    an_operation_that_two_machines_ran_is_kept_twice_and_told,
    an_entry_that_is_being_sent_is_not_touched,
    reconcile_adopts_what_the_events_tell,
    that_no_event_has_the_key_proves_nothing,
    finished_entries_are_pruned_and_unfinished_ones_never,
    a_policy_prunes_by_itself,
    merging_keeps_every_attempt_of_both,
    every_unfinished_entry_is_resumed,
    a_person_settles_what_is_not_known,
}

const PAY: [&str; 5] = ["request", "POST", "/v1/payment_intents", "-d", "amount=2000"];

fn exported(home: &Home) -> String {
    home.paycli(["journal", "export"]).run().exits(0).out()
}

fn import(home: &Home, text: &str) -> Seen {
    home.paycli(["journal", "import", "-", "--json"]).stdin(text).run()
}

fn a_journal_that_was_carried_goes_on_with_its_keys(new_home: &dyn Fn() -> Home) {
    let (first, second) = (new_home(), new_home());
    let server = Server::script([Step::DropAfterRead, paid().replayed().into()]);
    first.at(&server, PAY).args(["--operation", "order-1", "--max-retries", "0"]).run().exits(20);
    let text = exported(&first);
    let counts = import(&second, &text).exits(0).json();
    assert_eq!((&counts["new"], &counts["merged"]), (&json!(1), &json!(0)));
    assert_eq!(second.only_entry()["operation"], "order-1");
    second.at(&server, PAY).args(["--operation", "order-1"]).run().exits(0);
    assert_eq!(server.keys()[0], server.keys()[1]);
    // And back: the first machine learns the result, and taking it twice changes nothing.
    let text = exported(&second);
    assert_eq!(import(&first, &text).exits(0).json()["merged"], 1);
    assert_eq!(import(&first, &text).exits(0).json()["known"], 1);
    let entry = first.only_entry();
    assert_eq!((&entry["state"], &entry["attempts"]), (&json!("succeeded"), &json!(2)));
    first.at(&server, PAY).args(["--operation", "order-1", "--not-after", "1s"]).at_clock("+25h").run();
    assert_eq!(server.requests().len(), 2, "its result is known");
}

fn what_does_not_belong_here_is_refused_and_nothing_is_taken(new_home: &dyn Fn() -> Home) {
    let (first, second) = (new_home(), new_home());
    let server = Server::always(paid());
    first.at(&server, PAY).run().exits(0);
    let text = exported(&first);
    let newer = text.replacen("\"schema\":1", "\"schema\":99", 1);
    assert!(import(&second, &newer).exits(2).out().contains("version 99"));
    let other_mode = text.replacen("\"mode\":\"test\"", "\"mode\":\"live\"", 1);
    import(&second, &other_mode).exits(78);
    let cut_off = text.lines().take(2).collect::<Vec<_>>().join("\n");
    import(&second, &cut_off).exits(2);
    import(&second, "{}\n").exits(2);
    let account = crate::support::keys::account();
    second.config("[profiles.test]\nmode = \"test\"\naccount = \"acct_9\"\n");
    assert!(text.contains(&account));
    let refused = second.paycli(["journal", "import", "-"]).without_key().stdin(&text).run();
    refused.exits(78).says("another one");
    second.config("");
    assert!(second.entries().is_empty());
    // The same key for another request.
    let third = new_home();
    third.at(&server, ["post", "payment_intents", "-d", "amount=1", "-i", "k-1"]).run().exits(0);
    let fourth = new_home();
    fourth.at(&server, ["post", "payment_intents", "-d", "amount=2", "-i", "k-1"]).run().exits(0);
    import(&third, &exported(&fourth)).exits(23);
    assert_eq!(third.entries().len(), 1);
}

fn an_operation_that_two_machines_ran_is_kept_twice_and_told(new_home: &dyn Fn() -> Home) {
    let (first, second) = (new_home(), new_home());
    let server = Server::always(paid());
    for home in [&first, &second] {
        home.at(&server, PAY).args(["--operation", "order-1"]).run().exits(0);
    }
    let seen = import(&first, &exported(&second)).exits(0).says("executed twice");
    assert_eq!(seen.json()["twice"], 1);
    assert_eq!(first.entries().len(), 2);
    assert_eq!(import(&first, &exported(&second)).exits(0).json()["new"], 0);
    assert_eq!(first.entries().len(), 2);
}

fn an_entry_that_is_being_sent_is_not_touched(new_home: &dyn Fn() -> Home) {
    let home = new_home();
    let server = Server::always(paid().after(Duration::from_secs(3)));
    let mut running = home.at(&server, PAY).args(["-i", "k-1"]).start();
    running.until("a request", |_| server.requests().len() == 1);
    let text = exported(&home);
    import(&home, &text).exits(12);
    running.wait().exits(0);
    import(&home, &text).exits(0);
    assert_eq!(home.only_entry()["state"], "succeeded", "the older word does not replace the newer");
}

/// A server that loses the answer, and lists the events of what it executed.
fn with_events(kinds: &'static [&'static str]) -> Server {
    let key = std::sync::Mutex::new(None);
    Server::answering(move |request: &Received| {
        if request.method == "POST" {
            *key.lock().expect("no panic") = request.key().map(str::to_owned);
            return Step::DropAfterRead;
        }
        let key = key.lock().expect("no panic").clone();
        let event = |kind: &&str| {
            let object = kind.split('.').next().expect("a type");
            json!({"id": format!("evt_{kind}"), "object": "event", "type": kind, "request": {"id": "req_1", "idempotency_key": key},
                   "data": {"object": {"id": format!("{object}_1"), "object": object, "livemode": false}}})
        };
        let data: Vec<Value> = kinds.iter().map(event).collect();
        Answer::json(200, &json!({"object": "list", "has_more": false, "data": data, "url": "/v1/events"}))
            .into()
    })
}

fn unknown(home: &Home, server: &Server) {
    home.at(server, PAY).args(["-i", "k-1", "--max-retries", "0"]).run().exits(20);
}

fn reconcile_adopts_what_the_events_tell(new_home: &dyn Fn() -> Home) {
    for (kinds, exit, outcome) in [
        (&["payment_intent.succeeded", "charge.succeeded", "payment_intent.created"][..], 0, "succeeded"),
        (&["payment_intent.payment_failed", "payment_intent.created"][..], 10, "declined"),
    ] {
        let home = new_home();
        let server = with_events(kinds);
        unknown(&home, &server);
        let seen = home.at(&server, ["journal", "reconcile", "k-1", "--json"]).run().exits(exit);
        assert_eq!(
            (&seen.json()["found"], &seen.json()["outcome"]),
            (&json!(true), &json!(outcome)),
            "{seen}"
        );
        let entry = home.entry("k-1");
        assert_eq!((&entry["state"], &entry["outcome"]), (&json!("confirmed"), &json!(outcome)));
        assert_eq!(entry["body"]["object"], "payment_intent");
        let posts = server.requests().iter().filter(|request| request.method == "POST").count();
        assert_eq!(posts, 1, "nothing is sent again");
        let again = home.at(&server, PAY).args(["-i", "k-1", "--json"]).run().exits(exit);
        assert_eq!(again.json()["replayed_by"], "journal", "{again}");
        home.at(&server, ["journal", "reconcile", "k-1"]).run().exits(exit).says("known already");
    }
}

fn that_no_event_has_the_key_proves_nothing(new_home: &dyn Fn() -> Home) {
    let home = new_home();
    let server = with_events(&[]);
    unknown(&home, &server);
    let seen = home.at(&server, ["journal", "reconcile", "k-1"]).run().exits(20).says("proves nothing");
    assert!(seen.err().contains("some minutes"), "{seen}");
    let late = home.at(&server, ["journal", "reconcile", "k-1"]).at_clock("+31d").run().exits(21);
    assert!(late.err().contains("30 days"), "{late}");
    assert_eq!(home.only_entry()["state"], "unknown");
}

#[test]
fn the_sandboxs_events_are_found_by_their_key() {
    let home = Home::new();
    let sandbox = Sandbox::start();
    let run = |args: &[&str]| home.paycli(args).args(["--api-base", &sandbox.url]).key(&sandbox.secret_key());
    run(&["post", "customers", "-i", "k-1"]).run().exits(0);
    // As after a kill: the journal does not know.
    let connection = rusqlite::Connection::open(home.journal_file("test")).expect("a file");
    connection
        .execute_batch("UPDATE entries SET state = 'sending', outcome = NULL, status = NULL, answer = NULL, may_have_executed = 1")
        .expect("an update");
    drop(connection);
    run(&["journal", "reconcile", "k-1"]).run().exits(0);
    assert_eq!(home.entry("k-1")["body"]["object"], "customer");
}

fn finished_entries_are_pruned_and_unfinished_ones_never(new_home: &dyn Fn() -> Home) {
    let home = new_home();
    let server = Server::script([paid().into(), Step::DropAfterRead, paid().into()]);
    home.at(&server, PAY).run().exits(0);
    home.at(&server, ["post", "customers", "--max-retries", "0"]).run().exits(20);
    home.paycli(["journal", "prune", "--before", "1h"]).run().exits(0);
    assert_eq!(home.entries().len(), 2);
    home.paycli(["journal", "prune", "--before", "90d"]).at_clock("+91d").run().exits(0).out();
    assert_eq!(home.only_entry()["state"], "unknown");
}

fn a_policy_prunes_by_itself(new_home: &dyn Fn() -> Home) {
    let home = new_home();
    let server = Server::always(paid());
    home.at(&server, PAY).run().exits(0);
    home.paycli(["config", "set", "journal.keep", "90d"]).run().exits(0);
    assert_eq!(home.entries().len(), 1);
    home.paycli(["journal", "list"]).at_clock("+91d").run().exits(0);
    assert!(home.entries().is_empty());
    home.paycli(["config", "set", "journal.keep", "soon"]).run().exits(78);
}

/// The attempts of an entry: the time of each, and what it ended with.
fn attempts(home: &Home, key: &str) -> Vec<(Value, Value)> {
    let shown = home.paycli(["journal", "show", key, "--json"]).run().exits(0).json();
    let attempts = shown["attempts"].as_array().unwrap_or_else(|| panic!("no attempts: {shown}"));
    attempts.iter().map(|attempt| (attempt["started_at"].clone(), attempt["detail"].clone())).collect()
}

fn merging_keeps_every_attempt_of_both(new_home: &dyn Fn() -> Home) {
    let (first, second) = (new_home(), new_home());
    let server = Server::script([
        Step::DropAfterRead,
        Step::DropAfterRead,
        Answer::error(500, "api_error", None).into(),
        paid().replayed().into(),
    ]);
    // Both have tried the same payment, and neither knows of the other's attempts.
    unknown(&first, &server);
    for exit in [20, 20, 0] {
        second.at(&server, PAY).args(["-i", "k-1", "--max-retries", "0"]).run().exits(exit);
    }
    let mut all = [attempts(&first, "k-1"), attempts(&second, "k-1")].concat();
    all.sort_by_key(|(at, _)| at.to_string());
    assert_eq!(all.len(), 4);
    let (of_first, of_second) = (exported(&first), exported(&second));
    assert_eq!(import(&first, &of_second).exits(0).json()["merged"], 1);
    assert_eq!(import(&second, &of_first).exits(0).json()["merged"], 1);
    for home in [&first, &second] {
        assert_eq!(attempts(home, "k-1"), all, "an attempt is lost");
        assert_eq!(home.entry("k-1")["state"], "succeeded");
    }
    assert_eq!(import(&first, &exported(&second)).exits(0).json()["known"], 1, "again changes nothing");
}

fn every_unfinished_entry_is_resumed(new_home: &dyn Fn() -> Home) {
    let home = new_home();
    let lost = std::iter::repeat_with(|| Step::DropAfterRead).take(3);
    let server = Server::script(lost.chain(std::iter::repeat_with(|| paid().replayed().into()).take(3)));
    for key in ["k-1", "k-2", "k-3"] {
        home.at(&server, PAY).args(["-i", key, "--max-retries", "0"]).run().exits(20);
    }
    let seen = home.at(&server, ["journal", "resume", "--all", "--json"]).run().exits(0);
    let keys: Vec<_> = seen.ndjson().iter().map(|line| line["idempotency_key"].clone()).collect();
    assert_eq!(keys, ["k-1", "k-2", "k-3"], "the oldest first: {seen}");
    let sent: Vec<_> = server.keys().into_iter().flatten().collect();
    assert_eq!(sent, ["k-1", "k-2", "k-3", "k-1", "k-2", "k-3"]);
    assert!(home.entries().iter().all(|entry| entry["state"] == "succeeded"));
    let again = home.at(&server, ["journal", "resume", "--all", "--json"]).run().exits(0);
    assert_eq!((again.ndjson().len(), server.requests().len()), (0, 6), "{again}");
}

fn a_person_settles_what_is_not_known(new_home: &dyn Fn() -> Home) {
    let home = new_home();
    let server = Server::script([Step::DropAfterRead]);
    unknown(&home, &server);
    let resolve = |word| ["journal", "resolve", "k-1", "--as", word, "--why", "seen in the Dashboard"];
    home.paycli(resolve("succeeded")).run().exits(0);
    let entry = home.entry("k-1");
    assert_eq!((&entry["state"], &entry["note"]), (&json!("confirmed"), &json!("seen in the Dashboard")));
    home.paycli(resolve("failed")).run().exits(2).says("known already");
    home.at(&server, PAY).args(["-i", "k-1"]).run().exits(0);
    assert_eq!(server.requests().len(), 1, "what a person settled is not sent");
}
