//! Tests of the event store.

use std::time::Duration;

use serde_json::json;

use super::*;
use crate::webhook::event::EventId;
use crate::webhook::outcome::{DeliveryOutcome, DeliveryResult};
use crate::webhook::pattern::TypePatterns;

const PATIENCE: Duration = Duration::from_millis(200);

fn store() -> (tempfile::TempDir, EventStore) {
    let dir = tempfile::tempdir().expect("a directory");
    let store = EventStore::open(&dir.path().join("data/events.test.sqlite"), PATIENCE).expect("a store");
    (dir, store)
}

fn body(id: &str, kind: &str, created: i64, object: &str) -> Vec<u8> {
    let event = json!({"id": id, "object": "event", "created": created, "type": kind, "data": {"object": {"id": object}}});
    serde_json::to_vec_pretty(&event).expect("JSON")
}

fn event(id: &str, source: Source) -> NewEvent {
    NewEvent::read(&body(id, "charge.succeeded", 1_760_000_000, "ch_1"), source, 1_760_000_001_000)
        .expect("an event")
}

fn result() -> DeliveryResult {
    DeliveryResult {
        outcome: DeliveryOutcome::Rejected,
        status: Some(500),
        location: None,
        detail: None,
        latency: Duration::from_micros(1500),
        answer: b"no \xff".to_vec(),
    }
}

fn start(target: &str) -> AttemptStart<'_> {
    AttemptStart { sender: Sender::Trigger, target, signature: Some("t=1,v1=a"), started_at: 5 }
}

#[test]
fn an_event_comes_back_with_its_bytes_headers_and_signature() {
    let (_dir, mut store) = store();
    let headers =
        [("Content-Type".to_owned(), "application/json".to_owned()), ("Cookie".to_owned(), "a=b".to_owned())];
    let new =
        event("evt_1", Source::Received).with_headers(headers).with_signature(Some("t=1,v1=a".to_owned()));
    let kept = store.step(|step| step.insert_event(&new)).expect("stored");
    assert_eq!(kept, Kept { seq: 1, is_new: true, was_received: false });
    let found = store.find("evt_1").expect("read");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].body, body("evt_1", "charge.succeeded", 1_760_000_000, "ch_1"));
    assert_eq!((found[0].kind.as_str(), found[0].object.as_deref()), ("charge.succeeded", Some("ch_1")));
    assert_eq!((found[0].created, found[0].received_at), (1_760_000_000_000, 1_760_000_001_000));
    assert_eq!(found[0].headers[0].1, "application/json");
    assert_eq!(found[0].headers[1].1, "****", "a cookie is not kept");
    assert_eq!(found[0].signature_problem(), None);
}

#[test]
fn the_same_bytes_are_stored_once_and_others_beside_them() {
    let (_dir, mut store) = store();
    let mut keep = |event: &NewEvent| store.step(|step| step.insert_event(event)).expect("stored");
    let first = keep(&event("evt_1", Source::Triggered));
    let heard = keep(&event("evt_1", Source::Received));
    assert_eq!(
        heard,
        Kept { seq: first.seq, is_new: false, was_received: false },
        "it was sent, and not received"
    );
    assert!(keep(&event("evt_1", Source::Received)).was_received);
    let other =
        NewEvent::read(&body("evt_1", "charge.failed", 1, "ch_1"), Source::Received, 2).expect("an event");
    let other = keep(&other);
    assert!(other.is_new && other.was_received && other.seq != first.seq);
    keep(&event("evt_1", Source::Imported));
    assert_eq!(store.find("evt_1").expect("read").len(), 2);
    assert_eq!(store.sightings(first.seq).expect("read"), 2, "a file is not heard again");
}

#[test]
fn credentials_are_not_in_the_file_and_the_event_says_so() {
    let (dir, mut store) = store();
    let secret = format!("whsec_{}canary", "a".repeat(26));
    let text = format!(
        "{{\"id\":\"evt_1\",\"object\":\"event\",\"type\":\"a.b\",\"data\":{{\"object\":{{\"secret\":\"{secret}\"}}}}}}"
    );
    let new = NewEvent::read(text.as_bytes(), Source::Received, 1).expect("an event");
    let new =
        new.with_headers([("X-Key".to_owned(), secret.clone())]).with_signature(Some("t=1,v1=a".to_owned()));
    assert!(new.is_redacted());
    let answer =
        DeliveryResult { answer: secret.clone().into_bytes(), detail: Some(secret.clone()), ..result() };
    store
        .step(|step| {
            let kept = step.insert_event(&new)?;
            let attempt = step.begin_attempt(kept.seq, &start("http://localhost/"))?;
            step.finish_attempt(attempt, &answer, 6)
        })
        .expect("stored");
    let found = store.find("evt_1").expect("read").remove(0);
    assert!(found.signature_problem().is_some_and(|problem| problem.contains("credentials")));
    assert_eq!(found.headers[0].1, "whsec_****nary");
    drop(store);
    for file in std::fs::read_dir(dir.path().join("data")).expect("files") {
        let bytes = std::fs::read(file.expect("a file").path()).expect("bytes");
        assert!(memchr::memmem::find(&bytes, b"aaaacanary").is_none());
    }
}

#[test]
fn attempts_are_kept_in_order_with_what_came_of_them() {
    let (_dir, mut store) = store();
    let seq = store.step(|step| step.insert_event(&event("evt_1", Source::Triggered))).expect("stored").seq;
    let first = store.step(|step| step.begin_attempt(seq, &start("http://a/"))).expect("begun");
    assert_eq!(store.attempts(seq).expect("read")[0].outcome, None, "under way");
    store.step(|step| step.finish_attempt(first, &result(), 7)).expect("ended");
    store.step(|step| step.add_attempt(seq, &start("http://b/"), &result(), 9)).expect("added");
    let attempts = store.attempts(seq).expect("read");
    let [first, second] = attempts.as_slice() else { panic!("two: {attempts:?}") };
    assert_eq!((first.target.as_str(), second.target.as_str()), ("http://a/", "http://b/"));
    assert_eq!((first.outcome.as_deref(), first.status), (Some("rejected"), Some(500)));
    assert_eq!((first.latency, first.finished_at), (Some(Duration::from_micros(1500)), Some(7)));
    assert_eq!(first.answer.as_deref(), Some(&b"no \xff"[..]));
}

#[test]
fn attempts_and_accepted_items_of_any_number_are_all_there() {
    for count in [1, 2, 31, 32, 33, 100] {
        let (_dir, mut store) = store();
        let replay = store.open_replay("a", false, 1).expect("a replay");
        let (plain, late) = (result(), DeliveryResult { detail: Some("late".into()), ..result() });
        let ended = |number: i64| EndedAttempt {
            event: number + 1,
            signature: (number % 2 == 0).then_some("t=1,v1=a"),
            started_at: number,
            finished_at: number + 1,
            result: if number % 3 == 0 { &late } else { &plain },
        };
        store
            .step(|step| {
                for number in 0..count {
                    let kept = step.insert_event(&event(&format!("evt_{number}"), Source::Imported))?;
                    assert_eq!(kept.seq, number + 1);
                }
                step.add_attempts(Sender::Replay, "http://a/", &(0..count).map(ended).collect::<Vec<_>>())?;
                step.accept_items(replay.id, &(0..count).collect::<Vec<_>>())?;
                // What is accepted already stays so.
                step.accept_items(replay.id, &[0])
            })
            .expect("stored");
        for number in 0..count {
            let attempts = store.attempts(number + 1).expect("read");
            let [attempt] = attempts.as_slice() else { panic!("one: {attempts:?}") };
            assert_eq!((attempt.started_at, attempt.finished_at), (number, Some(number + 1)));
            assert_eq!((attempt.sender.as_str(), attempt.target.as_str()), ("replay", "http://a/"));
            assert_eq!(attempt.signature.is_some(), number % 2 == 0);
            assert_eq!(attempt.detail.is_some(), number % 3 == 0);
            assert_eq!((attempt.status, attempt.outcome.as_deref()), (Some(500), Some("rejected")));
            assert_eq!(attempt.answer.as_deref(), Some(&b"no \xff"[..]));
        }
        assert_eq!(store.accepted_items(replay.id, 0, count).expect("read"), (0..count).collect::<Vec<_>>());
        let accepted = store.open_replay("a", false, 2).expect("the same").accepted;
        assert_eq!(accepted, count.unsigned_abs());
    }
}

#[test]
fn pages_follow_time_and_filters_hold() {
    let (_dir, mut store) = store();
    for (id, kind, created, object) in [
        ("evt_1", "charge.succeeded", 30, "ch_1"),
        ("evt_2", "invoice.paid", 10, "in_1"),
        ("evt_3", "charge.failed", 20, "ch_2"),
        ("evt_4", "invoice.created", 20, "in_1"),
        ("evt_5", "v2.core.account[requirements].updated", 40, "acct_1"),
    ] {
        let new = NewEvent::read(&body(id, kind, created, object), Source::Imported, 1).expect("an event");
        store.step(|step| step.insert_event(&new)).expect("stored");
    }
    let ids = |filter: &EventFilter, order| {
        let (mut ids, mut after) = (Vec::new(), None);
        loop {
            let page = store.page(filter, order, after, 2).expect("a page");
            let Some(last) = page.last() else { return ids };
            after = Some(last.position());
            ids.extend(page.iter().map(|event| event.id.as_str().to_owned()));
        }
    };
    let all = EventFilter::default();
    assert_eq!(ids(&all, EventOrder::OldestFirst), ["evt_2", "evt_3", "evt_4", "evt_1", "evt_5"]);
    assert_eq!(ids(&all, EventOrder::NewestFirst), ["evt_5", "evt_1", "evt_4", "evt_3", "evt_2"]);
    let types = |texts: &[&str]| TypePatterns::read(texts.iter().copied()).expect("patterns");
    let deliverable = |filter: &EventFilter| {
        let (mut ids, mut after) = (Vec::new(), None);
        loop {
            let page = store.deliverable_page(filter, after, 2).expect("a page");
            let Some(last) = page.last() else { return ids };
            after = Some(last.position);
            ids.extend(page.iter().map(|event| event.id.clone()));
        }
    };
    for (filter, expected) in [
        (EventFilter { types: types(&["charge.*"]), ..all.clone() }, vec!["evt_3", "evt_1"]),
        (EventFilter { types: types(&["charge.failed", "*.paid"]), ..all.clone() }, vec!["evt_2", "evt_3"]),
        (EventFilter { types: types(&["v2.core.account[requirements].*"]), ..all.clone() }, vec!["evt_5"]),
        (EventFilter { object: Some("in_1".to_owned()), ..all.clone() }, vec!["evt_2", "evt_4"]),
        (EventFilter { since: Some(20_000), until: Some(30_000), ..all.clone() }, vec!["evt_3", "evt_4"]),
        (EventFilter { ids: vec![EventId::parse("evt_4").expect("an id")], ..all.clone() }, vec!["evt_4"]),
    ] {
        assert_eq!(ids(&filter, EventOrder::OldestFirst), expected, "{filter:?}");
        assert_eq!(deliverable(&filter), expected, "{filter:?}");
        assert_eq!(store.count(&filter).expect("a count"), expected.len() as u64);
    }
}

#[test]
fn pruning_takes_attempts_along_and_stops_at_its_limit() {
    let (_dir, mut store) = store();
    for number in 0..5 {
        let new = NewEvent::read(&body(&format!("evt_{number}"), "a.b", number, "x"), Source::Received, 1);
        let seq = store.step(|step| step.insert_event(&new.expect("an event"))).expect("stored").seq;
        store.step(|step| step.begin_attempt(seq, &start("http://a/"))).expect("begun");
    }
    assert_eq!(store.step(|step| step.prune(4_000, 3)).expect("pruned"), 3);
    assert_eq!(store.step(|step| step.prune(4_000, 3)).expect("pruned"), 1);
    assert_eq!(store.count(&EventFilter::default()).expect("a count"), 1);
    let attempts: i64 = store
        .read(|connection| connection.query_row("SELECT count(*) FROM attempts", [], |row| row.get(0)))
        .expect("a count");
    assert_eq!(attempts, 1);
}

#[test]
fn the_attempt_of_an_event_that_is_pruned_meanwhile_is_no_failure_and_goes_with_the_next_prune() {
    let (_dir, mut store) = store();
    let mut recorder = store.reopen(PATIENCE).expect("the same file");
    recorder.skip_reference_checks().expect("done");
    let seqs = ["evt_1", "evt_2"]
        .map(|id| store.step(|step| step.insert_event(&event(id, Source::Received))).expect("stored").seq);
    store
        .step(|step| step.connection().execute("DELETE FROM events WHERE seq = ?1", [seqs[0]]))
        .expect("gone");
    for seq in seqs {
        recorder.step(|step| step.add_attempt(seq, &start("http://a/"), &result(), 9)).expect("added");
    }
    assert_eq!(store.step(|step| step.prune(0, 10)).expect("pruned"), 0);
    assert_eq!(seqs.map(|seq| store.attempts(seq).expect("read").len()), [0, 1]);
}

#[test]
fn a_step_that_fails_changes_nothing() {
    let (_dir, mut store) = store();
    let failed = store.step(|step| {
        step.insert_event(&event("evt_1", Source::Received))?;
        step.connection().execute_batch("nonsense")
    });
    assert!(matches!(failed, Err(StoreError::Sqlite { .. })), "{failed:?}");
    assert!(store.find("evt_1").expect("read").is_empty());
}

#[test]
fn the_writer_makes_every_step_durable_and_undoes_those_that_fail() {
    let (_dir, store) = store();
    let reader = store.reopen(PATIENCE).expect("a second connection");
    let writer = StoreWriter::start(store).expect("a thread");
    let steps: Vec<_> = (0..2000)
        .map(|number| {
            let new = event(&format!("evt_{number}"), Source::Received);
            writer
                .submit_blocking(move |step| {
                    let kept = step.insert_event(&new)?;
                    if number % 100 == 7 { Err(rusqlite::Error::InvalidQuery) } else { Ok(kept.seq) }
                })
                .expect("handed over")
        })
        .collect();
    let failed = steps.into_iter().filter(|_| true).map(Pending::wait).filter(Result::is_err).count();
    assert_eq!(failed, 20);
    writer.close();
    assert_eq!(reader.count(&EventFilter::default()).expect("a count"), 1980);
    assert!(reader.find("evt_7").expect("read").is_empty());
}

#[test]
fn a_file_that_another_process_holds_is_locked_and_a_newer_one_is_refused() {
    let (_dir, store) = store();
    let mut second = store.reopen(Duration::from_millis(10)).expect("a second connection");
    store.connection.execute_batch("BEGIN IMMEDIATE").expect("held");
    let refused = second.step(|step| step.prune(0, 1));
    assert!(matches!(refused, Err(StoreError::Locked { .. })), "{refused:?}");
    store.connection.execute_batch("ROLLBACK").expect("let go");
    store.connection.pragma_update(None, "user_version", schema::VERSION + 1).expect("set");
    let newer = store.reopen(PATIENCE).map(|_| ()).expect_err("newer");
    assert!(matches!(newer, StoreError::Newer { found: 2, known: 1, .. }), "{newer}");
}

#[test]
fn racers_make_one_file_and_another_file_is_kept() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("data/events.test.sqlite");
    let racers: Vec<_> = (0..6)
        .map(|_| {
            let path = path.clone();
            std::thread::spawn(move || EventStore::open(&path, Duration::from_secs(5)).map(|_| ()))
        })
        .collect();
    for racer in racers {
        assert_eq!(racer.join().expect("no panic"), Ok(()));
    }
    let notes = dir.path().join("notes.txt");
    std::fs::write(&notes, "not a database, and longer than a header would be\n".repeat(40))
        .expect("written");
    let error = EventStore::open(&notes, PATIENCE).map(|_| ()).expect_err("no database").to_string();
    assert!(error.contains("notes.txt"), "{error}");
    assert!(std::fs::read_to_string(&notes).expect("kept").starts_with("not a database"));
}

#[cfg(unix)]
#[test]
fn the_files_are_the_users_alone() {
    use std::os::unix::fs::PermissionsExt;
    let (dir, mut store) = store();
    store.step(|step| step.insert_event(&event("evt_1", Source::Received))).expect("stored");
    let mode = |path: &Path| std::fs::metadata(path).expect("metadata").permissions().mode() & 0o777;
    assert_eq!(mode(&dir.path().join("data")), 0o700);
    for name in ["events.test.sqlite", "events.test.sqlite-wal"] {
        assert_eq!(mode(&dir.path().join("data").join(name)), 0o600, "{name}");
    }
}

#[test]
fn no_statement_is_planned_again_for_each_event() {
    let (_dir, mut store) = store();
    for number in 0..3 {
        let new = event(&format!("evt_{number}"), Source::Received);
        store.step(|step| step.insert_event(&new)).expect("stored");
    }
    let earlier = store.connection.prepare_cached(transaction::EARLIER).expect("a statement");
    assert!(earlier.get_status(rusqlite::StatementStatus::Run) >= 3);
    assert_eq!(earlier.get_status(rusqlite::StatementStatus::RePrepare), 0);
}

#[test]
fn a_finished_replay_is_forgotten_with_everything_that_was_accepted() {
    let (_dir, mut store) = store();
    let items: Vec<_> = (0..25_000).collect();
    let count = |store: &EventStore| -> i64 {
        let sql = "SELECT count(*) FROM replay_items";
        store.read(|connection| connection.query_row(sql, [], |row| row.get(0))).expect("a count")
    };
    let (first, other) = (store.open_replay("a", false, 1), store.open_replay("b", false, 1));
    let (first, other) = (first.expect("a replay"), other.expect("another"));
    store.step(|step| step.accept_items(first.id, &items)).expect("accepted");
    store.step(|step| step.accept_items(other.id, &[7])).expect("accepted");
    store.close_replay(first.id).expect("forgotten");
    assert_eq!((store.known_replay("a"), count(&store)), (Ok(None), 1));
    let refused = store.step(|step| step.accept_items(first.id, &[1]));
    assert!(refused.is_err(), "references are checked again");

    // Killed in between: the replay is forgotten, its items are not.
    store.skip_reference_checks().expect("set");
    store.step(|step| step.accept_items(first.id, &items)).expect("left behind");
    let again = store.open_replay("a", false, 2).expect("a replay");
    assert_eq!((again.accepted, again.id > other.id), (0, true));
    store.step(|step| step.prune(0, 1)).expect("pruned");
    assert_eq!(count(&store), 1, "what belongs to an unfinished replay stays");
}
