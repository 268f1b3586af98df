//! How findings are told: severity, keys in use, words and SARIF.

use std::process::Command;

use super::super::{add, paycli, taking};
use super::{key_of, live_key, scan, write};
use crate::peers::modules;
use crate::support::{Home, keys};

/// A command as it is printed at a terminal, where it may ask: without one, a confirmation goes with it.
fn asked(text: &str) -> String {
    text.replace("paycli --yes ", "paycli ")
}

fn severity(home: &Home, path: &str, content: &str) -> String {
    write(home.path(), path, content);
    let seen = scan(home, &[path]).run().exits(40).json();
    seen["findings"][0]["severity"].as_str().expect("a severity").to_owned()
}

#[test]
fn a_live_key_that_everybody_reads_is_worst_and_a_restricted_test_key_least() {
    let home = Home::new();
    let (live, test, restricted, webhook) = (live_key(1), key_of(1, 2), key_of(4, 3), key_of(5, 4));
    assert_eq!(severity(&home, "public/a.js", &live), "critical");
    assert_eq!(severity(&home, ".env", &format!("VITE_KEY={live}")), "critical");
    assert_eq!(severity(&home, "src/server.py", &live), "high");
    assert_eq!(severity(&home, "src/index.html", &test), "high");
    assert_eq!(severity(&home, "src/server.py", &test), "medium");
    assert_eq!(severity(&home, "src/server.py", &webhook), "medium");
    assert_eq!(severity(&home, "src/server.py", &restricted), "low");
}

#[test]
fn a_stored_key_is_told_by_its_fingerprint_with_the_command_that_replaces_it() {
    let (home, key) = (Home::new(), keys::test_key());
    let server = taking(&[&key]);
    add(&home, &server.url(), &key);
    write(home.path(), "tree/a.env", &key);
    let seen = paycli(&home, &server.url(), &["keys", "scan", "--json", "tree"]).run().exits(40).json();
    let found = &seen["findings"][0];
    assert_eq!(
        (&found["in_use"]["profile"], &found["in_use"]["version"]),
        (&"test".into(), &"current".into())
    );
    let command = found["next_command"].as_str().map(asked);
    assert_eq!(command.as_deref(), Some("paycli -p test keys rotate --compromised"), "{seen}");
    let words = home.paycli(["keys", "scan", "tree"]).without_key().run().exits(40).out();
    assert!(words.contains("this is the current test key"), "{words}");
    let other = Home::new();
    write(other.path(), "tree/a.env", &key);
    let seen = scan(&other, &["tree"]).run().exits(40).json();
    assert_eq!(seen["findings"][0]["in_use"], serde_json::Value::Null, "{seen}");
    assert!(!other.root().join("data/salt").exists(), "a scan makes no salt");
    let seen = scan(&other, &["tree"]).key(&key).run().exits(40).json();
    assert_eq!(seen["findings"][0]["in_use"]["message"], "the key in PAYCLI_API_KEY", "{seen}");
}

#[test]
fn words_name_place_severity_kind_and_key_and_go_to_standard_output() {
    let home = Home::new();
    let key = live_key(1);
    write(home.path(), "public/app.js", format!("a\nb('{key}')"));
    let seen = home.paycli(["keys", "scan"]).run().exits(40).says("1 key found in 1 file");
    let end = &key[key.len() - 4..];
    let line = format!("public/app.js:2:4: critical: live secret key sk_live_****{end}, in a public folder");
    assert_eq!(seen.out().lines().next(), Some(line.as_str()), "{seen}");
    let clean = home.paycli(["keys", "scan", "paycli"]).run();
    assert_eq!(clean.code(), Some(2), "{clean}");
}

#[test]
fn the_last_line_names_the_command_for_the_worst_key() {
    let home = Home::new();
    let last = |content: &str| {
        let seen = home.paycli(["keys", "scan", "-"]).stdin(content).run().exits(40);
        asked(seen.err().trim_end().lines().last().expect("a line"))
    };
    let (live, test, webhook) = (live_key(1), key_of(1, 2), key_of(5, 4));
    for (content, command) in [
        (format!("{test}\n{live}"), "paycli -p live --live keys rotate --compromised"),
        (format!("{webhook}\n{test}"), "paycli -p test keys rotate --compromised"),
        (webhook.clone(), "paycli keys rotate --compromised --kind webhook"),
    ] {
        let said = last(&content);
        assert!(said.contains(&format!(": {command},")), "{said}");
    }
}

#[test]
fn sarif_names_rule_place_and_commitless_finding() {
    let home = Home::new();
    write(home.path(), "tree/a b.env", format!("\nK={}", live_key(1)));
    write(home.path(), "tree/a.gz", b"\x1f\x8bxx");
    let seen = home.paycli(["keys", "scan", "tree", "--format", "sarif"]).run().exits(40).json();
    let run = &seen["runs"][0];
    assert_eq!((&seen["version"], &run["tool"]["driver"]["name"]), (&"2.1.0".into(), &"paycli".into()));
    assert_eq!(run["tool"]["driver"]["rules"][0]["id"], "stripe-live-secret-key");
    let place = &run["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "tree/a%20b.env");
    assert_eq!((&place["region"]["startLine"], &place["region"]["startColumn"]), (&2.into(), &3.into()));
    let note = run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"].as_str();
    assert_eq!(note, Some("not read: tree/a.gz: gzip"));
}

#[test]
#[ignore = "needs the schema of SARIF: run by scripts/test.sh"]
fn sarif_is_valid_against_its_schema() {
    let home = Home::new();
    for kind in 0..9 {
        write(home.path(), &format!("tree/{kind}.env"), key_of(kind, 1));
    }
    write(home.path(), "tree/a.gz", b"\x1f\x8bxx");
    super::git(home.path(), &["init", "-q", "repo"]);
    write(home.path(), "repo/a.env", live_key(2));
    super::commit(&home.path().join("repo"), "first");
    for args in [&["tree"][..], &["--history", "repo"], &["paycli-nothing"]] {
        write(home.path(), "paycli-nothing", "clean");
        let seen = home.paycli(["keys", "scan", "--format", "sarif"]).args(args).run();
        is_valid_sarif(&home, &seen.out());
    }
}

/// Checks a SARIF file against the schema of OASIS, which the node package of Microsoft's SARIF tool ships.
pub(crate) fn is_valid_sarif(home: &Home, text: &str) {
    assert!(sarif_fault(home, text).is_none(), "{text}");
    let of_another_version = text.replacen("\"version\":\"2.1.0\"", "\"version\":\"2.1.9\"", 1);
    assert!(sarif_fault(home, &of_another_version).is_some(), "the check can fail");
}

/// What the schema has against a text, where it has something.
fn sarif_fault(home: &Home, text: &str) -> Option<String> {
    let file = home.file("report.sarif", text);
    let schema = modules().join("node_modules/@microsoft/sarif-multitool-linux/sarif-2.1.0.json");
    let check = "import json, sys, jsonschema\n\
                 schema, report = (json.load(open(path)) for path in sys.argv[1:])\n\
                 jsonschema.validators.validator_for(schema)(schema).validate(report)";
    let output = Command::new(super::peers_python()).args(["-c", check]).arg(schema).arg(file).output();
    let output = output.expect("python runs");
    let fault = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() || fault.contains("ValidationError"), "{fault}");
    (!output.status.success()).then_some(fault)
}
