//! A line of a batch: read in one pass where it has the usual form, and by `serde_json` where it has not.
//!
//! The pass stays because the whole job takes 28 % longer by `serde_json` alone with base64 payloads, and 67 % with text
//! (`benches/README.md`).

use std::borrow::Cow;
use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use memchr::memchr;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::unescape::unescape;

/// A line as it comes in.
#[derive(Default, Deserialize)]
pub(super) struct Line<'a> {
    /// The id as it is written, of whatever type.
    #[serde(borrow, default, deserialize_with = "as_written")]
    pub(super) id: Option<&'a str>,
    #[serde(borrow)]
    payload: Option<Text<'a>>,
    #[serde(borrow)]
    payload_utf8: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) header: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) headers: Option<BTreeMap<Text<'a>, Text<'a>>>,
    #[serde(borrow)]
    pub(super) secret: Option<Text<'a>>,
    pub(super) now: Option<i64>,
    pub(super) tolerance: Option<u64>,
}

/// A text that is borrowed where it has no escapes; behind an `Option` serde copies a bare `Cow`.
#[derive(Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(transparent)]
pub(super) struct Text<'a>(#[serde(borrow)] pub(super) Cow<'a, str>);

/// The one thing of a line that is wrong in its other parts.
#[derive(Deserialize)]
struct Id<'a> {
    #[serde(borrow, default, deserialize_with = "as_written")]
    id: Option<&'a str>,
}

fn as_written<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<&'de str>, D::Error> {
    Ok(Option::<&RawValue>::deserialize(deserializer)?.map(RawValue::get))
}

impl<'a> Line<'a> {
    /// Reads a line; the payload's bytes go to `body`.
    ///
    /// # Errors
    /// The id, where there is one, of a line that is not of the documented form.
    pub(super) fn read(line: &'a [u8], body: &mut Vec<u8>) -> Result<Self, Option<&'a str>> {
        let usual = std::str::from_utf8(line).ok().and_then(|line| read_usual(line, body));
        usual.map_or_else(|| Self::read_any(line, body), Ok)
    }

    fn read_any(line: &'a [u8], body: &mut Vec<u8>) -> Result<Self, Option<&'a str>> {
        let Ok(read) = serde_json::from_slice::<Self>(line) else {
            return Err(serde_json::from_slice::<Id<'_>>(line).ok().and_then(|line| line.id));
        };
        body.clear();
        match (&read.payload, &read.payload_utf8) {
            (Some(encoded), None) if STANDARD.decode_vec(encoded.0.as_bytes(), body).is_ok() => Ok(read),
            (None, Some(text)) => {
                body.extend_from_slice(text.0.as_bytes());
                Ok(read)
            }
            _ => Err(read.id),
        }
    }
}

/// A line in the usual form: an object of the documented members, each at most once, with texts that have no
/// escapes but the payload's own. Nothing for any other line, a wrong one too: `serde_json` has the word on it.
fn read_usual<'a>(line: &'a str, body: &mut Vec<u8>) -> Option<Line<'a>> {
    let mut read = Line::default();
    let mut has_payload = false;
    let mut cursor = Cursor { line, at: 0 };
    cursor.take(b'{')?;
    loop {
        let name = cursor.text()?;
        cursor.take(b':')?;
        let is_new = match name {
            "id" => read.id.replace(cursor.id()?).is_none(),
            "header" => read.header.replace(Text(cursor.text()?.into())).is_none(),
            "secret" => read.secret.replace(Text(cursor.text()?.into())).is_none(),
            "now" => read.now.replace(cursor.digits()?.parse().ok()?).is_none(),
            "tolerance" => read.tolerance.replace(cursor.digits()?.parse().ok()?).is_none(),
            "payload" => {
                body.clear();
                base64_simd::STANDARD.decode_append(cursor.text()?.as_bytes(), body).ok()?;
                !std::mem::replace(&mut has_payload, true)
            }
            "payload_utf8" => {
                cursor.unescape(body)?;
                !std::mem::replace(&mut has_payload, true)
            }
            _ => false,
        };
        match cursor.next()? {
            b',' if is_new => {}
            b'}' if is_new => break,
            _ => return None,
        }
    }
    (has_payload && cursor.next().is_none()).then_some(read)
}

/// A place in a line.
struct Cursor<'a> {
    line: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    /// The next byte that is not white space.
    fn next(&mut self) -> Option<u8> {
        loop {
            let byte = *self.line.as_bytes().get(self.at)?;
            self.at += 1;
            if !matches!(byte, b' ' | b'\t' | b'\r' | b'\n') {
                return Some(byte);
            }
        }
    }

    fn take(&mut self, expected: u8) -> Option<()> {
        (self.next()? == expected).then_some(())
    }

    /// A text without escapes.
    fn text(&mut self) -> Option<&'a str> {
        self.take(b'"')?;
        let rest = &self.line[self.at..];
        let text = &rest[..memchr(b'"', rest.as_bytes())?];
        // Every byte is looked at, since a loop without an early end takes many at once.
        let others = text.bytes().fold(0, |others, byte| others | u8::from(byte < b' ' || byte == b'\\'));
        self.at += text.len() + 1;
        (others == 0).then_some(text)
    }

    /// A number of digits alone, with no zero in front.
    fn digits(&mut self) -> Option<&'a str> {
        let first = self.next()?;
        let rest = &self.line[self.at - 1..];
        let digits = &rest[..rest.bytes().position(|byte| !byte.is_ascii_digit())?];
        self.at += digits.len().checked_sub(1)?;
        (first != b'0' || digits.len() == 1).then_some(digits)
    }

    /// A plain text with its quotes, or a number of digits.
    fn id(&mut self) -> Option<&'a str> {
        let start = self.at;
        if self.next()? == b'"' {
            self.at -= 1;
            self.text()?;
            return Some(self.line[start..self.at].trim_ascii_start());
        }
        self.at -= 1;
        self.digits()
    }

    /// A text with escapes.
    fn unescape(&mut self, out: &mut Vec<u8>) -> Option<()> {
        self.take(b'"')?;
        self.at += unescape(&self.line.as_bytes()[self.at..], out)?;
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What a line comes to.
    type Seen = (Option<String>, Option<String>, Option<String>, Option<i64>, Option<u64>, Vec<u8>);

    fn seen(line: &Line<'_>, body: Vec<u8>) -> Seen {
        let text = |text: &Option<Text<'_>>| text.as_ref().map(|text| text.0.to_string());
        let id = line.id.map(str::to_owned);
        (id, text(&line.header), text(&line.secret), line.now, line.tolerance, body)
    }

    fn by_one_pass(line: &str) -> Option<Seen> {
        let mut body = b"left over".to_vec();
        read_usual(line, &mut body).map(|read| seen(&read, body))
    }

    fn by_serde(line: &str) -> Option<Seen> {
        let mut body = b"left over".to_vec();
        Line::read_any(line.as_bytes(), &mut body).ok().map(|read| seen(&read, body))
    }

    #[test]
    fn the_usual_lines_are_read_in_one_pass() {
        for line in [
            r#"{"id":"evt_1","payload":"e30=","header":"t=1,v1=a"}"#,
            r#"{"header":"t=1,v1=a","id":7,"payload_utf8":"{\n  \"a\": \"é\\\/\b\f\r\t\"\n}"}"#,
            "{ \"payload\": \"e30=\", \"now\": 0, \"tolerance\": 300, \"secret\": \" x\" } \r",
        ] {
            let read = by_one_pass(line);
            assert!(read.is_some() && read == by_serde(line), "{line}");
        }
    }

    #[test]
    fn other_lines_are_left_to_serde() {
        for line in [
            r#"{"payload_utf8":"\u00e9"}"#,
            r#"{"payload":"e30=","header":"t=1,v1=a\n"}"#,
            r#"{"payload":"e30=","headers":{"Stripe-Signature":"t=1"}}"#,
            r#"{"payload":"e30=","more":null}"#,
            r#"{"payload":"e30=","now":-1}"#,
            r#"{"payload":"e30=","id":1.5e3}"#,
        ] {
            assert!(by_one_pass(line).is_none() && by_serde(line).is_some(), "{line}");
        }
        for line in [
            r#"{"payload":"e30=","payload":"e30="}"#,
            r#"{"payload":"e30="} x"#,
            r#"{"payload":"e30=",}"#,
            r#"{"payload":"e30","id":"a"}"#,
            r#"{"payload":"e31=","id":"a"}"#,
            r#"{"payload":"e3==","id":"a"}"#,
            r#"{"payload":"e30=","now":01}"#,
            "{\"payload\":\"e30=\",\"id\":\"a\nb\"}",
            "{\"payload_utf8\":\"a\nb\"}",
            r#"{"payload_utf8":"\x"}"#,
            "",
        ] {
            assert!(by_one_pass(line).is_none() && by_serde(line).is_none(), "{line}");
        }
    }

    fn written(pair: impl Strategy<Value = (&'static str, String)>) -> impl Strategy<Value = String> {
        (pair, "[ \t]?").prop_map(|((name, value), space)| format!("{space}\"{name}\":{space}{value}"))
    }

    fn text() -> impl Strategy<Value = String> {
        any::<String>().prop_map(|text| serde_json::to_string(&text).expect("JSON"))
    }

    const ESCAPED: &str = r#""([ !#-\[\]-~]|\\["\\/bfnrt]|é){0,20}""#;
    const WRONG: &str = r#""([ -~]|\\["\\/bfnrtu]|é|[\x00-\x20]){0,20}""#;

    /// A payload: three times in four one that may be right.
    fn payload() -> impl Strategy<Value = String> {
        let encoded = any::<Vec<u8>>().prop_map(|bytes| format!("{:?}", STANDARD.encode(bytes)));
        written(prop_oneof![
            3 => (Just("payload"), encoded),
            1 => (Just("payload"), r#""[A-D/+=]{0,9}""#),
            3 => (Just("payload_utf8"), ESCAPED),
            1 => (Just("payload_utf8"), prop_oneof![text(), WRONG.boxed()]),
        ])
    }

    /// Another member: three times in four one that may be right.
    fn member() -> impl Strategy<Value = String> {
        let plain = || "\"[ !#-\\[\\]-~]{0,20}\"";
        let number =
            || prop_oneof![3 => "[1-9][0-9]{0,9}", 1 => "[0-9]{1,20}", 1 => "-?[0-9]{1,3}([.][0-9]|e[0-9])?"];
        let names = vec!["id", "payload", "payload_utf8", "header", "secret", "now", "tolerance", "x"];
        let value = prop_oneof![text(), plain(), WRONG, number(), Just("null".to_owned())];
        written(prop_oneof![
            2 => (Just("id"), prop_oneof![plain().boxed(), number().boxed()]),
            4 => (prop::sample::select(vec!["header", "secret"]), plain()),
            3 => (prop::sample::select(vec!["now", "tolerance"]), number()),
            3 => (prop::sample::select(names), value),
        ])
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        #[test]
        fn what_one_pass_reads_serde_reads_alike(
            members in prop::collection::vec(member(), 0..4),
            payload in payload(),
            place in any::<prop::sample::Index>(),
            cut in prop::option::weighted(0.2, any::<prop::sample::Index>()),
        ) {
            let mut members = members;
            members.insert(place.index(members.len() + 1), payload);
            let mut line = format!("{{{}}}", members.join(","));
            if let Some(cut) = cut {
                let at = cut.index(line.len());
                let at = (at..=line.len()).find(|at| line.is_char_boundary(*at)).expect("the end is one");
                line.truncate(at);
            }
            if let Some(read) = by_one_pass(&line) {
                prop_assert_eq!(Some(read), by_serde(&line));
            }
        }

        #[test]
        fn a_payload_of_any_text_is_read_in_one_pass_unless_it_has_unicode_escapes(text in "([ -~]|[\n\r\t\"é東]){0,80}") {
            let line = format!(r#"{{"payload_utf8":{}}}"#, serde_json::to_string(&text).expect("JSON"));
            let read = by_one_pass(&line).expect("a plain line");
            prop_assert_eq!(read.5, text.into_bytes());
        }
    }
}
