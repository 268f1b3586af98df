//! A real keyring: used, locked, absent, frozen and slow.

use std::time::Duration;

use super::{is_nowhere_in, shown, taking};
use crate::support::keyring::Keyring;
use crate::support::{Home, Run, Server, keys};

/// A home with a key in its keyring.
fn home_with_key(key: &str, server: &Server) -> (Home, Keyring) {
    let home = Home::new();
    let keyring = Keyring::start(&home);
    run(&home, &keyring, server, &["keys", "add", "--from", "-"]).stdin(key).run().exits(0);
    (home, keyring)
}

fn run(home: &Home, keyring: &Keyring, server: &Server, args: &[&str]) -> Run {
    keyring.for_run(home.at(server, args).without_key())
}

#[test]
#[ignore = "needs a keyring: run by scripts/test.sh"]
fn a_key_is_kept_in_the_keyring_rotated_and_removed() {
    let (old, new) = (keys::test_key(), keys::rotated_test_key());
    let server = taking(&[&old, &new]);
    let (home, keyring) = home_with_key(&old, &server);
    let run = |args: &[&str]| run(&home, &keyring, &server, args);
    let who = run(&["whoami", "--json"]).run().exits(0).json();
    assert_eq!((&who["source"], &who["key"]), (&"keyring".into(), &shown(&old).into()), "{who}");
    run(&["get", "customers"]).run().exits(0);
    run(&["keys", "rotate", "--from", "-"]).stdin(&new).run().exits(0);
    let entries = keyring.entries(&home, "paycli.test");
    assert_eq!(entries.len(), 2, "{entries:?}");
    assert!(entries.iter().all(|entry| entry.starts_with("test/api/")), "{entries:?}");
    assert!(keyring.entries(&home, "paycli.live").is_empty());
    run(&["logout"]).run().exits(0);
    assert_eq!(keyring.entries(&home, "paycli.test"), [""; 0]);
    for key in [&old, &new] {
        is_nowhere_in(&home, key);
    }
}

#[test]
#[ignore = "needs a keyring: run by scripts/test.sh"]
fn two_homes_on_one_keyring_leave_each_others_keys_alone() {
    let (key, other) = (keys::test_key(), keys::rotated_test_key());
    let server = taking(&[&key, &other]);
    let (home, keyring) = home_with_key(&key, &server);
    let second = Home::new();
    let of = |home: &Home, args: &[&str]| run(home, &keyring, &server, args);
    let told = of(&second, &["keys", "doctor", "--mend", "--yes", "--json"]).run().exits(0).json();
    assert_eq!(told["findings"], serde_json::json!([]), "a home without keys: {told}");
    of(&second, &["keys", "add", "--from", "-"]).stdin(&other).run().exits(0);
    for home in [&home, &second] {
        let told = of(home, &["keys", "doctor", "--mend", "--yes", "--json"]).run().exits(0).json();
        assert_eq!(told["findings"], serde_json::json!([]), "{told}");
    }
    for (home, key) in [(&home, &key), (&second, &other)] {
        assert_eq!(of(home, &["whoami", "--json"]).run().exits(0).json()["key"], shown(key));
    }
    // A home still finds a secret of its own that its list has lost.
    let list = home.root().join("data").join("keys.test.json");
    std::fs::remove_file(list).expect("removed");
    let told = of(&home, &["keys", "doctor", "--mend", "--yes", "--json"]).run().exits(0).json();
    assert_eq!(
        (&told["findings"][0]["mended"], told["findings"].as_array().map(Vec::len)),
        (&"adopted".into(), Some(1))
    );
    assert_eq!(of(&home, &["whoami", "--json"]).run().exits(0).json()["key"], shown(&key));
}

#[test]
#[ignore = "needs a keyring: run by scripts/test.sh"]
fn a_locked_keyring_is_told_in_time_and_is_no_missing_key() {
    let key = keys::test_key();
    let server = taking(&[&key]);
    let (home, keyring) = home_with_key(&key, &server);
    keyring.lock(&home);
    let seen = run(&home, &keyring, &server, &["get", "customers"]).run().exits(13);
    assert!(seen.took < Duration::from_secs(6), "{seen}");
    assert!(seen.err().contains("unlock") && !seen.err().contains("there is no API key"), "{seen}");
    // Nothing of it is forgotten because of that, and nothing is stored elsewhere instead.
    let other = keys::rotated_test_key();
    let seen =
        run(&home, &keyring, &server, &["keys", "rotate", "--from", "-"]).stdin(&other).run().exits(13);
    assert!(seen.took < Duration::from_secs(20), "{seen}");
    is_nowhere_in(&home, &other);
}

#[test]
#[ignore = "needs a keyring: run by scripts/test.sh"]
fn a_frozen_keyring_is_given_up_and_the_process_ends() {
    let key = keys::test_key();
    let server = taking(&[&key]);
    let (home, keyring) = home_with_key(&key, &server);
    keyring.signal(&home, "STOP");
    let get = || run(&home, &keyring, &server, &["get", "customers"]);
    let seen = get().run();
    let shorter = get().env("PAYCLI_KEYRING_TIMEOUT", "500ms").run();
    keyring.signal(&home, "CONT");
    let seen = seen.exits(13).says("3 s").says("--keystore file");
    assert!(seen.took >= Duration::from_secs(3) && seen.took < Duration::from_secs(6), "{seen}");
    let shorter = shorter.exits(13);
    assert!(shorter.took < Duration::from_secs(3), "{shorter}");
    get().run().exits(0);
    get().env("PAYCLI_KEYRING_TIMEOUT", "a while").run().exits(78).says("PAYCLI_KEYRING_TIMEOUT");
}

#[test]
#[ignore = "needs a keyring: run by scripts/test.sh"]
fn a_slow_keyring_is_waited_for() {
    let key = keys::test_key();
    let server = taking(&[&key]);
    let (home, keyring) = home_with_key(&key, &server);
    keyring.signal(&home, "STOP");
    let waiting =
        run(&home, &keyring, &server, &["get", "customers"]).env("PAYCLI_KEYRING_TIMEOUT", "20s").start();
    std::thread::sleep(Duration::from_millis(1500));
    keyring.signal(&home, "CONT");
    let seen = waiting.wait().exits(0).says("waiting for the keyring");
    assert!(seen.took >= Duration::from_millis(1400), "{seen}");
}

#[test]
#[ignore = "needs a keyring: run by scripts/test.sh"]
fn a_keyring_that_went_away_is_told_and_a_variable_still_works() {
    let key = keys::test_key();
    let server = taking(&[&key]);
    let (home, keyring) = home_with_key(&key, &server);
    let address = keyring.address.clone();
    drop(keyring);
    let get = || home.at(&server, ["get", "customers"]).env("DBUS_SESSION_BUS_ADDRESS", &address);
    let seen = get().without_key().run().exits(13).says("no keyring");
    assert!(seen.took < Duration::from_secs(3), "{seen}");
    get().key(&key).run().exits(0);
}

#[test]
#[ignore = "needs strace: run by scripts/test.sh"]
fn with_a_key_in_the_environment_no_bus_is_opened() {
    let key = keys::test_key();
    let server = taking(&[&key]);
    let (home, keyring) = home_with_key(&key, &server);
    let traced = |run: Run, name: &str| {
        let log = home.path().join(name);
        run.through(
            ["strace", "-f", "-qq", "-e", "trace=connect", "-o"]
                .map(Into::into)
                .into_iter()
                .chain([log.clone().into_os_string()]),
        )
        .run()
        .exits(0);
        std::fs::read_to_string(log).expect("a trace").matches("AF_UNIX").count()
    };
    let get = ["get", "customers"];
    let with_keyring = traced(run(&home, &keyring, &server, &get), "with");
    let with_variable = traced(keyring.for_run(home.at(&server, get).key(&key)), "without");
    assert!(with_keyring > 0, "the trace sees a bus where there is one");
    assert_eq!(with_variable, 0);
}
