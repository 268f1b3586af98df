//! `webhook events`: the event store as people and scripts see it, and its files.

use std::path::PathBuf;
use std::time::Duration;

use paycli::webhook::export::sha256;
use serde_json::{Value, json};

use crate::support::answer::Answer;
use crate::support::killer::{Dice, run_and_kill_after};
use crate::support::{Home, Run, Server, keys};

fn events(home: &Home, args: &[&str]) -> Run {
    home.paycli(["webhook", "events"]).args(args)
}

/// A home with some events that were sent and answered.
fn filled() -> (Home, Server) {
    let (home, server) = (Home::new(), Server::always(Answer::new(500, "no")));
    for kind in ["charge.failed", "invoice.paid", "v2.core.event_destination.ping"] {
        let run = home.paycli(["trigger", kind, "--to", &server.url()]);
        run.env("PAYCLI_WEBHOOK_SECRET", keys::webhook_secret()).run().exits(33);
    }
    (home, server)
}

fn list(home: &Home, args: &[&str]) -> Vec<Value> {
    let seen = events(home, &["list", "--json"]).args(args).run().exits(0);
    seen.json()["events"].as_array().expect("events").clone()
}

fn types(home: &Home, args: &[&str]) -> Vec<String> {
    list(home, args).iter().map(|event| event["type"].as_str().expect("a type").to_owned()).collect()
}

/// An event as somebody else wrote it: compact, keys in no order.
fn line(id: &str, kind: &str, created: i64) -> String {
    json!({"type": kind, "object": "event", "id": id, "created": created, "livemode": false,
        "data": {"object": {"id": "ch_1", "object": "charge", "amount": 90_071_992_547_409_931_i64}}})
    .to_string()
}

fn file_of(home: &Home) -> PathBuf {
    home.root().join("data/events.test.sqlite")
}

#[test]
fn events_are_listed_by_type_time_object_and_number() {
    let (home, _server) = filled();
    assert_eq!(types(&home, &[]).len(), 3);
    assert_eq!(types(&home, &["--type", "invoice.*"]), ["invoice.paid"]);
    assert_eq!(types(&home, &["--type", "charge.*,v2.*"]).len(), 2);
    assert_eq!(types(&home, &["--limit", "2"]).len(), 2);
    assert_eq!(types(&home, &["--since", "1h"]).len(), 3);
    assert_eq!(types(&home, &["--since", "2100-01-01T00:00:00Z"]).len(), 0);
    assert_eq!(types(&home, &["--until", "1000000000"]).len(), 0);
    let object =
        list(&home, &["--type", "charge.failed"])[0]["object_id"].as_str().expect("an object").to_owned();
    assert_eq!(types(&home, &["--object", &object]), ["charge.failed"]);
    let first = &list(&home, &["--type", "charge.failed"])[0];
    assert_eq!((&first["attempts"], &first["last_status"]), (&json!(1), &json!(500)));
    assert_eq!(
        events(&home, &["list"]).run().exits(0).json()["events"].as_array().map(Vec::len),
        Some(3),
        "a pipe"
    );
    for wrong in [["--type", "a b"], ["--since", "tomorrow"], ["--limit", "x"]] {
        events(&home, &["list"]).args(wrong).run().exits(2);
    }
}

#[test]
fn an_event_is_shown_with_its_attempts_and_an_unknown_one_is_an_error() {
    let (home, server) = filled();
    let id = list(&home, &["--type", "charge.failed"])[0]["event_id"].as_str().expect("an id").to_owned();
    let seen = events(&home, &["show", &id]).run().exits(0);
    for text in [&id, "charge.failed", "500", server.url().as_str(), "sha256", "\"amount\": 2000"] {
        assert!(seen.out().contains(text), "{text}: {seen}");
    }
    let raw = events(&home, &["show", &id, "--raw"]).run().exits(0);
    assert_eq!(raw.stdout, server.requests()[0].body);
    events(&home, &["show", "evt_none"]).run().exits(2).says("evt_none").says("webhook events list");
}

#[test]
fn bytes_are_the_same_after_store_export_import_and_export() {
    let (home, server) = filled();
    let sent: Vec<_> = server.requests().iter().map(|request| sha256(&request.body)).collect();
    let first = events(&home, &["export"]).run().exits(0);
    let other = Home::new();
    let seen = events(&other, &["import", "-", "--json"]).stdin(&first.stdout).run().exits(0).json();
    assert_eq!((&seen["read"], &seen["new"], &seen["new_attempts"]), (&json!(3), &json!(3), &json!(3)));
    let second = events(&other, &["export"]).run().exits(0);
    let (first, second) = (first.ndjson(), second.ndjson());
    for (index, (one, two)) in first.iter().zip(&second).enumerate() {
        assert_eq!(one["sha256"], sent[index]);
        for name in [
            "id",
            "type",
            "received_at",
            "header",
            "delivery_headers",
            "exact",
            "redacted",
            "sha256",
            "payload_utf8",
            "attempts",
        ] {
            assert_eq!(one[name], two[name], "{name}");
        }
        assert_eq!((&one["source"], &two["source"]), (&json!("triggered"), &json!("imported")));
    }
    let verified = home.paycli(["webhook", "verify", "--batch", "-", "--tolerance", "0"]);
    let lines = second.iter().map(Value::to_string).collect::<Vec<_>>().join("\n");
    verified.env("PAYCLI_WEBHOOK_SECRET", keys::webhook_secret()).stdin(lines).run().exits(0);
}

#[test]
fn what_others_write_is_imported_and_said_not_to_be_the_signed_bytes() {
    let home = Home::new();
    let page = json!({"object": "list", "url": "/v1/events", "has_more": false,
        "data": [serde_json::from_str::<Value>(&line("evt_2", "charge.failed", 2)).expect("JSON")]});
    let file = home.file("page.json", serde_json::to_string_pretty(&page).expect("JSON"));
    events(&home, &["import", &file]).run().exits(0).says("not the bytes that were signed");
    let listened =
        format!("{}\n{}\n", line("evt_1", "charge.succeeded", 1), line("evt_3", "invoice.paid", 3));
    events(&home, &["import", "-"]).stdin(listened).run().exits(0);
    assert_eq!(types(&home, &[]), ["invoice.paid", "charge.failed", "charge.succeeded"]);
    let raw = events(&home, &["show", "evt_2", "--raw"]).run().exits(0).out();
    assert!(raw.starts_with("{\n  \"id\": \"evt_2\",\n  \"object\": \"event\",\n  \"created\": 2,"), "{raw}");
    assert!(raw.contains("\"amount\": 90071992547409931\n"), "no digit is lost: {raw}");
    assert_eq!(list(&home, &["--type", "charge.failed"])[0]["exact"], false);
}

#[test]
fn a_broken_line_is_named_and_stops_it_unless_it_is_to_go_on() {
    let home = Home::new();
    let text =
        format!("{}\n\n{{\"object\":\"event\"}}\nx\n{}\n", line("evt_1", "a.b", 1), line("evt_2", "a.b", 2));
    let file = home.file("events.ndjson", &text);
    events(&home, &["import", &file]).run().exits(2).says("line 3:").says("--keep-going");
    assert_eq!(list(&home, &[]).len(), 1);
    let seen = events(&home, &["import", &file, "--keep-going", "--json"]).run().exits(41);
    let told = seen.json();
    let lines: Vec<_> =
        told["broken"].as_array().expect("lines").iter().map(|broken| &broken["line"]).collect();
    assert_eq!(lines, [&json!(3), &json!(4)]);
    assert_eq!((&told["read"], &told["new"], &told["known"]), (&json!(2), &json!(1), &json!(1)));
    events(&home, &["import", "no-such-file"]).run().exits(2).says("no-such-file");
    events(&home, &["import", "."]).run().exits(2).says("directory");
}

#[test]
fn the_same_bytes_are_stored_once_and_other_bytes_are_a_further_delivery() {
    let home = Home::new();
    for _ in 0..2 {
        events(&home, &["import", "-"]).stdin(line("evt_1", "a.b", 1) + "\n").run().exits(0);
    }
    assert_eq!(list(&home, &[]).len(), 1);
    events(&home, &["import", "-"]).stdin(line("evt_1", "a.b", 2) + "\n").run().exits(0);
    assert_eq!(list(&home, &[]).len(), 2);
    let seen = events(&home, &["show", "evt_1", "--json"]).run().exits(0).json();
    assert_eq!(seen["others"].as_array().map(Vec::len), Some(1));
}

#[test]
fn no_credential_of_an_event_is_in_the_store_or_in_an_export() {
    let home = Home::new();
    let (secret, key) = (keys::webhook_secret(), keys::live_key());
    let client_secret = format!("pi_3MtwBwLkdIwHu7ix_secret_{}", "YrKJUKribcBjcG8HVhfZluoGH");
    let event = json!({"id": "evt_1", "object": "event", "type": "a.b", "data": {"object": {"id": "pi_1",
        "client_secret": client_secret, "secret": secret, "note": format!("see {key}")}}});
    let exported = json!({"id": "evt_1", "payload_utf8": event.to_string(), "header": "t=1,v1=a",
        "delivery_headers": [["Authorization", "Bearer canary-token"]]});
    events(&home, &["import", "-"]).stdin(exported.to_string()).run().exits(0).says("credentials");
    let out = events(&home, &["export"]).run().exits(0);
    assert_eq!(out.ndjson()[0]["redacted"], true);
    for canary in
        [keys::hidden_part(&secret), keys::hidden_part(&key), "YrKJUKribcBjcG8HVhfZ", "canary-token"]
    {
        assert!(!out.out().contains(canary), "{canary}: {out}");
        for (path, bytes) in home.files() {
            assert!(
                memchr::memmem::find(&bytes, canary.as_bytes()).is_none(),
                "{canary} in {}",
                path.display()
            );
        }
    }
    assert!(out.out().contains("pi_3MtwBwLkdIwHu7ix_secret_****uoGH"), "{out}");
}

#[test]
fn old_events_are_pruned_with_their_attempts() {
    let (home, _server) = filled();
    events(&home, &["import", "-"]).stdin(line("evt_old", "a.b", 1_000_000_000) + "\n").run().exits(0);
    let seen = events(&home, &["prune", "--before", "30d", "--json"]).run().exits(0).json();
    assert_eq!(seen, json!({"schema": 1, "removed": 1}));
    assert_eq!(list(&home, &[]).len(), 3);
    events(&home, &["prune", "--before", "2100-01-01T00:00:00Z"]).run().exits(0);
    assert_eq!(list(&home, &[]).len(), 0);
    events(&home, &["prune", "--before", "soon"]).run().exits(2);
    events(&home, &["prune"]).run().exits(2);
}

#[test]
fn test_and_live_events_are_in_different_files() {
    let (home, _server) = filled();
    let live = ["-p", "live", "webhook", "events", "list", "--json"];
    assert_eq!(home.paycli(live).run().exits(0).json()["events"], json!([]));
    let write = ["-p", "live", "webhook", "events", "import", "-"];
    home.paycli(write).stdin(line("evt_1", "a.b", 1)).run().exits(78);
    home.paycli(write).args(["--live"]).stdin(line("evt_1", "a.b", 1)).run().exits(0);
    assert!(home.root().join("data/events.live.sqlite").exists());
    assert_eq!(list(&home, &[]).len(), 3);
}

#[test]
fn a_store_of_a_newer_version_is_refused_and_a_locked_one_is_said_to_be() {
    let (home, _server) = filled();
    let file = file_of(&home);
    let connection = rusqlite::Connection::open(&file).expect("a database");
    connection.execute_batch("BEGIN IMMEDIATE").expect("locked");
    let import = ["import", "-", "--timeout", "300ms"];
    events(&home, &import).stdin(line("evt_1", "a.b", 1)).run().exits(23).says("locked");
    connection.execute_batch("ROLLBACK").expect("let go");
    connection.pragma_update(None, "user_version", 99).expect("set");
    events(&home, &["list"]).run().exits(23).says("version 99");
    drop(connection);
    std::fs::write(&file, "not a database at all, and longer than a header\n".repeat(40)).expect("written");
    events(&home, &["list"]).run().exits(23).says("events.test.sqlite");
}

#[test]
fn two_imports_at_once_lose_nothing() {
    let home = Home::new();
    let lines = |from: usize| -> String {
        (from..from + 2000).map(|number| line(&format!("evt_{number}"), "a.b", 1) + "\n").collect()
    };
    let running: Vec<_> = [0, 1000]
        .map(|from| events(&home, &["import", "-"]).stdin(lines(from)).start())
        .into_iter()
        .collect();
    for run in running {
        run.wait().exits(0);
    }
    assert_eq!(events(&home, &["export", "-q"]).run().exits(0).ndjson().len(), 3000);
}

#[cfg(unix)]
#[test]
fn a_full_disk_is_said_and_the_store_stays_whole() {
    let (home, _server) = filled();
    let lines: String = (0..2000).map(|number| line(&format!("evt_{number}"), "a.b", 1) + "\n").collect();
    let file = home.file("events.ndjson", &lines);
    let shell = format!("trap '' XFSZ; ulimit -f 256; exec '{}' \"$@\"", crate::support::env::PAYCLI);
    let command = ["sh", "-c", &shell, "sh", "webhook", "events", "import", &file].map(Into::into).to_vec();
    home.command(command).run().exits(23).says("event store");
    events(&home, &["import", &file]).run().exits(0);
    assert_eq!(events(&home, &["export", "-q"]).run().exits(0).ndjson().len(), 2003);
}

#[test]
fn an_import_that_is_killed_leaves_whole_events_and_can_be_run_again() {
    let mut dice = Dice::seeded("killed imports");
    let home = Home::new();
    let exported: String = (0..3000)
        .map(|number| {
            let payload = line(&format!("evt_{number}"), "a.b", number);
            let attempt = json!({"sender": "listen", "target": "http://localhost/", "started_at": "2026-01-01T00:00:00Z"});
            json!({"schema": 1, "id": number.to_string(), "payload_utf8": payload, "attempts": [attempt]}).to_string() + "\n"
        })
        .collect();
    let file = home.file("events.ndjson", &exported);
    for _ in 0..8 {
        run_and_kill_after(events(&home, &["import", &file]), dice.time_below(Duration::from_millis(400)));
        for event in events(&home, &["export", "-q"]).run().exits(0).ndjson() {
            assert_eq!(event["attempts"].as_array().map(Vec::len), Some(1), "no half of an event: {event}");
        }
    }
    events(&home, &["import", &file]).run().exits(0);
    assert_eq!(events(&home, &["export", "-q"]).run().exits(0).ndjson().len(), 3000);
}
