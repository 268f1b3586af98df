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
    mutation: String,
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

/// What was done in the recorded deliveries, by the cause that has to be found.
const MUTATIONS: &[(&str, &str)] = &[
    ("trailing_newline_added", "add_crlf java_readline_plus_lf"),
    ("whitespace_added", "leading_space trailing_space"),
    ("line_ends_changed", "lf_to_crlf"),
    ("byte_order_mark_added", "add_bom"),
    ("decoded_as_latin_1", "node_latin1_read"),
    ("body_base64", "node_base64 node_base64url node_apigw_envelope_b64 go_marshal_bytes"),
    ("gateway_envelope", "node_apigw_envelope node_apigw_envelope_b64"),
    ("buffer_as_json", "node_buffer_json"),
    ("body_json_string", "node_double_stringify php_string go_marshal_bytes"),
    ("python_bytes_repr", "py_bytes_repr"),
    ("body_form_encoded", "node_urlencoded"),
    ("body_percent_encoded", "node_encodeuri"),
    ("body_html_escaped", "html_escaped php_htmlspecialchars"),
    ("body_backslashed", "php_addslashes"),
    ("eventbridge_envelope", "eventbridge"),
    ("printed_as_literal", "py_repr ruby_inspect"),
    (
        "json_rewritten",
        "eventbridge py_repr ruby_inspect go_compact go_marshal_indent_map go_marshal_map go_rawmessage \
         java_lines_joining lines_joined_space lines_trimmed node_stringify_2 node_stringify_4 node_stringify_tab \
         php_hex_tags php_pretty php_pretty_unescaped php_unescaped py_dumps py_dumps_utf8 py_indent4_utf8 py_sorted \
         ruby_ascii ruby_generate ruby_pretty ruby_script_safe secret_and_body_both_wrong",
    ),
    (
        "secret_whitespace",
        "inner_space linewrap nbsp tab trailing_crlf trailing_lf trailing_space secret_and_body_both_wrong",
    ),
    ("secret_invisible_characters", "zwsp"),
    ("secret_quoted", "dquotes"),
    ("secret_comment", "comment"),
    ("secret_assignment", "env_assign"),
    ("secret_prefix_twice", "double_prefix"),
    ("secret_base64", "k8s_base64"),
    ("other_secret", "signed_with_previous"),
    ("other_key_rule", "signed_with_std_webhooks_key"),
    ("header_separators", "header_space_after_comma"),
    ("signature_encoding", "sig_upper"),
    ("timestamp_in_milliseconds", "t_ms_in_header"),
    ("wrong_construction", "body_only slack_style"),
];

/// Whether one of the causes is what was done, or nothing that mattered was.
fn is_named(case: &ExplainCase, explanations: &[Explanation]) -> bool {
    let names = |cause: &str, mutation: &str| {
        MUTATIONS
            .iter()
            .any(|(known, all)| *known == cause && all.split_whitespace().any(|one| one == mutation))
    };
    explanations.iter().any(|one| one.certain && (one.cause == "valid" || names(one.cause, &case.mutation)))
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
            (true, _) if !is_named(case, &explanations) => missed.push((&case.id, explanations)),
            (false, true) => panic!("{} claims {:?}", case.id, explanations[0]),
            _ => {}
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}
