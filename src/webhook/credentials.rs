//! Credentials in the bytes of an event: cut down, except those that paycli made itself. Pure.

use std::borrow::Cow;

use memchr::memmem;

use crate::credential::redact_body;

/// What a client secret begins with, after `_secret_`, that the sandbox or a template made. It opens nothing
/// at Stripe, so it is no credential, and events that hold one are stored as they are.
pub const MADE_HERE: &str = "paycliExample";

/// What stands in its place while credentials are looked for: something that was cut down already.
const MASKED: &str = "****paycliExample";

/// The bytes without credentials; borrowed where there are none. All other bytes stay as they are, and doing
/// it twice changes nothing more.
#[must_use]
pub fn without_credentials(bytes: &[u8]) -> Cow<'_, [u8]> {
    let is_masked = memmem::find(bytes, MASKED.as_bytes()).is_none()
        && memmem::find(bytes, MADE_HERE.as_bytes()).is_some();
    let masked =
        if is_masked { Cow::Owned(replaced(bytes, MADE_HERE, MASKED)) } else { Cow::Borrowed(bytes) };
    match redact_body(&masked) {
        None => Cow::Borrowed(bytes),
        Some(redacted) if is_masked => Cow::Owned(replaced(&redacted, MASKED, MADE_HERE)),
        Some(redacted) => Cow::Owned(redacted),
    }
}

/// The bytes with each `from` that follows `_secret_`, or a mask, replaced.
fn replaced(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    let (mut out, mut at) = (Vec::with_capacity(bytes.len() + 64), 0);
    for found in memmem::find_iter(bytes, from) {
        if from == MADE_HERE && !bytes[..found].ends_with(b"_secret_") {
            continue;
        }
        out.extend_from_slice(&bytes[at..found]);
        out.extend_from_slice(to.as_bytes());
        at = found + from.len();
    }
    out.extend_from_slice(&bytes[at..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cut(text: &str) -> String {
        String::from_utf8(without_credentials(text.as_bytes()).into_owned()).expect("text")
    }

    #[test]
    fn credentials_are_cut_down_and_no_other_byte_changes() {
        let (key, secret) =
            (format!("sk_{}_{}7890", "live", "a".repeat(20)), format!("whsec_{}wxyz", "b".repeat(28)));
        let text = format!("{{\n \"a\" : \"{key}\",\t\"é\": \"x {secret}. y\", \"n\": 1e-07}}");
        let expected = "{\n \"a\" : \"sk_live_****7890\",\t\"é\": \"x whsec_****wxyz. y\", \"n\": 1e-07}";
        assert_eq!(cut(&text), expected);
        let text = "{\"client_secret\" :\n\"pi_3MtwBwLkdIwHu7ix_secret_YrKJUKribcBjcG8HVhfZ\"}";
        assert_eq!(cut(text), "{\"client_secret\" :\n\"pi_3MtwBwLkdIwHu7ix_secret_****VhfZ\"}");
    }

    #[test]
    fn what_the_sandbox_made_stays_and_what_stands_beside_it_does_not() {
        let own = format!("{{\"client_secret\": \"pi_3MtwBwLkdIwHu7ix_secret_{MADE_HERE}1234\"}}");
        assert_eq!(cut(&own), own);
        let secret = format!("whsec_{}wxyz", "b".repeat(28));
        let both = format!("[{own}, \"{secret}\"]");
        assert_eq!(cut(&both), format!("[{own}, \"whsec_****wxyz\"]"));
        // The word alone hides nothing.
        let hiding = format!("{{\"client_secret\": \"{MADE_HERE}\", \"a\": \"whsec_{MADE_HERE}bcdefgh\"}}");
        assert!(!cut(&hiding).contains(MADE_HERE), "{}", cut(&hiding));
    }

    proptest! {
        #[test]
        fn twice_is_once(text in "(\"client_secret\": ?\"|_secret_|whsec_|sk_test_|pi_12345678|paycliExample|[a-z\"*_ ]{0,12}){0,8}") {
            let once = cut(&text);
            prop_assert_eq!(cut(&once), once);
        }
    }
}
