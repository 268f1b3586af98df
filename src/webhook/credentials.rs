//! Credentials in the bytes of an event: found, and cut down to their prefix and last four characters. Pure.
//!
//! Only the text of a credential is replaced; every other byte stays where it was, so that the rest of the
//! body is what was received. A client secret that paycli itself made says so (see [`MADE_HERE`]) and stays.

use std::borrow::Cow;

use memchr::memmem;

/// What a client secret holds, after `_secret_`, that the sandbox or a template made. It opens nothing at
/// Stripe, so it is no credential, and events that hold one are stored as they are.
pub const MADE_HERE: &str = "paycliExample";

/// Prefixes of secrets: API keys, signing secrets, ephemeral keys.
const PREFIXES: &[&str] = &[
    "sk_test_", "sk_live_", "rk_test_", "rk_live_", "sk_org_", "rkcs_", "oak_", "ek_test_", "ek_live_",
    "whsec_",
];

/// What stands between the id of an object and its client secret.
const CLIENT_SECRET: &str = "_secret_";

/// A secret's body has at least so many characters.
const MIN_BODY: usize = 8;

/// The last four characters are shown of a body that is at least so long.
const SHOWN_FROM: usize = 12;

/// The id in front of a client secret ends in at least so many letters and digits.
const MIN_ID: usize = 8;

/// The field that holds nothing else.
const FIELD: &[u8] = b"\"client_secret\"";

/// The bytes without credentials; borrowed where there are none. Doing it twice changes nothing more.
#[must_use]
pub fn without_credentials(bytes: &[u8]) -> Cow<'_, [u8]> {
    let found = find_all(bytes);
    if found.is_empty() {
        return Cow::Borrowed(bytes);
    }
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    for (from, to) in found {
        out.extend_from_slice(&bytes[at..from]);
        out.extend_from_slice(b"****");
        let shown = if to - from < SHOWN_FROM { 0 } else { 4 };
        out.extend_from_slice(&bytes[to - shown..to]);
        at = to;
    }
    out.extend_from_slice(&bytes[at..]);
    Cow::Owned(out)
}

/// The places of credentials' bodies, in order and apart from each other.
fn find_all(bytes: &[u8]) -> Vec<(usize, usize)> {
    let mut found: Vec<_> = PREFIXES.iter().flat_map(|prefix| keys(bytes, prefix)).collect();
    // Nothing of the other forms can stand where this word does not.
    if memmem::find(bytes, b"secret").is_some() {
        found.extend(client_secrets(bytes));
        found.extend(memmem::find_iter(bytes, FIELD).filter_map(|at| field_value(bytes, at + FIELD.len())));
    }
    found.sort_unstable();
    found.dedup_by(|later, earlier| later.0 < earlier.1);
    found
}

/// The bodies of keys with a prefix. A letter in front means that the prefix is the end of another word.
fn keys<'a>(bytes: &'a [u8], prefix: &'a str) -> impl Iterator<Item = (usize, usize)> + 'a {
    memmem::find_iter(bytes, prefix).filter_map(move |at| {
        let body = body_at(bytes, at + prefix.len());
        let begins = at.checked_sub(1).is_none_or(|before| !bytes[before].is_ascii_alphanumeric());
        (begins && body.1 - body.0 >= MIN_BODY).then_some(body)
    })
}

/// The bodies of client secrets: `pi_…_secret_…`, wherever they stand.
fn client_secrets(bytes: &[u8]) -> impl Iterator<Item = (usize, usize)> + '_ {
    memmem::find_iter(bytes, CLIENT_SECRET).filter_map(|at| {
        let (from, to) = body_at(bytes, at + CLIENT_SECRET.len());
        let id = bytes[..at].iter().rev().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let has_prefix = at > id && bytes[at - id - 1] == b'_';
        let is_secret = id >= MIN_ID && has_prefix && to - from >= MIN_BODY;
        (is_secret && !is_made_here(&bytes[from..to])).then_some((from, to))
    })
}

/// What the field's value hides: all of it, or what follows `_secret_`.
fn field_value(bytes: &[u8], after_name: usize) -> Option<(usize, usize)> {
    let skip = |at: usize| at + bytes[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let colon = skip(after_name);
    let quote = skip(colon + usize::from(bytes.get(colon) == Some(&b':')));
    if bytes.get(colon) != Some(&b':') || bytes.get(quote) != Some(&b'"') {
        return None;
    }
    let from = quote + 1;
    let to = from + bytes[from..].iter().position(|byte| *byte == b'"')?;
    let value = &bytes[from..to];
    let from =
        memmem::find(value, CLIENT_SECRET.as_bytes()).map_or(from, |at| from + at + CLIENT_SECRET.len());
    let hidden = &bytes[from..to];
    let is_cut_down = memmem::find(hidden, b"****").is_some();
    (!hidden.is_empty() && !is_cut_down && !is_made_here(hidden)).then_some((from, to))
}

fn body_at(bytes: &[u8], from: usize) -> (usize, usize) {
    let is_body = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'+' | b'/' | b'=');
    (from, from + bytes[from..].iter().take_while(|byte| is_body(byte)).count())
}

fn is_made_here(secret: &[u8]) -> bool {
    secret.starts_with(MADE_HERE.as_bytes())
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
        assert_eq!(
            cut(&text),
            "{\n \"a\" : \"sk_live_****7890\",\t\"é\": \"x whsec_****wxyz. y\", \"n\": 1e-07}"
        );
        let ephemeral = format!("\"secret\": \"ek_{}_{}\"", "test", "YWNjdF8x".repeat(4));
        assert_eq!(cut(&ephemeral), "\"secret\": \"ek_test_****dF8x\"");
    }

    #[test]
    fn client_secrets_are_known_by_their_form_and_by_their_field() {
        assert_eq!(
            cut("pi_3MtwBwLkdIwHu7ix_secret_YrKJUKribcBjcG8HVhfZ"),
            "pi_3MtwBwLkdIwHu7ix_secret_****VhfZ"
        );
        assert_eq!(
            cut("{\"client_secret\" :\n\"pi_1_secret_short\"}"),
            "{\"client_secret\" :\n\"pi_1_secret_****\"}"
        );
        assert_eq!(
            cut("{\"client_secret\":\"anything at all\"}"),
            "{\"client_secret\":\"****all\"}".replace("****", "**** ")
        );
        assert_eq!(cut("{\"client_secret\":null}"), "{\"client_secret\":null}");
    }

    #[test]
    fn what_only_looks_alike_stays() {
        for text in [
            "{\"note\": \"the_big_secret_santa_list_2026\"}",
            "task_test_aaaaaaaaaaaaaaaaaaaa",
            "sk_test_short",
            "{\"client_secret\": \"",
            "{\"client_secret",
            "_secret_aaaaaaaaaaaa",
            "pk_test_aaaaaaaaaaaaaaaaaaaaaaaa",
        ] {
            assert_eq!(cut(text), text);
        }
        let own = format!("{{\"client_secret\": \"pi_3MtwBwLkdIwHu7ix_secret_{MADE_HERE}1234\"}}");
        assert_eq!(cut(&own), own);
    }

    proptest! {
        #[test]
        fn twice_is_once(text in "(\"client_secret\": ?\"|_secret_|whsec_|sk_test_|pi_12345678|[a-z\"*_ ]{0,12}){0,8}") {
            let once = cut(&text);
            prop_assert_eq!(cut(&once), once);
        }
    }
}
