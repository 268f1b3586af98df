//! What is said of a payment is true: whose result a replay is, what is open, and what to type next.

use crate::support::server::{Answer, Step, paid};
use crate::support::{Home, Server, keys};

const PAY: [&str; 5] = ["request", "POST", "/v1/payment_intents", "-d", "amount=2000"];

#[test]
fn a_replay_of_this_runs_own_lost_attempt_is_said_to_be_its_own() {
    let server = Server::script([Step::DropAfterRead, paid().replayed().into()]);
    let seen = Home::new().at(&server, PAY).args(["--fail-on-replay"]).run().exits(14);
    let seen = seen.says("this run");
    assert!(!seen.err().contains("nothing was executed by this run"), "{seen}");
}

#[test]
fn a_replay_of_an_earlier_run_is_said_to_be_that() {
    let home = Home::new();
    let server = Server::script([paid(), paid().replayed()]);
    let pay = || home.at(&server, PAY).args(["-i", "order-1", "--fail-on-replay"]);
    pay().run().exits(0);
    pay().run().exits(14).says("nothing was executed by this run");
}

#[test]
fn a_delete_that_finds_nothing_after_a_lost_attempt_names_what_can_be_typed() {
    for first in [Step::from(Answer::error(500, "api_error", None)), Step::DropAfterRead] {
        let server = Server::script([first, Answer::error(404, "invalid_request_error", None).into()]);
        let home = Home::new();
        let seen = home.at(&server, ["delete", "cus_1"]).run().exits(20).says("get /v1/customers/cus_1");
        for wrong in ["journal resolve", "journal resume", "same key", "--new-key"] {
            assert!(!seen.err().contains(wrong), "{wrong}: {seen}");
        }
    }
}

#[test]
fn a_lost_delete_names_what_can_be_typed() {
    let server = Server::always(Step::DropAfterRead);
    let home = Home::new();
    let run = home.at(&server, ["delete", "cus_1"]).args(["--max-retries", "1"]);
    let seen = run.run().exits(20).says("run the same command again");
    assert!(!seen.err().contains("same key") && !seen.err().contains("journal"), "{seen}");
}

#[cfg(target_os = "linux")]
#[test]
fn an_output_that_fails_names_a_whole_command() {
    let home = Home::new();
    for args in [&PAY[..], &["delete", "cus_1"], &["get", "customers"]] {
        let server = Server::always(paid());
        let shell = format!("'{}' \"$@\" > /dev/full", crate::support::env::PAYCLI);
        let words = ["sh", "-c", &shell, "sh", "--api-base", &server.url()].map(Into::into).to_vec();
        let seen = home.command(words).args(args).env("PAYCLI_API_KEY", keys::test_key()).run();
        assert!(seen.code().is_some_and(|code| code != 0), "{seen}");
        match server.only_request().key() {
            Some(key) => assert!(seen.err().contains(&format!("journal show {key}")), "{seen}"),
            None => assert!(!seen.err().contains("journal"), "{seen}"),
        }
    }
}

#[test]
fn a_key_of_another_credential_is_told_apart_from_other_parameters() {
    let home = Home::new();
    let server = Server::script([Step::DropAfterRead]);
    let pay = || home.at(&server, PAY).args(["-i", "order-1", "--max-retries", "0"]);
    pay().key(&keys::legacy_key()).run().exits(20);
    let other = keys::legacy_key().chars().rev().collect::<String>();
    let other = format!("{}{}", &keys::legacy_key()[..8], &other[..24]);
    let seen = pay().key(&other).run().exits(11).says("another API key");
    assert!(!seen.err().contains("first request's parameters"), "{seen}");
    assert_eq!(server.connections(), 1, "{seen}");
}

#[test]
fn a_clock_that_differs_says_which_one_is_ahead() {
    for (date, which) in
        [("Fri, 01 Jan 2100 00:00:00 GMT", "s ahead"), ("Fri, 01 Jan 2010 00:00:00 GMT", "s behind")]
    {
        let server = Server::script([paid().header("Date", date)]);
        Home::new().at(&server, PAY).run().exits(0).says("the server's clock is").says(which);
    }
}
