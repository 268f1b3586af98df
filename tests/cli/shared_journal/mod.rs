//! A journal that machines share in a PostgreSQL: the promises of the file hold for all of them together.
#![cfg(unix)]

mod address;
mod away;
mod busy;
mod copy;
mod leases;
mod many;
mod retried;
mod runners;

use crate::support::postgres::{Database, Postgres};
use crate::support::{Home, Run, Running, Server};

const PAY: [&str; 5] = ["request", "POST", "/v1/payment_intents", "-d", "amount=2000"];

/// A payment of a machine that shares the journal.
fn pay(home: &Home, server: &Server, database: &Database<'_>) -> Run {
    home.at(server, PAY).env("PAYCLI_JOURNAL_URL", database.url())
}

/// Any command of a machine that shares the journal.
fn paycli(home: &Home, database: &Database<'_>, args: &[&str]) -> Run {
    home.paycli(args).env("PAYCLI_JOURNAL_URL", database.url())
}

/// Starts a payment, and waits until the server has one request more.
fn in_flight(run: Run, server: &Server) -> Running {
    let before = server.requests().len();
    let mut running = run.start();
    running.until("the request", |_| server.requests().len() > before);
    running
}

/// The state of the only entry.
fn only_state(database: &Database<'_>) -> String {
    database.sql("SELECT state FROM paycli_test.entries")
}
