//! A rotation and its ends: done, refused, interrupted, undone, rolled back, revoked.

use serde_json::Value;

use super::{account_answer, add, in_use, is_nowhere_in, is_with, paycli, refused, shown, status, taking};
use crate::support::server::{Answer, Step};
use crate::support::{Home, Server, keys};

const ROTATE: [&str; 4] = ["keys", "rotate", "--from", "-"];

#[test]
fn the_new_key_is_in_use_and_the_old_one_is_kept_for_its_overlap() {
    let (home, old, new) = (Home::new(), keys::test_key(), keys::rotated_test_key());
    let server = taking(&[&old, &new]);
    let base = server.url();
    add(&home, &base, &old);
    let told = paycli(&home, &base, &ROTATE).args(["--json", "--overlap", "2h"]).stdin(&new).run().exits(0);
    let key = &told.json()["key"];
    assert_eq!((&key["current"]["key"], &key["rotation"]), (&shown(&new).into(), &Value::Null), "{told}");
    assert_eq!((&key["previous"]["key"], &key["previous"]["usable"]), (&shown(&old).into(), &true.into()));
    assert_eq!(in_use(&home, &base)["key"], shown(&new));
    paycli(&home, &base, &ROTATE).stdin(&old).run().exits(78).says("keys revoke --previous");
    paycli(&home, &base, &["keys", "rollback"]).run().exits(0);
    assert_eq!(in_use(&home, &base)["key"], shown(&old));
    for key in [&old, &new] {
        is_nowhere_in(&home, key);
    }
    let log = std::fs::read_to_string(home.root().join("data").join("keys.test.log")).expect("a log");
    for event in ["intent", "stored", "verified", "promoted", "finished", "rolled_back"] {
        assert!(log.contains(&format!("\"event\":\"{event}\"")), "{event} is not in {log}");
    }
}

#[test]
fn the_same_key_is_no_rotation() {
    let (home, key) = (Home::new(), keys::test_key());
    let server = taking(&[&key]);
    add(&home, &server.url(), &key);
    paycli(&home, &server.url(), &ROTATE).stdin(&key).run().exits(2).says("nothing was rotated");
    assert_eq!(status(&home, &server.url())["rotation"], Value::Null);
}

#[test]
fn a_new_key_that_is_refused_or_of_another_account_changes_nothing() {
    let (home, old, new) = (Home::new(), keys::test_key(), keys::rotated_test_key());
    let server = taking(&[&old]);
    let base = server.url();
    add(&home, &base, &old);
    let seen = paycli(&home, &base, &ROTATE).args(["--wait", "2s"]).stdin(&new).run().exits(13).says("401");
    let tries = server.requests().iter().filter(|request| is_with(request, &new)).count();
    assert!(tries >= 2, "a new key is given time: {tries} tries, {seen}");
    let of_another = keys::legacy_key();
    let other = Server::answering(move |request| -> Step {
        let account = if is_with(request, &of_another) { "acct_1other".to_owned() } else { keys::account() };
        Answer::json(200, &serde_json::json!({"id": account})).into()
    });
    let run = paycli(&home, &other.url(), &ROTATE).stdin(keys::legacy_key());
    run.run().exits(78).says("acct_1other");
    paycli(&home, &base, &ROTATE).stdin(keys::live_key()).run().exits(78);
    let told = status(&home, &base);
    assert_eq!((&told["current"]["key"], &told["rotation"]), (&shown(&old).into(), &Value::Null), "{told}");
    assert_eq!((&told["previous"], &told["left_over"]), (&Value::Null, &0.into()), "{told}");
}

#[test]
fn an_api_that_is_down_in_the_middle_leaves_the_old_key_and_is_gone_on_with() {
    let (home, old, new) = (Home::new(), keys::test_key(), keys::rotated_test_key());
    let up = taking(&[&old, &new]);
    add(&home, &up.url(), &old);
    let down = Server::always(Answer::error(500, "api_error", None));
    let base = up.url();
    paycli(&home, &down.url(), &ROTATE).stdin(&new).run().exits(5).says("keys rotate --resume");
    let told = status(&home, &base);
    assert_eq!((&told["current"]["key"], &told["rotation"]["step"]), (&shown(&old).into(), &"stored".into()));
    paycli(&home, &base, &["get", "customers"]).run().exits(0).says("rotation is unfinished");
    // Another new key is not mixed up with the one that is under way.
    let third = keys::legacy_key();
    paycli(&home, &base, &ROTATE).stdin(&third).run().exits(78).says("--resume");
    paycli(&home, &base, &["keys", "rollback"]).run().exits(78);
    paycli(&home, &base, &["keys", "rotate", "--resume"]).run().exits(0);
    assert_eq!(in_use(&home, &base)["key"], shown(&new));
}

#[test]
fn a_rotation_that_is_aborted_leaves_nothing() {
    let (home, old, new) = (Home::new(), keys::test_key(), keys::rotated_test_key());
    let up = taking(&[&old, &new]);
    let base = up.url();
    add(&home, &base, &old);
    paycli(&home, &base, &["keys", "rotate", "--abort"]).run().exits(78);
    paycli(&home, &crate::support::server::nobody(), &ROTATE).stdin(&new).run().exits(22);
    paycli(&home, &base, &["keys", "rotate", "--abort"]).run().exits(0);
    let told = status(&home, &base);
    assert_eq!((&told["rotation"], &told["left_over"]), (&Value::Null, &0.into()), "{told}");
    paycli(&home, &base, &ROTATE).stdin(&new).run().exits(0);
    paycli(&home, &base, &["keys", "rotate", "--abort"]).run().exits(78);
}

#[test]
fn two_rotations_at_once_one_wins_and_the_other_says_so() {
    let (home, old, new) = (Home::new(), keys::test_key(), keys::rotated_test_key());
    let server = taking(&[&old, &new]);
    let base = server.url();
    add(&home, &base, &old);
    let go = home.path().join("go");
    let hook = format!("sh -c 'echo begun; until [ -e {} ]; do sleep 0.02; done'", go.display());
    let marker = home.path().join("begun");
    let hook = hook.replace("echo begun", &format!("touch {}", marker.display()));
    let mut first = paycli(&home, &base, &ROTATE).args(["--exec", &hook]).stdin(&new).start();
    first.until("the hook", |_| marker.exists());
    for args in
        [&ROTATE[..], &["keys", "rotate", "--resume"], &["keys", "rollback"], &["keys", "remove", "api"]]
    {
        paycli(&home, &base, args).stdin(&new).run().exits(12).says("another process");
    }
    std::fs::write(&go, "").expect("a file");
    first.wait().exits(0);
    assert_eq!(in_use(&home, &base)["key"], shown(&new));
}

#[test]
fn a_compromised_key_is_used_for_nothing_any_more() {
    let (home, old, new) = (Home::new(), keys::test_key(), keys::rotated_test_key());
    let server = taking(&[&old, &new]);
    let base = server.url();
    add(&home, &base, &old);
    paycli(&home, &base, &ROTATE).args(["--compromised"]).stdin(&new).run().exits(0).says("is compromised");
    paycli(&home, &base, &["keys", "rollback"]).run().exits(13).says("compromised");
    paycli(&home, &base, &["keys", "status", "--check"]).run().exits(40);
    paycli(&home, &base, &["keys", "revoke", "--previous"]).run().exits(2).says("still works");
    // The API has ended it meanwhile.
    let ended = taking(&[&new]);
    paycli(&home, &ended.url(), &["get", "customers"]).run().exits(0);
    paycli(&home, &ended.url(), &["keys", "revoke", "--previous"]).run().exits(0);
    paycli(&home, &base, &["keys", "status", "--check"]).run().exits(0);
}

#[test]
fn a_key_that_is_refused_cannot_be_gone_back_to() {
    let (home, old, new) = (Home::new(), keys::test_key(), keys::rotated_test_key());
    let both = taking(&[&old, &new]);
    add(&home, &both.url(), &old);
    paycli(&home, &both.url(), &ROTATE).stdin(&new).run().exits(0);
    let one = taking(&[&new]);
    paycli(&home, &one.url(), &["keys", "rollback"]).run().exits(13).says("401");
    let nobody = crate::support::server::nobody();
    paycli(&home, &nobody, &["keys", "rollback"]).run().exits(22);
    assert_eq!(in_use(&home, &one.url())["key"], shown(&new));
}

#[test]
fn a_lost_answer_to_the_making_of_a_key_is_asked_for_again_under_the_same_idempotency_key() {
    let (home, old, new) = (Home::new(), keys::test_key(), keys::rotated_test_key());
    let (old_key, made) = (old.clone(), new.clone());
    let lost = std::sync::atomic::AtomicBool::new(false);
    let server = Server::answering(move |request| -> Step {
        let path = request.path();
        let object =
            |key: &str| serde_json::json!({"id": format!("mk_{}", key.len()), "secret_key": {"token": key}});
        match (request.method.as_str(), path) {
            ("GET", "/v1/account") => account_answer().into(),
            ("GET", _) => Answer::json(200, &serde_json::json!({"data": [object(&old_key)]})).into(),
            ("POST", path) if path.ends_with("/rotate") => {
                if lost.swap(true, std::sync::atomic::Ordering::SeqCst) {
                    Answer::json(200, &object(&made)).into()
                } else {
                    Step::DropAfterRead
                }
            }
            _ => refused().into(),
        }
    });
    let base = server.url();
    add(&home, &base, &old);
    paycli(&home, &base, &["keys", "rotate", "--remote"]).run().exits(20);
    assert_eq!(in_use(&home, &base)["key"], shown(&old));
    paycli(&home, &base, &["keys", "rotate", "--abort"]).run().exits(78).says("--resume");
    paycli(&home, &base, &["keys", "rotate", "--resume"]).run().exits(0);
    assert_eq!(in_use(&home, &base)["key"], shown(&new));
    let keys: Vec<_> = server.keys().into_iter().flatten().collect();
    assert_eq!((keys.len(), &keys[0]), (2, &keys[1]), "one request, sent twice");
    is_nowhere_in(&home, &new);
}

#[test]
fn a_rotation_by_the_api_is_not_offered_in_live_mode_or_for_signing_secrets() {
    let home = Home::new();
    let server = taking(&[]);
    let run = |args: &[&str]| paycli(&home, &server.url(), &["keys", "rotate", "--remote"]).args(args).run();
    run(&["--kind", "webhook"]).exits(2).says("no API");
    run(&["-p", "live", "--live", "--yes"]).exits(2).says("live mode");
    assert_eq!(server.connections(), 0);
}
