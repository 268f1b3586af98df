//! What stops a batch before its last line: Ctrl-C, a refused key, an API that is not there, a reader that left.

use std::time::Duration;

use super::{answer, batch, keys, lines, order, server};
use crate::support::server::{Answer, Step, nobody};
use crate::support::{Home, Running, Server};

#[cfg(unix)]
fn interrupt(running: &Running) {
    let pid = rustix::process::Pid::from_raw(i32::try_from(running.id()).expect("a pid")).expect("a pid");
    rustix::process::kill_process(pid, rustix::process::Signal::INT).expect("a signal");
}

#[test]
#[cfg(unix)]
fn ctrl_c_starts_nothing_more_and_records_what_is_in_flight() {
    let home = Home::new();
    let server =
        Server::answering(|request| answer(request).after(Duration::from_millis(300)).into()).keep_alive();
    let mut running = batch(&home, &server, &lines(200)).args(["--concurrency", "4"]).start();
    running.until("requests", |_| server.requests().len() >= 8);
    interrupt(&running);
    // It ends by the signal itself, which a shell shows as 130.
    let seen = running.wait().says("interrupted");
    assert_eq!(seen.code(), None, "{seen}");
    let sent = server.requests().len();
    assert!(sent < 40, "{sent} of 200 were sent: {seen}");
    assert_eq!(seen.ndjson().len(), sent, "every answer is told: {seen}");
    assert!(home.entries().iter().all(|entry| entry["state"] == "succeeded"), "{seen}");
    batch(&home, &server, &lines(200)).args(["--concurrency", "64"]).run().exits(0);
    assert_eq!(server.requests().len(), 200);
}

#[test]
fn a_refused_api_key_stops_the_batch() {
    let home = Home::new();
    let server = Server::always(Answer::error(401, "invalid_request_error", None));
    let seen = batch(&home, &server, &lines(300)).run().exits(13).says("refused the API key");
    assert!(server.requests().len() <= 64, "{seen}");
}

#[test]
fn an_api_that_is_not_there_stops_the_batch() {
    let home = Home::new();
    let file = home.file("orders.ndjson", lines(300));
    let seen = home.paycli(["--api-base", &nobody(), "batch", &file, "--max-retries", "0"]).run().exits(22);
    assert!(seen.ndjson().len() < 150, "{seen}");
    assert!(seen.ndjson().iter().all(|line| line["outcome"] == "not_sent"), "{seen}");
    let server = server();
    // The key belongs to the base that it was made for, and no line has reached it.
    home.at(&server, ["batch", &file, "--name", "again"]).run().exits(0);
}

#[test]
fn a_reader_that_leaves_stops_the_batch_and_loses_nothing() {
    let home = Home::new();
    let server =
        Server::answering(|request| answer(request).after(Duration::from_millis(20)).into()).keep_alive();
    let file = home.file("orders.ndjson", lines(400));
    let script =
        format!("'{}' --api-base {} batch {file} | head -n 1", crate::support::env::PAYCLI, server.url());
    let run = home.command(["sh", "-c", &script].map(Into::into).to_vec());
    let seen = run.key(&crate::support::keys::test_key()).run().says("standard output");
    assert!(server.requests().len() < 400, "{seen}");
    assert!(home.entries().iter().all(|entry| entry["state"] == "succeeded"), "{seen}");
    home.at(&server, ["batch", &file]).args(["--concurrency", "64"]).run().exits(0);
    assert_eq!(server.requests().len(), 400);
}

#[test]
fn the_previous_api_key_is_looked_for_once_by_all() {
    // Without a stored key there is none: every line that was in flight says the same.
    let home = Home::new();
    let server = Server::answering(|request| match &*order(request) {
        "order-7" => Answer::error(401, "invalid_request_error", None).into(),
        _ => Step::from(answer(request)),
    });
    let seen = batch(&home, &server, &lines(8)).run().exits(13);
    assert_eq!(keys(&server)["order-7"].len(), 1, "{seen}");
}
