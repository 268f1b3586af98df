//! `keys move` carries current, previous and staged versions between stores, and loses none on the way.

use std::time::Duration;

use serde_json::Value;

use super::{PASSPHRASE, add, in_key_file, in_use, paycli, shown, status, taking};
use crate::support::keyring::Keyring;
use crate::support::killer::{Dice, run_and_kill_after};
use crate::support::{Home, Run, Server, keys};

fn at(home: &Home, keyring: &Keyring, server: &Server, args: &[&str]) -> Run {
    keyring.for_run(home.at(server, args).without_key()).env("PAYCLI_KEYSTORE_PASSPHRASE", PASSPHRASE)
}

#[test]
#[ignore = "needs a keyring: run by scripts/test.sh"]
fn all_versions_go_there_and_back() {
    let (old, new) = (keys::test_key(), keys::rotated_test_key());
    let server = taking(&[&old, &new]);
    let home = Home::new();
    let keyring = Keyring::start(&home);
    let run = |args: &[&str]| at(&home, &keyring, &server, args);
    run(&["keys", "add", "--from", "-"]).stdin(&old).run().exits(0);
    run(&["keys", "rotate", "--from", "-"]).stdin(&new).run().exits(0);
    let told = run(&["keys", "move", "--keystore", "file", "--json"]).run().exits(0).json();
    assert_eq!((&told["store"], &told["keys"][0]["versions"]), (&"file".into(), &2.into()), "{told}");
    assert_eq!((in_key_file(&home).len(), keyring.entries(&home, "paycli.test").len()), (2, 0));
    let who = run(&["whoami", "--json"]).run().exits(0).json();
    assert_eq!((&who["key"], &who["source"]), (&shown(&new).into(), &"file".into()));
    run(&["keys", "rollback"]).run().exits(0);
    run(&["keys", "move", "--keystore", "keyring"]).run().exits(0);
    assert_eq!((in_key_file(&home).len(), keyring.entries(&home, "paycli.test").len()), (0, 2));
    assert_eq!(run(&["whoami", "--json"]).run().exits(0).json()["key"], shown(&old));
    run(&["keys", "doctor"]).run().exits(0);
}

#[test]
#[ignore = "slow, needs a keyring: run by scripts/test.sh"]
fn killed_anywhere_the_key_is_usable_and_the_same_command_ends_it() {
    let (old, new) = (keys::test_key(), keys::rotated_test_key());
    let server = taking(&[&old, &new]);
    let home = Home::new();
    let keyring = Keyring::start(&home);
    let run = |args: &[&str]| at(&home, &keyring, &server, args);
    run(&["keys", "add", "--from", "-"]).stdin(&old).run().exits(0);
    run(&["keys", "rotate", "--from", "-"]).stdin(&new).run().exits(0);
    let mut dice = Dice::seeded("kill -9 in moves");
    let whole = run(&["keys", "move", "--keystore", "file"]).run().exits(0).took;
    let (rounds, mut killed) = (24, 0);
    for round in 0..rounds {
        let store = if round % 2 == 0 { "keyring" } else { "file" };
        // Evenly over the steps: each round has its part of the time.
        let part = whole.mul_f64(f64::from(round) / f64::from(rounds));
        let delay = part + dice.time_below(whole / 12 + Duration::from_millis(2));
        let seen = run_and_kill_after(run(&["keys", "move", "--keystore", store]), delay);
        killed += usize::from(seen.code().is_none());
        let who = run(&["whoami", "--json"]).run().exits(0).json();
        assert_eq!(who["key"], shown(&new), "round {round}");
        run(&["keys", "move", "--keystore", store]).run().exits(0);
        run(&["keys", "doctor"]).run().exits(0);
        let count = (in_key_file(&home).len(), keyring.entries(&home, "paycli.test").len());
        assert_eq!(count, if store == "file" { (2, 0) } else { (0, 2) }, "round {round}");
    }
    assert!(killed > 6, "only {killed} of {rounds} were killed: the test proves little");
}

#[test]
fn a_move_that_cannot_be_made_leaves_the_keys_where_they_are() {
    let (home, key) = (Home::new(), keys::test_key());
    let server = taking(&[&key]);
    let base = server.url();
    let to = |store: &str| paycli(&home, &base, &["keys", "move", "--keystore", store]);
    to("file").run().exits(13).says("no key is stored");
    add(&home, &base, &key);
    to("keyring").env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere").run().exits(13).says("keyring");
    to("env").run().exits(2);
    to("cupboard").run().exits(2).says("possible values");
    paycli(&home, &base, &["keys", "move"]).run().exits(2).says("--keystore");
    paycli(&home, &base, &["keys", "move", "nobody", "--keystore", "file"]).run().exits(13);
    assert_eq!(in_use(&home, &base)["key"], shown(&key));
    assert_eq!(status(&home, &base)["findings"], Value::Array(vec![]), "nothing was begun");
    let seen = to("file").run().exits(0);
    assert!(seen.out().contains("already in the key file"), "{seen}");
}

#[test]
fn an_unfinished_rotation_is_carried_along_or_named() {
    let (home, key) = (Home::new(), keys::test_key());
    let server = taking(&[&key]);
    let base = server.url();
    add(&home, &base, &key);
    let path = home.root().join("data").join("keys.test.json");
    let mut list: Value = serde_json::from_slice(&std::fs::read(&path).expect("the list")).expect("JSON");
    list["chains"]["test/api"]["rotation"] = serde_json::json!({
        "step": "intent", "place": {"store": "file", "id": "next"}, "new": null, "started_at": 1,
        "plan": {"overlap_seconds": 0, "compromised": false, "offline": false, "hooks": []},
        "remote": null, "hooks_done": 0,
    });
    std::fs::write(&path, list.to_string()).expect("written");
    let seen = paycli(&home, &base, &["keys", "move", "--keystore", "file"]).run().exits(78);
    assert!(seen.err().contains("next: paycli --api-base") && seen.err().contains("--resume"), "{seen}");
}
