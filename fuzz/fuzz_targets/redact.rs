//! Any body to the redaction of what is stored.
#![no_main]

use libfuzzer_sys::fuzz_target;
use paycli::credential::{find_in_body, redact, redact_body};

fuzz_target!(|body: &[u8]| {
    if let Some(once) = redact_body(body) {
        assert_eq!(redact_body(&once), None, "twice is not once");
        let is_json = |body: &[u8]| serde_json::from_slice::<serde_json::Value>(body).is_ok();
        assert_eq!(is_json(body), is_json(&once), "JSON is no JSON any more, or the other way round");
    }
    let _ = find_in_body(body);
    if let Ok(text) = std::str::from_utf8(body) {
        let once = redact(text).into_owned();
        assert_eq!(redact(&once), once);
    }
});
