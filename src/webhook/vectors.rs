//! Every answer of the official libraries, as recorded under `tests/vectors`.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::keys::SigningSecret;

use super::explain::{DeliveryHeaders, Explanation, Named, Question, explain};
use super::{Reason, SigningKey, StandardHeaders, StandardKey, Window, signature, standard};

#[derive(Deserialize)]
struct Expected {
    valid: bool,
    reason: String,
}

#[derive(Deserialize)]
struct StripeCase {
    id: String,
    payload: String,
    header: Option<String>,
    secret: Option<String>,
    now: i64,
    tolerance: u64,
    expected: Expected,
}

#[derive(Deserialize)]
struct StandardCase {
    id: String,
    payload: String,
    headers: BTreeMap<String, String>,
    secret: String,
    now: i64,
    expected: Expected,
}

fn cases<T: DeserializeOwned>(text: &str) -> Vec<T> {
    text.lines().map(|line| serde_json::from_str(line).expect("a case")).collect()
}

fn bytes(text: &str) -> Vec<u8> {
    STANDARD.decode(text).expect("base64")
}

#[test]
fn stripes_scheme_answers_as_stripes_libraries_do() {
    let cases: Vec<StripeCase> = cases(include_str!("../../tests/vectors/stripe_vectors_shared.jsonl"));
    assert_eq!(cases.len(), 325);
    for case in cases {
        let secret = case.secret.map(SigningSecret::new);
        let keys: Vec<_> = secret.iter().filter_map(SigningKey::stripe).collect();
        let header = case.header.as_deref().map(str::as_bytes);
        let window = Window { now: case.now, tolerance_seconds: case.tolerance };
        let verdict = signature::verify(&bytes(&case.payload), header, &keys, window);
        assert_eq!(verdict.reason.as_str(), case.expected.reason, "{}", case.id);
        assert_eq!(verdict.is_valid(), case.expected.valid, "{}", case.id);
    }
}

/// The reason of ours that says what the Standard Webhooks libraries say in their words.
fn reason_for(theirs: &str) -> Reason {
    match theirs {
        "ok" => Reason::Ok,
        "no_match" => Reason::NoMatch,
        "missing_headers" => Reason::NoHeader,
        "invalid_timestamp" => Reason::MalformedHeader,
        "too_old" => Reason::TimestampTooOld,
        "too_new" => Reason::TimestampTooNew,
        "bad_secret" | "empty_secret" => Reason::NoSecret,
        other => panic!("{other} is not known"),
    }
}

#[test]
fn standard_webhooks_answers_as_its_libraries_do() {
    let cases: Vec<StandardCase> = cases(include_str!("../../tests/vectors/std_vectors_shared.jsonl"));
    assert_eq!(cases.len(), 113);
    for case in cases {
        let key = StandardKey::new(&SigningSecret::new(case.secret.as_str()));
        let headers = case.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
        let headers = StandardHeaders::find(headers);
        let window = Window { now: case.now, tolerance_seconds: 300 };
        let verdict = standard::verify(&bytes(&case.payload), headers, &[key], window);
        assert_eq!(verdict.reason, reason_for(&case.expected.reason), "{}", case.id);
        assert_eq!(verdict.is_valid(), case.expected.valid, "{}", case.id);
    }
}

#[derive(Deserialize)]
struct ExplainCase {
    id: String,
    payload: String,
    header: String,
    secret: String,
    now: i64,
    #[serde(default)]
    other_secrets: BTreeMap<String, String>,
    prototype_recovered: bool,
}

fn explanations_of(case: &ExplainCase) -> Vec<Explanation> {
    let body = bytes(&case.payload);
    let secret = SigningSecret::new(case.secret.as_str());
    let others: Vec<_> = case
        .other_secrets
        .iter()
        .map(|(name, secret)| (name.as_str(), SigningSecret::new(secret.as_str())))
        .collect();
    let others: Vec<_> = others.iter().map(|(name, secret)| Named { name, secret }).collect();
    let window = Window { now: case.now, tolerance_seconds: 300 };
    let header = Some(case.header.as_bytes());
    let keys: Vec<_> = SigningKey::stripe(&secret).into_iter().collect();
    let verdict = signature::verify(&body, header, &keys, window);
    let question = Question {
        body: &body,
        headers: DeliveryHeaders::Stripe(header),
        secrets: &[Named { name: "--secret", secret: &secret }],
        others: &others,
        window,
        content_length: None,
        is_live_profile: Some(false),
    };
    explain(&question, &verdict)
}

#[test]
fn known_causes_are_proven_and_unknown_ones_are_not_claimed() {
    let cases: Vec<ExplainCase> = cases(include_str!("../../tests/vectors/explain_vectors_shared.jsonl"));
    assert_eq!(cases.len(), 174);
    let mut missed = Vec::new();
    for case in &cases {
        let explanations = explanations_of(case);
        assert!(!explanations.is_empty(), "{}", case.id);
        match (case.prototype_recovered, explanations[0].certain) {
            (true, false) => missed.push((case.id.as_str(), explanations[0].cause)),
            (false, true) => panic!("{} claims {:?}", case.id, explanations[0]),
            _ => {}
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}
