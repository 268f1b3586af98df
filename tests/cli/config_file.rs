//! The configuration file under trouble: reads that fail, changes at once, kills. Nothing in it is ever lost.
#![cfg(unix)]

use std::fs;

use crate::support::{Home, Run};

/// What a change must leave as it is: a live profile behind its lock.
const BEFORE: &str = "# mine\nlive = \"deny\"\n\n[profiles.shop]\nmode = \"live\"\naccount = \"acct_shop\"\n";

/// The same after `config set profiles.shop.account acct_new`.
const AFTER: &str = "# mine\nlive = \"deny\"\n\n[profiles.shop]\nmode = \"live\"\naccount = \"acct_new\"\n";

fn home() -> Home {
    let home = Home::new();
    home.config(BEFORE);
    home
}

fn text(home: &Home) -> String {
    fs::read_to_string(home.root().join("config.toml")).expect("a configuration")
}

fn change(home: &Home) -> Run {
    home.paycli(["config", "set", "profiles.shop.account", "acct_new"])
}

/// Through strace, which does `what` (`error=EIO`, `signal=KILL`) at the call of this number that touches the
/// configuration file or what is written in its place.
fn with_fault(home: &Home, run: Run, calls: &str, what: &str, number: usize) -> Run {
    let path = |name: &str| home.root().join(name).to_string_lossy().into_owned();
    let (trace, inject) = (format!("trace={calls}"), format!("inject={calls}:{what}:when={number}"));
    let (config, draft) = (path("config.toml"), path("config.toml.new"));
    run.through([
        "strace",
        "-f",
        "-qq",
        "-o",
        "/dev/null",
        "-P",
        &config,
        "-P",
        &draft,
        "-e",
        &trace,
        "-e",
        &inject,
    ])
}

#[test]
#[ignore = "needs strace: run by scripts/test.sh"]
fn a_read_that_fails_changes_nothing() {
    for calls in ["openat", "read"] {
        let mut failed = 0;
        for number in 1.. {
            let home = home();
            let seen = with_fault(&home, change(&home), calls, "error=EIO", number).run();
            if seen.code() == Some(0) {
                assert_eq!(text(&home), AFTER, "{calls} {number}: {seen}");
                break;
            }
            failed += 1;
            assert_eq!(text(&home), BEFORE, "{calls} {number}: {seen}");
            assert!(seen.err().contains("config.toml"), "the error names the file: {seen}");
        }
        assert!(failed > 0, "no {calls} was made to fail");
    }
}

#[test]
fn changes_at_once_are_all_kept() {
    for _ in 0..5 {
        let home = home();
        let names: Vec<_> = (0..8).map(|number| format!("profile-{number}")).collect();
        let running: Vec<_> = names
            .iter()
            .map(|name| home.paycli(["profile", "create", name, "--mode", "test"]).start())
            .collect();
        for run in running {
            run.wait().exits(0);
        }
        let all = text(&home);
        for name in &names {
            assert!(all.contains(&format!("[profiles.{name}]")), "{name} is lost: {all}");
        }
        assert!(all.starts_with(BEFORE), "{all}");
    }
}

#[test]
#[ignore = "needs strace: run by scripts/test.sh"]
fn a_kill_leaves_the_old_file_or_the_new_one_whole() {
    let home = home();
    let mut seen_whole = [0, 0];
    for calls in ["openat", "write", "fsync", "rename,renameat,renameat2"] {
        for number in 1.. {
            home.config(BEFORE);
            let seen = with_fault(&home, change(&home), calls, "signal=KILL", number).run();
            let now = text(&home);
            assert!(now == BEFORE || now == AFTER, "{calls} {number} left {now:?} after {seen}");
            if seen.code() == Some(0) {
                assert_eq!(now, AFTER, "{calls} {number}: {seen}");
                break;
            }
            seen_whole[usize::from(now == AFTER)] += 1;
            home.paycli(["config", "set", "live", "read-only"]).run().exits(0);
            assert_eq!(text(&home), now.replace("deny", "read-only"), "{calls} {number}: {seen}");
        }
    }
    assert!(seen_whole[0] >= 5, "only {seen_whole:?} kills");
    let left: Vec<_> = home.files().into_iter().map(|(path, _)| path).collect();
    assert!(left.iter().all(|path| !path.ends_with("config.toml.new")), "a draft stays behind: {left:?}");
}

#[test]
fn a_file_that_cannot_be_read_is_not_taken_for_an_empty_one() {
    let home = Home::new();
    fs::create_dir_all(home.root().join("config.toml")).expect("a folder in the file's place");
    let seen = change(&home).run().exits(78).says("config.toml").says("cannot be read");
    assert!(home.root().join("config.toml").is_dir(), "{seen}");
}

#[test]
fn reading_settings_needs_no_lock() {
    let home = home();
    assert_eq!(home.paycli(["config", "get", "live"]).run().exits(0).out().trim(), "deny");
    home.paycli(["config", "list"]).run().exits(0);
    assert!(!home.root().join("config.lock").exists(), "a look changes nothing");
}
