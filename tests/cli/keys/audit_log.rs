//! The log names the key of each line, what was done with it, when, and whether it worked.

use serde_json::Value;

use super::{add, paycli, shown, status, taking};
use crate::support::{Home, keys};

fn lines(home: &Home) -> Vec<Value> {
    let text = std::fs::read_to_string(home.root().join("data").join("keys.test.log")).expect("the log");
    text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
}

fn of<'a>(lines: &'a [Value], event: &str) -> Vec<&'a Value> {
    lines.iter().filter(|line| line["event"] == event).collect()
}

#[test]
fn every_line_names_the_key_that_it_is_about() {
    let (home, old, new) = (Home::new(), keys::test_key(), keys::rotated_test_key());
    let server = taking(&[&old, &new]);
    let base = server.url();
    add(&home, &base, &old);
    paycli(&home, &base, &["keys", "rotate", "--from", "-"]).stdin(&new).run().exits(0);
    paycli(&home, &base, &["keys", "revoke", "--previous", "--yes"]).run().exits(0);
    paycli(&home, &base, &["keys", "remove", "api"]).run().exits(0);
    let lines = lines(&home);
    for line in &lines {
        assert!(line["fingerprint"].as_str().is_some_and(|mark| mark.len() == 64), "{line}");
        assert_eq!(
            (&line["result"], &line["profile"], &line["name"]),
            (&"ok".into(), &"test".into(), &"api".into())
        );
        assert!(line["at"].as_str().is_some_and(|at| at.ends_with('Z')), "{line}");
    }
    for event in ["intent", "stored", "verified", "promoted"] {
        let keys: Vec<_> = of(&lines, event).iter().map(|line| line["key"].clone()).collect();
        assert_eq!(keys, [shown(&old), shown(&new)], "{event}");
    }
    let retired = of(&lines, "retired");
    assert_eq!((retired.len(), &retired[0]["key"]), (1, &shown(&old).into()), "the old one is retired");
    let deleted: Vec<_> = of(&lines, "deleted").iter().map(|line| line["key"].clone()).collect();
    assert_eq!(deleted, [shown(&old), shown(&new)]);
    assert_eq!(of(&lines, "removed")[0]["key"], shown(&new));
}

#[test]
fn an_aborted_rotation_names_the_new_key() {
    let (home, old, new) = (Home::new(), keys::test_key(), keys::rotated_test_key());
    let server = taking(&[&old]);
    let base = server.url();
    add(&home, &base, &old);
    let run = paycli(&home, &base, &["keys", "rotate", "--wait", "0s", "--from", "-"]).stdin(&new).run();
    assert_ne!(run.code(), Some(0), "{run}");
    if status(&home, &base)["rotation"] != Value::Null {
        paycli(&home, &base, &["keys", "rotate", "--abort"]).run().exits(0);
    }
    assert_eq!(of(&lines(&home), "aborted")[0]["key"], shown(&new));
}

#[test]
fn a_key_that_is_shown_or_handed_to_a_program_is_written_down() {
    let (home, key) = (Home::new(), keys::test_key());
    let server = taking(&[&key]);
    let base = server.url();
    add(&home, &base, &key);
    paycli(&home, &base, &["keys", "show", "api"]).run().exits(0);
    assert!(of(&lines(&home), "revealed").is_empty());
    paycli(&home, &base, &["keys", "show", "api", "--reveal"]).run().exits(0);
    paycli(&home, &base, &["keys", "show", "api", "--reveal", "--json"]).run().exits(0);
    paycli(&home, &base, &["exec", "--", "true"]).run().exits(0);
    let lines = lines(&home);
    assert_eq!((of(&lines, "revealed").len(), of(&lines, "exec").len()), (2, 1));
    for line in of(&lines, "revealed").into_iter().chain(of(&lines, "exec")) {
        assert_eq!(line["key"], shown(&key), "{line}");
        assert!(line["fingerprint"].is_string(), "{line}");
    }
    super::is_nowhere_in(&home, &key);
}
