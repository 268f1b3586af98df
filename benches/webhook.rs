//! The speed of verification beside the bare HMAC over the same bytes, and of whole lines in bulk.

use std::fmt::Write;
use std::hint::black_box;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use hmac::{Hmac, KeyInit, Mac};
use paycli::keys::SigningSecret;
use paycli::webhook::{BatchVerifier, LineReason, Reason, SigningKey, Window, signature};
use sha2::Sha256;

const NOW: i64 = 1_764_000_000;
const WINDOW: Window = Window { now: NOW, tolerance_seconds: 300 };

/// The event in the form in which Stripe sends it.
const EVENT: &str = include_str!("event.json");

/// Bodies to verify: name, least size in bytes, and the text of one metadata entry.
const BODIES: [(&str, usize, &str); 4] = [
    ("1 kB", 1_000, "sku_8412"),
    ("1.5 kB, a few letters not ASCII", 1_500, "Žofie & Jürgen"),
    ("16 kB", 16_000, "sku_8412"),
    ("16 kB, Japanese", 16_000, "東京都千代田区丸の内一丁目 山田太郎 様"),
];

/// The event with so many metadata entries that it has the size.
fn event(bytes: usize, text: &str) -> String {
    let (start, end) = EVENT.trim_end().split_once("        \"last\"").expect("a place for metadata");
    let mut event = start.to_owned();
    let mut number = 0;
    while event.len() + end.len() < bytes {
        number += 1;
        let text = if number % 4 == 1 || bytes > 10_000 { text } else { "sku_8412" };
        writeln!(event, "        \"order_item_{number:04}\": \"{text}\",").expect("a string takes all");
    }
    event + "        \"last\"" + end
}

fn secret() -> SigningSecret {
    SigningSecret::new(format!("whsec_{}", "bench".repeat(6)))
}

fn verification(criterion: &mut Criterion) {
    let secret = secret();
    let keys = [SigningKey::stripe(&secret).expect("a key")];
    for (name, bytes, text) in BODIES {
        let mut group = criterion.benchmark_group(format!("verify {name}"));
        let body = event(bytes, text);
        let body = body.as_bytes();
        let header = signature::sign(body, NOW, &keys);
        let time = NOW.to_string();
        let new = || Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()).expect("a key");
        let keyed = new();
        let finish = |mut mac: Hmac<Sha256>| {
            mac.update(time.as_bytes());
            mac.update(b".");
            mac.update(black_box(body));
            mac.finalize().into_bytes()
        };
        group.throughput(Throughput::Bytes(body.len() as u64));
        group.bench_function("bare HMAC, key set up each time", |b| b.iter(|| finish(new())));
        group.bench_function("bare HMAC, key prepared", |b| b.iter(|| finish(black_box(&keyed).clone())));
        group.bench_function("paycli", |b| {
            b.iter(|| {
                let header = black_box(header.as_bytes());
                let verdict = signature::verify(black_box(body), Some(header), &keys, WINDOW);
                assert_eq!(verdict.reason, Reason::Ok);
            });
        });
        group.finish();
    }
}

fn lines(criterion: &mut Criterion) {
    let secret = secret();
    let keys = [SigningKey::stripe(&secret).expect("a key")];
    let verifier = BatchVerifier::new(None, std::slice::from_ref(&secret), WINDOW);
    let body = event(1500, "sku_8412");
    let header = signature::sign(body.as_bytes(), NOW, &keys);
    let text = serde_json::to_string(&body).expect("JSON");
    let encoded = STANDARD.encode(&body);
    let own = secret.expose();
    let forms = [
        ("payload", format!(r#"{{"id":"evt_1","payload":"{encoded}","header":"{header}"}}"#)),
        ("payload_utf8", format!(r#"{{"id":"evt_1","payload_utf8":{text},"header":"{header}"}}"#)),
        (
            "payload, and a secret of its own",
            format!(r#"{{"id":"evt_1","payload":"{encoded}","header":"{header}","secret":"{own}"}}"#),
        ),
    ];
    let mut group = criterion.benchmark_group("line of 1.5 kB");
    group.throughput(Throughput::Elements(1));
    for (form, line) in &forms {
        let (mut body, mut out) = (Vec::new(), Vec::new());
        let reason = verifier.verify_line(line.as_bytes(), &mut body, &mut out);
        assert_eq!(reason, LineReason::Judged(Reason::Ok), "{form}");
        group.bench_function(BenchmarkId::from_parameter(form), |b| {
            b.iter(|| {
                out.clear();
                verifier.verify_line(black_box(line.as_bytes()), &mut body, &mut out);
            });
        });
    }
    group.finish();
}

criterion_group!(benches, verification, lines);
criterion_main!(benches);
