//! Options of `webhook replay` one by one, and the way of the bytes from one home to the next.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::peers::url_of;
use super::webhook_listen::{accepting, header_of};
use crate::support::answer::Answer;
use crate::support::http::send;
use crate::support::server::Received;
use crate::support::{Home, Run, Server, Step, events, keys};

fn replay(home: &Home, server: &Server, args: &[&str]) -> Run {
    let run = home.paycli(["webhook", "replay", "--to", &server.url(), "--json"]).args(args);
    run.env("PAYCLI_WEBHOOK_SECRET", keys::webhook_secret())
}

fn ids(server: &Server) -> BTreeSet<String> {
    events::ids(server).into_iter().collect()
}

fn id(number: usize) -> String {
    format!("evt_replay{number:06}")
}

/// A server that refuses the events of some numbers for good, as long as it is told to.
fn refusing(numbers: &'static [usize]) -> Server {
    Server::answering(move |request| {
        let is_refused = numbers.iter().any(|number| events::id(request) == id(*number));
        Step::Answer(Answer::new(if is_refused { 400 } else { 200 }, "{}"))
    })
}

#[test]
fn restart_forgets_what_was_accepted() {
    let home = Home::new();
    let (file, server) = (events::file(&home, 6), refusing(&[4]));
    let report = |args: &[&str]| replay(&home, &server, args).run().exits(33).json();
    let plain = ["--from", &file];
    assert_eq!(report(&plain)["accepted"], 5);
    let on = report(&plain);
    assert_eq!((&on["accepted"], &on["accepted_before"], &on["attempts"]), (&json!(0), &json!(5), &json!(1)));
    let anew = report(&["--from", &file, "--restart"]);
    assert_eq!(
        (&anew["accepted"], &anew["accepted_before"], &anew["attempts"]),
        (&json!(5), &json!(0), &json!(6))
    );
    assert_eq!(server.requests().len(), 6 + 1 + 6);
}

#[test]
fn a_dry_run_says_what_the_same_command_would_send() {
    let home = Home::new();
    let (file, server) = (events::file(&home, 6), refusing(&[2, 4]));
    let planned = |args: &[&str]| -> Vec<String> {
        let lines = replay(&home, &server, &[args, &["--dry-run"]].concat()).run().exits(0).ndjson();
        lines.iter().map(|line| line["event_id"].as_str().expect("an id").to_owned()).collect()
    };
    let from = ["--from", &file];
    assert_eq!(planned(&from), (0..6).map(id).collect::<Vec<_>>());
    assert!(server.requests().is_empty());
    replay(&home, &server, &from).run().exits(33);
    assert_eq!(planned(&from), [id(2), id(4)], "the others were accepted");
    assert_eq!(planned(&["--from", &file, "--restart"]), (0..6).map(id).collect::<Vec<_>>());
    let on = replay(&home, &server, &from).run().exits(33).json();
    assert_eq!(on["attempts"], 2, "a dry run, with --restart too, changes nothing");
    // From the store it is the same; what came since a replay began is not part of it.
    replay(&home, &server, &[]).run().exits(33);
    assert_eq!(planned(&[]), [id(2), id(4)]);
}

#[test]
fn retries_are_as_many_as_asked_for_and_each_is_signed_anew() {
    let home = Home::new();
    let file = events::file(&home, 1);
    for (retries, attempts) in [("0", 1_usize), ("1", 2), ("3", 4)] {
        let server = Server::always(Answer::new(503, ""));
        let report = replay(&home, &server, &["--from", &file, "--retries", retries]).run().exits(33).json();
        assert_eq!((&report["attempts"], server.requests().len()), (&json!(attempts), attempts));
        let times: BTreeMap<_, _> = server
            .requests()
            .iter()
            .map(|request| (request.at, request.header("stripe-signature").expect("one").to_owned()))
            .collect();
        let first_and_last = (times.values().next(), times.values().last());
        assert!(attempts < 4 || first_and_last.0 != first_and_last.1, "{times:?}");
    }
    let server = accepting();
    for wrong in ["-1", "many", "101"] {
        replay(&home, &server, &["--from", &file, "--retries", wrong]).run().exits(2);
    }
    assert!(server.requests().is_empty());
}

#[test]
fn the_rate_is_one_of_deliveries_begun_and_takes_fractions() {
    let home = Home::new();
    let (file, server) = (events::file(&home, 4), accepting());
    replay(&home, &server, &["--from", &file, "--rate", "2.5/s"]).run().exits(0);
    let times: Vec<_> = server.requests().iter().map(|request| request.at).collect();
    let took = times.last().expect("deliveries").duration_since(times[0]);
    // Three pauses of 400 ms; what is held up on a busy machine may not be made up for below that.
    assert!(took >= Duration::from_millis(1100), "4 deliveries at 2.5 a second took {took:?}");
    for wrong in ["0", "-1", "fast", "1/m", "nan", "inf"] {
        replay(&home, &server, &["--from", &file, "--rate", wrong]).run().exits(2);
    }
    assert_eq!(server.requests().len(), 4);
}

#[test]
fn types_times_ids_and_objects_choose_in_a_file_as_in_the_store() {
    const ALL: [usize; 21] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20];
    let home = Home::new();
    let file = events::file(&home, 21);
    let filled = accepting();
    replay(&home, &filled, &["--from", &file]).run().exits(0);
    // Of the tests' events, number N was created N seconds after 2025-10-09T08:53:20Z.
    for (args, numbers) in [
        (&["--type", "charge.*"][..], &[2, 5, 8, 11, 14, 17, 20][..]),
        (&["--type", "charge.*", "--object", "obj_3"], &[17]),
        (&["--since", "1760000018"], &[18, 19, 20]),
        (&["--since", "2025-10-09T08:53:38Z", "--until", "2025-10-09T10:53:40+02:00"], &[18, 19]),
        (&["--until", "1760000002"], &[0, 1]),
        (&["--type", "invoice.created", "--until", "1760000008"], &[1, 4, 7]),
        (&["evt_replay000003", "--type", "invoice.*"], &[3]),
        (&["--since", "1h"], &[]),
        (&["--type", "*"], &ALL),
    ] {
        for source in [&["--from", &file][..], &[]] {
            let server = accepting();
            replay(&home, &server, &[args, source].concat()).run().exits(0);
            assert_eq!(
                ids(&server),
                numbers.iter().map(|number| id(*number)).collect(),
                "{args:?} {source:?}"
            );
        }
    }
}

/// Bodies that are written in no usual way, and of which every byte is signed.
fn odd_bodies() -> Vec<String> {
    let plain = |id: &str, extra: &str| {
        format!(
            "{{\"id\":\"{id}\",\"object\":\"event\",\"created\":1760000000,\"type\":\"charge.succeeded\",\"livemode\":false,\"data\":{{\"object\":{{\"id\":\"ch_1\",\"object\":\"charge\",\"note\":{extra}}}}}}}"
        )
    };
    let pretty = serde_json::to_string_pretty(&events::event(7, "invoice.paid", "in_1")).expect("JSON");
    vec![
        pretty.clone(),
        pretty.replace('\n', "\r\n"),
        format!("\n \t{}\n\n", plain("evt_spaced", "1")),
        plain("evt_escapes", "\"caf\\u00e9 \\/ \\u003cb\\u003e \\ud83c\\udf89 \\u0000\""),
        plain("evt_raw", "\"café 🎉 \u{2028} \u{feff}\""),
        plain("evt_numbers", "[25.0, 1e-07, 1E3, 12345678901234567890, -0, 0.10]"),
        plain("evt_twice", "{\"a\": 1, \"a\": 2}"),
        plain("evt_large", &format!("\"{}\"", "x".repeat(300_000))),
    ]
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

#[test]
fn bytes_are_the_same_when_they_are_received_exported_imported_and_replayed() {
    let (home, bodies, forwarded) = (Home::new(), odd_bodies(), accepting());
    let count = bodies.len().to_string();
    let listen = home.paycli(["listen", "--port", "0", "--count", &count, "--forward-to", &forwarded.url()]);
    let mut listen = listen.env("PAYCLI_WEBHOOK_SECRET", keys::webhook_secret()).start();
    let url = url_of(&mut listen);
    for body in &bodies {
        let header = header_of(body, &keys::webhook_secret());
        assert_eq!(send(&url, "POST", "/", &[&header], body).expect("an answer").status, 200, "{body}");
    }
    listen.wait().exits(0);
    let sums: BTreeSet<_> = bodies.iter().map(|body| sha256(body.as_bytes())).collect();
    let of = |requests: &[Received]| requests.iter().map(|it| sha256(&it.body)).collect::<BTreeSet<_>>();
    assert_eq!(of(&forwarded.requests()), sums, "forwarded");
    let export = |home: &Home| home.paycli(["webhook", "events", "export"]).run().exits(0);
    let told = |lines: &[Value]| -> BTreeSet<String> {
        lines.iter().map(|line| line["sha256"].as_str().expect("a sum").to_owned()).collect()
    };
    let first = export(&home);
    assert_eq!(told(&first.ndjson()), sums, "exported");
    let other = Home::new();
    other.paycli(["webhook", "events", "import", "-"]).stdin(&first.stdout).run().exits(0);
    let second = export(&other);
    assert_eq!(told(&second.ndjson()), sums, "imported and exported");
    let file = other.file("events.ndjson", &second.stdout);
    for (home, args) in [
        (&home, &["--resign"][..]),
        (&home, &["--original-signature"]),
        (&other, &["--resign"]),
        (&other, &["--original-signature"]),
        (&Home::new(), &["--from", &file]),
        (&Home::new(), &["--from", &file, "--original-signature"]),
    ] {
        let server = accepting();
        replay(home, &server, args).run().exits(0);
        let requests = server.requests();
        assert_eq!((requests.len(), of(&requests)), (bodies.len(), sums.clone()), "{args:?}");
        for request in &requests {
            let header = format!("Stripe-Signature: {}", request.header("stripe-signature").expect("one"));
            let body = request.text();
            assert!(is_good(&header, &body), "{args:?} {body}");
        }
    }
}

fn is_good(header: &str, body: &str) -> bool {
    let home = Home::new();
    let value = header.split_once(": ").expect("a header").1;
    let verify = home.paycli(["webhook", "verify", "-", "--header", value]).stdin(body);
    verify.env("PAYCLI_WEBHOOK_SECRET", keys::webhook_secret()).run().code() == Some(0)
}
