//! `paycli batch`: many requests from a file, each exactly once.

mod bad_input;
mod conflicts;
mod kill;
mod progress;
mod stops;

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::server::{Answer, Received, Step};
use crate::support::{Home, Seen, Server};

/// A line of NDJSON.
fn line(id: &str) -> String {
    line_of(id, &json!({"amount": 2000, "currency": "usd", "metadata": {"order": id}}))
}

fn line_of(id: &str, data: &Value) -> String {
    let line = json!({"id": id, "method": "POST", "path": "/v1/payment_intents", "data": data});
    format!("{line}\n")
}

fn lines(count: usize) -> String {
    (0..count).map(|number| line(&format!("order-{number}"))).collect()
}

/// The parameter that tells which line a request is of.
fn order(request: &Received) -> String {
    let form = request.form();
    form.into_iter().find(|(name, _)| name == "metadata[order]").map(|pair| pair.1).unwrap_or_default()
}

/// An answer that names its line.
fn answer(request: &Received) -> Answer {
    Answer::new(200, json!({"id": format!("pi_{}", order(request)), "livemode": false}).to_string())
}

/// A server that answers every line.
fn server() -> Server {
    Server::answering(|request| answer(request).into()).keep_alive()
}

fn batch(home: &Home, server: &Server, text: &str) -> crate::support::Run {
    let file = home.file("orders.ndjson", text);
    home.at(server, ["batch", &file])
}

fn ids(seen: &Seen) -> Vec<String> {
    seen.ndjson().iter().map(|line| line["id"].as_str().expect("an id").to_owned()).collect()
}

/// Keys by the line that they were sent with.
fn keys(server: &Server) -> BTreeMap<String, Vec<String>> {
    let mut keys: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for request in server.requests() {
        keys.entry(order(&request)).or_default().push(request.key().expect("a key").to_owned());
    }
    keys
}

#[test]
fn every_line_is_sent_once_under_its_own_key_and_told_in_order() {
    let (home, server) = (Home::new(), server());
    let seen = batch(&home, &server, &lines(40)).run().exits(0).says("40 succeeded");
    let expected: Vec<_> = (0..40).map(|number| format!("order-{number}")).collect();
    assert_eq!(ids(&seen), expected);
    for line in seen.ndjson() {
        let id = line["id"].as_str().expect("an id");
        assert_eq!(line["body"]["id"], format!("pi_{id}"), "{line}");
        assert_eq!(
            (&line["outcome"], &line["attempts"], &line["schema"]),
            (&json!("succeeded"), &json!(1), &json!(1))
        );
        assert_eq!(line["idempotency_key"], keys(&server)[id][0]);
    }
    let mut all: Vec<_> = keys(&server).into_values().flatten().collect();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 40);
    assert!(home.entries().iter().all(|entry| entry["state"] == "succeeded"));
}

#[test]
fn a_second_run_sends_nothing_and_prints_the_stored_results() {
    let (home, server) = (Home::new(), server());
    let first = batch(&home, &server, &lines(10)).run().exits(0);
    let again = batch(&home, &server, &lines(10)).run().exits(0).says("10 results are from earlier runs");
    assert_eq!(server.requests().len(), 10, "{again}");
    assert_eq!(ids(&first), ids(&again));
    for (first, again) in first.ndjson().iter().zip(again.ndjson()) {
        assert_eq!((&first["body"], &first["idempotency_key"]), (&again["body"], &again["idempotency_key"]));
        assert_eq!(again["replayed_by"], "journal");
    }
    // More lines at the end are sent, and only they.
    batch(&home, &server, &lines(12)).run().exits(0);
    assert_eq!(server.requests().len(), 12);
    // Another name is another batch.
    batch(&home, &server, &lines(10)).args(["--name", "other"]).run().exits(0);
    assert_eq!(server.requests().len(), 22);
}

#[test]
fn the_order_of_lines_in_the_file_does_not_count_for_their_keys() {
    let (home, server) = (Home::new(), server());
    batch(&home, &server, &lines(10)).run().exits(0);
    let reversed = lines(10).lines().rev().collect::<Vec<_>>().join("\n");
    batch(&home, &server, &reversed).run().exits(0);
    assert_eq!(server.requests().len(), 10);
}

#[test]
fn csv_is_the_same_batch_as_ndjson() {
    let (home, server) = (Home::new(), server());
    let csv = "\u{feff}id,method,path,amount,currency,metadata[order],description,idempotency_key\r\n\
               a-1,POST,/v1/payment_intents,2000,usd,a-1,\"a \"\"b\"\", c\",\r\n\
               a-2,,payment_intents,300,eur,a-2,,own-key\r\n";
    let file = home.file("orders.csv", csv);
    let seen = home.at(&server, ["batch", &file]).run().exits(0);
    assert_eq!(ids(&seen), ["a-1", "a-2"]);
    let requests = server.requests();
    let sent = requests.iter().find(|request| order(request) == "a-1").expect("a request");
    assert_eq!(sent.text(), "amount=2000&currency=usd&metadata%5Border%5D=a-1&description=a+%22b%22%2C+c");
    assert_eq!(keys(&server)["a-2"], ["own-key"]);
    let ndjson = line_of("a-2", &json!({"amount": 300, "currency": "eur", "metadata": {"order": "a-2"}}))
        .replace("\"id\":", "\"idempotency_key\":\"own-key\",\"id\":");
    let other = home.file("other.ndjson", ndjson);
    home.at(&server, ["batch", &other, "--name", "orders.csv"]).run().exits(0);
    assert_eq!(server.requests().len(), 2, "the same line, written otherwise");
}

#[test]
fn standard_input_is_read_by_way_of_a_temporary_file() {
    let (home, server) = (Home::new(), server());
    for _ in 0..2 {
        let seen = home.at(&server, ["batch", "-"]).stdin(lines(5)).run().exits(0).says("batch stdin");
        assert_eq!(ids(&seen).len(), 5);
    }
    assert_eq!(server.requests().len(), 5);
}

#[test]
fn what_failed_for_good_exits_41_and_what_is_unknown_20() {
    let home = Home::new();
    let server = Server::answering(|request| match &*order(request) {
        "declined" => Answer::error(402, "card_error", Some("card_declined")).into(),
        "invalid" => Answer::error(400, "invalid_request_error", Some("parameter_missing")).into(),
        "lost" => Step::DropAfterRead,
        _ => answer(request).into(),
    });
    let some = format!("{}{}{}", line("good"), line("declined"), line("invalid"));
    let seen = batch(&home, &server, &some).run().exits(41).says("2 failed for good");
    let outcomes: Vec<_> = seen.ndjson().iter().map(|line| line["outcome"].clone()).collect();
    assert_eq!(outcomes, ["succeeded", "declined", "invalid"]);
    let all = format!("{some}{}", line("lost"));
    let seen = batch(&home, &server, &all).args(["--max-retries", "1", "--json"]).run().exits(20);
    let summary: Value = serde_json::from_str(seen.err().lines().last().expect("a summary")).expect("JSON");
    assert_eq!(
        (&summary["succeeded"], &summary["failed"], &summary["unknown"], &summary["retries"]),
        (&json!(1), &json!(2), &json!(1), &json!(1)),
        "{seen}"
    );
    assert_eq!(keys(&server)["lost"].len(), 2);
    assert_eq!(keys(&server)["declined"].len(), 1, "what failed for good is not sent again");
}

#[test]
fn an_unknown_line_ends_with_its_own_key_in_a_later_run() {
    let home = Home::new();
    let is_up = std::sync::atomic::AtomicUsize::new(0);
    let server = Server::answering(move |request| {
        let count = is_up.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        if count < 6 { Step::DropAfterRead } else { answer(request).replayed().into() }
    });
    let run = || batch(&home, &server, &lines(2)).args(["--max-retries", "2"]);
    run().run().exits(20).says("2 unknown");
    run().run().exits(0);
    for (line, keys) in keys(&server) {
        assert!(keys.len() == 4 && keys.iter().all(|key| *key == keys[0]), "{line}: {keys:?}");
    }
}

#[test]
fn so_many_are_in_flight_and_no_more() {
    let (home, pause) = (Home::new(), Duration::from_millis(60));
    let server = Server::answering(move |request| answer(request).after(pause).into()).keep_alive();
    batch(&home, &server, &lines(24)).args(["--concurrency", "6"]).run().exits(0);
    assert_eq!(server.most_in_flight(), 6);
}

#[test]
fn one_slow_line_holds_nobody_up() {
    let home = Home::new();
    let server = Server::answering(|request| match &*order(request) {
        "order-0" => Step::Stall(Duration::from_secs(60)),
        _ => answer(request).into(),
    })
    .keep_alive();
    let mut running = batch(&home, &server, &lines(400)).args(["--unordered", "--concurrency", "4"]).start();
    running.until("399 results", |running| running.stdout_so_far().lines().count() == 399);
    running.kill();
    running.wait();
    // In order, results wait and lines do not.
    let home = Home::new();
    let mut running = batch(&home, &server, &lines(400)).args(["--concurrency", "4"]).start();
    running.until("399 answers", |_| server.requests().len() == 800);
    assert_eq!(running.stdout_so_far(), "");
    running.kill();
    running.wait();
}

#[test]
fn a_rate_is_kept_to_and_slows_down_when_it_is_limited() {
    let home = Home::new();
    let limited = std::sync::atomic::AtomicUsize::new(0);
    let server = Server::answering(move |request| {
        let is_limited = limited.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 20;
        let limit = Answer::error(429, "invalid_request_error", Some("rate_limit"));
        if is_limited { limit.into() } else { answer(request).into() }
    })
    .keep_alive();
    batch(&home, &server, &lines(40)).args(["--rate", "40/s"]).run().exits(0);
    let times: Vec<_> = server.requests().iter().map(|request| request.at).collect();
    assert_eq!(times.len(), 41);
    let fast = times[19] - times[0];
    let slow = times[40] - times[21];
    // 19 steps at 40/s take 0.475 s, less a burst of 4; at half the rate the same number takes twice as long.
    assert!(fast >= Duration::from_millis(350), "{fast:?}");
    assert!(slow > fast + Duration::from_millis(100), "{fast:?} and then {slow:?}");
}

#[test]
fn a_check_sends_nothing() {
    let (home, server) = (Home::new(), server());
    let seen = batch(&home, &server, &lines(3)).args(["--check"]).without_key().run().exits(0);
    assert!(seen.out().contains("3 valid lines"), "{seen}");
    batch(&home, &server, "{}\n").args(["--check"]).run().exits(2).says("line 1");
    assert_eq!(server.connections(), 0);
    batch(&home, &server, &lines(2)).run().exits(0);
    let seen = batch(&home, &server, &lines(5)).args(["--check", "--json"]).run().exits(0);
    let json = seen.json();
    assert_eq!(
        (&json["lines"], &json["new"], &json["finished"]),
        (&json!(5), &json!(3), &json!(2)),
        "{seen}"
    );
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn a_body_of_many_lines_is_one_line_of_output() {
    let home = Home::new();
    let server = Server::always(Answer::new(200, "{\n  \"id\": \"pi_1\",\n  \"amount\": 1e400\n}\n"));
    let seen = batch(&home, &server, &lines(2)).run().exits(0);
    assert_eq!(seen.out().lines().count(), 2, "{seen}");
    assert!(seen.out().contains("\"amount\": 1e400"), "{seen}");
}

#[test]
fn live_mode_asks_once_for_the_whole_batch() {
    let home = Home::new();
    let server = Server::always(Answer::new(200, r#"{"id":"pi_1","livemode":true}"#));
    let live = || {
        batch(&home, &server, &lines(3)).args(["-p", "live", "--live"]).key(&crate::support::keys::live_key())
    };
    batch(&home, &server, &lines(3))
        .args(["-p", "live"])
        .key(&crate::support::keys::live_key())
        .run()
        .exits(78);
    live().run().exits(2).says("--yes");
    assert_eq!(server.connections(), 0);
    let seen = live().args(["--yes"]).run().exits(0).says("3 requests").says("6000 usd");
    assert_eq!(seen.err().matches("LIVE").count(), 1, "{seen}");
    // Nothing is left to send, so there is nothing to confirm.
    live().run().exits(0);
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn a_line_is_an_operation_that_the_journal_shows() {
    let (home, server) = (Home::new(), server());
    batch(&home, &server, &lines(1)).run().exits(0);
    assert_eq!(home.only_entry()["operation"], "orders.ndjson/order-0");
}

#[test]
fn an_answer_of_the_other_mode_stops_the_batch() {
    let home = Home::new();
    let server = Server::always(Answer::new(200, r#"{"id":"pi_1","livemode":true}"#));
    batch(&home, &server, &lines(1)).run().exits(78).says("livemode");
}
