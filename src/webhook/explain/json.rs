//! JSON read without losing anything and written in other forms: number literals and the order of keys stay.

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// How deep a value may be nested before it is left alone.
const MAX_DEPTH: usize = 32;

/// A JSON value. Numbers, `true`, `false` and `null` are the text that they were.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::webhook) enum Node {
    Object(Vec<(String, Node)>),
    Array(Vec<Node>),
    Text(String),
    Literal(String),
}

/// White space between the tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::webhook) enum Spacing {
    /// A line for each member, indented by this text a level.
    Indented(&'static str),
    /// One line without a space.
    Compact,
    /// One line with a space after commas and colons, as python writes it.
    Spaced,
}

/// Which characters of a text are escaped beyond those that must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::webhook) enum Escapes {
    /// None: UTF-8 as it is.
    Raw,
    /// Everything beyond ASCII, as python and ruby do by choice.
    Ascii,
    /// Everything beyond ASCII, and slashes, as PHP does.
    Slashes,
    /// `<`, `>` and `&`, as Go does.
    Html,
    /// `<`, `>`, `&`, `=` and `'`, as Gson does.
    Gson,
}

/// The order of an object's keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::webhook) enum Order {
    /// As they are.
    AsIs,
    /// `id`, `object`, then alphabetical: the order in which Stripe writes.
    Stripe,
}

/// One way to write JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::webhook) struct Style {
    pub(in crate::webhook) spacing: Spacing,
    pub(in crate::webhook) escapes: Escapes,
    pub(in crate::webhook) order: Order,
}

impl Node {
    /// Reads a JSON text. Nothing where it is none, or is nested too deep.
    pub(in crate::webhook) fn read(text: &str) -> Option<Self> {
        let raw: &RawValue = serde_json::from_str(text).ok()?;
        Self::of_raw(raw, 0)
    }

    fn of_raw(raw: &RawValue, depth: usize) -> Option<Self> {
        if depth > MAX_DEPTH {
            return None;
        }
        let text = raw.get();
        match text.as_bytes().first()? {
            b'{' => {
                let members: Members<'_> = serde_json::from_str(text).ok()?;
                let nodes =
                    members.0.into_iter().map(|(name, raw)| Some((name, Self::of_raw(raw, depth + 1)?)));
                nodes.collect::<Option<_>>().map(Self::Object)
            }
            b'[' => {
                let items: Vec<&RawValue> = serde_json::from_str(text).ok()?;
                items
                    .into_iter()
                    .map(|raw| Self::of_raw(raw, depth + 1))
                    .collect::<Option<_>>()
                    .map(Self::Array)
            }
            b'"' => serde_json::from_str(text).ok().map(Self::Text),
            _ => Some(Self::Literal(text.to_owned())),
        }
    }

    /// A member of an object.
    pub(in crate::webhook) fn get(&self, name: &str) -> Option<&Self> {
        let Self::Object(members) = self else { return None };
        members.iter().find(|(known, _)| known == name).map(|(_, node)| node)
    }

    /// The text of a string.
    pub(in crate::webhook) fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// Writes the value in a style. Nothing where that would take more bytes than the limit.
    pub(in crate::webhook) fn write(&self, style: Style, limit: usize) -> Option<String> {
        let mut out = String::new();
        self.write_to(&mut out, style, 0, limit);
        (out.len() <= limit).then_some(out)
    }

    fn write_to(&self, out: &mut String, style: Style, depth: usize, limit: usize) {
        if out.len() > limit {
            return;
        }
        match self {
            Self::Literal(text) => out.push_str(text),
            Self::Text(text) => write_text(out, text, style.escapes),
            Self::Array(items) => {
                let write = |out: &mut String, item: &&Self| item.write_to(out, style, depth + 1, limit);
                write_all(out, ['[', ']'], items.iter(), (style.spacing, depth, limit), write);
            }
            Self::Object(members) => {
                let mut members: Vec<_> = members.iter().collect();
                if style.order == Order::Stripe {
                    members.sort_by_key(|(name, _)| (name != "id", name != "object", name));
                }
                let write = |out: &mut String, (name, node): &&(String, Self)| {
                    write_text(out, name, style.escapes);
                    out.push_str(if style.spacing == Spacing::Compact { ":" } else { ": " });
                    node.write_to(out, style, depth + 1, limit);
                };
                write_all(out, ['{', '}'], members.into_iter(), (style.spacing, depth, limit), write);
            }
        }
    }
}

/// The members of an object in their order, a name that stands twice included.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> serde::Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

fn write_all<T>(
    out: &mut String,
    [open, close]: [char; 2],
    items: impl ExactSizeIterator<Item = T>,
    (spacing, depth, limit): (Spacing, usize, usize),
    write: impl Fn(&mut String, &T),
) {
    let is_empty = items.len() == 0;
    let line = |out: &mut String, depth: usize| {
        if let (Spacing::Indented(indent), false) = (spacing, is_empty) {
            out.push('\n');
            (0..depth).for_each(|_| out.push_str(indent));
        }
    };
    out.push(open);
    for (index, item) in items.enumerate() {
        if out.len() > limit {
            return;
        }
        if index > 0 {
            out.push_str(if spacing == Spacing::Spaced { ", " } else { "," });
        }
        line(out, depth + 1);
        write(out, &item);
    }
    line(out, depth);
    out.push(close);
}

fn write_text(out: &mut String, text: &str, escapes: Escapes) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '/' if escapes == Escapes::Slashes => out.push_str("\\/"),
            c if c < ' ' || is_escaped(c, escapes) => {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    write!(out, "\\u{unit:04x}").expect("a string takes what is written to it");
                }
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

fn is_escaped(c: char, escapes: Escapes) -> bool {
    match escapes {
        Escapes::Raw => false,
        Escapes::Ascii | Escapes::Slashes => !c.is_ascii(),
        Escapes::Html => matches!(c, '<' | '>' | '&' | '\u{2028}' | '\u{2029}'),
        Escapes::Gson => matches!(c, '<' | '>' | '&' | '=' | '\'' | '\u{2028}' | '\u{2029}'),
    }
}

/// The names of an object's members in their order, without reading the rest.
pub(super) fn names(text: &str) -> Option<Vec<String>> {
    let members: Members<'_> = serde_json::from_str(text).ok()?;
    Some(members.0.into_iter().map(|(name, _)| name).collect())
}

/// The members that a hint needs, without reading the rest.
pub(super) fn top_level(text: &str) -> Option<BTreeMap<String, &RawValue>> {
    serde_json::from_str(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str, spacing: Spacing, escapes: Escapes, order: Order) -> String {
        Node::read(text).expect("JSON").write(Style { spacing, escapes, order }, 1000).expect("short")
    }

    #[test]
    fn numbers_order_and_double_names_survive() {
        let text = r#"{"b":25.0,"a":[1e-07,90071992547409931.10,-0],"b":null,"object":"x","e":{},"f":[]}"#;
        assert_eq!(written(text, Spacing::Compact, Escapes::Raw, Order::AsIs), text);
        let sorted = r#"{"object":"x","a":[1e-07,90071992547409931.10,-0],"b":25.0,"b":null,"e":{},"f":[]}"#;
        assert_eq!(written(text, Spacing::Compact, Escapes::Raw, Order::Stripe), sorted);
    }

    #[test]
    fn the_styles_are_those_of_the_libraries() {
        let text = r#"{"a":["\u00e9/<'","\ud83d\ude00\u0001"]}"#;
        let pretty = "{\n  \"a\": [\n    \"é/<'\",\n    \"😀\\u0001\"\n  ]\n}";
        assert_eq!(written(text, Spacing::Indented("  "), Escapes::Raw, Order::AsIs), pretty);
        let python = r#"{"a": ["\u00e9/<'", "\ud83d\ude00\u0001"]}"#;
        assert_eq!(written(text, Spacing::Spaced, Escapes::Ascii, Order::AsIs), python);
        let php = r#"{"a":["\u00e9\/<'","\ud83d\ude00\u0001"]}"#;
        assert_eq!(written(text, Spacing::Compact, Escapes::Slashes, Order::AsIs), php);
        let gson = "{\"a\":[\"é/\\u003c\\u0027\",\"😀\\u0001\"]}";
        assert_eq!(written(text, Spacing::Compact, Escapes::Gson, Order::AsIs), gson);
    }

    #[test]
    fn no_more_is_written_than_the_limit() {
        let node = Node::read(&format!("[{}]", vec!["[[1,1]]"; 10_000].join(","))).expect("JSON");
        let style = Style { spacing: Spacing::Indented("    "), escapes: Escapes::Raw, order: Order::AsIs };
        assert_eq!(node.write(style, 100_000), None);
        assert!(node.write(style, 10_000_000).is_some());
    }

    #[test]
    fn what_is_nested_too_deep_is_left_alone() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(Node::read(&nested(30)).is_some());
        assert!(Node::read(&nested(100_000)).is_none());
        assert!(Node::read("{\"a\": \"\\ud83d\"}").is_none());
    }
}
