//! Stored keys: where they are kept, how they are replaced, and what a crash leaves behind.

mod account;
mod as_printed;
mod audit;
mod audit_log;
mod bad_input;
mod clock;
mod doctor;
mod emergency;
mod exec;
mod guided;
mod hooks;
mod key_api;
mod keyring;
mod kill;
mod kill_steps;
mod list_all;
mod next;
mod other_store;
mod overlap;
mod policy;
mod practices;
mod rekey;
mod relocate;
mod remote;
mod rotate;
mod scan;
mod store;
mod trust;
mod webhook;

use std::collections::BTreeSet;
use std::io::Read;

use serde_json::Value;

use crate::support::server::{Answer, Received, Step};
use crate::support::{Home, Run, Server, keys};

/// The passphrase of every key file here.
const PASSPHRASE: &str = "correct-horse-battery";

/// Runs paycli without a key in the environment, its key file's passphrase at hand.
fn paycli(home: &Home, base: &str, args: &[&str]) -> Run {
    with_file(home.paycli(["--api-base", base]).without_key().args(args))
}

fn with_file(run: Run) -> Run {
    run.env("PAYCLI_KEYSTORE", "file").env("PAYCLI_KEYSTORE_PASSPHRASE", PASSPHRASE)
}

/// Stores a key in the key file.
fn add(home: &Home, base: &str, key: &str) {
    paycli(home, base, &["keys", "add", "--from", "-"]).stdin(key).run().exits(0);
}

/// The key that a request would use.
fn in_use(home: &Home, base: &str) -> Value {
    paycli(home, base, &["whoami", "--json"]).run().exits(0).json()
}

fn shown(key: &str) -> String {
    format!("sk_test_****{}", &key[key.len() - 4..])
}

/// Whether a request came with this key.
fn is_with(request: &Received, key: &str) -> bool {
    request.header("Authorization") == Some(&format!("Bearer {key}"))
}

fn account_answer() -> Answer {
    let account = keys::account();
    Answer::json(200, &serde_json::json!({"id": account, "object": "account", "livemode": null}))
}

fn refused() -> Answer {
    Answer::error(401, "invalid_request_error", None)
}

/// An API that takes some keys and refuses all others.
fn taking(taken: &[&str]) -> Server {
    let taken: Vec<String> = taken.iter().map(|key| (*key).to_owned()).collect();
    Server::answering(move |request| -> Step {
        let is_taken = taken.iter().any(|key| is_with(request, key));
        if is_taken { account_answer().into() } else { refused().into() }
    })
}

/// The only stored key as `keys status` tells it.
fn status(home: &Home, base: &str) -> Value {
    let told = paycli(home, base, &["keys", "status", "--json"]).run().exits(0).json();
    assert_eq!(told["keys"].as_array().map(Vec::len), Some(1), "{told}");
    told["keys"][0].clone()
}

/// No piece of a secret is in any file of the home, whatever its name.
fn is_nowhere_in(home: &Home, secret: &str) {
    let hidden = keys::hidden_part(secret).as_bytes();
    for (file, bytes) in home.files() {
        let found = bytes.windows(12).any(|window| hidden.windows(12).any(|piece| piece == window));
        assert!(!found, "a piece of the secret is in {}", file.display());
    }
}

/// The names in the encrypted file, read with the library that made it.
fn in_key_file(home: &Home) -> BTreeSet<String> {
    key_file_slots(home, PASSPHRASE)
}

/// The same under another passphrase.
fn key_file_slots(home: &Home, passphrase: &str) -> BTreeSet<String> {
    let bytes = std::fs::read(home.root().join("data").join("keys.test.age")).expect("the key file");
    let decryptor = age::Decryptor::new_buffered(&bytes[..]).expect("an age file");
    let identity = age::scrypt::Identity::new(secrecy::SecretString::from(passphrase));
    let mut text = String::new();
    let mut reader = decryptor.decrypt(std::iter::once(&identity as &dyn age::Identity)).expect("it opens");
    reader.read_to_string(&mut text).expect("it is whole");
    let content: Value = serde_json::from_str(&text).expect("a list of keys");
    content["secrets"].as_object().expect("secrets").keys().cloned().collect()
}
