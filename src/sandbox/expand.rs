//! `expand[]`: ids in an answer that are to be replaced by what they name.

use serde_json::Value;

use super::api_error::ApiError;
use super::params::Param;
use super::resources::Resource;
use super::store::Store;

/// How deep an expansion may go.
const MAX_DEPTH: usize = 4;

/// One `expand[]`: the fields on the way, `data` of a list left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Path {
    fields: Vec<String>,
    in_list: bool,
}

/// Reads and checks all of them, before any work is done.
pub(super) fn read(
    param: Option<Param>,
    resource: &'static Resource,
    is_list: bool,
) -> Result<Vec<Path>, ApiError> {
    let Some(param) = param else { return Ok(Vec::new()) };
    let malformed = || ApiError::invalid("expand has to be a list, as in expand[]=customer.").param("expand");
    let items = param.items().ok_or_else(malformed)?;
    items.iter().map(|item| check(item.text().ok_or_else(malformed)?, resource, is_list)).collect()
}

fn check(text: &str, resource: &'static Resource, is_list: bool) -> Result<Path, ApiError> {
    let refuse = |why: &str| Err(ApiError::invalid(format!("expand: {text} {why}.")).param("expand"));
    let mut fields: Vec<&str> = text.split('.').collect();
    if fields.len() > MAX_DEPTH {
        return refuse("goes too deep");
    }
    if is_list {
        if fields.first() != Some(&"data") {
            return refuse("has to start with data., since this is a list");
        }
        fields.remove(0);
    }
    let mut at = resource;
    for name in &fields {
        match at.expandable.iter().find(|(known, _)| known == name) {
            Some((_, next)) => at = next,
            None => return refuse("is nothing that the sandbox can expand here"),
        }
    }
    Ok(Path { fields: fields.into_iter().map(str::to_owned).collect(), in_list: is_list })
}

/// Replaces the ids in an answer.
pub(super) fn apply(
    store: &Store<'_>,
    resource: &'static Resource,
    paths: &[Path],
    body: &mut Value,
) -> Result<(), ApiError> {
    for path in paths {
        match body.get_mut("data").and_then(Value::as_array_mut) {
            Some(items) if path.in_list => {
                for item in items {
                    replace(store, resource, &path.fields, item)?;
                }
            }
            _ => replace(store, resource, &path.fields, body)?,
        }
    }
    Ok(())
}

fn replace(
    store: &Store<'_>,
    resource: &'static Resource,
    fields: &[String],
    object: &mut Value,
) -> Result<(), ApiError> {
    let Some((name, rest)) = fields.split_first() else { return Ok(()) };
    let next = resource.expandable.iter().find(|(known, _)| known == name);
    let (Some((_, next)), Some(value)) = (next, object.get_mut(name)) else { return Ok(()) };
    if let Some(found) = value.as_str().map(|id| store.find(next.object, id)).transpose()?.flatten() {
        *value = found;
    }
    replace(store, next, rest, value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::resources::payment_intents::PAYMENT_INTENTS;

    fn read_one(text: &str, is_list: bool) -> Result<Vec<Path>, ApiError> {
        read(Some(Param::Items(vec![Param::Text(text.to_owned())])), &PAYMENT_INTENTS, is_list)
    }

    #[test]
    fn only_known_fields_expand() {
        assert!(read_one("customer", false).is_ok());
        assert!(read_one("data.customer", true).is_ok());
        for text in ["amount", "customer.customer", "a.b.c.d.e", "data.customer", ""] {
            assert!(read_one(text, false).is_err(), "{text}");
        }
        assert!(read_one("customer", true).is_err());
        assert!(read(Some(Param::Text("customer".into())), &PAYMENT_INTENTS, false).is_err());
    }
}
