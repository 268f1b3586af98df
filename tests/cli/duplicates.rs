//! The same command again: an unfinished duplicate is continued, and a named operation keeps its key.

use std::time::Duration;

use serde_json::Value;

use crate::support::server::{Answer, Step, paid};
use crate::support::{Home, Server};

const PAY: [&str; 5] = ["request", "POST", "/v1/payment_intents", "-d", "amount=2000"];

#[test]
fn an_unfinished_duplicate_is_continued_with_its_key() {
    let home = Home::new();
    let server = Server::script([Step::DropAfterRead, paid().replayed().into()]);
    home.at(&server, PAY).args(["--max-retries", "0"]).run().exits(20);
    let seen = home.at(&server, PAY).args(["--json"]).run().exits(0).says("journal");
    let told = seen.json();
    assert_eq!(told["key_source"], "journal", "{seen}");
    assert_eq!(home.only_entry()["attempts"], 2, "{seen}");
    let requests = server.requests();
    assert_eq!(requests[0].key(), requests[1].key());
    assert_eq!(requests[0].body, requests[1].body);
}

#[test]
fn what_may_be_sent_again_is_continued_too() {
    let limited = Answer::error(429, "invalid_request_error", None);
    let refused = Answer::error(401, "invalid_request_error", None);
    let stored = Answer::error(500, "api_error", None).replayed();
    for (answer, exit) in [(limited, 15), (refused, 13), (stored, 5)] {
        let home = Home::new();
        let server = Server::script([answer, paid()]);
        home.at(&server, PAY).args(["--max-retries", "0"]).run().exits(exit);
        home.at(&server, PAY).run().exits(0);
        assert_eq!(server.keys()[0], server.keys()[1], "after exit {exit}");
    }
}

#[test]
fn a_finished_request_is_a_new_payment_when_run_again() {
    let home = Home::new();
    let declined = Answer::error(402, "card_error", Some("card_declined"));
    let server = Server::script([paid(), declined, paid()]);
    for exit in [0, 10, 0] {
        home.at(&server, PAY).run().exits(exit);
    }
    let mut keys = server.keys();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 3, "three payments, three keys: {keys:?}");
}

#[test]
fn another_request_is_no_duplicate() {
    let home = Home::new();
    let server = Server::script([Step::DropAfterRead, paid().into(), paid().into()]);
    home.at(&server, PAY).args(["--max-retries", "0"]).run().exits(20);
    let other = home.at(&server, ["post", "payment_intents", "-d", "amount=2001", "--json"]).run().exits(0);
    assert_eq!(other.json()["key_source"], "generated", "{other}");
    home.at(&server, PAY).args(["--stripe-account", "acct_9"]).run().exits(0);
    let keys = server.keys();
    assert!(keys[0] != keys[1] && keys[0] != keys[2], "{keys:?}");
}

#[test]
fn a_new_key_is_a_deliberate_second_payment() {
    let home = Home::new();
    let server = Server::script([Step::DropAfterRead, paid().into()]);
    home.at(&server, PAY).args(["--max-retries", "0"]).run().exits(20);
    let seen = home.at(&server, PAY).args(["--new-key", "--json"]).run().exits(0);
    assert_eq!(seen.json()["key_source"], "generated", "{seen}");
    let keys = server.keys();
    assert_ne!(keys[0], keys[1]);
    assert_eq!(home.entries().len(), 2);
}

#[test]
fn a_killed_request_is_retried_with_the_same_key() {
    let home = Home::new();
    let server = Server::script([Step::Stall(Duration::from_secs(60)), paid().replayed().into()]);
    let mut running = home.at(&server, PAY).start();
    running.until("the request", |_| server.requests().len() == 1);
    running.kill();
    running.wait();
    let seen = home.at(&server, PAY).args(["--json"]).run().exits(0);
    assert_eq!(seen.json()["key_source"], "journal", "{seen}");
    let requests = server.requests();
    assert_eq!(requests[0].key(), requests[1].key());
    assert_eq!(requests[0].body, requests[1].body);
}

#[test]
fn a_killed_request_that_may_have_executed_is_unknown() {
    let home = Home::new();
    let refused = Answer::error(401, "invalid_request_error", None);
    let server = Server::script([Step::Stall(Duration::from_secs(60)), refused.into()]);
    let mut running = home.at(&server, PAY).start();
    running.until("the request", |_| server.requests().len() == 1);
    running.kill();
    running.wait();
    let seen = home.at(&server, PAY).args(["--json"]).run().exits(20);
    assert_eq!(seen.json()["outcome"], "unknown", "{seen}");
}

#[test]
fn two_runs_of_one_command_at_once_pay_once() {
    let home = Home::new();
    let server = Server::always(paid().after(Duration::from_secs(2)));
    let mut first = home.at(&server, PAY).start();
    first.until("the request", |_| server.requests().len() == 1);
    let second = home.at(&server, PAY).args(["--timeout", "20s", "--json"]).start();
    let (first, second) = (first.wait().exits(0), second.wait().exits(0));
    let keys = server.keys();
    assert!(keys.iter().all(|key| *key == keys[0]), "{keys:?}: {first} and {second}");
    assert_eq!(server.most_in_flight(), 1, "{first} and {second}");
}

#[test]
fn a_result_that_was_recorded_and_never_shown_is_not_paid_again() {
    // The answer is larger than the pipe, nobody reads, and the process is killed as it prints.
    let home = Home::new();
    let body = format!(r#"{{"id":"pi_1","livemode":false,"data":"{}"}}"#, "x".repeat(400_000));
    let server = Server::script([Answer::new(200, &body), Answer::new(200, &body).replayed()]);
    let mut running = home.at(&server, PAY).stdout_unread().start();
    running.until("the result in the journal", |_| {
        server.requests().len() == 1 && home.only_entry()["state"] == "succeeded"
    });
    running.kill();
    running.wait();
    let seen = home.at(&server, PAY).run().exits(0);
    let keys = server.keys();
    assert!(keys.iter().all(|key| *key == keys[0]), "paid twice, with the keys {keys:?}");
    assert_eq!(seen.stdout, body.as_bytes());
}

mod operation {
    use super::*;

    const NAMED: [&str; 3] = ["--operation", "order-17", "--json"];

    #[test]
    fn a_named_operation_keeps_its_key() {
        let home = Home::new();
        let server = Server::script([paid(), paid().replayed(), paid()]);
        let first = home.at(&server, PAY).args(NAMED).run().exits(0).json();
        let second = home.at(&server, PAY).args(NAMED).run().exits(0).json();
        let other = home.at(&server, PAY).args(["--operation", "order-18", "--json"]).run().exits(0).json();
        assert_eq!(first["operation"], "order-17", "{first:#}");
        assert_eq!(first["idempotency_key"], second["idempotency_key"]);
        assert_ne!(first["idempotency_key"], other["idempotency_key"]);
        assert_eq!(second["key_source"], "operation", "{second:#}");
        assert_eq!(second["replayed"], true, "{second:#}");
        assert_eq!(home.entry(first["idempotency_key"].as_str().expect("a key"))["operation"], "order-17");
    }

    #[test]
    fn a_declined_operation_is_not_tried_again_under_a_new_key() {
        let home = Home::new();
        let declined = Answer::error(402, "card_error", Some("card_declined"));
        let server = Server::script([declined.clone(), declined.replayed()]);
        home.at(&server, PAY).args(NAMED).run().exits(10);
        home.at(&server, PAY).args(NAMED).run().exits(10);
        assert_eq!(server.keys()[0], server.keys()[1]);
    }

    #[test]
    fn the_name_stands_for_one_request() {
        let home = Home::new();
        let server = Server::script([paid()]);
        home.at(&server, PAY).args(NAMED).run().exits(0);
        let seen =
            home.at(&server, ["post", "payment_intents", "-d", "amount=1"]).args(NAMED).run().exits(11);
        assert_eq!(seen.json()["outcome"], "key_mismatch", "{seen}");
        assert!(seen.err().contains("amount") || seen.out().contains("amount"), "{seen}");
        assert_eq!(server.requests().len(), 1, "{seen}");
    }

    #[test]
    fn a_killed_operation_goes_on_with_its_key() {
        let home = Home::new();
        let server = Server::script([Step::Stall(Duration::from_secs(60)), paid().into()]);
        let mut running = home.at(&server, PAY).args(NAMED).start();
        running.until("the request", |_| server.requests().len() == 1);
        running.kill();
        running.wait();
        home.at(&server, PAY).args(NAMED).run().exits(0);
        assert_eq!(server.keys()[0], server.keys()[1]);
    }

    #[test]
    fn the_envelope_of_an_unnamed_request_has_no_operation() {
        let server = Server::script([paid()]);
        let told = Home::new().at(&server, PAY).args(["--json"]).run().exits(0).json();
        assert_eq!(told["operation"], Value::Null);
    }
}

#[test]
fn a_refusal_that_is_no_replay_does_not_hide_a_success_that_is_known() {
    for status in [400, 403, 404] {
        let home = Home::new();
        let server = Server::script([paid(), Answer::error(status, "invalid_request_error", None)]);
        home.at(&server, PAY).args(["--operation", "order-17"]).run().exits(0);
        let seen = home.at(&server, PAY).args(["--operation", "order-17", "--json"]).run().exits(0);
        assert_eq!(seen.json()["replayed_by"], "journal", "{status}: {seen}");
        assert_eq!(seen.json()["outcome"], "succeeded", "{status}: {seen}");
    }
}

#[test]
fn a_redirect_does_not_hide_an_attempt_that_may_have_been_executed() {
    let home = Home::new();
    let redirect = Answer::error(302, "invalid_request_error", None);
    let server = Server::script([Step::DropAfterRead, redirect.into()]);
    home.at(&server, PAY).args(["--max-retries", "1"]).run().exits(20);
}
