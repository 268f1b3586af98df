//! `keys audit`: what a person would find by hand, on this machine and, with `--online`, in the account.

use serde_json::{Value, json};

use super::scan::{git, is_valid_sarif, key_of, live_key, write};
use super::{PASSPHRASE, add, paycli, taking};
use crate::support::server::Answer;
use crate::support::{Home, Run, Server, keys};

fn audit(home: &Home) -> Run {
    home.paycli(["keys", "audit", "--json"]).without_key()
}

fn check<'a>(report: &'a Value, id: &str) -> &'a Value {
    let checks = report["checks"].as_array().expect("checks");
    checks.iter().find(|check| check["id"] == id).unwrap_or_else(|| panic!("no {id}: {report}"))
}

/// The ids of the checks that failed.
fn failed(report: &Value) -> Vec<&str> {
    let checks = report["checks"].as_array().expect("checks").iter();
    checks
        .filter(|check| check["status"] == "failed")
        .map(|check| check["id"].as_str().expect("an id"))
        .collect()
}

#[test]
fn a_clean_machine_passes_and_every_check_says_why_it_matters() {
    let home = Home::new();
    let report = audit(&home).run().exits(0).json();
    assert_eq!((failed(&report), &report["ok"]), (Vec::new(), &true.into()), "{report}");
    for check in report["checks"].as_array().expect("checks") {
        for member in ["title", "severity", "why", "fix", "next_command"] {
            assert!(check[member].as_str().is_some_and(|text| !text.is_empty()), "{member}: {check}");
        }
    }
}

#[test]
fn keys_in_files_of_every_kind_are_found_and_never_shown() {
    let home = Home::new();
    let key = live_key(1);
    git(home.path(), &["init", "-q", "."]);
    git(home.path(), &["remote", "add", "origin", &format!("https://x:{key}@git.example/a.git")]);
    write(home.path(), ".gitignore", ".env\n");
    write(home.path(), ".env", format!("STRIPE_PUBLISHABLE_KEY={key}\n"));
    write(home.path(), ".github/workflows/ci.yml", format!("env:\n  K: {key}\n"));
    write(home.path(), ".bash_history", format!("curl -u {key}:\n"));
    let seen = audit(&home).run().exits(40);
    let report = seen.json();
    let expected = ["environment_files", "shell_history", "ci_files", "git_remotes", "swapped_keys"];
    assert_eq!(failed(&report), expected, "{report}");
    assert_eq!(check(&report, "environment_files")["seen"][0]["path"], ".env", "{report}");
    assert!(!seen.out().contains(keys::hidden_part(&key)), "{seen}");
    let human =
        home.paycli(["keys", "audit"]).without_key().run().exits(40).says("5 of 15 checks failed").out();
    assert!(human.contains("next: paycli keys rotate --compromised") && human.contains("ok: "), "{human}");
}

#[test]
fn a_full_key_gets_the_permissions_that_would_have_served() {
    let (home, key) = (Home::new(), keys::test_key());
    let server = taking(&[&key]);
    add(&home, &server.url(), &key);
    let api = Server::answering(|_| Answer::json(200, &json!({"id": "x", "object": "x"})).into());
    for path in ["payment_intents", "refunds"] {
        home.at(&api, ["post", path, "-d", "amount=1"]).run().exits(0);
    }
    let report = audit(&home).run().exits(40).json();
    assert_eq!(failed(&report), ["least_privilege"], "{report}");
    let text = check(&report, "least_privilege")["seen"][0]["message"].as_str().expect("text");
    assert!(text.contains("payment_intents=write refunds=write"), "{text}");
    let live = audit(&home).key(&live_key(1)).run().exits(40).json();
    assert!(failed(&live).contains(&"modes_apart"), "{live}");
}

#[test]
fn one_signing_secret_under_two_names_is_found() {
    let home = Home::new();
    let secret = keys::webhook_secret();
    for name in ["first", "second"] {
        let args = ["keys", "add", "--kind", "webhook", "--name", name, "--from", "-"];
        let run = home.paycli(args).without_key().stdin(&secret).env("PAYCLI_KEYSTORE", "file");
        run.env("PAYCLI_KEYSTORE_PASSPHRASE", PASSPHRASE).run().exits(0);
    }
    let report = audit(&home).run().exits(40).json();
    assert_eq!(failed(&report), ["webhook_secrets_apart"], "{report}");
}

#[test]
fn endpoints_are_looked_at_online_and_nothing_is_sent_otherwise() {
    let home = Home::new();
    let list = json!({"object": "list", "data": [{"id": "we_1", "url": "http://a.example/hook"}], "has_more": false});
    let server = Server::answering(move |_| Answer::json(200, &list).into());
    let offline = home.at(&server, ["keys", "audit", "--json"]).run().json();
    assert_eq!(
        (check(&offline, "endpoints_https")["status"].as_str(), server.requests().len()),
        (Some("skipped"), 0)
    );
    let online = home.at(&server, ["keys", "audit", "--online", "--json"]).run().exits(40).json();
    assert_eq!(
        check(&online, "endpoints_https")["seen"][0]["message"],
        "we_1 delivers to http://a.example/hook"
    );
    home.at(&server, ["keys", "audit", "--online", "--json"]).without_key().run().exits(13);
}

#[test]
fn writes_without_a_key_are_found_in_a_log_that_is_named() {
    let home = Home::new();
    write(home.path(), "a.log", "> POST /v1/charges HTTP/1.1\n> Host: api.stripe.com\n");
    let report = audit(&home).args(["--log", "a.log"]).run().exits(40).json();
    assert_eq!(failed(&report), ["writes_have_keys"], "{report}");
    assert_eq!(check(&audit(&home).run().exits(0).json(), "writes_have_keys")["status"], "skipped");
    audit(&home).args(["--log", "nowhere"]).run().exits(2);
}

#[cfg(unix)]
#[test]
fn files_that_others_can_read_are_found() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new();
    home.config("");
    let open = |mode| {
        std::fs::set_permissions(home.root().join("config.toml"), std::fs::Permissions::from_mode(mode))
    };
    open(0o644).expect("open");
    assert_eq!(failed(&audit(&home).run().exits(40).json()), ["file_modes"]);
    open(0o600).expect("closed");
    audit(&home).run().exits(0);
}

#[test]
#[ignore = "needs faketime: run by scripts/test.sh"]
fn an_old_key_an_overlap_that_is_over_and_a_lost_outcome_are_found() {
    let (home, old, new) = (Home::new(), keys::test_key(), keys::rotated_test_key());
    let server = taking(&[&old, &new]);
    add(&home, &server.url(), &old);
    home.config("[profiles.test]\nmode = \"test\"\nmax_age = \"90d\"\n");
    paycli(&home, &server.url(), &["keys", "rotate", "--from", "-"]).stdin(&new).run().exits(0);
    let lost = Server::answering(|_| crate::support::Step::DropAfterRead);
    home.at(&lost, ["post", "charges", "-d", "amount=1", "--max-retries", "0"]).run().exits(20);
    let late = audit(&home).at_clock("+80d").run().exits(40).json();
    assert!(
        failed(&late).contains(&"rotation_finished") && failed(&late).contains(&"idempotency_window"),
        "{late}"
    );
    let later = audit(&home).at_clock("+91d").run().exits(40).json();
    assert!(failed(&later).contains(&"key_age"), "{later}");
}

#[test]
#[ignore = "needs the schema of SARIF: run by scripts/test.sh"]
fn the_sarif_of_an_audit_is_valid_against_its_schema() {
    let home = Home::new();
    write(home.path(), ".env", format!("A={}\nB={}\n", live_key(1), key_of(1, 2)));
    let seen = home.paycli(["keys", "audit", "--format", "sarif"]).run().exits(40);
    let run = seen.json()["runs"][0].clone();
    assert_eq!(run["tool"]["driver"]["rules"].as_array().map(Vec::len), Some(15), "{run}");
    is_valid_sarif(&home, &seen.out());
}
