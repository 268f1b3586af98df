//! A new key is of the account of the old one, and where that cannot be learned, somebody has said so.

use serde_json::{Value, json};

use super::{account_answer, add, in_use, is_with, paycli, refused, status};
use crate::support::server::{Answer, Step};
use crate::support::{Home, Server, keys};

/// An API where the new key may not read the account; `message` is what it says then.
fn restricting(old: &str, new: &str, message: &str) -> Server {
    let (old, new, message) = (old.to_owned(), new.to_owned(), message.to_owned());
    Server::answering(move |request| -> Step {
        if is_with(request, &old) {
            return account_answer().into();
        }
        if !is_with(request, &new) {
            return refused().into();
        }
        let error = json!({"error": {"type": "invalid_request_error", "message": message}});
        if request.path() == "/v1/account" {
            Answer::json(403, &error).into()
        } else {
            account_answer().into()
        }
    })
}

const ROTATE: [&str; 4] = ["keys", "rotate", "--from", "-"];

#[test]
fn a_restricted_key_that_does_not_tell_its_account_is_not_promoted_without_a_word() {
    let (home, old, new) = (Home::new(), keys::test_key(), keys::legacy_restricted_key());
    let server = restricting(&old, &new, "This key may not do this.");
    let base = server.url();
    add(&home, &base, &old);
    paycli(&home, &base, &ROTATE).stdin(&new).run().exits(2).says("account").says("--yes");
    assert_eq!(in_use(&home, &base)["account"], keys::account());
    let told = status(&home, &base);
    assert_eq!(told["rotation"]["step"], "stored", "the new key is kept for the printed way: {told}");
    paycli(&home, &base, &["keys", "rotate", "--resume", "--yes"]).run().exits(0);
    assert_eq!(in_use(&home, &base)["key_kind"], "restricted");
}

#[test]
fn the_account_in_an_answer_or_in_the_key_is_enough() {
    let (home, old, new) = (Home::new(), keys::test_key(), keys::legacy_restricted_key());
    let says = |account: &str| {
        format!(
            "The provided key does not have the required permissions for this endpoint on account '{account}'."
        )
    };
    let other = restricting(&old, &new, &says("acct_1other"));
    add(&home, &other.url(), &old);
    paycli(&home, &other.url(), &ROTATE).stdin(&new).run().exits(78).says("acct_1other");
    assert_eq!(status(&home, &other.url())["rotation"], Value::Null);
    let same = restricting(&old, &new, &says(&keys::account()));
    paycli(&home, &same.url(), &ROTATE).stdin(&new).run().exits(0);
    assert_eq!(status(&home, &same.url())["current"]["account"], keys::account());
    paycli(&home, &same.url(), &["keys", "rollback"]).run().exits(0);
    let today = keys::rotated_test_key();
    let server = restricting(&old, &today, "No.");
    let add = ["keys", "add", "--replace", "--from", "-"];
    paycli(&home, &server.url(), &add).stdin(&today).run().exits(0);
}

#[test]
fn a_first_key_of_a_profile_with_an_account_is_asked_about_too() {
    let (home, new) = (Home::new(), keys::legacy_restricted_key());
    home.config("[profiles.test]\nmode = \"test\"\naccount = \"acct_1other\"\n");
    let server = restricting("", &new, "This key may not do this.");
    let add = || paycli(&home, &server.url(), &["keys", "add", "--from", "-"]).stdin(&new);
    add().run().exits(2).says("acct_1other").says("--yes");
    add().args(["--yes"]).run().exits(0);
}
