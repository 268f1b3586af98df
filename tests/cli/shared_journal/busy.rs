//! Lines of a batch that another process has in flight: they are put aside, and the rest goes on.

use std::time::Duration;

use serde_json::json;

use super::*;
use crate::support::server::{Answer, Received, paid};

/// How many lines are busy: more than a batch with one request in flight has workers.
const BUSY: usize = 6;

fn line(number: usize) -> String {
    let order = format!("o{number}");
    let data = json!({"metadata": {"order": order}});
    let line = json!({"id": order, "method": "POST", "path": "/v1/payment_intents", "data": data,
                      "idempotency_key": format!("k-{number}")});
    format!("{line}\n")
}

fn order(request: &Received) -> String {
    request.form().into_iter().find(|(name, _)| name == "metadata[order]").expect("an order").1
}

/// A server that answers the lines below [`BUSY`] after a pause, and the rest at once.
fn server() -> Server {
    Server::answering(|request| {
        let is_slow = (0..BUSY).any(|number| order(request) == format!("o{number}"));
        let answer = Answer::new(200, json!({"id": "pi_1", "livemode": false}).to_string());
        let pause = if is_slow { Duration::from_secs(8) } else { Duration::ZERO };
        answer.after(pause).into()
    })
}

#[test]
fn lines_that_are_busy_hold_back_no_other_line() {
    let database = Postgres::shared().database();
    let (one, other, server) = (Home::new(), Home::new(), server());
    let lines: String = (0..BUSY + 3).map(line).collect();
    let busy: Vec<_> = (0..BUSY)
        .map(|number| {
            let (parameter, key) = (format!("metadata[order]=o{number}"), format!("k-{number}"));
            let args = ["post", "payment_intents", "-d", &parameter, "-i", &key];
            in_flight(one.at(&server, args).env("PAYCLI_JOURNAL_URL", database.url()), &server)
        })
        .collect();
    let file = other.file("orders.ndjson", &lines);
    let batch = other.at(&server, ["batch", &file, "--concurrency", "1"]);
    let mut batch = batch.env("PAYCLI_JOURNAL_URL", database.url()).start();
    batch.until("the lines that are free", |_| server.requests().len() == BUSY + 3);
    let states = "SELECT count(*) FROM paycli_test.entries WHERE state = 'sending'";
    assert_eq!(database.sql(states), BUSY.to_string(), "the others were done before them");
    for single in busy {
        single.wait().exits(0);
    }
    let seen = batch.wait().exits(0);
    let ids: Vec<_> = seen.ndjson().iter().map(|line| line["id"].clone()).collect();
    let expected: Vec<_> = (0..BUSY + 3).map(|number| json!(format!("o{number}"))).collect();
    assert_eq!(ids, expected, "each line has its result, in the order of the file");
    assert_eq!(server.requests().len(), BUSY + 3, "what the others did is not sent again");
}

#[test]
fn a_line_that_is_busy_for_too_long_is_told_and_the_rest_is_done() {
    let database = Postgres::shared().database();
    let (one, other) = (Home::new(), Home::new());
    let server = server();
    let args = ["post", "payment_intents", "-d", "metadata[order]=o0", "-i", "k-0"];
    let single = in_flight(one.at(&server, args).env("PAYCLI_JOURNAL_URL", database.url()), &server);
    let file = other.file("orders.ndjson", [line(0), line(BUSY), line(BUSY + 1)].concat());
    let batch = other.at(&server, ["batch", &file, "--timeout", "2s"]);
    let seen = batch.env("PAYCLI_JOURNAL_URL", database.url()).run().exits(20);
    let outcomes: Vec<_> = seen.ndjson().iter().map(|line| line["outcome"].clone()).collect();
    assert_eq!(outcomes, ["in_progress", "succeeded", "succeeded"], "{seen}");
    single.wait().exits(0);
}

/// A pace is for what is sent: results of other runners take none of it.
#[test]
fn results_of_another_runner_are_shown_without_waiting_for_a_turn() {
    let database = Postgres::shared().database();
    let (slow, fast, server) = (Home::new(), Home::new(), Server::always(paid()).keep_alive());
    let text: String = (0..40).map(line).collect();
    let run = |home: &Home, rate: &str| {
        let file = home.file("orders.ndjson", &text);
        home.at(&server, ["batch", &file, "--rate", rate]).env("PAYCLI_JOURNAL_URL", database.url())
    };
    // At this pace 40 lines would take far longer than the test waits.
    let first = in_flight(run(&slow, "0.2/s").time_limit(Duration::from_secs(60)), &server);
    run(&fast, "1000/s").run().exits(0);
    let seen = first.wait().exits(0);
    assert_eq!(seen.ndjson().len(), 40, "{seen}");
    assert!(server.requests().len() <= 42, "{}", server.requests().len());
    let states = database.sql("SELECT state, count(*) FROM paycli_test.entries GROUP BY state");
    assert_eq!(states, "succeeded|40");
}
