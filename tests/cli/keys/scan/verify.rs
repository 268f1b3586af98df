//! `--verify`: test keys are asked about at once, live ones with `--live`, each once.

use super::super::taking;
use super::{key_of, live_key, write};
use crate::support::{Home, Server};

fn verify(home: &Home, server: &Server, args: &[&str]) -> crate::support::Run {
    home.at(server, ["keys", "scan", "--verify", "--json", "tree"]).without_key().args(args)
}

fn verified(report: &serde_json::Value) -> Vec<String> {
    let list = report["findings"].as_array().expect("findings");
    list.iter().map(|found| found["verified"].as_str().expect("a word").to_owned()).collect()
}

#[test]
fn keys_that_work_are_told_from_those_that_do_not_and_live_ones_wait_for_the_flag() {
    let home = Home::new();
    let (live, works, revoked, webhook) = (live_key(1), key_of(1, 2), key_of(1, 3), key_of(5, 4));
    for (name, key) in [("a", &live), ("b", &works), ("c", &revoked), ("d", &webhook), ("e", &works)] {
        write(home.path(), &format!("tree/{name}"), key);
    }
    let server = taking(&[&live, &works]);
    let seen = verify(&home, &server, &[]).run().exits(40).json();
    assert_eq!(verified(&seen), ["unknown", "works", "refused", "unknown", "works"], "{seen}");
    assert_eq!(seen["findings"][0]["verified_detail"], "live keys are verified with --live", "{seen}");
    let asked = server.requests();
    assert_eq!(asked.len(), 2, "each key once, no live one");
    assert!(
        asked.iter().all(|request| !request.header("Authorization").unwrap_or_default().contains("live"))
    );
    let next = seen["findings"][1]["next_command"].as_str().expect("a command");
    assert!(next.ends_with("-p test keys rotate --compromised"), "{next}");
    let seen = verify(&home, &server, &["--live"]).run().exits(40).json();
    assert_eq!(verified(&seen), ["works", "works", "refused", "unknown", "works"], "{seen}");
    verify(&home, &server, &["-p", "test", "--live"]).run().exits(78);
    home.config("live = \"deny\"\n");
    verify(&home, &server, &["--live"]).run().exits(78);
}

#[test]
fn an_api_that_cannot_be_reached_is_asked_once() {
    let home = Home::new();
    write(home.path(), "tree/a", key_of(1, 1));
    write(home.path(), "tree/b", key_of(1, 2));
    let args = ["--api-base", "http://127.0.0.1:9", "keys", "scan", "--verify", "--json", "tree"];
    let seen = home.paycli(args).without_key().run().exits(40).json();
    assert_eq!(verified(&seen), ["unknown", "unknown"], "{seen}");
}
