//! What an idempotency key means: execute, replay, refuse. Pure: the record, the digest and the time are
//! handed in.

use std::collections::BTreeMap;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::sandbox::params::form::Param;
use crate::sandbox::params::method::Method;

/// A day, in seconds.
const DAY: i64 = 24 * 60 * 60;

/// The longest key, in characters.
const MAX_KEY_LENGTH: usize = 255;

/// What a request was, in 32 bytes: equal for equal requests, whatever the order of their parameters.
pub(in crate::sandbox) type Digest = [u8; 32];

/// The two families of the API, which differ in what a key means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sandbox) enum Family {
    /// `/v1/`: form-encoded bodies.
    V1,
    /// `/v2/`: JSON bodies.
    V2,
}

impl Family {
    /// The family of a path.
    pub(in crate::sandbox) fn of(path: &str) -> Self {
        if path.starts_with("/v2/") { Self::V2 } else { Self::V1 }
    }

    /// How long a key is remembered, in seconds from its first receipt.
    pub(in crate::sandbox) const fn window(self) -> i64 {
        match self {
            Self::V1 => DAY,
            Self::V2 => 30 * DAY,
        }
    }

    /// Whether requests of this method heed a key; the others take no notice of it.
    pub(in crate::sandbox) const fn heeds_key(self, method: Method) -> bool {
        match (self, method) {
            (_, Method::Get) | (Self::V1, Method::Delete) => false,
            (_, Method::Post) | (Self::V2, Method::Delete) => true,
        }
    }

    /// Whether an answer is kept. v1 keeps what came of work that had begun, failures too. v2 keeps what
    /// succeeded: work that failed is done again.
    pub(in crate::sandbox) const fn keeps(self, status: u16, had_begun: bool) -> bool {
        match self {
            Self::V1 => had_begun,
            Self::V2 => status < 300,
        }
    }
}

/// What is remembered of the first execution under a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sandbox) struct Record {
    /// What was asked.
    pub(in crate::sandbox) digest: Digest,
    /// What was answered.
    pub(in crate::sandbox) status: u16,
    /// The answer's very bytes.
    pub(in crate::sandbox) body: Vec<u8>,
    /// The id of the first request.
    pub(in crate::sandbox) request_id: String,
    /// When the first request was received, in Unix seconds.
    pub(in crate::sandbox) received: i64,
    /// From when on the key is forgotten, in Unix seconds.
    pub(in crate::sandbox) expires: i64,
}

/// What to do with a request that carries a key.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::sandbox) enum Decision {
    /// The key is new, or so old that it was forgotten: do the work.
    Execute,
    /// The work was done: give the stored answer.
    Replay(Record),
    /// The key belongs to another request.
    Mismatch,
    /// The first request under this key is still at work.
    InUse,
}

/// Decides on one request. A key belongs to the account, not to a path: the digest covers the path.
pub(in crate::sandbox) fn decide(
    stored: Option<Record>,
    in_flight: bool,
    digest: &Digest,
    now: i64,
) -> Decision {
    if in_flight {
        return Decision::InUse;
    }
    match stored.filter(|record| now < record.expires) {
        None => Decision::Execute,
        Some(record) if record.digest == *digest => Decision::Replay(record),
        Some(_) => Decision::Mismatch,
    }
}

/// Whether a header's value can be a key.
pub(in crate::sandbox) fn is_key(key: &str) -> bool {
    (1..=MAX_KEY_LENGTH).contains(&key.chars().count())
}

/// Names a request by method, path and decoded parameters. Every text is preceded by its length, so that
/// no two requests can run into one another.
pub(in crate::sandbox) fn digest(method: &str, path: &str, params: &BTreeMap<String, Param>) -> Digest {
    let mut hash = Sha256::new();
    feed(&mut hash, b'p', method);
    feed(&mut hash, b'p', path);
    feed_fields(&mut hash, params);
    hash.finalize().into()
}

/// The same for a request whose parameters are JSON. The order of fields does not matter.
pub(in crate::sandbox) fn digest_json(method: &str, target: &str, body: &Value) -> Digest {
    let mut hash = Sha256::new();
    feed(&mut hash, b'p', method);
    feed(&mut hash, b'p', target);
    feed_json(&mut hash, body);
    hash.finalize().into()
}

fn feed_json(hash: &mut Sha256, value: &Value) {
    match value {
        Value::Object(fields) => {
            let sorted: BTreeMap<&String, &Value> = fields.iter().collect();
            hash.update([b'm']);
            hash.update((sorted.len() as u64).to_be_bytes());
            for (name, value) in sorted {
                feed(hash, b'k', name);
                feed_json(hash, value);
            }
        }
        Value::Array(items) => {
            hash.update([b'a']);
            hash.update((items.len() as u64).to_be_bytes());
            for item in items {
                feed_json(hash, item);
            }
        }
        Value::String(text) => feed(hash, b't', text),
        plain => feed(hash, b'j', &plain.to_string()),
    }
}

fn feed(hash: &mut Sha256, tag: u8, text: &str) {
    hash.update([tag]);
    hash.update((text.len() as u64).to_be_bytes());
    hash.update(text);
}

fn feed_fields(hash: &mut Sha256, fields: &BTreeMap<String, Param>) {
    hash.update([b'm']);
    hash.update((fields.len() as u64).to_be_bytes());
    for (name, value) in fields {
        feed(hash, b'k', name);
        feed_value(hash, value);
    }
}

fn feed_value(hash: &mut Sha256, value: &Param) {
    match value {
        Param::Text(text) => feed(hash, b't', text),
        Param::Fields(fields) => feed_fields(hash, fields),
        // `a[]=x` and `a[0]=x` say the same.
        Param::Items(items) => {
            let numbered = items.iter().enumerate().map(|(number, item)| (number.to_string(), item.clone()));
            feed_fields(hash, &numbered.collect());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::params::form::decode;

    const WINDOW_SECONDS: i64 = Family::V1.window();

    fn record(digest: Digest, received: i64) -> Record {
        let (body, request_id) = (b"{}".to_vec(), "req_1".to_owned());
        Record { digest, status: 200, body, request_id, received, expires: received + WINDOW_SECONDS }
    }

    #[test]
    fn the_families_differ() {
        assert_eq!((Family::of("/v1/charges"), Family::of("/v2/iam/api_keys")), (Family::V1, Family::V2));
        assert_eq!(Family::V2.window(), 30 * Family::V1.window());
        let heeds = |family: Family| [Method::Get, Method::Post, Method::Delete].map(|m| family.heeds_key(m));
        assert_eq!((heeds(Family::V1), heeds(Family::V2)), ([false, true, false], [false, true, true]));
        assert!(Family::V1.keeps(402, true) && Family::V1.keeps(500, true) && !Family::V1.keeps(400, false));
        assert!(Family::V2.keeps(200, true) && !Family::V2.keeps(404, true) && !Family::V2.keeps(500, true));
    }

    #[test]
    fn json_is_named_by_what_it_says() {
        let of = |text: &str| digest_json("POST", "/v2/a", &serde_json::from_str(text).expect(text));
        assert_eq!(of(r#"{"a":1,"b":[true,null]}"#), of(r#"{ "b": [true, null], "a": 1 }"#));
        for other in
            [r#"{"a":"1","b":[true,null]}"#, r#"{"a":1,"b":[null,true]}"#, r#"{"a":1}"#, "null", "{}"]
        {
            assert_ne!(of(r#"{"a":1,"b":[true,null]}"#), of(other), "{other}");
        }
    }

    #[test]
    fn a_new_key_executes_and_a_known_one_replays() {
        assert_eq!(decide(None, false, &[1; 32], 0), Decision::Execute);
        let known = record([1; 32], 100);
        assert_eq!(decide(Some(known.clone()), false, &[1; 32], 200), Decision::Replay(known));
    }

    #[test]
    fn another_request_under_a_known_key_is_refused() {
        assert_eq!(decide(Some(record([1; 32], 100)), false, &[2; 32], 200), Decision::Mismatch);
    }

    #[test]
    fn a_key_at_work_is_in_use_whatever_was_stored() {
        assert_eq!(decide(None, true, &[1; 32], 0), Decision::InUse);
        assert_eq!(decide(Some(record([1; 32], 0)), true, &[1; 32], 0), Decision::InUse);
    }

    #[test]
    fn a_key_is_forgotten_after_a_day_and_not_a_second_earlier() {
        let at = |now, digest| decide(Some(record([1; 32], 1_000)), false, &[digest; 32], now);
        assert!(matches!(at(1_000 + WINDOW_SECONDS - 1, 1), Decision::Replay(_)));
        assert_eq!(at(1_000 + WINDOW_SECONDS - 1, 2), Decision::Mismatch);
        assert_eq!(at(1_000 + WINDOW_SECONDS, 1), Decision::Execute);
        assert_eq!(at(1_000 + WINDOW_SECONDS, 2), Decision::Execute);
        assert!(matches!(at(0, 1), Decision::Replay(_)), "a clock that went back forgets nothing");
    }

    #[test]
    fn order_and_spelling_do_not_matter_and_values_do() {
        let of = |text: &str| digest("POST", "/v1/customers", &decode(text).expect(text));
        assert_eq!(of("a=1&b[c]=2&b[d]=3"), of("b%5Bd%5D=3&a=1&b[c]=2"));
        assert_eq!(of("a[]=x&a[]=y"), of("a[0]=x&a[1]=y"));
        for other in ["a=1&b[c]=2", "a=2&b[c]=2&b[d]=3", "a=1&b[c]=23&b[d]=", "a=1&b=2&d=3", ""] {
            assert_ne!(of("a=1&b[c]=2&b[d]=3"), of(other), "{other}");
        }
        assert_ne!(of("a[]=x&a[]=y"), of("a[]=y&a[]=x"));
        let none = BTreeMap::new();
        assert_ne!(digest("POST", "/v1/a", &none), digest("POST", "/v1/b", &none));
    }

    #[test]
    fn keys_have_one_to_255_characters() {
        assert!(is_key("k") && is_key(&"k".repeat(255)));
        assert!(!is_key("") && !is_key(&"k".repeat(256)));
    }

    proptest::proptest! {
        #[test]
        fn the_order_of_parameters_never_matters(mut pairs in proptest::collection::vec(("[a-d]", "[x-z]{0,2}"), 0..6)) {
            pairs.sort();
            pairs.dedup_by(|one, other| one.0 == other.0);
            let of = |pairs: &[(String, String)]| {
                let text: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
                digest("POST", "/v1/customers", &decode(&text.join("&")).expect("valid"))
            };
            let forward = of(&pairs);
            pairs.reverse();
            proptest::prop_assert_eq!(forward, of(&pairs));
        }

        /// However requests come, a key executes once in its window, and answers only what it was made for.
        #[test]
        fn a_key_executes_once_in_its_window(requests in proptest::collection::vec((0_u8..3, 0_i64..50_000), 1..40)) {
            let (mut stored, mut now) = (None::<Record>, 0);
            for (request, passed) in requests {
                now += passed;
                let fresh = stored.as_ref().is_some_and(|record| now - record.received < WINDOW_SECONDS);
                let same = stored.as_ref().is_some_and(|record| record.digest == [request; 32]);
                match decide(stored.clone(), false, &[request; 32], now) {
                    Decision::Execute => {
                        proptest::prop_assert!(!fresh);
                        stored = Some(record([request; 32], now));
                    }
                    Decision::Replay(record) => {
                        proptest::prop_assert!(fresh && same);
                        proptest::prop_assert_eq!(Some(record), stored.clone());
                    }
                    Decision::Mismatch => proptest::prop_assert!(fresh && !same),
                    Decision::InUse => proptest::prop_assert!(false, "nothing is in flight"),
                }
            }
        }
    }
}
