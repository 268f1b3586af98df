//! Three hundred leaks, three hundred look-alikes: nearly all of the ones are found, and nearly none of the others.

use std::collections::BTreeSet;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{findings, scan};
use crate::support::Home;
use crate::support::corpus::{KINDS, leaks, look_alikes};
use crate::support::killer::Dice;

const COUNT: usize = 300;

/// Of a hundred, so many at least.
const LEAST_PERCENT: usize = 98;

#[test]
fn leaks_are_found_and_look_alikes_are_not() {
    const { assert!(KINDS >= 40) };
    let (home, mut dice) = (Home::new(), Dice::seeded("corpus"));
    let planted = leaks(&home.path().join("leaks"), COUNT, &mut dice);
    look_alikes(&home.path().join("look-alikes"), COUNT, &mut dice);
    let seen = scan(&home, &["leaks", "look-alikes", "--no-ignore"]).run().exits(40);
    let found = findings(&seen.json());
    let of = |path: &str| {
        found.iter().filter(|(at, ..)| at == path).map(|(.., key)| key.as_str()).collect::<Vec<_>>()
    };
    let is_found = |key: &str, path: &str| {
        let end = &key[key.len() - 4..];
        of(&format!("leaks/{path}")).iter().any(|shown| shown.ends_with(&format!("****{end}")))
    };
    let missed: Vec<_> = planted.iter().filter(|leak| !is_found(&leak.key, &leak.path)).collect();
    let right = COUNT - missed.len();
    let wrong: Vec<_> = found.iter().filter(|(path, ..)| path.starts_with("look-alikes/")).collect();
    assert!(right * 100 >= COUNT * LEAST_PERCENT, "missed {missed:#?}");
    assert!(right * 100 >= (found.len()) * LEAST_PERCENT, "{} found, wrong {wrong:#?}", found.len());
    for leak in planted {
        let hidden = &leak.key[leak.key.len() - 16..leak.key.len() - 4];
        assert!(!seen.out().contains(hidden) && !seen.err().contains(hidden), "{} is shown", leak.path);
    }
}

#[test]
#[ignore = "needs detect-secrets: run by scripts/test.sh"]
#[expect(clippy::print_stdout, reason = "the table for benches/README.md")]
fn detect_secrets_finds_no_more_on_the_same_corpus() {
    let (home, mut dice) = (Home::new(), Dice::new(12));
    leaks(&home.path().join("leaks"), COUNT, &mut dice);
    look_alikes(&home.path().join("look-alikes"), COUNT, &mut dice);
    let began = Instant::now();
    let ours = scan(&home, &["leaks", "look-alikes", "--no-ignore"]).run().exits(40).json();
    let ours = files(findings(&ours).into_iter().map(|(path, ..)| path), began.elapsed());
    let began = Instant::now();
    let python = super::peers_python();
    let output = Command::new(python)
        .args(["-m", "detect_secrets", "scan", "--all-files", "--no-verify", "."])
        .current_dir(home.path())
        .output()
        .expect("detect-secrets runs");
    let theirs: Value = serde_json::from_slice(&output.stdout).expect("its report");
    let paths = theirs["results"].as_object().expect("results").keys().cloned();
    let theirs = files(paths, began.elapsed());
    for (name, (right, wrong, took)) in [("paycli", ours), ("detect-secrets", theirs)] {
        println!("{name}: {right} of {COUNT} leaks, {wrong} of {COUNT} look-alikes, {took:?}");
    }
    assert!(ours.0 > theirs.0 && ours.1 <= theirs.1, "{ours:?} {theirs:?}");
}

/// In how many files of leaks and of look-alikes something was found.
fn files(paths: impl Iterator<Item = String>, took: Duration) -> (usize, usize, Duration) {
    let paths: BTreeSet<String> = paths.map(|path| path.trim_start_matches("./").to_owned()).collect();
    let count = |folder: &str| paths.iter().filter(|path| path.starts_with(folder)).count();
    (count("leaks/"), count("look-alikes/"), took)
}
