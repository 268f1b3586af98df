//! `webhook trigger`: templates, changes, delivery, and what is stored of it.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, TcpListener};
use std::time::Duration;

use paycli::keys::SigningSecret;
use paycli::webhook::{Reason, SigningKey, Window, signature};
use serde_json::{Value, json};

use crate::support::answer::Answer;
use crate::support::server::{Received, Step, nobody};
use crate::support::{Home, Run, Seen, Server, keys};

fn trigger(home: &Home, args: &[&str]) -> Run {
    home.paycli(["webhook", "trigger"]).args(args).env("PAYCLI_WEBHOOK_SECRET", keys::webhook_secret())
}

fn accepting() -> Server {
    Server::always(Answer::new(200, "{\"received\":true}"))
}

fn is_valid(request: &Received) -> bool {
    let key = SigningKey::stripe(&SigningSecret::new(keys::webhook_secret())).expect("a key");
    let header = request.header("Stripe-Signature").map(str::as_bytes);
    let now = paycli::time::UnixMillis::now().0 / 1000;
    let verdict = signature::verify(&request.body, header, &[key], Window { now, tolerance_seconds: 300 });
    verdict.reason == Reason::Ok
}

fn stored(home: &Home) -> Vec<Value> {
    let seen = home.paycli(["webhook", "events", "list", "--json"]).run().exits(0);
    seen.json()["events"].as_array().expect("events").clone()
}

fn shown(home: &Home, id: &str) -> Value {
    home.paycli(["webhook", "events", "show", id, "--json"]).run().exits(0).json()["event"].clone()
}

/// The keys of each object in Stripe's order: `id`, `object`, then by name.
fn is_in_stripes_order(value: &Value) -> bool {
    match value {
        Value::Object(fields) => {
            let names: Vec<_> = fields.keys().map(|name| (name != "id", name != "object", name)).collect();
            names.is_sorted() && fields.values().all(is_in_stripes_order)
        }
        Value::Array(items) => items.iter().all(is_in_stripes_order),
        _ => true,
    }
}

#[test]
fn every_listed_type_makes_an_event_in_stripes_form() {
    let home = Home::new();
    let list = home.paycli(["trigger", "--list", "--json"]).run().exits(0).json();
    let types: Vec<_> = list["types"].as_array().expect("types").iter().filter_map(Value::as_str).collect();
    assert!(types.len() >= 90, "{}", types.len());
    let (mut ids, now) = (BTreeSet::new(), paycli::time::UnixMillis::now().0 / 1000);
    for kind in types {
        let seen = home.paycli(["trigger", kind, "--print"]).run().exits(0);
        let event = seen.json();
        assert_eq!(event["type"], kind);
        assert_eq!(seen.out(), serde_json::to_string_pretty(&event).expect("JSON"), "two spaces a level");
        assert!(is_in_stripes_order(&event), "{seen}");
        assert_eq!(event["livemode"], false, "{kind}");
        assert!(ids.insert(event["id"].as_str().expect("an id").to_owned()), "{kind}: a fresh id");
        if kind.starts_with("v1.") || kind.starts_with("v2.") {
            assert_eq!(event["object"], "v2.core.event", "{kind}");
            let created: jiff::Timestamp =
                event["created"].as_str().expect("a time").parse().expect("RFC 3339");
            assert!((created.as_second() - now).abs() < 120, "{kind}");
            continue;
        }
        assert_eq!(event["object"], "event", "{kind}");
        assert!((event["created"].as_i64().expect("a time") - now).abs() < 120, "{kind}");
        assert_eq!(event["pending_webhooks"], 1, "{kind}");
        let object = &event["data"]["object"];
        let named = object["object"].as_str().unwrap_or_else(|| panic!("{kind}: {object}"));
        let family = kind.split('.').next().expect("a family");
        let dispute_or = ["dispute", "refund", "discount", "subscription", "checkout.session", "invoiceitem"];
        assert!(named == family || dispute_or.contains(&named), "{kind} is about a {named}");
        assert_eq!(event["data"]["previous_attributes"].is_null(), !has_previous(kind), "{kind}");
    }
    assert!(!home.root().join("data/events.test.sqlite").exists(), "what was printed only is not stored");
}

/// Events of these types tell what the fields held before.
fn has_previous(kind: &str) -> bool {
    let others = ["payment_method.automatically_updated", "payment_method.detached"];
    kind.ends_with(".updated") || others.contains(&kind)
}

#[test]
fn patched_objects_agree_with_themselves() {
    let home = Home::new();
    let object = |kind: &str| {
        let event = home.paycli(["trigger", kind, "--print"]).run().exits(0).json();
        event["data"]["object"].clone()
    };
    let expired = object("charge.expired");
    assert_eq!((&expired["amount_refunded"], &expired["captured"]), (&expired["amount"], &json!(false)));
    let overpaid = object("invoice.overpaid");
    let sum =
        overpaid["amount_due"].as_i64().expect("due") + overpaid["amount_overpaid"].as_i64().expect("over");
    assert_eq!(overpaid["amount_paid"], sum);
    let overdue = object("invoice.overdue");
    assert!(overdue["due_date"].as_i64() < Some(paycli::time::UnixMillis::now().0 / 1000), "{overdue}");
    assert_eq!(overdue["status"], "open");
    let failed = object("payout.failed");
    assert_eq!((&failed["status"], &failed["failure_code"]), (&json!("failed"), &json!("account_closed")));
    let processing = object("payment_intent.processing");
    assert_eq!((&processing["status"], &processing["amount_received"]), (&json!("processing"), &json!(0)));
}

#[test]
fn an_event_is_signed_delivered_and_stored_with_what_came_of_it() {
    let (home, server) = (Home::new(), accepting());
    let target = format!("{}/hook", server.url());
    let seen = trigger(&home, &["payment_intent.succeeded", "--to", &target, "--json"]).run().exits(0);
    let told = seen.json();
    let request = server.only_request();
    assert!(is_valid(&request), "{request:?}");
    let sent: Value = serde_json::from_slice(&request.body).expect("JSON");
    assert_eq!(
        (&told["schema"], &told["outcome"], &told["status"]),
        (&json!(1), &json!("accepted"), &json!(200))
    );
    assert_eq!(
        (&told["event_id"], &told["type"], &told["target"]),
        (&sent["id"], &sent["type"], &json!(target))
    );
    assert_eq!(told["signature"], request.header("Stripe-Signature").expect("a signature"));
    for (name, value) in [
        ("User-Agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)"),
        ("Content-Type", "application/json; charset=utf-8"),
    ] {
        assert_eq!(request.header(name), Some(value));
    }
    let event = shown(&home, sent["id"].as_str().expect("an id"));
    assert_eq!(event["payload_utf8"], request.text());
    assert_eq!(
        (&event["source"], &event["exact"], &event["redacted"]),
        (&json!("triggered"), &json!(true), &json!(false))
    );
    assert_eq!(event["signature"], told["signature"]);
    let attempt = &event["delivery_attempts"][0];
    assert_eq!((&attempt["sender"], &attempt["status"]), (&json!("trigger"), &json!(200)));
    assert_eq!(
        (&attempt["outcome"], &attempt["answer"]),
        (&json!("accepted"), &json!("{\"received\":true}"))
    );
    let raw = home
        .paycli(["webhook", "events", "show", sent["id"].as_str().expect("an id"), "--raw"])
        .run()
        .exits(0);
    assert_eq!(raw.stdout, request.body);
}

#[test]
fn exit_codes_tell_what_came_of_it() {
    let home = Home::new();
    for (step, code, outcome, says) in [
        (Step::from(Answer::new(204, "")), 0, "accepted", ""),
        (Answer::new(500, "no").into(), 33, "rejected", "answered 500"),
        (
            Answer::new(307, "").header("Location", "http://127.0.0.1:1/x").into(),
            33,
            "redirected",
            "not followed",
        ),
        (Step::DropAfterRead, 33, "closed", "closed without an answer"),
        (Step::Stall(Duration::from_secs(5)), 33, "timed_out", "timed out"),
    ] {
        let server = Server::script([step]);
        let url = server.url();
        let seen =
            trigger(&home, &["charge.failed", "--to", &url, "--timeout", "1s"]).run().exits(code).says(says);
        assert_eq!(server.requests().len(), 1, "{seen}");
        let newest = &stored(&home)[0];
        assert_eq!(newest["last_outcome"], outcome, "{seen}");
    }
    let seen = trigger(&home, &["charge.failed", "--to", &nobody()]).run().exits(22).says("not sent");
    assert!(
        seen.out().contains("--> charge.failed [evt_") && seen.out().contains("<-- [---] POST"),
        "{seen}"
    );
    assert_eq!(stored(&home)[0]["last_outcome"], "connection_refused");
}

#[test]
fn changes_keep_types_and_a_path_that_is_not_there_is_an_error() {
    let (home, server) = (Home::new(), accepting());
    let url = server.url();
    let args = [
        "charge.succeeded",
        "--to",
        &url,
        "--override",
        "amount=5000",
        "--override",
        "data.object.paid=false",
    ];
    let more = [
        "--override",
        "description=5000",
        "--add",
        "metadata.order=17",
        "--remove",
        "receipt_url",
        "--override",
        "customer=null",
    ];
    trigger(&home, &args).args(more).run().exits(0);
    let request = server.only_request();
    let sent: Value = serde_json::from_slice(&request.body).expect("JSON");
    let object = &sent["data"]["object"];
    assert!(is_valid(&request));
    assert_eq!((&object["amount"], &object["paid"]), (&json!(5000), &json!(false)));
    assert_eq!((&object["description"], &object["metadata"]), (&json!("5000"), &json!({"order": "17"})));
    assert!(object.get("receipt_url").is_none() && object["customer"].is_null());
    assert!(is_in_stripes_order(&sent));
    for (args, says) in [
        (["--override", "data.object.amout=1"], "data.object.amount"),
        (["--override", "amount=many"], "an integer"),
        (["--add", "amount=1"], "--override"),
        (["--remove", "nothing.there"], "similar:"),
        (["--override", "amount"], "path=value"),
        (["--override", "id=null"], "not an event"),
    ] {
        let seen = trigger(&home, &["charge.succeeded", "--to", &url]).args(args).run().exits(2).says(says);
        assert_eq!(server.requests().len(), 1, "{seen}");
    }
}

#[test]
fn what_cannot_be_triggered_says_why() {
    let home = Home::new();
    let to = ["--to", "http://127.0.0.1:1/"];
    let unknown = trigger(&home, &["payment_intent.suceeded"]).args(to).run().exits(2);
    unknown.says("payment_intent.succeeded").says("webhook trigger --list");
    trigger(&home, &[]).run().exits(2);
    trigger(&home, &["charge.failed", "--to", "ftp://x/"]).run().exits(2).says("not a target");
    trigger(&home, &["charge.failed"]).args(to).args(["--secret", "env:NOT_SET"]).run().exits(13);
    for live in [&["-p", "live"][..], &["-p", "live", "--live"]] {
        let seen = home.paycli(live.iter().chain(&["trigger", "charge.failed"])).args(to).run().exits(78);
        seen.says("test mode only");
    }
    let json = trigger(&home, &["charge.faild", "--json"]).run().exits(2).json();
    assert_eq!((&json["exit_code"], &json["error"]["type"]), (&json!(2), &json!("usage")), "{json}");
    assert!(!home.root().join("data/events.test.sqlite").exists());
}

#[test]
fn the_nearest_paths_are_named_once_each_and_a_number_that_does_not_fit_says_so() {
    let home = Home::new();
    let changed = |args: &[&str]| trigger(&home, &["charge.succeeded", "--print"]).args(args).run();
    let seen = changed(&["--override", "i=1"]).exits(2).says("similar:");
    let error = seen.err();
    let similar = error.lines().find_map(|line| line.split_once("similar: ")).expect("similar paths").1;
    let names: Vec<_> = similar.split(", ").collect();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{similar}");
    for (args, value) in [
        (["--override", "amount=99999999999999999999"], "99999999999999999999"),
        (["--override", "amount=-9223372036854775809"], "-9223372036854775809"),
        (["--override", "failure_code=18446744073709551616"], "18446744073709551616"),
        (["--add", "data.object.much=99999999999999999999"], "99999999999999999999"),
    ] {
        let seen = changed(&args).exits(2).says(value).says("does not fit").says("9223372036854775807");
        assert!(!seen.err().contains("is an integer, and"), "{seen}");
    }
    let largest = changed(&["--override", "amount=9223372036854775807"]).exits(0);
    assert!(largest.out().contains("\"amount\": 9223372036854775807,"), "{largest}");
    changed(&["--override", "description=99999999999999999999"]).exits(0);
}

#[test]
fn without_a_secret_the_one_of_this_home_signs_and_its_listen_verifies() {
    let home = Home::new();
    let server = accepting();
    let url = server.url();
    let seen = home.paycli(["trigger", "charge.failed", "--to", &url]).run().exits(0);
    let seen = seen.says("paycli listen --print-secret");
    let secret = home.paycli(["listen", "--print-secret"]).run().exits(0).out().trim().to_owned();
    assert!(!seen.err().contains(&secret) && !seen.out().contains(&secret), "{seen}");
    let request = server.only_request();
    let key = SigningKey::stripe(&SigningSecret::new(secret)).expect("a key");
    let header = request.header("Stripe-Signature").map(str::as_bytes);
    let now = paycli::time::UnixMillis::now().0 / 1000;
    let window = Window { now, tolerance_seconds: 300 };
    assert_eq!(signature::verify(&request.body, header, &[key], window).reason, Reason::Ok);
    let mut listen = home.paycli(["listen", "--port", "0", "--once"]).start();
    super::peers::url_of(&mut listen);
    home.paycli(["trigger", "charge.failed", "-q"]).run().exits(0);
    listen.wait().exits(0);
}

fn announce(home: &Home, port: u16) {
    let data = home.root().join("data");
    std::fs::create_dir_all(&data).expect("a folder");
    let text = json!({"version": 1, "pid": 1, "port": port, "started_at": 1}).to_string();
    std::fs::write(data.join(format!("webhook-listen.{port}.json")), text).expect("a file");
}

#[test]
fn without_a_target_it_goes_to_the_listen_that_runs() {
    let (home, server) = (Home::new(), accepting());
    trigger(&home, &["charge.failed"]).run().exits(2).says("no webhook listen").says("paycli webhook listen");
    let port = |url: &str| url.rsplit_once(':').expect("a port").1.parse::<u16>().expect("a number");
    announce(&home, port(&nobody()));
    announce(&home, port(&server.url()));
    trigger(&home, &["charge.failed"]).run().exits(0);
    assert!(is_valid(&server.requests()[0]), "the one that is not there is passed over");
    let other = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let other = (other.local_addr().expect("an address").port(), other);
    announce(&home, other.0);
    let seen = trigger(&home, &["charge.failed"]).run().exits(2).says("--to PORT");
    assert!(
        seen.err().contains(&other.0.to_string()) && seen.err().contains(&port(&server.url()).to_string())
    );
}

#[test]
fn several_secrets_give_several_signatures_and_the_bytes_can_be_printed_too() {
    let (home, server) = (Home::new(), accepting());
    let run = home.paycli([
        "trigger",
        "charge.failed",
        "--to",
        &server.url(),
        "--secret",
        "env:ONE",
        "--secret",
        "env:TWO",
        "--print",
    ]);
    let seen = run.env("ONE", keys::webhook_secret()).env("TWO", "whsec_other_one").run().exits(0);
    let request = server.only_request();
    assert_eq!(seen.stdout, request.body);
    assert_eq!(request.header("Stripe-Signature").expect("a signature").matches("v1=").count(), 2);
    assert!(is_valid(&request));
}

#[test]
fn an_attempt_that_is_cut_off_was_stored_before_it_began() {
    let (home, server) = (Home::new(), Server::always(Step::Stall(Duration::from_secs(20))));
    let mut running = trigger(&home, &["charge.failed", "--to", &server.url()]).start();
    running.until("a request", |_| !server.requests().is_empty());
    running.kill();
    running.wait();
    let event = &stored(&home)[0];
    assert_eq!((&event["attempts"], &event["last_outcome"]), (&json!(1), &Value::Null), "{event}");
    let shown = shown(&home, event["event_id"].as_str().expect("an id"));
    assert_eq!(shown["payload_utf8"], server.requests()[0].text());
}

#[cfg(unix)]
#[test]
fn nothing_is_sent_that_cannot_be_stored() {
    let (home, server) = (Home::new(), accepting());
    let shell = format!("trap '' XFSZ; ulimit -f 0; exec '{}' \"$@\"", crate::support::env::PAYCLI);
    let command =
        ["sh", "-c", &shell, "sh", "trigger", "charge.failed", "--to", &server.url()].map(Into::into);
    let run = home.command(command.to_vec()).env("PAYCLI_WEBHOOK_SECRET", keys::webhook_secret());
    let seen: Seen = run.run().exits(23).says("nothing was sent");
    assert!(server.requests().is_empty(), "{seen}");
}

#[test]
fn no_secret_is_in_what_is_stored_or_said() {
    let canary = keys::rotated_test_key();
    let (home, server) = (Home::new(), Server::always(Answer::new(200, &canary)));
    let url = server.url();
    let change = format!("metadata.note={canary}");
    trigger(&home, &["charge.failed", "--to", &url, "--add", &change]).run().exits(2).says("API key");
    assert!(server.requests().is_empty(), "a credential is not put into an event");
    let seen = trigger(&home, &["charge.failed", "--to", &url, "--json"]).run().exits(0);
    let event = shown(&home, seen.json()["event_id"].as_str().expect("an id"));
    let answer = event["delivery_attempts"][0]["answer"].as_str().expect("an answer");
    assert!(answer.starts_with("sk_test_****"), "{answer}");
    for secret in [keys::hidden_part(&canary).to_owned(), keys::webhook_secret()] {
        assert!(!seen.out().contains(&secret) && !seen.err().contains(&secret), "{seen}");
        for (path, bytes) in home.files() {
            let found = memchr::memmem::find(&bytes, secret.as_bytes());
            assert!(found.is_none(), "{}", path.display());
        }
    }
}
