//! The literals of Python and Ruby, read as the JSON that they were printed from.

use super::json::Node;

/// How deep a literal may be nested before it is left alone.
const MAX_DEPTH: usize = 32;

/// Reads what `repr` of a Python dict or `inspect` of a Ruby Hash prints.
pub(super) fn read(text: &str) -> Option<Node> {
    let mut reader = Reader { rest: text.trim() };
    let node = reader.value(0)?;
    reader.rest.is_empty().then_some(node)
}

/// The bytes that `repr` of Python bytes prints: `b'…'`.
pub(super) fn python_bytes(text: &str) -> Option<Vec<u8>> {
    let quoted = text.trim().strip_prefix('b')?;
    let mut reader = Reader { rest: quoted };
    let text = reader.text()?;
    let bytes = text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect::<Option<_>>()?;
    reader.rest.is_empty().then_some(bytes)
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn take(&mut self, prefix: &str) -> bool {
        self.rest = self.rest.trim_start();
        let found = self.rest.strip_prefix(prefix);
        self.rest = found.unwrap_or(self.rest);
        found.is_some()
    }

    fn value(&mut self, depth: usize) -> Option<Node> {
        self.rest = self.rest.trim_start();
        match self.rest.chars().next().filter(|_| depth <= MAX_DEPTH)? {
            '{' => self.object(depth),
            '[' => self.array(depth),
            '\'' | '"' => self.text().map(Node::Text),
            _ => self.word(),
        }
    }

    fn object(&mut self, depth: usize) -> Option<Node> {
        let mut members = Vec::new();
        self.take("{");
        while !self.take("}") {
            if !members.is_empty() && !self.take(",") {
                return None;
            }
            self.rest = self.rest.trim_start();
            let name = self.text()?;
            if !self.take("=>") && !self.take(":") {
                return None;
            }
            members.push((name, self.value(depth + 1)?));
        }
        Some(Node::Object(members))
    }

    fn array(&mut self, depth: usize) -> Option<Node> {
        let mut items = Vec::new();
        self.take("[");
        while !self.take("]") {
            if !items.is_empty() && !self.take(",") {
                return None;
            }
            items.push(self.value(depth + 1)?);
        }
        Some(Node::Array(items))
    }

    fn word(&mut self) -> Option<Node> {
        let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
        let end = self.rest.find(|c| !is_word(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        let literal = match word {
            "True" | "true" => "true",
            "False" | "false" => "false",
            "None" | "nil" => "null",
            number if number.starts_with(|c: char| c.is_ascii_digit() || c == '-') => number,
            _ => return None,
        };
        Some(Node::Literal(literal.to_owned()))
    }

    /// A quoted text with the escapes that the two languages print.
    fn text(&mut self) -> Option<String> {
        let mut chars = self.rest.chars();
        let quote = chars.next().filter(|c| matches!(c, '\'' | '"'))?;
        let mut text = String::new();
        loop {
            match chars.next()? {
                c if c == quote => break,
                '\\' => text.push(match chars.next()? {
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    'e' => '\u{1b}',
                    'x' => hex(&mut chars, 2)?,
                    'u' => hex(&mut chars, 4)?,
                    'U' => hex(&mut chars, 8)?,
                    c => c,
                }),
                c => text.push(c),
            }
        }
        self.rest = chars.as_str();
        Some(text)
    }
}

fn hex(chars: &mut std::str::Chars<'_>, digits: usize) -> Option<char> {
    let text: String = chars.by_ref().take(digits).collect();
    char::from_u32(u32::from_str_radix(&text, 16).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::webhook::explain::json::{Escapes, Order, Spacing, Style};

    fn compact(text: &str) -> Option<String> {
        let style = Style { spacing: Spacing::Compact, escapes: Escapes::Raw, order: Order::AsIs };
        read(text).and_then(|node| node.write(style, 1000))
    }

    #[test]
    fn python_and_ruby_are_read_back_to_json() {
        let json = r#"{"a":[1e-07,true,null],"b'":"é\"x","c":{}}"#;
        let python = "{'a': [1e-07, True, None], \"b'\": 'é\"x', 'c': {}}";
        let ruby = r#"{"a"=>[1e-07, true, nil], "b'" => "é\"x", "c"=>{}}"#;
        assert_eq!(compact(python).as_deref(), Some(json));
        assert_eq!(compact(ruby).as_deref(), Some(json));
        for other in ["", "{", "{'a'}", "{'a': b}", "['a' 'b']", "{} {}"] {
            assert_eq!(compact(other), None, "{other}");
        }
    }

    #[test]
    fn bytes_are_read_from_their_repr() {
        assert_eq!(python_bytes(r"b'{\n\xc3\xa9\'}'").as_deref(), Some("{\né'}".as_bytes()));
        assert_eq!(python_bytes("'text'"), None);
        assert_eq!(python_bytes("b'cut"), None);
    }
}
