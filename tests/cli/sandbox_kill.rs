//! SIGKILL under load: whatever the sandbox answered is there afterwards, and every key replays.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::support::http::send;
use crate::support::killer::Dice;
use crate::support::{Home, Running};

const CLIENTS: usize = 16;

fn serve(home: &Home) -> (Running, String) {
    let mut running = home.paycli(["sandbox", "serve", "--port", "0", "--quiet"]).without_key().start();
    running.until("a line", |running| running.stdout_so_far().ends_with('\n'));
    let base = running.stdout_so_far().trim().to_owned();
    (running, base)
}

fn bearer(home: &Home) -> String {
    let keys = home.paycli(["sandbox", "keys", "--json"]).without_key().run().exits(0).json();
    format!("Authorization: Bearer {}", keys["secret_key"].as_str().expect("a key"))
}

/// An answer that a client has: the key, and the body under it.
type Answered = (String, String);

/// Has clients post under keys of this round until the server is gone. Each key is used twice, the second
/// time while the first may be under way.
fn load(base: &str, bearer: &str, round: usize, stop: &Arc<AtomicBool>) -> Vec<Answered> {
    let (answered, next) = (Mutex::new(Vec::new()), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    let number = next.fetch_add(1, Ordering::Relaxed) / 2;
                    let key = format!("round-{round}-{number}");
                    let header = format!("Idempotency-Key: {key}");
                    let body = format!("metadata[key]={key}");
                    match send(base, "POST", "/v1/customers", &[bearer, &header], &body) {
                        Ok(seen) if seen.status == 200 => {
                            answered.lock().expect("no panic").push((key, seen.body));
                        }
                        Ok(seen) => assert_eq!(seen.status, 409, "{seen:?}"),
                        Err(_) => {}
                    }
                }
            });
        }
    });
    answered.into_inner().expect("no panic")
}

/// Kills the server in the middle of load, and looks at what the next one knows.
fn killed_under_load(rounds: usize) {
    let mut dice = Dice::seeded("sandbox kills");
    let home = Home::new();
    let bearer = bearer(&home);
    let mut all: Vec<Answered> = Vec::new();
    for round in 0..rounds {
        let (mut running, base) = serve(&home);
        let stop = Arc::new(AtomicBool::new(false));
        let loading = {
            let (base, bearer, stop) = (base.clone(), bearer.clone(), Arc::clone(&stop));
            std::thread::spawn(move || load(&base, &bearer, round, &stop))
        };
        std::thread::sleep(Duration::from_millis(150) + dice.time_below(Duration::from_millis(250)));
        running.kill();
        running.wait();
        stop.store(true, Ordering::Relaxed);
        let answered = loading.join().expect("no panic in the load");
        assert!(!answered.is_empty(), "nothing was answered in round {round}: there was no load");
        all.extend(answered);
    }
    let (mut running, base) = serve(&home);
    for (key, body) in &all {
        let header = format!("Idempotency-Key: {key}");
        let again =
            send(&base, "POST", "/v1/customers", &[&bearer, &header], &format!("metadata[key]={key}"));
        let again = again.expect("an answer");
        assert!(again.is_replay() && again.body == *body, "{key} was answered with {body} and now {again:?}");
        let id = again.json()["id"].as_str().expect("an id").to_owned();
        let there = send(&base, "GET", &format!("/v1/customers/{id}"), &[&bearer], "").expect("an answer");
        assert_eq!((there.status, &there.body), (200, body), "{key}");
    }
    running.kill();
    running.wait();
    let data = rusqlite::Connection::open(home.root().join("data").join("sandbox.sqlite")).expect("the data");
    let count = |sql: &str| data.query_row(sql, [], |row| row.get::<_, i64>(0)).expect("a count");
    let objects = count("SELECT count(*) FROM objects WHERE kind = 'customer'");
    let keys = count(
        "SELECT count(DISTINCT json_extract(body, '$.metadata.key')) FROM objects WHERE kind = 'customer'",
    );
    assert_eq!(objects, keys, "a key made more than one object");
    assert_eq!(
        objects,
        count("SELECT count(*) FROM idempotency"),
        "an object without its key, or a key without its object"
    );
    assert_eq!(
        objects,
        count("SELECT count(*) FROM objects WHERE kind = 'event'"),
        "an object without its event"
    );
}

#[test]
fn what_was_answered_survives_a_kill_under_load() {
    killed_under_load(2);
}

#[test]
#[ignore = "slow: run by scripts/test.sh"]
fn what_was_answered_survives_many_kills_under_load() {
    killed_under_load(25);
}
