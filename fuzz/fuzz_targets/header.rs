//! Any header, body and time, verified by both schemes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use paycli::keys::SigningSecret;
use paycli::webhook::{Reason, SigningKey, StandardHeaders, StandardKey, Window, signature, standard};

fuzz_target!(|input: (&[u8], &[u8], &str, i64, u64)| {
    let (header, body, secret, now, tolerance_seconds) = input;
    let window = Window { now, tolerance_seconds };
    let secret = SigningSecret::new(secret);
    let keys: Vec<_> = SigningKey::stripe(&secret).into_iter().collect();
    let verdict = signature::verify(body, Some(header), &keys, window);
    assert!(!(verdict.is_valid() && keys.is_empty()), "a blank secret verified something");
    if let Some(key) = keys.first() {
        let signed = signature::sign(body, now, std::slice::from_ref(key));
        let verdict = signature::verify(body, Some(signed.as_bytes()), &keys, window);
        let is_plain = std::str::from_utf8(body).is_ok() && !body.starts_with(b"\xef\xbb\xbf");
        let is_time = (0..1 << 53).contains(&now);
        let expected = if is_plain { Reason::Ok } else { Reason::LibrariesDisagree };
        assert!(!is_time || verdict.reason == expected, "{verdict:?}");
    }

    let key = StandardKey::new(&secret);
    let mut parts = header.splitn(3, |byte| *byte == 0);
    let headers = StandardHeaders { id: parts.next(), timestamp: parts.next(), signature: parts.next() };
    let verdict = standard::verify(body, headers, std::slice::from_ref(&key), window);
    if let (Some(key), Some(id)) = (key.agreed(), headers.id.and_then(|id| std::str::from_utf8(id).ok())) {
        let time = now.to_string();
        let signed = standard::sign(body, id, now, std::slice::from_ref(key));
        let headers = StandardHeaders {
            id: Some(id.as_bytes()),
            timestamp: Some(time.as_bytes()),
            signature: Some(signed.as_bytes()),
        };
        let verdict = standard::verify(body, headers, &[StandardKey::new(&secret)], window);
        let is_expected = std::str::from_utf8(body).is_ok() && !id.is_empty() && (0..4_000_000_000).contains(&now);
        assert!(!is_expected || verdict.is_valid(), "{verdict:?}");
    }
    let _ = verdict;
});
