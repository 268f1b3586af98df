//! Folders, files and logs that cannot be trusted or used are found before anything is done.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{add, in_use, paycli, shown, status, taking};
use crate::support::{Home, keys};

fn data(home: &Home) -> PathBuf {
    home.root().join("data")
}

#[cfg(unix)]
fn chmod(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("permissions");
}

#[cfg(unix)]
fn fifo(path: &Path) {
    let made = std::process::Command::new("mkfifo").arg(path).status().expect("mkfifo runs");
    assert!(made.success());
}

#[cfg(unix)]
#[test]
fn a_home_that_everyone_can_write_to_is_refused() {
    let (home, key) = (Home::new(), keys::test_key());
    let server = taking(&[&key]);
    let base = server.url();
    add(&home, &base, &key);
    for folder in [home.root(), data(&home)] {
        chmod(&folder, 0o777);
        for args in [&["keys", "list"][..], &["whoami"], &["post", "customers"]] {
            paycli(&home, &base, args).run().exits(78).says("chmod go-w");
        }
        chmod(&folder, 0o700);
    }
    paycli(&home, &base, &["whoami"]).run().exits(0);
}

#[cfg(unix)]
#[test]
fn a_link_in_place_of_the_data_folder_is_refused() {
    let (home, key) = (Home::new(), keys::test_key());
    let server = taking(&[&key]);
    let elsewhere = home.path().join("elsewhere");
    std::fs::create_dir_all(&elsewhere).expect("a folder");
    std::fs::create_dir_all(home.root()).expect("a folder");
    std::os::unix::fs::symlink(&elsewhere, data(&home)).expect("a link");
    paycli(&home, &server.url(), &["keys", "add", "--from", "-"])
        .stdin(&key)
        .run()
        .exits(78)
        .says("symbolic link");
    paycli(&home, &server.url(), &["post", "customers"]).key(&key).run().exits(78);
    assert_eq!(std::fs::read_dir(&elsewhere).expect("a folder").count(), 0, "something was written there");
    assert_eq!(server.connections(), 0);
}

#[cfg(unix)]
#[test]
fn a_pipe_in_place_of_a_file_is_an_error_and_is_not_waited_for() {
    let (home, key, other) = (Home::new(), keys::test_key(), keys::rotated_test_key());
    let server = taking(&[&key, &other]);
    let base = server.url();
    add(&home, &base, &key);
    let config = home.root().join("config.toml");
    fifo(&config);
    paycli(&home, &base, &["whoami"]).run().exits(78).says("regular file");
    std::fs::remove_file(&config).expect("removed");
    for name in ["keys.test.age", "keys.test.json", "keys.test.log", "salt", "keys.test.lock"] {
        let (file, away) = (data(&home).join(name), home.path().join(name));
        std::fs::rename(&file, &away).expect("moved");
        fifo(&file);
        let args = ["keys", "add", "--replace", "--from", "-"];
        let seen = paycli(&home, &base, &args).stdin(&other).run();
        assert!(matches!(seen.code(), Some(13 | 23 | 78)), "{name}: {seen}");
        assert!(seen.err().contains("regular file"), "{name}: {seen}");
        std::fs::remove_file(&file).expect("removed");
        std::fs::rename(&away, &file).expect("moved back");
    }
    assert_eq!(in_use(&home, &base)["key"], shown(&key));
}

#[test]
fn a_log_that_cannot_be_written_stops_a_command_before_its_first_step() {
    let (home, key, other) = (Home::new(), keys::test_key(), keys::rotated_test_key());
    let server = taking(&[&key, &other]);
    let base = server.url();
    add(&home, &base, &key);
    let log = data(&home).join("keys.test.log");
    std::fs::rename(&log, home.path().join("log")).expect("moved");
    std::fs::create_dir(&log).expect("a folder in its place");
    let before = std::fs::read(data(&home).join("keys.test.json")).expect("the list");
    let commands: [&[&str]; 6] = [
        &["keys", "rotate", "--from", "env:OTHER"],
        &["keys", "add", "--replace", "--from", "env:OTHER"],
        &["keys", "remove", "api"],
        &["keys", "show", "api", "--reveal"],
        &["keys", "rekey", "--from", "env:OTHER"],
        &["exec", "--", "true"],
    ];
    for args in commands {
        let seen = paycli(&home, &base, args).env("OTHER", &other).run().exits(78).says("log of keys");
        assert_eq!(seen.out(), "", "nothing is shown: {seen}");
        let after = std::fs::read(data(&home).join("keys.test.json")).expect("the list");
        assert_eq!(before, after, "{args:?} went a step further");
    }
    assert_eq!(in_use(&home, &base)["key"], shown(&key));
}

#[test]
fn a_check_finds_a_store_that_is_gone_and_one_that_does_not_open() {
    let (home, key) = (Home::new(), keys::test_key());
    let server = taking(&[&key]);
    let base = server.url();
    add(&home, &base, &key);
    let check = || paycli(&home, &base, &["keys", "status", "--check", "--json"]);
    check().run().exits(0);
    let locked = check().env("PAYCLI_KEYSTORE_PASSPHRASE", "wrong").run().exits(40).json();
    assert_eq!(locked["keys"][0]["findings"][0]["code"], "unreadable_store", "{locked}");
    std::fs::remove_file(data(&home).join("keys.test.age")).expect("removed");
    let told = check().run().exits(40).json();
    assert_eq!(
        (&told["ok"], &told["keys"][0]["findings"][0]["code"]),
        (&false.into(), &"other_store".into())
    );
    assert_eq!(status(&home, &base)["findings"], Value::Array(vec![]), "without --check no store is opened");
}

#[test]
fn what_a_killed_process_left_is_gone_after_the_next_write() {
    let (home, key) = (Home::new(), keys::test_key());
    let server = taking(&[&key]);
    add(&home, &server.url(), &key);
    for name in [".paycli-Ab12Cd", ".paycli-Ef34Gh"] {
        std::fs::write(data(&home).join(name), "half a file").expect("a crash");
    }
    let doctor = paycli(&home, &server.url(), &["keys", "doctor", "--json"]).run().exits(40).json();
    assert_eq!(doctor["findings"][0]["code"], "temporary_file", "{doctor}");
    paycli(&home, &server.url(), &["keys", "remove", "api"]).run().exits(0);
    let left = home.files().into_iter().filter(|(file, _)| file.to_string_lossy().contains(".paycli-"));
    assert_eq!(left.count(), 0);
}

#[test]
#[ignore = "needs strace: run by scripts/test.sh"]
fn the_parent_of_a_new_folder_is_synced() {
    let (home, key) = (Home::new(), keys::test_key());
    let server = taking(&[&key]);
    let log = home.path().join("trace");
    let trace = ["strace", "-f", "-y", "-qq", "-e", "trace=mkdir,mkdirat,fsync", "-o"].map(Into::into);
    let wrapper = trace.into_iter().chain([log.clone().into_os_string()]);
    let run = paycli(&home, &server.url(), &["keys", "add", "--from", "-"]).stdin(&key);
    run.through(wrapper).run().exits(0);
    let text = std::fs::read_to_string(log).expect("a trace");
    for folder in [home.path().to_owned(), home.root(), data(&home)] {
        let synced = format!("<{}>", folder.display());
        assert!(
            text.lines().any(|line| line.contains("fsync") && line.contains(&synced)),
            "{synced}: {text}"
        );
    }
}
