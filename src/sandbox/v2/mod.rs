//! The v2 family of the API: JSON in and out, and one table of operations for each kind of object.

mod api_keys;
mod event_destinations;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::api_error::ApiError;
use super::ids::Ids;
use super::params::Param;
use super::resources::{Answer, Method};
use super::store::Store;

/// Every operation. A new kind of object is a file with its table, and its name here.
static TABLES: &[&[Operation]] = &[api_keys::OPERATIONS, event_destinations::OPERATIONS];

/// One thing that can be done.
pub(super) struct Operation {
    /// How it is asked for.
    pub(super) method: Method,
    /// Where; `{id}` stands for the id of an object.
    path: &'static str,
    /// The kind of object, as permissions name it.
    pub(super) object: &'static str,
    /// Does it.
    pub(super) run: fn(&Call<'_>) -> Result<Answer, ApiError>,
}

/// An operation that is being done.
pub(super) struct Call<'a> {
    /// The account's objects, inside this request's transaction.
    pub(super) store: Store<'a>,
    /// Where new ids come from.
    pub(super) ids: &'a Ids,
    /// When, in Unix seconds.
    pub(super) now: i64,
    /// The id in the path, or nothing.
    pub(super) id: &'a str,
    /// The parameters of the query.
    pub(super) query: &'a BTreeMap<String, Param>,
    /// The body's fields.
    pub(super) body: &'a Map<String, Value>,
}

/// What a request asks for.
pub(super) struct V2Route {
    /// What is done.
    pub(super) operation: &'static Operation,
    /// The id in the path, or nothing.
    pub(super) id: String,
}

/// Finds what a method and a path ask for: 404 where nothing is, 405 where something else is.
pub(super) fn route(method: &str, path: &str) -> Result<V2Route, ApiError> {
    let all = || TABLES.iter().flat_map(|table| table.iter());
    let fitting = |operation: &'static Operation| Some((operation, id_in(operation.path, path)?));
    let found = all().filter_map(fitting).find(|(operation, _)| operation.method.as_str() == method);
    if let Some((operation, id)) = found {
        return Ok(V2Route { operation, id: id.to_owned() });
    }
    let known: Vec<_> = all().filter_map(fitting).map(|(operation, _)| operation.method.as_str()).collect();
    if known.is_empty() {
        let message =
            format!("Unrecognized request URL ({method}: {path}). It is not offered by the sandbox.");
        return Err(ApiError::refused(404, message).code("not_found"));
    }
    let known = known.join(", ");
    let message = format!("Unrecognized request URL ({method}: {path}). This path supports {known}.");
    Err(ApiError::method(message, known))
}

/// The id where the pattern has `{id}`, or nothing where it has none; `None` where the path does not fit.
fn id_in<'a>(pattern: &str, path: &'a str) -> Option<&'a str> {
    let Some((before, after)) = pattern.split_once("{id}") else { return (pattern == path).then_some("") };
    let id = path.strip_prefix(before)?.strip_suffix(after)?;
    (!id.is_empty() && !id.contains('/')).then_some(id)
}

/// The fields of a body: one JSON object, or nothing at all.
pub(super) fn fields(body: &str) -> Result<Map<String, Value>, ApiError> {
    if body.trim().is_empty() {
        return Ok(Map::new());
    }
    match serde_json::from_str(body) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Err(ApiError::invalid("The body has to be one JSON object.").code("invalid_json")),
        Err(error) => {
            let message = format!("This API takes JSON bodies, and this is none: {error}.");
            Err(ApiError::invalid(message).code("invalid_json"))
        }
    }
}

impl Call<'_> {
    /// A field's text.
    fn text(&self, name: &str) -> Result<Option<&str>, ApiError> {
        match self.body.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(ApiError::invalid(format!("Invalid string: {name} is not one.")).param(name)),
        }
    }

    /// A field's text, which has to be there.
    fn needed(&self, name: &str) -> Result<&str, ApiError> {
        self.text(name)?.ok_or_else(|| ApiError::missing_param(name))
    }

    /// Refuses fields that the operation does not know.
    fn only(&self, known: &[&str]) -> Result<(), ApiError> {
        match self.body.keys().find(|name| !known.contains(&name.as_str())) {
            None => Ok(()),
            Some(name) => {
                let message = format!("Received unknown parameter: {name}");
                Err(ApiError::invalid(message).code("parameter_unknown").param(name.as_str()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_find_ids() {
        assert_eq!(id_in("/v2/a", "/v2/a"), Some(""));
        assert_eq!(id_in("/v2/a/{id}", "/v2/a/x_1"), Some("x_1"));
        assert_eq!(id_in("/v2/a/{id}/rotate", "/v2/a/x_1/rotate"), Some("x_1"));
        for path in ["/v2/a", "/v2/a/", "/v2/a/x/y", "/v2/a/x/"] {
            assert_eq!(id_in("/v2/a/{id}", path), None, "{path}");
        }
    }

    #[test]
    fn bodies_are_json_objects() {
        assert!(fields("").is_ok_and(|fields| fields.is_empty()));
        assert!(fields(r#"{"a": 1}"#).is_ok());
        for body in ["a=1", "[]", "1", "{", "{} {}", "\u{feff}{}"] {
            assert_eq!(fields(body).map_err(|error| error.status()), Err(400), "{body}");
        }
    }
}
