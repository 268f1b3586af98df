//! What may have been done to a body after it was signed, each with the way back. A new cause is one entry.

use std::io::Read;

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use flate2::read::GzDecoder;

use super::budget::MAX_BODY;
use super::finding::RAW_BODY;
use super::json::{Escapes, Node, Order, Spacing, Style};
use super::literals;

/// The most that a compressed body may unfold to, in bytes.
const MAX_UNZIPPED: u64 = MAX_BODY as u64;

const BOM: &[u8] = b"\xef\xbb\xbf";

/// Something that is done to bodies, and what mends it.
pub(super) struct Cause {
    pub(super) name: &'static str,
    pub(super) detail: &'static str,
    pub(super) fix: &'static str,
}

/// One thing done to a body, and what undoes it.
pub(super) struct Change {
    pub(super) cause: Cause,
    /// The body before it, where this one looks as if it had been done to it.
    pub(super) undo: fn(&[u8]) -> Option<Vec<u8>>,
}

/// Changes at the edges and of single characters; the event inside is as it was.
pub(super) const EDGES: &[Change] = &[
    Change {
        cause: Cause {
            name: "trailing_newline_added",
            detail: "a line feed was added at the end",
            fix: "read the body as bytes: echo, editors and line readers add one",
        },
        undo: |body| body.strip_suffix(b"\n").map(<[u8]>::to_vec),
    },
    Change {
        cause: Cause {
            name: "trailing_newline_added",
            detail: "CRLF was added at the end",
            fix: "read the body as bytes: line readers and editors add one",
        },
        undo: |body| body.strip_suffix(b"\r\n").map(<[u8]>::to_vec),
    },
    Change {
        cause: Cause {
            name: "trailing_newline_removed",
            detail: "the line feed at the end is gone",
            fix: "read the body as bytes: $(…) in a shell and trim() take it away",
        },
        undo: |body| Some([body, b"\n"].concat()),
    },
    Change {
        cause: Cause {
            name: "trailing_newline_removed",
            detail: "the CRLF at the end is gone",
            fix: "read the body as bytes: $(…) in a shell and trim() take it away",
        },
        undo: |body| Some([body, b"\r\n"].concat()),
    },
    Change {
        cause: Cause {
            name: "whitespace_added",
            detail: "white space was added around the body",
            fix: "read the body as bytes, with nothing around it",
        },
        undo: |body| other(body, body.trim_ascii().to_vec()),
    },
    Change {
        cause: Cause {
            name: "line_ends_changed",
            detail: "line feeds became CRLF",
            fix: "open the body in binary mode; for files under git: *.json -text in .gitattributes",
        },
        undo: |body| other(body, replaced(body, b"\r\n", b"\n")),
    },
    Change {
        cause: Cause {
            name: "line_ends_changed",
            detail: "CRLF became line feeds",
            fix: "open the body in binary mode; for files under git: *.json -text in .gitattributes",
        },
        undo: |body| {
            other(body, replaced(body, b"\n", b"\r\n"))
                .filter(|_| !body.windows(2).any(|pair| pair == b"\r\n"))
        },
    },
    Change {
        cause: Cause {
            name: "byte_order_mark_added",
            detail: "a byte-order mark was added in front",
            fix: "write the body as UTF-8 without a byte-order mark, in binary mode",
        },
        undo: |body| body.strip_prefix(BOM).map(<[u8]>::to_vec),
    },
    Change {
        cause: Cause {
            name: "byte_order_mark_removed",
            detail: "the byte-order mark in front is gone",
            fix: "hash the body's bytes: decoding them to text took the mark away",
        },
        undo: |body| (!body.starts_with(BOM)).then(|| [BOM, body].concat()),
    },
    Change {
        cause: Cause {
            name: "decoded_as_latin_1",
            detail: "the UTF-8 of the body was read as Latin-1 and written as UTF-8 again",
            fix: "hash the body's bytes, or decode them as UTF-8: the framework took another charset",
        },
        undo: unlatin,
    },
];

/// Wrappings: the event is inside, whole.
pub(super) const WRAPPINGS: &[Change] = &[
    Change {
        cause: Cause {
            name: "body_base64",
            detail: "the body is encoded in base64",
            fix: "decode it first: behind API Gateway look at isBase64Encoded: Buffer.from(event.body, 'base64')",
        },
        undo: unbase64,
    },
    Change {
        cause: Cause {
            name: "gateway_envelope",
            detail: "this is the envelope of API Gateway or a Lambda URL, not the body in it",
            fix: "verify event.body, decoded from base64 where isBase64Encoded is true",
        },
        undo: |body| json(body)?.get("body")?.text().map(|inner| inner.as_bytes().to_vec()),
    },
    Change {
        cause: Cause {
            name: "buffer_as_json",
            detail: "this is a Node Buffer written as JSON: {\"type\":\"Buffer\",\"data\":[…]}",
            fix: "pass the Buffer itself to constructEvent, not JSON.stringify of it",
        },
        undo: unbuffer,
    },
    Change {
        cause: Cause {
            name: "body_json_string",
            detail: "the body was written as a JSON string: it was encoded twice",
            fix: "pass the body as text or bytes, without JSON.stringify or json.dumps",
        },
        undo: |body| json(body)?.text().map(|inner| inner.as_bytes().to_vec()),
    },
    Change {
        cause: Cause {
            name: "python_bytes_repr",
            detail: "this is how Python prints bytes: b'…'",
            fix: "pass the bytes, or payload.decode(), not str(payload)",
        },
        undo: |body| literals::python_bytes(text(body)?),
    },
    Change {
        cause: Cause {
            name: "body_form_encoded",
            detail: "the body was form-encoded",
            fix: "take the raw body: a parser of forms (express.urlencoded, $_POST) came first",
        },
        undo: unform,
    },
    Change {
        cause: Cause {
            name: "body_percent_encoded",
            detail: "the body is percent-encoded",
            fix: "take the raw body: encodeURIComponent or a proxy encoded it",
        },
        undo: |body| {
            let body = body.contains(&b'%').then_some(body)?;
            other(body, percent_encoding::percent_decode(body).collect())
        },
    },
    Change {
        cause: Cause {
            name: "body_html_escaped",
            detail: "HTML entities stand for quotes and brackets",
            fix: "take the raw body: htmlspecialchars or a template escaped it",
        },
        undo: |body| other(body, unescape_html(text(body)?).into_bytes()),
    },
    Change {
        cause: Cause {
            name: "body_backslashed",
            detail: "there are backslashes in front of the quotes",
            fix: "take the raw body: addslashes, a logger or a shell escaped it",
        },
        undo: unbackslash,
    },
    Change {
        cause: Cause {
            name: "body_compressed",
            detail: "the body is compressed with gzip",
            fix: "decompress it before it is verified: a proxy compressed it",
        },
        undo: |body| {
            let mut inner = Vec::new();
            body.starts_with(&[0x1f, 0x8b]).then_some(())?;
            GzDecoder::new(body).take(MAX_UNZIPPED).read_to_end(&mut inner).ok()?;
            Some(inner)
        },
    },
];

/// A value in another form than JSON's, or inside another one: the event can only be written again.
pub(super) struct Printed {
    pub(super) cause: Cause,
    /// The event, where the body looks like this form.
    pub(super) read: fn(&[u8]) -> Option<Node>,
}

/// The forms.
pub(super) const PRINTED: &[Printed] = &[
    Printed {
        cause: Cause {
            name: "eventbridge_envelope",
            detail: "this is the envelope of EventBridge or Event Grid, whose event was delivered by other means",
            fix: "trust the envelope's own authentication: such deliveries carry no Stripe-Signature",
        },
        read: |body| {
            let envelope = json(body)?;
            envelope.get("detail").or_else(|| envelope.get("specversion").and(envelope.get("data"))).cloned()
        },
    },
    Printed {
        cause: Cause {
            name: "printed_as_literal",
            detail: "this is how Python prints a dict, or Ruby a Hash",
            fix: RAW_BODY,
        },
        read: |body| literals::read(text(body)?),
    },
];

/// The styles of JSON that are tried for a body that was parsed and written again, likeliest first.
pub(super) fn styles() -> impl Iterator<Item = Style> {
    const SPACINGS: [Spacing; 5] = [
        Spacing::Indented("  "),
        Spacing::Compact,
        Spacing::Indented("    "),
        Spacing::Indented("\t"),
        Spacing::Spaced,
    ];
    const ESCAPES: [Escapes; 5] =
        [Escapes::Raw, Escapes::Ascii, Escapes::Slashes, Escapes::Html, Escapes::Gson];
    ESCAPES.into_iter().flat_map(|escapes| {
        SPACINGS.into_iter().flat_map(move |spacing| {
            [Order::AsIs, Order::Stripe].map(|order| Style { spacing, escapes, order })
        })
    })
}

/// What a style is, in words.
pub(super) fn describe(style: Style) -> String {
    let spacing = match style.spacing {
        Spacing::Indented("  ") => "2-space JSON (what Stripe sends)",
        Spacing::Indented("\t") => "JSON indented by tabs",
        Spacing::Indented(_) => "4-space JSON",
        Spacing::Compact => "compact JSON",
        Spacing::Spaced => "one line of JSON with spaces after commas and colons",
    };
    let escapes = match style.escapes {
        Escapes::Raw => "",
        Escapes::Ascii => ", escaped to ASCII",
        Escapes::Slashes => ", escaped as PHP does",
        Escapes::Html => ", with < > & escaped",
        Escapes::Gson => ", escaped as Gson does",
    };
    let order = if style.order == Order::Stripe { ", with the keys in Stripe's order" } else { "" };
    format!("{spacing}{escapes}{order}")
}

/// The JSON of a body.
pub(super) fn json(body: &[u8]) -> Option<Node> {
    Node::read(text(body)?)
}

pub(super) fn text(body: &[u8]) -> Option<&str> {
    std::str::from_utf8(body).ok()
}

fn other(body: &[u8], before: Vec<u8>) -> Option<Vec<u8>> {
    (before != body).then_some(before)
}

fn replaced(body: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some(at) = rest.windows(from.len()).position(|window| window == from) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(to);
        rest = &rest[at + from.len()..];
    }
    out.extend_from_slice(rest);
    out
}

/// Characters that came from reading each byte as Latin-1 or Windows-1252 become that byte again.
fn unlatin(body: &[u8]) -> Option<Vec<u8>> {
    let text = text(body).filter(|text| !text.is_ascii())?;
    let byte = |c: char| {
        let of_windows = WINDOWS_1252.chars().position(|known| known == c && c != '\u{fffd}');
        let code = of_windows.map_or(u32::from(c), |at| 0x80 + u32::try_from(at).unwrap_or_default());
        u8::try_from(code).ok()
    };
    text.chars().map(byte).collect()
}

/// What Windows-1252 has from 0x80 to 0x9f (the Encoding standard's index).
const WINDOWS_1252: &str = "€\u{fffd}‚ƒ„…†‡ˆ‰Š‹Œ\u{fffd}Ž\u{fffd}\u{fffd}‘’“”•–—˜™š›œ\u{fffd}žŸ";

const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);

fn unbase64(body: &[u8]) -> Option<Vec<u8>> {
    let packed: Vec<u8> = body.iter().filter(|byte| !byte.is_ascii_whitespace()).copied().collect();
    if packed.len() < 8 {
        return None;
    }
    let engine = |alphabet| GeneralPurpose::new(alphabet, LENIENT);
    engine(&alphabet::STANDARD).decode(&packed).or_else(|_| engine(&alphabet::URL_SAFE).decode(&packed)).ok()
}

fn unbuffer(body: &[u8]) -> Option<Vec<u8>> {
    let buffer = json(body)?;
    let Some(Node::Array(items)) = buffer.get("data") else { return None };
    let byte = |item: &Node| if let Node::Literal(number) = item { number.parse().ok() } else { None };
    items.iter().map(byte).collect()
}

fn unform(body: &[u8]) -> Option<Vec<u8>> {
    let is_form = body.contains(&b'=') && !body.starts_with(b"{");
    let body = is_form.then_some(body)?;
    let (name, value) = form_urlencoded::parse(body).next()?;
    Some(if value.is_empty() { name } else { value }.into_owned().into_bytes())
}

fn unescape_html(text: &str) -> String {
    const ENTITIES: [(&str, &str); 11] = [
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#x22;", "\""),
        ("&#39;", "'"),
        ("&#039;", "'"),
        ("&#x27;", "'"),
        ("&apos;", "'"),
        ("&#x2F;", "/"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&amp;", "&"),
    ];
    ENTITIES.iter().fold(text.to_owned(), |text, (entity, character)| text.replace(entity, character))
}

fn unbackslash(body: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(body.len());
    let mut bytes = body.iter();
    while let Some(byte) = bytes.next() {
        out.push(if *byte == b'\\' { *bytes.next()? } else { *byte });
    }
    other(body, out)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bodies before and after, and the cause of each change.
    fn cases() -> Vec<(&'static str, Vec<u8>, Vec<u8>)> {
        let event = b"{\n  \"id\": \"evt_\xc3\xa9\"\n}".to_vec();
        let text = String::from_utf8(event.clone()).expect("text");
        let numbers: Vec<_> = event.iter().map(ToString::to_string).collect();
        let latin: String = event.iter().map(|byte| char::from(*byte)).collect();
        let windows = replaced(&latin.clone().into_bytes(), "\u{c3}".as_bytes(), "Ã".as_bytes());
        let base64 = GeneralPurpose::new(&alphabet::STANDARD, LENIENT).encode(&event);
        let with = |before: &[u8], after: &[u8]| [before, &event[..], after].concat();
        vec![
            ("trailing_newline_added", event.clone(), with(b"", b"\n")),
            ("trailing_newline_added", event.clone(), with(b"", b"\r\n")),
            ("trailing_newline_removed", with(b"", b"\n"), event.clone()),
            ("trailing_newline_removed", with(b"", b"\r\n"), event.clone()),
            ("whitespace_added", event.clone(), with(b"  ", b"\t")),
            ("line_ends_changed", event.clone(), replaced(&event, b"\n", b"\r\n")),
            ("line_ends_changed", replaced(&event, b"\n", b"\r\n"), event.clone()),
            ("byte_order_mark_added", event.clone(), with(BOM, b"")),
            ("byte_order_mark_removed", with(BOM, b""), event.clone()),
            ("decoded_as_latin_1", event.clone(), latin.into_bytes()),
            ("decoded_as_latin_1", event.clone(), windows),
            ("body_base64", event.clone(), base64.into_bytes()),
            ("gateway_envelope", event.clone(), serde_json::json!({ "body": text }).to_string().into_bytes()),
            (
                "buffer_as_json",
                event.clone(),
                format!("{{\"type\":\"Buffer\",\"data\":[{}]}}", numbers.join(",")).into_bytes(),
            ),
            ("body_json_string", event.clone(), serde_json::json!(text).to_string().into_bytes()),
            ("python_bytes_repr", event.clone(), b"b'{\\n  \"id\": \"evt_\\xc3\\xa9\"\\n}'".to_vec()),
            (
                "body_form_encoded",
                event.clone(),
                form_urlencoded::Serializer::new(String::new())
                    .append_pair("payload", &text)
                    .finish()
                    .into_bytes(),
            ),
            (
                "body_percent_encoded",
                event.clone(),
                percent_encoding::percent_encode(&event, percent_encoding::NON_ALPHANUMERIC)
                    .to_string()
                    .into_bytes(),
            ),
            ("body_html_escaped", event.clone(), text.replace('"', "&quot;").into_bytes()),
            ("body_backslashed", event.clone(), text.replace('"', "\\\"").into_bytes()),
            ("body_compressed", event.clone(), gzip(&event)),
        ]
    }

    fn gzip(body: &[u8]) -> Vec<u8> {
        use std::io::Write;
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(body).expect("memory");
        encoder.finish().expect("memory")
    }

    #[test]
    fn every_change_is_undone() {
        let cases = cases();
        for (cause, before, after) in &cases {
            let changes = EDGES.iter().chain(WRAPPINGS).filter(|change| change.cause.name == *cause);
            let undone: Vec<_> = changes.filter_map(|change| (change.undo)(after)).collect();
            assert!(undone.contains(before), "{cause}: {:?}", String::from_utf8_lossy(after));
        }
        for change in EDGES.iter().chain(WRAPPINGS) {
            assert!(
                cases.iter().any(|(cause, ..)| *cause == change.cause.name),
                "{} has no case",
                change.cause.name
            );
        }
    }

    #[test]
    fn a_bomb_is_cut_off() {
        let bomb = gzip(&vec![0; 64 * 1024 * 1024]);
        let change =
            WRAPPINGS.iter().find(|change| change.cause.name == "body_compressed").expect("a change");
        assert_eq!((change.undo)(&bomb).map(|inner| inner.len() as u64), Some(MAX_UNZIPPED));
    }
}
