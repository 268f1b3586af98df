//! Both ways with the official libraries: what paycli signs they accept, what they sign paycli accepts, and
//! what one of them refuses paycli does not call valid.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use paycli::keys::SigningSecret;
use paycli::webhook::{SigningKey, StandardKey, signature, standard};
use serde_json::{Value, json};

use super::peers::{modules, python, script};
use crate::support::killer::Dice;
use crate::support::webhooks::{self as odd, NOW};
use crate::support::{Home, keys};

/// Deliveries of each kind.
const MANY: usize = 1000;

fn ndjson(lines: &[Value]) -> String {
    lines.iter().map(Value::to_string).collect::<Vec<_>>().join("\n")
}

/// Runs a library's script over lines.
fn peer(home: &Home, command: Vec<OsString>, lines: &[Value]) -> Vec<Value> {
    let text = ndjson(lines);
    let run = home.command(command).env("PAYCLI_TEST_MODULES", modules()).stdin(text);
    let answers = run.time_limit(Duration::from_secs(120)).run().exits(0).ndjson();
    assert_eq!(answers.len(), lines.len());
    answers
}

fn by_python(home: &Home, lines: &[Value]) -> Vec<Value> {
    peer(home, vec![python().into(), script("webhooks.py").into()], lines)
}

fn by_node(home: &Home, lines: &[Value]) -> Vec<Value> {
    peer(home, vec!["node".into(), script("webhooks.mjs").into()], lines)
}

/// What `webhook verify --batch` says of lines.
fn by_paycli(home: &Home, lines: &[Value]) -> Vec<Value> {
    let text = ndjson(lines);
    let run = home.paycli(["webhook", "verify", "--batch", "-", "-q"]).stdin(text);
    run.time_limit(Duration::from_secs(120)).run().ndjson()
}

/// A random delivery without its signature: half of the bodies are text, half are any bytes.
fn delivery(dice: &mut Dice, id: usize, scheme: &str) -> (Value, Vec<u8>, String, i64) {
    let size = dice.below(400);
    let is_text = dice.below(2) == 0;
    let letters: Vec<char> = "a\"{}:,\\ \n\r\t0é日🎉\u{0}".chars().collect();
    let letter = |dice: &mut Dice| letters[dice.below(letters.len())];
    let body = if is_text {
        (0..size).map(|_| letter(dice)).collect::<String>().into_bytes()
    } else {
        (0..size).map(|_| u8::try_from(dice.below(256)).expect("a byte")).collect()
    };
    let key: Vec<u8> = (0..24).map(|_| u8::try_from(dice.below(256)).expect("a byte")).collect();
    let secret = format!("whsec_{}", STANDARD.encode(key));
    let timestamp = NOW - i64::try_from(dice.below(301)).expect("a time");
    let line = json!({
        "id": id, "scheme": scheme, "payload": STANDARD.encode(&body), "secret": secret,
        "now": NOW, "tolerance": 300, "timestamp": timestamp,
    });
    (line, body, secret, timestamp)
}

fn with(line: &Value, more: &Value) -> Value {
    let mut line = line.clone();
    for (name, value) in more.as_object().expect("an object") {
        line[name] = value.clone();
    }
    line
}

fn standard_headers(id: &str, timestamp: i64, signature: &str) -> Value {
    json!({ "webhook-id": id, "webhook-timestamp": timestamp.to_string(), "webhook-signature": signature })
}

#[test]
#[ignore = "needs the official libraries: run by scripts/test.sh"]
fn what_paycli_signs_the_libraries_accept() {
    let (home, mut dice) = (Home::new(), Dice::seeded("signed by paycli"));
    let mut lines = Vec::new();
    for id in 0..MANY {
        let (line, body, secret, timestamp) = delivery(&mut dice, id, "stripe");
        let key = SigningKey::stripe(&SigningSecret::new(secret)).expect("a key");
        lines.push(with(
            &line,
            &json!({ "do": "verify", "header": signature::sign(&body, timestamp, &[key]) }),
        ));
        let (line, body, secret, timestamp) = delivery(&mut dice, id, "standard");
        let key = StandardKey::new(&SigningSecret::new(secret)).agreed().cloned().expect("a key");
        let name = format!("msg_{id}");
        let headers = standard_headers(&name, timestamp, &standard::sign(&body, &name, timestamp, &[key]));
        lines.push(with(&line, &json!({ "do": "verify", "headers": headers })));
    }
    let (python, node, ours) = (by_python(&home, &lines), by_node(&home, &lines), by_paycli(&home, &lines));
    let mut counts = BTreeMap::new();
    for (index, line) in lines.iter().enumerate() {
        let body = STANDARD.decode(line["payload"].as_str().expect("text")).expect("base64");
        let is_text = std::str::from_utf8(&body).is_ok();
        let expected = if is_text { "ok" } else { "libraries_disagree" };
        assert_eq!(ours[index]["reason"], expected, "{line}");
        assert_eq!(python[index]["ok"], is_text, "{line} {}", python[index]);
        assert_eq!(node[index]["ok"], is_text, "{line} {}", node[index]);
        *counts.entry(expected).or_insert(0) += 1;
    }
    assert!(counts["ok"] > MANY / 2 && counts["libraries_disagree"] > MANY / 2, "{counts:?}");
}

/// A line with the headers that carry a signature.
fn signed_by(line: &Value, signature: &str) -> Value {
    if line["scheme"] == "stripe" {
        return with(line, &json!({ "header": signature }));
    }
    let timestamp = line["timestamp"].as_i64().expect("a time");
    with(line, &json!({ "headers": standard_headers("msg_1", timestamp, signature) }))
}

#[test]
#[ignore = "needs the official libraries: run by scripts/test.sh"]
fn what_the_libraries_sign_paycli_accepts() {
    let (home, mut dice) = (Home::new(), Dice::seeded("signed by the libraries"));
    let mut lines = Vec::new();
    while lines.len() < 2 * MANY {
        let scheme = if lines.len() % 2 == 0 { "stripe" } else { "standard" };
        let (line, body, ..) = delivery(&mut dice, lines.len(), scheme);
        if std::str::from_utf8(&body).is_ok() {
            lines.push(with(&line, &json!({ "do": "sign", "msg": "msg_1", "id": "msg_1" })));
        }
    }
    for signed in [by_python(&home, &lines), by_node(&home, &lines)] {
        let signed = signed.iter().map(|answer| answer["signature"].as_str().expect("a signature"));
        let verified: Vec<_> =
            lines.iter().zip(signed).map(|(line, signature)| signed_by(line, signature)).collect();
        for (line, answer) in verified.iter().zip(by_paycli(&home, &verified)) {
            assert_eq!(answer["reason"], "ok", "{line}");
        }
    }
}

#[test]
#[ignore = "needs the official libraries: run by scripts/test.sh"]
fn the_command_signs_as_the_library_does() {
    let (home, mut dice) = (Home::new(), Dice::seeded("signed by the command"));
    let secret = keys::webhook_secret();
    for id in 0..20 {
        let (line, body, _, timestamp) = delivery(&mut dice, id, "stripe");
        let time = timestamp.to_string();
        let run =
            home.paycli(["webhook", "sign", "--timestamp", &time]).env("PAYCLI_WEBHOOK_SECRET", &secret);
        let header = run.stdin(&body).run().exits(0).out();
        let line = with(&line, &json!({ "do": "verify", "header": header.trim_end(), "secret": secret }));
        let is_text = std::str::from_utf8(&body).is_ok();
        assert_eq!(by_node(&home, std::slice::from_ref(&line))[0]["ok"], is_text, "{line}");
    }
}

/// Compares the verdicts of odd deliveries: valid where both libraries accept, a disagreement that names the
/// one where only one does, and not valid where neither does.
fn compare(home: &Home, lines: &[Value], scheme: &str) {
    let text = ndjson(lines);
    let run = home.paycli(["webhook", "verify", "--batch", "-", "-q", "--scheme", scheme]).stdin(text);
    let ours = run.time_limit(Duration::from_secs(120)).run().ndjson();
    let (python, node) = (by_python(home, lines), by_node(home, lines));
    let mut seen = BTreeMap::new();
    for (index, line) in lines.iter().enumerate() {
        let (python, node) = (&python[index], &node[index]);
        let accepted = ours[index]["accepted_by"].as_array().cloned().unwrap_or_default();
        let named = |name: &str| accepted.iter().any(|library| library == name);
        let expected = match (python["ok"] == true, node["ok"] == true) {
            (true, true) => "ok",
            (false, false) => "refused",
            _ => "libraries_disagree",
        };
        let what = format!("{line}\npython {python}\nnode {node}\npaycli {}", ours[index]);
        match expected {
            "refused" => {
                assert!(ours[index]["valid"] == false && !named("python") && !named("node"), "{what}");
            }
            expected => assert_eq!(ours[index]["reason"], expected, "{what}"),
        }
        if expected == "libraries_disagree" {
            assert_eq!(
                (named("python"), named("node")),
                (python["ok"] == true, node["ok"] == true),
                "{what}"
            );
        }
        *seen.entry(expected).or_insert(0) += 1;
    }
    assert!(seen.len() == 3 && seen.values().all(|count| *count > 50), "{seen:?}");
}

#[test]
#[ignore = "needs the official libraries: run by scripts/test.sh"]
fn odd_deliveries_are_judged_as_the_libraries_judge_them() {
    let (home, mut dice) = (Home::new(), Dice::seeded("odd deliveries"));
    let lines: Vec<_> = (0..20 * MANY).map(|id| odd::stripe(&mut dice, id)).collect();
    compare(&home, &lines, "stripe");
    let lines: Vec<_> = (0..20 * MANY).map(|id| odd::standard(&mut dice, id)).collect();
    compare(&home, &lines, "standard");
}
