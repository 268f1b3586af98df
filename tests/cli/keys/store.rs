//! Adding, listing, using and removing; what the files are like.

use super::{PASSPHRASE, add, in_use, is_nowhere_in, paycli, shown, status, taking, with_file};
use crate::support::server::{nobody, paid};
use crate::support::{Home, Server, keys};

#[test]
fn a_key_is_stored_used_listed_and_forgotten() {
    let (home, key) = (Home::new(), keys::test_key());
    let server = taking(&[&key]);
    let base = server.url();
    let told = paycli(&home, &base, &["login", "--from", "-", "--json"]).stdin(&key).run().exits(0);
    assert_eq!(told.json()["key"]["current"]["account"], keys::account(), "{told}");
    assert!(told.err().contains("restricted key"), "a full key is advised against: {told}");
    let who = in_use(&home, &base);
    assert_eq!((&who["source"], &who["key"]), (&"file".into(), &shown(&key).into()), "{who}");
    assert!(who["age_seconds"].is_u64(), "{who}");
    paycli(&home, &base, &["get", "customers"]).run().exits(0);
    assert!(server.requests().iter().all(|request| super::is_with(request, &key)));
    let list = paycli(&home, &base, &["keys", "list"]).run().exits(0);
    assert!(list.out().contains(&shown(&key)) && list.err().contains("from file"), "{list}");
    let revealed = paycli(&home, &base, &["keys", "show", "api", "--reveal"]).run().exits(0);
    assert_eq!(revealed.out().trim(), key);
    assert!(!paycli(&home, &base, &["keys", "show", "api"]).run().exits(0).out().contains(&key));
    is_nowhere_in(&home, &key);
    paycli(&home, &base, &["logout"]).run().exits(0);
    paycli(&home, &base, &["whoami"]).run().exits(13).says("next: paycli").says(" login");
    paycli(&home, &base, &["logout"]).run().exits(13);
}

#[test]
fn an_environment_variable_beats_the_stored_key_and_no_store_is_opened() {
    let (home, key) = (Home::new(), keys::test_key());
    let server = taking(&[&key]);
    add(&home, &server.url(), &key);
    let other = keys::rotated_test_key();
    // Without the passphrase the file could not be opened.
    let who = home.at(&server, ["whoami", "--json"]).key(&other).run().exits(0).json();
    assert_eq!(who["source"], "env:PAYCLI_API_KEY");
}

#[test]
fn the_same_key_again_is_no_error_and_another_one_is_not_overwritten() {
    let (home, key, other) = (Home::new(), keys::test_key(), keys::rotated_test_key());
    let server = taking(&[&key, &other]);
    let base = server.url();
    add(&home, &base, &key);
    paycli(&home, &base, &["keys", "add", "--from", "-"]).stdin(&key).run().exits(0).says("already");
    paycli(&home, &base, &["keys", "add", "--from", "-"]).stdin(&other).run().exits(78).says("keys rotate");
    assert_eq!(in_use(&home, &base)["key"], shown(&key));
    paycli(&home, &base, &["keys", "add", "--from", "-", "--replace"]).stdin(&other).run().exits(0);
    assert_eq!(in_use(&home, &base)["key"], shown(&other));
    assert_eq!(status(&home, &base)["previous"], serde_json::Value::Null);
    assert_eq!(status(&home, &base)["left_over"], 0);
}

#[test]
fn a_salt_that_cannot_be_used_stops_new_keys_and_leaves_none_half_removed() {
    let (home, key, other) = (Home::new(), keys::test_key(), keys::rotated_test_key());
    let server = taking(&[&key, &other]);
    let base = server.url();
    add(&home, &base, &key);
    let salt = home.root().join("data").join("salt");
    std::fs::write(&salt, "short").expect("a salt");
    for args in [&["keys", "add", "--replace", "--from", "-"][..], &["keys", "rotate", "--from", "-"]] {
        let seen = paycli(&home, &base, args).stdin(&other).run().exits(23).says("salt").says("hint:");
        assert!(!seen.err().contains("money:"), "no payment was to be sent: {seen}");
        assert_eq!(in_use(&home, &base)["key"], shown(&key));
        assert_eq!(status(&home, &base)["rotation"], serde_json::Value::Null);
    }
    // What is removed needs no new mark.
    paycli(&home, &base, &["keys", "remove", "api"]).run().exits(0);
    paycli(&home, &base, &["whoami"]).run().exits(13);
}

#[test]
fn a_replacement_that_is_refused_leaves_the_old_key() {
    let (home, key, other) = (Home::new(), keys::test_key(), keys::rotated_test_key());
    let server = taking(&[&key]);
    add(&home, &server.url(), &key);
    let add = paycli(&home, &server.url(), &["keys", "add", "--from", "-", "--replace"]).stdin(&other);
    let refused = add.run().exits(13).says("run the same command again");
    assert!(!refused.err().contains("--wait"), "an option that this command has not: {refused}");
    let told = status(&home, &server.url());
    assert_eq!((&told["current"]["key"], &told["rotation"]), (&shown(&key).into(), &serde_json::Value::Null));
}

#[test]
fn where_nobody_listens_nothing_is_stored_but_offline() {
    let (home, key) = (Home::new(), keys::test_key());
    let base = nobody();
    paycli(&home, &base, &["keys", "add", "--from", "-"]).stdin(&key).run().exits(22);
    let told = paycli(&home, &base, &["keys", "status", "--json"]).run().exits(0).json();
    assert_eq!(told["keys"], serde_json::json!([]), "{told}");
    paycli(&home, &base, &["keys", "add", "--from", "-", "--offline"]).stdin(&key).run().exits(0);
    assert_eq!(in_use(&home, &base)["key"], shown(&key));
}

#[cfg(unix)]
#[test]
fn files_are_the_users_alone_and_links_are_refused() {
    use std::os::unix::fs::PermissionsExt;
    let (home, key) = (Home::new(), keys::test_key());
    let server = taking(&[&key]);
    let base = server.url();
    add(&home, &base, &key);
    let data = home.root().join("data");
    let mode = |path: &std::path::Path| std::fs::metadata(path).expect("a file").permissions().mode() & 0o777;
    assert_eq!(mode(&data), 0o700);
    let mut seen = 0;
    for (file, _) in home.files().iter().filter(|(file, _)| file.starts_with(&data)) {
        assert_eq!(mode(file), 0o600, "{}", file.display());
        seen += 1;
    }
    assert!(seen >= 5, "{seen} files");
    for name in ["keys.test.age", "keys.test.json", "keys.test.log"] {
        let (file, away) = (data.join(name), home.path().join(name));
        std::fs::rename(&file, &away).expect("moved");
        std::os::unix::fs::symlink(&away, &file).expect("a link");
        let before = std::fs::read(&away).expect("a file");
        let run = paycli(&home, &base, &["keys", "add", "--name", "second", "--from", "-"]).stdin(&key).run();
        assert_ne!(run.code(), Some(0), "{name}: {run}");
        assert_eq!(std::fs::read(&away).expect("a file"), before, "{name} was written through a link");
        std::fs::remove_file(&file).expect("removed");
        std::fs::rename(&away, &file).expect("moved back");
    }
}

#[test]
fn a_wrong_passphrase_and_a_damaged_file_are_told_and_nothing_is_sent() {
    let (home, key) = (Home::new(), keys::test_key());
    let server = taking(&[&key]);
    let base = server.url();
    add(&home, &base, &key);
    let sent = server.connections();
    let get = || paycli(&home, &base, &["get", "customers"]);
    get().env("PAYCLI_KEYSTORE_PASSPHRASE", "wrong").run().exits(13).says("passphrase is wrong");
    get().without_env("PAYCLI_KEYSTORE_PASSPHRASE").run().exits(2).says("PAYCLI_KEYSTORE_PASSPHRASE");
    let file = home.root().join("data").join("keys.test.age");
    let whole = std::fs::read(&file).expect("the key file");
    for length in [0, 20, whole.len() / 2, whole.len() - 1] {
        std::fs::write(&file, &whole[..length]).expect("cut");
        let seen = get().run().exits(13);
        assert!(!seen.err().contains(PASSPHRASE), "{seen}");
    }
    std::fs::remove_file(&file).expect("removed");
    get().run().exits(13).says("does not have the key");
    std::fs::write(home.root().join("data").join("keys.test.json"), "{").expect("broken");
    get().run().exits(78).says("damaged");
    assert_eq!(server.connections(), sent);
}

#[test]
fn without_a_keyring_nothing_is_stored_anywhere() {
    let (home, key) = (Home::new(), keys::test_key());
    let server = Server::always(paid());
    let run = home.at(&server, ["keys", "add", "--from", "-", "--offline"]).without_key();
    let seen = run.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere").stdin(&key).run().exits(13);
    assert!(seen.err().contains("--keystore file"), "{seen}");
    is_nowhere_in(&home, &key);
    let who = with_file(home.at(&server, ["whoami"])).without_key().run().exits(13);
    assert!(who.err().contains("there is no API key"), "{who}");
}

#[test]
fn a_profile_may_take_its_keys_from_the_environment_alone() {
    let (home, key) = (Home::new(), keys::test_key());
    let server = taking(&[&key]);
    add(&home, &server.url(), &key);
    home.config("[profiles.test]\nmode = \"test\"\nkeystore = \"env\"\n");
    let run = || home.at(&server, ["whoami"]).env("PAYCLI_KEYSTORE_PASSPHRASE", PASSPHRASE);
    run().without_key().run().exits(13);
    run().run().exits(0);
    let add = home.at(&server, ["keys", "add", "--from", "-"]).stdin(&key).run();
    add.exits(2).says("nothing is stored");
}

#[test]
fn test_and_live_keys_lie_in_files_of_their_own() {
    let (home, live) = (Home::new(), keys::live_key());
    let server = taking(&[&live]);
    let base = server.url();
    let run = |args: &[&str]| paycli(&home, &base, args).args(["-p", "live"]).stdin(&live);
    run(&["keys", "add", "--from", "-"]).run().exits(78).says("--live");
    assert_eq!(server.connections(), 0);
    run(&["keys", "add", "--from", "-", "--live"]).run().exits(0);
    let data = home.root().join("data");
    assert!(data.join("keys.live.age").exists() && !data.join("keys.test.age").exists());
    paycli(&home, &base, &["whoami"]).run().exits(13);
    run(&["get", "balance", "--live"]).run().exits(0);
    run(&["keys", "remove", "api", "--live"]).run().exits(2).says("--yes");
    run(&["keys", "remove", "api", "--live", "--yes"]).run().exits(0);
}

#[test]
fn a_profile_with_keys_is_not_removed_and_a_name_has_one_kind() {
    let (home, key) = (Home::new(), keys::test_key());
    let server = taking(&[&key]);
    let base = server.url();
    home.config("[profiles.shop]\nmode = \"test\"\n");
    paycli(&home, &base, &["-p", "shop", "keys", "add", "--from", "-"]).stdin(&key).run().exits(0);
    paycli(&home, &base, &["profile", "remove", "shop"]).run().exits(78).says("keys remove api");
    let secret = keys::webhook_secret();
    let other = ["-p", "shop", "keys", "add", "--kind", "webhook", "--name", "api", "--from", "-"];
    paycli(&home, &base, &other).stdin(&secret).run().exits(78).says("API key");
    paycli(&home, &base, &["-p", "shop", "logout"]).run().exits(0);
    paycli(&home, &base, &["profile", "remove", "shop"]).run().exits(0);
}
