//! Another store in the place of the one that holds the keys: nothing is lost, and nothing is called removed.

use super::{add, in_key_file, in_use, paycli, shown, taking};
use crate::support::keyring::Keyring;
use crate::support::{Home, Run, Server, keys};

/// A home with a current and a previous key in its key file, and another key file with the same passphrase.
fn home_with_another_file(server: &Server, old: &str, new: &str) -> (Home, Vec<u8>) {
    let (home, other) = (Home::new(), Home::new());
    let base = server.url();
    add(&home, &base, old);
    paycli(&home, &base, &["keys", "rotate", "--from", "-"]).stdin(new).run().exits(0);
    add(&other, &base, old);
    let foreign = std::fs::read(other.root().join("data").join("keys.test.age")).expect("the other file");
    (home, foreign)
}

#[test]
fn commands_under_another_key_file_lose_nothing() {
    let (old, new) = (keys::test_key(), keys::rotated_test_key());
    let server = taking(&[&old, &new]);
    let base = server.url();
    let (home, foreign) = home_with_another_file(&server, &old, &new);
    let file = home.root().join("data").join("keys.test.age");
    let ours = std::fs::read(&file).expect("our file");
    std::fs::write(&file, &foreign).expect("swapped");
    let commands: [&[&str]; 6] = [
        &["keys", "remove", "api"],
        &["logout"],
        &["keys", "add", "--from", "env:NEW"],
        &["keys", "add", "--replace", "--from", "env:OLD"],
        &["keys", "revoke", "--previous", "--yes"],
        &["get", "customers"],
    ];
    for args in commands {
        let seen = paycli(&home, &base, args).env("NEW", &new).env("OLD", &old).run().exits(13);
        assert!(seen.err().contains("not in this key file"), "{seen}");
        assert!(!seen.out().contains("removed") && seen.err().contains("keys doctor"), "{seen}");
    }
    assert_eq!(std::fs::read(&file).expect("a file"), foreign, "nothing was written into the wrong file");
    std::fs::write(&file, &ours).expect("swapped back");
    assert_eq!(in_use(&home, &base)["key"], shown(&new));
    paycli(&home, &base, &["keys", "rollback"]).run().exits(0);
    assert_eq!((in_use(&home, &base)["key"].clone(), in_key_file(&home).len()), (shown(&old).into(), 2));
}

#[test]
fn a_store_of_an_older_paycli_is_known_by_what_it_holds_and_gets_an_identity() {
    let (old, new) = (keys::test_key(), keys::rotated_test_key());
    let server = taking(&[&old, &new]);
    let base = server.url();
    let (home, foreign) = home_with_another_file(&server, &old, &new);
    let (file, list) =
        (home.root().join("data").join("keys.test.age"), home.root().join("data").join("keys.test.json"));
    let drop_identity = || {
        let mut known: serde_json::Value =
            serde_json::from_slice(&std::fs::read(&list).expect("the list")).expect("JSON");
        let identity = known.as_object_mut().expect("an object").remove("stores");
        std::fs::write(&list, known.to_string()).expect("written");
        identity.expect("the list names its stores")
    };
    let identity = drop_identity();
    let ours = std::fs::read(&file).expect("our file");
    std::fs::write(&file, &foreign).expect("swapped");
    paycli(&home, &base, &["keys", "remove", "api"]).run().exits(13).says("not in this key file");
    std::fs::write(&file, &ours).expect("swapped back");
    paycli(&home, &base, &["keys", "revoke", "--previous", "--yes"]).run().exits(0);
    paycli(&home, &base, &["keys", "rotate", "--from", "-"]).stdin(&old).run().exits(0);
    assert_eq!(drop_identity(), identity, "the next write wrote it down again");
}

fn at(home: &Home, keyring: &Keyring, server: &Server, args: &[&str]) -> Run {
    keyring.for_run(home.at(server, args).without_key())
}

#[test]
#[ignore = "needs a keyring: run by scripts/test.sh"]
fn commands_under_another_keyring_lose_nothing_and_say_so() {
    let (old, new) = (keys::test_key(), keys::rotated_test_key());
    let server = taking(&[&old, &new]);
    let (home, elsewhere) = (Home::new(), Home::new());
    let (ours, other) = (Keyring::start(&home), Keyring::start(&elsewhere));
    at(&home, &ours, &server, &["keys", "add", "--from", "-"]).stdin(&old).run().exits(0);
    at(&home, &ours, &server, &["keys", "rotate", "--from", "-"]).stdin(&new).run().exits(0);
    // The other keyring is used by another home of the same user: it has an identity of its own.
    at(&elsewhere, &other, &server, &["keys", "add", "--from", "-"]).stdin(&old).run().exits(0);
    let before = other.entries(&elsewhere, "paycli.test");
    let commands: [&[&str]; 4] = [
        &["keys", "remove", "api"],
        &["keys", "add", "--from", "env:NEW"],
        &["keys", "add", "--replace", "--from", "env:OLD"],
        &["whoami"],
    ];
    for args in commands {
        let run = at(&home, &other, &server, args).env("NEW", &new).env("OLD", &old);
        let seen = run.run().exits(13).says("not in this keyring");
        assert!(!seen.out().contains("removed"), "{seen}");
    }
    // The overlap is found before any store is looked into.
    at(&home, &other, &server, &["keys", "rotate", "--from", "env:OLD"]).env("OLD", &old).run().exits(78);
    at(&home, &other, &server, &["keys", "status", "--check"]).run().exits(40);
    assert_eq!(other.entries(&elsewhere, "paycli.test"), before);
    let who = at(&home, &ours, &server, &["whoami", "--json"]).run().exits(0).json();
    assert_eq!(who["key"], shown(&new));
    at(&home, &ours, &server, &["keys", "rollback"]).run().exits(0);
    at(&home, &ours, &server, &["logout"]).run().exits(0);
    assert_eq!(ours.entries(&home, "paycli.test"), [""; 0]);
}

#[test]
#[ignore = "needs a keyring: run by scripts/test.sh"]
fn a_fresh_keyring_is_adopted_by_doctor_only_when_that_is_said() {
    let (old, new) = (keys::test_key(), keys::rotated_test_key());
    let server = taking(&[&old, &new]);
    let (home, elsewhere) = (Home::new(), Home::new());
    let (ours, fresh) = (Keyring::start(&home), Keyring::start(&elsewhere));
    at(&home, &ours, &server, &["keys", "add", "--from", "-"]).stdin(&old).run().exits(0);
    let run = |args: &[&str]| at(&home, &fresh, &server, args);
    let told = run(&["keys", "doctor", "--json"]).run().exits(40).json();
    assert_eq!((&told["findings"][0]["code"], &told["ok"]), (&"other_store".into(), &false.into()), "{told}");
    run(&["keys", "doctor", "--mend"]).run().exits(2).says("keys doctor --mend --yes");
    run(&["keys", "doctor", "--mend", "--yes"]).run().exits(0);
    run(&["keys", "add", "--from", "-"]).stdin(&new).run().exits(0);
    run(&["whoami"]).run().exits(0);
    assert_eq!(ours.entries(&home, "paycli.test").len(), 1, "the old keyring was not touched");
}

#[test]
#[ignore = "needs a keyring: run by scripts/test.sh"]
fn a_secret_that_another_program_deleted_is_not_called_removed() {
    let key = keys::test_key();
    let server = taking(&[&key]);
    let home = Home::new();
    let keyring = Keyring::start(&home);
    let run = |args: &[&str]| at(&home, &keyring, &server, args);
    run(&["keys", "add", "--from", "-"]).stdin(&key).run().exits(0);
    keyring.delete_all(&home, "paycli.test");
    let seen = run(&["keys", "remove", "api"]).run().exits(13).says("not in this keyring");
    assert!(!seen.out().contains("removed"), "{seen}");
    let told = run(&["keys", "doctor", "--json"]).run().exits(40).json();
    assert_eq!(told["findings"][0]["code"], "missing_secret", "{told}");
    run(&["keys", "doctor", "--mend", "--yes"]).run().exits(0);
    run(&["keys", "doctor"]).run().exits(0);
    run(&["whoami"]).run().exits(13);
}
