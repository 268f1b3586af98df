//! Two processes never have one key in flight: two batches, and a batch beside a single request.

use std::time::Duration;

use serde_json::json;

use super::{answer, batch, keys, line_of, lines, order};
use crate::support::server::Step;
use crate::support::{Home, Server};

/// A server that takes its time for one line.
fn slow(pause: Duration) -> Server {
    Server::answering(move |request| match &*order(request) {
        "order-0" => answer(request).after(pause).into(),
        _ => Step::from(answer(request)),
    })
    .keep_alive()
}

#[test]
fn a_second_run_of_a_batch_waits_for_the_first() {
    let home = Home::new();
    let server = slow(Duration::from_secs(2));
    let mut first = batch(&home, &server, &lines(5)).start();
    first.until("a request", |_| !server.requests().is_empty());
    let impatient = batch(&home, &server, &lines(5)).args(["--timeout", "200ms"]).run();
    impatient.exits(12).says("another process is running the batch");
    let second = batch(&home, &server, &lines(5)).start();
    first.wait().exits(0);
    second.wait().exits(0).says("5 results are from earlier runs");
    assert_eq!(server.requests().len(), 5);
}

#[test]
fn another_batch_runs_beside_it() {
    let home = Home::new();
    let server = slow(Duration::from_secs(2));
    let mut first = batch(&home, &server, &lines(5)).start();
    first.until("a request", |_| !server.requests().is_empty());
    batch(&home, &server, &lines(5)).args(["--name", "other", "--timeout", "10s"]).run().exits(0);
    first.wait().exits(0);
    assert_eq!(server.requests().len(), 10);
}

const PAY: [&str; 5] = ["request", "POST", "/v1/payment_intents", "-d", "metadata[order]=order-0"];

fn own_line() -> String {
    line_of("order-0", &json!({"metadata": {"order": "order-0"}}))
        .replace("\"id\":", "\"idempotency_key\":\"k-1\",\"id\":")
}

#[test]
fn a_single_request_waits_for_the_batch_that_has_its_key_in_flight() {
    let home = Home::new();
    let server = slow(Duration::from_secs(2));
    let mut running = batch(&home, &server, &own_line()).start();
    running.until("a request", |_| server.requests().len() == 1);
    home.at(&server, PAY).args(["-i", "k-1", "--timeout", "300ms"]).run().exits(12);
    // The same request without a key goes on with the line's, and waits for it too.
    home.at(&server, PAY).args(["--timeout", "300ms"]).run().exits(12);
    home.paycli(["journal", "resolve", "k-1", "--as", "failed", "--why", "seen"]).run().exits(12);
    let waiting = home.at(&server, PAY).args(["-i", "k-1"]).start();
    running.wait().exits(0);
    waiting.wait().exits(0);
    assert_eq!((server.most_in_flight(), keys(&server)["order-0"].len()), (1, 2));
}

#[test]
fn a_batch_waits_for_the_single_request_that_has_its_key_in_flight() {
    let home = Home::new();
    let server = slow(Duration::from_secs(2));
    let mut running = home.at(&server, PAY).args(["-i", "k-1"]).start();
    running.until("a request", |_| server.requests().len() == 1);
    let impatient = batch(&home, &server, &own_line()).args(["--timeout", "300ms"]).run().exits(20);
    assert_eq!(impatient.ndjson()[0]["outcome"], "in_progress", "{impatient}");
    let waiting = batch(&home, &server, &own_line()).start();
    running.wait().exits(0);
    waiting.wait().exits(0);
    assert_eq!((server.most_in_flight(), keys(&server)["order-0"].len()), (1, 1));
}

#[test]
fn what_a_killed_batch_had_in_flight_is_free_for_a_single_request_and_for_resume() {
    let home = Home::new();
    let hangs = std::sync::atomic::AtomicBool::new(true);
    let server = Server::answering(move |request| {
        if hangs.swap(false, std::sync::atomic::Ordering::SeqCst) {
            return Step::Stall(Duration::from_secs(60));
        }
        answer(request).replayed().into()
    });
    let mut running = batch(&home, &server, &own_line()).start();
    running.until("a request", |_| server.requests().len() == 1);
    running.kill();
    running.wait();
    home.paycli(["journal", "resume", "k-1"]).args(["--api-base", &server.url()]).run().exits(0);
    let seen = batch(&home, &server, &own_line()).run().exits(0).says("1 results are from earlier runs");
    assert_eq!(keys(&server)["order-0"], ["k-1", "k-1"], "{seen}");
}
