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

/// An item of a header.
#[derive(Debug, Clone)]
enum Item {
    /// As it stands.
    Text(String),
    /// A `v1` that is right for one of the keys and the time that the header is signed with.
    Good(usize),
}

/// Headers around the border between what all libraries read alike and what they do not: the time that is
/// signed, and the items.
fn headers() -> impl Strategy<Value = (String, Vec<Item>)> {
    let time = || {
        prop_oneof![
            5 => (0..2_000_i64).prop_map(|time| time.to_string()),
            1 => "[0-9]{14,17}",
            1 => prop::sample::select(vec!["", "0", "00", "01", "-0", "-1", "+5", " 5", "5 ", "5.0", "1e3", "0x5", "x"])
                .prop_map(str::to_owned),
        ]
    };
    let item = prop_oneof![
        4 => (0..3_usize).prop_map(Item::Good),
        2 => "[0-9a-f]{64}".prop_map(|hex| Item::Text(format!("v1={hex}"))),
        1 => prop::sample::select(vec!["", "v1", "v1=", "v1=é", "v1=ab", "v0=ab", "v1=a=b", "t", "x=", "=", " v1=ab"])
            .prop_map(|text| Item::Text(text.to_owned())),
        1 => time().prop_map(|time| Item::Text(format!("t={time}"))),
    ];
    (time(), prop::bool::weighted(0.8), prop::collection::vec(item, 0..5)).prop_map(
        |(time, is_first, mut items)| {
            let at = if is_first { 0 } else { items.len() / 2 };
            items.insert(at, Item::Text(format!("t={time}")));
            (time, items)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    /// The fast way answers what the slow one does, which asks every library.
    #[test]
    fn a_plain_header_is_judged_as_by_the_libraries(
        (time, items) in headers(),
        body in prop_oneof![4 => "[ -~é]{0,30}".prop_map(String::into_bytes), 1 => bodies(), 1 => "\u{feff}[a-z]{0,4}".prop_map(String::into_bytes)],
        given in 1..=3_usize,
        now in 0..2_000_i64,
        tolerance in prop_oneof![Just(0_u64), Just(300), 0..2_000_u64],
    ) {
        let key = |name: usize| SigningKey::stripe(&SigningSecret::new(format!("secret {name}"))).expect("not blank");
        let keys: Vec<_> = (0..given).map(key).collect();
        let text = |item: &Item| match item {
            Item::Text(text) => text.clone(),
            Item::Good(name) => {
                let hex = key(*name).hex(&[time.as_bytes(), b".", &body]);
                format!("v1={}", String::from_utf8_lossy(&hex))
            }
        };
        let header = items.iter().map(text).collect::<Vec<_>>().join(",");
        let window = Window { now, tolerance_seconds: tolerance };
        let fast = signature::verify(&body, Some(header.as_bytes()), &keys, window);
        prop_assert_eq!(fast, super::dialect::verify(&body, header.as_bytes(), &keys, window), "{}", header);
    }
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
