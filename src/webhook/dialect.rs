//! The unusual deliveries: how each official library reads a header and a body that not all read alike.
//!
//! stripe-python and stripe-node decide: what both accept is valid, what both refuse is not, and what only
//! one accepts is a disagreement. The other libraries are asked only to be named. Each reading follows the
//! library's own source: stripe-python 16.1 `_webhook.py`, stripe-node 23.1 `Webhooks.js`, stripe-go 86
//! `webhook/client.go`, stripe-ruby `webhook.rb`, stripe-php 21 `WebhookSignature.php`.

use std::borrow::Cow;

use super::header::items;
use super::number::{self, Number};
use super::signing_key::{SigningKey, is_same_hex};
use super::verdict::{Library, Reason, Verdict, Window};

/// What the libraries that decode a body take for its encoding's mark and may drop.
pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The libraries, in the order in which they are named.
const LIBRARIES: [Library; 5] = [Library::Python, Library::Node, Library::Go, Library::Ruby, Library::Php];

/// What a library takes from a header.
struct HeaderReading<'a> {
    time: Number,
    /// Nothing stands for an item `v1` without a value.
    signatures: Vec<Option<Cow<'a, [u8]>>>,
}

/// Verifies as each library does and compares their answers. A match with any of the keys counts.
pub(super) fn verify(body: &[u8], header: &[u8], keys: &[SigningKey], window: Window) -> Verdict {
    Verdict::best(keys.iter().map(|key| verify_with(body, header, key, window)))
}

fn verify_with(body: &[u8], header: &[u8], key: &SigningKey, window: Window) -> Verdict {
    let answers = LIBRARIES.map(|library| (library, judge(library, body, header, key, window)));
    let timestamp = read(Library::Python, header).ok().and_then(|reading| reading.time.seconds());
    let [(_, by_python), (_, by_node), of_others @ ..] = &answers;
    if by_python.is_ok() && by_node.is_ok() {
        return Verdict::matched(Reason::Ok, timestamp);
    }
    // Neither takes a body that is not UTF-8 as it is, and the others do.
    let others: &[_] = if std::str::from_utf8(body).is_err() { of_others } else { &[] };
    if by_python.is_ok() || by_node.is_ok() || others.iter().any(|(_, answer)| answer.is_ok()) {
        let accepted_by = answers.iter().filter(|(_, answer)| answer.is_ok()).map(|(library, _)| *library);
        let accepted_by = accepted_by.collect();
        return Verdict { accepted_by, ..Verdict::matched(Reason::LibrariesDisagree, timestamp) };
    }
    let is_old = |answer: &Result<(), Reason>| *answer == Err(Reason::TimestampTooOld);
    if is_old(by_python) || others.iter().any(|(_, answer)| is_old(answer)) {
        return Verdict::matched(Reason::TimestampTooOld, timestamp);
    }
    Verdict::refused(by_python.err().unwrap_or(Reason::NoMatch), timestamp)
}

/// What one library says.
fn judge(
    library: Library,
    body: &[u8],
    header: &[u8],
    key: &SigningKey,
    window: Window,
) -> Result<(), Reason> {
    let reading = read(library, header)?;
    if reading.signatures.is_empty() {
        return Err(Reason::NoV1Signature);
    }
    let body = text_of(library, body).ok_or(Reason::NoMatch)?;
    let expected = key.hex(&[reading.time.text().as_bytes(), b".", &body]);
    if !matches(library, &expected, &reading.signatures)? {
        return Err(Reason::NoMatch);
    }
    let seconds = reading.time.saturated();
    let is_outside = match library {
        // A tolerance of 0 switches the check off here, and not in go and ruby.
        Library::Python | Library::Node => window.tolerance_seconds > 0 && window.is_too_old(seconds),
        Library::Go | Library::Ruby => window.is_too_old(seconds),
        Library::Php => {
            window.tolerance_seconds > 0 && (window.is_too_old(seconds) || window.is_too_new(seconds))
        }
    };
    if is_outside { Err(Reason::TimestampTooOld) } else { Ok(()) }
}

/// The bytes that a library signs for a body: python decodes strictly, node leniently and without the
/// byte-order mark, the others not at all.
fn text_of(library: Library, body: &[u8]) -> Option<Cow<'_, [u8]>> {
    match library {
        Library::Python => std::str::from_utf8(body).ok().map(|text| Cow::Borrowed(text.as_bytes())),
        Library::Node => {
            let body = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body);
            Some(match String::from_utf8_lossy(body) {
                Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
                Cow::Owned(text) => Cow::Owned(text.into_bytes()),
            })
        }
        Library::Go | Library::Ruby | Library::Php => Some(Cow::Borrowed(body)),
    }
}

/// Whether a library finds the expected signature. An error where it raises one instead of answering.
fn matches(
    library: Library,
    expected: &[u8; 64],
    signatures: &[Option<Cow<'_, [u8]>>],
) -> Result<bool, Reason> {
    let mut found = false;
    for signature in signatures {
        let signature = signature.as_deref().ok_or(Reason::MalformedHeader)?;
        match library {
            // `hmac.compare_digest` raises on text that is not ASCII.
            Library::Python if !signature.is_ascii() => return Err(Reason::NoMatch),
            // `secureCompare` raises on an empty value, and on one as long in characters but not in bytes.
            Library::Node if signature.is_empty() || is_long_in_bytes(signature) => {
                return Err(Reason::NoMatch);
            }
            _ => {}
        }
        found |= is_same_hex(signature, expected);
        // node compares them all, the others stop at the first match.
        if found && library != Library::Node {
            return Ok(true);
        }
    }
    Ok(found)
}

fn is_long_in_bytes(signature: &[u8]) -> bool {
    let units = String::from_utf8_lossy(signature).encode_utf16().count();
    units == 64 && signature.len() != 64
}

fn read(library: Library, header: &[u8]) -> Result<HeaderReading<'_>, Reason> {
    let reading = match library {
        Library::Python => read_python(header),
        Library::Node => read_node(header),
        Library::Go => read_go(header),
        Library::Ruby => read_ruby(header),
        Library::Php => read_php(header),
    };
    reading.ok_or(Reason::MalformedHeader)
}

fn borrowed(value: Option<&[u8]>) -> Option<Cow<'_, [u8]>> {
    value.map(Cow::Borrowed)
}

/// The first `t`, and every item that counts must have a value.
fn read_python(header: &[u8]) -> Option<HeaderReading<'_>> {
    let mut times = items(header).filter(|(key, _)| *key == b"t").map(|(_, value)| value);
    let time = number::python_int(times.next()??)?;
    let signatures: Vec<_> = values_of(header, b"v1").map(borrowed).collect();
    let is_whole = times.all(|value| value.is_some()) && signatures.iter().all(Option::is_some);
    is_whole.then_some(HeaderReading { time, signatures })
}

/// The last `t`, as far as `parseInt` can read it. A time of -1 counts as none.
fn read_node(header: &[u8]) -> Option<HeaderReading<'_>> {
    let time = values_of(header, b"t").last()?;
    let time = time.map_or_else(Number::nan, number::parse_int);
    let signatures = values_of(header, b"v1").map(borrowed).collect();
    (time.text() != "-1").then_some(HeaderReading { time, signatures })
}

/// Every item is exactly `key=value`; signatures in hexadecimal of either case, others passed over.
fn read_go(header: &[u8]) -> Option<HeaderReading<'_>> {
    let mut time = None;
    let mut signatures = Vec::new();
    for item in header.split(|byte| *byte == b',') {
        let (key, value) = split_at_equals(item)?;
        match key {
            _ if value.contains(&b'=') => return None,
            b"t" => time = Some(number::go_int(value)?),
            b"v1" if hex::decode(value).is_ok() => {
                signatures.push(Some(Cow::Owned(value.to_ascii_lowercase())));
            }
            _ => {}
        }
    }
    // Without a `t` go takes the zero time, which no sender signs.
    time.map(|time| HeaderReading { time, signatures })
}

/// White space after a comma is dropped; `Integer()` reads the first `t`.
fn read_ruby(header: &[u8]) -> Option<HeaderReading<'_>> {
    let items = header.split(|byte| *byte == b',').enumerate();
    let items: Vec<_> =
        items.map(|(index, item)| if index == 0 { item } else { trim_start_white(item) }).collect();
    let of = |key: &'static [u8]| {
        items.iter().map(|item| split_or_whole(item)).filter(move |(k, _)| *k == key).map(|(_, value)| value)
    };
    let time = number::ruby_integer(of(b"t").next()??)?;
    let signatures = of(b"v1").map(borrowed).collect();
    Some(HeaderReading { time, signatures })
}

/// The first `t`, if it is numeric; keys of signatures are trimmed.
fn read_php(header: &[u8]) -> Option<HeaderReading<'_>> {
    let items = || header.split(|byte| *byte == b',').map(split_or_whole);
    let time = number::php_int(items().find(|(key, _)| *key == b"t")?.1?)?;
    let signatures = items().filter(|(key, _)| key.trim_ascii() == b"v1").map(|(_, v)| borrowed(v)).collect();
    Some(HeaderReading { time, signatures })
}

fn values_of<'a>(header: &'a [u8], key: &'static [u8]) -> impl Iterator<Item = Option<&'a [u8]>> {
    items(header).filter(move |(named, _)| *named == key).map(|(_, value)| value)
}

fn trim_start_white(item: &[u8]) -> &[u8] {
    let start = item.iter().position(|byte| !matches!(byte, b' ' | b'\t'..=b'\r')).unwrap_or(item.len());
    &item[start..]
}

fn split_at_equals(item: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = item.iter().position(|byte| *byte == b'=')?;
    Some((&item[..at], &item[at + 1..]))
}

fn split_or_whole(item: &[u8]) -> (&[u8], Option<&[u8]>) {
    split_at_equals(item).map_or((item, None), |(key, value)| (key, Some(value)))
}
