//! What passes by itself is tried again, and no attempt is counted or sent twice for it: transactions that were in
//! each other's way, and connections that are lost inside a transaction and at its end.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;

use super::*;
use crate::support::server::paid;

/// Makes the first three transactions that insert an entry fail, by a trigger that counts past rollbacks. `when` is
/// where it strikes, and `how` what it does then.
fn fail_three_times(home: &Home, database: &Database<'_>, when: &str, how: &str) {
    paycli(home, database, &["journal", "list"]).run().exits(0);
    database.sql(&format!(
        "CREATE SEQUENCE tries;
         CREATE FUNCTION strike() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN IF nextval('public.tries') <= 3 THEN {how}; END IF; RETURN NEW; END $$;
         CREATE {when} EXECUTE FUNCTION public.strike()"
    ));
}

const AT_ONCE: &str = "TRIGGER strike BEFORE INSERT ON paycli_test.entries FOR EACH ROW";
const AT_COMMIT: &str = "CONSTRAINT TRIGGER strike AFTER INSERT ON paycli_test.entries DEFERRABLE INITIALLY DEFERRED FOR EACH ROW";

/// A payment and a batch, each of which meets three failures, are sent once.
fn is_tried_again(when: &str, how: &str) {
    for is_batch in [false, true] {
        let database = Postgres::shared().database();
        let (home, server) = (Home::new(), Server::always(paid()));
        fail_three_times(&home, &database, when, how);
        let run = if is_batch {
            let line =
                json!({"id": "o1", "method": "POST", "path": "/v1/payment_intents", "data": {"amount": 1}});
            let file = home.file("orders.ndjson", line.to_string());
            home.at(&server, ["batch", &file]).env("PAYCLI_JOURNAL_URL", database.url())
        } else {
            pay(&home, &server, &database)
        };
        run.run().exits(0);
        assert_eq!(database.sql("SELECT last_value >= 4 FROM tries"), "t", "it never struck");
        assert_eq!((server.requests().len(), only_state(&database)), (1, "succeeded".into()));
        let attempts = database.sql("SELECT number, finished_at IS NULL FROM paycli_test.attempts");
        assert_eq!(attempts, "1|f", "an attempt is counted twice or not at all");
    }
}

#[test]
fn a_serialisation_failure_is_tried_again() {
    let how = "RAISE EXCEPTION 'restart transaction' USING ERRCODE = '40001'";
    is_tried_again(AT_ONCE, how);
    // As engines say it that check at the end of a transaction.
    is_tried_again(AT_COMMIT, how);
}

#[test]
fn a_deadlock_is_tried_again() {
    is_tried_again(AT_ONCE, "RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01'");
}

#[test]
fn a_connection_that_is_lost_in_a_transaction_or_at_its_end_is_made_anew() {
    let how = "PERFORM pg_terminate_backend(pg_backend_pid())";
    is_tried_again(AT_ONCE, how);
    is_tried_again(AT_COMMIT, how);
}

#[test]
fn a_failure_that_does_not_pass_is_not_tried_again_and_nothing_is_sent() {
    let database = Postgres::shared().database();
    let (home, server) = (Home::new(), Server::always(paid()));
    fail_three_times(&home, &database, AT_ONCE, "RAISE EXCEPTION 'no more room' USING ERRCODE = '53100'");
    pay(&home, &server, &database).run().exits(23).says("no more room").says("nothing was sent");
    assert_eq!((server.connections(), &*database.sql("SELECT last_value FROM tries")), (0, "1"));
}

/// Stands between paycli and the database, and cuts the connection when the first transaction that inserts an entry is
/// durable, before its answer comes back. Returns its port.
fn cuts_after_the_commit(database: u16) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let is_cut = Arc::new(AtomicBool::new(false));
    std::thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            let server = TcpStream::connect(("127.0.0.1", database)).expect("the database");
            carry(client, server, &is_cut);
        }
    });
    port
}

/// Carries bytes both ways, on two threads.
fn carry(client: TcpStream, server: TcpStream, is_cut: &Arc<AtomicBool>) {
    let (mut from_client, mut to_client) = (client.try_clone().expect("a socket"), client);
    let (mut from_server, mut to_server) = (server.try_clone().expect("a socket"), server);
    let is_ending = Arc::new(AtomicBool::new(false));
    let (ending, is_cut) = (Arc::clone(&is_ending), Arc::clone(is_cut));
    std::thread::spawn(move || {
        let (mut bytes, mut has_inserted) = (vec![0; 1 << 16], false);
        while let Ok(count @ 1..) = from_client.read(&mut bytes) {
            let sent = &bytes[..count];
            let has = |text: &[u8]| sent.windows(text.len()).any(|window| window == text);
            has_inserted |= has(b"INSERT INTO entries");
            // The answers to all that came before are there: the next one is that of the commit.
            if has_inserted && has(b"COMMIT\0") && !is_cut.swap(true, Ordering::SeqCst) {
                ending.store(true, Ordering::SeqCst);
            }
            if to_server.write_all(sent).is_err() {
                break;
            }
        }
        let _ = to_server.shutdown(Shutdown::Both);
    });
    std::thread::spawn(move || {
        let mut bytes = vec![0; 1 << 16];
        while let Ok(count @ 1..) = from_server.read(&mut bytes) {
            if is_ending.load(Ordering::SeqCst) || to_client.write_all(&bytes[..count]).is_err() {
                break;
            }
        }
        let _ = to_client.shutdown(Shutdown::Both);
    });
}

#[test]
fn a_commit_whose_answer_is_lost_is_looked_up_and_not_made_again() {
    let postgres = Postgres::over_tcp(|_| Vec::new());
    for is_batch in [false, true] {
        let database = postgres.database();
        let (home, server) = (Home::new(), Server::always(paid()));
        let url = |port| format!("postgres://postgres@127.0.0.1:{port}/{}?sslmode=disable", database.name);
        let direct = url(postgres.port());
        home.paycli(["journal", "list"]).env("PAYCLI_JOURNAL_URL", direct).run().exits(0);
        let url = url(cuts_after_the_commit(postgres.port()));
        let run = if is_batch {
            let line =
                json!({"id": "o1", "method": "POST", "path": "/v1/payment_intents", "data": {"amount": 1}});
            let file = home.file("orders.ndjson", line.to_string());
            home.at(&server, ["batch", &file])
        } else {
            home.at(&server, PAY)
        };
        run.env("PAYCLI_JOURNAL_URL", url).run().exits(0);
        assert_eq!((server.requests().len(), only_state(&database)), (1, "succeeded".into()));
        let attempts = database.sql("SELECT number, finished_at IS NULL FROM paycli_test.attempts");
        assert_eq!(attempts, "1|f", "an attempt is counted twice or not at all");
    }
}
