//! Lists: pages, cursors and filters, the same for every resource.

use rusqlite::types::Value as Sql;
use serde_json::{Value, json};

use super::api_error::ApiError;
use super::resources::{Answer, Call};
use super::schema::{BOUNDS, Field, Kind, field};
use super::store::Query;

const DEFAULT_LIMIT: i64 = 10;

/// The parameters that every list takes. What a list takes besides is a filter on the field of that name.
pub(super) const FIELDS: &[Field] = &[
    field("limit", Kind::Integer(1, 100)),
    field("starting_after", Kind::Text(255)),
    field("ending_before", Kind::Text(255)),
    field("created", Kind::Window),
];

/// Answers with one page, newest first.
pub(super) fn list(call: &Call<'_>) -> Result<Answer, ApiError> {
    let (after, before) = (call.text("starting_after"), call.text("ending_before"));
    let limit = call.values.get("limit").and_then(Value::as_i64).unwrap_or(DEFAULT_LIMIT);
    // One more than was asked for tells whether there is more.
    let mut query = Query { conditions: filters(call), ascending: before.is_some(), limit: limit + 1 };
    match (after, before) {
        (Some(_), Some(_)) => {
            let message = "Give starting_after or ending_before, not both.";
            return Err(ApiError::invalid(message).code("parameters_exclusive").param("ending_before"));
        }
        (Some(id), None) => query.conditions.push(("seq < ?".into(), place(call, id, "starting_after")?)),
        (None, Some(id)) => query.conditions.push(("seq > ?".into(), place(call, id, "ending_before")?)),
        (None, None) => {}
    }
    let ascending = query.ascending;
    let mut data = call.store.list(call.resource.object, query)?;
    let has_more = i64::try_from(data.len()).is_ok_and(|found| found > limit);
    if has_more {
        data.pop();
    }
    if ascending {
        data.reverse();
    }
    let url = format!("/v1/{}", call.resource.path);
    Ok(Answer::ok(json!({"object": "list", "data": data, "has_more": has_more, "url": url})))
}

fn place(call: &Call<'_>, id: &str, param: &str) -> Result<Sql, ApiError> {
    let object = call.resource.object;
    let place = call.store.place(object, id)?;
    place.map(Sql::Integer).ok_or_else(|| ApiError::missing_object(400, object, id, param))
}

/// Names come from the tables of fields, never from the request.
fn filters(call: &Call<'_>) -> Vec<(String, Sql)> {
    let mut conditions = Vec::new();
    for (name, value) in &call.values {
        match (name.as_str(), value) {
            ("limit" | "starting_after" | "ending_before", _) | (_, Value::Null) => {}
            ("created", Value::Object(bounds)) => {
                for (bound, comparison) in BOUNDS {
                    if let Some(at) = bounds.get(*bound).and_then(Value::as_i64) {
                        conditions.push((format!("created {comparison} ?"), Sql::Integer(at)));
                    }
                }
            }
            ("created", at) => {
                conditions.push(("created = ?".into(), Sql::Integer(at.as_i64().unwrap_or_default())));
            }
            (name, value) => {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                conditions.push((format!("json_extract(body, '$.{name}') = ?"), Sql::Text(text)));
            }
        }
    }
    conditions
}
