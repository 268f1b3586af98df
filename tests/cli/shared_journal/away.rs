//! A database that is away: at the start, for a while, and for good.

use std::time::Duration;

use super::*;
use crate::support::server::paid;

#[test]
fn nothing_is_sent_where_it_is_down_at_the_start() {
    let down = Postgres::start(&[]);
    let database = down.database();
    down.stop();
    let (home, server) = (Home::new(), Server::always(paid()));
    let seen = pay(&home, &server, &database).run().exits(23).says("nothing was sent");
    assert!(seen.took < Duration::from_secs(30), "{seen}");
    assert_eq!(server.connections(), 0);
    assert!(!home.journal_file("test").exists(), "nothing else is used instead");
    let listed = paycli(&home, &database, &["journal", "list", "--json"]).run().exits(23);
    assert_eq!(listed.json()["error"]["type"], "journal_error", "{listed}");
}

#[test]
fn what_is_in_flight_is_recorded_when_it_comes_back() {
    let restarted = Postgres::start(&[]);
    let database = restarted.database();
    let server = Server::always(paid().after(Duration::from_secs(2)));
    let home = Home::new();
    let run = in_flight(pay(&home, &server, &database).args(["-i", "k-1"]), &server);
    restarted.stop();
    std::thread::sleep(Duration::from_secs(3));
    restarted.start_again();
    run.wait().exits(0);
    assert_eq!((only_state(&database), server.requests().len()), ("succeeded".into(), 1));
}

#[test]
fn a_result_that_cannot_be_recorded_is_shown_and_is_20() {
    let lost = Postgres::start(&[]);
    let database = lost.database();
    let server = Server::script([paid().after(Duration::from_secs(2)), paid().replayed()]);
    let home = Home::new();
    let timed = |limit| pay(&home, &server, &database).args(["-i", "k-1", "--timeout", limit]);
    let run = in_flight(timed("5s"), &server);
    lost.stop();
    let seen = run.wait().exits(20).says("could not be recorded").says("run the same command again");
    assert!(seen.out().contains("pi_1"), "the result is kept back: {seen}");
    lost.start_again();
    assert_eq!(only_state(&database), "sending", "for the others it is under way");
    timed("40s").run().exits(0);
    assert_eq!(only_state(&database), "succeeded");
}
