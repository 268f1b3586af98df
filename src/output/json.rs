//! JSON for people and for streams: white space and colour change, no token does. Numbers keep every
//! digit and strings every escape, since nothing is parsed into values.

use super::colour::Colour;
use super::text::clean;

/// One token of JSON text.
enum Token<'a> {
    Open(char),
    Close(char),
    Comma,
    Colon,
    Text(&'a str),
}

/// Writes JSON without white space between its tokens: one line. What is not JSON comes back as it was.
#[must_use]
pub fn compact(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for token in tokens(json) {
        match token {
            Token::Open(c) | Token::Close(c) => out.push(c),
            Token::Comma => out.push(','),
            Token::Colon => out.push(':'),
            Token::Text(text) => out.push_str(text),
        }
    }
    out
}

/// Writes JSON for a terminal: two spaces a level, coloured, without control characters.
#[must_use]
pub fn pretty(json: &str, colour: Colour) -> String {
    let mut out = String::with_capacity(json.len() * 2);
    let mut depth: usize = 0;
    let mut tokens = tokens(json).peekable();
    let line = |out: &mut String, depth: usize| {
        out.push('\n');
        out.push_str(&"  ".repeat(depth));
    };
    while let Some(token) = tokens.next() {
        match token {
            Token::Open(c) => {
                out.push(c);
                if let Some(Token::Close(_)) = tokens.peek() {
                    continue;
                }
                depth += 1;
                line(&mut out, depth);
            }
            Token::Close(c) => {
                if !out.ends_with(['{', '[']) {
                    depth = depth.saturating_sub(1);
                    line(&mut out, depth);
                }
                out.push(c);
            }
            Token::Comma => {
                out.push(',');
                line(&mut out, depth);
            }
            Token::Colon => out.push_str(": "),
            Token::Text(text) => {
                let is_name = matches!(tokens.peek(), Some(Token::Colon));
                out.push_str(&styled(&clean(text), is_name, colour));
            }
        }
    }
    out
}

fn styled(text: &str, is_name: bool, colour: Colour) -> String {
    match (is_name, text.starts_with('"')) {
        (true, _) => colour.name(text),
        (false, true) => colour.string(text),
        (false, false) => colour.literal(text),
    }
}

fn tokens(json: &str) -> impl Iterator<Item = Token<'_>> {
    let mut rest = json;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches([' ', '\t', '\r', '\n']);
        let first = rest.chars().next()?;
        let (token, length) = match first {
            '{' | '[' => (Token::Open(first), 1),
            '}' | ']' => (Token::Close(first), 1),
            ',' => (Token::Comma, 1),
            ':' => (Token::Colon, 1),
            _ => {
                let length = if first == '"' { string_length(rest) } else { literal_length(rest) };
                (Token::Text(&rest[..length]), length)
            }
        };
        rest = &rest[length..];
        Some(token)
    })
}

fn string_length(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn literal_length(text: &str) -> usize {
    let end = |c: char| c.is_ascii_whitespace() || matches!(c, ',' | ':' | '{' | '}' | '[' | ']' | '"');
    text.find(end).unwrap_or(text.len()).max(text.chars().next().map_or(0, char::len_utf8))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::output::ColourChoice;

    fn plain(json: &str) -> String {
        pretty(json, Colour::decide(ColourChoice::Never, false, |_| None))
    }

    #[test]
    fn no_digit_and_no_escape_is_lost() {
        let json = "{\"n\": 90071992547409931.0e+10, \"s\": \"a\\u0041 \\\" : ,\", \"e\": {}, \"l\": [ ]}";
        assert_eq!(compact(json), r#"{"n":90071992547409931.0e+10,"s":"a\u0041 \" : ,","e":{},"l":[]}"#);
        assert_eq!(
            plain(json),
            "{\n  \"n\": 90071992547409931.0e+10,\n  \"s\": \"a\\u0041 \\\" : ,\",\n  \"e\": {},\n  \"l\": []\n}"
        );
    }

    proptest! {
        #[test]
        fn what_is_json_stays_the_same_json(text in ".{0,20}", number in any::<f64>(), list in prop::collection::vec(any::<i64>(), 0..4)) {
            let value = serde_json::json!({"t": text, "n": number, "l": list, "o": {"x": [{}, []]}});
            let json = serde_json::to_string_pretty(&value).expect("JSON");
            prop_assert_eq!(compact(&json), serde_json::to_string(&value).expect("JSON"));
            let read: serde_json::Value = serde_json::from_str(&compact(&plain(&json))).expect("JSON");
            prop_assert_eq!(read["l"].clone(), value["l"].clone());
        }

        #[test]
        fn no_text_makes_it_panic(text in ".{0,60}") {
            let _ = (compact(&text), plain(&text));
        }
    }
}
