//! A leaked key: the change takes over whatever is under way, and the old key ends last.

use serde_json::Value;

use super::key_api::KeyApi;
use super::{add, in_use, paycli, shown, status};
use crate::support::server::Answer;
use crate::support::{Home, keys};

const ROTATE: [&str; 4] = ["keys", "rotate", "--from", "-"];

fn start(api_keys: usize) -> (Home, KeyApi, Vec<String>) {
    let keys: Vec<String> = (0..4).map(keys::numbered_test_key).collect();
    let known: Vec<&str> = keys.iter().take(api_keys).map(String::as_str).collect();
    let (home, api) = (Home::new(), KeyApi::of(&known));
    add(&home, &api.url(), &keys[0]);
    (home, api, keys)
}

/// What a rotation asks the API to give the old key, in minutes.
fn minutes(api: &KeyApi) -> Vec<u64> {
    let requests = api.requests();
    let asked = requests.iter().filter(|request| request.path().ends_with("/rotate"));
    let body = |text: String| serde_json::from_str::<Value>(&text).expect("JSON");
    asked
        .map(|request| body(request.text())["expire_current_key_in_minutes"].as_u64().expect("minutes"))
        .collect()
}

#[test]
fn a_lost_answer_leaves_the_leaked_key_until_the_new_one_is_there() {
    for flags in [&["--compromised"][..], &["--overlap", "0s"], &["--compromised", "--overlap", "0s"]] {
        let (home, api, keys) = start(1);
        let base = api.url();
        api.lose("/rotate");
        let rotate = || paycli(&home, &base, &["keys", "rotate", "--remote"]).args(flags);
        rotate().run().exits(20).says("keys rotate");
        assert!(api.is_alive(&keys[0]), "the only key that is known was ended: {flags:?}");
        paycli(&home, &base, &["get", "customers"]).run().exits(0);
        rotate().run().exits(0);
        let asked = minutes(&api);
        assert!(asked.len() == 2 && asked[0] == asked[1] && (1..=60).contains(&asked[0]), "{asked:?}");
        let new = api.rows()[1].clone();
        assert_eq!(in_use(&home, &base)["key"], shown(&new.token));
        assert!(new.is_alive && !api.is_alive(&keys[0]), "the old key is ended last: {flags:?}");
        let log = api.log();
        let at = |what: &str| {
            log.iter().rposition(|line| line.contains(what)).unwrap_or_else(|| panic!("{what}: {log:?}"))
        };
        let verified = log
            .iter()
            .position(|line| *line == format!("GET /v1/account {}", &new.token[new.token.len() - 4..]));
        assert!(verified.is_some_and(|verified| verified < at("/expire")), "{log:?}");
        paycli(&home, &base, &["keys", "status", "--check"]).run().exits(0);
    }
}

#[test]
fn a_leak_whose_new_key_was_never_stored_stays_an_emergency() {
    let (home, api, keys) = start(2);
    let base = api.url();
    let path = home.root().join("data").join("keys.test.json");
    let mut list: Value = serde_json::from_slice(&std::fs::read(&path).expect("the list")).expect("JSON");
    list["chains"]["test/api"]["rotation"] = serde_json::json!({
        "step": "intent", "place": {"store": "file", "id": "next"}, "new": null, "started_at": 1,
        "plan": {"overlap_seconds": 0, "compromised": true, "offline": false, "hooks": []},
        "remote": null, "hooks_done": 0,
    });
    std::fs::write(&path, list.to_string()).expect("written");
    let undone = paycli(&home, &base, &["keys", "rotate", "--resume"]).run().exits(78);
    undone.says("keys rotate --compromised");
    let again = ["keys", "rotate", "--compromised", "--from", "-"];
    paycli(&home, &base, &again).stdin(&keys[1]).run().exits(0);
    let previous = &status(&home, &base)["previous"];
    assert_eq!((&previous["compromised"], &previous["usable"]), (&true.into(), &false.into()), "{previous}");
}

#[test]
fn an_end_that_fails_leaves_the_new_key_in_use_and_is_told() {
    let (home, api, keys) = start(1);
    let base = api.url();
    api.fault("POST", "/expire", Answer::error(500, "api_error", None));
    paycli(&home, &base, &["keys", "rotate", "--remote", "--compromised"])
        .run()
        .exits(20)
        .says("keys revoke --previous");
    assert_eq!(in_use(&home, &base)["key"], shown(&api.rows()[1].token));
    paycli(&home, &base, &["keys", "status", "--check"]).run().exits(40);
    api.heal();
    paycli(&home, &base, &["keys", "revoke", "--previous", "--remote"]).run().exits(0);
    assert!(!api.is_alive(&keys[0]));
    paycli(&home, &base, &["keys", "status", "--check"]).run().exits(0);
}

#[test]
fn a_leak_takes_over_a_rotation_before_its_promotion() {
    let (home, api, keys) = start(3);
    let base = api.url();
    api.fault("GET", "/v1/account", Answer::error(500, "api_error", None));
    paycli(&home, &base, &ROTATE).stdin(&keys[1]).run().exits(5);
    api.heal();
    // The new key that is stored already goes into use, and the old one into none.
    paycli(&home, &base, &["keys", "rotate", "--compromised"]).run().exits(0);
    assert_eq!(in_use(&home, &base)["key"], shown(&keys[1]));
    let told = status(&home, &base);
    assert_eq!(
        (&told["previous"]["key"], &told["previous"]["compromised"]),
        (&shown(&keys[0]).into(), &true.into())
    );
}

#[test]
fn a_leak_with_another_new_key_takes_over_and_keeps_what_still_works() {
    let (home, api, keys) = start(3);
    let base = api.url();
    api.fault("GET", "/v1/account", Answer::error(500, "api_error", None));
    paycli(&home, &base, &ROTATE).stdin(&keys[1]).run().exits(5);
    api.heal();
    paycli(&home, &base, &ROTATE).args(["--compromised"]).stdin(&keys[2]).run().exits(0);
    assert_eq!(in_use(&home, &base)["key"], shown(&keys[2]));
    let told = paycli(&home, &base, &["keys", "status"]).run().exits(0).out();
    assert!(told.contains(&shown(&keys[1])), "a key that works is not forgotten silently: {told}");
    keys[..2].iter().for_each(|key| api.end(key));
    paycli(&home, &base, &["keys", "revoke", "--previous"]).run().exits(0);
    paycli(&home, &base, &["keys", "status", "--check"]).run().exits(0);
}

#[test]
fn a_leak_during_an_overlap_is_no_refusal() {
    let (home, api, keys) = start(3);
    let base = api.url();
    paycli(&home, &base, &ROTATE).stdin(&keys[1]).run().exits(0);
    paycli(&home, &base, &ROTATE).args(["--compromised"]).stdin(&keys[2]).run().exits(0);
    assert_eq!(in_use(&home, &base)["key"], shown(&keys[2]));
    let told = paycli(&home, &base, &["keys", "status"]).run().exits(0).out();
    assert!(keys[..2].iter().all(|key| told.contains(&shown(key))), "both old keys are to be ended: {told}");
    keys[..2].iter().for_each(|key| api.end(key));
    paycli(&home, &base, &["keys", "revoke", "--previous"]).run().exits(0);
    paycli(&home, &base, &["keys", "status", "--check"]).run().exits(0);
}

#[test]
fn a_leak_during_a_remote_overlap_ends_every_old_key() {
    let (home, api, _) = start(1);
    let base = api.url();
    paycli(&home, &base, &["keys", "rotate", "--remote"]).run().exits(0);
    paycli(&home, &base, &["keys", "rotate", "--remote", "--compromised"]).run().exits(0);
    assert_eq!(api.alive().len(), 1, "{:?}", api.alive());
    paycli(&home, &base, &["keys", "status", "--check"]).run().exits(0);
}

#[test]
fn a_leak_while_a_hook_fails_is_no_refusal_and_the_hooks_can_be_replaced() {
    let (home, api, keys) = start(3);
    let base = api.url();
    paycli(&home, &base, &ROTATE).args(["--exec", "false"]).stdin(&keys[1]).run().exits(1);
    paycli(&home, &base, &["keys", "rotate", "--compromised"]).run().exits(1);
    assert_eq!(status(&home, &base)["previous"]["compromised"], true);
    paycli(&home, &base, &["keys", "rotate", "--resume", "--exec", "sh -c 'cat > got'"]).run().exits(0);
    let got = std::fs::read_to_string(home.path().join("got")).expect("the hook ran");
    assert_eq!(got, keys[1]);
    assert_eq!(status(&home, &base)["rotation"], Value::Null);
}

#[test]
fn the_leak_procedure_with_a_broken_hook_has_a_way_forward() {
    let (home, api, keys) = start(3);
    let base = api.url();
    paycli(&home, &base, &ROTATE).args(["--compromised", "--exec", "false"]).stdin(&keys[1]).run().exits(1);
    // A third key, since the second leaked too.
    paycli(&home, &base, &ROTATE).args(["--compromised"]).stdin(&keys[2]).run().exits(0);
    assert_eq!(in_use(&home, &base)["key"], shown(&keys[2]));
    assert_eq!(status(&home, &base)["rotation"], Value::Null);
}

#[test]
fn hooks_that_are_done_are_not_run_again_and_a_new_command_is_not_ignored() {
    let (home, api, keys) = start(2);
    let base = api.url();
    let hooks = ["--exec", "sh -c 'echo 1 >> first'", "--exec", "false"];
    paycli(&home, &base, &ROTATE).args(hooks).stdin(&keys[1]).run().exits(1);
    let mended = ["--exec", "sh -c 'echo 1 >> mended'"];
    paycli(&home, &base, &ROTATE).args(mended).stdin(&keys[1]).run().exits(0);
    let lines = |name: &str| std::fs::read_to_string(home.path().join(name)).expect("a file").lines().count();
    assert_eq!((lines("first"), lines("mended")), (1, 1));
}

#[test]
fn a_replacement_loses_nothing_before_the_new_key_is_verified() {
    let (home, api, keys) = start(2);
    let base = api.url();
    paycli(&home, &base, &ROTATE).stdin(&keys[1]).run().exits(0);
    let replace = || paycli(&home, &base, &["keys", "add", "--replace", "--from", "-"]).stdin(&keys[2]);
    replace().run().exits(13);
    let told = status(&home, &base);
    assert_eq!(
        (&told["current"]["key"], &told["previous"]["key"]),
        (&shown(&keys[1]).into(), &shown(&keys[0]).into())
    );
    paycli(&home, &base, &["keys", "rollback"]).run().exits(0);
    api.make(&keys[2]);
    replace().run().exits(0);
    let told = status(&home, &base);
    assert_eq!((&told["current"]["key"], &told["previous"]), (&shown(&keys[2]).into(), &Value::Null));
    assert_eq!(told["left_over"], 0);
}

#[test]
fn a_key_that_is_ended_altogether_takes_a_staged_one_with_it() {
    let (home, api, keys) = start(1);
    let base = api.url();
    api.lose("/account");
    paycli(&home, &base, &["keys", "rotate", "--remote"]).run().exits(5);
    assert_eq!((status(&home, &base)["rotation"]["step"].as_str(), api.alive().len()), (Some("stored"), 2));
    paycli(&home, &base, &["keys", "revoke", "api", "--remote"]).run().exits(0);
    assert_eq!(api.alive(), [""; 0], "a staged key lives on: {}", keys[0]);
    paycli(&home, &base, &["keys", "status", "--check"]).run().exits(0);
}

#[test]
fn a_staged_key_that_works_is_not_forgotten_without_a_word() {
    let (home, api, keys) = start(2);
    let base = api.url();
    api.fault("GET", "/v1/account", Answer::error(500, "api_error", None));
    paycli(&home, &base, &ROTATE).stdin(&keys[1]).run().exits(5);
    api.heal();
    api.end(&keys[0]);
    paycli(&home, &base, &["keys", "revoke", "api"]).run().exits(2).says(&shown(&keys[1]));
    assert_eq!(status(&home, &base)["rotation"]["new_key"], shown(&keys[1]));
    paycli(&home, &base, &["keys", "revoke", "api", "--yes"]).run().exits(0);
}
