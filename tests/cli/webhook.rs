//! `webhook sign` and `webhook verify`: what they print, for whom, with which exit code.

use serde_json::{Value, json};

use crate::support::server::Answer;
use crate::support::{Home, Run, Seen, Server, keys};

/// An event as Stripe writes it.
const EVENT: &str =
    "{\n  \"id\": \"evt_1\",\n  \"object\": \"event\",\n  \"amount\": 25.0,\n  \"name\": \"Café\"\n}";

/// When the tests' deliveries are signed, in Unix seconds.
const THEN: &str = "1760000000";

fn webhook(home: &Home, args: &[&str]) -> Run {
    home.paycli(["webhook"].iter().chain(args))
        .without_key()
        .env("PAYCLI_WEBHOOK_SECRET", keys::webhook_secret())
}

fn signed(home: &Home, body: &[u8], args: &[&str]) -> String {
    let args = [&["sign", "--timestamp", THEN], args].concat();
    webhook(home, &args).stdin(body).run().exits(0).out().trim_end().to_owned()
}

fn verify(home: &Home, body: &[u8], header: &str, args: &[&str]) -> Seen {
    let args = [&["verify", "--header", header, "--at", THEN, "--json"], args].concat();
    webhook(home, &args).stdin(body).run()
}

fn cause(seen: &Seen) -> (String, bool) {
    let first = &seen.json()["explain"][0];
    let text = first["cause"].as_str().unwrap_or_else(|| panic!("no cause: {seen}"));
    (text.to_owned(), first["certain"] == true)
}

#[test]
fn what_sign_prints_verify_accepts() {
    let home = Home::new();
    let file = home.file("event.json", EVENT);
    let header = webhook(&home, &["sign", &file]).run().exits(0);
    assert_eq!(header.err(), "");
    let header = header.out();
    assert!(header.starts_with("t=") && header.ends_with('\n'), "{header}");
    let seen = webhook(&home, &["verify", &file, "--header", header.trim_end()]).run().exits(0);
    assert!(seen.out().contains("valid      yes\nreason     ok\n"), "{seen}");
    assert!(!seen.out().contains(&keys::webhook_secret()), "{seen}");
}

#[test]
fn the_json_of_a_verdict_is_the_contracts() {
    let home = Home::new();
    let header = signed(&home, EVENT.as_bytes(), &[]);
    let seen = verify(&home, EVENT.as_bytes(), &header, &[]).exits(0);
    let expected = json!({
        "schema": 1, "valid": true, "reason": "ok", "scheme": "stripe", "timestamp": 1_760_000_000,
        "age_seconds": 0, "tolerance_seconds": 300, "matched_secret": "env:PAYCLI_WEBHOOK_SECRET",
        "accepted_by": [], "explain": [],
    });
    assert_eq!(seen.json(), expected, "{seen}");
}

#[test]
fn each_reason_has_its_exit_code() {
    let home = Home::new();
    let body = EVENT.as_bytes();
    let good = signed(&home, body, &[]);
    let v0 = good.replace("v1=", "v0=");
    for (body, header, args, reason, code) in [
        (body, good.as_str(), &[][..], "ok", 0),
        (b"{}", &good, &[], "no_match", 30),
        (body, &good, &["--at", "1760000301"], "timestamp_too_old", 31),
        (body, &good, &["--at", "1760000300"], "ok", 0),
        (body, &good, &["--at", "1860000000", "--tolerance", "0"], "ok", 0),
        (body, &good, &["--at", "1760000002", "--tolerance", "500ms"], "timestamp_too_old", 31),
        (body, &good, &["--at", "2025-10-09T08:53:20Z", "--tolerance", "1s"], "ok", 0),
        (body, "", &[], "no_header", 32),
        (body, "nonsense", &[], "malformed_header", 32),
        (body, &v0, &[], "no_v1_signature", 32),
        (body, &format!("t=1,{good}"), &[], "libraries_disagree", 32),
    ] {
        let at: &[&str] = if args.contains(&"--at") { &[] } else { &["--at", THEN] };
        let args = [&["verify", "--json", "--header", header], at, args].concat();
        let seen = webhook(&home, &args).stdin(body).run().exits(code);
        assert_eq!(seen.json()["reason"], reason, "{seen}");
        assert_eq!(seen.json()["valid"], code == 0, "{seen}");
    }
    let seen = webhook(&home, &["verify", "--json", "--at", THEN]).stdin(body).run().exits(32);
    assert_eq!(seen.json()["reason"], "no_header", "{seen}");
    let seen = webhook(&home, &["verify", "--json", "--header", &good, "--at", THEN])
        .without_env("PAYCLI_WEBHOOK_SECRET")
        .stdin(body)
        .run()
        .exits(13);
    assert_eq!(seen.json()["reason"], "no_secret", "{seen}");
}

#[test]
fn who_accepts_what_others_refuse_is_named() {
    let home = Home::new();
    let body = [b'{', 0xff, b'}'];
    let header = signed(&home, &body, &[]);
    let seen = verify(&home, &body, &header, &[]).exits(32);
    assert_eq!(seen.json()["reason"], "libraries_disagree", "{seen}");
    assert_eq!(seen.json()["accepted_by"], json!(["go", "ruby", "php"]), "{seen}");
    webhook(&home, &["verify", "--header", &header, "--at", THEN])
        .stdin(body)
        .run()
        .exits(32)
        .says("go, ruby, php");
    let old = verify(&home, &body, &header, &["--tolerance", "0", "--explain"]).exits(32);
    let explain = old.json()["explain"].clone();
    assert_eq!(
        (&explain[0]["cause"], &explain[1]["cause"]),
        (&json!("libraries_disagree"), &json!("body_not_utf8"))
    );
    let args = ["verify", "--header", &header, "--at", "1760000900", "--json"];
    let late = webhook(&home, &args).stdin(body).run().exits(31);
    assert_eq!(late.json()["reason"], "timestamp_too_old", "{late}");
}

#[test]
fn several_secrets_give_several_signatures_and_any_may_match() {
    let home = Home::new();
    let old = home.file("old", format!("{}\n", keys::webhook_secret()));
    let new = home.file("new", format!("{}x\r\n", keys::webhook_secret()));
    let (old, new) = (format!("file:{old}"), format!("file:{new}"));
    let header = signed(&home, EVENT.as_bytes(), &["--secret", &old, "--secret", &new]);
    assert_eq!(header.matches("v1=").count(), 2, "{header}");
    for source in [&old, &new] {
        let seen = verify(&home, EVENT.as_bytes(), &header, &["--secret", source]).exits(0);
        assert_eq!(seen.json()["matched_secret"], *source, "{seen}");
    }
    let only_new = signed(&home, EVENT.as_bytes(), &["--secret", &new]);
    let seen = verify(&home, EVENT.as_bytes(), &only_new, &["--secret", &old, "--secret", &new]).exits(0);
    assert_eq!(seen.json()["matched_secret"], new, "{seen}");
}

#[test]
fn standard_webhooks_are_signed_and_verified_by_their_own_rule() {
    let home = Home::new();
    let args = ["sign", "--scheme", "standard", "--id", "msg_1", "--timestamp", THEN];
    let signature = webhook(&home, &args).stdin(EVENT).run().exits(0).out();
    assert!(signature.starts_with("v1,"), "{signature}");
    let named = |name: &str, value: &str| format!("{name}: {}", value.trim_end());
    for prefix in ["webhook", "svix", "Webhook"] {
        let headers = [
            named(&format!("{prefix}-id"), "msg_1"),
            named(&format!("{prefix}-timestamp"), THEN),
            named(&format!("{prefix}-signature"), &signature),
        ];
        let mut args = vec!["verify", "--json", "--at", THEN];
        args.extend(headers.iter().flat_map(|header| ["--header", header.as_str()]));
        let seen = webhook(&home, &args).stdin(EVENT).run().exits(0);
        assert_eq!(seen.json()["scheme"], "standard", "{seen}");
        args[3] = "1759999000";
        let seen = webhook(&home, &args).stdin(EVENT).run().exits(31);
        assert_eq!(seen.json()["reason"], "timestamp_too_new", "{seen}");
    }
}

#[test]
fn sign_tells_all_that_curl_needs() {
    let home = Home::new();
    let file = home.file("it's.json", EVENT);
    let seen = webhook(&home, &["sign", &file, "--json", "--timestamp", THEN]).run().exits(0);
    let told = seen.json();
    assert_eq!(told["headers"]["Stripe-Signature"], told["signature"], "{seen}");
    assert_eq!(told["headers"]["Content-Type"], "application/json; charset=utf-8", "{seen}");
    let server = Server::always(Answer::new(200, "{}"));
    let curl = told["curl"].as_str().expect("a command");
    home.command(["sh", "-c", curl].map(Into::into).to_vec()).env("URL", server.url()).run().exits(0);
    let request = server.only_request();
    assert_eq!(request.body, EVENT.as_bytes());
    assert_eq!(request.header("stripe-signature"), told["signature"].as_str(), "{seen}");
}

#[test]
fn a_captured_request_is_verified_whole() {
    let home = Home::new();
    let header = signed(&home, EVENT.as_bytes(), &[]);
    let length = EVENT.len();
    let head = format!(
        "POST /hook HTTP/1.1\r\nHost: x\r\nstripe-signature: {header}\r\nContent-Length: {length}\r\n\r\n"
    );
    for captured in [format!("{head}{EVENT}"), format!("{head}{EVENT}\n")] {
        let args = ["verify", "--http", "--at", THEN, "--json"];
        let seen = webhook(&home, &args).stdin(&captured).run().exits(0);
        assert_eq!(seen.json()["reason"], "ok", "{seen}");
    }
    let cut = &EVENT[..EVENT.len() - 8];
    let seen = webhook(&home, &["verify", "--http", "--at", THEN, "--json", "--explain"])
        .stdin(format!("{head}{cut}"))
        .run()
        .exits(30);
    let causes: Vec<_> =
        seen.json()["explain"].as_array().expect("causes").iter().map(|e| e["cause"].clone()).collect();
    assert!(causes.contains(&Value::from("content_length_differs")), "{seen}");
    webhook(&home, &["verify", "--http"]).stdin(EVENT).run().exits(2).says("no HTTP request");
}

#[test]
fn a_header_comes_from_a_file_or_standard_input() {
    let home = Home::new();
    let event = home.file("event.json", EVENT);
    let header = signed(&home, EVENT.as_bytes(), &[]);
    let bare = home.file("bare", format!("{header}\r\n"));
    let block = home.file("block", format!("Host: x\r\nStripe-Signature: {header}\r\nAccept: */*\r\n\r\n"));
    for source in [format!("file:{bare}"), format!("file:{block}")] {
        webhook(&home, &["verify", &event, "--header", &source, "--at", THEN]).run().exits(0);
    }
    webhook(&home, &["verify", &event, "--header", "-", "--at", THEN])
        .stdin(format!("{header}\n"))
        .run()
        .exits(0);
}

#[test]
fn a_cause_is_proven_and_its_fix_told() {
    let home = Home::new();
    let header = signed(&home, EVENT.as_bytes(), &[]);
    let compact = "{\"id\":\"evt_1\",\"object\":\"event\",\"amount\":25.0,\"name\":\"Café\"}";
    let seen = verify(&home, compact.as_bytes(), &header, &["--explain"]).exits(30);
    assert_eq!(cause(&seen), ("json_rewritten".into(), true), "{seen}");
    assert!(
        seen.json()["explain"][0]["fix"].as_str().is_some_and(|fix| fix.contains("express.raw")),
        "{seen}"
    );
    let seen = webhook(&home, &["verify", "--header", &header, "--at", THEN, "--explain"])
        .env("PAYCLI_WEBHOOK_SECRET", format!("\"{}\"", keys::webhook_secret()))
        .stdin(EVENT)
        .run()
        .exits(30);
    assert!(seen.out().contains("proven: secret_quoted"), "{seen}");
    let late = verify(&home, EVENT.as_bytes(), &header, &["--explain", "--at", "1760086400"]);
    assert_eq!(late.code(), Some(2), "--at is given twice: {late}");
}

#[test]
fn where_nothing_was_compared_nothing_is_said_of_the_body() {
    let home = Home::new();
    let causes = |header: &str, secret: &str| {
        let run = webhook(&home, &["verify", "--header", header, "--at", THEN, "--json", "--explain"]);
        let seen = run.env("PAYCLI_WEBHOOK_SECRET", secret).stdin("{}").run();
        let explain = seen.json()["explain"].clone();
        let causes = explain.as_array().map(|all| all.iter().map(|one| one["cause"].clone()).collect());
        Value::Array(causes.unwrap_or_else(|| panic!("{seen}")))
    };
    let header = signed(&home, EVENT.as_bytes(), &[]);
    assert_eq!(causes("", &keys::webhook_secret()), json!(["header_not_forwarded"]));
    assert_eq!(causes("nonsense", &keys::webhook_secret()), json!(["header_unreadable"]));
    assert_eq!(causes(&header, " "), json!(["secret_blank"]));
    assert_eq!(causes(&header, "whsec_..."), json!(["secret_placeholder", "json_rewritten"]));
    assert_eq!(causes(&header, &keys::webhook_secret()), json!(["json_rewritten", "wrong_secret"]));
}

#[test]
fn the_secret_that_was_not_given_is_found_among_those_at_hand() {
    let home = Home::new();
    let other = home.file("other", "whsec_of_another_endpoint_of_ours");
    let header = signed(&home, EVENT.as_bytes(), &[]);
    let source = format!("file:{other}");
    let seen = verify(&home, EVENT.as_bytes(), &header, &["--secret", &source, "--explain"]).exits(30);
    assert_eq!(cause(&seen), ("other_secret".into(), true), "{seen}");
    let detail = seen.json()["explain"][0]["detail"].to_string();
    assert!(detail.contains("env:PAYCLI_WEBHOOK_SECRET"), "{seen}");
    let header =
        webhook(&home, &["sign", "-p", "sandbox", "--timestamp", THEN]).stdin(EVENT).run().exits(0).out();
    let seen = verify(&home, EVENT.as_bytes(), header.trim_end(), &["--explain"]).exits(30);
    assert!(seen.json()["explain"][0]["detail"].to_string().contains("the sandbox"), "{seen}");
}

#[test]
fn lines_are_verified_in_order_and_a_bad_one_is_a_verdict() {
    let home = Home::new();
    let header = signed(&home, EVENT.as_bytes(), &[]);
    let line =
        |id: u32, header: &str| json!({ "id": id, "payload_utf8": EVENT, "header": header }).to_string();
    let good = line(1, &header);
    let lines = format!("{good}\n\n{}\nnonsense\n{}", line(2, "t=1760000000,v1=ab"), line(3, &header));
    let seen = webhook(&home, &["verify", "--batch", "-", "--at", THEN]).stdin(&lines).run().exits(30);
    let reasons: Vec<_> =
        seen.ndjson().iter().map(|answer| (answer["id"].clone(), answer["reason"].clone())).collect();
    let expected = [
        (json!(1), json!("ok")),
        (json!(2), json!("no_match")),
        (Value::Null, json!("malformed_line")),
        (json!(3), json!("ok")),
    ];
    assert_eq!(reasons, expected, "{seen}");
    let file = home.file("lines", &good);
    webhook(&home, &["verify", "--batch", &file, "--at", THEN]).run().exits(0);
    webhook(&home, &["verify", "--batch", "-", "--at", THEN]).stdin("nonsense\n").run().exits(2);
    webhook(&home, &["verify", "--batch", "-", "--at", THEN]).stdin("").run().exits(0);
}

#[test]
fn a_verification_touches_no_file_and_no_network() {
    let home = Home::new();
    let header = signed(&home, EVENT.as_bytes(), &[]);
    verify(&home, EVENT.as_bytes(), &header, &["--explain"]).exits(0);
    assert!(home.files().is_empty(), "{:?}", home.files());
}
