//! What is explained, and what it may cost.

use super::*;
use crate::webhook::{signature, standard};

const THEN: i64 = 1_760_000_000;

const EVENT: &[u8] = b"{\n  \"id\": \"evt_1\",\n  \"object\": \"event\",\n  \"amount\": 25.0\n}";

fn secret() -> SigningSecret {
    SigningSecret::new(format!("whsec_{}", "AQIDBAUGBwgJ".repeat(3)))
}

fn window(now: i64) -> Window {
    Window { now, tolerance_seconds: 300 }
}

fn stripe(body: &[u8], header: &str, secret: &SigningSecret, now: i64) -> Vec<Explanation> {
    let keys: Vec<_> = SigningKey::stripe(secret).into_iter().collect();
    let header = Some(header.as_bytes());
    let verdict = signature::verify(body, header, &keys, window(now));
    explain(
        &question(body, DeliveryHeaders::Stripe(header), &[Named { name: "given", secret }], now),
        &verdict,
    )
}

fn question<'a>(
    body: &'a [u8],
    headers: DeliveryHeaders<'a>,
    secrets: &'a [Named<'a>],
    now: i64,
) -> Question<'a> {
    let window = window(now);
    Question {
        body,
        headers,
        secrets,
        others: &[],
        window,
        content_length: None,
        is_live_profile: Some(false),
    }
}

fn signed(body: &[u8]) -> String {
    signature::sign(body, THEN, &[SigningKey::stripe(&secret()).expect("a key")])
}

fn causes(explanations: &[Explanation]) -> Vec<(&'static str, bool)> {
    explanations.iter().map(|explanation| (explanation.cause, explanation.certain)).collect()
}

#[test]
fn a_good_signature_at_the_wrong_time_is_told_from_a_bad_one() {
    let header = signed(EVENT);
    assert_eq!(causes(&stripe(EVENT, &header, &secret(), THEN)), [("valid", true)]);
    assert_eq!(causes(&stripe(EVENT, &header, &secret(), THEN + 90_000)), [("timestamp_too_old", true)]);
    let early = stripe(EVENT, &header, &secret(), THEN - 301);
    assert_eq!(causes(&early), [("clock_is_slow", true), ("valid", true)]);
}

#[test]
fn a_changed_body_of_an_old_delivery_is_both() {
    let compact = br#"{"id":"evt_1","object":"event","amount":25.0}"#;
    let found = stripe(compact, &signed(EVENT), &secret(), THEN + 90_000);
    assert_eq!(causes(&found), [("json_rewritten", true), ("timestamp_too_old", true)]);
}

#[test]
fn the_two_rules_for_keys_are_told_apart_both_ways() {
    let secret = secret();
    let by_standard = StandardKey::new(&secret).agreed().cloned().expect("a key");
    let header = signature::sign(EVENT, THEN, std::slice::from_ref(&by_standard));
    assert_eq!(causes(&stripe(EVENT, &header, &secret, THEN)), [("other_key_rule", true)]);

    let by_stripe = SigningKey::stripe(&secret).expect("a key");
    let signature = standard::sign(EVENT, "msg_1", THEN, &[by_stripe]);
    let time = THEN.to_string();
    let headers = StandardHeaders {
        id: Some(b"msg_1"),
        timestamp: Some(time.as_bytes()),
        signature: Some(signature.as_bytes()),
    };
    let verdict = standard::verify(EVENT, headers, &[StandardKey::new(&secret)], window(THEN));
    let named = [Named { name: "given", secret: &secret }];
    let found = explain(&question(EVENT, DeliveryHeaders::Standard(headers), &named, THEN), &verdict);
    assert_eq!(causes(&found), [("other_key_rule", true)]);
}

#[test]
fn a_signature_made_with_nothing_is_called_what_it_is() {
    let header = signature::sign(EVENT, THEN, &[SigningKey::from_bytes(b"")]);
    assert_eq!(causes(&stripe(EVENT, &header, &secret(), THEN)), [("signed_with_nothing", true)]);
}

#[test]
fn a_rule_that_is_not_ours_is_found() {
    let key = SigningKey::stripe(&secret()).expect("a key");
    let digest = hex::encode(key.digest(&[b"v0:", THEN.to_string().as_bytes(), b":", EVENT]));
    let found = stripe(EVENT, &format!("t={THEN},v1={digest}"), &secret(), THEN);
    assert_eq!(causes(&found), [("wrong_construction", true)]);
}

#[test]
fn livemode_account_and_length_point_where_no_hmac_matches() {
    let body = b"{\n  \"id\": \"evt_1\",\n  \"account\": \"acct_1\",\n  \"livemode\": true\n}";
    let secret = secret();
    let header = signed(b"something else");
    let named = [Named { name: "given", secret: &secret }];
    let question = question(body, DeliveryHeaders::Stripe(Some(header.as_bytes())), &named, THEN);
    let question = Question { content_length: Some(9999), ..question };
    let found = explain(&question, &Verdict::refused(Reason::NoMatch, Some(THEN)));
    let expected = [
        ("content_length_differs", false),
        ("other_mode", false),
        ("connect_endpoint", false),
        ("wrong_secret", false),
    ];
    assert_eq!(causes(&found), expected);
}

/// Everything that makes a search long: a JSON string of base64 of an envelope, many times and signatures,
/// and secrets with every damage.
fn far_fetched(body: &[u8]) -> Search<'_> {
    let items: Vec<_> = (0..64).map(|n| format!("t={},v1={n:064x}", THEN + n)).collect();
    Search::new(body, Reading::of_stripe(&items.join(",")), None)
}

#[test]
fn a_search_is_bounded() {
    let secret = SigningSecret::new("X=\"whsec_a,whsec_b # c\\n\"\u{feff} %41");
    let named = [Named { name: "given", secret: &secret }];
    let small = serde_json::json!({ "body": serde_json::json!(EVENT).to_string() }).to_string();
    for body in [small.into_bytes(), vec![b'a'; 9_000_000], b"[".repeat(1_000_000), b"%41".repeat(2_000_000)]
    {
        let candidates = Candidates::new(&question(&body, DeliveryHeaders::Stripe(None), &named, THEN));
        let mut search = far_fetched(&body);
        assert!(search.run(&Keys { given: &candidates.given, others: &candidates.others }).is_none());
        assert!(search.tried() <= 1200, "{}", search.tried());
        assert!(search.hashed() <= 64 * 1024 * 1024, "{}", search.hashed());
        assert!(search.tried() > 0);
    }
}

#[test]
fn nothing_of_a_secret_is_told() {
    let text = format!("{}\n", secret().expose());
    let damaged = SigningSecret::new(text.as_str());
    for (secret, header) in
        [(&damaged, signed(EVENT)), (&damaged, damaged.expose().to_owned()), (&secret(), signed(b"x"))]
    {
        for explanation in stripe(EVENT, &header, secret, THEN) {
            let told = format!("{explanation:?}");
            assert!(!told.contains("AQIDBA"), "{told}");
        }
    }
}
