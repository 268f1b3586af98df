//! The promises of a journal for single requests.

use super::*;

pub(super) fn an_entry_is_read_back_as_it_was_written<H: Home>() {
    let home = H::new();
    let ticket = ready(begin(&mut home.open(), "a=1", FIRST, NOW));
    let written = ticket.entry.clone();
    assert_eq!(home.open().find("first").expect("a journal"), Some(written.clone()));
    assert_eq!(home.open().find(&written.id).expect("a journal"), Some(written));
}

pub(super) fn a_run_that_died_is_continued_with_its_key_and_its_bytes<H: Home>() {
    let home = H::new();
    drop(ready(begin(&mut home.open(), "a=1&b=2", FIRST, NOW)));
    let again = ready(begin(&mut home.open(), "b=2&a=1", SECOND, later(1)));
    assert_eq!((again.entry.key.as_str(), again.source), ("first", KeySource::Journal));
    assert_eq!(again.entry.intent.body, b"a=1&b=2");
    assert_eq!((again.attempt, again.maybe), (2, true));
    assert_eq!(again.entry.first_sent_at, Some(NOW));
}

pub(super) fn a_finished_run_is_not_continued_and_another_request_never<H: Home>() {
    let home = H::new();
    let mut journal = home.open();
    let mut ticket = ready(begin(&mut journal, "a=1", FIRST, NOW));
    journal
        .finish_attempt(&mut ticket, &result(Execution::Final, Outcome::Succeeded), NOW)
        .expect("recorded");
    drop(ticket);
    journal.mark_reported("first", NOW).expect("recorded");
    assert_eq!(ready(begin(&mut journal, "a=1", SECOND, NOW)).entry.key, "second");
    let third = KeyChoice::Continue { candidate: "third" };
    assert_eq!(ready(begin(&mut journal, "a=2", third, NOW)).entry.key, "third");
}

pub(super) fn a_result_that_was_not_reported_is_continued<H: Home>() {
    let home = H::new();
    let mut journal = home.open();
    let mut ticket = ready(begin(&mut journal, "a=1", FIRST, NOW));
    journal
        .finish_attempt(&mut ticket, &result(Execution::Final, Outcome::Succeeded), NOW)
        .expect("recorded");
    drop(ticket);
    let again = ready(begin(&mut journal, "a=1", SECOND, NOW));
    assert_eq!((again.entry.key.as_str(), again.source, again.maybe), ("first", KeySource::Journal, false));
}

pub(super) fn a_key_that_is_being_sent_is_busy_for_everybody_else<H: Home>() {
    let home = H::new();
    let held = ready(begin(&mut home.open(), "a=1", FIRST, NOW));
    let mut other = home.open();
    assert!(matches!(begin(&mut other, "a=1", SECOND, NOW), Begun::Busy { key } if key == "first"));
    assert!(matches!(begin(&mut other, "a=1", KeyChoice::Given("first"), NOW), Begun::Busy { .. }));
    assert!(matches!(
        other.settle("first", Resolution::Failed, "seen", NOW),
        Err(JournalError::InUse(key)) if key == "first"
    ));
    drop(held);
    assert_eq!(ready(begin(&mut other, "a=1", SECOND, NOW)).entry.key, "first");
}

pub(super) fn a_known_key_with_another_request_is_a_mismatch_and_changes_nothing<H: Home>() {
    let home = H::new();
    let mut journal = home.open();
    drop(ready(begin(&mut journal, "a=1", KeyChoice::Given("k"), NOW)));
    let before = journal.find("k").expect("a journal");
    match begin(&mut journal, "a=2", KeyChoice::Given("k"), NOW) {
        Begun::Mismatch { differences, .. } => assert_eq!(differences, ["parameter a"]),
        other => panic!("{other:?}"),
    }
    assert_eq!(journal.find("k").expect("a journal"), before);
}

pub(super) fn an_operation_keeps_its_key<H: Home>() {
    let home = H::new();
    let mut journal = home.open();
    let run = |candidate| KeyChoice::Operation { name: "payout-1", candidate };
    let mut ticket = ready(begin(&mut journal, "a=1", run("x"), NOW));
    journal
        .finish_attempt(&mut ticket, &result(Execution::Final, Outcome::Succeeded), NOW)
        .expect("recorded");
    drop(ticket);
    let again = ready(begin(&mut journal, "a=1", run("y"), later(1)));
    assert_eq!((again.entry.key.as_str(), again.source), ("x", KeySource::Operation));
    drop(again);
    assert!(matches!(begin(&mut journal, "a=1", run("z"), later(25)), Begun::Answered(_)));
}

pub(super) fn a_settled_result_survives_a_resend_that_got_no_answer<H: Home>() {
    let home = H::new();
    let mut journal = home.open();
    let mut ticket = ready(begin(&mut journal, "a=1", KeyChoice::Given("k"), NOW));
    journal.finish_attempt(&mut ticket, &result(Execution::Final, Outcome::Declined), NOW).expect("recorded");
    drop(ticket);
    drop(ready(begin(&mut journal, "a=1", KeyChoice::Given("k"), NOW)));
    let mut ticket = ready(begin(&mut journal, "a=1", KeyChoice::Given("k"), NOW));
    assert!(!ticket.maybe, "the result is known");
    journal.finish_attempt(&mut ticket, &result(Execution::Maybe, Outcome::Unknown), NOW).expect("recorded");
    let entry = journal.find("k").expect("a journal").expect("the entry");
    assert_eq!((entry.state, entry.outcome, entry.attempts), (State::Failed, Some(Outcome::Declined), 3));
}

pub(super) fn what_was_not_executed_does_not_start_the_window<H: Home>() {
    let home = H::new();
    let mut journal = home.open();
    let mut ticket = ready(begin(&mut journal, "a=1", FIRST, NOW));
    let limited = result(Execution::NotExecuted, Outcome::RateLimited);
    journal.finish_attempt(&mut ticket, &limited, NOW).expect("recorded");
    drop(ticket);
    let again = ready(begin(&mut journal, "a=1", SECOND, later(48)));
    assert_eq!((again.entry.key.as_str(), again.maybe), ("first", false));
    assert_eq!(again.entry.first_sent_at, Some(later(48)));
}

pub(super) fn past_the_window_an_unknown_outcome_blocks_until_a_person_settles_it<H: Home>() {
    let home = H::new();
    let mut journal = home.open();
    drop(ready(begin(&mut journal, "a=1", FIRST, NOW)));
    assert!(matches!(begin(&mut journal, "a=1", SECOND, later(25)), Begun::Expired(_)));
    assert!(matches!(begin(&mut journal, "a=1", SECOND, later(-1)), Begun::Expired(_)));
    let expired = Filter { state: Some(State::ExpiredUnknown), since: None, limit: None, now: later(25) };
    assert_eq!(journal.list(&expired).expect("a list").len(), 1);
    journal.settle("first", Resolution::Failed, "not in the dashboard", later(25)).expect("settled");
    assert_eq!(ready(begin(&mut journal, "a=1", SECOND, later(25))).entry.key, "second");
    assert!(matches!(
        journal.settle("first", Resolution::Succeeded, "it was", later(25)),
        Err(JournalError::Settled { .. })
    ));
}

pub(super) fn a_fresh_key_leaves_the_unfinished_duplicate_as_it_is<H: Home>() {
    let home = H::new();
    let mut journal = home.open();
    drop(ready(begin(&mut journal, "a=1", FIRST, NOW)));
    let fresh = ready(begin(&mut journal, "a=1", KeyChoice::Fresh { candidate: "fresh" }, NOW));
    assert_eq!((fresh.entry.key.as_str(), fresh.source), ("fresh", KeySource::Generated));
    assert_eq!(journal.find("first").expect("a journal").expect("an entry").state, State::Sending);
}

pub(super) fn attempts_are_listed_with_what_they_ended_with<H: Home>() {
    let home = H::new();
    let mut journal = home.open();
    let mut ticket = ready(begin(&mut journal, "a=1", FIRST, NOW));
    journal.finish_attempt(&mut ticket, &result(Execution::Maybe, Outcome::Unknown), NOW).expect("recorded");
    journal.begin_attempt(&mut ticket, later(1)).expect("begun");
    let attempts = journal.attempts(&ticket.entry).expect("attempts");
    let seen: Vec<_> = attempts.iter().map(|a| (a.number, a.status, a.finished_at.is_some())).collect();
    assert_eq!(seen, [(1, Some(200), true), (2, None, false)]);
}

pub(super) fn many_processes_that_begin_the_same_request_end_with_one_key<H: Home>() {
    let home = H::new();
    drop(home.open());
    let keys: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|n| {
                let home = &home;
                scope.spawn(move || {
                    let mut journal = home.open_patiently();
                    let candidate = format!("key-{n}");
                    let choice = KeyChoice::Continue { candidate: &candidate };
                    match begin(&mut journal, "a=1", choice, NOW) {
                        Begun::Ready(ticket) => ticket.entry.key.clone(),
                        Begun::Busy { key } => key,
                        other => panic!("{other:?}"),
                    }
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("a key")).collect()
    });
    assert!(keys.iter().all(|key| *key == keys[0]), "{keys:?}");
}

pub(super) fn a_final_refusal_keeps_its_window_when_a_later_attempt_executed_nothing<H: Home>() {
    let home = H::new();
    let mut journal = home.open();
    let mut ticket = ready(begin(&mut journal, "a=1", KeyChoice::Given("k"), NOW));
    journal.finish_attempt(&mut ticket, &result(Execution::Final, Outcome::Invalid), NOW).expect("recorded");
    drop(ticket);
    let mut ticket = ready(begin(&mut journal, "a=1", KeyChoice::Given("k"), later(20)));
    let limited = result(Execution::NotExecuted, Outcome::RateLimited);
    journal.finish_attempt(&mut ticket, &limited, later(20)).expect("recorded");
    drop(ticket);
    assert!(matches!(begin(&mut journal, "a=1", KeyChoice::Given("k"), later(26)), Begun::Answered(_)));
}

pub(super) fn a_word_that_this_version_does_not_know_is_an_error_in_every_column<H: Home>() {
    for column in ["state", "outcome", "method", "mode", "family", "key_source"] {
        let home = H::new();
        let mut journal = home.open();
        drop(ready(begin(&mut journal, "a=1", FIRST, NOW)));
        home.puzzle(column);
        assert!(journal.find("first").is_err(), "{column}");
    }
}

pub(super) fn an_unfinished_run_of_another_credential_does_not_stand_in_the_way<H: Home>() {
    let home = H::new();
    let mut journal = home.open();
    let of = |credential: &str| Intent {
        account: None,
        credential: Some(credential.into()),
        ..Intent::example("a=1")
    };
    let mut run = |credential: &str, candidate: &str| {
        let choice = KeyChoice::Continue { candidate };
        let begun = journal.begin(&Begin { intent: &of(credential), key: choice, now: NOW });
        ready(begun.expect("a decision")).entry.key.clone()
    };
    assert_eq!([run("b", "first"), run("a", "second"), run("b", "third")], ["first", "second", "first"]);
    let given = journal.begin(&Begin { intent: &of("a"), key: KeyChoice::Given("first"), now: NOW });
    assert!(matches!(given, Ok(Begun::OtherCredential(_))), "one key stands for one request: {given:?}");
}

pub(super) fn no_credential_gets_into_the_file_and_its_answer_says_that_it_is_redacted<H: Home>() {
    let home = H::new();
    let secret = format!("whsec_{}", "Abc1".repeat(7));
    let mut journal = home.open();
    let mut ticket = ready(begin(&mut journal, "a=1", FIRST, NOW));
    let telling = AttemptResult {
        body: Some(format!("{{\"secret\": \"{secret}\"}}").into_bytes()),
        request_id: Some(secret.clone()),
        original_request_id: Some(secret.clone()),
        detail: Some(format!("400 {secret}")),
        ..result(Execution::Maybe, Outcome::Unknown)
    };
    journal.finish_attempt(&mut ticket, &telling, NOW).expect("recorded");
    drop(ticket);
    journal.settle("first", Resolution::Failed, &secret, NOW).expect("settled");
    let entry = journal.find("first").expect("a journal").expect("an entry");
    assert_eq!(entry.answer.bytes(), Some(&b"{\"secret\": \"whsec_****Abc1\"}"[..]));
    assert!(entry.answer.is_redacted());
    drop(journal);
    assert!(!home.holds("Abc1Abc1"), "the secret is in a file");
}

pub(super) fn a_credential_in_a_request_is_refused_before_anything_is_stored<H: Home>() {
    let home = H::new();
    let mut journal = home.open();
    let key = ["sk", "test", &"a1B2".repeat(6)].join("_");
    for (body, choice) in [(format!("a={key}"), FIRST), ("a=1".into(), KeyChoice::Given(&key))] {
        let intent = Intent::example(&body);
        let begun = journal.begin(&Begin { intent: &intent, key: choice, now: NOW });
        assert!(matches!(begun, Err(JournalError::Credential { .. })), "{begun:?}");
    }
    drop(journal);
    assert!(!home.holds("a1B2a1B2"));
}

pub(super) fn a_confirmation_is_sent_with_its_client_secret_and_stored_without<H: Home>() {
    let home = H::new();
    let body = format!("client_secret=pi_1_secret_{}&b=2", "Abc1".repeat(6));
    let intent = Intent { path: "/v1/payment_intents/pi_1/confirm".into(), ..Intent::example(&body) };
    let mut journal = home.open();
    let run = |journal: &mut H::Journal, intent: &Intent| {
        journal.begin(&Begin { intent, key: FIRST, now: NOW }).expect("a decision")
    };
    assert_eq!(ready(run(&mut journal, &intent)).entry.intent, intent);
    let stored = journal.find("first").expect("a journal").expect("an entry").intent;
    assert!(stored.lacks_client_secret());
    assert_eq!(ready(run(&mut journal, &intent)).entry.intent, intent, "the same bytes again");
    let given = journal.begin(&Begin { intent: &stored, key: KeyChoice::Given("first"), now: NOW });
    assert!(matches!(given, Ok(Begun::Mismatch { .. })), "it is not sent without its secret: {given:?}");
    drop(journal);
    assert!(!home.holds("Abc1Abc1"));
}

pub(super) fn bodies_of_answers_are_kept_or_not_as_it_is_configured<H: Home>() {
    let home = H::new();
    let mut journal = home.open_keeping(KeepBodies::None);
    let mut ticket = ready(begin(&mut journal, "a=1", FIRST, NOW));
    let paid = result(Execution::Final, Outcome::Succeeded);
    journal.finish_attempt(&mut ticket, &paid, NOW).expect("recorded");
    drop(ticket);
    let entry = journal.find("first").expect("a journal").expect("an entry");
    assert_eq!((entry.answer.bytes(), entry.status, entry.answer.is_redacted()), (None, Some(200), true));
}

pub(super) fn what_is_open_is_gone_through_one_by_one_from_the_oldest_on<H: Home>() {
    let home = H::new();
    let mut journal = home.open();
    let mut made = |body: &str, key: &str, now: UnixMillis| {
        let mut ticket = ready(begin(&mut journal, body, KeyChoice::Given(key), now));
        if key == "done" {
            let done = result(Execution::Final, Outcome::Succeeded);
            journal.finish_attempt(&mut ticket, &done, now).expect("recorded");
        }
    };
    made("a=2", "second", later(1));
    made("a=1", "first", NOW);
    made("a=3", "done", NOW);
    made("a=4", "third", later(1));
    let (mut seen, mut position) = (Vec::new(), None);
    while let Some(entry) = journal.next_open(position.as_ref()).expect("a journal") {
        position = Some(Position { created_at: entry.created_at, id: entry.id.clone() });
        seen.push(entry.key);
    }
    assert_eq!(seen[0], "first");
    seen.sort();
    assert_eq!(seen, ["first", "second", "third"]);
}
