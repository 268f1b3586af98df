//! What is looked for is found by an index, and the SQL says what the rules say.

use proptest::prelude::*;

use super::super::MARK_REPORTED;
use super::super::query::{duplicates_sql, list_sql, next_open_sql};
use super::*;

fn plan(journal: &SqliteJournal, sql: &str) -> String {
    let mut statement = journal.connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).expect(sql);
    let rows =
        statement.raw_query().mapped(|row| row.get::<_, String>("detail")).collect::<Result<Vec<_>, _>>();
    rows.expect("a plan").join("\n")
}

#[test]
fn no_statement_goes_through_all_entries_or_sorts_them() {
    let journal = Home::new().open();
    let states = State::names().map(|name| State::from_name(name).expect("a state"));
    let lists = states.map(Some).chain([None]).map(list_sql);
    let by_key = ["key = ?1", "operation = ?1", "id = ?1", "key = ?1 OR id = ?1"];
    let by_key = by_key.map(|condition| format!("{} WHERE {condition}", rows::SELECT));
    for sql in lists.chain(by_key).chain([next_open_sql(), duplicates_sql(), MARK_REPORTED.to_owned()]) {
        let plan = plan(&journal, &sql);
        assert!(plan.contains("SEARCH entries"), "{sql}\n{plan}");
        assert!(!plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "{sql}\n{plan}");
    }
}

#[test]
fn a_list_reads_no_bodies() {
    for column in ["body", "headers", "answer"] {
        let is_named = rows::SUMMARY.split(", ").any(|named| named.trim() == column);
        assert!(!is_named && !list_sql(None).contains('*'), "{column}");
    }
}

const STORED: [&str; 7] = ["sending", "succeeded", "failed", "retryable", "unknown", "confirmed", "refuted"];

/// A row of any state and age: state, hours of creation and first sending, half minutes, family.
type AnyRow = (usize, i64, Option<i64>, i64, bool);

fn insert(journal: &mut SqliteJournal, number: usize, (state, created, first, seen, is_v2): AnyRow) {
    let key = format!("k-{number}");
    drop(ready(begin(journal, &format!("a={number}"), KeyChoice::Given(&key), later(created))));
    let change =
        "UPDATE entries SET state = ?2, first_sent_at = ?3, last_seen_at = ?4, family = ?5 WHERE key = ?1";
    let (first, seen) = (first.map(|first| later(first).0), later(created).0 + seen * 30_000);
    let family = if is_v2 { "v2" } else { "v1" };
    journal.connection.execute(change, params![key, STORED[state], first, seen, family]).expect("changed");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn lists_say_what_the_rules_say(
        rows in prop::collection::vec((0usize..7, 0i64..40, prop::option::of(0i64..40), -3i64..3, any::<bool>()), 1..12),
        now in 0i64..900, limit in prop::option::of(1usize..4),
    ) {
        let home = Home::new();
        let mut journal = home.open();
        for (number, row) in rows.into_iter().enumerate() {
            insert(&mut journal, number, row);
        }
        let now = later(now);
        let all = journal.list(&Filter { state: None, since: None, limit: None, now }).expect("a list");
        for summary in &all {
            let entry = journal.find(&summary.id).expect("a journal").expect("an entry");
            prop_assert_eq!(&entry.summary(now), summary);
        }
        let since = Some(later(20));
        for state in State::names().map(|name| State::from_name(name).expect("a state")) {
            let wanted = all.iter().filter(|one| one.state == state && one.created_at >= later(20));
            let wanted: Vec<_> = wanted.take(limit.unwrap_or(usize::MAX)).cloned().collect();
            let listed = journal.list(&Filter { state: Some(state), since, limit, now }).expect("a list");
            prop_assert_eq!(listed, wanted, "{}", state.as_str());
        }
    }
}
