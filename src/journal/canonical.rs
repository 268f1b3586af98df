//! Parameters in a form that does not depend on their order: what a fingerprint is taken over.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// JSON deeper than this is compared byte for byte, as a whole.
const MAX_DEPTH: usize = 64;

/// Names and values, sorted by name; equal names keep their order, which means something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Canonical(Vec<(String, Vec<u8>)>);

impl Canonical {
    pub(super) fn pairs(&self) -> &[(String, Vec<u8>)] {
        &self.0
    }

    /// The names whose values are not the same in both, each as `parameter NAME`.
    pub(super) fn differing_names(&self, other: &Self) -> Vec<String> {
        let (ours, theirs) = (self.by_name(), other.by_name());
        let names: std::collections::BTreeSet<_> = ours.keys().chain(theirs.keys()).collect();
        names
            .into_iter()
            .filter(|name| ours.get(*name) != theirs.get(*name))
            .map(|name| if name.is_empty() { "the body".into() } else { format!("parameter {name}") })
            .collect()
    }

    fn by_name(&self) -> BTreeMap<&str, Vec<&[u8]>> {
        let mut map: BTreeMap<&str, Vec<&[u8]>> = BTreeMap::new();
        for (name, value) in &self.0 {
            map.entry(name).or_default().push(value);
        }
        map
    }

    fn sorted(mut pairs: Vec<(String, Vec<u8>)>) -> Self {
        pairs.sort_by(|a, b| order_name(&a.0).cmp(order_name(&b.0)));
        Self(pairs)
    }
}

/// Behind an unnumbered `[]` the order of names tells which belong to one element, so such a group is
/// sorted as one.
fn order_name(name: &str) -> &str {
    name.find("[]").map_or(name, |at| &name[..at + 2])
}

/// Reads form-encoded parameters. Values are bytes: two files that are no text are two values.
pub(super) fn canonical_form(bytes: &[u8]) -> Canonical {
    let pairs = bytes.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()).map(|pair| {
        let end = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
        let value = pair.get(end + 1..).unwrap_or_default();
        (decoded_name(&pair[..end]), decoded(value))
    });
    Canonical::sorted(pairs.collect())
}

fn decoded(encoded: &[u8]) -> Vec<u8> {
    let spaced: Vec<u8> = encoded.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    percent_encoding::percent_decode(&spaced).collect()
}

/// A name that is no text stays as it was encoded, so that it is no other name.
fn decoded_name(encoded: &[u8]) -> String {
    String::from_utf8(decoded(encoded)).unwrap_or_else(|_| String::from_utf8_lossy(encoded).into_owned())
}

/// Reads a JSON body. Numbers keep their literal text: 1 and 1.0 are different requests.
/// What cannot be read is one nameless value.
pub(super) fn canonical_json(bytes: &[u8]) -> Canonical {
    let Ok(Members(members)) = serde_json::from_slice(bytes) else {
        return Canonical(vec![(String::new(), bytes.to_vec())]);
    };
    let mut pairs = Vec::with_capacity(members.len());
    for (name, value) in members {
        let mut text = Vec::new();
        if write_value(value, MAX_DEPTH, &mut text).is_err() {
            return Canonical(vec![(String::new(), bytes.to_vec())]);
        }
        pairs.push((name, text));
    }
    pairs.sort_by(|a, b| a.0.cmp(&b.0));
    Canonical(pairs)
}

fn write_value(raw: &RawValue, depth: usize, out: &mut Vec<u8>) -> Result<(), serde_json::Error> {
    let text = raw.get();
    if depth == 0 {
        out.extend_from_slice(text.as_bytes());
        return Ok(());
    }
    match text.as_bytes().first() {
        Some(b'{') => {
            let Members(mut members) = serde_json::from_str(text)?;
            members.sort_by(|a, b| a.0.cmp(&b.0));
            out.push(b'{');
            for (name, value) in members {
                serde_json::to_writer(&mut *out, &name)?;
                out.push(b':');
                write_value(value, depth - 1, out)?;
                out.push(b',');
            }
            out.push(b'}');
        }
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(text)?;
            out.push(b'[');
            for item in items {
                write_value(item, depth - 1, out)?;
                out.push(b',');
            }
            out.push(b']');
        }
        Some(b'"') => {
            let string: String = serde_json::from_str(text)?;
            serde_json::to_writer(&mut *out, &string)?;
        }
        _ => out.extend_from_slice(text.as_bytes()),
    }
    Ok(())
}

/// The members of a JSON object in their order, a repeated name kept as often as it stands there.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Collect)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_form_parameters_does_not_count_but_that_of_equal_names_does() {
        assert_eq!(canonical_form(b"b=2&a=1"), canonical_form(b"a=1&b=2"));
        assert_ne!(canonical_form(b"a[]=1&a[]=2"), canonical_form(b"a[]=2&a[]=1"));
        assert_eq!(canonical_form(b"a%5Bb%5D=x+y"), canonical_form(b"a[b]=x%20y"));
        assert_ne!(canonical_form(b"a=1"), canonical_form(b"a=1&a=1"));
    }

    #[test]
    fn bytes_that_are_not_text_count_as_every_other_value() {
        assert_ne!(canonical_form(b"a=%FF"), canonical_form(b"a=%FE"));
        assert_ne!(canonical_form(b"%FF=1"), canonical_form(b"%FE=1"));
        assert_ne!(canonical_form(b"a=%FF"), canonical_form(b"a=%EF%BF%BD"));
    }

    #[test]
    fn elements_of_an_unnumbered_array_are_told_apart_by_order() {
        let pairwise = canonical_form(b"i[][p]=1&i[][q]=2&i[][p]=3&i[][q]=4");
        let grouped = canonical_form(b"i[][p]=1&i[][p]=3&i[][q]=2&i[][q]=4");
        assert_ne!(pairwise, grouped);
    }

    #[test]
    fn json_is_compared_by_meaning_and_numbers_by_their_text() {
        let one = canonical_json(br#"{"a": 1, "b": {"x": [1, 2], "y": "\u0041"}}"#);
        assert_eq!(one, canonical_json(br#"{"b":{"y":"A","x":[1,2]},"a":1}"#));
        assert_ne!(one, canonical_json(br#"{"b":{"y":"A","x":[2,1]},"a":1}"#));
        assert_ne!(canonical_json(br#"{"a":1}"#), canonical_json(br#"{"a":1.0}"#));
        assert_ne!(
            canonical_json(br#"{"a":90071992547409931}"#),
            canonical_json(br#"{"a":90071992547409932}"#)
        );
        assert_ne!(canonical_json(br#"{"a":1,"a":2}"#), canonical_json(br#"{"a":2}"#));
    }

    #[test]
    fn differing_names_are_listed_without_values() {
        let first = canonical_form(b"amount=2000&currency=usd");
        let now = canonical_form(b"amount=3000&currency=usd&confirm=true");
        assert_eq!(first.differing_names(&now), ["parameter amount", "parameter confirm"]);
    }
}
