//! Credentials in JSON: strings are read with their escapes, and only those that hold a credential are written
//! anew. What is no whole JSON, such as the half of an answer, is read as far as it goes.

use super::kind::Credential;
use super::scan;

/// Members whose value is a credential, whatever it looks like (Stripe API reference: client secrets, the
/// secrets of webhook endpoints, ephemeral keys and event destinations, OAuth tokens).
const SECRET_MEMBERS: &[&str] =
    &["client_secret", "secret", "signing_secret", "access_token", "refresh_token"];

/// JSON in a string in JSON, and so on, is followed this far.
const MAX_DEPTH: u32 = 4;

/// Whether a body is meant to be JSON.
pub(super) fn looks_like_json(body: &[u8]) -> bool {
    let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
    matches!(first, Some(b'{' | b'[' | b'"'))
}

/// A JSON body with every credential cut down, or `None` where it has none.
pub(super) fn redacted(body: &[u8]) -> Option<Vec<u8>> {
    let rewritten = rewrite(body, &mut |member, value| cut_down(member, value, MAX_DEPTH));
    if serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok() {
        return rewritten;
    }
    // A string that could not be read, at the end of half an answer, is judged by its bytes.
    scan::redacted(rewritten.as_deref().unwrap_or(body)).or(rewritten)
}

/// The first credential in the strings of a JSON body.
pub(super) fn find(body: &[u8]) -> Option<Credential> {
    find_within(body, MAX_DEPTH)
}

fn find_within(body: &[u8], depth: u32) -> Option<Credential> {
    let mut found = None;
    rewrite(body, &mut |_, value| {
        let value = value.as_bytes();
        let inside =
            || (depth > 0 && looks_like_json(value)).then(|| find_within(value, depth - 1)).flatten();
        found = found.or_else(|| scan::find(value)).or_else(inside);
        None
    });
    found
}

fn cut_down(member: Option<&str>, value: &str, depth: u32) -> Option<String> {
    if depth > 0 && looks_like_json(value.as_bytes()) {
        let inner = rewrite(value.as_bytes(), &mut |member, value| cut_down(member, value, depth - 1));
        if let Some(inner) = inner {
            let inner = String::from_utf8(inner).expect("strings were replaced by strings");
            return Some(text_of(&inner).unwrap_or(inner));
        }
    }
    if let Some(text) = text_of(value) {
        return Some(text);
    }
    let is_secret = member.is_some_and(|member| SECRET_MEMBERS.contains(&member));
    let is_shown = value.is_empty() || value.contains("****");
    (is_secret && !is_shown).then(|| {
        let shown = scan::cut_down(value.as_bytes());
        String::from_utf8(shown).expect("what is shown is ASCII")
    })
}

fn text_of(value: &str) -> Option<String> {
    let bytes = scan::redacted(value.as_bytes())?;
    Some(String::from_utf8(bytes).expect("only ASCII was replaced, by ASCII"))
}

/// Shows every string of a JSON text to `change`, with the name of the member that it is the value of, and
/// puts what that returns in its place. Returns `None` where nothing was changed.
pub(super) fn rewrite(
    body: &[u8],
    change: &mut impl FnMut(Option<&str>, &str) -> Option<String>,
) -> Option<Vec<u8>> {
    let mut out: Option<Vec<u8>> = None;
    let (mut at, mut copied) = (0, 0);
    let mut member: Option<String> = None;
    while let Some(start) = memchr::memchr(b'"', &body[at..]).map(|found| at + found) {
        // A name belongs to the string right behind its colon, and not to one further on.
        if body[at..start].iter().any(|byte| !byte.is_ascii_whitespace() && *byte != b':') {
            member = None;
        }
        let end = end_of_string(body, start);
        at = end;
        let Ok(value) = serde_json::from_slice::<String>(&body[start..end]) else { continue };
        let is_name = body[end..].iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b':');
        let changed = change(member.as_deref().filter(|_| !is_name), &value);
        if let Some(changed) = changed {
            let out = out.get_or_insert_default();
            out.extend_from_slice(&body[copied..start]);
            serde_json::to_writer(&mut *out, &changed).expect("a string is JSON");
            copied = end;
        }
        member = is_name.then_some(value);
    }
    let mut out = out?;
    out.extend_from_slice(&body[copied..]);
    Some(out)
}

/// The position behind the closing quote, or the end of the body where there is none.
fn end_of_string(body: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(found) = memchr::memchr2(b'"', b'\\', body.get(at..).unwrap_or_default()) {
        at += found;
        if body[at] == b'"' {
            return at + 1;
        }
        at += 2;
    }
    body.len()
}
