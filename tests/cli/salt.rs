//! Keys that do not name their account: marked under the salt of the home, and never taken for each other.

use crate::support::server::{Step, paid};
use crate::support::{Home, Run, Server, keys};

const PAY: [&str; 5] = ["request", "POST", "/v1/payment_intents", "-d", "amount=2000"];

fn other_key() -> String {
    ["sk", "test", &"z9Y8".repeat(6)].join("_")
}

fn pay(home: &Home, server: &Server, key: &str) -> Run {
    home.at(server, PAY).args(["--max-retries", "0", "--json"]).key(key)
}

#[test]
fn an_unfinished_request_of_another_account_does_not_block_this_one() {
    let home = Home::new();
    let server = Server::script([Step::DropAfterRead, paid().into(), paid().replayed().into()]);
    pay(&home, &server, &other_key()).run().exits(20);
    let ours = pay(&home, &server, &keys::legacy_key()).run().exits(0);
    assert_eq!(ours.json()["key_source"], "generated", "{ours}");
    let theirs = pay(&home, &server, &other_key()).run().exits(0);
    assert_eq!(theirs.json()["key_source"], "journal", "{theirs}");
    let sent = server.keys();
    assert!(sent[0] != sent[1] && sent[0] == sent[2], "{sent:?}");
}

#[test]
fn an_unfinished_run_under_another_api_key_is_warned_of_before_anything_is_sent() {
    let home = Home::new();
    let server = Server::script([Step::DropAfterRead, paid().into(), paid().into()]);
    pay(&home, &server, &other_key()).run().exits(20);
    let first = server.keys()[0].clone().expect("a key");
    let seen = pay(&home, &server, &keys::legacy_key()).run().exits(0);
    seen.says("warning:").says("another API key").says(&format!("journal show {first}"));
    // A deliberate second request is told of nothing.
    let seen = pay(&home, &server, &keys::legacy_key()).args(["--new-key"]).run().exits(0);
    assert!(!seen.err().contains("warning:"), "{seen}");
}

#[test]
fn resume_leaves_the_entries_of_another_account_alone() {
    let home = Home::new();
    let server = Server::script([Step::DropAfterRead, Step::DropAfterRead, paid().replayed().into()]);
    pay(&home, &server, &other_key()).run().exits(20);
    pay(&home, &server, &keys::legacy_key()).run().exits(20);
    let seen = home.paycli(["journal", "resume", "--all"]).key(&keys::legacy_key()).run().exits(20);
    assert!(seen.err().contains("left alone") && seen.err().contains("0 failed"), "{seen}");
    let sent = server.keys();
    assert_eq!((sent.len(), &sent[2]), (3, &sent[1]), "{seen}");
    let theirs = sent[0].clone().expect("a key");
    assert_eq!(home.entry(&theirs)["state"], "unknown");
    home.paycli(["journal", "resume", &theirs]).key(&keys::legacy_key()).run().exits(78);
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn a_salt_that_cannot_be_used_stops_writes_and_nothing_else() {
    let home = Home::new();
    let server = Server::always(paid());
    pay(&home, &server, &keys::legacy_key()).run().exits(0);
    let salt = home.root().join("data").join("salt");
    std::fs::write(&salt, "short").expect("a salt");
    let seen = pay(&home, &server, &keys::legacy_key()).run().exits(23);
    assert_eq!(seen.json()["outcome"], "journal_error", "{seen}");
    assert!(seen.out().contains("salt"), "{seen}");
    assert_eq!(server.connections(), 1, "nothing is sent");
    home.at(&server, ["get", "customers"]).key(&keys::legacy_key()).run().exits(0);
    home.paycli(["journal", "list"]).key(&keys::legacy_key()).run().exits(0);
    home.paycli(["whoami"]).key(&keys::legacy_key()).run().exits(0);
    // A key that names its account needs no mark.
    pay(&home, &server, &keys::test_key()).run().exits(0);
    assert_eq!(std::fs::read(&salt).expect("a salt"), b"short", "it is left as it is");
}

#[test]
fn a_salt_that_cannot_be_made_stops_writes_and_nothing_else() {
    let home = Home::new();
    let server = Server::always(paid());
    std::fs::create_dir_all(home.root().join("data").join("salt")).expect("a folder in its place");
    pay(&home, &server, &keys::legacy_key()).run().exits(23);
    assert_eq!(server.connections(), 0);
    home.at(&server, ["get", "customers"]).key(&keys::legacy_key()).run().exits(0);
}
