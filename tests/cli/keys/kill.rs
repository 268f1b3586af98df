//! Kill -9 anywhere in a rotation: a usable key always, no half promotion, and no slot that is forgotten.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::Value;

use super::{add, in_key_file, paycli, shown, taking};
use crate::support::keyring::Keyring;
use crate::support::killer::{Dice, run_and_kill_after};
use crate::support::{Home, Run, Server, keys};

/// Where the keys of a test are, and how to look into it.
enum Place {
    File,
    Keyring(Keyring),
}

struct Rounds {
    home: Home,
    server: Server,
    place: Place,
    keys: [String; 2],
}

impl Rounds {
    fn new(in_keyring: bool) -> Self {
        let keys = [keys::test_key(), keys::rotated_test_key()];
        let (home, server) = (Home::new(), taking(&[&keys[0], &keys[1]]));
        let place = if in_keyring { Place::Keyring(Keyring::start(&home)) } else { Place::File };
        let rounds = Self { home, server, place, keys };
        rounds.run(&["keys", "add", "--from", "-"]).stdin(&rounds.keys[0]).run().exits(0);
        rounds
    }

    fn run(&self, args: &[&str]) -> Run {
        match &self.place {
            Place::File => paycli(&self.home, &self.server.url(), args),
            Place::Keyring(keyring) => keyring.for_run(self.home.at(&self.server, args).without_key()),
        }
    }

    /// The slots that the store holds.
    fn held(&self) -> BTreeSet<String> {
        match &self.place {
            Place::File => in_key_file(&self.home),
            Place::Keyring(keyring) => keyring.entries(&self.home, "paycli.test").into_iter().collect(),
        }
    }

    /// The slots that the list names.
    fn named(&self) -> BTreeSet<String> {
        let text = std::fs::read(self.home.root().join("data").join("keys.test.json")).expect("the list");
        let list: Value = serde_json::from_slice(&text).expect("the list is whole");
        let mut ids = BTreeSet::new();
        collect_ids(&list, &mut ids);
        ids.into_iter().map(|id| format!("test/api/{id}")).collect()
    }

    /// The key in use, which works.
    fn in_use(&self) -> usize {
        let who = self.run(&["whoami", "--json"]).run().exits(0).json();
        let at = self.keys.iter().position(|key| who["key"] == shown(key));
        self.run(&["get", "customers"]).run().exits(0);
        at.unwrap_or_else(|| panic!("neither key is in use: {who}"))
    }

    /// What has to hold whenever a process was killed.
    fn holds(&self, old: usize) {
        let at = self.in_use();
        let told = self.run(&["keys", "status", "--json"]).run().exits(0).json();
        let key = &told["keys"][0];
        let step = key["rotation"]["step"].as_str();
        if at == old {
            assert_ne!(step, Some("promoted"), "{told}");
            assert_eq!(key["previous"], Value::Null, "half a promotion: {told}");
        } else {
            assert_eq!(key["previous"]["key"], shown(&self.keys[old]), "half a promotion: {told}");
            assert!(matches!(step, None | Some("promoted")), "{told}");
        }
        let (held, named) = (self.held(), self.named());
        assert!(held.is_subset(&named), "an orphan: {held:?} of {named:?}");
    }

    /// The next command brings it to its end; then all is as after a rotation that nobody disturbed.
    fn finish(&self, old: usize) {
        let new = 1 - old;
        if self.in_use() == old {
            self.run(&["keys", "rotate", "--from", "-"]).stdin(&self.keys[new]).run().exits(0);
        } else if self.named().len() > 1 {
            let resumed = self.run(&["keys", "rotate", "--resume"]).run();
            assert!(matches!(resumed.code(), Some(0 | 78)), "{resumed}");
        }
        assert_eq!(self.in_use(), new);
        self.run(&["keys", "revoke", "--previous", "--yes"]).run().exits(0);
        let (held, named) = (self.held(), self.named());
        assert_eq!((held.len(), &held), (1, &named), "one key, one slot");
    }

    fn rotation(&self, old: usize) -> Run {
        let hook = "sh -c 'cat >/dev/null'";
        self.run(&["keys", "rotate", "--from", "-", "--exec", hook]).stdin(&self.keys[1 - old])
    }
}

fn collect_ids(value: &Value, ids: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            if let (Some(id), true) = (fields.get("id").and_then(Value::as_str), fields.contains_key("store"))
            {
                ids.insert(id.to_owned());
            }
            fields.values().for_each(|field| collect_ids(field, ids));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_ids(item, ids)),
        _ => {}
    }
}

/// Random kills: `rounds` rotations, each killed at a random moment of the time that one takes.
fn random_rounds(in_keyring: bool, rounds: usize) {
    let mut dice = Dice::seeded("kill -9 in rotations");
    let state = Rounds::new(in_keyring);
    let whole = state.rotation(0).run().exits(0).took;
    state.finish(0);
    let mut killed = 0;
    for round in 0..rounds {
        let old = state.in_use();
        let delay = dice.time_below(whole + whole / 5 + Duration::from_millis(5));
        let seen = run_and_kill_after(state.rotation(old), delay);
        killed += usize::from(seen.code().is_none());
        assert!(matches!(seen.code(), None | Some(0)), "round {round}: {seen}");
        state.holds(old);
        state.finish(old);
    }
    assert!(killed * 3 > rounds, "only {killed} of {rounds} were killed: the test proves little");
    for key in &state.keys {
        if !in_keyring {
            super::is_nowhere_in(&state.home, key);
        }
    }
}

#[test]
#[ignore = "slow: run by scripts/test.sh"]
fn random_kills_with_the_key_file() {
    random_rounds(false, 60);
}

#[test]
#[ignore = "slow, needs a keyring: run by scripts/test.sh"]
fn random_kills_with_the_keyring() {
    random_rounds(true, 150);
}

/// The calls that put a file in place of another, whichever the system has.
const RENAME: &str = "rename,renameat,renameat2";

/// Kills before each call of a kind, one after the other, until a run comes through.
fn before_each(call: &str, in_keyring: bool) -> usize {
    let state = Rounds::new(in_keyring);
    for number in 1..200 {
        let old = state.in_use();
        let inject = format!("inject={call}:signal=KILL:when={number}");
        let trace = format!("trace={call}");
        let through = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", &trace, "-e", &inject];
        let seen = state.rotation(old).through(through).run();
        state.holds(old);
        state.finish(old);
        if seen.code() == Some(0) {
            return number - 1;
        }
    }
    panic!("a rotation makes more than 200 calls of {call}");
}

#[test]
#[ignore = "slow, needs strace: run by scripts/test.sh"]
fn a_kill_before_every_write_that_lasts_with_the_key_file() {
    let (renames, syncs) = (before_each(RENAME, false), before_each("fsync", false));
    assert!(renames >= 6, "each step is a rename: {renames}");
    assert!(syncs >= 12, "each step is synced: {syncs}");
}

#[test]
#[ignore = "slow, needs strace and a keyring: run by scripts/test.sh"]
fn a_kill_before_every_write_that_lasts_with_the_keyring() {
    let (renames, messages) = (before_each(RENAME, true), before_each("sendmsg", true));
    assert!(renames >= 5, "each step is a rename: {renames}");
    // Each thread counts its own calls, and each call of the keyring has a thread.
    assert!(messages >= 2, "the keyring is spoken to: {messages}");
}

#[test]
fn a_slot_of_an_unfinished_addition_is_seen_by_the_next_command() {
    let (home, key) = (Home::new(), keys::test_key());
    let server = taking(&[&key]);
    add(&home, &server.url(), &key);
    // The list as a kill between the intent and the slot leaves it.
    let path = home.root().join("data").join("keys.test.json");
    let text = std::fs::read_to_string(&path).expect("the list");
    let mut list: Value = serde_json::from_str(&text).expect("JSON");
    let chain = &mut list["chains"]["test/api"];
    let current = chain["current"].take();
    chain["rotation"] = serde_json::json!({
        "step": "intent", "place": current["place"], "new": current, "started_at": 1,
        "plan": {"overlap_seconds": 0, "compromised": false, "offline": false, "hooks": []},
        "remote": null, "hooks_done": 0,
    });
    std::fs::write(&path, list.to_string()).expect("written");
    paycli(&home, &server.url(), &["whoami"]).run().exits(13);
    paycli(&home, &server.url(), &["keys", "status", "--check"]).run().exits(40);
    add(&home, &server.url(), &key);
    assert_eq!(super::in_use(&home, &server.url())["key"], shown(&key));
    assert_eq!(in_key_file(&home).len(), 1);
}
