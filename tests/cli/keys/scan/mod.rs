//! `keys scan`: what is found where, and what is not.

mod bad_input;
mod corpus;
mod git;
mod report;
mod verify;

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::support::killer::Dice;
pub(super) use report::is_valid_sarif;

use crate::support::corpus as planted;
use crate::support::env::PAYCLI;
use crate::support::{Home, Run};

/// A random key of a kind, another one for each seed.
pub(super) fn key_of(kind: usize, seed: u64) -> String {
    planted::key(&mut Dice::new(seed), kind)
}

/// A live secret key.
pub(super) fn live_key(seed: u64) -> String {
    key_of(0, seed)
}

fn scan(home: &Home, args: &[&str]) -> Run {
    home.paycli(["keys", "scan", "--json"]).without_key().args(args)
}

/// The findings as (path, line, key).
fn findings(report: &Value) -> Vec<(String, u64, String)> {
    let list = report["findings"].as_array().expect("findings");
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    list.iter()
        .map(|found| (text(&found["path"]), found["line"].as_u64().expect("a line"), text(&found["key"])))
        .collect()
}

/// The paths of the findings.
fn paths(report: &Value) -> Vec<String> {
    findings(report).into_iter().map(|(path, ..)| path).collect()
}

pub(super) fn write(dir: &Path, name: &str, content: impl AsRef<[u8]>) {
    let path = dir.join(name);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    std::fs::write(path, content).expect("a file");
}

/// Runs git in a folder, without anybody's configuration.
pub(super) fn git(dir: &Path, args: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=A Writer", "-c", "user.email=writer@example.com"])
        .args(["-c", "protocol.file.allow=always", "-c", "init.defaultBranch=main"])
        .args(args)
        .current_dir(dir)
        .env_remove("GIT_DIR")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .expect("git runs");
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// The python of the virtual environment that scripts/test.sh makes.
fn peers_python() -> std::path::PathBuf {
    let target = Path::new(PAYCLI).ancestors().nth(2).expect("target/debug/paycli");
    target.join("peers-venv/bin/python")
}

fn commit(dir: &Path, message: &str) -> String {
    git(dir, &["add", "-A"]);
    git(dir, &["commit", "-q", "--allow-empty", "-m", message]);
    git(dir, &["rev-parse", "HEAD"])
}

#[test]
fn ignored_files_are_passed_over_unless_asked_for_and_hidden_ones_are_not() {
    let home = Home::new();
    write(home.path(), "tree/.env", format!("K={}\n", live_key(1)));
    write(home.path(), "tree/.gitignore", "build/\n");
    write(home.path(), "tree/build/out.txt", live_key(2));
    write(home.path(), "tree/.git/config", live_key(3));
    let seen = scan(&home, &["tree"]).run().exits(40).json();
    assert_eq!(paths(&seen), ["tree/.env"]);
    let seen = scan(&home, &["tree", "--no-ignore"]).run().exits(40).json();
    assert_eq!(paths(&seen), ["tree/.env", "tree/build/out.txt"]);
    let seen = scan(&home, &["tree/build/out.txt"]).run().exits(40).json();
    assert_eq!(paths(&seen), ["tree/build/out.txt"], "a named file is read");
}

#[test]
fn a_file_that_git_keeps_is_read_although_an_ignore_file_names_it() {
    let home = Home::new();
    let dir = home.path().join("repo");
    write(&dir, "in/.env", live_key(1));
    git(&dir, &["init", "-q"]);
    commit(&dir, "first");
    write(&dir, ".gitignore", ".env\n");
    write(&dir, ".env", live_key(2));
    let seen = scan(&home, &["repo"]).run().exits(40).json();
    assert_eq!(paths(&seen), ["repo/in/.env"]);
    assert_eq!(paths(&scan(&home, &["repo/in"]).run().exits(40).json()), ["repo/in/.env"]);
    std::fs::remove_file(dir.join("in/.env")).expect("removed");
    scan(&home, &["repo"]).run().exits(0);
}

#[test]
fn standard_input_is_scanned_and_a_clean_one_exits_0() {
    let home = Home::new();
    let key = live_key(1);
    let seen = scan(&home, &["-"]).stdin(format!("a\nb {key}\n")).run().exits(40).json();
    assert_eq!(findings(&seen), [("-".into(), 2, format!("sk_live_****{}", &key[key.len() - 4..]))]);
    let clean = scan(&home, &["-"]).stdin("nothing here").run().exits(0).json();
    assert_eq!((paths(&clean).len(), &clean["scanned"]["bytes"]), (0, &12.into()));
    scan(&home, &["-", "--history"]).run().exits(2);
}

#[test]
fn a_baseline_knows_keys_wherever_they_are_and_no_others() {
    let home = Home::new();
    write(home.path(), "tree/a", live_key(1));
    scan(&home, &["tree", "--write-baseline", "known.json"]).run().exits(0);
    let text = std::fs::read_to_string(home.path().join("known.json")).expect("a baseline");
    assert!(!text.contains(&live_key(1)[8..30]), "{text}");
    write(home.path(), "tree/moved", live_key(1));
    let seen = scan(&home, &["tree", "--baseline", "known.json"]).run().exits(0).json();
    assert_eq!(seen["passed_over"]["baseline"], 2, "{seen}");
    write(home.path(), "tree/new", live_key(2));
    let seen = scan(&home, &["tree", "--baseline", "known.json"]).run().exits(40).json();
    assert_eq!(paths(&seen), ["tree/new"]);
}

#[test]
fn a_comment_allows_a_key_and_the_report_counts_it() {
    let home = Home::new();
    write(home.path(), "tree/a.py", format!("k = '{}'  # paycli:allow\n", live_key(1)));
    let seen = scan(&home, &["tree"]).run().exits(0).json();
    assert_eq!(seen["passed_over"]["allowed"], 1, "{seen}");
}
