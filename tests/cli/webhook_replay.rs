//! `webhook replay`: what is sent, in which order, how it goes on after a stop or a kill, and what it says.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::time::Duration;

use paycli::keys::SigningSecret;
use paycli::webhook::{SigningKey, Window, signature};
use serde_json::{Value, json};

use crate::support::answer::Answer;
use crate::support::killer::Dice;
use crate::support::{Home, Run, Seen, Server, Step, events, keys, server};

fn accepting() -> Server {
    Server::always(Answer::new(200, "{}")).keep_alive()
}

fn replay(home: &Home, to: &str) -> Run {
    home.paycli(["webhook", "replay", "--to", to]).env("PAYCLI_WEBHOOK_SECRET", keys::webhook_secret())
}

fn from(home: &Home, file: &str, server: &Server, args: &[&str]) -> Seen {
    replay(home, &server.url()).args(["--from", file, "--json"]).args(args).run()
}

/// Puts events into the store of a home: a replay from a file leaves them there.
fn stored(count: usize) -> Home {
    let (home, server) = (Home::new(), accepting());
    from(&home, &events::file(&home, count), &server, &[]).exits(0);
    home
}

#[test]
fn every_event_of_a_file_is_delivered_once_signed_now_in_stripes_form() {
    let (home, server) = (Home::new(), accepting());
    let seen = from(&home, &events::file(&home, 30), &server, &[]).exits(0);
    let report = seen.json();
    assert_eq!(
        (&report["accepted"], &report["failed"], &report["attempts"]),
        (&json!(30), &json!(0), &json!(30))
    );
    assert!(report["latency_ms"]["p99"].as_f64() > Some(0.0), "{seen}");
    assert_eq!(events::counts(&server).len(), 30);
    let key = SigningKey::stripe(&SigningSecret::new(keys::webhook_secret())).expect("a key");
    for request in server.requests() {
        let now = paycli::time::UnixMillis::now().0 / 1000;
        let header = request.header("stripe-signature").map(str::as_bytes);
        let verdict = signature::verify(
            &request.body,
            header,
            std::slice::from_ref(&key),
            Window { now, tolerance_seconds: 60 },
        );
        assert!(verdict.is_valid(), "{verdict:?}");
        assert!(request.text().starts_with("{\n  \"id\": \"evt_replay"), "{}", request.text());
        assert_eq!(request.header("user-agent"), Some("Stripe/1.0 (+https://stripe.com/docs/webhooks)"));
    }
}

#[test]
fn events_of_one_object_keep_their_order() {
    let (home, server) = (Home::new(), accepting());
    from(&home, &events::file(&home, 300), &server, &["--concurrency", "5"]).exits(0);
    let mut last: BTreeMap<String, i64> = BTreeMap::new();
    for request in server.requests() {
        let event: Value = serde_json::from_slice(&request.body).expect("an event");
        let object = &event["data"]["object"];
        let number = object["number"].as_i64().expect("a number");
        let before = last.insert(object["id"].as_str().expect("an id").to_owned(), number);
        assert!(before.is_none_or(|before| before < number), "{before:?} before {number}");
    }
    assert!(server.most_in_flight() > 1);
}

#[test]
fn the_store_is_filtered_by_type_id_object_and_time() {
    let home = stored(21);
    let sent = |args: &[&str]| {
        let server = accepting();
        let seen = replay(&home, &server.url()).args(args).run().exits(0);
        let mut ids = events::ids(&server);
        ids.sort();
        assert!(seen.out().contains(" accepted"), "{seen}");
        ids
    };
    assert_eq!(sent(&[]).len(), 21);
    assert_eq!(sent(&["--type", "invoice.*"]).len(), 14);
    assert_eq!(sent(&["--type", "invoice.paid,charge.*"]).len(), 14);
    assert_eq!(sent(&["--object", "obj_3"]), ["evt_replay000003", "evt_replay000010", "evt_replay000017"]);
    assert_eq!(sent(&["evt_replay000005", "evt_replay000001"]), ["evt_replay000001", "evt_replay000005"]);
    assert_eq!(
        sent(&["--since", "1760000018", "--until", "1760000020"]),
        ["evt_replay000018", "evt_replay000019"]
    );
    let unknown = replay(&home, &server::nobody()).args(["evt_other"]).run().exits(2);
    unknown.says("evt_other is not in the event store");
}

#[test]
fn stored_events_are_sent_byte_for_byte() {
    let home = stored(5);
    let (first, second) = (accepting(), accepting());
    replay(&home, &first.url()).run().exits(0);
    replay(&home, &second.url()).run().exits(0);
    let bodies = |server: &Server| {
        let mut bodies: Vec<_> = server.requests().into_iter().map(|request| request.body).collect();
        bodies.sort();
        bodies
    };
    assert_eq!(bodies(&first), bodies(&second));
}

#[test]
fn what_was_not_accepted_is_sent_by_the_same_command_and_nothing_else_is() {
    let home = Home::new();
    let file = events::file(&home, 20);
    let refusing = std::sync::atomic::AtomicBool::new(true);
    let server = Server::answering(move |request| {
        let is_refused =
            events::id(request).ends_with('7') && refusing.load(std::sync::atomic::Ordering::SeqCst);
        if events::id(request).ends_with("000017") {
            refusing.store(false, std::sync::atomic::Ordering::SeqCst);
        }
        Step::Answer(Answer::new(if is_refused { 400 } else { 200 }, "no"))
    });
    let seen = from(&home, &file, &server, &["--concurrency", "1"]).exits(33);
    let report = seen.json();
    assert_eq!((&report["accepted"], &report["failed"]), (&json!(18), &json!(2)), "{seen}");
    assert_eq!(report["failures"][0]["status"], 400, "{seen}");
    assert_eq!(report["answers"], json!({"200": 18, "400": 2}));
    let again = from(&home, &file, &server, &["--concurrency", "1"]).exits(0).json();
    assert_eq!((&again["accepted"], &again["accepted_before"]), (&json!(2), &json!(18)));
    assert_eq!(events::ids(&server).len(), 22);
    // It is finished: the same command is a new replay.
    let third = from(&home, &file, &server, &[]).exits(0).json();
    assert_eq!((&third["accepted"], &third["accepted_before"]), (&json!(20), &json!(0)));
}

#[test]
fn a_failed_delivery_is_tried_again_and_a_refused_one_is_not() {
    let home = Home::new();
    let file = events::file(&home, 1);
    let server = Server::script([Answer::new(500, ""), Answer::new(503, ""), Answer::new(200, "")]);
    let report = from(&home, &file, &server, &["--retries", "2"]).exits(0).json();
    assert_eq!((&report["accepted"], &report["attempts"]), (&json!(1), &json!(3)));
    let server = Server::always(Answer::new(404, ""));
    assert_eq!(from(&home, &file, &server, &[]).exits(33).json()["attempts"], 1);
    let server = Server::always(Answer::new(302, "").header("Location", "/elsewhere"));
    let report = from(&home, &file, &server, &[]).exits(33).json();
    assert_eq!((&report["attempts"], &report["failures"][0]["outcome"]), (&json!(1), &json!("redirected")));
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn targets_that_refuse_hang_or_answer_garbage_are_told_apart() {
    let home = Home::new();
    let file = events::file(&home, 3);
    let outcome = |server: &Server, args: &[&str]| {
        let seen = from(&home, &file, server, &[&["--retries", "0"], args].concat()).exits(33);
        seen.json()["failures"][0]["outcome"].as_str().expect("an outcome").to_owned()
    };
    assert_eq!(
        outcome(&Server::always(Step::Stall(Duration::from_secs(5))), &["--timeout", "300ms"]),
        "timed_out"
    );
    assert_eq!(outcome(&Server::always(Step::DropAfterRead), &[]), "closed");
    let seen = replay(&home, &server::nobody()).args(["--from", &file, "--retries", "0"]).run().exits(33);
    seen.says("nobody");
}

#[test]
fn where_nobody_answers_the_replay_stops_before_everything_has_failed() {
    let home = Home::new();
    let file = events::file(&home, 2000);
    let report =
        replay(&home, &server::nobody()).args(["--from", &file, "--retries", "0", "--json"]).run().exits(33);
    let report = report.json();
    assert!(report["failed"].as_u64() < Some(500) && report["not_sent"].as_u64() > Some(1000), "{report}");
    let server = accepting();
    assert_eq!(
        from(&home, &file, &server, &[]).exits(0).json()["accepted"],
        2000,
        "another target is another replay"
    );
}

#[test]
fn a_broken_line_is_named_and_nothing_more_is_sent() {
    let (home, server) = (Home::new(), accepting());
    let lines = format!("{}{{\"id\": \"evt_x\n{}", events::lines(3), events::lines(6));
    let file = home.file("broken.ndjson", lines);
    from(&home, &file, &server, &[]).exits(2);
    let seen = replay(&home, &server.url()).args(["--from", &file]).run().exits(2);
    seen.says("broken.ndjson, line 4").says("--keep-going");
    assert!(events::ids(&server).len() <= 3);
    let report = from(&home, &file, &server, &["--keep-going"]).exits(33).json();
    assert_eq!(report["broken_lines"], 1);
    assert_eq!(events::counts(&server).len(), 6);
    let other = home.file("other.ndjson", "{\"object\": \"charge\", \"id\": \"ch_1\"}\n");
    replay(&home, &server.url()).args(["--from", &other]).run().exits(2).says("line 1: not an event");
    replay(&home, &server.url()).args(["--from", "missing.ndjson"]).run().exits(2).says("missing.ndjson");
}

#[test]
fn the_apis_list_and_standard_input_are_read_too() {
    let (home, server) = (Home::new(), accepting());
    // The API lists the newest first.
    let data: Vec<_> = (0..4).rev().map(|number| events::event(number, "invoice.paid", "in_1")).collect();
    let list = json!({"object": "list", "url": "/v1/events", "has_more": false, "data": data});
    let pretty = home.file("list.json", serde_json::to_string_pretty(&list).expect("JSON"));
    assert_eq!(from(&home, &pretty, &server, &[]).exits(0).json()["accepted"], 4);
    let piped =
        replay(&home, &server.url()).args(["--from", "-", "--json"]).stdin(list.to_string()).run().exits(0);
    assert_eq!(piped.json()["accepted"], 4);
    let ids: Vec<_> = server.requests()[..4].iter().map(events::id).collect();
    assert_eq!(ids, ["evt_replay000000", "evt_replay000001", "evt_replay000002", "evt_replay000003"]);
}

#[test]
fn a_dry_run_says_what_would_go_where_and_sends_nothing() {
    let home = stored(4);
    let server = accepting();
    let seen = replay(&home, &server.url()).args(["--dry-run", "--type", "invoice.*"]).run().exits(0);
    assert_eq!(seen.out().lines().count(), 3, "{seen}");
    assert!(
        seen.out().contains(&server.url()) && seen.out().contains("invoice.paid [evt_replay000000] obj_0"),
        "{seen}"
    );
    let lines = replay(&home, &server.url()).args(["--dry-run", "--json"]).run().exits(0).ndjson();
    assert_eq!((lines.len(), &lines[0]["event_id"]), (4, &json!("evt_replay000000")));
    assert!(server.requests().is_empty());
}

#[test]
fn original_signatures_are_sent_as_they_were_and_warned_of() {
    let (home, server) = (Home::new(), accepting());
    let secret = keys::webhook_secret();
    let seen =
        replay(&home, &server.url()).args(["--from", &events::file(&home, 1), "--original-signature"]).run();
    let seen = seen.exits(33).says("original signatures");
    assert!(server.requests().is_empty() && seen.err().contains("not stored"), "{seen}");
    assert!(!seen.err().contains(&secret) && !seen.out().contains(&secret));
}

#[test]
fn the_rate_is_not_exceeded() {
    let (home, server) = (Home::new(), accepting());
    from(&home, &events::file(&home, 20), &server, &["--rate", "40/s"]).exits(0);
    let times: Vec<_> = server.requests().iter().map(|request| request.at).collect();
    let took = times.last().expect("deliveries").duration_since(times[0]);
    assert!(took >= Duration::from_millis(400), "20 deliveries at 40 a second took {took:?}");
}

#[test]
fn what_cannot_be_replayed_is_refused_before_anything_is_sent() {
    let (home, server) = (Home::new(), accepting());
    let file = events::file(&home, 1);
    let plain =
        |args: &[&str]| home.paycli(["webhook", "replay", "--from", &file, "--to", &server.url()]).args(args);
    plain(&[]).run().exits(13).says("PAYCLI_WEBHOOK_SECRET");
    plain(&["-p", "live"]).run().exits(78).says("--live");
    replay(&home, "nonsense target").run().exits(2);
    replay(&home, &server.url()).args(["--type", "a b"]).run().exits(2);
    replay(&home, &server.url()).args(["--since", "yesterday-ish"]).run().exits(2);
    replay(&home, &server.url()).args(["--rate", "0"]).run().exits(2);
    replay(&home, &server.url()).args(["--resign", "--original-signature"]).run().exits(2);
    assert!(server.requests().is_empty());
}

#[test]
fn ctrl_c_records_what_is_under_way_and_the_same_command_goes_on() {
    let home = Home::new();
    let file = events::file(&home, 400);
    let server = Server::always(Answer::new(200, "").after(Duration::from_millis(10))).keep_alive();
    let command = || replay(&home, &server.url()).args(["--from", &file, "--concurrency", "4", "--json"]);
    let mut running = command().start();
    running.until("some deliveries", |_| server.requests().len() > 20);
    rustix::process::kill_process(
        rustix::process::Pid::from_raw(i32::try_from(running.id()).expect("a pid")).expect("a pid"),
        rustix::process::Signal::INT,
    )
    .expect("a signal");
    let seen = running.wait();
    let report = seen.json();
    assert_eq!((&report["exit_code"], &report["interrupted"]), (&json!(130), &json!(true)), "{seen}");
    let before = server.requests().len();
    assert_eq!(report["accepted"], before, "{seen}");
    let report = command().run().exits(0).json();
    assert_eq!((&report["accepted_before"], &report["accepted"]), (&json!(before), &json!(400 - before)));
    assert!(events::counts(&server).values().all(|count| *count == 1));
}

/// Kills a replay at random moments until it is done, and looks at what arrived.
fn killed(count: usize, rounds: usize, concurrency: usize, more: &[&str]) {
    let mut dice = Dice::seeded("killed replay");
    let home = Home::new();
    let file = events::file(&home, count);
    let server = accepting();
    let lanes = concurrency.to_string();
    let command =
        || replay(&home, &server.url()).args(["--from", &file, "--concurrency", &lanes, "--json"]).args(more);
    // A replay that is done begins anew when it is called again, so none is killed near its end.
    let last = count - count / 4;
    let mut kills = 0;
    while kills < rounds && server.requests().len() < last {
        let mut running = command().time_limit(Duration::from_secs(300)).start();
        let (begun, wished) = (server.requests().len(), 1 + dice.below(2 * count / rounds));
        let until = (begun + wished).min(last);
        while server.requests().len() < until && !running.has_ended() {
            std::thread::sleep(dice.time_below(Duration::from_millis(3)));
        }
        assert!(!running.has_ended(), "it ended with {} of {count} events", server.requests().len());
        kills += 1;
        running.kill();
        running.wait();
    }
    command().time_limit(Duration::from_secs(300)).run().exits(0);
    let counts = events::counts(&server);
    assert_eq!(counts.len(), count, "every event arrives");
    let twice: usize = counts.values().map(|count| count - 1).sum();
    assert!(kills > 0 && twice <= kills * concurrency, "{twice} duplicates after {kills} kills");
}

#[test]
fn a_killed_replay_goes_on_and_repeats_no_more_than_was_under_way() {
    killed(600, 5, 4, &[]);
}

#[test]
fn a_killed_replay_without_order_repeats_no_more_than_was_under_way_either() {
    killed(1_500, 5, 5, &["--unordered"]);
}

/// A target that answers nobody until so many requests wait for it at once.
fn answering_together(count: usize) -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        let mut waiting = Vec::new();
        for stream in listener.incoming().take(count) {
            let mut stream = stream.expect("a connection");
            stream.read_exact(&mut [0; 16]).expect("a request");
            waiting.push(stream);
        }
        for mut stream in waiting {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").expect("taken");
            // Kept open: closing with a request unread would cut the answer off.
            std::mem::forget(stream);
        }
    });
    url
}

#[test]
fn no_lane_is_idle_while_events_wait_for_another() {
    let home = Home::new();
    let url = answering_together(9);
    let args = ["--concurrency", "9", "--unordered", "--retries", "0", "--timeout", "30s", "--json"];
    let seen = replay(&home, &url).args(["--from", &events::file(&home, 9)]).args(args).run().exits(0);
    assert_eq!(seen.json()["accepted"], 9, "{seen}");
}

#[test]
fn every_event_of_several_pages_is_delivered_once_whatever_the_lanes_and_the_order() {
    let home = stored(1_300);
    for args in [
        &["--concurrency", "1"][..],
        &["--concurrency", "1", "--unordered"],
        &["--concurrency", "37"],
        &["--concurrency", "37", "--unordered"],
        &["--concurrency", "2000", "--unordered"],
    ] {
        let server = accepting();
        let seen = replay(&home, &server.url()).args(args).args(["--json"]).run().exits(0);
        assert_eq!(seen.json()["accepted"], 1_300, "{args:?}");
        let counts = events::counts(&server);
        assert!(counts.len() == 1_300 && counts.values().all(|count| *count == 1), "{args:?}");
    }
}

#[test]
#[ignore = "slow: run by scripts/test.sh"]
fn a_replay_killed_fifty_times_loses_nothing() {
    killed(10_000, 50, 8, &[]);
}

#[test]
fn two_of_the_same_replay_do_not_run_at_once() {
    let home = Home::new();
    let file = events::file(&home, 50);
    let server = Server::always(Answer::new(200, "").after(Duration::from_millis(100)));
    let command = || replay(&home, &server.url()).args(["--from", &file, "--concurrency", "1"]);
    let mut first = command().start();
    first.until("a delivery", |_| !server.requests().is_empty());
    command().run().exits(12).says("running in another process");
    first.kill();
}
