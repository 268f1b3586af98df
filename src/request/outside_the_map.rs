//! What a request asks for that the map of the API does not have: slips of the keyboard, found before they are sent.
//!
//! The map is of one version of the API. Other versions and previews have other names, so a finding is a hint, and a
//! refusal only where somebody asked for that.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::Value;

use crate::api_map::{UnknownParameter, nearest_path, operation, operations_at};
use crate::credential::redact;
use crate::journal::{Family, Method};

use super::path::RequestPath;

/// How much of a name is repeated, in characters.
const SHOWN: usize = 80;

/// Something that the map does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutsideTheMap {
    /// No operation has this path.
    Path {
        /// The path.
        path: String,
        /// The path that was probably meant.
        nearest: Option<String>,
    },
    /// The path has other methods.
    Method {
        /// The method.
        method: Method,
        /// The path, as the map writes it.
        path: &'static str,
        /// The methods that it has.
        has: Vec<&'static str>,
    },
    /// The operation has no such parameter.
    Parameter {
        /// The method.
        method: Method,
        /// The path, as the map writes it.
        path: &'static str,
        /// The name.
        unknown: UnknownParameter,
    },
}

impl OutsideTheMap {
    /// Whether there is reason to think of a slip: a path that is like no other may be one of a preview.
    #[must_use]
    pub const fn is_likely_a_slip(&self) -> bool {
        !matches!(self, Self::Path { nearest: None, .. })
    }
}

impl fmt::Display for OutsideTheMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path { path, nearest } => {
                write!(f, "the API has no path {}", shown(path))?;
                nearest.as_ref().map_or(Ok(()), |nearest| write!(f, ": did you mean {}?", shown(nearest)))
            }
            Self::Method { method, path, has } => {
                write!(f, "the API has no {method} {path}: it has {}", has.join(" and "))
            }
            Self::Parameter { method, path, unknown: UnknownParameter { name, nearest } } => {
                write!(f, "the API has no parameter `{}` for {method} {path}", shown(name))?;
                nearest.as_ref().map_or(Ok(()), |nearest| write!(f, ": did you mean `{}`?", shown(nearest)))
            }
        }
    }
}

/// A text that was typed, without credentials and not longer than a line bears.
fn shown(text: &str) -> String {
    redact(text).chars().take(SHOWN).collect()
}

/// Holds a request against the map: its path, its method, and the names of its parameters, in query and body.
#[must_use]
pub fn outside_the_map(method: Method, path: &RequestPath, body: &[u8]) -> Vec<OutsideTheMap> {
    let Some(operation) = operation(method.as_str(), path.path()) else {
        return vec![unknown_operation(method, path.path())];
    };
    let mut names = Names::default();
    names.add_form(path.query().as_bytes());
    match path.family() {
        Family::V1 => names.add_form(body),
        Family::V2 => names.add_json(body),
    }
    let unknown = names.in_order.iter().filter_map(|name| operation.parameter(name).err());
    let mut seen = BTreeSet::new();
    let once = unknown.filter(|unknown| seen.insert(unknown.name.clone()));
    once.map(|unknown| OutsideTheMap::Parameter { method, path: operation.path, unknown }).collect()
}

fn unknown_operation(method: Method, path: &str) -> OutsideTheMap {
    let known = operations_at(path);
    match known.first() {
        Some(first) => OutsideTheMap::Method {
            method,
            path: first.path,
            has: known.iter().map(|operation| operation.method).collect(),
        },
        None => OutsideTheMap::Path { path: path.to_owned(), nearest: nearest_path(path) },
    }
}

/// The names of parameters, as a form writes them, in their order.
#[derive(Default)]
struct Names {
    in_order: Vec<String>,
}

impl Names {
    fn add_form(&mut self, form: &[u8]) {
        self.in_order.extend(form_urlencoded::parse(form).map(|(name, _)| name.into_owned()));
    }

    /// A body that is no object of JSON has no names.
    fn add_json(&mut self, body: &[u8]) {
        if let Ok(Value::Object(members)) = serde_json::from_slice(body) {
            for (name, value) in &members {
                self.add_value(name, value);
            }
        }
    }

    fn add_value(&mut self, name: &str, value: &Value) {
        match value {
            Value::Object(members) if !members.is_empty() => {
                for (inner, value) in members {
                    self.add_value(&format!("{name}[{inner}]"), value);
                }
            }
            Value::Array(items) if !items.is_empty() => {
                for value in items {
                    self.add_value(&format!("{name}[0]"), value);
                }
            }
            _ => self.in_order.push(name.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(method: Method, path: &str, body: &str) -> Vec<String> {
        let path = RequestPath::parse(path).expect("a path");
        outside_the_map(method, &path, body.as_bytes()).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_request_that_the_api_knows_is_not_remarked_on() {
        for (method, path, body) in [
            (
                Method::Post,
                "payment_intents",
                "amount=1&currency=usd&metadata%5Bx%5D=1&expand%5B%5D=customer",
            ),
            (Method::Get, "charges?limit=3&created[gte]=5", ""),
            (Method::Delete, "cus_1", ""),
            (Method::Get, "pi_1?expand[]=customer", ""),
            (
                Method::Post,
                "/v2/core/event_destinations",
                r#"{"name":"x","webhook_endpoint":{"url":"u"},"metadata":{"a":"b"}}"#,
            ),
        ] {
            assert_eq!(told(method, path, body), Vec::<String>::new(), "{path}");
        }
    }

    #[test]
    fn each_unknown_name_is_told_once_in_the_order_of_the_request() {
        assert_eq!(
            told(Method::Post, "payment_intents", "zzz[a]=1&ammount=1&zzz[b]=2&currency=usd"),
            [
                "the API has no parameter `zzz` for POST /v1/payment_intents",
                "the API has no parameter `ammount` for POST /v1/payment_intents: did you mean `amount`?",
            ]
        );
        let body = r#"{"nmae":"x","webhook_endpoint":{"uri":"u"}}"#;
        assert_eq!(
            told(Method::Post, "/v2/core/event_destinations", body),
            [
                "the API has no parameter `nmae` for POST /v2/core/event_destinations: did you mean `name`?",
                "the API has no parameter `webhook_endpoint[uri]` for POST /v2/core/event_destinations: did you mean `webhook_endpoint[url]`?",
            ]
        );
    }

    #[test]
    fn paths_and_methods_are_held_against_the_map_too() {
        assert_eq!(
            told(Method::Post, "payment_intent", "ammount=1"),
            ["the API has no path /v1/payment_intent: did you mean /v1/payment_intents?"]
        );
        assert_eq!(
            told(Method::Delete, "refunds", ""),
            ["the API has no DELETE /v1/refunds: it has GET and POST"]
        );
        let path = RequestPath::parse("/v2/preview/things").expect("a path");
        let found = outside_the_map(Method::Get, &path, b"");
        assert!(!found[0].is_likely_a_slip(), "{found:?}");
    }

    #[test]
    fn a_name_that_is_a_credential_is_cut_down() {
        let key = format!("{}_{}_{}", "sk", "test", "51Hc0123456789abcdefghijKLMN");
        let told = told(Method::Post, "payment_intents", &format!("{key}=1"));
        assert!(told.len() == 1 && !told[0].contains(&key[8..24]), "{told:?}");
    }
}
