//! The items of a subscription: prices, quantities and the period that runs.

use serde_json::{Value, json};

use super::common::ID;
use super::fields::Fields;
use super::list;
use super::periods;
use super::prices;
use super::{Call, Events, Resource, shapes};
use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::params::schema::{Field, Kind, field};

/// Items are in their subscription.
static ITEMS: Resource = Resource {
    object: "subscription_item",
    path: "",
    id: ("si", 14),
    shape: shapes::subscription_items::shape,
    events: Events::NONE,
    expandable: &[],
    operations: &[],
};

const QUANTITY: Kind = Kind::Integer(0, 999_999);

/// How many items a subscription has at most.
const MOST: usize = 20;

/// A new item.
pub(super) const NEW: &[Field] = &[
    field("metadata", Kind::Metadata),
    field("price", ID),
    field("price_data", Kind::Object(prices::PRICE_DATA)),
    field("quantity", QUANTITY),
];

/// A new item, or a change of one that is there.
pub(super) const CHANGED: &[Field] = &[
    field("deleted", Kind::Boolean),
    field("id", ID),
    field("metadata", Kind::Metadata),
    field("price", ID),
    field("price_data", Kind::Object(prices::PRICE_DATA)),
    field("quantity", QUANTITY),
];

/// Puts the first items into a subscription. The period runs from `start` to the end of the trial, or for
/// one interval.
pub(super) fn put(
    call: &Call<'_>,
    subscription: &mut Value,
    rows: &[Value],
    start: i64,
    trial_end: Option<i64>,
) -> Result<(), ApiError> {
    if rows.is_empty() || rows.len() > MOST {
        let message = format!("A subscription has 1 to {MOST} items.");
        return Err(ApiError::invalid(message).code("parameter_missing").param("items"));
    }
    let mut made = Vec::new();
    for (place, row) in rows.iter().enumerate() {
        made.push(new_item(call, subscription, row, &format!("items[{place}]"), start, trial_end)?);
    }
    subscription.set("currency", made[0]["price"]["currency"].clone());
    check_together(&made)?;
    let id = subscription["id"].as_str().unwrap_or_default();
    subscription.set("items", list::whole(&made, &format!("/v1/subscription_items?subscription={id}")));
    Ok(())
}

fn new_item(
    call: &Call<'_>,
    subscription: &Value,
    row: &Value,
    path: &str,
    start: i64,
    trial_end: Option<i64>,
) -> Result<Value, ApiError> {
    let mut item = call.new_object(&ITEMS);
    item.set("subscription", subscription["id"].clone());
    if let Value::Object(pairs) = &row["metadata"] {
        item.set("metadata", json!(pairs));
    }
    put_price(call, &mut item, row, path)?;
    item.set("quantity", json!(row["quantity"].as_i64().unwrap_or(1)));
    item.set("current_period_start", json!(start));
    item.set(
        "current_period_end",
        json!(match trial_end {
            Some(end) => end,
            None => periods::end(start, &item["price"]["recurring"], start),
        }),
    );
    Ok(item)
}

fn put_price(call: &Call<'_>, item: &mut Value, row: &Value, path: &str) -> Result<(), ApiError> {
    let price = prices::of_row(call, row, path)?;
    if price["recurring"].is_null() {
        let message = "A subscription's prices recur; this one is paid once.";
        return Err(ApiError::conflict(message).param(format!("{path}[price]")));
    }
    item.set("plan", plan(&price));
    item.set("price", price);
    Ok(())
}

/// Items of one subscription are paid in one currency and, here, at the same interval.
fn check_together(items: &[Value]) -> Result<(), ApiError> {
    let first = &items[0]["price"];
    let fits = |item: &Value| {
        let price = &item["price"];
        price["currency"] == first["currency"]
            && price["recurring"]["interval"] == first["recurring"]["interval"]
            && price["recurring"]["interval_count"] == first["recurring"]["interval_count"]
    };
    if items.iter().all(fits) {
        return Ok(());
    }
    let message = "All items of a subscription have the same currency and interval.";
    Err(ApiError::conflict(message).param("items"))
}

/// Changes, adds and takes away items.
pub(super) fn change(call: &Call<'_>, subscription: &mut Value, rows: &[Value]) -> Result<(), ApiError> {
    let mut items = subscription["items"]["data"].as_array().cloned().unwrap_or_default();
    for (place, row) in rows.iter().enumerate() {
        let path = format!("items[{place}]");
        let Some(id) = row["id"].as_str() else {
            let mut item = new_item(call, subscription, row, &path, call.now, None)?;
            // It runs with the others, and is charged for what is left of their period.
            for name in ["current_period_start", "current_period_end"] {
                item.set(name, subscription["items"]["data"][0][name].clone());
            }
            items.push(item);
            continue;
        };
        let found = items.iter().position(|item| item["id"] == id);
        let found =
            found.ok_or_else(|| ApiError::missing_object(400, ITEMS.object, id, &format!("{path}[id]")))?;
        if row["deleted"] == true {
            items.remove(found);
            continue;
        }
        let item = &mut items[found];
        if !row["price"].is_null() || !row["price_data"].is_null() {
            put_price(call, item, row, &path)?;
        }
        if let Some(quantity) = row["quantity"].as_i64() {
            item.set("quantity", json!(quantity));
        }
        if !row["metadata"].is_null() {
            item.set(
                "metadata",
                crate::sandbox::params::schema::merge_metadata(&item["metadata"], &row["metadata"])?,
            );
        }
    }
    if items.is_empty() {
        let message = "A subscription keeps at least one item. Cancel it instead.";
        return Err(ApiError::conflict(message).param("items"));
    }
    check_together(&items)?;
    if items[0]["price"]["currency"] != subscription["currency"] {
        let message = format!(
            "The price specified only supports `{}`. This doesn't match the expected currency: `{}`.",
            items[0]["price"]["currency"].as_str().unwrap_or_default(),
            subscription["currency"].as_str().unwrap_or_default()
        );
        return Err(ApiError::conflict(message).param("items"));
    }
    subscription.set("items.data", json!(items));
    Ok(())
}

/// A price in the form that it had when it was called a plan.
fn plan(price: &Value) -> Value {
    let recurring = &price["recurring"];
    json!({
        "id": price["id"], "object": "plan",
        "active": price["active"], "amount": price["unit_amount"], "amount_decimal": price["unit_amount_decimal"],
        "billing_scheme": "per_unit", "created": price["created"], "currency": price["currency"],
        "interval": recurring["interval"], "interval_count": recurring["interval_count"], "livemode": false,
        "metadata": price["metadata"], "meter": null, "nickname": price["nickname"],
        "product": price["product"], "tiers_mode": null, "transform_usage": null,
        "trial_period_days": recurring["trial_period_days"], "usage_type": recurring["usage_type"],
    })
}
