//! Lists: pages, cursors and filters, the same for every resource.

use rusqlite::types::Value as Sql;
use serde_json::{Value, json};

use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::params::schema::{BOUNDS, Field, Kind, field};
use crate::sandbox::resources::{Answer, Call, Resource};
use crate::sandbox::state::store::{Query, Store};

const DEFAULT_LIMIT: i64 = 10;

/// More than any object has of what belongs to it.
const MOST: i64 = 1000;

/// The parameters that every list takes. What a list takes besides is a filter on the field of that name.
pub(in crate::sandbox) const FIELDS: &[Field] = &[
    field("limit", Kind::Integer(1, 100)),
    field("starting_after", Kind::Text(255)),
    field("ending_before", Kind::Text(255)),
    field("created", Kind::Window),
];

/// The same for lists that cannot be asked for a time.
pub(in crate::sandbox) const CURSORS: &[Field] = &[
    field("limit", Kind::Integer(1, 100)),
    field("starting_after", Kind::Text(255)),
    field("ending_before", Kind::Text(255)),
];

/// Answers with one page of the resource, newest first.
pub(in crate::sandbox) fn list(call: &Call<'_>) -> Result<Answer, ApiError> {
    page(call, call.resource, &format!("/v1/{}", call.resource.path), filters(call, call.resource, &[]))
}

/// Answers with one page of any resource.
pub(in crate::sandbox) fn page(
    call: &Call<'_>,
    of: &'static Resource,
    url: &str,
    conditions: Vec<(String, Sql)>,
) -> Result<Answer, ApiError> {
    let (after, before) = (call.text("starting_after"), call.text("ending_before"));
    let limit = call.values.get("limit").and_then(Value::as_i64).unwrap_or(DEFAULT_LIMIT);
    // One more than was asked for tells whether there is more.
    let mut query = Query { conditions, ascending: before.is_some(), limit: limit + 1, ..Query::default() };
    match (after, before) {
        (Some(_), Some(_)) => {
            let message =
                "Received both starting_after and ending_before parameters. Please pass in only one.";
            return Err(ApiError::invalid(message).code("parameters_exclusive").param("ending_before"));
        }
        (Some(id), None) => query.conditions.push(("seq < ?".into(), place(call, of, id, "starting_after")?)),
        (None, Some(id)) => query.conditions.push(("seq > ?".into(), place(call, of, id, "ending_before")?)),
        (None, None) => {}
    }
    let ascending = query.ascending;
    let mut data = call.store.list(of.object, query)?;
    let has_more = i64::try_from(data.len()).is_ok_and(|found| found > limit);
    if has_more {
        data.pop();
    }
    if ascending {
        data.reverse();
    }
    Ok(Answer::ok(json!({"object": "list", "data": data, "has_more": has_more, "url": url})))
}

/// A list that is there as a whole.
pub(in crate::sandbox) fn whole(data: &[Value], url: &str) -> Value {
    json!({"object": "list", "data": data, "has_more": false, "url": url})
}

/// All objects of a kind with this in this field, newest first.
pub(in crate::sandbox) fn all_with(
    store: &Store<'_>,
    of: &'static Resource,
    field: &str,
    value: &str,
) -> Result<Vec<Value>, ApiError> {
    let conditions = vec![equals(of, field, &json!(value))];
    store.list(of.object, Query { conditions, limit: MOST, ..Query::default() })
}

fn place(call: &Call<'_>, of: &'static Resource, id: &str, param: &str) -> Result<Sql, ApiError> {
    let place = call.store.place(of.object, id)?;
    place.map(Sql::Integer).ok_or_else(|| ApiError::missing_object(400, of.object, id, param))
}

/// Whether a parameter says which page, and not what is on it.
pub(in crate::sandbox) fn is_cursor(name: &str) -> bool {
    CURSORS.iter().any(|field| field.name == name)
}

/// What the parameters ask for that are no cursors, and not among these, which the operation sees to itself.
pub(in crate::sandbox) fn filters(call: &Call<'_>, of: &Resource, besides: &[&str]) -> Vec<(String, Sql)> {
    let fields = call.operation.fields.iter().flat_map(|table| table.iter());
    let mut conditions = Vec::new();
    for field in fields.filter(|field| !is_cursor(field.name) && !besides.contains(&field.name)) {
        if let Some(value) = call.values.get(field.name).filter(|value| !value.is_null()) {
            filter(of, field.at.unwrap_or(field.name), value, &mut conditions);
        }
    }
    conditions
}

fn filter(of: &Resource, at: &str, value: &Value, conditions: &mut Vec<(String, Sql)>) {
    match value {
        Value::Object(bounds) if bounds.keys().all(|name| BOUNDS.iter().any(|(bound, _)| bound == name)) => {
            for (bound, comparison) in BOUNDS {
                if let Some(at_bound) = bounds.get(*bound).and_then(Value::as_i64) {
                    conditions.push((format!("{} {comparison} ?", column(of, at)), Sql::Integer(at_bound)));
                }
            }
        }
        Value::Object(fields) => {
            for (name, value) in fields.iter().filter(|(_, value)| !value.is_null()) {
                filter(of, &format!("{at}.{name}"), value, conditions);
            }
        }
        Value::Array(_) => {
            let condition = format!("{} IN (SELECT value FROM json_each(?))", column(of, at));
            conditions.push((condition, Sql::Text(value.to_string())));
        }
        plain => conditions.push(equals(of, at, plain)),
    }
}

/// The condition that a field holds this very value. Fields are named by the tables and by this room's
/// code, never by a request.
pub(in crate::sandbox) fn equals(of: &Resource, at: &str, value: &Value) -> (String, Sql) {
    let sql = match value {
        Value::Bool(flag) => Sql::Integer(i64::from(*flag)),
        Value::Number(number) => number.as_i64().map_or(Sql::Null, Sql::Integer),
        Value::String(text) => Sql::Text(text.clone()),
        _ => Sql::Null,
    };
    (format!("{} = ?", column(of, at)), sql)
}

/// Where the objects of a kind have a field, in SQL. A name that their shape does not have is a mistake in
/// this room's code, and would find nothing: tests stop at it.
pub(in crate::sandbox) fn column(of: &Resource, at: &str) -> String {
    debug_assert!(of.has_field(at), "a {} has no field {at} to filter by", of.object);
    if at == "created" { at.to_owned() } else { format!("json_extract(body, '$.{at}')") }
}

/// One page of items that are kept in an object, in their order.
pub(in crate::sandbox) fn slice(call: &Call<'_>, items: &Value, url: &str) -> Result<Answer, ApiError> {
    let items = items.as_array().map(Vec::as_slice).unwrap_or_default();
    let limit = call.values.get("limit").and_then(Value::as_u64).unwrap_or(10);
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let find = |param: &str| {
        let Some(id) = call.text(param) else { return Ok(None) };
        let place = items.iter().position(|item| item["id"] == id);
        place.map(Some).ok_or_else(|| ApiError::missing_object(400, "line item", id, param))
    };
    let (start, end) = match (find("starting_after")?, find("ending_before")?) {
        (Some(place), _) => (place + 1, (place + 1).saturating_add(limit)),
        (None, Some(place)) => (place.saturating_sub(limit), place),
        (None, None) => (0, limit),
    };
    let page = &items[start.min(items.len())..end.min(items.len())];
    let has_more = if call.text("ending_before").is_some() { start > 0 } else { end < items.len() };
    Ok(Answer::ok(json!({"object": "list", "data": page, "has_more": has_more, "url": url})))
}
