//! What a subscription's items were last billed for: the basis of the credit when one of them changes.
//!
//! A change that is not prorated leaves it as it is, so that nothing is credited that was never charged.

use serde_json::{Value, json};

use super::discounts::{self, Line};
use super::{Call, prices};
use crate::sandbox::params::api_error::ApiError;

/// The record of an item. Clients never see one.
const RECORD: &str = "billed_item_record";

/// What an item costs for a whole period, with discounts taken off.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Billed {
    /// In the currency's smallest unit.
    pub(super) net: i64,
    /// From when on it is billed for, in Unix seconds: no credit is for an earlier time.
    pub(super) since: i64,
    pub(super) quantity: Value,
    pub(super) price: Value,
    /// What it was charged with: the line of an invoice, or an invoice item.
    pub(super) credited_items: Value,
}

impl Billed {
    /// An item as it is now, for this much.
    pub(super) fn now(item: &Value, net: i64) -> Self {
        let (quantity, price) = (item["quantity"].clone(), item["price"].clone());
        let since = item["current_period_start"].as_i64().unwrap_or_default();
        Self { net, since, quantity, price, credited_items: Value::Null }
    }
}

/// Notes what an item is billed for from now on.
pub(super) fn note(call: &Call<'_>, item: &Value, billed: &Billed) -> Result<(), ApiError> {
    let record = json!({"id": item["id"], "object": RECORD, "net": billed.net, "since": billed.since,
        "quantity": billed.quantity,
        "price": billed.price, "credited_items": billed.credited_items});
    match call.store.find(RECORD, item["id"].as_str().unwrap_or_default())? {
        Some(_) => call.store.update(&record),
        None => call.keep(&record),
    }
}

/// Notes of each item on the invoice of a period what it was billed for.
pub(super) fn note_lines(call: &Call<'_>, invoice: &Value, subscription: &Value) -> Result<(), ApiError> {
    let lines = invoice["lines"]["data"].as_array().map(Vec::as_slice).unwrap_or_default();
    for item in subscription["items"]["data"].as_array().into_iter().flatten() {
        let is_of_item = |line: &&Value| {
            let details = &line["parent"]["subscription_item_details"];
            details["subscription_item"] == item["id"] && details["proration"] == false
        };
        let Some(line) = lines.iter().find(is_of_item) else { continue };
        let off = line["discount_amounts"].as_array().into_iter().flatten();
        let off: i64 = off.filter_map(|off| off["amount"].as_i64()).sum();
        let net = line["amount"].as_i64().unwrap_or_default() - off;
        let credited_items = json!({"type": "invoice_line_items", "invoice_line_item_details":
            {"invoice": invoice["id"], "invoice_line_items": [line["id"]]}});
        note(call, item, &Billed { credited_items, ..Billed::now(item, net) })?;
    }
    Ok(())
}

/// What an item was billed for last. Without a record, as in an older data file, it is what the item costs.
pub(super) fn of(call: &Call<'_>, item: &Value, costs: i64) -> Result<Billed, ApiError> {
    let record = call.store.find(RECORD, item["id"].as_str().unwrap_or_default())?;
    Ok(record.map_or_else(
        || Billed::now(item, costs),
        |record| Billed {
            net: record["net"].as_i64().unwrap_or_default(),
            since: record["since"].as_i64().unwrap_or_default(),
            quantity: record["quantity"].clone(),
            price: record["price"].clone(),
            credited_items: record["credited_items"].clone(),
        },
    ))
}

/// What each item of a subscription costs for a whole period, with the discounts that last taken off.
pub(super) fn costs(call: &Call<'_>, subscription: &Value) -> Result<Vec<i64>, ApiError> {
    let items = subscription["items"]["data"].as_array().map(Vec::as_slice).unwrap_or_default();
    let line = |item: &Value| {
        let amount = prices::total(&item["price"], item["quantity"].as_i64().unwrap_or(1))?;
        Ok(Line { amount, product: item["price"]["product"].clone(), is_discountable: true })
    };
    let lines = items.iter().map(line).collect::<Result<Vec<_>, ApiError>>()?;
    let ids = discounts::lasting(call, &subscription["discounts"])?;
    let taken = discounts::take_off(call, &ids, &lines, &subscription["currency"])?;
    let net = |(place, line): (usize, &Line)| {
        line.amount - taken.iter().map(|discount| discount.of_lines[place]).sum::<i64>()
    };
    Ok(lines.iter().enumerate().map(net).collect())
}
