//! Every template is an event to the official libraries, of a class of its own, and what is delivered verifies.

use std::ffi::OsString;
use std::time::Duration;

use serde_json::{Value, json};

use super::peers::{modules, python, script};
use crate::support::answer::Answer;
use crate::support::{Home, Server, keys};

/// What a library's script says of deliveries.
fn read_by(home: &Home, command: Vec<OsString>, lines: &[Value]) -> Vec<Value> {
    let text = lines.iter().map(Value::to_string).collect::<Vec<_>>().join("\n");
    let run = home.command(command).env("PAYCLI_TEST_MODULES", modules()).stdin(text);
    let answers = run.time_limit(Duration::from_secs(120)).run().exits(0).ndjson();
    assert_eq!(answers.len(), lines.len());
    answers
}

#[test]
#[ignore = "needs the official libraries: run by scripts/test.sh"]
fn every_template_is_a_typed_event_to_the_libraries() {
    let (home, server) = (Home::new(), Server::always(Answer::new(200, "{}")));
    let list = home.paycli(["trigger", "--list"]).run().exits(0).out();
    for kind in list.lines() {
        let run = home.paycli(["trigger", kind, "--to", &server.url()]);
        run.env("PAYCLI_WEBHOOK_SECRET", keys::webhook_secret()).run().exits(0);
    }
    let lines: Vec<_> = server
        .requests()
        .iter()
        .map(|request| {
            let header = request.header("Stripe-Signature").expect("a signature");
            json!({"payload": request.text(), "header": header, "secret": keys::webhook_secret()})
        })
        .collect();
    assert_eq!(lines.len(), list.lines().count());
    let by_python = read_by(&home, vec![python().into(), script("events.py").into()], &lines);
    let by_node = read_by(&home, vec!["node".into(), script("events.mjs").into()], &lines);
    for (index, kind) in list.lines().enumerate() {
        for answer in [&by_python[index], &by_node[index]] {
            assert_eq!((&answer["ok"], &answer["type"]), (&json!(true), &json!(kind)), "{answer}");
            let class = answer["class"].as_str().expect("a class");
            assert!(!class.contains("Unknown"), "{kind}: {class}");
        }
    }
}
