//! What is explained, and what it may cost.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::*;
use crate::webhook::StandardHeaders;
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
    assert_eq!(causes(&early), [("timestamp_in_future", true), ("valid", true)]);
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

#[test]
fn a_search_that_was_cut_short_says_so_and_no_more() {
    let nested = format!("{{\"a\":{}{}{}}}", "[".repeat(29), vec!["1"; 100_000].join(","), "]".repeat(29));
    for body in [nested.as_bytes(), &vec![b'a'; 3_000_000]] {
        let found = stripe(body, &signed(EVENT), &secret(), THEN);
        let last = found.last().expect("a cause");
        assert_eq!((last.cause, last.certain), ("search_cut_short", false), "{found:#?}");
        assert!(found.iter().all(|one| one.cause != "wrong_secret"), "{found:#?}");
    }
}

#[test]
fn no_more_is_hashed_and_made_than_the_limits_say() {
    let secret = SigningSecret::new("X=\"whsec_a,whsec_b # c\\n\"\u{feff} %41");
    let named = [Named { name: "given", secret: &secret }];
    let body = serde_json::json!({ "body": serde_json::json!(EVENT).to_string() }).to_string();
    let candidates = Candidates::new(&question(body.as_bytes(), DeliveryHeaders::Stripe(None), &named, THEN));
    let items: Vec<_> = (0..64).map(|n| format!("t={},v1={n:064x}", THEN + n)).collect();
    let mut search = Search::new(body.as_bytes(), ShapeReading::of_stripe(&items.join(",")), None);
    assert!(search.run(&Keys { given: &candidates.given, others: &candidates.others }).is_none());
    assert!((100..=1200).contains(&search.budget().hmacs_made()), "{}", search.budget().hmacs_made());
}

#[test]
fn what_is_wrong_with_a_header_is_what_makes_it_readable() {
    let good = signed(EVENT);
    let hex = good.split_once("v1=").expect("a signature").1;
    let encoded = STANDARD.encode(hex::decode(hex).expect("hexadecimal"));
    for (header, cause) in [
        (good.replace(',', ", "), "header_separators"),
        (good.replace(',', ";"), "header_separators"),
        (format!("\"{good}\""), "header_quoted"),
        (good.replace("t=", "T="), "header_key_case"),
        (good.replace("v1=", "sha256="), "header_key_names"),
        (good.replace("t=", "timestamp="), "header_key_names"),
        (good.replace('=', ":"), "header_key_names"),
        (format!("{good},v1"), "header_item_without_value"),
        (good.replace(hex, &hex.to_uppercase()), "signature_encoding"),
        (good.replace(hex, &encoded), "signature_encoding"),
        (good.replace(hex, &format!("sha256={hex}")), "signature_encoding"),
        (format!("{},v2=\"x\"", good.replace(hex, &hex.to_uppercase())), "signature_encoding"),
        (format!("t=1,v1={}, {good}", "0".repeat(64)), "headers_joined"),
        (good.replace("v1=", "v0="), "only_v0"),
        (good.replace('=', "%3D"), "header_encoded"),
        (format!("['{good}']"), "header_encoded"),
    ] {
        let found = stripe(EVENT, &header, &secret(), THEN);
        assert_eq!((found[0].cause, found[0].certain), (cause, true), "{header}: {found:#?}");
        assert_eq!(found.iter().filter(|one| one.certain).count(), 1, "{header}: {found:#?}");
    }
}

#[test]
fn milliseconds_are_no_clock_that_is_wrong() {
    let key = SigningKey::stripe(&secret()).expect("a key");
    let both = signature::sign(EVENT, THEN * 1000, std::slice::from_ref(&key));
    assert_eq!(
        causes(&stripe(EVENT, &both, &secret(), THEN)),
        [("timestamp_in_milliseconds", true), ("valid", true)]
    );
    let signed_only = both.replace("000,", ",");
    assert_eq!(causes(&stripe(EVENT, &signed_only, &secret(), THEN)), [("timestamp_in_milliseconds", true)]);
}

#[test]
fn a_refused_delivery_is_never_left_without_a_word() {
    let good = signed(EVENT);
    let (plain, blank, odd) = (secret(), SigningSecret::new(" "), SigningSecret::new("whsec_a"));
    for header in ["", "t", "v1", ",", "t=1", "v1=", "t=1,v1", "t=1,v1=a", "t=1,v0=a", "t=a,v1=b", "x", &good]
    {
        for secret in [&plain, &blank, &odd] {
            let found = stripe(b"{}", header, secret, THEN);
            assert!(!found.is_empty(), "{header}");
            assert!(found.iter().all(|one| !one.certain), "{header}: {found:#?}");
        }
        for (id, time, signature) in
            [("m", "1760000000", header), ("", "", header), ("m", "1", "v1,AAAA"), ("m", "x", "v1=")]
        {
            let bytes = |text: &'static str| Some(text.as_bytes());
            let headers = StandardHeaders {
                id: bytes(id),
                timestamp: bytes(time),
                signature: Some(signature.as_bytes()),
            };
            for secret in [&plain, &blank, &odd] {
                let verdict = standard::verify(b"{}", headers, &[StandardKey::new(secret)], window(THEN));
                let named = [Named { name: "given", secret }];
                let found =
                    explain(&question(b"{}", DeliveryHeaders::Standard(headers), &named, THEN), &verdict);
                assert!(!found.is_empty(), "{header}");
            }
        }
    }
    let nobody = question(EVENT, DeliveryHeaders::Stripe(Some(good.as_bytes())), &[], THEN);
    assert_eq!(causes(&explain(&nobody, &Verdict::refused(Reason::NoSecret, None))), [("no_secret", false)]);
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
