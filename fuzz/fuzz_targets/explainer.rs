//! Any body, header and secret, explained: without a panic, and without proof where there can be none.
#![no_main]

use libfuzzer_sys::fuzz_target;
use paycli::keys::SigningSecret;
use paycli::webhook::explain::{DeliveryHeaders, Named, Question, explain};
use paycli::webhook::{SigningKey, StandardHeaders, StandardKey, Window, signature, standard};

fuzz_target!(|input: (&[u8], &[u8], &str)| {
    let (body, header, secret) = input;
    let secret = SigningSecret::new(secret);
    let window = Window { now: 1_760_000_000, tolerance_seconds: 300 };
    let named = [Named { name: "given", secret: &secret }];
    let question = |headers| Question {
        body,
        headers,
        secrets: &named,
        others: &[],
        window,
        content_length: None,
        is_live_profile: Some(false),
    };

    let keys: Vec<_> = SigningKey::stripe(&secret).into_iter().collect();
    let verdict = signature::verify(body, Some(header), &keys, window);
    let found = explain(&question(DeliveryHeaders::Stripe(Some(header))), &verdict);
    assert!(!found.is_empty());
    assert!(verdict.is_valid() || found.iter().all(|one| !one.certain), "a match out of thin air: {found:?}");

    let mut parts = header.splitn(3, |byte| *byte == 0);
    let headers = StandardHeaders { id: parts.next(), timestamp: parts.next(), signature: parts.next() };
    let verdict = standard::verify(body, headers, &[StandardKey::new(&secret)], window);
    let found = explain(&question(DeliveryHeaders::Standard(headers)), &verdict);
    assert!(!found.is_empty());
});
