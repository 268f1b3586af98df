//! `paycli doctor`: what is wrong with a machine, with the command that mends it.

use serde_json::{Value, json};

use crate::support::server::Answer;
use crate::support::{Home, Run, Server};

fn check<'a>(report: &'a Value, name: &str) -> &'a Value {
    let checks = report["checks"].as_array().expect("checks");
    checks.iter().find(|check| check["check"] == name).unwrap_or_else(|| panic!("no {name}: {report}"))
}

fn status<'a>(report: &'a Value, name: &str) -> &'a str {
    check(report, name)["status"].as_str().expect("a status")
}

fn answering(status: u16, date: Option<&'static str>) -> Server {
    Server::answering(move |_| {
        let answer = Answer::json(status, &json!({"object": "balance", "livemode": false}));
        date.map_or(answer.clone(), |date| answer.header("Date", date)).into()
    })
}

fn doctor(home: &Home, server: &Server) -> Run {
    home.at(server, ["doctor", "--json"]).env("SHELL", "/bin/bash")
}

#[test]
fn a_machine_that_works_is_said_to_and_nothing_is_changed() {
    let home = Home::new();
    let report = doctor(&home, &answering(200, None)).run().exits(0).json();
    for name in ["paths", "config", "permissions", "key", "certificates", "proxy", "api"] {
        assert_eq!(status(&report, name), "ok", "{report}");
    }
    assert_eq!(report["ok"], true);
    assert!(!home.root().exists(), "a check makes no file");
    let words = home.at(&answering(200, None), ["doctor"]).run().exits(0).out();
    assert!(words.contains("ok       api") && words.contains("completions"), "{words}");
}

#[test]
fn a_clock_that_is_wrong_is_a_failure_with_the_command_that_sets_it() {
    let home = Home::new();
    let report = doctor(&home, &answering(200, Some("Mon, 06 Jan 2020 10:00:00 GMT"))).run().exits(40).json();
    assert_eq!((status(&report, "clock"), status(&report, "api")), ("failed", "ok"), "{report}");
    assert_eq!(check(&report, "clock")["next_command"], "sudo timedatectl set-ntp true");
}

#[test]
fn a_refused_key_and_an_api_that_is_not_there_are_failures() {
    let home = Home::new();
    let report = doctor(&home, &answering(401, None)).run().exits(40).json();
    assert_eq!(check(&report, "api")["next_command"], "paycli keys status", "{report}");
    let args = ["--api-base", "http://127.0.0.1:9", "doctor", "--json"];
    let report = home.paycli(args).run().exits(40).json();
    assert!(
        check(&report, "api")["message"].as_str().is_some_and(|text| text.contains("cannot be reached")),
        "{report}"
    );
}

#[test]
fn offline_and_without_a_key_nothing_is_sent() {
    let home = Home::new();
    let server = answering(200, None);
    doctor(&home, &server).args(["--offline"]).run().exits(0);
    let report = doctor(&home, &server).without_key().run().json();
    assert_eq!((status(&report, "api"), status(&report, "key")), ("skipped", "warning"), "{report}");
    assert_eq!(
        check(&report, "key")["next_command"].as_str().map(|text| text.ends_with("login")),
        Some(true)
    );
    let live =
        home.paycli(["-p", "live", "doctor", "--json"]).key(&crate::support::keys::live_key()).run().json();
    assert_eq!(check(&live, "api")["next_command"], "paycli -p live --live doctor", "{live}");
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn wrong_settings_are_named_with_what_takes_them_back() {
    let home = Home::new();
    home.config("nonsense");
    let report = home
        .paycli(["doctor", "--json"])
        .env("SSL_CERT_FILE", "/nowhere")
        .env("HTTPS_PROXY", "::")
        .run()
        .exits(40)
        .json();
    assert_eq!(status(&report, "config"), "failed", "{report}");
    std::fs::remove_file(home.root().join("config.toml")).expect("removed");
    let server = answering(200, None);
    let report = doctor(&home, &server)
        .env("SSL_CERT_FILE", "/nowhere")
        .env("HTTPS_PROXY", "::")
        .run()
        .exits(40)
        .json();
    assert_eq!(check(&report, "certificates")["next_command"], "unset SSL_CERT_FILE", "{report}");
    assert_eq!(check(&report, "proxy")["next_command"], "unset HTTPS_PROXY", "{report}");
}

#[cfg(unix)]
#[test]
fn open_files_a_broken_journal_and_missing_completions_are_told() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new();
    std::fs::create_dir_all(home.root().join("data")).expect("a folder");
    std::fs::write(home.journal_file("test"), "this is no database, whatever its name says").expect("a file");
    std::fs::set_permissions(home.journal_file("test"), std::fs::Permissions::from_mode(0o644))
        .expect("open");
    let report = doctor(&home, &answering(200, None)).run().exits(40).json();
    assert_eq!(status(&report, "journal test"), "failed", "{report}");
    assert_eq!(status(&report, "permissions"), "failed", "{report}");
    let mend = check(&report, "permissions")["next_command"].as_str().expect("a command");
    assert!(mend.starts_with("chmod go-rwx ") && mend.contains("journal.test.sqlite"), "{mend}");
    let mend = check(&report, "completions")["next_command"].as_str().expect("a command");
    assert!(mend.contains("paycli completions bash >"), "{mend}");
    let mended =
        home.command(vec!["sh".into(), "-c".into(), mend.replace("paycli completions", "echo").into()]).run();
    assert_eq!(mended.code(), Some(0), "{mended}");
    let report = doctor(&home, &answering(200, None)).run().json();
    assert_eq!(status(&report, "completions"), "ok", "{report}");
}

#[test]
fn whatever_fails_comes_with_a_command() {
    let every_failure_has_one = |report: &Value| {
        let checks = report["checks"].as_array().expect("checks");
        let failed: Vec<_> = checks.iter().filter(|check| check["status"] == "failed").collect();
        assert!(!failed.is_empty(), "{report}");
        for check in failed {
            assert!(check["next_command"].is_string(), "{check}");
        }
    };
    let report = |home: &Home, args: &[&str]| {
        home.paycli(["--api-base", "http://127.0.0.1:9"])
            .args(args)
            .args(["doctor", "--json"])
            .run()
            .exits(40)
            .json()
    };
    let home = Home::new();
    every_failure_has_one(&report(&home, &[]));
    every_failure_has_one(&report(&home, &["-p", "nobody"]));
    std::fs::create_dir_all(home.root().join("data")).expect("a folder");
    std::fs::write(home.journal_file("test"), "this is no database, whatever its name says").expect("a file");
    every_failure_has_one(&report(&home, &[]));
    home.config("nonsense");
    let broken = report(&home, &[]);
    every_failure_has_one(&broken);
    assert_eq!(status(&broken, "profile"), "skipped", "{broken}");
    let file = home.file("file", "x");
    let report = home.paycli(["doctor", "--json"]).env("PAYCLI_HOME", &file).run().exits(40).json();
    every_failure_has_one(&report);
}
