//! `webhook listen --from-api`: every event once, whatever happens to the API, the target, and the process.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use paycli::keys::SigningSecret;
use paycli::webhook::{SigningKey, signature};
use serde_json::{Value, json};

use super::webhook_listen::{accepting, interrupt, interrupted, now};
use crate::support::answer::Answer;
use crate::support::http::send;
use crate::support::killer::Dice;
use crate::support::sandbox::Sandbox;
use crate::support::{Home, Run, Server, Step, events, keys};

/// A home whose sandbox profile is a served sandbox.
fn api(sandbox: &Sandbox, home: &Home, args: &[&str]) -> Run {
    let base = ["--api-base", &sandbox.url, "listen", "--from-api", "--interval", "100ms"];
    let run = home.paycli(base).args(args).key(&sandbox.secret_key());
    run.env("PAYCLI_WEBHOOK_SECRET", keys::webhook_secret())
}

fn make(sandbox: &Sandbox, home: &Home, count: usize) {
    for number in 0..count {
        let args = ["--api-base", &sandbox.url, "post", "customers", "-d", &format!("name=n{number}")];
        home.paycli(args).key(&sandbox.secret_key()).run().exits(0);
    }
}

#[test]
fn events_of_the_api_are_delivered_once_each_over_kills_and_what_was_missed_too() {
    let (home, sandbox, target) = (Home::new(), Sandbox::start(), accepting());
    make(&sandbox, &home, 4);
    let to = target.url();
    let args = ["--forward-to", &to, "--since", "1h"];
    let mut running = api(&sandbox, &home, &args).start();
    running.until("the first events", |_| target.requests().len() >= 2);
    running.kill();
    running.wait();
    make(&sandbox, &home, 5);
    let mut running = api(&sandbox, &home, &args).start();
    running.until("all events", |_| events::counts(&target).len() == 9);
    std::thread::sleep(Duration::from_millis(500));
    interrupt(&running);
    interrupted(&running.wait());
    let counts = events::counts(&target);
    let twice: usize = counts.values().map(|count| count - 1).sum();
    assert!(twice <= 1, "at most what was under way at the kill comes twice: {counts:?}");
    let key = SigningKey::stripe(&SigningSecret::new(keys::webhook_secret())).expect("a key");
    for request in target.requests() {
        let header = request.header("stripe-signature").map(str::as_bytes);
        let window = paycli::webhook::Window { now: now(), tolerance_seconds: 300 };
        assert!(signature::verify(&request.body, header, std::slice::from_ref(&key), window).is_valid());
    }
    let again = api(&sandbox, &home, &["--forward-to", &to, "--for", "500ms"]).run().exits(0);
    assert!(!again.out().contains("-->"), "{again}");
}

/// Events of the API, 50 of each second, the oldest first.
fn backlog(count: usize) -> Vec<Value> {
    let event = |number: usize| {
        let mut event = events::event(number / 50, "a.b", &format!("obj_{number}"));
        event["id"] = json!(format!("evt_{number:04}"));
        event
    };
    (0..count).map(event).collect()
}

/// A page of a list as the API gives it: the newest first.
fn page(all: &[Value], query: &[(String, String)]) -> Answer {
    let query: BTreeMap<_, _> = query.iter().cloned().collect();
    let place = |id: &String| all.iter().position(|event| event["id"] == json!(id)).expect("a known id");
    let from = query.get("created[gte]").map_or(0, |text| text.parse::<i64>().expect("a time"));
    let (newer, older) = (query.get("ending_before").map(place), query.get("starting_after").map(place));
    let wanted = all.iter().enumerate().filter(|(at, event)| {
        newer.is_none_or(|cursor| *at > cursor)
            && older.is_none_or(|cursor| *at < cursor)
            && event["created"].as_i64() >= Some(from)
    });
    let wanted: Vec<_> = wanted.map(|(_, event)| event.clone()).collect();
    let part: Vec<_> = if newer.is_some() {
        wanted.iter().take(100).rev().cloned().collect()
    } else {
        wanted.iter().rev().take(100).cloned().collect()
    };
    let has_more = wanted.len() > part.len();
    Answer::json(200, &json!({"object": "list", "data": part, "has_more": has_more}))
}

/// An API that has these events, and whose key may not see the account.
fn api_of(all: Vec<Value>) -> Server {
    Server::answering(move |request| {
        if request.path() != "/v1/events" {
            return Step::Answer(Answer::error(403, "invalid_request_error", None));
        }
        Step::Answer(page(&all, &request.query()))
    })
}

/// `listen --from-api` of a server, from before its first event.
fn polling(home: &Home, api: &Server, args: &[&str]) -> Run {
    let run = home.at(api, ["listen", "--from-api", "--interval", "100ms", "--since", "1760000000"]);
    run.args(args).env("PAYCLI_WEBHOOK_SECRET", keys::webhook_secret())
}

#[test]
fn a_backlog_of_several_pages_comes_oldest_first_and_whole() {
    let (home, target, api) = (Home::new(), accepting(), api_of(backlog(250)));
    let seen = polling(&home, &api, &["--forward-to", &target.url(), "--count", "250"]).run().exits(0);
    let expected: Vec<_> = (0..250).map(|number| format!("evt_{number:04}")).collect();
    assert_eq!(events::ids(&target), expected, "{seen}");
}

#[test]
fn events_of_one_second_are_whole_where_pages_end_among_them_and_it_is_killed_between() {
    let (home, api) = (Home::new(), api_of(backlog(320)));
    let target = Server::always(Answer::new(200, "{}").after(Duration::from_millis(2))).keep_alive();
    let mut kills = 0;
    // A page has 100 events, a second 50, and a kill may come within either.
    for wanted in [97, 150, 203, 299] {
        let mut running = polling(&home, &api, &["--forward-to", &target.url()]).start();
        running.until("some events", |_| target.requests().len() >= wanted);
        running.kill();
        running.wait();
        kills += 1;
    }
    let mut running = polling(&home, &api, &["--forward-to", &target.url()]).start();
    running.until("all events", |_| events::counts(&target).len() == 320);
    std::thread::sleep(Duration::from_millis(300));
    running.kill();
    let twice: usize = events::counts(&target).values().map(|count| count - 1).sum();
    assert!(twice <= kills, "{twice} events came twice after {kills} kills");
}

#[test]
fn an_account_that_cannot_be_read_for_now_is_no_other_account() {
    let (home, target) = (Home::new(), accepting());
    let (is_ill, is_later) = (std::sync::Arc::new(AtomicBool::new(false)), AtomicBool::new(false));
    let (ill, all) = (std::sync::Arc::clone(&is_ill), backlog(120));
    let api = Server::answering(move |request| {
        if request.path() == "/v1/account" {
            // It is ill once, and well again.
            if ill.swap(false, Ordering::SeqCst) {
                is_later.store(true, Ordering::SeqCst);
                return Step::Answer(Answer::error(500, "api_error", None));
            }
            return Step::Answer(Answer::json(200, &json!({"id": "acct_1", "object": "account"})));
        }
        let count = if is_later.load(Ordering::SeqCst) { 120 } else { 70 };
        Step::Answer(page(&all[..count], &request.query()))
    });
    polling(&home, &api, &["--forward-to", &target.url(), "--count", "70"]).run().exits(0);
    is_ill.store(true, Ordering::SeqCst);
    let seen = home.at(&api, ["listen", "--from-api", "--interval", "100ms", "--count", "50"]);
    let seen = seen.env("PAYCLI_WEBHOOK_SECRET", keys::webhook_secret());
    let seen = seen.args(["--forward-to", &target.url(), "--for", "20s"]).run().exits(0);
    assert!(seen.out().contains("the API cannot be read: 500"), "{seen}");
    assert_eq!(events::counts(&target).len(), 120, "{seen}");
    assert!(events::counts(&target).values().all(|count| *count == 1), "{seen}");
}

#[test]
fn an_api_that_limits_is_waited_for_and_one_that_refuses_ends_it() {
    let (home, target) = (Home::new(), accepting());
    let list = json!({"object": "list", "data": [events::event(1, "a.b", "o")], "has_more": false});
    let api = Server::script([
        Answer::error(403, "invalid_request_error", None),
        Answer::error(429, "rate_limit_error", None).header("Retry-After", "0"),
        Answer::error(500, "api_error", None),
        Answer::json(200, &list),
    ]);
    let args = ["listen", "--from-api", "--since", "1760000000", "--once", "--forward-to", &target.url()];
    let run = |api: &Server| home.at(api, args).env("PAYCLI_WEBHOOK_SECRET", keys::webhook_secret());
    let seen = run(&api).run().exits(0);
    assert!(seen.out().contains("429") && seen.err().contains("30 days"), "{seen}");
    assert_eq!(events::ids(&target), ["evt_replay000001"]);
    let home = Home::new();
    let refusing = Server::always(Answer::error(401, "invalid_request_error", None));
    home.at(&refusing, args).run().exits(13);
    home.at(&refusing, args).without_key().run().exits(13);
    home.at(&refusing, ["listen", "--from-api"]).run().exits(2).says("--forward-to");
}

#[test]
fn an_event_that_the_target_refuses_is_delivered_later() {
    let (home, sandbox) = (Home::new(), Sandbox::start());
    make(&sandbox, &home, 1);
    let target = Server::script([Answer::new(500, ""), Answer::new(200, "")]);
    let run = api(&sandbox, &home, &["--forward-to", &target.url(), "--since", "1h", "--once"]);
    run.run().exits(0);
    assert_eq!(target.requests().len(), 2);
}

/// A fault of a sandbox.
fn fault(sandbox: &Sandbox, spec: &str) {
    sandbox.control(&["fault", "add", spec]);
}

/// Kills a poller at random times while the API fails and events are made, and looks at what arrived.
fn killed(rounds: usize, made_a_round: usize) {
    let mut dice = Dice::seeded("killed --from-api");
    let (home, sandbox) = (Home::new(), Sandbox::start());
    let target = Server::always(Answer::new(200, "{}").after(Duration::from_millis(1))).keep_alive();
    for spec in [
        "drop-response,method=GET,probability=0.1",
        "status=500,method=GET,probability=0.1",
        "latency=300ms,method=GET,probability=0.2",
    ] {
        fault(&sandbox, spec);
    }
    let args = ["--forward-to", &target.url(), "--since", "1h"];
    let bearer = format!("Authorization: Bearer {}", sandbox.secret_key());
    let mut made = 0;
    for _ in 0..rounds {
        let mut running = api(&sandbox, &home, &args).start();
        for _ in 0..made_a_round {
            let name = format!("name=n{made}");
            let answer = send(&sandbox.url, "POST", "/v1/customers", &[&bearer], &name).expect("an answer");
            assert_eq!(answer.status, 200, "{answer:?}");
            made += 1;
        }
        std::thread::sleep(dice.time_below(Duration::from_millis(600)));
        assert!(!running.has_ended(), "it goes on whatever the API answers: {}", running.stderr_so_far());
        running.kill();
        running.wait();
    }
    let mut running = api(&sandbox, &home, &args).time_limit(Duration::from_secs(120)).start();
    running.until("all events", |_| events::counts(&target).len() >= made);
    std::thread::sleep(Duration::from_millis(500));
    running.kill();
    let counts = events::counts(&target);
    assert_eq!(counts.len(), made, "every event arrives");
    let twice: usize = counts.values().map(|count| count - 1).sum();
    assert!(twice <= rounds, "{twice} events came twice after {rounds} kills");
}

#[test]
fn an_api_that_fails_and_kills_lose_nothing() {
    killed(5, 12);
}

#[test]
#[ignore = "slow: run by scripts/test.sh"]
fn an_api_that_fails_and_fifty_kills_lose_nothing() {
    killed(50, 12);
}
