//! Whatever is delivered is an event to the official libraries and to async-stripe, of a class of its own.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::time::Duration;

use serde_json::{Value, json};

use super::peers::{async_stripe, modules, python, script, url_of};
use crate::support::answer::Answer;
use crate::support::sandbox::Sandbox;
use crate::support::{Home, Server, keys};

/// What a library's script says of deliveries.
fn read_by(home: &Home, command: Vec<OsString>, lines: &[Value]) -> Vec<Value> {
    let text = lines.iter().map(Value::to_string).collect::<Vec<_>>().join("\n");
    let run = home.command(command).env("PAYCLI_TEST_MODULES", modules()).stdin(text);
    let answers = run.time_limit(Duration::from_secs(120)).run().exits(0).ndjson();
    assert_eq!(answers.len(), lines.len());
    answers
}

fn by_python(home: &Home, lines: &[Value]) -> Vec<Value> {
    read_by(home, vec![python().into(), script("events.py").into()], lines)
}

fn by_node(home: &Home, lines: &[Value]) -> Vec<Value> {
    read_by(home, vec!["node".into(), script("events.mjs").into()], lines)
}

fn by_async_stripe(home: &Home, lines: &[Value]) -> Vec<Value> {
    read_by(home, vec![async_stripe().into(), "parse".into()], lines)
}

fn accepting() -> Server {
    Server::always(Answer::new(200, "{}"))
}

/// What came to a server, as the scripts read it.
fn deliveries(server: &Server) -> Vec<Value> {
    let of = |request: &crate::support::server::Received| {
        let header = request.header("Stripe-Signature").expect("a signature");
        json!({"payload": request.text(), "header": header, "secret": keys::webhook_secret()})
    };
    server.requests().iter().map(of).collect()
}

/// Every template with its delivery.
fn every_template(home: &Home) -> Vec<(String, Value)> {
    let server = accepting();
    let list = home.paycli(["trigger", "--list"]).run().exits(0).out();
    for kind in list.lines() {
        let run = home.paycli(["trigger", kind, "--to", &server.url()]);
        run.env("PAYCLI_WEBHOOK_SECRET", keys::webhook_secret()).run().exits(0);
    }
    let lines = deliveries(&server);
    assert_eq!(lines.len(), list.lines().count());
    list.lines().map(str::to_owned).zip(lines).collect()
}

#[test]
#[ignore = "needs the official libraries: run by scripts/test.sh"]
fn every_template_is_a_typed_event_to_the_libraries() {
    let home = Home::new();
    let (kinds, lines): (Vec<_>, Vec<_>) = every_template(&home).into_iter().unzip();
    let (by_python, by_node) = (by_python(&home, &lines), by_node(&home, &lines));
    for (index, kind) in kinds.iter().enumerate() {
        for answer in [&by_python[index], &by_node[index]] {
            assert_eq!((&answer["ok"], &answer["type"]), (&json!(true), &json!(kind)), "{answer}");
            let class = answer["class"].as_str().expect("a class");
            assert!(!class.contains("Unknown"), "{kind}: {class}");
        }
    }
}

#[test]
#[ignore = "needs async-stripe, which takes minutes to build: run by scripts/test.sh"]
fn every_template_but_the_thin_ones_parses_in_async_stripes_strict_types() {
    let home = Home::new();
    let (kinds, lines): (Vec<_>, Vec<_>) = every_template(&home).into_iter().unzip();
    let (mut typed, mut thin) = (0, 0);
    for (kind, answer) in kinds.iter().zip(by_async_stripe(&home, &lines)) {
        if kind.starts_with("v1.") || kind.starts_with("v2.") {
            // It knows no thin events at all: they have no `data`, which it needs.
            assert_eq!(answer["ok"], false, "{kind}: {answer}");
            thin += 1;
            continue;
        }
        assert_eq!((&answer["ok"], &answer["type"]), (&json!(true), &json!(kind)), "{kind}: {answer}");
        // The variant of the type, and not the one for what it does not know.
        let class = answer["class"].as_str().expect("a class").to_lowercase();
        assert_eq!(class, kind.replace(['.', '_'], ""), "{answer}");
        typed += 1;
    }
    assert!(typed >= 90 && thin >= 10, "{typed} typed, {thin} thin");
}

/// Events in the store of a home as a `listen` took them, and what it forwarded.
fn listened(home: &Home, kinds: &[&str]) -> Server {
    let target = accepting();
    let count = kinds.len().to_string();
    let listen =
        home.paycli(["listen", "--port", "0", "--count", &count, "--forward-to", &target.url(), "--json"]);
    let mut listen = listen.env("PAYCLI_WEBHOOK_SECRET", keys::webhook_secret()).start();
    let to = url_of(&mut listen);
    // They are made in another home: this one holds what was received, and nothing else.
    let other = Home::new();
    for kind in kinds {
        let trigger = other.paycli(["trigger", kind, "--to", &to]);
        trigger.env("PAYCLI_WEBHOOK_SECRET", keys::webhook_secret()).run().exits(0);
    }
    listen.wait().exits(0);
    target
}

fn replayed(home: &Home, how: &str) -> Server {
    let target = accepting();
    let replay = home.paycli(["webhook", "replay", "--to", &target.url(), how]);
    replay.env("PAYCLI_WEBHOOK_SECRET", keys::webhook_secret()).run().exits(0);
    target
}

/// What `listen --from-api` delivers of a sandbox with an account's usual events.
fn polled(home: &Home) -> Server {
    let (sandbox, target) = (Sandbox::start(), accepting());
    for args in [
        &["customers", "-d", "name=Zoë & Sons 🎉"][..],
        &["products", "-d", "name=Tea"],
        &[
            "payment_intents",
            "-d",
            "amount=2000",
            "-d",
            "currency=usd",
            "-d",
            "confirm=true",
            "-d",
            "payment_method=pm_card_visa",
            "-d",
            "automatic_payment_methods[enabled]=true",
            "-d",
            "automatic_payment_methods[allow_redirects]=never",
        ],
    ] {
        let run = home.paycli(["--api-base", &sandbox.url, "post"]).args(args);
        run.key(&sandbox.secret_key()).run().exits(0);
    }
    let list = ["--api-base", &sandbox.url, "get", "events", "-l", "100"];
    let list = home.paycli(list).key(&sandbox.secret_key()).run().exits(0).json();
    let count = list["data"].as_array().expect("events").len();
    let args = ["--from-api", "--since", "1h", "--interval", "100ms", "--forward-to", &target.url()];
    let listen = home.paycli(["--api-base", &sandbox.url, "listen"]).args(args);
    let listen = listen.args(["--count", &count.to_string()]).key(&sandbox.secret_key());
    listen.env("PAYCLI_WEBHOOK_SECRET", keys::webhook_secret()).run().exits(0);
    assert!(count >= 5 && target.requests().len() == count, "{count}");
    target
}

#[test]
#[ignore = "needs the official libraries and async-stripe: run by scripts/test.sh"]
fn what_listen_and_replay_deliver_is_accepted_by_the_libraries() {
    let home = Home::new();
    let kinds = ["payment_intent.succeeded", "invoice.paid", "checkout.session.completed", "charge.refunded"];
    let forwarded = deliveries(&listened(&home, &kinds));
    let (resigned, original) =
        (deliveries(&replayed(&home, "--resign")), deliveries(&replayed(&home, "--original-signature")));
    let polled = deliveries(&polled(&Home::new()));
    let parts = |lines: &[Value], name: &str| -> BTreeSet<String> {
        lines.iter().map(|line| line[name].as_str().expect("text").to_owned()).collect()
    };
    assert_eq!((forwarded.len(), resigned.len(), original.len()), (4, 4, 4));
    assert_eq!(parts(&forwarded, "header"), parts(&original, "header"));
    assert_eq!(parts(&forwarded, "payload"), parts(&resigned, "payload"));
    assert_eq!(parts(&forwarded, "payload"), parts(&original, "payload"));
    let lines = [forwarded, resigned, original, polled].concat();
    for answers in [by_python(&home, &lines), by_node(&home, &lines), by_async_stripe(&home, &lines)] {
        for (answer, line) in answers.iter().zip(&lines) {
            assert_eq!(answer["ok"], true, "{answer} of {line}");
            assert!(!answer["class"].as_str().expect("a class").contains("Unknown"), "{answer} of {line}");
        }
    }
}
