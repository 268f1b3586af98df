//! What has the form of a key, in bytes of any kind: plain, two or four bytes to a character, or as base64. Pure.

use std::ops::Range;
use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use memchr::memmem;
use regex::bytes::Regex;
use secrecy::SecretString;

use super::escaped::escaped;
use super::judge::{is_random, is_surely_random};
use super::samples::is_sample;
use crate::keys::{Secret, SecretKind};

/// The forms of keys. Lengths are judged later, so that one that is too long is none at all. What the kinds mean
/// is known to `keys`.
const FORMS: &str = "(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{10,}\
    |sk_org_[A-Za-z0-9_]{10,}\
    |rkcs_[A-Za-z0-9_]{10,}\
    |oak_[A-Za-z0-9_]{20,}\
    |whsec_[A-Za-z0-9+/]{24,}={0,2}";

/// Beginnings that are looked for in base64 too, as in a Kubernetes secret or in basic authentication.
const ENCODED: &[&str] = &["sk_live_", "sk_test_", "rk_live_", "rk_test_", "sk_org_", "whsec_"];

/// A key of 255 bytes, and some bytes around it, in base64.
const LONGEST_ENCODED: usize = 360;

/// The bodies of Stripe's keys have no fewer characters.
const SHORTEST_WHOLE: usize = 24;

/// In keys that may hold underscores, so many letters and digits in a row are no word.
const LEAST_RUN: usize = 16;

/// So many bytes before a key tell whether it may begin there.
const LONGEST_BEFORE: usize = 24;

static PLAIN: LazyLock<Regex> = LazyLock::new(|| {
    let encoded: Vec<_> = BEGINNINGS.iter().map(|(_, text)| text.as_str()).collect();
    regex(&format!("(?-u){FORMS}|{}", encoded.join("|")))
});

static BEGINNINGS: LazyLock<Vec<(usize, String)>> = LazyLock::new(encoded_beginnings);

static FORM: LazyLock<Regex> = LazyLock::new(|| regex(&format!("(?-u){FORMS}")));

/// The same with one or three zero bytes after each character, the last one excepted.
static WIDE: LazyLock<Regex> = LazyLock::new(|| {
    let nul = r"\x00{1,3}";
    let spread = |text: &str| text.chars().flat_map(|c| [c.to_string(), nul.to_owned()]).collect::<String>();
    let body = |class: &str, least: usize| format!("(?:{class}{nul}){{{},}}{class}", least - 1);
    let modes = format!("(?:{}|{})", spread("live_"), spread("test_"));
    regex(&format!(
        "(?-u)[sr]{nul}{}{modes}{}|{}{}|{}{}|{}{}|{}{}(?:{nul}=){{0,2}}",
        spread("k_"),
        body("[A-Za-z0-9]", 10),
        spread("sk_org_"),
        body("[A-Za-z0-9_]", 10),
        spread("rkcs_"),
        body("[A-Za-z0-9_]", 10),
        spread("oak_"),
        body("[A-Za-z0-9_]", 20),
        spread("whsec_"),
        body("[A-Za-z0-9+/]", 24),
    ))
});

static BASE64: LazyLock<GeneralPurpose> = LazyLock::new(|| {
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(base64::engine::DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    GeneralPurpose::new(&base64::alphabet::STANDARD, config)
});

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a pattern that a test compiles")
}

/// A key in some bytes.
#[derive(Debug, Clone)]
pub(super) struct Match {
    /// Where it stands.
    pub(super) range: Range<usize>,
    /// Bytes per character: 1, 2 or 4.
    pub(super) width: usize,
    /// The key.
    pub(super) secret: Secret,
}

/// The keys in `text` that begin at `from` or later, in order. What is before `from` is looked at only to see
/// whether a key may begin there.
pub(super) fn matches(text: &[u8], from: usize) -> Vec<Match> {
    let mut found = narrow(text, from);
    let with_escapes = unescaped(text, from);
    if !with_escapes.is_empty() {
        // Up to its first escape it may look like a shorter key.
        let is_part =
            |found: &Match| with_escapes.iter().any(|whole| whole.range.contains(&found.range.start));
        found.retain(|found| !is_part(found));
        found.extend(with_escapes);
        found.sort_by_key(|found| found.range.start);
    }
    let is_wide = memchr::memchr(0, &text[from..]).is_some()
        && ["k\0_\0", "k\0\0\0_\0", "c\0_\0", "s\0_\0"]
            .iter()
            .chain(&["c\0\0\0_\0", "s\0\0\0_\0"])
            .any(|part| memmem::find(&text[from..], part.as_bytes()).is_some());
    if is_wide {
        found.extend(wide(text, from));
        found.sort_by_key(|found| found.range.start);
    }
    found
}

/// A text with every key cut down to what may be shown of it.
#[must_use]
pub(super) fn redacted(text: &str) -> String {
    let (mut out, mut done) = (String::new(), 0);
    for found in narrow(text.as_bytes(), 0) {
        out.push_str(&text[done..found.range.start]);
        out.push_str(&found.secret.redacted());
        done = found.range.end;
    }
    out.push_str(&text[done..]);
    out
}

fn narrow(text: &[u8], from: usize) -> Vec<Match> {
    let (mut found, mut at) = (Vec::new(), from);
    while let Some(hit) = PLAIN.find_at(text, at) {
        let is_form = hit.as_bytes().contains(&b'_') && FORM.is_match(hit.as_bytes());
        let judged = if is_form { key_at(text, hit.range()) } else { encoded_at(text, hit.range()) };
        at = judged.as_ref().map_or(hit.start() + 3, |judged| judged.range.end);
        found.extend(judged);
    }
    found
}

/// Keys with escapes in them.
fn unescaped(text: &[u8], from: usize) -> Vec<Match> {
    let judged = escaped(text, from).filter_map(|(range, plain)| {
        let before = &text[range.start.saturating_sub(LONGEST_BEFORE)..range.start];
        let whole = [before, &plain].concat();
        let judged = key_at(&whole, before.len()..whole.len())?;
        Some(Match { range, width: 1, secret: judged.secret })
    });
    judged.collect()
}

fn wide(text: &[u8], from: usize) -> Vec<Match> {
    let (mut found, mut at) = (Vec::new(), from);
    while let Some(hit) = WIDE.find_at(text, at) {
        let width = hit.as_bytes()[1..].iter().position(|byte| *byte != 0).map_or(1, |nuls| nuls + 1);
        let narrow: Vec<u8> = hit.as_bytes().iter().copied().step_by(width).collect();
        // Of another width in between, it is binary noise.
        let is_even = hit.len() == (narrow.len() - 1) * width + 1 && !narrow.contains(&0);
        let judged = is_even.then(|| key_at(&narrow, 0..narrow.len())).flatten();
        at = hit.start() + if judged.is_some() { hit.len() } else { 3 };
        found.extend(judged.map(|judged| Match { range: hit.range(), width, secret: judged.secret }));
    }
    found
}

/// The key at a place that has the form of one.
fn key_at(text: &[u8], range: Range<usize>) -> Option<Match> {
    let whole = std::str::from_utf8(&text[range.clone()]).ok()?;
    let is_webhook = whole.starts_with("whsec_");
    let is_plain = whole.starts_with("sk_live_")
        || whole.starts_with("sk_test_")
        || whole.starts_with("rk_live_")
        || whole.starts_with("rk_test_");
    let body = if is_plain || is_webhook {
        whole.rsplit_once('_').map_or("", |(_, body)| body).trim_end_matches('=').as_bytes()
    } else {
        longest_run(whole.as_bytes())
    };
    let goes_on = !is_webhook && text.get(range.end) == Some(&b'_');
    let least = if is_plain && !goes_on || whole.starts_with("sk_org_") { 10 } else { LEAST_RUN };
    let is_key = body.len() >= least
        && is_random(body)
        && begins(text, range.start, body)
        && !is_cut_off(body, &text[range.end..])
        && !is_sample(whole);
    if !is_key {
        return None;
    }
    let kind = if is_webhook { SecretKind::Webhook } else { SecretKind::Api };
    let secret = Secret::parse(kind, &SecretString::from(whole)).ok()?;
    Some(Match { range, width: 1, secret })
}

/// Whether somebody left out the rest: `sk_live_51Hx8…`, `sk_live_51Hx8****`.
fn is_cut_off(body: &[u8], after: &[u8]) -> bool {
    let is_marked = [b"..".as_slice(), "…".as_bytes(), b"**"].iter().any(|mark| after.starts_with(mark));
    is_marked && body.len() < SHORTEST_WHOLE
}

fn longest_run(text: &[u8]) -> &[u8] {
    text.split(|byte| !byte.is_ascii_alphanumeric()).max_by_key(|run| run.len()).unwrap_or_default()
}

/// Whether a key may begin here: not within a word (`task_test_…`), but after an escape such as `\n` or `%3D`.
fn begins(text: &[u8], at: usize, body: &[u8]) -> bool {
    let before = &text[..at];
    let Some(last) = before.last().filter(|last| last.is_ascii_alphanumeric()) else { return true };
    let is_hex = |bytes: &[u8]| bytes.iter().all(u8::is_ascii_hexdigit);
    let escaped = |mark: &[u8], digits: usize| {
        let rest = before.len().checked_sub(digits).map(|end| (&before[..end], &before[end..]));
        rest.is_some_and(|(rest, digits)| rest.ends_with(mark) && is_hex(digits))
    };
    let is_escape = b"ntrbfv0".contains(last) && before.ends_with(&[b'\\', *last])
        || escaped(b"%", 2)
        || escaped(b"=", 2)
        || escaped(br"\x", 2)
        || escaped(br"\u", 4)
        || ends_with_colour(before);
    // A length in front of a text, as binary formats write it, may look like a letter.
    let is_single = before.len() < 2 || !before[before.len() - 2].is_ascii_alphanumeric();
    is_escape || is_single && is_surely_random(body)
}

/// Whether the bytes end with the code that colours a terminal.
fn ends_with_colour(before: &[u8]) -> bool {
    let Some(rest) = before.strip_suffix(b"m") else { return false };
    let digits = rest.iter().rev().take_while(|byte| byte.is_ascii_digit() || **byte == b';').count();
    rest[..rest.len() - digits].ends_with(b"\x1b[")
}

/// What base64 makes of each beginning, wherever in a group of three bytes it stands: the bytes that it has
/// before its first whole character, and the characters that depend on nothing else.
fn encoded_beginnings() -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for beginning in ENCODED {
        for before in 0..3 {
            let bytes = [vec![0; before], beginning.as_bytes().to_vec()].concat();
            let text = BASE64.encode(&bytes);
            let (first, end) = ((before * 8).div_ceil(6), bytes.len() * 8 / 6);
            found.push((first, text[first..end].to_owned()));
        }
    }
    found
}

/// The key whose beginning stands here as base64.
fn encoded_at(text: &[u8], range: Range<usize>) -> Option<Match> {
    let (first, _) = BEGINNINGS.iter().find(|(_, beginning)| beginning.as_bytes() == &text[range.clone()])?;
    let start = range.start.checked_sub(*first)?;
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_');
    let run = text[start..].iter().take(LONGEST_ENCODED).take_while(|byte| is_base64(byte)).count();
    let whole = if run % 4 == 1 { run - 1 } else { run };
    let standard: Vec<u8> = text[start..start + whole]
        .iter()
        .map(|byte| match byte {
            b'-' => b'+',
            b'_' => b'/',
            other => *other,
        })
        .collect();
    let decoded = BASE64.decode(standard).ok()?;
    let inner = FORM.find(&decoded).filter(|inner| inner.start() <= 2)?;
    let key = key_at(&decoded[inner.start()..], 0..inner.len())?;
    Some(Match { range: range.start..start + run, width: 1, secret: key.secret })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 24 random letters and digits.
    const BODY: &str = "Qz7Lm2Xv9Rt4Kw8Np3Jd6Hb1";

    fn key(prefix: &str) -> String {
        format!("{prefix}{BODY}")
    }

    fn found(text: &[u8]) -> Vec<String> {
        matches(text, 0).iter().map(|found| found.secret.expose().to_owned()).collect()
    }

    #[test]
    fn every_kind_of_secret_is_found_and_a_publishable_key_is_none() {
        for prefix in [
            "sk_test_",
            "sk_live_",
            "rk_test_",
            "rk_live_",
            "sk_org_",
            "sk_org_live_",
            "rkcs_test_",
            "oak_",
            "whsec_",
        ] {
            let key = key(prefix);
            assert_eq!(found(format!("a = '{key}';").as_bytes()), [key], "{prefix}");
        }
        for other in ["pk_test_", "pk_live_", "mk_", "ask_test_", "task_live_"] {
            assert_eq!(found(format!("x{}", key(other)).as_bytes()), [""; 0], "{other}");
        }
    }

    #[test]
    fn a_key_begins_after_an_escape_and_ends_where_its_letters_do() {
        let key = key("sk_live_");
        let colour = "\u{1b}[1;31m";
        for before in ["\\n", "%3D", "=3D", "\\u0022", "\\x22", "_", "\"", colour, "\u{12}k"] {
            assert_eq!(
                found(format!("{before}{key}\\n").as_bytes()),
                std::slice::from_ref(&key),
                "{before:?}"
            );
        }
        assert_eq!(found(format!("disk_test_{BODY}").as_bytes()), [""; 0]);
        assert_eq!(found(format!("{key}{}", "a".repeat(240)).as_bytes()), [""; 0]);
        assert_eq!(found(format!("{key}_old and {key}").as_bytes()), [key.clone(), key]);
    }

    #[test]
    fn two_and_four_bytes_a_character_are_read_in_both_orders() {
        let key = key("rk_live_");
        let text = format!("é={key}\n");
        let utf16 = |unit: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(unit).collect::<Vec<u8>>();
        let utf32 = |unit: fn(u32) -> [u8; 4]| text.chars().flat_map(|c| unit(c.into())).collect::<Vec<u8>>();
        let encodings = [
            utf16(u16::to_le_bytes),
            utf16(u16::to_be_bytes),
            utf32(u32::to_le_bytes),
            utf32(u32::to_be_bytes),
        ];
        for bytes in encodings {
            assert_eq!(found(&bytes), std::slice::from_ref(&key));
        }
    }

    #[test]
    fn base64_is_read_wherever_the_key_stands_in_it() {
        for prefix in ENCODED {
            let key = key(prefix);
            for before in ["", "a", "ab", "STRIPE_KEY=", "x=1\ny="] {
                let encoded = BASE64.encode(format!("{before}{key}:"));
                assert_eq!(
                    found(format!("v: {encoded}\n").as_bytes()),
                    std::slice::from_ref(&key),
                    "{before:?}"
                );
            }
        }
    }

    #[test]
    fn what_was_cut_off_is_no_key() {
        let key = key("sk_live_");
        for end in ["...", "…", "****abcd"] {
            assert_eq!(found(format!("{}{end}", &key[..key.len() - 10]).as_bytes()), [""; 0], "{end}");
        }
        assert_eq!(found(format!("{key}...").as_bytes()), [key]);
    }

    #[test]
    fn escapes_of_text_and_urls_are_read() {
        let key = key("sk_live_");
        for escape in ["%5F", "%5f", r"\u005f", r"\\u005F", r"\x5f", r"\_", "&#95;", "&#x5F;", "&lowbar;"] {
            let text = format!("a=\"{}\"", key.replace('_', escape));
            assert_eq!(found(text.as_bytes()), std::slice::from_ref(&key), "{text}");
        }
        let secret = format!("whsec_Qz7Lm2/Xv9Rt4+{BODY}==");
        let escaped = [("/", r"\/", "+"), ("/", "%2F", "%2B"), ("/", r"\u002f", r"\u002b")];
        for (_, slash, plus) in escaped {
            let text = secret.replace('/', slash).replace('+', plus);
            assert_eq!(found(format!("a '{text}'").as_bytes()), std::slice::from_ref(&secret), "{text}");
        }
        assert_eq!(found(format!("ta{}", key.replace('_', "%5F")).as_bytes()), [""; 0]);
    }
}
