//! `webhook listen`: what it takes, stores, forwards and says, and how it ends.

use std::collections::BTreeSet;
use std::time::Duration;

use paycli::keys::SigningSecret;
use paycli::webhook::{SigningKey, signature};
use serde_json::{Value, json};

use super::peers::url_of;
use crate::support::answer::Answer;
use crate::support::http::{Answered, send};
use crate::support::{Home, Run, Running, Seen, Server, Step, events, keys, server};

pub(super) fn accepting() -> Server {
    Server::always(Answer::new(200, "{}")).keep_alive()
}

pub(super) fn listen(home: &Home, args: &[&str]) -> Run {
    home.paycli(["listen"]).args(args).env("PAYCLI_WEBHOOK_SECRET", keys::webhook_secret())
}

/// A listener on a free port, and its URL.
pub(super) fn started(home: &Home, args: &[&str]) -> (Running, String) {
    let mut running = listen(home, &[&["--port", "0"], args].concat()).start();
    let url = url_of(&mut running);
    (running, url)
}

pub(super) fn now() -> i64 {
    paycli::time::UnixMillis::now().0 / 1000
}

pub(super) fn header_of(body: &str, secret: &str) -> String {
    let key = SigningKey::stripe(&SigningSecret::new(secret)).expect("a key");
    format!("Stripe-Signature: {}", signature::sign(body.as_bytes(), now(), &[key]))
}

pub(super) fn deliver(url: &str, body: &str) -> Answered {
    send(url, "POST", "/", &[&header_of(body, &keys::webhook_secret())], body).expect("an answer")
}

pub(super) fn body(number: usize, kind: &str) -> String {
    serde_json::to_string_pretty(&events::event(number, kind, "obj_1")).expect("JSON")
}

pub(super) fn interrupt(running: &Running) {
    let pid = rustix::process::Pid::from_raw(i32::try_from(running.id()).expect("a pid")).expect("a pid");
    rustix::process::kill_process(pid, rustix::process::Signal::INT).expect("a signal");
}

/// It ended by the signal, which a shell shows as 130.
pub(super) fn interrupted(seen: &Seen) {
    let signal = std::os::unix::process::ExitStatusExt::signal(&seen.status);
    assert!(seen.code() == Some(130) || signal == Some(2), "{seen}");
}

/// The ids that the store of a home holds.
pub(super) fn stored(home: &Home) -> BTreeSet<String> {
    let seen =
        home.paycli(["webhook", "replay", "--to", &server::nobody(), "--dry-run", "--json"]).run().exits(0);
    seen.ndjson().iter().map(|line| line["event_id"].as_str().expect("an id").to_owned()).collect()
}

#[test]
fn a_delivery_is_verified_stored_forwarded_as_it_came_and_shown() {
    let (home, target) = (Home::new(), accepting());
    let to = format!("{}/hook", target.url());
    let (running, url) = started(&home, &["--forward-to", &to, "--once"]);
    let body = body(1, "invoice.paid");
    let header = header_of(&body, &keys::webhook_secret());
    assert_eq!(send(&url, "POST", "/any/path", &[&header], &body).expect("an answer").status, 200);
    let seen = running.wait().exits(0);
    let out = seen.out();
    assert!(out.contains("--> invoice.paid [evt_replay000001]"), "{seen}");
    assert!(out.contains(&format!("<-- [200] POST {to} [evt_replay000001]")), "{seen}");
    let forwarded = target.only_request();
    assert_eq!((forwarded.text(), forwarded.target.as_str()), (body, "/hook"));
    assert_eq!(
        Some(header.as_str()),
        forwarded.header("stripe-signature").map(|it| format!("Stripe-Signature: {it}")).as_deref()
    );
    assert_eq!(stored(&home).len(), 1);
    assert!(!seen.out().contains(&keys::webhook_secret()) && !seen.err().contains(&keys::webhook_secret()));
}

#[test]
fn programs_read_an_object_a_line() {
    let (home, target) = (Home::new(), accepting());
    let (running, url) = started(&home, &["--forward-to", &target.url(), "--count", "2", "--json"]);
    let body = body(1, "invoice.paid");
    deliver(&url, &body);
    deliver(&url, &body);
    let lines = running.wait().exits(0).ndjson();
    assert!(lines.iter().all(|line| line["schema"] == 1), "{lines:#?}");
    let of = |kind: &str| lines.iter().filter(|line| line["kind"] == kind).cloned().collect::<Vec<Value>>();
    assert_eq!(of("listening")[0]["url"], json!(url));
    let received = of("event");
    assert_eq!(
        (&received[0]["event_id"], &received[0]["duplicate"]),
        (&json!("evt_replay000001"), &json!(false))
    );
    assert_eq!(received[1]["duplicate"], true);
    assert_eq!((of("forward").len(), &of("forward")[0]["status"]), (2, &json!(200)));
}

#[test]
fn a_bad_signature_is_answered_400_and_its_cause_is_shown() {
    let home = Home::new();
    let (mut running, url) = started(&home, &[]);
    let body = body(1, "invoice.paid");
    let other = header_of(&body, &["whsec", "_", "another-secret-altogether"].concat());
    assert_eq!(send(&url, "POST", "/", &[&other], &body).expect("an answer").status, 400);
    assert_eq!(send(&url, "POST", "/", &[], &body).expect("an answer").status, 400);
    let compact = events::event(1, "invoice.paid", "obj_1").to_string();
    let header = header_of(&body, &keys::webhook_secret());
    std::thread::sleep(Duration::from_millis(150));
    assert_eq!(send(&url, "POST", "/", &[&header], &compact).expect("an answer").status, 400);
    assert_eq!(send(&url, "GET", "/", &[], "").expect("an answer").status, 405);
    running.until("three refusals", |running| running.stdout_so_far().matches("refused [400]").count() == 3);
    let out = running.stdout_so_far();
    assert!(out.contains("no_match") && out.contains("no_header") && out.contains("fix:"), "{out}");
    interrupt(&running);
    interrupted(&running.wait());
    assert!(stored(&home).is_empty());
}

#[test]
fn what_is_signed_and_no_event_is_refused_and_large_bodies_too() {
    let home = Home::new();
    let (mut running, url) = started(&home, &["--max-body", "2000"]);
    assert_eq!(deliver(&url, "{\"object\": \"charge\"}").status, 400);
    assert_eq!(deliver(&url, &"x".repeat(5000)).status, 413);
    assert_eq!(deliver(&url, &body(1, "invoice.paid")).status, 200);
    running.kill();
}

#[test]
fn targets_get_the_types_that_they_are_for() {
    let (home, all, some) = (Home::new(), accepting(), accepting());
    let only = format!("{}=charge.*,payout.paid", some.url());
    let args =
        ["--forward-to", &all.url(), "--forward-to", &only, "--events", "charge.*,invoice.*", "--count", "2"];
    let (running, url) = started(&home, &args);
    for (number, kind) in ["payout.paid", "charge.failed", "invoice.paid"].iter().enumerate() {
        assert_eq!(deliver(&url, &body(number, kind)).status, 200);
    }
    let seen = running.wait().exits(0);
    assert!(!seen.out().contains("payout.paid"), "{seen}");
    assert_eq!((all.requests().len(), some.requests().len()), (2, 1));
    assert_eq!(stored(&home).len(), 3);
}

#[test]
fn a_target_that_hangs_or_resets_stops_nobody() {
    let home = Home::new();
    let hanging = Server::always(Step::Stall(Duration::from_secs(20)));
    let (resetting, good) = (Server::always(Step::Reset), accepting());
    let args =
        ["--forward-to", &hanging.url(), "--forward-to", &resetting.url(), "--forward-to", &good.url()];
    let (mut running, url) = started(&home, &[&args[..], &["--timeout", "2s"]].concat());
    for number in 0..40 {
        assert_eq!(deliver(&url, &body(number, "invoice.paid")).status, 200);
    }
    running.until("all at the good one", |_| good.requests().len() == 40);
    running.until("a time limit", |running| running.stdout_so_far().contains("no answer within 2s"));
    running.kill();
}

#[test]
fn a_failed_delivery_is_tried_again_on_request() {
    let home = Home::new();
    let target = Server::script([Answer::new(500, ""), Answer::new(200, "")]);
    let (running, url) = started(&home, &["--forward-to", &target.url(), "--retries", "2", "--once"]);
    deliver(&url, &body(1, "invoice.paid"));
    let seen = running.wait().exits(0);
    // The listener was told to stop after one event, so what failed is not tried again.
    assert!(seen.out().contains("<-- [500]"), "{seen}");
    let target = Server::script([Answer::new(500, ""), Answer::new(200, "")]);
    let (mut running, url) = started(&home, &["--forward-to", &target.url(), "--retries", "2"]);
    deliver(&url, &body(2, "invoice.paid"));
    running.until("a retry", |running| running.stdout_so_far().contains("<-- [200]"));
    assert!(running.stdout_so_far().contains("will be tried again"));
    running.kill();
}

#[test]
fn it_ends_after_a_time_and_tells_where_it_is_while_it_runs() {
    let home = Home::new();
    let (running, url) = started(&home, &["--for", "1s"]);
    let port = url.rsplit(':').next().expect("a port");
    let file = home.root().join("data").join(format!("webhook-listen.{port}.json"));
    let written: Value = serde_json::from_slice(&std::fs::read(&file).expect("a file")).expect("JSON");
    assert_eq!((written["port"].to_string().as_str(), &written["pid"]), (port, &json!(running.id())));
    let mode =
        std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&file).expect("a file").permissions());
    assert_eq!(mode & 0o777, 0o600);
    running.wait().exits(0);
    assert!(!file.exists());
}

#[test]
fn a_trigger_without_a_target_reaches_it() {
    let home = Home::new();
    let (running, _) = started(&home, &["--once"]);
    let trigger = home.paycli(["trigger", "payment_intent.succeeded"]);
    trigger.env("PAYCLI_WEBHOOK_SECRET", keys::webhook_secret()).run().exits(0);
    let seen = running.wait().exits(0);
    assert!(seen.out().contains("--> payment_intent.succeeded [evt_"), "{seen}");
}

#[test]
fn a_port_in_use_is_said_and_two_listeners_do_not_disturb_each_other() {
    let home = Home::new();
    let (mut one, first) = started(&home, &[]);
    let port = first.rsplit(':').next().expect("a port");
    listen(&home, &["--port", port])
        .run()
        .exits(2)
        .says(&format!("Port {port} is already in use"))
        .says("--port 0");
    let (mut two, second) = started(&home, &[]);
    assert_eq!(
        (deliver(&first, &body(1, "a.b")).status, deliver(&second, &body(2, "a.b")).status),
        (200, 200)
    );
    assert_eq!(stored(&home).len(), 2);
    one.kill();
    two.kill();
}

#[test]
fn without_a_secret_the_one_of_this_home_is_used_and_printed_on_request() {
    let home = Home::new();
    let print = || home.paycli(["listen", "--print-secret"]).run().exits(0).out().trim().to_owned();
    let secret = print();
    assert!(secret.starts_with("whsec_") && print() == secret);
    let mut running = home.paycli(["webhook", "listen", "--port", "0", "--once"]).start();
    let url = url_of(&mut running);
    let body = body(1, "invoice.paid");
    assert_eq!(send(&url, "POST", "/", &[&header_of(&body, &secret)], &body).expect("an answer").status, 200);
    running.wait().exits(0);
    assert_eq!(listen(&home, &["--print-secret"]).run().exits(0).out().trim(), keys::webhook_secret());
    listen(&home, &["--print-secret", "-p", "live", "--live"]).run().exits(78);
    listen(&home, &["-p", "live"]).run().exits(78).says("--live");
}

#[test]
fn unverified_deliveries_are_taken_on_request() {
    let home = Home::new();
    let (running, url) = started(&home, &["--no-verify", "--once"]);
    assert_eq!(send(&url, "POST", "/", &[], &body(1, "invoice.paid")).expect("an answer").status, 200);
    running.wait().exits(0);
}

#[test]
fn what_was_answered_200_is_stored_whenever_it_is_killed() {
    let home = Home::new();
    let (mut running, url) = started(&home, &[]);
    let accepted = std::sync::Mutex::new(BTreeSet::new());
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let (url, accepted) = (&url, &accepted);
            scope.spawn(move || {
                for number in 0..200 {
                    let number = thread * 1000 + number;
                    let body = body(number, "invoice.paid");
                    let header = header_of(&body, &keys::webhook_secret());
                    match send(url, "POST", "/", &[&header], &body) {
                        Ok(answer) if answer.status == 200 => {
                            accepted.lock().expect("no panic").insert(format!("evt_replay{number:06}"));
                        }
                        _ => return,
                    }
                }
            });
        }
        while accepted.lock().expect("no panic").len() < 300 {
            std::thread::sleep(Duration::from_millis(1));
        }
        running.kill();
    });
    let (accepted, stored) = (accepted.into_inner().expect("no panic"), stored(&home));
    assert!(accepted.len() >= 300 && accepted.is_subset(&stored), "{} of {}", stored.len(), accepted.len());
}
