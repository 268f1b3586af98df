//! Many machines at once: one schema, one key for one request, test and live apart.

use super::*;
use crate::support::keys;
use crate::support::server::{Answer, Step, paid};

#[test]
fn what_one_machine_records_another_one_sees() {
    let database = Postgres::shared().database();
    let server = Server::script([paid()]);
    let (one, other) = (Home::new(), Home::new());
    pay(&one, &server, &database).args(["-i", "k-1"]).run().exits(0);
    let shown = paycli(&other, &database, &["journal", "show", "k-1", "--json"]).run().exits(0);
    assert_eq!(
        (&shown.json()["entry"]["state"], &shown.json()["entry"]["attempts"]),
        (&"succeeded".into(), &1.into())
    );
    let listed =
        paycli(&other, &database, &["journal", "list", "--state", "succeeded", "--json"]).run().exits(0);
    assert_eq!(listed.json()["entries"][0]["key"], "k-1", "{listed}");
    assert!(!one.journal_file("test").exists(), "the file is not used");
}

#[test]
fn a_run_that_was_killed_goes_on_on_another_machine_with_its_key() {
    let database = Postgres::shared().database();
    let server = Server::script([Step::Stall(std::time::Duration::from_secs(60)), paid().replayed().into()]);
    let (one, other) = (Home::new(), Home::new());
    let mut first = in_flight(pay(&one, &server, &database).env("PAYCLI_JOURNAL_LEASE", "1s"), &server);
    first.kill();
    first.wait();
    let seen = pay(&other, &server, &database).args(["--json", "--timeout", "30s"]).run().exits(0);
    assert_eq!(seen.json()["key_source"], "journal", "{seen}");
    let keys = server.keys();
    assert_eq!(keys[0], keys[1], "{seen}");
}

#[test]
fn resume_and_resolve_work_over_it() {
    let database = Postgres::shared().database();
    let server = Server::script([Step::DropAfterRead, Step::DropAfterRead, paid().replayed().into()]);
    let home = Home::new();
    for key in ["k-1", "k-2"] {
        pay(&home, &server, &database).args(["-i", key, "--max-retries", "0"]).run().exits(20);
    }
    let resolve = ["journal", "resolve", "k-1", "--as", "failed", "--why", "not in the Dashboard"];
    paycli(&home, &database, &resolve).run().exits(0);
    let other = Home::new();
    let seen = paycli(&other, &database, &["journal", "resume", "--all", "--json"]).run();
    let seen = seen.exits(0);
    assert_eq!(seen.ndjson().len(), 1, "{seen}");
    assert_eq!(seen.ndjson()[0]["idempotency_key"], "k-2", "{seen}");
    assert_eq!(
        database.sql("SELECT key, state FROM paycli_test.entries ORDER BY key"),
        "k-1|refuted\nk-2|succeeded"
    );
}

#[test]
fn many_that_find_no_schema_all_get_one() {
    let database = Postgres::shared().database();
    let homes: Vec<_> = (0..8).map(|_| Home::new()).collect();
    let runs: Vec<_> =
        homes.iter().map(|home| paycli(home, &database, &["journal", "list", "--json"]).start()).collect();
    for run in runs {
        run.wait().exits(0);
    }
    assert_eq!(database.sql("SELECT version FROM paycli_test.version"), "1");
}

#[test]
fn a_schema_of_a_newer_paycli_is_refused_and_left_alone() {
    let database = Postgres::shared().database();
    let (home, server) = (Home::new(), Server::always(paid()));
    paycli(&home, &database, &["journal", "list"]).run().exits(0);
    database.sql("UPDATE paycli_test.version SET version = 99");
    pay(&home, &server, &database).run().exits(23).says("newer").says("nothing was sent");
    assert_eq!((server.connections(), &*database.sql("SELECT count(*) FROM paycli_test.entries")), (0, "0"));
}

#[test]
fn test_and_live_never_meet() {
    let database = Postgres::shared().database();
    let live = Answer::new(200, r#"{"id":"pi_1","object":"payment_intent","livemode":true}"#);
    let server = Server::script([paid(), live]);
    let home = Home::new();
    pay(&home, &server, &database).args(["-i", "k-1"]).run().exits(0);
    let args = ["--profile", "live", "--live", "--yes", "-i", "k-1"];
    pay(&home, &server, &database).args(args).key(&keys::live_key()).run().exits(0);
    assert_eq!(server.requests().len(), 2, "the same key in another mode is another key");
    for schema in ["paycli_test", "paycli_live"] {
        assert_eq!(database.sql(&format!("SELECT count(*) FROM {schema}.entries")), "1");
    }
}

/// Eight machines run the same command at the same time, under whatever the database makes of isolation.
fn one_key_for_one_request(database: &Database<'_>) {
    // The first answer is so slow that all of them are there: after a success the same command is a new request.
    let slow = paid().after(std::time::Duration::from_secs(6));
    let rest = std::iter::repeat_n(paid().replayed(), 7);
    let server = Server::script(std::iter::once(slow).chain(rest));
    let homes: Vec<_> = (0..8).map(|_| Home::new()).collect();
    let runs: Vec<_> =
        homes.iter().map(|home| pay(home, &server, database).args(["--timeout", "50s"]).start()).collect();
    for run in runs {
        run.wait().exits(0);
    }
    let mut keys = server.keys();
    keys.dedup();
    assert_eq!((keys.len(), server.most_in_flight()), (1, 1), "{keys:?}");
    assert_eq!(only_state(database), "succeeded");
}

#[test]
fn the_same_request_at_the_same_time_has_one_key() {
    one_key_for_one_request(&Postgres::shared().database());
}

#[test]
fn so_it_has_where_the_database_forces_another_isolation() {
    for isolation in ["serializable", "repeatable read"] {
        let database = Postgres::shared().database();
        let name = &database.name;
        database.sql(&format!("ALTER DATABASE {name} SET default_transaction_isolation TO '{isolation}'"));
        one_key_for_one_request(&database);
    }
}

#[test]
fn a_database_that_does_not_wait_for_its_disk_is_made_to() {
    let database = Postgres::shared().database();
    database.sql(&format!("ALTER DATABASE {} SET synchronous_commit TO off", database.name));
    let home = Home::new();
    paycli(&home, &database, &["journal", "list"]).run().exits(0);
    // What a transaction that writes an intent says of itself, seen by a trigger.
    database.sql(
        "CREATE TABLE seen (level text);
         CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN INSERT INTO public.seen VALUES (current_setting('synchronous_commit')); RETURN NEW; END $$;
         CREATE TRIGGER look BEFORE INSERT ON paycli_test.attempts EXECUTE FUNCTION public.look()",
    );
    pay(&home, &Server::always(paid()), &database).run().exits(0);
    assert_eq!(database.sql("SELECT level FROM seen"), "on");
}

#[test]
fn no_credential_gets_into_the_database() {
    let database = Postgres::shared().database();
    let secret = format!("whsec_{}", "Abc1".repeat(7));
    let answer = format!("{{\"id\": \"we_1\", \"object\": \"webhook_endpoint\", \"secret\": \"{secret}\"}}");
    let server = Server::always(Answer::new(200, answer));
    let home = Home::new();
    let seen = pay(&home, &server, &database).run().exits(0);
    assert!(seen.out().contains(&secret), "{seen}");
    let stored = database.sql("SELECT encode(answer, 'escape') FROM paycli_test.entries");
    assert!(stored.contains("whsec_****Abc1") && !stored.contains(&secret), "{stored}");
}
