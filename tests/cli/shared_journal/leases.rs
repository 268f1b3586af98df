//! Leases by the database's clock: never two in flight, and what a dead or a stopped runner leaves behind.

use std::time::Duration;

use super::*;
use crate::support::server::{Answer, Step, paid};

const SHORT: [&str; 2] = ["PAYCLI_JOURNAL_LEASE", "2s"];

#[test]
fn two_machines_with_one_key_are_never_both_in_flight() {
    let database = Postgres::shared().database();
    let (one, other) = (Home::new(), Home::new());
    let server = Server::always(paid().after(Duration::from_secs(4)));
    let first = in_flight(pay(&one, &server, &database).args(["-i", "k-1"]), &server);
    let second = pay(&other, &server, &database).args(["-i", "k-1", "--timeout", "1s", "--json"]);
    let seen = second.run().exits(12);
    assert_eq!(seen.json()["outcome"], "in_progress", "{seen}");
    assert_eq!(server.requests().len(), 1, "nothing is sent meanwhile: {seen}");
    first.wait().exits(0);
}

#[test]
fn a_lease_is_renewed_for_as_long_as_the_request_takes() {
    let database = Postgres::shared().database();
    let (one, other) = (Home::new(), Home::new());
    let server = Server::always(paid().after(Duration::from_secs(6)));
    let [name, lease] = SHORT;
    let first = in_flight(pay(&one, &server, &database).args(["-i", "k-1"]).env(name, lease), &server);
    let second = pay(&other, &server, &database).args(["-i", "k-1", "--timeout", "4s"]).env(name, lease);
    second.run().exits(12);
    assert_eq!(server.requests().len(), 1);
    first.wait().exits(0);
}

#[test]
fn the_lease_of_a_killed_runner_runs_out() {
    let database = Postgres::shared().database();
    let (one, other) = (Home::new(), Home::new());
    let server = Server::script([Step::Stall(Duration::from_secs(60)), paid().replayed().into()]);
    let [name, lease] = SHORT;
    let mut first = in_flight(pay(&one, &server, &database).args(["-i", "k-1"]).env(name, lease), &server);
    first.kill();
    first.wait();
    let soon = pay(&other, &server, &database).args(["-i", "k-1", "--timeout", "200ms"]);
    soon.run().exits(12);
    pay(&other, &server, &database).args(["-i", "k-1", "--timeout", "40s"]).run().exits(0);
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn a_runner_that_has_ended_leaves_its_key_free_at_once() {
    let database = Postgres::shared().database();
    let (one, other) = (Home::new(), Home::new());
    let server = Server::script([Step::DropAfterRead, paid().into()]);
    pay(&one, &server, &database).args(["-i", "k-1", "--max-retries", "0"]).run().exits(20);
    pay(&other, &server, &database).args(["-i", "k-1", "--timeout", "1s"]).run().exits(0);
    assert_eq!(database.sql("SELECT count(*) FROM paycli_test.runners"), "0");
}

#[test]
fn a_runner_that_was_stopped_for_longer_than_its_lease_sends_no_more() {
    let database = Postgres::shared().database();
    let (one, other) = (Home::new(), Home::new());
    // The first answer makes it wait for another attempt, and there it is stopped.
    let failed = || Answer::error(500, "api_error", None);
    let server = Server::script([failed(), paid().replayed()]);
    let [name, lease] = SHORT;
    let retrying = ["-i", "k-1", "--max-retries", "5"];
    let mut first = pay(&one, &server, &database).args(retrying).env(name, lease).start();
    first.until("another attempt", |first| first.stderr_so_far().contains("trying again"));
    first.signal("STOP");
    pay(&other, &server, &database).args(["-i", "k-1", "--timeout", "40s"]).run().exits(0);
    first.signal("CONT");
    first.wait().exits(20).says("taken over");
    assert_eq!(server.requests().len(), 2, "it has sent nothing more");
    assert_eq!(only_state(&database), "succeeded", "what the other one knows stays");
}

#[test]
fn an_answer_that_came_while_a_runner_was_stopped_is_its_answer() {
    let database = Postgres::shared().database();
    let (one, other) = (Home::new(), Home::new());
    let server = Server::script([paid().after(Duration::from_millis(700)), paid().replayed()]);
    let [name, lease] = SHORT;
    let first = in_flight(pay(&one, &server, &database).args(["-i", "k-1"]).env(name, lease), &server);
    first.signal("STOP");
    pay(&other, &server, &database).args(["-i", "k-1", "--timeout", "40s"]).run().exits(0);
    first.signal("CONT");
    first.wait().exits(0);
    assert_eq!((server.requests().len(), server.most_in_flight()), (2, 1));
    assert_eq!(only_state(&database), "succeeded");
    assert_eq!(database.sql("SELECT count(*) FROM paycli_test.attempts WHERE finished_at IS NULL"), "0");
}
