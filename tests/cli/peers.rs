//! Real peers: paycli on localstripe, and Stripe's own python library on our sandbox.

use std::path::PathBuf;

use serde_json::Value;

use crate::support::{Home, Running, env};

/// The virtual environment's python, made by `scripts/test.sh`.
pub(super) fn python() -> PathBuf {
    let binary = PathBuf::from(env::PAYCLI);
    let target = binary.ancestors().nth(2).expect("target/debug/paycli").join("peers-venv");
    let python = target.join("bin").join("python");
    assert!(python.is_file(), "{} is missing: run scripts/test.sh", python.display());
    python
}

/// A script of the peers.
pub(super) fn script(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests").join("peers").join(name)
}

/// Where `scripts/test.sh` installed the node libraries.
pub(super) fn modules() -> PathBuf {
    let binary = PathBuf::from(env::PAYCLI);
    let modules = binary.ancestors().nth(2).expect("target/debug/paycli").join("peers-node");
    assert!(modules.join("node_modules").is_dir(), "{} is missing: run scripts/test.sh", modules.display());
    modules
}

/// The receiver with async-stripe's webhook crate, built by `scripts/test.sh`.
pub(super) fn async_stripe() -> PathBuf {
    let binary = PathBuf::from(env::PAYCLI);
    let target = binary.ancestors().nth(2).expect("target/debug/paycli").join("peers-rust");
    let receiver = target.join("debug").join("async-stripe-receiver");
    assert!(receiver.is_file(), "{} is missing: run scripts/test.sh", receiver.display());
    receiver
}

/// The first URL on loopback in a text.
fn url_in(text: &str) -> Option<String> {
    let start = text.find("http://127.0.0.1:")?;
    let url: String = text[start..].chars().take_while(|c| !c.is_whitespace() && *c != '"').collect();
    let ended = text[start..].len() > url.len();
    ended.then(|| url.trim_end_matches(['/', '.', ',']).to_owned())
}

/// Waits for a server that says its URL, on whichever stream.
pub(super) fn url_of(server: &mut Running) -> String {
    let said =
        |running: &Running| url_in(&running.stdout_so_far()).or_else(|| url_in(&running.stderr_so_far()));
    server.until("a URL", |running| said(running).is_some());
    said(server).expect("a URL")
}

#[test]
#[ignore = "needs localstripe: run by scripts/test.sh"]
fn localstripe_takes_what_paycli_sends() {
    let home = Home::new();
    let mut localstripe =
        home.command(vec![python().into(), script("localstripe_loopback.py").into(), "0".into()]).start();
    let base = url_of(&mut localstripe);
    let run = |args: &[&str]| home.paycli(["--api-base", &base]).args(args).run();

    let name = "Zoë & Sons = 100%+";
    let made =
        run(&["post", "customers", "-d", &format!("name={name}"), "-d", "metadata[order]=17"]).exits(0);
    let customer = made.json();
    assert_eq!((&customer["name"], &customer["metadata"]["order"]), (&name.into(), &"17".into()), "{made}");
    let id = customer["id"].as_str().expect("an id");
    assert_eq!(run(&["get", id]).exits(0).json()["name"], name);

    run(&["post", id, "-d", "description=changed"]).exits(0);
    assert_eq!(run(&["get", id]).exits(0).json()["description"], "changed");

    for number in 0..5 {
        run(&["post", "customers", "-d", &format!("name=customer {number}")]).exits(0);
    }
    let listed = run(&["get", "customers", "-l", "2", "--all"]).exits(0);
    let ids: Vec<Value> = listed.ndjson().into_iter().map(|line| line["id"].clone()).collect();
    assert_eq!(ids.len(), 6, "{listed}");

    let missing = run(&["get", "/v1/customers/cus_none", "--json"]).exits(4);
    assert_eq!(missing.json()["outcome"], "not_found", "{missing}");
    let pay = ["post", "payment_intents", "-d", "amount=2000", "-d", "currency=usd"];
    assert_eq!(run(&pay).exits(0).json()["amount"], 2000);
    run(&["delete", id]).exits(0);
    localstripe.kill();
    localstripe.wait();
}

#[test]
#[ignore = "needs the stripe library: run by scripts/test.sh"]
fn stripes_python_library_drives_the_sandbox() {
    let home = Home::new();
    let keys = home.paycli(["sandbox", "keys", "--json"]).without_key().run().exits(0).json();
    let key = keys["secret_key"].as_str().expect("a secret key");
    let mut sandbox = home.paycli(["sandbox", "serve", "--port", "0"]).without_key().start();
    let base = url_of(&mut sandbox);
    let seen = home
        .command(vec![python().into(), script("sandbox_sdk.py").into()])
        .env("PAYCLI_TEST_BASE", &base)
        .env("PAYCLI_TEST_KEY", key)
        .run();
    sandbox.kill();
    let sandbox = sandbox.wait();
    let seen = seen.exits(0);
    assert!(!seen.stdout.is_empty(), "the script says what it checked: {seen}\n{sandbox}");
}
