//! What is no key, no name or no terminal is told, and nothing is stored.

use super::{add, in_use, is_nowhere_in, paycli, shown, taking};
use crate::support::{Home, keys};

#[test]
fn what_is_not_the_key_that_is_wanted_is_refused_before_anything_is_sent() {
    let (home, key) = (Home::new(), keys::test_key());
    let server = taking(&[&key]);
    let base = server.url();
    let cases = [
        (keys::live_key(), "api", 78, "live key"),
        (keys::publishable_key(), "api", 78, "publishable"),
        (keys::webhook_secret(), "api", 78, "signing secret"),
        (key.clone(), "publishable", 78, "not a publishable key"),
        (key.clone(), "webhook", 78, "an API key"),
        ("hunter2hunter2".into(), "api", 13, "not an API key"),
        (String::new(), "api", 13, "empty"),
        ("x".repeat(5000), "api", 13, "4096"),
    ];
    for (text, kind, code, says) in cases {
        let run = paycli(&home, &base, &["keys", "add", "--kind", kind, "--from", "-"]).stdin(&text);
        let seen = run.run().exits(code).says(says);
        assert!(text.len() < 12 || !seen.err().contains(&text), "{seen}");
    }
    assert_eq!(server.connections(), 0);
    let told = paycli(&home, &base, &["keys", "status", "--json"]).run().exits(0).json();
    assert_eq!(told["keys"], serde_json::json!([]));
    is_nowhere_in(&home, &key);
}

#[test]
fn a_key_of_another_account_is_refused() {
    let (home, key) = (Home::new(), keys::test_key());
    let server = taking(&[&key]);
    home.config("[profiles.test]\nmode = \"test\"\naccount = \"acct_1other\"\n");
    let run = paycli(&home, &server.url(), &["keys", "add", "--from", "-"]).stdin(&key);
    run.run().exits(78).says("acct_1other");
    assert_eq!(server.connections(), 0);
}

#[test]
fn an_account_that_only_the_api_tells_counts_too() {
    let (home, old_form) = (Home::new(), keys::legacy_key());
    let server = taking(&[&old_form]);
    home.config("[profiles.test]\nmode = \"test\"\naccount = \"acct_1other\"\n");
    let run = paycli(&home, &server.url(), &["keys", "add", "--from", "-"]).stdin(&old_form);
    run.run().exits(78).says("acct_1other");
    let told = paycli(&home, &server.url(), &["keys", "list", "--json"]).run().exits(0).json();
    assert_eq!(told["keys"], serde_json::json!([]), "{told}");
}

#[test]
fn a_key_that_the_api_refuses_is_not_stored() {
    let (home, key) = (Home::new(), keys::test_key());
    let server = taking(&[]);
    paycli(&home, &server.url(), &["keys", "add", "--from", "-"]).stdin(&key).run().exits(13).says("401");
    let told = paycli(&home, &server.url(), &["keys", "list", "--json"]).run().exits(0).json();
    assert_eq!(told["keys"], serde_json::json!([]), "{told}");
    is_nowhere_in(&home, &key);
}

#[test]
fn without_a_terminal_a_prompt_names_its_flag() {
    let (home, key) = (Home::new(), keys::test_key());
    let server = taking(&[&key]);
    let base = server.url();
    paycli(&home, &base, &["keys", "add"]).run().exits(2).says("--from");
    paycli(&home, &base, &["login"]).stdin(&key).run().exits(2).says("--from -");
    add(&home, &base, &key);
    paycli(&home, &base, &["keys", "rotate"]).run().exits(2).says("--from");
    assert_eq!(in_use(&home, &base)["key"], shown(&key));
}

#[test]
fn a_secret_on_the_command_line_is_refused_and_not_repeated() {
    let (home, key) = (Home::new(), keys::test_key());
    let server = taking(&[&key]);
    for command in ["add", "rotate"] {
        if command == "rotate" {
            add(&home, &server.url(), &key);
        }
        let seen = paycli(&home, &server.url(), &["keys", command, "--from", &key]).run().exits(2);
        assert!(seen.err().contains("--from env:NAME") && !seen.err().contains(&key[30..60]), "{seen}");
    }
}

#[test]
fn odd_names_are_refused_and_a_key_as_a_name_is_not_quoted() {
    let (home, key) = (Home::new(), keys::test_key());
    let server = taking(&[&key]);
    let base = server.url();
    for name in ["", "a/b", "../../x", "a b", "ü", "-x", &key] {
        let args = ["keys", "add", "--from", "-", &format!("--name={name}")];
        let seen = paycli(&home, &base, &args).stdin(&key).run().exits(2);
        assert!(!seen.err().contains(&key[30..60]), "{seen}");
        let profile = format!("--profile={name}");
        let seen = paycli(&home, &base, &["keys", "add", "--from", "-", &profile]).stdin(&key).run();
        assert!(matches!(seen.code(), Some(2 | 78)), "{seen}");
    }
    assert_eq!(server.connections(), 0);
    is_nowhere_in(&home, &key);
}
