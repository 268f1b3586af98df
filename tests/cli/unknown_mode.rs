//! A key that does not tell its mode counts as live, until the API itself says that it is a test key.

use serde_json::{Value, json};

use crate::support::server::{Answer, Received, Step, nobody, paid};
use crate::support::{Home, Server, keys};

const PAY: [&str; 5] = ["request", "POST", "/v1/payment_intents", "-d", "amount=2000"];

fn balance(livemode: &Value) -> Answer {
    Answer::json(200, &json!({"object": "balance", "available": [], "livemode": livemode}))
}

/// An API that answers so when it is asked for the balance, and executes everything else.
fn api(balance: impl Into<Step>) -> Server {
    let balance = balance.into();
    Server::answering(move |request: &Received| match request.path() {
        "/v1/balance" => balance.clone(),
        _ => paid().into(),
    })
}

fn asked(server: &Server) -> Vec<String> {
    server.requests().iter().map(|request| format!("{} {}", request.method, request.path())).collect()
}

#[test]
fn a_key_that_the_api_calls_live_does_nothing_in_a_test_profile() {
    for key in [keys::oauth_key(), keys::organization_key()] {
        for args in [&PAY[..], &["get", "customers"], &["get", "customers", "--all"], &["delete", "cus_1"]] {
            let (home, server) = (Home::new(), api(balance(&true.into())));
            let seen = home.at(&server, args).key(&key).run().exits(78).says("live");
            assert_eq!(asked(&server), ["GET /v1/balance"], "{seen}");
            assert!(seen.stdout.is_empty(), "{seen}");
            assert!(home.entries().is_empty(), "{seen}");
        }
    }
}

#[test]
fn the_api_is_asked_once_for_each_key_and_the_answer_is_kept() {
    let (home, server) = (Home::new(), api(balance(&false.into())));
    for key in [keys::oauth_key(), keys::organization_key()] {
        home.at(&server, PAY).key(&key).run().exits(0);
        home.at(&server, ["get", "customers"]).key(&key).run().exits(0);
    }
    let (pay, get) = ("POST /v1/payment_intents", "GET /v1/customers");
    let once = ["GET /v1/balance", pay, get];
    assert_eq!(asked(&server), [once, once].concat());
    for (path, bytes) in home.files() {
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains(keys::hidden_part(&keys::oauth_key())), "{}", path.display());
    }
}

#[cfg(unix)]
#[test]
fn what_is_kept_is_for_the_user_alone_and_a_damaged_file_is_asked_anew() {
    use std::os::unix::fs::PermissionsExt;
    let (home, server, key) = (Home::new(), api(balance(&false.into())), keys::oauth_key());
    home.at(&server, ["get", "customers"]).key(&key).run().exits(0);
    let file = home.root().join("data/known-test-keys.json");
    let mode = std::fs::metadata(&file).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    for damaged in ["", "{", "[]", r#"{"version": 99, "keys": []}"#] {
        std::fs::write(&file, damaged).expect("a file");
        home.at(&server, ["get", "customers"]).key(&key).run().exits(0);
    }
    assert_eq!(asked(&server).iter().filter(|line| line.ends_with("balance")).count(), 5);
    let newer = std::fs::read_to_string(&file).expect("a file");
    assert!(newer.contains("99"), "a newer version's file is left alone: {newer}");
}

#[test]
fn whoever_cannot_tell_lets_nothing_through() {
    let html = Answer::new(200, "<html>").header("Content-Type", "text/html");
    for (step, exit) in [
        (Step::from(Answer::error(401, "invalid_request_error", None)), 13),
        (Answer::error(403, "invalid_request_error", None).into(), 78),
        (Answer::error(500, "api_error", None).into(), 78),
        (html.into(), 78),
        (Answer::new(401, "<html>").into(), 78),
        (balance(&Value::Null).into(), 78),
        (Answer::json(200, &json!({"object": "balance"})).into(), 78),
        (Answer::new(204, "").into(), 78),
        (Answer::new(302, "").into(), 78),
        (Step::DropAfterRead, 78),
    ] {
        for args in [&PAY[..], &["get", "customers"]] {
            let (home, server) = (Home::new(), api(step.clone()));
            let seen = home.at(&server, args).args(["--json"]).key(&keys::oauth_key()).run().exits(exit);
            assert!(asked(&server).iter().all(|line| line == "GET /v1/balance"), "{seen}");
            assert!(home.entries().is_empty(), "{seen}");
        }
    }
    let home = Home::new();
    let run = home.paycli(["--api-base", &nobody()]).args(PAY).key(&keys::oauth_key());
    run.run().exits(22).says("nothing was sent");
}

#[test]
fn in_a_live_profile_it_acts_with_live_and_is_not_asked() {
    let live = Answer::new(200, r#"{"id":"pi_1","object":"payment_intent","livemode":true}"#);
    let server = Server::always(live);
    let home = Home::new();
    let pay = || home.at(&server, PAY).args(["-p", "live", "--yes"]).key(&keys::oauth_key());
    pay().run().exits(78);
    assert_eq!(server.connections(), 0);
    pay().args(["--live"]).run().exits(0);
    assert_eq!(asked(&server), ["POST /v1/payment_intents"]);
}

#[test]
fn one_servers_word_means_nothing_for_another_server() {
    let (home, key) = (Home::new(), keys::oauth_key());
    let (says_test, says_live) = (api(balance(&false.into())), api(balance(&true.into())));
    home.at(&says_test, PAY).key(&key).run().exits(0);
    home.at(&says_live, PAY).key(&key).run().exits(78);
    assert_eq!(asked(&says_live), ["GET /v1/balance"]);
}

#[test]
fn an_organisations_key_is_asked_in_each_context() {
    let (home, server, key) = (Home::new(), api(balance(&false.into())), keys::organization_key());
    for context in ["acct_1", "acct_1", "acct_2"] {
        let args = ["--stripe-context", context, "--stripe-version", "2025-09-30.clover"];
        home.at(&server, ["get", "customers"]).args(args).key(&key).run().exits(0);
    }
    let contexts: Vec<_> = server
        .requests()
        .iter()
        .filter(|request| request.path() == "/v1/balance")
        .map(|request| {
            (request.header("Stripe-Context").map(str::to_owned), request.header("Stripe-Version").is_some())
        })
        .collect();
    assert_eq!(contexts, [(Some("acct_1".to_owned()), true), (Some("acct_2".to_owned()), true)]);
}

#[test]
fn resume_and_the_commands_for_keys_go_through_the_same_gate() {
    let (home, key) = (Home::new(), keys::oauth_key());
    let server = Server::answering({
        let asked = std::sync::atomic::AtomicUsize::new(0);
        move |request: &Received| match request.path() {
            // A test key at first; then the answers change.
            "/v1/balance" => {
                let earlier = asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                balance(&(earlier > 0).into()).into()
            }
            _ => Step::DropAfterRead,
        }
    });
    home.at(&server, PAY).args(["--max-retries", "0"]).key(&key).run().exits(20);
    std::fs::remove_file(home.root().join("data/known-test-keys.json")).expect("what is kept");
    home.paycli(["journal", "resume", "--all"]).key(&key).run().exits(78);
    assert_eq!(asked(&server), ["GET /v1/balance", "POST /v1/payment_intents", "GET /v1/balance"]);

    let server = api(balance(&true.into()));
    let add = ["keys", "add", "--from", "-", "--keystore", "file"];
    let home = Home::new();
    let run = home.at(&server, add).without_key().env("PAYCLI_KEYSTORE_PASSPHRASE", "correct horse");
    let seen = run.stdin(&key).run();
    assert!(seen.code().is_some_and(|code| code != 0), "{seen}");
    assert!(asked(&server).iter().all(|line| line == "GET /v1/balance"), "{:?} {seen}", asked(&server));
}

#[test]
fn what_sends_nothing_asks_nothing() {
    let (home, server) = (Home::new(), api(balance(&true.into())));
    home.at(&server, ["whoami"]).key(&keys::oauth_key()).run().exits(0).says("does not tell its mode");
    home.at(&server, PAY).args(["--dry-run"]).key(&keys::oauth_key()).run().exits(0);
    home.at(&server, PAY)
        .args(["--not-after", "2020-01-01T00:00:00Z"])
        .key(&keys::oauth_key())
        .run()
        .exits(21);
    assert_eq!(server.connections(), 0);
}
