//! `/v1/subscription_items`: the items of a subscription one by one. A change is a change of the subscription.

use serde_json::{Value, json};

use super::common::{ID, TIME};
use super::list;
use super::prices;
use super::subscriptions::SUBSCRIPTIONS;
use super::{Answer, Call, Events, Lists, Method, Operation, Resource, Target, shapes};
use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::params::schema::{Field, Kind, Values, field, required};
use crate::sandbox::state::store::Query;

/// `/v1/subscription_items`.
pub(super) static SUBSCRIPTION_ITEMS: Resource = Resource {
    object: "subscription_item",
    path: "subscription_items",
    id: ("si", 14),
    shape: shapes::subscription_items::shape,
    events: Events::NONE,
    expandable: &[],
    operations: &[
        Operation::post(Target::Collection, &[OF, ITEM, HOW], create),
        Operation {
            lists: Lists::Itself,
            ..Operation::get(Target::Collection, &[OF, list::CURSORS], list_items)
        },
        Operation::get(Target::Item, &[], retrieve),
        Operation::post(Target::Item, &[ITEM, HOW], update),
        Operation { fields: &[HOW], ..Operation::delete(delete) },
    ],
};

const OF: &[Field] = &[required("subscription", Kind::Id("subscription"))];

const ITEM: &[Field] = &[
    field("metadata", Kind::Metadata),
    field("price", ID),
    field("price_data", Kind::Object(prices::PRICE_DATA)),
    field("quantity", Kind::Integer(0, 999_999)),
];

/// How the subscription takes the change.
const HOW: &[Field] = &[
    field("payment_behavior", Kind::Choice(&["allow_incomplete", "error_if_incomplete"])),
    field("proration_behavior", Kind::Choice(&["always_invoice", "create_prorations", "none"])),
    field("proration_date", TIME),
];

fn create(call: &Call<'_>) -> Result<Answer, ApiError> {
    let id = call.text("subscription").unwrap_or_default();
    let before = items(&call.named(&SUBSCRIPTIONS, id, "subscription")?);
    let after = change(call, id, &Value::Object(row(call)))?;
    let is_new = |item: &&Value| before.iter().all(|old| old["id"] != item["id"]);
    Ok(Answer::ok(after.iter().find(is_new).cloned().unwrap_or_default()))
}

fn list_items(call: &Call<'_>) -> Result<Answer, ApiError> {
    let id = call.text("subscription").unwrap_or_default();
    let subscription = call.named(&SUBSCRIPTIONS, id, "subscription")?;
    list::slice(call, &subscription["items"]["data"], "/v1/subscription_items")
}

fn retrieve(call: &Call<'_>) -> Result<Answer, ApiError> {
    find(call).map(|(_, item)| Answer::ok(item))
}

fn update(call: &Call<'_>) -> Result<Answer, ApiError> {
    let (subscription, _) = find(call)?;
    let mut row = row(call);
    row.insert("id".to_owned(), json!(call.id));
    let after = change(call, &subscription, &Value::Object(row))?;
    Ok(Answer::ok(after.into_iter().find(|item| item["id"] == call.id).unwrap_or_default()))
}

fn delete(call: &Call<'_>) -> Result<Answer, ApiError> {
    let (subscription, _) = find(call)?;
    change(call, &subscription, &json!({"id": call.id, "deleted": true}))?;
    Ok(Answer::ok(json!({"id": call.id, "object": "subscription_item", "deleted": true})))
}

/// The parameters that describe the item.
fn row(call: &Call<'_>) -> Values {
    let given = |field: &Field| Some((field.name.to_owned(), call.values.get(field.name)?.clone()));
    ITEM.iter().filter_map(given).collect()
}

/// Changes the subscription, and answers with its items.
fn change(call: &Call<'_>, subscription: &str, row: &Value) -> Result<Vec<Value>, ApiError> {
    let mut values = Values::from_iter([("items".to_owned(), json!([row]))]);
    for field in HOW {
        if let Some(value) = call.values.get(field.name) {
            values.insert(field.name.to_owned(), value.clone());
        }
    }
    let answer = call.run(&SUBSCRIPTIONS, (Method::Post, Target::Item), subscription, values)?;
    Ok(items(&answer.body))
}

fn items(subscription: &Value) -> Vec<Value> {
    subscription["items"]["data"].as_array().cloned().unwrap_or_default()
}

/// The item in the path, and the id of its subscription.
fn find(call: &Call<'_>) -> Result<(String, Value), ApiError> {
    let holds =
        "EXISTS (SELECT 1 FROM json_each(body, '$.items.data') WHERE json_extract(value, '$.id') = ?)";
    let conditions = vec![(holds.to_owned(), call.id.to_owned().into())];
    let found = call.store.list(SUBSCRIPTIONS.object, Query { conditions, limit: 1, ..Query::default() })?;
    let item = |subscription: &Value| {
        let item = items(subscription).into_iter().find(|item| item["id"] == call.id)?;
        Some((subscription["id"].as_str()?.to_owned(), item))
    };
    let missing = || ApiError::missing_object(404, SUBSCRIPTION_ITEMS.object, call.id, "id");
    found.first().and_then(item).ok_or_else(missing)
}
