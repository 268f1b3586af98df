//! `webhook test`: real receivers, good ones and broken ones, and the report of each.

use std::ffi::OsString;

use serde_json::Value;

use super::peers::{async_stripe, modules, python, script, url_of};
use crate::support::{Home, Run, Running, Seen, Server, Step, keys, server::Answer};

/// A receiver of the peers with one mistake.
struct Receiver {
    home: Home,
    running: Running,
    url: String,
}

impl Receiver {
    fn python(mode: &str) -> Self {
        Self::start(vec![python().into(), script("receivers.py").into(), mode.into()])
    }

    fn node(mode: &str) -> Self {
        Self::start(vec!["node".into(), script("receivers.mjs").into(), mode.into()])
    }

    fn rust() -> Self {
        Self::start(vec![async_stripe().into(), "serve".into()])
    }

    fn start(command: Vec<OsString>) -> Self {
        let home = Home::new();
        let run = home.command(command).env("WEBHOOK_SECRET", keys::webhook_secret());
        let mut running = run.env("PAYCLI_TEST_MODULES", modules()).start();
        let url = url_of(&mut running);
        Self { home, running, url }
    }

    fn test(&self, args: &[&str]) -> Run {
        webhook_test(&self.home, &self.url).args(args)
    }

    fn report(&self) -> Value {
        self.test(&["--json"]).run().json()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.running.kill();
    }
}

fn webhook_test(home: &Home, url: &str) -> Run {
    home.paycli(["webhook", "test", url]).env("PAYCLI_WEBHOOK_SECRET", keys::webhook_secret())
}

/// The checks of a report that ended in a status.
fn checks<'a>(report: &'a Value, status: &str) -> Vec<&'a str> {
    let all = report["checks"].as_array().expect("checks").iter();
    all.filter(|check| check["status"] == status).map(|check| check["id"].as_str().expect("an id")).collect()
}

fn likely(report: &Value) -> Vec<&str> {
    let all = report["likely"].as_array().expect("likely mistakes").iter();
    all.map(|mistake| mistake["id"].as_str().expect("an id")).collect()
}

/// The broken receivers of a script, whose mode is the name of the mistake.
fn each_is_caught(start: impl Fn(&str) -> Receiver, modes: &[(&str, &str)]) {
    let mut wrong = Vec::new();
    for (mode, mistake) in modes {
        let report = start(mode).report();
        let found = likely(&report);
        let is_caught =
            report["passed"] == false && report["exit_code"] == 34 || !checks(&report, "warning").is_empty();
        if found.first() != Some(mistake) || !is_caught {
            wrong.push(format!(
                "{mode}: {found:?} of {:?} {:?}",
                checks(&report, "failed"),
                checks(&report, "warning")
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
#[ignore = "needs the official libraries: run by scripts/test.sh"]
fn good_receivers_pass_every_check() {
    for receiver in [Receiver::python("good"), Receiver::python("good-by-hand"), Receiver::node("good")] {
        let seen = receiver.test(&["--json"]).run().exits(0);
        let report = seen.json();
        assert_eq!(report["schema"], 1);
        assert!(checks(&report, "failed").is_empty() && checks(&report, "warning").is_empty(), "{seen}");
        assert!(checks(&report, "passed").len() >= 45 && likely(&report).is_empty(), "{seen}");
        assert!(report["latency_ms"]["p95"].as_f64() > Some(0.0), "{seen}");
    }
}

#[test]
#[ignore = "needs async-stripe, which takes minutes to build: run by scripts/test.sh"]
fn a_receiver_with_async_stripe_passes_every_check() {
    let seen = Receiver::rust().test(&["--json"]).run().exits(0);
    let report = seen.json();
    assert_eq!((&report["passed"], checks(&report, "failed").len()), (&Value::Bool(true), 0), "{seen}");
    // It decodes the signature, as Go's official library does, and so takes both cases of hexadecimal.
    assert_eq!(checks(&report, "warning"), ["refuse-upper-case"], "{seen}");
    assert!(checks(&report, "passed").len() >= 45 && checks(&report, "skipped").is_empty(), "{seen}");
}

#[test]
#[ignore = "needs the official libraries: run by scripts/test.sh"]
fn broken_receivers_in_python_are_caught_by_name() {
    let modes = [
        "no-verification",
        "comparison-ignored",
        "header-optional",
        "part-of-body-signed",
        "hmac-without-timestamp",
        "hmac-without-dot",
        "secret-without-prefix",
        "sha1-signature",
        "sha1-accepted",
        "parsed-body",
        "reserialised-body",
        "last-v1-wins",
        "first-v1-only",
        "one-v1-only",
        "header-by-position",
        "unknown-scheme-refused",
        "v0-accepted",
        "no-tolerance",
        "tolerance-too-large",
        "tolerance-too-small",
        "future-refused",
        "time-zero-accepted",
        "time-not-a-number",
        "time-optional",
        "timestamp-not-signed",
        "empty-secret-accepted",
        "unset-secret-accepted",
        "placeholder-secret-accepted",
        "charset-decoded",
        "body-trimmed",
        "line-ends-changed",
        "body-limit",
        "prefix-compared",
        "suffix-compared",
        "empty-signature-accepted",
        "unkeyed-hash-accepted",
        "body-hmac-accepted",
        "case-ignored",
        "duplicate-refused",
        "order-required",
        "unknown-type-refused",
        "strict-schema",
        "redirects",
        "wrong-path",
        "behind-authentication",
        "nothing-accepted",
        "unhandled-errors",
        "body-not-parsed",
    ];
    let mut modes: Vec<_> = modes.iter().map(|mode| (*mode, *mode)).collect();
    modes.extend([("parsed-body-compact", "parsed-body"), ("charset-decoded-ascii", "charset-decoded")]);
    each_is_caught(Receiver::python, &modes);
}

#[test]
#[ignore = "needs the official libraries: run by scripts/test.sh"]
fn broken_receivers_in_express_are_caught_by_name() {
    let modes = [
        "parsed-body",
        "reserialised-body",
        "nothing-accepted",
        "body-limit",
        "no-verification",
        "content-type-strict",
        "comparison-ignored",
        "charset-decoded",
        "case-ignored",
        "unset-secret-accepted",
    ];
    each_is_caught(Receiver::node, &modes.map(|mode| (mode, mode)));
}

#[test]
#[ignore = "needs the official libraries: run by scripts/test.sh"]
fn a_probe_sees_what_no_answer_tells() {
    let receiver = Receiver::python("duplicate-processed");
    let read = format!("curl -s {}", receiver.url);
    let report = receiver.test(&["--json", "--probe-cmd", &read]).run().exits(34).json();
    assert_eq!(
        (checks(&report, "failed"), likely(&report)),
        (vec!["accept-duplicate"], vec!["duplicate-processed"])
    );
    receiver.test(&["--probe-cmd", "echo many"]).run().exits(2).says("a whole number is expected");
    receiver.test(&["--probe-cmd", "false"]).run().exits(2).says("failed");
    receiver.test(&["--probe-cmd", "'"]).run().exits(2);
}

fn answering(status: u16) -> Server {
    Server::always(Step::Answer(Answer::new(status, "{}"))).keep_alive()
}

fn run(home: &Home, server: &Server, args: &[&str]) -> Seen {
    webhook_test(home, &format!("{}/hook", server.url())).args(args).run()
}

#[test]
fn what_answers_2xx_to_everything_fails_and_the_report_says_why() {
    let (home, server) = (Home::new(), answering(200));
    let seen = run(&home, &server, &[]).exits(34);
    let text = seen.out();
    for part in [
        "FAIL refuse-no-header",
        "ok   accept-pretty",
        "likely: the signature is not verified at all",
        "fix:",
        "latency:",
    ] {
        assert!(text.contains(part), "{part}: {seen}");
    }
    let report = run(&home, &server, &["--report", "json"]).exits(34).json();
    assert_eq!((&report["passed"], likely(&report)), (&Value::Bool(false), vec!["no-verification"]));
    let xml =
        run(&home, &server, &["--report", "junit", "--only", "accept-pretty", "refuse-sha1"]).exits(34).out();
    assert!(xml.starts_with("<?xml") && xml.matches("<testcase ").count() == 2, "{xml}");
    assert_eq!(xml.matches("<failure ").count(), 1, "{xml}");
}

#[test]
fn deliveries_look_like_stripes_and_say_what_they_are() {
    let (home, server) = (Home::new(), answering(200));
    run(&home, &server, &["--only", "accept-pretty", "--seed", "5"]).exits(0);
    let requests = server.requests();
    let request = requests.last().expect("a delivery");
    assert_eq!((request.method.as_str(), request.target.as_str()), ("POST", "/hook"));
    assert_eq!(request.header("user-agent"), Some("Stripe/1.0 (+https://stripe.com/docs/webhooks)"));
    assert_eq!(request.header("content-type"), Some("application/json; charset=utf-8"));
    assert!(request.header("stripe-signature").is_some_and(|value| value.starts_with("t=")), "{request:?}");
    assert!(
        request.text().contains("\"id\": \"evt_paycli_test_0000000000000005_accept-pretty\""),
        "{request:?}"
    );
}

#[test]
fn a_redirect_fails_and_is_never_followed() {
    let (home, server) = (Home::new(), answering(302));
    let report =
        run(&home, &server, &["--json", "--only", "accept-pretty", "refuse-not-json"]).exits(34).json();
    assert_eq!((checks(&report, "failed").len(), likely(&report)), (2, vec!["redirects"]));
}

#[test]
fn a_server_error_on_a_bad_delivery_is_a_warning_and_on_a_good_one_a_failure() {
    let (home, server) = (Home::new(), answering(500));
    let report = run(&home, &server, &["--json", "--only", "refuse"]).exits(0).json();
    assert!(checks(&report, "warning").len() > 30 && likely(&report) == ["unhandled-errors"], "{report}");
    run(&home, &server, &["--only", "accept-pretty"]).exits(34);
    let text = run(&home, &server, &["--only", "refuse-tampered", "refuse-sha1"]).exits(0).out();
    assert!(text.contains("2 of 2 checks passed (2 with a warning), 0 failed"), "{text}");
    assert!(
        text.contains("ok   refuse-tampered") && text.contains("warning: a bad delivery makes"),
        "{text}"
    );
}

#[test]
fn a_signed_body_that_is_no_event_is_a_warning_and_a_good_event_that_is_refused_is_none() {
    let (home, server) = (Home::new(), answering(200));
    let text = run(&home, &server, &["--only", "refuse-not-json"]).exits(0).out();
    assert!(text.contains("1 of 1 checks passed (1 with a warning)"), "{text}");
    run(&home, &server, &["--only", "refuse-upper-case-names"]).exits(34);
    let refusing = answering(400);
    for check in ["accept-nul", "accept-plain-content-type"] {
        run(&home, &refusing, &["--only", check]).exits(34);
    }
}

#[test]
fn an_endpoint_that_stops_answering_is_not_waited_for_check_by_check() {
    let (home, server) = (Home::new(), Server::always(Step::Stall(std::time::Duration::from_secs(30))));
    let report = run(&home, &server, &["--json", "--timeout", "200ms"]).exits(34).json();
    assert_eq!((checks(&report, "failed").len(), likely(&report)), (3, vec!["hangs"]));
    assert!(checks(&report, "skipped").len() > 40, "{report}");
}

#[test]
fn where_nothing_listens_nothing_is_sent() {
    let home = Home::new();
    let port =
        std::net::TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("a port").port();
    webhook_test(&home, &format!("http://127.0.0.1:{port}/")).run().exits(22).says("nothing answers at");
}

#[test]
fn what_must_not_be_tested_is_refused() {
    let home = Home::new();
    webhook_test(&home, "https://example.com/hook").run().exits(2).says("--allow-remote");
    webhook_test(&home, "nonsense").run().exits(2);
    webhook_test(&home, "http://localhost:1/").args(["-p", "live"]).run().exits(78);
    webhook_test(&home, "http://localhost:1/").args(["-p", "live", "--live"]).run().exits(78);
    let no_secret = home.paycli(["webhook", "test", "http://localhost:1/"]).run().exits(13);
    no_secret.says("PAYCLI_WEBHOOK_SECRET");
    webhook_test(&home, "http://localhost:1/").env("PAYCLI_WEBHOOK_SECRET", " ").run().exits(13);
    let unknown =
        webhook_test(&home, "http://localhost:1/").args(["--only", "refuse-tamperd"]).run().exits(2);
    unknown.says("refuse-tampered");
}

#[test]
fn the_checks_are_listed_without_a_url_or_a_secret() {
    let home = Home::new();
    let list = home.paycli(["webhook", "test", "--list"]).run().exits(0).out();
    assert!(list.lines().count() > 45 && list.contains("refuse-empty-secret"), "{list}");
    let json = home.paycli(["webhook", "test", "--list", "--only", "accept", "--json"]).run().exits(0).json();
    assert!(
        json["checks"].as_array().is_some_and(|checks| checks.iter().all(|check| check["group"] == "accept"))
    );
}
