//! Ages, overlaps and clocks: what a scheduled check finds.

use serde_json::Value;

use super::{add, paycli, taking};
use crate::support::{Home, Run, keys};

fn codes(told: &Value) -> Vec<String> {
    let findings = told["keys"][0]["findings"].as_array().expect("findings").iter();
    findings.map(|finding| finding["code"].as_str().expect("a code").to_owned()).collect()
}

fn check(home: &Home, base: &str) -> Run {
    paycli(home, base, &["keys", "status", "--check", "--json"])
}

#[test]
#[ignore = "needs faketime: run by scripts/test.sh"]
fn a_key_that_is_too_old_and_an_overlap_that_is_over_are_found() {
    let (home, old, new) = (Home::new(), keys::test_key(), keys::rotated_test_key());
    let server = taking(&[&old, &new]);
    let base = server.url();
    add(&home, &base, &old);
    home.config("[profiles.test]\nmode = \"test\"\nmax_age = \"90d\"\nwarn_at = \"75d\"\n");
    assert_eq!(codes(&check(&home, &base).run().exits(0).json()), [""; 0]);
    let soon = check(&home, &base).at_clock("+80d").run().exits(0).json();
    assert_eq!((codes(&soon), &soon["ok"]), (vec!["getting_old".into()], &true.into()));
    let late = check(&home, &base).at_clock("+91d").run().exits(40).json();
    assert_eq!((codes(&late), &late["ok"]), (vec!["too_old".into()], &false.into()));
    check(&home, &base).args(["--max-age", "100d"]).at_clock("+91d").run().exits(0);
    paycli(&home, &base, &["keys", "rotate", "--from", "-"]).stdin(&new).run().exits(0);
    check(&home, &base).at_clock("+23h").run().exits(0);
    let over = check(&home, &base).at_clock("+25h").run().exits(40).json();
    assert_eq!(codes(&over), ["overlap_over"]);
}

#[test]
#[ignore = "needs faketime: run by scripts/test.sh"]
fn a_clock_that_went_back_is_told_and_prolongs_nothing() {
    let (home, old, new) = (Home::new(), keys::test_key(), keys::rotated_test_key());
    let server = taking(&[&old, &new]);
    let base = server.url();
    add(&home, &base, &old);
    let args = ["keys", "rotate", "--from", "-", "--overlap", "1h"];
    paycli(&home, &base, &args).stdin(&new).run().exits(0);
    // Somebody looks at the keys two hours later, and then the clock goes back.
    paycli(&home, &base, &["keys", "add", "--name", "other", "--from", "-", "--offline"])
        .stdin(&old)
        .at_clock("+2h")
        .run()
        .exits(0);
    let told = check(&home, &base).run().exits(40).json();
    assert!(codes(&told).contains(&"clock_went_back".into()), "{told}");
    assert_eq!(told["keys"][0]["previous"]["usable"], false, "{told}");
}

#[test]
fn ages_are_settings_that_are_checked() {
    let home = Home::new();
    let set = |name: &str, value: &str| home.paycli(["config", "set", name, value]).run();
    set("profiles.test.max_age", "90d").exits(0);
    set("profiles.test.warn_at", "75d").exits(0);
    set("profiles.test.keystore", "file").exits(0);
    set("profiles.test.max_age", "soon").exits(78).says("duration");
    set("profiles.test.keystore", "cellar").exits(78).says("keyring");
}
