//! Credentials in text and in JSON: whether there is one, and the same text with every credential cut down to
//! its prefix and its last four characters. Pure; every room that stores or shows text may use it.

mod json;
mod kind;
mod scan;

use std::borrow::Cow;

pub use kind::Credential;
pub use scan::find;

/// The first credential in a body: JSON whose strings may be escaped or hold JSON themselves, a form, or text.
#[must_use]
pub fn find_in_body(body: &[u8]) -> Option<Credential> {
    let in_strings = || json::looks_like_json(body).then(|| json::find(body)).flatten();
    find(body).or_else(in_strings)
}

/// A text with every credential cut down: `sk_test_****7890`. Doing it twice changes nothing more.
#[must_use]
pub fn redact(text: &str) -> Cow<'_, str> {
    let redacted = match scan::redacted(text.as_bytes()) {
        Some(bytes) => Cow::Owned(String::from_utf8(bytes).expect("only ASCII was replaced, by ASCII")),
        None => Cow::Borrowed(text),
    };
    if find(redacted.as_bytes()).is_none() {
        return redacted;
    }
    // Letters of its prefix are percent-encoded, which nobody does who means well: it is shown decoded.
    let decoded = percent_encoding::percent_decode_str(&redacted).decode_utf8_lossy().into_owned();
    Cow::Owned(redact(&decoded).into_owned())
}

/// A body with every credential cut down, or `None` where it has none. In JSON the strings are read with their
/// escapes, also JSON inside of them, and members such as `client_secret` are cut down whatever they hold; all
/// other bytes stay as they are.
#[must_use]
pub fn redact_body(body: &[u8]) -> Option<Vec<u8>> {
    if json::looks_like_json(body) { json::redacted(body) } else { scan::redacted(body) }
}

#[cfg(test)]
mod tests;
