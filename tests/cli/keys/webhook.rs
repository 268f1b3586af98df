//! Signing secrets: stored, rotated, and both of them accepted while the overlap lasts.

use super::{paycli, with_file};
use crate::support::server::nobody;
use crate::support::{Home, Run, keys};

const PAYLOAD: &str = "{\"id\":\"evt_1\"}";

fn other_secret() -> String {
    let body: String = keys::hidden_part(&keys::webhook_secret()).chars().rev().collect();
    format!("whsec_{body}abcd")
}

fn run(home: &Home, args: &[&str]) -> Run {
    with_file(home.paycli(args).without_key())
}

fn sign_with(home: &Home, secret: &str) -> String {
    let seen = run(home, &["webhook", "sign", "-"]).env("PAYCLI_WEBHOOK_SECRET", secret).stdin(PAYLOAD).run();
    seen.exits(0).out().trim().to_owned()
}

#[test]
fn while_the_overlap_lasts_verify_takes_both_and_sign_gives_two() {
    let (home, old, new) = (Home::new(), keys::webhook_secret(), other_secret());
    let base = nobody();
    let store = |args: &[&str], secret: &str| paycli(&home, &base, args).stdin(secret).run();
    store(&["keys", "add", "--kind", "webhook", "--from", "-"], &old).exits(0);
    let headers = [sign_with(&home, &old), sign_with(&home, &new)];
    let verify = |header: &str| {
        run(&home, &["webhook", "verify", "-", "--header", header]).stdin(PAYLOAD).run().code()
    };
    assert_eq!((verify(&headers[0]), verify(&headers[1])), (Some(0), Some(30)));
    store(&["keys", "rotate", "--kind", "webhook", "--from", "-", "--overlap", "25h"], &new).exits(2);
    store(&["keys", "rotate", "--kind", "webhook", "--from", "-"], &new).exits(0);
    assert_eq!((verify(&headers[0]), verify(&headers[1])), (Some(0), Some(0)));
    let signed = run(&home, &["webhook", "sign", "-"]).stdin(PAYLOAD).run().exits(0).out();
    assert_eq!(signed.matches("v1=").count(), 2, "{signed}");
    store(&["keys", "rollback", "--kind", "webhook"], "").exits(0);
    store(&["keys", "rollback", "--kind", "webhook"], "").exits(0);
    store(&["keys", "revoke", "--previous", "--kind", "webhook"], "").exits(2).says("--yes");
    store(&["keys", "revoke", "--previous", "--kind", "webhook", "--yes"], "").exits(0);
    assert_eq!((verify(&headers[0]), verify(&headers[1])), (Some(30), Some(0)));
    let signed = run(&home, &["webhook", "sign", "-"]).stdin(PAYLOAD).run().exits(0).out();
    assert_eq!(signed.matches("v1=").count(), 1, "{signed}");
    for secret in [&old, &new] {
        super::is_nowhere_in(&home, secret);
    }
}

#[test]
fn a_delivery_that_another_stored_secret_signed_is_explained() {
    let (home, old, new) = (Home::new(), keys::webhook_secret(), other_secret());
    let base = nobody();
    let store = |args: &[&str], secret: &str| paycli(&home, &base, args).stdin(secret).run();
    store(&["keys", "add", "--kind", "webhook", "--from", "-"], &old).exits(0);
    store(&["profile", "create", "shop", "--mode", "test"], "").exits(0);
    store(&["-p", "shop", "keys", "add", "--kind", "webhook", "--from", "-"], &new).exits(0);
    let header = sign_with(&home, &new);
    let args = ["webhook", "verify", "-", "--header", &header, "--explain", "--json"];
    let seen = run(&home, &args).stdin(PAYLOAD).run().exits(30);
    let first = &seen.json()["explain"][0];
    assert_eq!((&first["cause"], &first["certain"]), (&"other_secret".into(), &true.into()), "{seen}");
    assert!(first["detail"].as_str().is_some_and(|detail| detail.contains("shop")), "{seen}");
    let locked = run(&home, &args).env("PAYCLI_KEYSTORE_PASSPHRASE", "wrong").stdin(PAYLOAD).run();
    assert!(locked.exits(13).out().contains("the passphrase is wrong"));
    let given =
        run(&home, &args).env("PAYCLI_WEBHOOK_SECRET", &old).env("PAYCLI_KEYSTORE_PASSPHRASE", "wrong");
    given.stdin(PAYLOAD).run().exits(30).says("left aside");
    for secret in [&old, &new] {
        super::is_nowhere_in(&home, secret);
        assert!(!seen.out().contains(keys::hidden_part(secret)), "{seen}");
    }
}
