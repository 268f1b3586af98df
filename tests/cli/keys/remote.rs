//! What the API answers to the making and ending of keys, as exit codes, and what remains under way.

use serde_json::Value;

use super::key_api::KeyApi;
use super::{add, in_use, paycli, shown, status};
use crate::support::server::{Answer, Step, nobody};
use crate::support::{Home, keys};

const REMOTE: [&str; 3] = ["keys", "rotate", "--remote"];

fn start() -> (Home, KeyApi, String) {
    let (home, key) = (Home::new(), keys::numbered_test_key(0));
    let api = KeyApi::of(&[&key]);
    add(&home, &api.url(), &key);
    (home, api, key)
}

/// Answers to the making of a key: the exit code, and whether a key may have been made.
fn cases() -> Vec<(Step, i32, bool)> {
    let error = |status: u16| Step::from(Answer::error(status, "invalid_request_error", None));
    vec![
        (error(401), 13, false),
        (error(403), 4, false),
        (error(404), 4, false),
        (error(429), 15, false),
        (Answer::error(500, "api_error", None).into(), 20, true),
        (Step::DropAfterRead, 20, true),
        (Step::TruncateBody, 20, true),
    ]
}

#[test]
fn each_answer_to_the_making_of_a_key_has_the_code_of_a_request() {
    for (step, code, may_be_made) in cases() {
        let (home, api, key) = start();
        let base = api.url();
        api.fault("POST", "/rotate", step.clone());
        let args = [&REMOTE[..], &["--key-id", "mk_0"]].concat();
        paycli(&home, &base, &args).run().exits(code);
        let told = status(&home, &base);
        assert_eq!(told["rotation"] != Value::Null, may_be_made, "{step:?}: {told}");
        assert_eq!(in_use(&home, &base)["key"], shown(&key));
        if may_be_made {
            paycli(&home, &base, &["keys", "rotate", "--abort"]).run().exits(78).says("--resume");
        }
        api.heal();
        paycli(&home, &base, &args).run().exits(0);
    }
}

#[test]
fn what_was_not_sent_was_not_made() {
    let (home, api, _) = start();
    paycli(&home, &nobody(), &[&REMOTE[..], &["--key-id", "mk_0"]].concat()).run().exits(22);
    assert_eq!(status(&home, &api.url())["rotation"], Value::Null);
    paycli(&home, &nobody(), &REMOTE).run().exits(22);
    paycli(&home, &api.url(), &REMOTE).run().exits(0);
}

#[test]
fn a_list_of_keys_that_cannot_be_had_has_the_code_of_a_read() {
    for (step, code) in [
        (Step::from(Answer::error(401, "invalid_request_error", None)), 13),
        (Answer::error(403, "invalid_request_error", None).into(), 4),
        (Answer::error(429, "invalid_request_error", None).into(), 15),
        (Answer::error(500, "api_error", None).into(), 5),
        (Step::DropAfterRead, 5),
    ] {
        let (home, api, _) = start();
        api.fault("GET", "/v2/iam/api_keys", step);
        paycli(&home, &api.url(), &REMOTE).run().exits(code);
        assert_eq!(status(&home, &api.url())["rotation"], Value::Null);
    }
}

#[test]
fn an_end_that_the_api_refuses_or_loses_has_the_code_of_a_request() {
    for (step, code) in [
        (Step::from(Answer::error(403, "invalid_request_error", None)), 4),
        (Answer::error(429, "invalid_request_error", None).into(), 15),
        (Answer::error(500, "api_error", None).into(), 20),
        (Step::DropAfterRead, 20),
    ] {
        let (home, api, key) = start();
        let base = api.url();
        paycli(&home, &base, &REMOTE).run().exits(0);
        api.fault("POST", "/expire", step);
        let revoke = || paycli(&home, &base, &["keys", "revoke", "--previous", "--remote"]);
        revoke().run().exits(code);
        assert_eq!(status(&home, &base)["previous"]["key"], shown(&key), "it is still known");
        api.heal();
        revoke().run().exits(0);
        assert!(!api.is_alive(&key));
    }
}

#[test]
fn a_rotation_whose_only_key_died_is_left_by_the_printed_way() {
    let (home, api, _) = start();
    let base = api.url();
    api.lose("/rotate");
    paycli(&home, &base, &REMOTE).run().exits(20);
    api.end_overlaps();
    paycli(&home, &base, &["keys", "rotate", "--resume"]).run().exits(13).says("--abort");
    paycli(&home, &base, &["keys", "rotate", "--abort", "--yes"]).run().exits(0);
    let made = api.rows()[1].token.clone();
    paycli(&home, &base, &["keys", "rotate", "--from", "-"]).stdin(&made).run().exits(0);
}

#[test]
fn the_end_of_a_remote_overlap_is_counted_from_the_request() {
    let (home, api, _) = start();
    let base = api.url();
    let args = [&REMOTE[..], &["--overlap", "30m", "--json"]].concat();
    paycli(&home, &base, &args).run().exits(0);
    assert_eq!(api.rows()[0].minutes, Some(30));
    paycli(&home, &base, &["keys", "rollback"]).run().exits(0);
    let told = status(&home, &base);
    let ends: jiff::Timestamp =
        told["current"]["expires_at"].as_str().expect("an end").parse().expect("a time");
    let left = ends.as_second() - jiff::Timestamp::now().as_second();
    assert!((1..=1800).contains(&left), "{left} s are left: {told}");
    // The key that the API ends is not the one to stay with.
    let finding = told["findings"].to_string();
    assert!(finding.contains("\"expires\"") && finding.contains("keys rollback"), "{finding}");
}
