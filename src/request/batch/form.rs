//! JSON as the parameters of a form: nested names in brackets, every token of a value as it is written.

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::request::params::{Param, brackets_pair};

/// How deep parameters may be nested.
const MAX_DEPTH: usize = 16;

/// Why JSON cannot be the parameters of a form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// Something else than an object at the top.
    #[error("its data is not an object")]
    NotAnObject,
    /// A name that is empty, or whose brackets do not pair.
    #[error("{0:?} is not the name of a parameter")]
    Name(String),
    /// `null`, or an object or a list with nothing in it: a form has no sign for them.
    #[error("the parameter {0} has no value: leave it out, or write \"\" to unset it")]
    Nothing(String),
    /// A text with half of a surrogate pair in it.
    #[error("a name or a text in its data is not valid Unicode")]
    Unicode,
    /// Nested too deep.
    #[error("the parameter {0} is nested deeper than {MAX_DEPTH} levels")]
    TooDeep(String),
}

/// The parameters of a JSON object, in its order.
///
/// # Errors
/// When it is no object, or holds what a form cannot.
pub(super) fn form_params(data: &RawValue) -> Result<Vec<Param>, FormError> {
    if !data.get().starts_with('{') {
        return Err(FormError::NotAnObject);
    }
    let mut params = Vec::new();
    for (name, value) in members(data)? {
        if name.is_empty() || !brackets_pair(&name) {
            return Err(FormError::Name(name));
        }
        add(name, value, MAX_DEPTH, &mut params)?;
    }
    Ok(params)
}

fn add(name: String, value: &RawValue, depth: usize, params: &mut Vec<Param>) -> Result<(), FormError> {
    let text = value.get();
    let before = params.len();
    match text.as_bytes().first() {
        Some(b'{' | b'[') if depth == 0 => return Err(FormError::TooDeep(name)),
        Some(b'{') => {
            for (member, value) in members(value)? {
                if member.is_empty() || member.contains(['[', ']']) {
                    return Err(FormError::Name(format!("{name}[{member}]")));
                }
                add(format!("{name}[{member}]"), value, depth - 1, params)?;
            }
        }
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(text).map_err(|_| FormError::Unicode)?;
            for (at, item) in items.into_iter().enumerate() {
                add(format!("{name}[{at}]"), item, depth - 1, params)?;
            }
        }
        Some(b'"') => {
            let text: String = serde_json::from_str(text).map_err(|_| FormError::Unicode)?;
            params.push(Param { name, value: text.into_bytes() });
            return Ok(());
        }
        Some(b'n') => return Err(FormError::Nothing(name)),
        _ => {
            params.push(Param { name, value: text.as_bytes().to_vec() });
            return Ok(());
        }
    }
    if params.len() == before { Err(FormError::Nothing(name)) } else { Ok(()) }
}

/// The members of an object in their order, a repeated name as often as it stands there.
fn members(object: &RawValue) -> Result<Vec<(String, &RawValue)>, FormError> {
    struct Members<'a>(Vec<(String, &'a RawValue)>);
    struct Collect;
    impl<'de> Visitor<'de> for Collect {
        type Value = Members<'de>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
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
    impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            deserializer.deserialize_map(Collect)
        }
    }
    let members = serde_json::from_str::<Members<'_>>(object.get());
    members.map(|members| members.0).map_err(|_| FormError::Unicode)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn params(json: &str) -> Result<Vec<(String, String)>, FormError> {
        let raw: &RawValue = serde_json::from_str(json).expect("JSON");
        let text = |param: Param| (param.name, String::from_utf8(param.value).expect("text"));
        form_params(raw).map(|params| params.into_iter().map(text).collect())
    }

    #[test]
    fn values_are_written_as_they_stand_and_names_nest() {
        let found = params(r#"{"a": 1.50, "b[c]": "d", "e": {"f": [{"g": false}, "\u00e9"]}, "h": ""}"#);
        let expected = [("a", "1.50"), ("b[c]", "d"), ("e[f][0][g]", "false"), ("e[f][1]", "é"), ("h", "")];
        assert_eq!(found, Ok(expected.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()));
    }

    #[test]
    fn what_a_form_cannot_say_is_refused() {
        assert_eq!(params("[]"), Err(FormError::NotAnObject));
        assert_eq!(params(r#"{"a": null}"#), Err(FormError::Nothing("a".into())));
        assert_eq!(params(r#"{"a": {"b": []}}"#), Err(FormError::Nothing("a[b]".into())));
        assert_eq!(params(r#"{"a[": 1}"#), Err(FormError::Name("a[".into())));
        assert_eq!(params(r#"{"a": {"b]": 1}}"#), Err(FormError::Name("a[b]]".into())));
        assert_eq!(params(r#"{"a": "\ud800"}"#), Err(FormError::Unicode));
        let deep = format!("{{\"a\": {}1{}}}", "[".repeat(20), "]".repeat(20));
        assert!(matches!(params(&deep), Err(FormError::TooDeep(_))));
    }

    proptest! {
        #[test]
        fn any_flat_object_keeps_names_and_values(pairs in prop::collection::vec(("[a-z]{1,8}", ".{0,12}"), 1..6)) {
            let members: Vec<_> = pairs
                .iter()
                .map(|(name, value)| format!("{}:{}", serde_json::json!(name), serde_json::json!(value)))
                .collect();
            prop_assert_eq!(params(&format!("{{{}}}", members.join(","))), Ok(pairs));
        }
    }
}
