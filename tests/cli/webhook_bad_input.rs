//! `webhook sign` and `webhook verify` with what no sender should send and nobody should type.

use std::time::Duration;

use crate::support::env::PAYCLI;
use crate::support::{Home, Run, keys};

const THEN: &str = "1760000000";

fn webhook(home: &Home, args: &[&str]) -> Run {
    home.paycli(["webhook"].iter().chain(args))
        .without_key()
        .env("PAYCLI_WEBHOOK_SECRET", keys::webhook_secret())
}

fn sign(home: &Home, body: &[u8]) -> String {
    let header = webhook(home, &["sign", "--timestamp", THEN]).stdin(body).run().exits(0).out();
    header.trim_end().to_owned()
}

#[test]
fn payloads_of_no_bytes_of_many_and_of_no_text() {
    let home = Home::new();
    let large = vec![b'x'; 100_000_000];
    for (body, code) in [(&b""[..], 0), (&large, 0), (b"\x00", 0), (b"\xff\xfe", 32), (b"\xef\xbb\xbf{}", 32)]
    {
        let header = sign(&home, body);
        for args in [
            &["verify", "--header", &header, "--at", THEN][..],
            &["verify", "--header", &header, "--at", THEN, "--explain"],
        ] {
            webhook(&home, args).stdin(body).run().exits(code);
        }
    }
    let header = sign(&home, &large);
    let seen =
        webhook(&home, &["verify", "--header", &header, "--at", THEN, "--explain"]).stdin(&large[1..]).run();
    let seen = seen.exits(30);
    assert!(seen.out().contains("search_cut_short"), "{}", seen.out());
}

#[test]
fn a_header_of_a_megabyte() {
    let home = Home::new();
    let body = home.file("body", "{}");
    for (header, reason) in [
        ("x".repeat(1_000_000), "malformed_header"),
        (",".repeat(1_000_000), "malformed_header"),
        (format!("t=1760000000{}", ",v1=00".repeat(170_000)), "no_match"),
        (format!("{},v1=00", "t=1760000000,".repeat(70_000)), "no_match"),
        (format!("t={},v1=00", "1".repeat(1_000_000)), "malformed_header"),
    ] {
        let file = home.file("header", header);
        let args =
            ["verify", &body, "--header", &format!("file:{file}"), "--at", THEN, "--json", "--explain"];
        let seen = webhook(&home, &args).time_limit(Duration::from_secs(30)).run();
        assert_eq!(seen.json()["reason"], reason, "{}", seen.err());
    }
}

#[test]
fn blank_secrets_are_refused() {
    let home = Home::new();
    let header = sign(&home, b"{}");
    let blank = home.file("blank", " \t\n");
    let source = format!("file:{blank}");
    webhook(&home, &["sign", "--secret", &source]).stdin("{}").run().exits(13).says("blank");
    let args = ["verify", "--header", &header, "--at", THEN, "--json", "--explain", "--secret", &source];
    let seen = webhook(&home, &args).stdin("{}").run().exits(13);
    assert_eq!(seen.json()["reason"], "no_secret", "{seen}");
    assert!(seen.out().contains("secret_blank"), "{seen}");
    let empty = webhook(&home, &["verify", "--header", &header, "--at", THEN, "--json"]);
    empty.env("PAYCLI_WEBHOOK_SECRET", "").stdin("{}").run().exits(13);
}

#[test]
fn an_api_key_where_a_secret_belongs_is_named() {
    let home = Home::new();
    let header = sign(&home, b"{}");
    let run =
        |args: &[&str]| webhook(&home, args).env("PAYCLI_WEBHOOK_SECRET", keys::test_key()).stdin("{}").run();
    run(&["sign"]).exits(78).says("an API key");
    let seen = run(&["verify", "--header", &header, "--at", THEN]).exits(30).says("an API key");
    assert!(!format!("{seen}").contains(keys::hidden_part(&keys::test_key())), "{seen}");
    let seen = run(&["verify", "--header", &header, "--at", THEN, "--explain", "--json"]).exits(30);
    assert!(seen.out().contains("secret_is_something_else"), "{seen}");
}

#[test]
fn a_secret_on_the_command_line_is_warned_of_and_refused_in_live_mode() {
    let home = Home::new();
    let secret = keys::webhook_secret();
    webhook(&home, &["sign", "--secret", &secret]).stdin("{}").run().exits(0).says("every process can see");
    let live =
        webhook(&home, &["sign", "--secret", &secret, "-p", "live", "--live"]).stdin("{}").run().exits(2);
    assert!(!format!("{}{}", live.out(), live.err()).contains(&secret), "{}", live.err());
}

#[test]
fn live_signatures_are_made_with_live_only() {
    let home = Home::new();
    let sign = |args: &[&str]| webhook(&home, &[&["sign", "-p", "live"], args].concat()).stdin("{}").run();
    sign(&[]).exits(78).says("add --live");
    sign(&["--live"]).exits(0).says("LIVE");
    for lock in ["deny", "read-only"] {
        home.paycli(["config", "set", "live", lock]).run().exits(0);
        sign(&["--live"]).exits(78).says("locked");
    }
    webhook(&home, &["verify", "-p", "live", "--header", "t=1"]).stdin("{}").run().exits(32);
}

#[test]
fn headers_that_say_too_much_or_nothing() {
    let home = Home::new();
    let header = sign(&home, b"{}");
    let verify = |args: &[&str]| {
        webhook(&home, &[&["verify", "--at", THEN, "--json"], args].concat()).stdin("{}").run()
    };
    verify(&["--header", &header, "--header", "t=1"]).exits(2);
    let block = home.file("block", "Host: x\r\nAccept: */*\r\n\r\n");
    let seen = verify(&["--header", &format!("file:{block}")]).exits(32);
    assert_eq!(seen.json()["reason"], "no_header", "{seen}");
}

#[test]
fn the_order_of_secrets_does_not_change_the_verdict() {
    let home = Home::new();
    let header = sign(&home, b"{}");
    let file = |name: &str, text: &str| format!("file:{}", home.file(name, text));
    let (odd, wrong) = (file("odd", "whsec_a"), file("wrong", &"QUJD".repeat(8)));
    let args = ["webhook-id: m", "webhook-timestamp: 1760000000", "webhook-signature: v1,AAAA"];
    for pair in [[&odd, &wrong], [&wrong, &odd]] {
        let secrets = ["--secret", pair[0], "--secret", pair[1]];
        let stripe = [&["verify", "--at", THEN, "--json", "--header", &header], &secrets[..]].concat();
        let mut standard = [&["verify", "--at", THEN, "--json"], &secrets[..]].concat();
        standard.extend(args.iter().flat_map(|header| ["--header", header]));
        for args in [stripe, standard] {
            let seen = webhook(&home, &args).stdin("{}").run().exits(30);
            assert_eq!(seen.json()["reason"], "no_match", "{seen}");
        }
    }
}

#[test]
fn times_that_no_clock_has() {
    let home = Home::new();
    for time in ["99999999999999999999", "tomorrow", "", "1e9", "2026-13-01T00:00:00Z"] {
        webhook(&home, &["sign", "--timestamp", time]).stdin("{}").run().exits(2).says("is not a time");
        webhook(&home, &["verify", "--at", time, "--header", "t=1"]).stdin("{}").run().exits(2);
    }
    for time in ["-1", "0", "253402300800", "9223372036854775807"] {
        let header = webhook(&home, &["sign", "--timestamp", time]).stdin("{}").run().exits(0).out();
        assert!(header.starts_with(&format!("t={time},v1=")), "{header}");
    }
}

#[test]
fn files_that_are_not_there_and_streams_that_are_taken() {
    let home = Home::new();
    let header = sign(&home, b"{}");
    webhook(&home, &["sign", "nowhere.json"]).run().exits(2).says("nowhere.json cannot be read");
    webhook(&home, &["sign", "."]).run().exits(2).says("cannot be read");
    webhook(&home, &["verify", "--batch", "nowhere"]).run().exits(2).says("nowhere cannot be read");
    webhook(&home, &["verify", "--batch", "."]).run().exits(2).says("cannot be read");
    webhook(&home, &["verify", "--header", "file:nowhere"]).stdin("{}").run().exits(2).says("nowhere");
    webhook(&home, &["sign", "-", "--secret", "-"]).stdin("{}").run().exits(2).says("one thing only");
    webhook(&home, &["verify", "--header", "-"]).stdin(&header).run().exits(2).says("one thing only");
    webhook(&home, &["sign", "--secret", "env:NOT_SET"]).stdin("{}").run().exits(13).says("NOT_SET");
    webhook(&home, &["sign", "--id", "msg_1"]).stdin("{}").run().exits(2).says("--scheme standard");
    webhook(&home, &["sign"])
        .without_env("PAYCLI_WEBHOOK_SECRET")
        .stdin("{}")
        .run()
        .exits(13)
        .says("PAYCLI_WEBHOOK_SECRET");
}

#[test]
fn a_closed_output_ends_quietly() {
    let home = Home::new();
    let header = sign(&home, b"{}");
    let line = serde_json::json!({ "id": 1, "payload_utf8": "{}", "header": header }).to_string() + "\n";
    let file = home.file("lines", line.repeat(100_000));
    let script = format!("'{PAYCLI}' webhook verify --batch '{file}' --at {THEN} | head -n 1");
    let seen = home
        .command(["bash", "-c", &format!("set -o pipefail; {script}")].map(Into::into).to_vec())
        .env("PAYCLI_WEBHOOK_SECRET", keys::webhook_secret())
        .run();
    assert_eq!(seen.err(), "", "{seen}");
    assert_eq!(seen.ndjson().len(), 1, "{seen}");
    assert_eq!(seen.code(), Some(0), "{seen}");
}

#[test]
fn a_line_of_fifty_megabytes_is_one_verdict() {
    let home = Home::new();
    let body = "x".repeat(50_000_000);
    let header = sign(&home, body.as_bytes());
    let good = format!("{{\"id\":1,\"payload_utf8\":\"{body}\",\"header\":\"{header}\"}}\n");
    let seen = webhook(&home, &["verify", "--batch", "-", "--at", THEN]).stdin(&good).run().exits(0);
    assert_eq!(seen.ndjson()[0]["reason"], "ok", "{}", seen.err());
    let bad = format!("{}\n{{\"id\":2,\"payload_utf8\":\"{{}}\"}}\n", "y".repeat(50_000_000));
    let seen = webhook(&home, &["verify", "--batch", "-", "--at", THEN]).stdin(&bad).run().exits(2);
    let answers = seen.ndjson();
    assert_eq!(
        (&answers[0]["reason"], &answers[1]["reason"]),
        (&"malformed_line".into(), &"no_header".into())
    );
}
