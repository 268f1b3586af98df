//! `keys doctor` finds what is in the store and not in the list, and the other way round, and mends it.

use serde_json::Value;

use super::{add, in_key_file, in_use, paycli, shown, taking};
use crate::support::{Home, keys};

/// Changes the list of stored keys as a crash or another program could.
fn edit_list(home: &Home, change: impl FnOnce(&mut Value)) {
    let path = home.root().join("data").join("keys.test.json");
    let mut list: Value = serde_json::from_slice(&std::fs::read(&path).expect("the list")).expect("JSON");
    change(&mut list);
    std::fs::write(&path, list.to_string()).expect("written");
}

#[test]
fn all_is_well_with_keys_that_are_where_they_should_be_and_with_none() {
    let (home, key) = (Home::new(), keys::test_key());
    let server = taking(&[&key]);
    let base = server.url();
    let told = paycli(&home, &base, &["keys", "doctor", "--json"]).run().exits(0).json();
    assert_eq!(
        (&told["schema"], &told["ok"], &told["findings"]),
        (&1.into(), &true.into(), &Value::Array(vec![]))
    );
    add(&home, &base, &key);
    paycli(&home, &base, &["keys", "doctor"]).run().exits(0);
}

#[test]
fn a_secret_without_an_entry_is_found_and_put_to_use_again() {
    let (home, key, other) = (Home::new(), keys::test_key(), keys::rotated_test_key());
    let server = taking(&[&key, &other]);
    let base = server.url();
    add(&home, &base, &key);
    paycli(&home, &base, &["keys", "add", "--name", "second", "--from", "-"]).stdin(&other).run().exits(0);
    edit_list(&home, |list| {
        list["chains"].as_object_mut().expect("chains").remove("test/api");
    });
    paycli(&home, &base, &["whoami"]).run().exits(13);
    let doctor = || paycli(&home, &base, &["keys", "doctor", "--json"]);
    let told = doctor().run().exits(40).json();
    let finding = &told["findings"][0];
    assert_eq!((&finding["code"], &finding["store"]), (&"orphan".into(), &"file".into()), "{told}");
    assert!(finding["slot"].as_str().is_some_and(|slot| slot.starts_with("test/api/")), "{told}");
    assert!(
        finding["next_command"].as_str().is_some_and(|next| next.ends_with("keys doctor --mend")),
        "{told}"
    );
    let asked = doctor().args(["--mend"]).run().exits(2).json();
    assert!(asked["next_command"].as_str().is_some_and(|next| next.ends_with("--mend --yes")), "{asked}");
    let mended = doctor().args(["--mend", "--yes"]).run().exits(0).json();
    assert_eq!(mended["findings"][0]["mended"], "adopted", "{mended}");
    assert_eq!(in_use(&home, &base)["key"], shown(&key));
    doctor().run().exits(0);
}

#[test]
fn an_orphan_beside_a_key_in_use_is_deleted() {
    let (home, key, other) = (Home::new(), keys::test_key(), keys::rotated_test_key());
    let server = taking(&[&key, &other]);
    let base = server.url();
    add(&home, &base, &key);
    paycli(&home, &base, &["keys", "rotate", "--from", "-"]).stdin(&other).run().exits(0);
    edit_list(&home, |list| list["chains"]["test/api"]["previous"] = Value::Null);
    let mended = paycli(&home, &base, &["keys", "doctor", "--mend", "--yes", "--json"]).run().exits(0).json();
    assert_eq!(mended["findings"][0]["mended"], "deleted", "{mended}");
    assert_eq!((in_key_file(&home).len(), in_use(&home, &base)["key"].clone()), (1, shown(&other).into()));
}

#[test]
fn an_entry_without_a_secret_is_forgotten_and_the_previous_key_takes_its_place() {
    let (home, key, other) = (Home::new(), keys::test_key(), keys::rotated_test_key());
    let server = taking(&[&key, &other]);
    let base = server.url();
    add(&home, &base, &key);
    paycli(&home, &base, &["keys", "rotate", "--from", "-"]).stdin(&other).run().exits(0);
    // The slot of the key in use was lost: its id is one that the file does not have.
    edit_list(&home, |list| list["chains"]["test/api"]["current"]["place"]["id"] = "gone".into());
    paycli(&home, &base, &["get", "customers"]).run().exits(13).says("not in this key file");
    let doctor = paycli(&home, &base, &["keys", "doctor", "--json"]).run().exits(40).json();
    let codes: Vec<_> =
        doctor["findings"].as_array().expect("findings").iter().map(|found| &found["code"]).collect();
    assert_eq!(codes, ["missing_secret", "orphan"], "{doctor}");
    paycli(&home, &base, &["keys", "doctor", "--mend", "--yes"]).run().exits(0);
    assert_eq!(in_use(&home, &base)["key"], shown(&key));
    paycli(&home, &base, &["keys", "doctor"]).run().exits(0);
}

#[test]
fn a_store_that_does_not_open_is_a_finding() {
    let (home, key) = (Home::new(), keys::test_key());
    let server = taking(&[&key]);
    let base = server.url();
    add(&home, &base, &key);
    let doctor = || paycli(&home, &base, &["keys", "doctor", "--json"]);
    for run in
        [doctor().env("PAYCLI_KEYSTORE_PASSPHRASE", "x"), doctor().without_env("PAYCLI_KEYSTORE_PASSPHRASE")]
    {
        let told = run.args(["--mend", "--yes"]).run().exits(40).json();
        assert_eq!(told["findings"][0]["code"], "unreadable_store", "{told}");
    }
    assert_eq!(in_use(&home, &base)["key"], shown(&key), "nothing was forgotten");
}

#[test]
fn live_keys_are_mended_with_live_alone() {
    let (home, key) = (Home::new(), keys::live_key());
    let server = taking(&[&key]);
    let run = |args: &[&str]| paycli(&home, &server.url(), args).args(["-p", "live"]);
    run(&["keys", "add", "--from", "-", "--live"]).stdin(&key).run().exits(0);
    run(&["keys", "doctor"]).run().exits(0);
    run(&["keys", "doctor", "--mend"]).run().exits(78).says("--live");
    run(&["keys", "doctor", "--mend", "--live"]).run().exits(0);
}
