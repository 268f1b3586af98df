//! The window of a key: past it nothing is sent again, and a clock that goes back counts as past it.

use serde_json::Value;

use crate::support::server::{Answer, Step, paid};
use crate::support::{Home, Seen, Server};

const PAY: [&str; 5] = ["request", "POST", "/v1/payment_intents", "-d", "amount=2000"];

/// Runs once now and once at another time. The server answers once; more is a test failure.
fn later(args: &[&str], first: impl Into<Step>, first_exit: i32, clock: &str) -> (Home, Server, Seen, Seen) {
    let home = Home::new();
    let server = Server::script([first]);
    let before = home.at(&server, PAY).args(args).args(["--max-retries", "0"]).run().exits(first_exit);
    let after = home.at(&server, PAY).args(args).args(["--json"]).at_clock(clock).run();
    assert_eq!(server.connections(), 1, "nothing is sent at {clock}: {after}");
    (home, server, before, after)
}

fn answered_by_the_journal(seen: &Seen, outcome: &str) {
    let told = seen.json();
    assert_eq!((&told["replayed"], &told["replayed_by"]), (&true.into(), &"journal".into()), "{seen}");
    assert_eq!(told["outcome"], outcome, "{seen}");
}

fn expired(seen: Seen) {
    let seen = seen.exits(21);
    let told = seen.json();
    assert_eq!(told["outcome"], "expired_unknown", "{seen}");
    assert_eq!(told["next"], "reconcile", "{seen}");
}

#[test]
#[ignore = "needs faketime: run by scripts/test.sh"]
fn a_success_is_answered_by_the_journal_25_hours_later() {
    let (_home, _server, before, after) = later(&["-i", "k-1"], paid(), 0, "+25h");
    let after = after.exits(0);
    answered_by_the_journal(&after, "succeeded");
    assert!(after.out().contains(&before.out()), "the stored body, byte for byte: {after}");
    assert_eq!(after.json()["status"], 200, "{after}");
}

#[test]
#[ignore = "needs faketime: run by scripts/test.sh"]
fn the_stored_body_is_printed_byte_for_byte() {
    let home = Home::new();
    let body = "{ \"z\": 12345678901234567890123,\n \"livemode\": false }";
    let server = Server::script([Answer::new(200, body)]);
    home.at(&server, PAY).args(["-i", "k-1"]).run().exits(0);
    let seen = home.at(&server, PAY).args(["-i", "k-1"]).at_clock("+25h").run().exits(0).says("journal");
    assert_eq!(seen.out(), body, "{seen}");
    assert_eq!(server.connections(), 1);
}

#[test]
#[ignore = "needs faketime: run by scripts/test.sh"]
fn a_decline_is_answered_by_the_journal_with_its_exit_code() {
    let declined = Answer::error(402, "card_error", Some("card_declined"));
    let (_home, _server, _, after) = later(&["--operation", "order-17"], declined, 10, "+25h");
    let after = after.exits(10);
    answered_by_the_journal(&after, "declined");
    assert_eq!(after.json()["error"]["code"], "card_declined", "{after}");
}

#[test]
#[ignore = "needs faketime: run by scripts/test.sh"]
fn a_replay_by_the_journal_fails_where_replays_are_to_fail() {
    let (_home, _server, _, after) = later(&["-i", "k-1", "--fail-on-replay"], paid(), 0, "+25h");
    answered_by_the_journal(&after.exits(14), "succeeded");
}

#[test]
#[ignore = "needs faketime: run by scripts/test.sh"]
fn an_unknown_outcome_is_not_sent_again_25_hours_later() {
    for args in [&["-i", "k-1"][..], &["--operation", "order-17"], &[]] {
        let (home, server, _, after) = later(args, Step::DropAfterRead, 20, "+25h");
        expired(after);
        let all = home.paycli(["journal", "resume", "--all", "--json"]).at_clock("+25h").run().exits(21);
        assert_eq!(server.connections(), 1, "{all}");
        let list = home.paycli(["journal", "list", "--json"]).at_clock("+25h").run().exits(0).json();
        assert_eq!(list["entries"][0]["state"], "expired_unknown", "{list:#}");
        assert_eq!(list["entries"].as_array().map(Vec::len), Some(1), "{list:#}");
    }
}

#[test]
#[ignore = "needs faketime: run by scripts/test.sh"]
fn the_expired_duplicate_of_a_request_says_what_to_do_in_words() {
    let home = Home::new();
    let server = Server::script([Step::DropAfterRead]);
    home.at(&server, PAY).args(["--max-retries", "0"]).run().exits(20);
    let seen = home.at(&server, PAY).at_clock("+25h").run().exits(21);
    seen.says("may have been executed").says("--new-key");
    assert_eq!(server.connections(), 1);
}

#[test]
#[ignore = "needs faketime: run by scripts/test.sh"]
fn a_new_key_pays_on_purpose_past_the_window() {
    let home = Home::new();
    let server = Server::script([Step::DropAfterRead, paid().into()]);
    home.at(&server, PAY).args(["--max-retries", "0"]).run().exits(20);
    home.at(&server, PAY).args(["--new-key"]).at_clock("+25h").run().exits(0);
    assert_ne!(server.keys()[0], server.keys()[1]);
}

#[test]
#[ignore = "needs faketime: run by scripts/test.sh"]
fn the_last_hour_of_the_window_is_not_used() {
    let (_home, _server, _, after) = later(&["-i", "k-1"], Step::DropAfterRead, 20, "+1410m");
    expired(after);
}

#[test]
#[ignore = "needs faketime: run by scripts/test.sh"]
fn within_the_window_the_same_key_is_sent() {
    let home = Home::new();
    let server = Server::script([Step::DropAfterRead, paid().into()]);
    home.at(&server, PAY).args(["--max-retries", "0"]).run().exits(20);
    home.at(&server, PAY).at_clock("+22h").run().exits(0);
    assert_eq!(server.keys()[0], server.keys()[1]);
}

#[test]
#[ignore = "needs faketime: run by scripts/test.sh"]
fn a_retry_does_not_move_the_deadline() {
    let home = Home::new();
    let server = Server::script([Step::DropAfterRead, Step::DropAfterRead]);
    home.at(&server, PAY).args(["--max-retries", "0"]).run().exits(20);
    home.at(&server, PAY).args(["--max-retries", "0"]).at_clock("+20h").run().exits(20);
    let seen = home.at(&server, PAY).args(["--json"]).at_clock("+25h").run();
    expired(seen);
    assert_eq!(server.connections(), 2);
}

#[test]
#[ignore = "needs faketime: run by scripts/test.sh"]
fn a_clock_set_back_counts_as_expired() {
    let (_home, _server, _, after) = later(&["-i", "k-1"], Step::DropAfterRead, 20, "-2h");
    expired(after);
    let (_home, _server, _, after) = later(&[], Step::DropAfterRead, 20, "-2h");
    expired(after);
    let (_home, _server, _, after) = later(&["-i", "k-1"], paid(), 0, "-2h");
    answered_by_the_journal(&after.exits(0), "succeeded");
}

#[test]
#[ignore = "needs faketime: run by scripts/test.sh"]
fn a_finished_request_without_a_key_is_a_new_payment_past_the_window() {
    let home = Home::new();
    let server = Server::script([paid(), paid()]);
    home.at(&server, PAY).run().exits(0);
    let seen = home.at(&server, PAY).args(["--json"]).at_clock("+25h").run().exits(0);
    assert_eq!(seen.json()["replayed_by"], Value::Null, "{seen}");
    assert_ne!(server.keys()[0], server.keys()[1]);
}

#[test]
#[ignore = "needs faketime: run by scripts/test.sh"]
fn a_v2_key_lives_for_30_days() {
    let home = Home::new();
    let server = Server::script([Step::DropAfterRead, Step::DropAfterRead]);
    let args =
        ["post", "/v2/core/event_destinations", "--stripe-version", "2025-09-30.clover", "--body", "{}"];
    let args = [&args[..], &["--json", "--max-retries", "0"]].concat();
    home.at(&server, &args).run().exits(20);
    home.at(&server, &args).at_clock("+29d").run().exits(20);
    expired(home.at(&server, &args).at_clock("+31d").run());
    assert_eq!(server.connections(), 2);
    assert_eq!(server.keys()[0], server.keys()[1]);
}
