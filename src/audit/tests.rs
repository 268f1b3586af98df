//! Every check against facts that it has to find and facts that it has to pass.

use std::path::{Path, PathBuf};

use super::*;
use crate::keys::{ApiKey, SecretKind};
use crate::profile::Mode;

const BODY: &str = "Qz7Lm2Xv9Rt4Kw8Np3Jd6Hb1";

fn setting(name: &str, prefix: &str, file: Option<&str>) -> Setting {
    let key = ApiKey::parse(&format!("{prefix}{BODY}")).expect("a key");
    Setting { name: name.into(), key, file: file.map(PathBuf::from) }
}

fn call(mode: Mode, path: &str, key: &str) -> Call {
    Call {
        mode,
        profile: mode.to_string(),
        method: "POST".into(),
        path: path.into(),
        key: key.into(),
        is_expired: false,
        was_sent_late: false,
    }
}

fn stored(name: &str, kind: SecretKind, key_kind: &str, fingerprint: &str) -> StoredKey {
    StoredKey {
        profile: "test".into(),
        mode: Mode::Test,
        name: name.into(),
        kind,
        key_kind: Some(key_kind.into()),
        shown: "sk_test_****aaaa".into(),
        fingerprint: fingerprint.into(),
        findings: Vec::new(),
    }
}

/// What a check saw of some facts.
fn seen(id: &str, facts: &Facts) -> Option<Vec<String>> {
    let checked = audit(facts).into_iter().find(|checked| checked.check.id == id).expect("a check");
    Some(checked.seen?.into_iter().map(|seen| seen.text).collect())
}

fn settings(settings: Vec<Setting>) -> Facts {
    Facts { settings, ..Facts::default() }
}

#[test]
fn nothing_is_wrong_where_nothing_is_and_no_id_is_used_twice() {
    let checked = audit(&Facts::default());
    assert!(checked.iter().all(|checked| !checked.fails()));
    let mut ids: Vec<_> = checked.iter().map(|checked| checked.check.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), CHECKS.len());
}

#[test]
fn a_name_that_says_the_other_mode_is_seen_and_one_that_says_the_same_is_not() {
    let count = |facts| seen("modes_apart", &facts).expect("looked").len();
    assert_eq!(count(settings(vec![setting("STRIPE_TEST_KEY", "sk_live_", Some(".env"))])), 1);
    assert_eq!(count(settings(vec![setting("PROD_KEY", "rk_test_", Some(".env"))])), 1);
    assert_eq!(count(settings(vec![setting("STRIPE_TEST_KEY", "sk_test_", Some(".env"))])), 0);
    assert_eq!(count(settings(vec![setting("STRIPE_API_KEY", "sk_live_", None)])), 1);
    assert_eq!(count(settings(vec![setting("STRIPE_API_KEY", "sk_test_", None)])), 0);
    let both =
        |file: &str| vec![setting("A", "sk_test_", Some(".env")), setting("B", "sk_live_", Some(file))];
    assert_eq!((count(settings(both(".env"))), count(settings(both("other")))), (1, 0));
}

#[test]
fn a_full_key_is_seen_with_the_permissions_of_what_was_called() {
    let calls = vec![
        call(Mode::Test, "/v1/payment_intents/pi_1/capture?x=y", "a"),
        call(Mode::Test, "/v1/payment_intents", "b"),
        call(Mode::Test, "/v1/billing/meter_events", "c"),
        call(Mode::Live, "/v1/refunds", "d"),
    ];
    let facts =
        Facts { stored: vec![stored("api", SecretKind::Api, "secret", "f")], calls, ..Facts::default() };
    let text = &seen("least_privilege", &facts).expect("looked")[0];
    assert!(
        text.contains("billing/meter_events=write payment_intents=write (") && !text.contains("refunds"),
        "{text}"
    );
    let restricted =
        Facts { stored: vec![stored("api", SecretKind::Api, "restricted", "f")], ..Facts::default() };
    assert_eq!(seen("least_privilege", &restricted), Some(Vec::new()));
}

#[test]
fn swapped_keys_are_seen_in_both_directions() {
    let count = |name: &str, prefix: &str| {
        seen("swapped_keys", &settings(vec![setting(name, prefix, None)])).expect("looked").len()
    };
    assert_eq!(
        (count("STRIPE_PUBLISHABLE_KEY", "sk_test_"), count("STRIPE_PUBLISHABLE_KEY", "pk_test_")),
        (1, 0)
    );
    assert_eq!((count("STRIPE_SECRET_KEY", "pk_live_"), count("STRIPE_SECRET_KEY", "sk_live_")), (1, 0));
    assert_eq!(count("NEXT_PUBLIC_STRIPE", "rk_live_"), 1);
}

#[test]
fn one_signing_secret_for_two_names_is_seen() {
    let with = |fingerprints: [&str; 2]| Facts {
        stored: fingerprints
            .iter()
            .map(|print| stored(print, SecretKind::Webhook, "webhook", print))
            .collect(),
        ..Facts::default()
    };
    assert_eq!(seen("webhook_secrets_apart", &with(["a", "a"])).map(|seen| seen.len()), Some(1));
    assert_eq!(seen("webhook_secrets_apart", &with(["a", "b"])).map(|seen| seen.len()), Some(0));
    assert_eq!(seen("webhook_secrets_apart", &Facts::default()), None);
}

#[test]
fn an_endpoint_over_http_is_seen_once_the_api_was_asked() {
    let endpoint = |url: &str| Endpoint { id: "we_1".into(), url: url.into() };
    let facts = Facts {
        endpoints: Some(vec![endpoint("http://a.example"), endpoint("https://b.example")]),
        ..Facts::default()
    };
    assert_eq!(seen("endpoints_https", &facts), Some(vec!["we_1 delivers to http://a.example".into()]));
    assert_eq!(seen("endpoints_https", &Facts::default()), None);
}

#[test]
fn a_key_for_two_operations_and_one_after_its_window_are_seen() {
    let calls = vec![
        call(Mode::Test, "/v1/charges", "a"),
        call(Mode::Live, "/v1/refunds", "a"),
        call(Mode::Test, "/v1/charges", "b"),
    ];
    let facts = Facts { calls, ..Facts::default() };
    assert_eq!(
        seen("idempotency_keys_unique", &facts),
        Some(vec!["a: POST /v1/charges (test), POST /v1/refunds (live)".into()])
    );
    assert_eq!(seen("idempotency_window", &facts), Some(Vec::new()));
    let late = Call { was_sent_late: true, ..call(Mode::Test, "/v1/charges", "a") };
    let expired = Call { is_expired: true, ..call(Mode::Test, "/v1/charges", "b") };
    let facts = Facts { calls: vec![late, expired], ..Facts::default() };
    assert_eq!(seen("idempotency_window", &facts).map(|seen| seen.len()), Some(2));
}

#[test]
fn writes_without_a_key_are_seen_in_json_in_traces_and_in_access_logs() {
    let unkeyed = |text: &str| {
        unkeyed_writes(Path::new("a.log"), text).into_iter().map(|write| write.line).collect::<Vec<_>>()
    };
    assert_eq!(unkeyed("{\"method\":\"POST\",\"path\":\"/v1/charges\"}\n"), [1]);
    assert_eq!(
        unkeyed(
            "{\"request\":{\"method\":\"POST\",\"url\":\"https://api.stripe.com/v1/charges\",\"idempotency_key\":null}}"
        ),
        [1]
    );
    assert_eq!(unkeyed("{\"method\":\"POST\",\"path\":\"/v1/charges\",\"idempotency_key\":\"a\"}"), [0; 0]);
    assert_eq!(
        unkeyed("{\"method\":\"POST\",\"path\":\"/v1/charges\",\"headers\":{\"Idempotency-Key\":\"a\"}}"),
        [0; 0]
    );
    assert_eq!(unkeyed("{\"method\":\"GET\",\"path\":\"/v1/charges\"}"), [0; 0]);
    assert_eq!(unkeyed("x\n> POST /v1/charges HTTP/1.1\n> Host: api.stripe.com\n>\n"), [2]);
    assert_eq!(unkeyed("> POST /v1/charges HTTP/1.1\n> Idempotency-Key: a\n"), [0; 0]);
    assert_eq!(unkeyed("> POST /v1/charges HTTP/1.1\n> GET /v1/x HTTP/1.1\n> Idempotency-Key: a\n"), [1]);
    assert_eq!(
        unkeyed("POST https://api.stripe.com/v1/refunds 200\nPOST https://other.example/v1/refunds 200"),
        [1]
    );
}

#[test]
fn environment_files_are_read_with_quotes_comments_and_export() {
    let text = format!("# a\nexport A=\"sk_test_{BODY}\"\nB=pk_live_{BODY} # b\nC=none\n");
    let read = settings_in(&text, Path::new(".env"));
    let names: Vec<_> = read.iter().map(|setting| (setting.name.as_str(), setting.key.mode())).collect();
    assert_eq!(names, [("A", Some(Mode::Test)), ("B", Some(Mode::Live))]);
}
