//! The battery against itself: the judge of its deliveries is the verifier that follows the official libraries.

use std::collections::HashSet;
use std::time::Duration;

use super::fingerprint::all;
use super::*;
use crate::keys::SigningSecret;
use crate::webhook::signature::verify;
use crate::webhook::{SigningKey, Window};

const NOW: i64 = 1_760_000_000;

fn secret() -> SigningSecret {
    SigningSecret::new(["whsec", "_", "battery-of-the-tests"].concat())
}

fn forge() -> Forge {
    Forge::new(&secret(), NOW, 7).expect("a secret")
}

fn answer(status: u16) -> Answer {
    Answer { outcome: Outcome::Status(status), took: Duration::from_millis(5), text: String::new() }
}

/// What came back from an endpoint that answers as `status` says.
fn results(status: impl Fn(&'static Check, &TestDelivery) -> u16) -> Vec<CheckResult> {
    let forge = forge();
    let of = |check: &'static Check| {
        let deliveries = check.deliveries(&forge);
        judge(check, deliveries.iter().map(|delivery| answer(status(check, delivery))).collect())
    };
    checks().map(of).collect()
}

fn reading(delivery: &TestDelivery) -> bool {
    let key = SigningKey::stripe(&secret()).expect("a key");
    let window = Window { now: NOW, tolerance_seconds: 300 };
    let header = delivery.signature.as_deref().map(str::as_bytes);
    let is_event = serde_json::from_slice::<serde_json::Value>(&delivery.body).is_ok();
    is_event && verify(&delivery.body, header, &[key], window).is_valid()
}

#[test]
fn an_endpoint_that_follows_the_official_libraries_passes_every_check() {
    let results = results(|_, delivery| if reading(delivery) { 200 } else { 400 });
    assert!(results.len() >= 45);
    for result in &results {
        assert_eq!(result.status, Status::Passed, "{}", result.check.id);
    }
    assert!(mistakes(&results).is_empty());
}

#[test]
fn checks_and_mistakes_have_names_of_their_own_and_deliveries() {
    let ids: HashSet<_> = checks().map(|check| check.id).collect();
    assert_eq!(ids.len(), checks().count());
    for check in checks() {
        assert!(check.id.starts_with(check.group.as_str()), "{}", check.id);
        assert!(!check.deliveries(&forge()).is_empty(), "{}", check.id);
        assert!(![check.sent, check.why, check.fix].contains(&""));
    }
    let names: HashSet<_> = all().map(|mistake| mistake.id).collect();
    assert_eq!(names.len(), all().count());
}

#[test]
fn the_same_secret_time_and_seed_make_the_same_deliveries() {
    for check in checks() {
        assert_eq!(check.deliveries(&forge()), check.deliveries(&forge()), "{}", check.id);
    }
    let other = Forge::new(&secret(), NOW, 8).expect("a secret");
    let first = checks().next().expect("a check");
    assert_ne!(first.deliveries(&forge()), first.deliveries(&other));
    assert!(Forge::new(&SigningSecret::new(" "), NOW, 7).is_none());
}

#[test]
fn the_endpoints_own_secret_is_not_sent_as_a_placeholder() {
    let text = ["whsec", "_test"].concat();
    let forge = Forge::new(&SigningSecret::new(text.as_str()), NOW, 7).expect("a secret");
    let key = SigningKey::stripe(&SigningSecret::new(text.as_str())).expect("a key");
    let window = Window { now: NOW, tolerance_seconds: 300 };
    let check = checks().find(|check| check.id == "refuse-placeholder-secret").expect("the check");
    for delivery in check.deliveries(&forge) {
        let header = delivery.signature.as_deref().map(str::as_bytes);
        assert!(!verify(&delivery.body, header, std::slice::from_ref(&key), window).is_valid());
    }
}

#[test]
fn answers_are_judged_by_the_group_and_the_severity() {
    let find = |id: &str| checks().find(|check| check.id == id).expect("a check");
    let status = |id: &str, answers: &[u16]| {
        judge(find(id), answers.iter().map(|status| answer(*status)).collect()).status
    };
    for (id, answers, expected) in [
        ("accept-pretty", &[200][..], Status::Passed),
        ("accept-pretty", &[204], Status::Passed),
        ("accept-pretty", &[400], Status::Failed),
        ("accept-pretty", &[500], Status::Failed),
        ("accept-pretty", &[302], Status::Failed),
        ("accept-duplicate", &[200, 409], Status::Failed),
        ("accept-nul", &[400], Status::Failed),
        ("accept-nul", &[301], Status::Failed),
        ("refuse-wrong-secret", &[400], Status::Passed),
        ("refuse-wrong-secret", &[200], Status::Failed),
        ("refuse-wrong-secret", &[500], Status::Warning),
        ("refuse-wrong-secret", &[307], Status::Failed),
        ("refuse-truncated", &[500, 400, 200], Status::Failed),
        ("refuse-not-json", &[200], Status::Warning),
        ("refuse-signed-empty", &[200], Status::Warning),
        ("refuse-upper-case", &[200], Status::Warning),
        ("refuse-upper-case-names", &[200], Status::Failed),
        ("accept-plain-content-type", &[415], Status::Failed),
        ("refuse-not-json", &[], Status::Skipped),
    ] {
        assert_eq!(status(id, answers), expected, "{id} {answers:?}");
    }
}

#[test]
fn every_mistake_is_named_by_the_marks_that_it_leaves() {
    let first = |accepts: &dyn Fn(&'static Check, &TestDelivery) -> u16| {
        mistakes(&results(accepts)).iter().map(|mistake| mistake.id).collect::<Vec<_>>()
    };
    let good = |delivery: &TestDelivery| if reading(delivery) { 200 } else { 400 };
    assert_eq!(first(&|_, _| 200), ["no-verification"]);
    assert_eq!(first(&|_, _| 301), ["redirects"]);
    assert_eq!(first(&|_, _| 404), ["wrong-path"]);
    assert_eq!(first(&|_, _| 403), ["behind-authentication"]);
    assert_eq!(first(&|_, _| 400), ["nothing-accepted"]);
    assert_eq!(first(&|_, it| if it.signature.is_none() { 200 } else { good(it) }), ["header-optional"]);
    assert_eq!(first(&|_, it| if it.body.len() > 100_000 { 413 } else { good(it) }), ["body-limit"]);
    assert_eq!(first(&|_, it| if reading(it) { 200 } else { 500 }), ["unhandled-errors"]);
    for check in checks() {
        let turned = |it: &'static Check, delivery: &TestDelivery| {
            let status = good(delivery);
            if it.id == check.id { 600 - status } else { status }
        };
        let found = first(&turned);
        assert_eq!(found.len(), 1, "{} alone is explained by {found:?}", check.id);
    }
}

#[test]
fn names_choose_checks_and_groups_and_the_nearest_is_found() {
    let names = |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(select(&[]).map(|found| found.len()), Ok(checks().count()));
    let chosen = select(&names(&["refuse-sha1", "accept-pretty"])).expect("known names");
    assert_eq!(chosen.iter().map(|check| check.id).collect::<Vec<_>>(), ["accept-pretty", "refuse-sha1"]);
    assert!(select(&names(&["accept"])).expect("a group").len() > 20);
    assert_eq!(select(&names(&["acept-prety"])).map(|_| ()), Err("acept-prety".to_owned()));
    assert_eq!(nearest_check("acept-prety"), "accept-pretty");
}

#[test]
fn only_this_machine_is_tested_unless_told_otherwise() {
    for text in
        ["http://127.0.0.1:3000/hook", "http://localhost/", "http://[::1]:1/", "https://app.localhost/x"]
    {
        assert!(Endpoint::parse(text, false).is_ok(), "{text}");
    }
    for text in ["https://example.com/", "http://10.0.0.1/", "http://localhost.example.com/"] {
        assert!(matches!(Endpoint::parse(text, false), Err(BatteryError::Remote(_))), "{text}");
        assert!(Endpoint::parse(text, true).is_ok(), "{text}");
    }
    for text in ["localhost:3000", "ftp://localhost/", "", "http://"] {
        assert!(matches!(Endpoint::parse(text, true), Err(BatteryError::NotAUrl(_))), "{text}");
    }
    let shown = Endpoint::parse("http://me:word@localhost/hook", false).expect("a URL").shown();
    assert_eq!(shown, "http://localhost/hook");
}

#[test]
fn the_junit_report_is_xml_and_counts_what_it_holds() {
    let results = results(|check, it| match check.id {
        "refuse-sha1" => 200,
        "refuse-not-json" => 500,
        _ if reading(it) => 200,
        _ => 400,
    });
    let report = Report { mistakes: mistakes(&results), latency: Latency::of(&results), results };
    let xml = junit(&report, "http://localhost/?a=1&b=\"<\u{1}");
    let mut reader = quick_xml::Reader::from_str(&xml);
    let mut cases = 0;
    loop {
        match reader.read_event().expect("well-formed XML") {
            quick_xml::events::Event::Eof => break,
            quick_xml::events::Event::Start(tag) | quick_xml::events::Event::Empty(tag) => {
                cases += usize::from(tag.name().as_ref() == "testcase");
                for attribute in tag.attributes() {
                    attribute.expect("a well-formed attribute");
                }
            }
            _ => {}
        }
    }
    assert_eq!(cases, checks().count());
    assert_eq!(xml.matches("<failure ").count(), 1);
    assert!(
        xml.contains("failures=\"1\"") && xml.contains("type=\"error\"") && !xml.contains('\u{1}'),
        "{xml}"
    );
    assert!(!report.has_passed() && report.count(Status::Warning) == 1);
}
