//! What holds for any body, secret and time.

use proptest::prelude::*;

use crate::keys::SigningSecret;

use super::explain::{DeliveryHeaders, Named, Question, explain};
use super::{BatchVerifier, Reason, SigningKey, StandardHeaders, StandardKey, Window, signature, standard};

/// A time that every library reads alike, in Unix seconds.
const TIMES: std::ops::Range<i64> = 0..4_000_000_000;

fn window(now: i64) -> Window {
    Window { now, tolerance_seconds: 300 }
}

fn bodies() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![any::<Vec<u8>>(), any::<String>().prop_map(String::into_bytes)]
}

/// What a good signature comes to: valid, or a disagreement where the body is not read alike.
fn expected(body: &[u8], is_stripe: bool) -> Reason {
    let has_mark = is_stripe && body.starts_with(super::dialect::BYTE_ORDER_MARK);
    if std::str::from_utf8(body).is_ok() && !has_mark { Reason::Ok } else { Reason::LibrariesDisagree }
}

fn flipped(bytes: &[u8], bit: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let bit = bit % (bytes.len() * 8);
    bytes[bit / 8] ^= 1 << (bit % 8);
    bytes
}

proptest! {
    #[test]
    fn what_is_signed_verifies_until_a_bit_flips(body in bodies(), secret in "[!-~]{1,64}", time in TIMES, bit: usize) {
        let secret = SigningSecret::new(secret);
        let keys = [SigningKey::stripe(&secret).expect("not blank")];
        let header = signature::sign(&body, time, &keys);
        let verdict = signature::verify(&body, Some(header.as_bytes()), &keys, window(time));
        prop_assert_eq!(verdict.reason, expected(&body, true));
        prop_assert_eq!((verdict.matched, verdict.timestamp), (Some(0), Some(time)));

        let is_refused = |body: &[u8], header: &[u8], keys: &[SigningKey]| {
            !signature::verify(body, Some(header), keys, Window { now: time, tolerance_seconds: 0 }).is_valid()
        };
        if !body.is_empty() {
            prop_assert!(is_refused(&flipped(&body, bit), header.as_bytes(), &keys));
        }
        prop_assert!(is_refused(&body, &flipped(header.as_bytes(), bit), &keys), "a changed header");
        let other = String::from_utf8_lossy(&flipped(secret.expose().as_bytes(), bit)).into_owned();
        let other: Vec<_> = SigningKey::stripe(&SigningSecret::new(other)).into_iter().collect();
        prop_assert!(is_refused(&body, header.as_bytes(), &other), "another secret");
    }

    #[test]
    fn standard_webhooks_too(body in bodies(), key: [u8; 24], id in "[!-~]{1,40}", time in TIMES, bit: usize) {
        use base64::Engine;
        let encode = |key: &[u8]| SigningSecret::new(base64::engine::general_purpose::STANDARD.encode(key));
        let keys = [StandardKey::new(&encode(&key))];
        let signed = standard::sign(&body, &id, time, &[keys[0].agreed().expect("base64").clone()]);
        let text = time.to_string();
        let is_valid = |body: &[u8], id: &str, signature: &str, keys: &[StandardKey]| {
            let headers = StandardHeaders {
                id: Some(id.as_bytes()),
                timestamp: Some(text.as_bytes()),
                signature: Some(signature.as_bytes()),
            };
            standard::verify(body, headers, keys, window(time)).reason
        };
        prop_assert_eq!(is_valid(&body, &id, &signed, &keys), expected(&body, false));
        prop_assert_eq!(is_valid(&body, &format!("{id}x"), &signed, &keys), Reason::NoMatch);
        let other = [StandardKey::new(&encode(&flipped(&key, bit)))];
        prop_assert_eq!(is_valid(&body, &id, &signed, &other), Reason::NoMatch);
        if !body.is_empty() {
            prop_assert_eq!(is_valid(&flipped(&body, bit), &id, &signed, &keys), Reason::NoMatch);
        }
    }

    #[test]
    fn any_header_and_secret_get_an_answer(header: Vec<u8>, odd in "[tv10=, ;\"a-f\u{e9}]{0,80}", body in bodies(), secret: String) {
        let secret = SigningSecret::new(secret);
        let keys: Vec<_> = SigningKey::stripe(&secret).into_iter().collect();
        let named = [Named { name: "given", secret: &secret }];
        for header in [&header[..], odd.as_bytes()] {
            let verdict = signature::verify(&body, Some(header), &keys, window(0));
            prop_assert!(!verdict.is_valid());
            let question = Question {
                body: &body,
                headers: DeliveryHeaders::Stripe(Some(header)),
                secrets: &named,
                others: &[],
                window: window(0),
                content_length: None,
                is_live_profile: None,
            };
            let found = explain(&question, &verdict);
            prop_assert!(!found.is_empty() && found.iter().all(|one| !one.certain), "{:?}", found);
        }
    }

    #[test]
    fn any_line_gets_one_line(line in "\\PC{0,200}|[{}\\[\\]\",:a-z0-9]{0,80}") {
        let verifier = BatchVerifier::new(None, &[], window(0));
        let mut out = Vec::new();
        verifier.verify_line(line.as_bytes(), &mut Vec::new(), &mut out);
        let text = String::from_utf8(out).expect("text");
        prop_assert_eq!(text.lines().count(), 1);
        prop_assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{}", text);
    }
}
