//! Lines of batches: durable together, each under its own key, and never in flight twice.

use super::*;
use crate::journal::{BatchLease, Finished, Group, LineState};

fn line<'a>(intent: &'a Intent, operation: &'a str, key: Option<&'a str>, candidate: &'a str) -> Begin<'a> {
    Begin { intent, key: KeyChoice::Line { operation, key, candidate }, now: NOW }
}

fn claim(journal: &mut impl Journal) -> BatchLease {
    journal.claim_batch("b").expect("a lease").expect("a free batch")
}

fn begin_lines(journal: &mut impl Journal, lease: &BatchLease, begun: Vec<Begin<'_>>) -> Vec<Begun> {
    journal.write_group(lease, Group { begun, ..Group::default() }, NOW).expect("a group")
}

fn begin_line(journal: &mut impl Journal, lease: &BatchLease, begin: Begin<'_>) -> Begun {
    begin_lines(journal, lease, vec![begin]).remove(0)
}

fn finish(journal: &mut impl Journal, lease: &BatchLease, ticket: &mut Ticket, result: &AttemptResult) {
    let finished = vec![Finished { ticket, result }];
    journal.write_group(lease, Group { finished, ..Group::default() }, NOW).expect("a group");
}

pub(super) fn a_line_keeps_its_key_and_its_result_for_good<H: Home>() {
    let home = H::new();
    let mut journal = home.open();
    let lease = claim(&mut journal);
    let intents = [Intent::example("a=1"), Intent::example("a=1")];
    assert!(!journal.knows_batch("b").expect("read"));
    let begun = begin_lines(
        &mut journal,
        &lease,
        vec![line(&intents[0], "b/1", None, "k-1"), line(&intents[1], "b/2", None, "k-2")],
    );
    let mut tickets: Vec<_> = begun.into_iter().map(ready).collect();
    assert_eq!((&*tickets[0].entry.key, &*tickets[1].entry.key), ("k-1", "k-2"), "equal lines are two");
    finish(&mut journal, &lease, &mut tickets[0], &result(Execution::Final, Outcome::Succeeded));
    drop((tickets, lease));

    assert!(journal.knows_batch("b").expect("read") && !journal.knows_batch("a").expect("read"));
    let lease = claim(&mut journal);
    let again = begin_lines(
        &mut journal,
        &lease,
        vec![line(&intents[0], "b/1", None, "k-3"), line(&intents[1], "b/2", None, "k-4")],
    );
    let [first, second] = again.try_into().expect("two");
    assert!(matches!(first, Begun::Answered(entry) if entry.key == "k-1" && entry.reported_at.is_some()));
    let second = ready(second);
    assert_eq!((&*second.entry.key, second.attempt, second.maybe), ("k-2", 2, true));
}

pub(super) fn a_line_that_no_longer_fits_its_key_is_named<H: Home>() {
    let home = H::new();
    let mut journal = home.open();
    let lease = claim(&mut journal);
    let (first, now) = (Intent::example("a=1"), Intent::example("a=2"));
    drop(ready(begin_line(&mut journal, &lease, line(&first, "b/1", None, "k-1"))));
    drop(ready(begin_line(&mut journal, &lease, line(&first, "b/2", Some("own"), "k-2"))));
    let states = journal
        .check_lines(&[
            line(&first, "b/1", None, "x"),
            line(&now, "b/1", None, "x"),
            line(&first, "b/2", Some("other"), "x"),
            line(&first, "b/3", Some("own"), "x"),
            line(&first, "b/4", None, "x"),
        ])
        .expect("read");
    let differences = |state: &LineState| match state {
        LineState::Changed { differences, .. } => differences.concat(),
        other => panic!("{other:?}"),
    };
    assert_eq!((&states[0], &states[4]), (&LineState::Open, &LineState::New));
    assert_eq!(differences(&states[1]), "parameter a");
    assert_eq!(differences(&states[2]), "idempotency key (first own, now other)");
    assert_eq!(differences(&states[3]), "line (first b/2, now b/3)");
    let refused = begin_line(&mut journal, &lease, line(&now, "b/1", None, "x"));
    assert!(matches!(refused, Begun::Mismatch { .. }), "{refused:?}");
}

pub(super) fn a_key_that_a_batch_has_in_flight_is_busy_for_a_single_request_until_the_batch_is_dead<
    H: Home,
>() {
    let home = H::new();
    let (mut journal, mut other) = (home.open(), home.open());
    let lease = claim(&mut journal);
    let intent = Intent::example("a=1");
    let mut ticket = ready(begin_line(&mut journal, &lease, line(&intent, "b/1", Some("own"), "x")));
    let busy = |other: &mut H::Journal, key| matches!(begin(other, "a=1", key, NOW), Begun::Busy { key } if key == "own");
    assert!(busy(&mut other, KeyChoice::Given("own")) && busy(&mut other, SECOND));
    assert!(matches!(other.settle("own", Resolution::Failed, "seen", NOW), Err(JournalError::InUse(_))));
    finish(&mut journal, &lease, &mut ticket, &result(Execution::NotExecuted, Outcome::RateLimited));
    assert!(busy(&mut other, KeyChoice::Given("own")), "it waits for its next attempt");
    drop((ticket, lease));
    let taken = ready(begin(&mut other, "a=1", KeyChoice::Given("own"), NOW));
    assert_eq!(taken.attempt, 2);
}

pub(super) fn a_key_that_a_single_request_has_in_flight_is_busy_for_a_batch<H: Home>() {
    let home = H::new();
    let (mut journal, mut other) = (home.open(), home.open());
    let single = ready(begin(&mut other, "a=1", KeyChoice::Given("own"), NOW));
    let lease = claim(&mut journal);
    let intent = Intent::example("a=1");
    let own = || line(&intent, "b/1", Some("own"), "x");
    assert!(matches!(begin_line(&mut journal, &lease, own()), Begun::Busy { .. }));
    drop(single);
    let ticket = ready(begin_line(&mut journal, &lease, own()));
    assert_eq!(ticket.entry.operation.as_deref(), Some("b/1"));
    let known = other.find("own").expect("read").expect("an entry");
    assert_eq!((known.operation.as_deref(), known.held_by.is_some()), (Some("b/1"), true));
}

pub(super) fn a_line_that_is_let_go_is_free_while_its_batch_goes_on<H: Home>() {
    let home = H::new();
    let (mut journal, mut other) = (home.open(), home.open());
    let lease = claim(&mut journal);
    let intent = Intent::example("a=1");
    let mut ticket = ready(begin_line(&mut journal, &lease, line(&intent, "b/1", None, "k-1")));
    finish(&mut journal, &lease, &mut ticket, &result(Execution::Maybe, Outcome::Unknown));
    let group = Group { released: vec![&mut ticket], ..Group::default() };
    journal.write_group(&lease, group, NOW).expect("a group");
    assert!(ready(begin(&mut other, "a=1", KeyChoice::Given("k-1"), NOW)).maybe);
}

pub(super) fn lines_that_cannot_be_sent_are_answered_without_beginning_any<H: Home>() {
    let home = H::new();
    let mut journal = home.open();
    let lease = claim(&mut journal);
    let (first, now) = (Intent::example("a=1"), Intent::example("a=2"));
    let mut done = ready(begin_line(&mut journal, &lease, line(&first, "b/done", None, "k-1")));
    finish(&mut journal, &lease, &mut done, &result(Execution::Final, Outcome::Succeeded));
    let mut open = ready(begin_line(&mut journal, &lease, line(&first, "b/open", None, "k-2")));
    finish(&mut journal, &lease, &mut open, &result(Execution::Maybe, Outcome::Unknown));
    let group = Group { released: vec![&mut open], ..Group::default() };
    journal.write_group(&lease, group, NOW).expect("a group");
    let answers = journal
        .answers(&[
            line(&first, "b/new", None, "x"),
            line(&first, "b/done", None, "x"),
            line(&now, "b/done", None, "x"),
            line(&first, "b/open", None, "x"),
        ])
        .expect("read");
    assert!(answers[0].is_none() && answers[3].is_none(), "they may begin: {answers:?}");
    assert!(matches!(&answers[1], Some(Begun::Answered(entry)) if entry.key == "k-1"), "{answers:?}");
    assert!(matches!(&answers[2], Some(Begun::Mismatch { .. })), "{answers:?}");
    assert_eq!(journal.find("x").expect("read"), None, "none was begun");
    let known = journal.find("k-2").expect("read").expect("an entry");
    assert_eq!(known.attempts, 1, "none was begun");
}

pub(super) fn a_group_of_many_lines_is_written_and_read_back_whole<H: Home>() {
    let home = H::new();
    let mut journal = home.open();
    let lease = claim(&mut journal);
    let intents: Vec<_> = (0..1500).map(|number| Intent::example(&format!("a={number}"))).collect();
    let names: Vec<_> = (0..1500).map(|number| (format!("b/{number}"), format!("k-{number}"))).collect();
    let begun = intents.iter().zip(&names).enumerate().map(|(number, (intent, (operation, key)))| {
        let own = (number % 3 == 0).then_some(&**key);
        line(intent, operation, own, key)
    });
    let begun = begun.collect();
    let mut tickets: Vec<_> = begin_lines(&mut journal, &lease, begun).into_iter().map(ready).collect();
    let results: Vec<_> = (0..1500_u16)
        .map(|number| AttemptResult {
            status: Some(200 + number % 100),
            request_id: (number % 2 == 0).then(|| format!("req_{number}")),
            ..result(Execution::Final, Outcome::Succeeded)
        })
        .collect();
    let finished =
        tickets.iter_mut().zip(&results).map(|(ticket, result)| Finished { ticket, result }).collect();
    journal.write_group(&lease, Group { finished, ..Group::default() }, NOW).expect("a group");
    for (number, (ticket, result)) in tickets.iter().zip(&results).enumerate() {
        let entry = journal.find(&ticket.entry.key).expect("read").expect("an entry");
        assert_eq!((&entry.intent.body, entry.status), (&intents[number].body, result.status));
        assert_eq!((&entry.request_id, &entry.held_by), (&result.request_id, &None));
        if number % 100 == 0 {
            let attempts = journal.attempts(&entry).expect("read");
            assert_eq!((attempts.len(), attempts[0].status), (1, result.status));
            assert_eq!(attempts[0].finished_at, Some(NOW));
        }
    }
}
