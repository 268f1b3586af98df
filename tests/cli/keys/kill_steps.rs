//! Kill -9 before each write that lasts, in every command that changes keys, from a fresh home too; then what
//! is printed is run, and the same command again ends well.

use super::next::Stage;
use crate::support::run::Seen;

/// The calls that put a file in place of another, whichever the system has.
const RENAME: &str = "rename,renameat,renameat2";

/// A command, how its state is prepared, and what the same command again may exit with once it is done.
struct Case {
    prepare: fn(&Stage),
    args: &'static [&'static str],
    again: &'static [i32],
}

const CASES: [Case; 7] = [
    Case { prepare: forget, args: &["keys", "add", "--from", "-"], again: &[0] },
    Case { prepare: |_| {}, args: &["keys", "add", "--replace", "--from", "-"], again: &[0] },
    Case {
        prepare: |_| {},
        args: &["keys", "rotate", "--from", "-", "--exec", "sh -c 'cat >/dev/null'"],
        again: &[0, 2],
    },
    Case { prepare: |_| {}, args: &["keys", "rotate", "--remote", "--compromised"], again: &[0] },
    Case { prepare: overlap, args: &["keys", "rollback"], again: &[0] },
    Case { prepare: overlap, args: &["keys", "revoke", "--previous", "--remote"], again: &[0, 78] },
    Case { prepare: overlap, args: &["keys", "remove", "api"], again: &[0, 13] },
];

fn forget(stage: &Stage) {
    std::fs::remove_dir_all(stage.home.root()).expect("a home");
}

fn overlap(stage: &Stage) {
    stage.rotate(&[], 0);
}

/// One run that is killed before a call, and what it left.
fn killed(case: &Case, call: &str, number: usize) -> Seen {
    let mut stage = Stage::new(&[]);
    (case.prepare)(&stage);
    stage.keys.swap(1, 2);
    let had_key = stage.in_use().is_some();
    let inject = format!("inject={call}:signal=KILL:when={number}");
    let trace = format!("trace={call}");
    let through = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", &trace, "-e", &inject];
    let seen = stage.run(case.args).stdin(&stage.keys[1]).through(through).run();
    let is_removal = case.args.contains(&"remove");
    let in_use = stage.in_use();
    assert!(in_use.is_some() || !had_key || is_removal, "no usable key: {seen}");
    if in_use.is_some() {
        stage.run(&["get", "customers"]).run().exits(0);
    }
    let status = stage.run(&["keys", "status"]).run().exits(0);
    stage.leads_out(status, &format!("{:?} killed before {call} {number}", case.args));
    let again = stage.run(case.args).stdin(&stage.keys[1]).run();
    assert!(
        case.again.iter().any(|code| again.code() == Some(*code)),
        "the same again, after {seen}: {again}"
    );
    let told = stage.run(&["keys", "status", "--json"]).run().exits(0).json();
    for key in told["keys"].as_array().expect("keys") {
        assert_eq!((&key["rotation"], &key["left_over"]), (&serde_json::Value::Null, &0.into()), "{told}");
    }
    seen
}

/// Kills before each call of a kind, until a run comes through.
fn before_each(case: &Case, call: &str) -> usize {
    for number in 1..100 {
        if killed(case, call, number).code().is_some() {
            return number - 1;
        }
    }
    panic!("{:?} makes more than 100 calls of {call}", case.args);
}

#[test]
#[ignore = "slow, needs strace: run by scripts/test.sh"]
fn every_command_that_is_killed_before_a_write_ends_well() {
    for case in CASES {
        let renames = before_each(&case, RENAME);
        assert!(renames >= 1, "{:?} writes: {renames}", case.args);
    }
}

#[test]
#[ignore = "slow, needs strace: run by scripts/test.sh"]
fn every_command_that_is_killed_before_a_sync_ends_well() {
    for case in CASES {
        let syncs = before_each(&case, "fsync");
        assert!(syncs >= 2, "{:?} syncs: {syncs}", case.args);
    }
}
