//! An operation of v2 that is being done: what it works on, and the fields of its body.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::params::form::Param;
use crate::sandbox::state::ids::Ids;
use crate::sandbox::state::store::Store;

/// An operation that is being done.
pub(in crate::sandbox) struct Call<'a> {
    /// The account's objects, inside this request's transaction.
    pub(in crate::sandbox) store: Store<'a>,
    /// Where new ids come from.
    pub(in crate::sandbox) ids: &'a Ids,
    /// When, in Unix seconds.
    pub(in crate::sandbox) now: i64,
    /// The id in the path, or nothing.
    pub(in crate::sandbox) id: &'a str,
    /// The parameters of the query.
    pub(in crate::sandbox) query: &'a BTreeMap<String, Param>,
    /// The body's fields.
    pub(in crate::sandbox) body: &'a Map<String, Value>,
}

/// The fields of a body: one JSON object, or nothing at all.
pub(in crate::sandbox) fn fields(body: &str) -> Result<Map<String, Value>, ApiError> {
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
    pub(super) fn text(&self, name: &str) -> Result<Option<&str>, ApiError> {
        match self.body.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(ApiError::invalid(format!("Invalid string: {name} is not one.")).param(name)),
        }
    }

    /// A field's text, which has to be there.
    pub(super) fn needed(&self, name: &str) -> Result<&str, ApiError> {
        self.text(name)?.ok_or_else(|| ApiError::missing_param(name))
    }

    /// Refuses fields that the operation does not know.
    pub(super) fn only(&self, known: &[&str]) -> Result<(), ApiError> {
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
    fn bodies_are_json_objects() {
        assert!(fields("").is_ok_and(|fields| fields.is_empty()));
        assert!(fields(r#"{"a": 1}"#).is_ok());
        for body in ["a=1", "[]", "1", "{", "{} {}", "\u{feff}{}"] {
            assert_eq!(fields(body).map_err(|error| error.status()), Err(400), "{body}");
        }
    }
}
