//! Any line of a batch: one answer, of one line of JSON.
#![no_main]

use libfuzzer_sys::fuzz_target;
use paycli::keys::SigningSecret;
use paycli::webhook::{BatchVerifier, Window};

fuzz_target!(|line: &[u8]| {
    if line.contains(&b'\n') {
        return;
    }
    let secret = SigningSecret::new("whsec_AAAA");
    let verifier = BatchVerifier::new(None, &[secret], Window { now: 1_760_000_000, tolerance_seconds: 300 });
    let (mut body, mut out) = (Vec::new(), Vec::new());
    verifier.verify_line(line, &mut body, &mut out);
    let text = std::str::from_utf8(&out).expect("the answer is text");
    assert!(text.ends_with("}\n") && text.lines().count() == 1, "{text:?}");
    assert!(text.contains("\"valid\":") && text.contains("\"reason\":\""), "{text:?}");
});
