//! The items of a `Stripe-Signature` header, cut as python and node cut them.

use memchr::memchr;

/// The items of a header: key and value, cut at the first `=` and ended by the second.
pub(super) fn items(header: &[u8]) -> impl Iterator<Item = (&[u8], Option<&[u8]>)> {
    let mut rest = Some(header);
    std::iter::from_fn(move || {
        let (item, after) = cut(rest?, b',');
        rest = after;
        let (key, value) = cut(item, b'=');
        Some((key, value.map(|value| cut(value, b'=').0)))
    })
}

/// What stands before a byte and what after it.
fn cut(text: &[u8], at: u8) -> (&[u8], Option<&[u8]>) {
    memchr(at, text).map_or((text, None), |at| (&text[..at], Some(&text[at + 1..])))
}
