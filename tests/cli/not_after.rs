//! `--not-after`: from that time on nothing is sent, whatever the method, and what is said of it is true.

use crate::support::server::{Step, paid};
use crate::support::{Home, Seen, Server};

const PAY: [&str; 5] = ["request", "POST", "/v1/payment_intents", "-d", "amount=2000"];
const PAST: [&str; 2] = ["--not-after", "2020-01-01T00:00:00Z"];

fn refused(home: &Home, args: &[&str], exit: i32) -> Seen {
    let server = Server::always(paid());
    let seen = home.at(&server, args).args(PAST).run().exits(exit).says("--not-after");
    assert_eq!(server.connections(), 0, "{seen}");
    seen
}

#[test]
fn a_delete_and_a_read_are_refused_too() {
    let home = Home::new();
    refused(&home, &["delete", "cus_1"], 21);
    refused(&home, &["get", "customers"], 22);
    let all = refused(&home, &["get", "customers", "--all"], 22);
    assert!(all.stdout.is_empty(), "{all}");
    assert!(home.entries().is_empty());
}

#[test]
fn a_time_to_come_refuses_nothing() {
    let server = Server::always(paid());
    for args in [["delete", "cus_1"], ["get", "customers"], ["post", "customers"]] {
        Home::new().at(&server, args).args(["--not-after", "1h"]).run().exits(0);
    }
}

#[test]
fn what_was_never_sent_is_not_said_to_be_executed_perhaps() {
    for args in [&PAY[..], &[&PAY[..], &["--operation", "order-1"]].concat()] {
        let home = Home::new();
        let seen = refused(&home, args, 21).says("nothing was sent");
        assert!(!seen.err().contains("may have been executed"), "{seen}");
        assert!(home.entries().is_empty(), "{seen}");
    }
}

#[test]
fn a_given_key_may_have_been_sent_from_elsewhere() {
    let home = Home::new();
    refused(&home, &[&PAY[..], &["-i", "order-1"]].concat(), 21).says("another machine");
}

#[test]
fn what_an_earlier_run_may_have_executed_is_said_to_be_open() {
    for args in [&["-i", "order-1"][..], &["--operation", "order-1"], &[]] {
        let home = Home::new();
        let server = Server::script([Step::DropAfterRead]);
        home.at(&server, PAY).args(args).args(["--max-retries", "0"]).run().exits(20);
        let key = server.keys()[0].clone().expect("a key");
        let seen = home.at(&server, PAY).args(args).args(PAST).run().exits(21);
        let seen = seen.says("may have been executed").says(&format!("journal resolve {key}"));
        assert_eq!(server.connections(), 1, "{seen}");
    }
}
