//! A command that is printed works as printed: nothing that the first one was given is missing in it.

use serde_json::json;

use super::key_api::KeyApi;
use super::{add, paycli, shown, taking, with_file};
use crate::support::server::{Answer, Received, Step, nobody};
use crate::support::{Home, Server, keys};

#[test]
fn yes_stays_in_what_is_printed_for_live_mode_where_a_confirmation_is_asked() {
    let (home, keys) = (Home::new(), [0, 1].map(keys::numbered_live_key));
    let api = KeyApi::of(&[&keys[0], &keys[1]]);
    let run = |args: &[&str]| {
        with_file(home.paycli(["-p", "live", "--live"]).without_key().args(args))
            .env("PAYCLI_API_BASE", api.url())
    };
    run(&["keys", "add", "--yes", "--from", "-"]).stdin(&keys[0]).run().exits(0);
    let hook = ["keys", "rotate", "--yes", "--from", "-", "--exec", "test -e mended"];
    run(&hook).stdin(&keys[1]).run().exits(1);
    let told = run(&["keys", "add", "--yes", "--json", "--from", "-"]).stdin(&keys[0]).run().exits(78).json();
    let next = told["next_command"].as_str().expect("a command");
    assert!(next.starts_with("paycli -p live --live --yes keys rotate --resume"), "{told}");
    let told = run(&["keys", "list", "--json", "--yes"]).run().exits(0).json();
    assert!(!told.to_string().contains("--yes keys status"), "it asks nothing: {told}");
}

#[test]
fn a_key_given_as_it_is_stands_in_no_printed_command_and_a_named_one_stays() {
    let (home, old, new) = (Home::new(), keys::test_key(), keys::rotated_test_key());
    let server = taking(&[&old, &new]);
    let base = server.url();
    add(&home, &base, &old);
    paycli(&home, &base, &["keys", "rotate", "--from", "-"]).stdin(&new).run().exits(0);
    let seen = paycli(&home, &base, &["--api-key", &old, "keys", "revoke", "--previous"]).run().exits(2);
    assert!(seen.says("next:").err().matches(&old[30..60]).count() == 0);
    let file = home.file("key", &old);
    let lost = Server::answering(|_| Step::DropAfterRead);
    let args = ["--api-key-file", &file, "post", "customers", "--max-retries", "0"];
    let seen = paycli(&home, &lost.url(), &args).run().exits(20).says("journal resume");
    assert!(seen.err().contains(&format!("--api-key-file {file} journal resume")), "{seen}");
}

#[test]
fn removing_a_key_during_its_overlap_says_that_the_previous_one_is_forgotten_too() {
    let (home, old, new) = (Home::new(), keys::test_key(), keys::rotated_test_key());
    let server = taking(&[&old, &new]);
    let base = server.url();
    add(&home, &base, &old);
    paycli(&home, &base, &["keys", "rotate", "--from", "-"]).stdin(&new).run().exits(0);
    let seen = paycli(&home, &base, &["keys", "remove", "api"]).run().exits(0);
    seen.says(&format!("{}, the previous key, is forgotten too", shown(&old)));
}

#[test]
fn a_replacement_goes_where_the_old_key_is() {
    let (home, old, new) = (Home::new(), keys::test_key(), keys::rotated_test_key());
    let server = taking(&[&old, &new]);
    let base = server.url();
    let plain = |args: &[&str]| paycli(&home, &base, args).without_env("PAYCLI_KEYSTORE");
    plain(&["keys", "add", "--keystore", "file", "--from", "-"]).stdin(&old).run().exits(0);
    plain(&["keys", "add", "--replace", "--from", "-"]).stdin(&new).run().exits(0);
    let who = plain(&["whoami", "--json"]).run().exits(0).json();
    assert_eq!((&who["key"], &who["source"]), (&shown(&new).into(), &"file".into()), "{who}");
}

/// An API that says so of the mode of each key.
fn telling(livemode: bool) -> Server {
    Server::answering(move |request: &Received| match request.path() {
        "/v1/balance" => Answer::json(200, &json!({"object": "balance", "livemode": livemode})).into(),
        _ => super::account_answer().into(),
    })
}

#[test]
fn a_key_that_the_gate_of_modes_refuses_is_78_for_commands_of_keys_too() {
    for key in [keys::oauth_key(), keys::organization_key()] {
        let (home, live, test) = (Home::new(), telling(true), telling(false));
        let add = ["keys", "add", "--from", "-"];
        let seen = paycli(&home, &live.url(), &add).stdin(&key).run().exits(78).says("live key");
        assert_eq!(live.requests().len(), 1, "{seen}");
        paycli(&home, &nobody(), &add).stdin(&key).run().exits(22);
        paycli(&home, &test.url(), &add).stdin(&key).run().exits(0);
        // Another base knows it as a live key.
        paycli(&home, &live.url(), &["keys", "revoke", "api"]).run().exits(78).says("live key");
    }
}

#[test]
fn exec_asks_the_api_for_the_mode_of_a_key_as_requests_do() {
    for key in [keys::oauth_key(), keys::organization_key()] {
        let (home, live, test) = (Home::new(), telling(true), telling(false));
        let exec = |base: &str| home.paycli(["--api-base", base, "exec", "--", "touch", "ran"]).key(&key);
        exec(&live.url()).run().exits(78).says("live key");
        exec(&nobody()).run().exits(22);
        assert!(!home.path().join("ran").exists());
        for _ in 0..2 {
            exec(&test.url()).run().exits(0);
        }
        assert!(home.path().join("ran").exists());
        assert_eq!(test.requests().len(), 1, "it is asked once");
    }
}
