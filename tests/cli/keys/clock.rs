//! Clocks that are wrong for one command: they prolong nothing, are found, and are mended.

use serde_json::Value;

use super::{add, paycli, status, taking};
use crate::support::{Home, Server, keys};

fn start() -> (Home, Server, String) {
    let (home, old, new) = (Home::new(), keys::test_key(), keys::rotated_test_key());
    let server = taking(&[&old, &new]);
    add(&home, &server.url(), &old);
    (home, server, new)
}

fn codes(key: &Value) -> Vec<&str> {
    key["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .filter_map(|finding| finding["code"].as_str())
        .collect()
}

fn seconds_to(time: &Value) -> i64 {
    let time: jiff::Timestamp = time.as_str().expect("a time").parse().expect("a time");
    time.as_second() - jiff::Timestamp::now().as_second()
}

#[test]
#[ignore = "needs faketime: run by scripts/test.sh"]
fn an_overlap_that_began_under_a_clock_that_is_ahead_is_bounded_and_mended() {
    let (home, server, new) = start();
    let base = server.url();
    let rotate = ["keys", "rotate", "--from", "-", "--overlap", "1h"];
    paycli(&home, &base, &rotate).stdin(&new).at_clock("+800d").run().exits(0);
    let told = status(&home, &base);
    assert_eq!(told["previous"]["usable"], false, "two years of overlap were not asked for: {told}");
    assert!(codes(&told).contains(&"clock_went_back"), "{told}");
    paycli(&home, &base, &["keys", "status", "--check"]).run().exits(40);
    paycli(&home, &base, &["keys", "status", "--accept-clock", "--check"]).run().exits(0);
    let told = status(&home, &base);
    let left = seconds_to(&told["previous"]["retire_after"]);
    assert!((3000..=3600).contains(&left), "{left} s are left: {told}");
    assert_eq!(told["previous"]["usable"], true, "{told}");
}

#[test]
#[ignore = "needs faketime: run by scripts/test.sh"]
fn one_command_under_a_clock_that_is_ahead_does_not_prolong_the_next_overlap() {
    let (home, server, new) = start();
    let base = server.url();
    let other = ["keys", "add", "--name", "other", "--from", "-", "--offline"];
    paycli(&home, &base, &other).stdin(&new).at_clock("+800d").run().exits(0);
    let rotate = ["keys", "rotate", "--from", "-", "--overlap", "1h"];
    paycli(&home, &base, &rotate).stdin(&new).run().exits(0);
    let told = paycli(&home, &base, &["keys", "status", "--json"]).run().exits(0).json();
    let left = seconds_to(&told["keys"][0]["previous"]["retire_after"]);
    assert!(left <= 3600, "{left} s are left: {told}");
    paycli(&home, &base, &["keys", "status", "--accept-clock"]).run().exits(0);
    let told = paycli(&home, &base, &["keys", "status", "--check", "--json"]).run().exits(0).json();
    assert_eq!(told["keys"][0]["previous"]["usable"], true, "{told}");
    let ages: Vec<i64> = told["keys"]
        .as_array()
        .expect("keys")
        .iter()
        .map(|key| -seconds_to(&key["current"]["added_at"]))
        .collect();
    assert!(ages.iter().all(|age| (0..600).contains(age)), "{ages:?}");
}
