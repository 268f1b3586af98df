//! `expand[]`: ids in an answer that are to be replaced by what they name.

use serde_json::Value;

use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::params::form::Param;
use crate::sandbox::resources::{Link, Resource};
use crate::sandbox::state::store::Store;

/// How deep an expansion may go, `data` of a list included.
const MAX_DEPTH: usize = 4;

/// One `expand[]`: each step is a row of a table of expandable fields.
#[derive(Clone)]
pub(in crate::sandbox) struct Path {
    steps: Vec<(&'static str, Link)>,
    in_list: bool,
}

/// Reads and checks all of them, before any work is done.
pub(in crate::sandbox) fn read(
    param: Option<Param>,
    resource: &'static Resource,
    is_list: bool,
) -> Result<Vec<Path>, ApiError> {
    let Some(param) = param else { return Ok(Vec::new()) };
    let malformed = || ApiError::invalid("Invalid array").param("expand");
    let items = param.items().ok_or_else(malformed)?;
    items.iter().map(|item| check(item.text().ok_or_else(malformed)?, resource, is_list)).collect()
}

fn check(text: &str, resource: &'static Resource, is_list: bool) -> Result<Path, ApiError> {
    let refuse = |why: &str| {
        let message = format!("This property cannot be expanded ({text}).{why}");
        Err(ApiError::invalid(message).param("expand"))
    };
    if text.split('.').count() > MAX_DEPTH {
        return refuse(" You cannot expand more than 4 levels.");
    }
    let mut rest = text;
    if is_list {
        match text.strip_prefix("data.") {
            Some(inner) => rest = inner,
            None => return refuse(&format!(" You may want to try expanding 'data.{text}' instead.")),
        }
    }
    let mut steps = Vec::new();
    let start = Link::One(resource);
    let mut at: &[&'static Resource] = start.kinds();
    while !rest.is_empty() {
        let rows = at.iter().flat_map(|resource| resource.expandable);
        let step = rows.filter_map(|(name, link)| Some((*name, link, after(rest, name)?)));
        let Some((name, link, remaining)) = step.max_by_key(|(name, ..)| name.len()) else {
            return refuse("");
        };
        steps.push((name, *link));
        at = link.kinds();
        rest = match link {
            Link::Made(..) => remaining.strip_prefix("data.").unwrap_or(remaining),
            Link::One(_) | Link::Any(_) => remaining,
        };
    }
    if steps.is_empty() { refuse("") } else { Ok(Path { steps, in_list: is_list }) }
}

/// What follows a name in a path, if the path starts with it.
fn after<'a>(path: &'a str, name: &str) -> Option<&'a str> {
    let rest = path.strip_prefix(name)?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix('.').filter(|rest| !rest.is_empty()) }
}

impl Link {
    /// What kinds of objects it leads to.
    const fn kinds(&self) -> &[&'static Resource] {
        match self {
            Self::One(resource) | Self::Made(_, resource) => std::slice::from_ref(resource),
            Self::Any(resources) => resources,
        }
    }
}

/// Replaces the ids in an answer.
pub(in crate::sandbox) fn apply(store: &Store<'_>, paths: &[Path], body: &mut Value) -> Result<(), ApiError> {
    for path in paths {
        match body.get_mut("data").and_then(Value::as_array_mut) {
            Some(items) if path.in_list => {
                for item in items {
                    follow(store, &path.steps, item)?;
                }
            }
            _ => follow(store, &path.steps, body)?,
        }
    }
    Ok(())
}

fn follow(store: &Store<'_>, steps: &[(&'static str, Link)], object: &mut Value) -> Result<(), ApiError> {
    let Some(((name, link), rest)) = steps.split_first() else { return Ok(()) };
    if let (Link::Made(make, _), Some(_)) = (link, object.get("id")) {
        let made = make(store, object)?;
        object[*name] = made;
    }
    each(object, name, &mut |value| {
        if let Some(id) = value.as_str().map(str::to_owned) {
            for resource in link.kinds() {
                if let Some(found) = store.find(resource.object, &id)? {
                    *value = found;
                    break;
                }
            }
        }
        match value.get_mut("data") {
            Some(Value::Array(items)) => items.iter_mut().try_for_each(|item| follow(store, rest, item)),
            _ => follow(store, rest, value),
        }
    })
}

/// Every place that a dotted name leads to: `items.data.price` is a place in each of a list.
fn each(
    value: &mut Value,
    name: &str,
    act: &mut dyn FnMut(&mut Value) -> Result<(), ApiError>,
) -> Result<(), ApiError> {
    if let Value::Array(items) = value {
        return items.iter_mut().try_for_each(|item| each(item, name, act));
    }
    let (first, rest) = name.split_once('.').unwrap_or((name, ""));
    match value.get_mut(first) {
        Some(Value::Array(items)) if rest.is_empty() => items.iter_mut().try_for_each(act),
        Some(next) if rest.is_empty() => act(next),
        Some(next) => each(next, rest, act),
        None => Ok(()),
    }
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
        for text in ["customer", "latest_charge.balance_transaction", "payment_method.customer"] {
            assert!(read_one(text, false).is_ok(), "{text}");
        }
        assert!(read_one("data.customer", true).is_ok());
        for text in
            ["amount", "customer.customer", "a.b.c.d.e", "data.customer", "", "customer.", ".customer"]
        {
            assert!(read_one(text, false).is_err(), "{text}");
        }
        for text in ["customer", "data", "data."] {
            assert!(read_one(text, true).is_err(), "{text}");
        }
        assert!(read(Some(Param::Text("customer".into())), &PAYMENT_INTENTS, false).is_err());
    }
}
