//! What is shown of a request: stdout, stderr, the envelope, the dry run and the curl line.

use serde_json::Value;

use crate::support::server::{Answer, Received, Step, paid};
use crate::support::{Home, Seen, Server, env, keys};

const PAY: [&str; 7] =
    ["request", "POST", "/v1/payment_intents", "-d", "amount=2000", "-d", "metadata[text]=it's $HOME \"x\""];

/// A body whose bytes no JSON library would write again: order, spaces, digits, escapes, no line break.
const ODD: &str = "{ \"z\": 12345678901234567890123,\n\t\"a\": 1.10, \"e\": 1E+2, \"u\": \"\\u00e9é\", \"livemode\": false }";

#[test]
fn stdout_is_the_body_byte_for_byte() {
    for (status, exit) in [(200, 0), (402, 10), (404, 4)] {
        for verb in ["post", "get"] {
            // An answer of the API that is no success has an error in it.
            let error = if status == 200 { "" } else { "\"error\" :{\"type\":\t\"card_error\"}, " };
            let body = ODD.replacen("{ ", &format!("{{ {error}"), 1);
            let server = Server::always(Answer::new(status, &body));
            let seen = Home::new().at(&server, [verb, "customers"]).run().exits(exit);
            assert_eq!(seen.out(), body, "{seen}");
        }
    }
}

#[test]
fn a_body_that_is_not_text_is_passed_through() {
    let bytes = [b"{\"livemode\":false,\"x\":\"".as_slice(), &[0xff, 0xfe, 0x80], b"\"}"].concat();
    let server = Server::always(Answer::new(200, &bytes));
    let seen = Home::new().at(&server, ["get", "customers"]).run();
    assert!(seen.stdout == bytes, "the very bytes: {seen}");
}

#[test]
fn a_body_in_the_envelope_keeps_every_digit() {
    let server = Server::always(Answer::new(200, ODD));
    let seen = Home::new().at(&server, PAY).args(["--json"]).run().exits(0);
    assert_eq!(seen.json()["body"]["a"], 1.1, "{seen}");
    assert!(seen.out().contains(ODD), "the body's own bytes are in the envelope: {seen}");
}

#[test]
fn stderr_has_the_key_the_request_id_the_replay_and_the_attempts() {
    let server =
        Server::script([Step::DropAfterRead, paid().replayed().header("Request-Id", "req_seen").into()]);
    let seen = Home::new().at(&server, PAY).run().exits(0);
    let key = server.keys()[0].clone().expect("a key");
    let line = seen.err().lines().find(|line| line.contains("req_seen")).unwrap_or_default().to_owned();
    assert!(line.contains(&key), "{seen}");
    assert!(line.contains("replayed"), "{seen}");
    assert!(line.contains('2'), "two attempts: {seen}");
}

#[test]
fn quiet_silences_notices_and_never_errors() {
    let server = Server::script([paid(), Answer::error(404, "invalid_request_error", None)]);
    let home = Home::new();
    let seen = home.at(&server, PAY).args(["-q"]).run().exits(0);
    assert!(seen.stderr.is_empty(), "{seen}");
    let seen = home.at(&server, PAY).args(["--quiet"]).run().exits(4);
    assert!(!seen.stderr.is_empty(), "{seen}");
}

#[test]
fn verbose_traces_every_attempt_without_the_key() {
    let server = Server::script([Answer::error(500, "api_error", None), paid()]);
    let seen =
        Home::new().at(&server, PAY).args(["-v"]).run().exits(0).says("500").says("/v1/payment_intents");
    assert!(!seen.err().contains(keys::hidden_part(&keys::test_key())), "{seen}");
}

#[test]
fn the_key_is_announced_and_durable_before_the_request_is_sent() {
    let home = Home::new();
    let server = Server::answering(|_| Step::Stall(std::time::Duration::from_secs(30)));
    let mut running = home.at(&server, PAY).start();
    running.until("the request", |_| server.requests().len() == 1);
    let key = server.keys()[0].clone().expect("a key");
    running.until("the key on stderr", |running| running.stderr_so_far().contains(&key));
    let entry = home.only_entry();
    assert_eq!((&entry["key"], &entry["state"]), (&Value::from(key), &Value::from("sending")), "{entry}");
    running.kill();
    running.wait();
}

/// Every field of the envelope, in the contract's words.
const FIELDS: [&str; 24] = [
    "schema",
    "outcome",
    "exit_code",
    "status",
    "mode",
    "profile",
    "account",
    "api_version",
    "method",
    "path",
    "operation",
    "idempotency_key",
    "key_source",
    "request_id",
    "original_request_id",
    "replayed",
    "replayed_by",
    "attempts",
    "first_sent_at",
    "safe_until",
    "elapsed_ms",
    "error",
    "next",
    "body",
];

fn envelope(step: impl Into<Step>, exit: i32) -> Value {
    let server = Server::always(step);
    let seen = Home::new().at(&server, PAY).args(["--json", "--max-retries", "0"]).run().exits(exit);
    let envelope = seen.json();
    let mut names: Vec<&str> = envelope.as_object().expect("an object").keys().map(String::as_str).collect();
    let mut fields = FIELDS.to_vec();
    fields.extend(envelope.get("next_command").map(|_| "next_command"));
    names.sort_unstable();
    fields.sort_unstable();
    assert_eq!(names, fields, "{seen}");
    envelope
}

#[test]
fn the_envelope_tells_all_of_a_success() {
    let told = envelope(paid().header("Request-Id", "req_seen").header("Original-Request", "req_seen"), 0);
    for (field, value) in [
        ("schema", Value::from(1)),
        ("outcome", "succeeded".into()),
        ("exit_code", 0.into()),
        ("status", 200.into()),
        ("mode", "test".into()),
        ("profile", "test".into()),
        ("account", keys::account().into()),
        ("method", "POST".into()),
        ("path", "/v1/payment_intents".into()),
        ("operation", Value::Null),
        ("key_source", "generated".into()),
        ("request_id", "req_seen".into()),
        ("original_request_id", "req_seen".into()),
        ("replayed", false.into()),
        ("replayed_by", Value::Null),
        ("attempts", 1.into()),
        ("error", Value::Null),
        ("next", "none".into()),
    ] {
        assert_eq!(told[field], value, "{field} of {told:#}");
    }
    assert_eq!(told["body"]["id"], "pi_1", "{told:#}");
    assert!(told["elapsed_ms"].is_u64(), "{told:#}");
    let time = |field: &str| told[field].as_str().and_then(|text| text.parse::<jiff::Timestamp>().ok());
    let (first, until) = (time("first_sent_at"), time("safe_until"));
    let window = until.expect("a time").as_second() - first.expect("a time").as_second();
    assert!((3600..=24 * 3600).contains(&window), "safe for {window} s: {told:#}");
}

#[test]
fn the_envelope_tells_all_of_a_decline() {
    let body = serde_json::json!({"error": {
        "type": "card_error", "code": "card_declined", "decline_code": "insufficient_funds", "param": "card",
        "message": "Your card has insufficient funds.", "doc_url": "https://docs.stripe.com/error-codes#x",
    }});
    let told = envelope(Answer::json(402, &body), 10);
    assert_eq!(told["error"], body["error"], "{told:#}");
    assert_eq!(told["body"], body, "{told:#}");
    assert_eq!(told["next"], "none", "{told:#}");
}

#[test]
fn the_envelope_says_what_comes_next() {
    let unknown = envelope(Step::DropAfterRead, 20);
    let command = unknown["next_command"].as_str().expect("a command");
    let key = unknown["idempotency_key"].as_str().expect("a key");
    assert!(
        command.starts_with("paycli ") && command.ends_with(&format!("journal resume {key}")),
        "{unknown:#}"
    );
    assert_eq!(envelope(paid(), 0).get("next_command"), None);
    assert_eq!((&unknown["next"], &unknown["status"]), (&"resume".into(), &Value::Null), "{unknown:#}");
    assert!(unknown["error"]["message"].is_string(), "{unknown:#}");
    assert_eq!(unknown["body"], Value::Null, "{unknown:#}");
    let in_use = Answer::error(409, "invalid_request_error", Some("idempotency_key_in_use"));
    assert_eq!(envelope(in_use, 12)["next"], "wait");
    assert_eq!(envelope(Answer::error(500, "api_error", None).replayed(), 5)["next"], "reconcile");
}

#[test]
fn a_get_has_an_envelope_without_a_key() {
    let server = Server::always(paid());
    let told = Home::new().at(&server, ["get", "pi_1", "--json"]).run().exits(0).json();
    assert_eq!(told["idempotency_key"], Value::Null, "{told:#}");
    assert_eq!((&told["outcome"], &told["method"]), (&"succeeded".into(), &"GET".into()), "{told:#}");
}

#[test]
fn headers_are_shown_on_stderr() {
    let answer = paid().header("X-Seen", "yes").header("Request-Id", "req_seen");
    let server = Server::always(answer);
    for flag in ["-s", "--show-headers"] {
        let seen = Home::new().at(&server, ["get", "customers", flag]).run().exits(0);
        let seen = seen.says("x-seen: yes").says("request-id: req_seen");
        assert_eq!(seen.json()["id"], "pi_1", "{seen}");
    }
}

#[test]
fn what_a_server_says_does_not_steer_the_terminal() {
    let answer = Answer::error(402, "card_error", Some("\u{1b}[2Jcode")).header("X-Seen", "a\u{1b}[2Jb");
    let server = Server::always(answer);
    let seen = Home::new().at(&server, ["post", "payment_intents", "--show-headers"]).run().exits(10);
    assert!(!seen.err().contains('\u{1b}'), "{seen}");
}

#[test]
fn a_dry_run_shows_the_request_and_sends_nothing() {
    let server = Server::always(paid());
    let home = Home::new();
    let seen = home.at(&server, PAY).args(["--dry-run", "-i", "my-key"]).run().exits(0);
    let shown = seen.out();
    for part in ["POST", &server.url(), "/v1/payment_intents", "amount=2000", "my-key"] {
        assert!(shown.contains(part), "{part}: {seen}");
    }
    assert_eq!(server.connections(), 0, "{seen}");
    assert!(home.entries().is_empty(), "a dry run leaves no entry: {seen}");
}

#[test]
fn the_curl_line_holds_a_variable_and_not_the_key() {
    let server = Server::always(paid());
    let home = Home::new();
    let seen = home.at(&server, PAY).args(["--curl", "-i", "my-key"]).run().exits(0);
    let shown = seen.out();
    for part in ["curl", "$PAYCLI_API_KEY", &server.url(), "my-key"] {
        assert!(shown.contains(part), "{part}: {seen}");
    }
    assert!(!shown.contains("sk_test_"), "{seen}");
    assert_eq!(server.connections(), 0, "{seen}");
}

/// Sends with paycli and with the curl line that it prints; returns both requests.
fn with_paycli_and_with_curl(args: &[&str]) -> (Received, Received, Seen) {
    let home = Home::new();
    let server = Server::always(paid());
    home.at(&server, args).run().exits(0);
    let line = Home::new().at(&server, args).args(["--curl"]).run().exits(0).out();
    let shell = ["sh", "-c", &line].map(Into::into).to_vec();
    let seen = home.command(shell).env("PAYCLI_API_KEY", keys::test_key()).run().exits(0);
    let requests = server.requests();
    assert_eq!(requests.len(), 2, "{line}\n{seen}");
    (requests[0].clone(), requests[1].clone(), seen)
}

#[test]
#[ignore = "needs curl: run by scripts/test.sh"]
fn the_curl_line_sends_the_same_request() {
    let headers = ["--stripe-account", "acct_9", "-H", "X-Trace: it's"];
    let v2 = ["post", "/v2/core/event_destinations", "--stripe-version", "2025-09-30.clover", "--body", ODD];
    let get = ["get", "/v1/charges?limit=3", "-d", "customer=cus_1 & co"];
    for args in [[&PAY[..], &headers].concat(), v2.to_vec(), get.to_vec(), vec!["delete", "cus_1"]] {
        let (ours, theirs, seen) = with_paycli_and_with_curl(&args);
        assert_eq!((&ours.method, &ours.target), (&theirs.method, &theirs.target), "{seen}");
        assert_eq!(ours.text(), theirs.text(), "{seen}");
        for name in ["Authorization", "Content-Type", "Stripe-Account", "Stripe-Version", "X-Trace"] {
            assert_eq!(ours.header(name), theirs.header(name), "{name}: {seen}");
        }
        assert_eq!(ours.key().is_some(), theirs.key().is_some(), "{seen}");
    }
}

#[test]
fn no_colour_without_a_terminal_unless_it_is_asked_for() {
    let server = Server::always(paid());
    let home = Home::new();
    for run in [
        home.at(&server, ["get", "customers"]).without_env("NO_COLOR"),
        home.at(&server, ["get", "customers", "--color", "auto"]).without_env("NO_COLOR"),
        home.at(&server, ["get", "customers", "--color", "never"]).env("CLICOLOR_FORCE", "1"),
    ] {
        let seen = run.run().exits(0);
        assert!(!seen.out().contains('\u{1b}') && !seen.err().contains('\u{1b}'), "{seen}");
    }
}

#[test]
fn version_and_help_need_nothing() {
    let home = Home::new();
    let bare = vec![env::PAYCLI.into(), "--version".into()];
    let seen = home.command(bare).without_env("HOME").without_env("PAYCLI_HOME").run().exits(0);
    assert_eq!(seen.out().trim(), format!("paycli {}", env!("CARGO_PKG_VERSION")), "{seen}");
    let seen = home.paycli(["--help"]).without_key().run().exits(0);
    assert!(seen.out().contains("request"), "{seen}");
    assert!(!home.root().exists(), "nothing is written for help");
}
