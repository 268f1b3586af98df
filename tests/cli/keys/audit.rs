//! The log of keys: each line names the key that it is about.

use serde_json::Value;

use super::key_api::KeyApi;
use super::{add, paycli, shown};
use crate::support::server::Answer;
use crate::support::{Home, keys};

fn log(home: &Home) -> Vec<Value> {
    let text = std::fs::read_to_string(home.root().join("data").join("keys.test.log")).expect("a log");
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// The keys that the lines of an event name, in order.
fn named(home: &Home, event: &str) -> Vec<String> {
    let lines = log(home).into_iter().filter(|line| line["event"] == event);
    lines.map(|line| line["key"].as_str().unwrap_or("none").to_owned()).collect()
}

#[test]
fn each_line_names_its_key() {
    let keys: Vec<String> = (0..4).map(keys::numbered_test_key).collect();
    let (home, api) = (Home::new(), KeyApi::of(&[&keys[0], &keys[1], &keys[2]]));
    let base = api.url();
    let rotate =
        |key: &str| paycli(&home, &base, &["keys", "rotate", "--from", "-", "--wait", "0s"]).stdin(key);
    add(&home, &base, &keys[0]);
    rotate(&keys[1]).run().exits(0);
    api.end(&keys[0]);
    paycli(&home, &base, &["keys", "revoke", "--previous"]).run().exits(0);
    assert_eq!(named(&home, "retired"), [shown(&keys[0])]);
    assert_eq!(named(&home, "deleted"), [shown(&keys[0])]);
    rotate(&keys[3]).run().exits(13);
    assert_eq!(named(&home, "aborted"), [shown(&keys[3])]);
    rotate(&keys[2]).run().exits(0);
    paycli(&home, &base, &["keys", "rollback"]).run().exits(0);
    assert_eq!(named(&home, "rolled_back"), [shown(&keys[1])]);
    paycli(&home, &base, &["keys", "remove", "api"]).run().exits(0);
    let mut removed = named(&home, "removed");
    removed.sort();
    let mut both = [shown(&keys[1]), shown(&keys[2])];
    both.sort();
    assert_eq!(removed, both);
    for line in log(&home) {
        assert!(line["fingerprint"].is_string() && line["key"].is_string(), "{line}");
    }
}

#[test]
fn a_line_of_a_key_that_is_not_made_yet_names_the_one_it_replaces() {
    let key = keys::numbered_test_key(0);
    let (home, api) = (Home::new(), KeyApi::of(&[&key]));
    add(&home, &api.url(), &key);
    api.fault("POST", "/rotate", Answer::error(500, "api_error", None));
    paycli(&home, &api.url(), &["keys", "rotate", "--remote"]).run().exits(20);
    assert_eq!(named(&home, "requested"), ["none"]);
    let line = log(&home).into_iter().find(|line| line["event"] == "requested").expect("a line");
    assert!(line["note"].as_str().is_some_and(|note| note.contains(&shown(&key))), "{line}");
}
