//! SIGKILL under load: whatever the sandbox answered is there afterwards, and every key replays.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
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

/// The load, and what its clients were answered.
#[derive(Default)]
struct Load {
    is_over: AtomicBool,
    next: AtomicUsize,
    answered: Mutex<Vec<Answered>>,
}

impl Load {
    fn answered(&self) -> usize {
        self.answered.lock().expect("no panic").len()
    }

    /// Posts under keys of this round until it is over. Each key is used twice, the second time while the
    /// first may be under way.
    fn post(&self, base: &str, bearer: &str, round: usize) {
        while !self.is_over.load(Ordering::Relaxed) {
            let number = self.next.fetch_add(1, Ordering::Relaxed) / 2;
            let key = format!("round-{round}-{number}");
            let header = format!("Idempotency-Key: {key}");
            match send(base, "POST", "/v1/customers", &[bearer, &header], &format!("metadata[key]={key}")) {
                Ok(seen) if seen.status == 200 => {
                    self.answered.lock().expect("no panic").push((key, seen.body));
                }
                Ok(seen) => assert_eq!(seen.status, 409, "{seen:?}"),
                Err(_) => {}
            }
        }
    }
}

/// Serves, kills the server while clients post, and gives back what they were answered.
fn round(home: &Home, bearer: &str, number: usize, dice: &mut Dice) -> Vec<Answered> {
    let (mut running, base) = serve(home);
    let load = Load::default();
    std::thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| load.post(&base, bearer, number));
        }
        let enough = 1 + dice.below(200);
        running.until("an answer", |_| load.answered() >= enough);
        std::thread::sleep(dice.time_below(Duration::from_millis(5)));
        running.kill();
        load.is_over.store(true, Ordering::Relaxed);
    });
    running.wait();
    load.answered.into_inner().expect("no panic")
}

/// Kills the server in the middle of load, and looks at what the next one knows.
fn killed_under_load(rounds: usize) {
    let mut dice = Dice::seeded("sandbox kills");
    let home = Home::new();
    let bearer = bearer(&home);
    let mut all: Vec<Answered> = Vec::new();
    for number in 0..rounds {
        all.extend(round(&home, &bearer, number, &mut dice));
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
