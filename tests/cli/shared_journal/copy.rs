//! `journal copy`: the journal of a machine is carried into the database, and no attempt is lost on the way.

use std::time::Duration;

use super::*;
use crate::support::server::{Step, paid};

/// A machine whose own journal has a payment that is done, and one whose outcome is not known.
fn filled(server: &Server) -> Home {
    let home = Home::new();
    for (key, exit) in [("k-paid", 0), ("k-lost", 20)] {
        home.at(server, PAY).args(["-i", key, "--max-retries", "0"]).run().exits(exit);
    }
    home
}

fn copied(home: &Home, database: &Database<'_>) -> serde_json::Value {
    home.paycli(["journal", "copy", "--to", &database.url(), "--json"]).run().exits(0).json()
}

#[test]
fn a_journal_is_copied_once_and_goes_on_there() {
    let database = Postgres::shared().database();
    let server = Server::script([paid().into(), Step::DropAfterRead, paid().replayed().into()]);
    let home = filled(&server);
    let tally = copied(&home, &database);
    assert_eq!((&tally["copied"], &tally["known"]), (&2.into(), &0.into()), "{tally}");
    let again = copied(&home, &database);
    assert_eq!((&again["copied"], &again["known"]), (&0.into(), &2.into()), "{again}");
    let other = Home::new();
    pay(&other, &server, &database).args(["-i", "k-lost"]).run().exits(0);
    let shown = paycli(&other, &database, &["journal", "show", "k-lost", "--json"]).run().exits(0).json();
    assert_eq!((&shown["entry"]["state"], &shown["entry"]["attempts"]), (&"succeeded".into(), &2.into()));
    let after = copied(&home, &database);
    assert_eq!(after["known"], 2, "what is known there is more: {after}");
    let states = database.sql("SELECT key, state, attempts FROM paycli_test.entries ORDER BY key");
    assert_eq!(states, "k-lost|succeeded|2\nk-paid|succeeded|1");
}

#[test]
fn what_is_in_flight_is_left_out_and_said() {
    let database = Postgres::shared().database();
    let server = Server::always(paid().after(Duration::from_secs(5)));
    let home = Home::new();
    let run = in_flight(home.at(&server, PAY).args(["-i", "k-1"]), &server);
    let copy = ["journal", "copy", "--to", &database.url()];
    home.paycli(copy).run().exits(12).says("in flight");
    assert_eq!(database.sql("SELECT count(*) FROM paycli_test.entries"), "0");
    run.wait().exits(0);
    home.paycli(copy).run().exits(0);
    assert_eq!(only_state(&database), "succeeded");
}

#[test]
fn a_password_on_the_command_line_is_refused() {
    let secret = ["hunter", "-", "2026"].concat();
    for url in [format!("postgres://u:{secret}@h/d"), format!("postgres://h/d?user=u&password={secret}")] {
        let seen = Home::new().paycli(["journal", "copy", "--to", &url]).run().exits(2).says("PGPASSWORD");
        assert!(!seen.err().contains(&secret), "{seen}");
    }
    Home::new().paycli(["journal", "copy", "--to", "mysql://h/d"]).run().exits(2).says("postgres://");
}
