//! What cannot be read is told of, and everything else is read.

use super::{findings, live_key, paths, scan, write};
use crate::support::Home;

#[cfg(unix)]
#[test]
fn unreadable_files_and_folders_are_reported_and_the_scan_goes_on() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new();
    let closed = |name: &str| {
        let path = home.path().join("tree").join(name);
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o000)).expect("closed");
    };
    write(home.path(), "tree/a.env", live_key(1));
    write(home.path(), "tree/closed.env", live_key(2));
    write(home.path(), "tree/folder/b.env", live_key(3));
    closed("closed.env");
    closed("folder");
    std::fs::set_permissions(home.path(), std::fs::Permissions::from_mode(0o777)).expect("open");
    let seen = scan(&home, &["tree"]).user(65534).run().exits(40);
    assert_eq!(paths(&seen.json()), ["tree/a.env"]);
    let report = seen.json();
    let unread = report["not_read"].as_array().expect("a list").iter();
    let unread: Vec<_> = unread.map(|unread| unread["path"].as_str().expect("a path").to_owned()).collect();
    assert_eq!(unread, ["tree/closed.env", "tree/folder"]);
    seen.says("not read: tree/closed.env: Permission denied");
    std::fs::set_permissions(home.path().join("tree/folder"), std::fs::Permissions::from_mode(0o700))
        .expect("open");
}

#[cfg(unix)]
#[test]
fn links_that_lead_in_circles_pipes_and_names_that_are_no_text_do_no_harm() {
    use std::os::unix::ffi::OsStrExt;
    let home = Home::new();
    write(home.path(), "tree/a.env", live_key(1));
    std::os::unix::fs::symlink(".", home.path().join("tree/loop")).expect("a link");
    std::os::unix::fs::symlink("self", home.path().join("tree/self")).expect("a link");
    let made = std::process::Command::new("mkfifo").arg(home.path().join("tree/pipe")).status();
    assert!(made.expect("mkfifo runs").success());
    let name = std::ffi::OsStr::from_bytes(b"tree/\xff.env");
    std::fs::write(home.path().join(name), live_key(2)).expect("a file");
    let seen = scan(&home, &["tree"]).run().exits(40).json();
    assert_eq!(paths(&seen), ["tree/a.env", "tree/\u{fffd}.env"]);
    let sarif = home.paycli(["keys", "scan", "tree", "--format", "sarif"]).run().exits(40).json();
    let uri = &sarif["runs"][0]["results"][1]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(uri, "tree/%FF.env");
}

#[test]
fn a_key_at_the_end_of_a_large_file_is_found_with_its_line() {
    use std::io::{Seek, SeekFrom, Write};
    let home = Home::new();
    let path = home.path().join("large.bin");
    let mut file = std::fs::File::create(&path).expect("a file");
    file.write_all(b"one\n").expect("written");
    // A hole: the file takes no room on the disk.
    file.seek(SeekFrom::Start(64 << 20)).expect("a hole");
    file.write_all(format!("\n{}\n", live_key(1)).as_bytes()).expect("written");
    let seen = scan(&home, &["large.bin"]).run().exits(40).json();
    assert_eq!(findings(&seen)[0].1, 3, "{seen}");
}

#[test]
fn archives_are_named_as_not_read() {
    let home = Home::new();
    write(home.path(), "tree/a.zip", [b"PK\x03\x04".as_slice(), live_key(1).as_bytes()].concat());
    let seen = scan(&home, &["tree"]).run().exits(0).says("archives are not read: tree/a.zip");
    assert_eq!(seen.json()["not_read"][0]["reason"], "archive");
}

#[test]
fn a_baseline_of_another_version_a_broken_one_and_none_are_refused() {
    let home = Home::new();
    write(home.path(), "a.env", live_key(1));
    let with = |text: &str| {
        write(home.path(), "baseline", text);
        home.paycli(["keys", "scan", "a.env", "--baseline", "baseline"]).run()
    };
    with(r#"{"version": 2, "new": []}"#).exits(78).says("version 2").says("--write-baseline baseline");
    with("{").exits(78).says("not a baseline");
    with(r#"{"version": 1, "salt": "00", "keys": []}"#).exits(78);
    let missing = home.paycli(["keys", "scan", "a.env", "--baseline", "nowhere"]).run().exits(2);
    missing.says("there is no baseline nowhere").says("paycli keys scan --write-baseline nowhere");
    home.paycli(["keys", "scan", "no-such-folder"]).run().exits(2).says("there is no file or folder");
}

#[test]
fn a_key_in_the_name_of_a_file_is_not_shown() {
    let home = Home::new();
    let key = live_key(1);
    write(home.path(), &format!("tree/{key}.txt"), live_key(2));
    for format in ["human", "json", "sarif"] {
        let seen = home.paycli(["keys", "scan", "tree", "--format", format]).run().exits(40);
        assert!(!seen.out().contains(&key[20..40]) && !seen.err().contains(&key[20..40]), "{seen}");
    }
}
