//! Invoice items: what is to be on a customer's next invoice, or on one that is named.

use serde_json::{Value, json};

use super::common::{ID, TEXT, TIME, retrieve};
use super::customers::CUSTOMERS;
use super::fields::Fields;
use super::invoices::{self, INVOICES};
use super::list;
use super::prices;
use super::{Answer, Call, Events, Link, Operation, Resource, Target, shapes};
use crate::sandbox::events::event_types;
use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::params::schema::{Field, Kind, field, required};

/// `/v1/invoiceitems`.
pub(super) static INVOICE_ITEMS: Resource = Resource {
    object: "invoiceitem",
    path: "invoiceitems",
    id: ("ii", 24),
    shape: shapes::invoice_items::shape,
    events: Events {
        created: Some(event_types::INVOICEITEM_CREATED),
        updated: None,
        deleted: Some(event_types::INVOICEITEM_DELETED),
    },
    expandable: &[("customer", Link::One(&CUSTOMERS)), ("invoice", Link::One(&INVOICES))],
    operations: &[
        Operation::post(Target::Collection, &[CREATE, WRITABLE], create),
        Operation::list(&[list::FIELDS, FILTERS]),
        Operation::get(Target::Item, &[], retrieve),
        Operation::post(Target::Item, &[WRITABLE], update),
        Operation::delete(delete),
    ],
};

const FILTERS: &[Field] = &[field("customer", ID), field("invoice", ID)];

const CREATE: &[Field] = &[
    required("customer", Kind::Id("customer")),
    field("currency", Kind::Currency),
    field("invoice", Kind::Id("invoice")),
    field("subscription", Kind::Id("subscription")),
];

const WRITABLE: &[Field] = &[
    field("amount", Kind::Integer(-99_999_999, 99_999_999)),
    field("description", TEXT),
    field("discountable", Kind::Boolean),
    field("metadata", Kind::Metadata),
    field("period", Kind::Object(&[required("end", TIME), required("start", TIME)])),
    field("price_data", Kind::Object(prices::PRICE_DATA)),
    field("pricing", Kind::Object(&[field("price", ID)])),
    field("quantity", Kind::Integer(0, 999_999_999)),
    field("unit_amount_decimal", Kind::Decimal),
];

fn create(call: &Call<'_>) -> Result<Answer, ApiError> {
    let mut item = call.new_object(&INVOICE_ITEMS);
    item.set("date", json!(call.now));
    item.set("period", json!({"end": call.now, "start": call.now}));
    settle(call, &mut item, true)?;
    if let Some(id) = call.text("subscription") {
        item.set(
            "parent",
            json!({"type": "subscription_details", "subscription_details":
            {"subscription": id}}),
        );
    }
    if item["amount"].as_i64().is_some_and(|amount| amount < 0) && !call.values.contains_key("discountable") {
        item.set("discountable", json!(false));
    }
    let invoice = call.text("invoice").map(|id| open_invoice(call, id)).transpose()?;
    if let Some(other) = invoice.as_ref().filter(|invoice| invoice["currency"] != item["currency"]) {
        let message = format!(
            "The currency of the invoice item ({}) is not that of its invoice ({}).",
            item["currency"].as_str().unwrap_or_default(),
            other["currency"].as_str().unwrap_or_default()
        );
        return Err(ApiError::conflict(message).param("currency"));
    }
    call.note(event_types::INVOICEITEM_CREATED, &item);
    call.keep(&item)?;
    if let Some(invoice) = invoice {
        invoices::add_items(call, invoice, &[item.clone()])?;
    }
    Ok(Answer::ok(item))
}

/// Reads what the item costs, from an amount or from a price and a quantity.
fn settle(call: &Call<'_>, item: &mut Value, is_new: bool) -> Result<(), ApiError> {
    let quantity = call.number("quantity").or_else(|| item["quantity"].as_i64()).unwrap_or(1);
    let row = json!({
        "price": call.values.get("pricing").and_then(|pricing| pricing.get("price")),
        "price_data": call.values.get("price_data"),
    });
    let price =
        match (row["price"].is_string() || row["price_data"].is_object(), call.text("unit_amount_decimal")) {
            (true, _) => Some(prices::of_row(call, &row, "pricing")?),
            (false, Some(decimal)) => Some(json!({"unit_amount": null, "unit_amount_decimal": decimal,
            "currency": call.text("currency").unwrap_or("usd")})),
            (false, None) => None,
        };
    let plain = call.values.iter().filter(|(name, _)| !matches!(name.as_str(), "pricing" | "price_data"));
    super::call::overlay(item, &plain.map(|(name, value)| (name.clone(), value.clone())).collect())?;
    match price {
        Some(price) => {
            item.set("amount", json!(prices::total(&price, quantity)?));
            item.set("currency", price["currency"].clone());
            item.set("pricing", pricing(&price));
        }
        None if call.number("amount").is_none() && is_new => {
            let message = "Missing required param: amount. An invoice item costs something: give an amount, or a price in pricing.";
            return Err(ApiError::invalid(message).code("parameter_missing").param("amount"));
        }
        // Another number of what has a price costs accordingly.
        None if call.number("amount").is_none() && item["pricing"].is_object() => {
            let unit =
                json!({"unit_amount": null, "unit_amount_decimal": item["pricing"]["unit_amount_decimal"]});
            item.set("amount", json!(prices::total(&unit, quantity)?));
        }
        None => {}
    }
    item.set("quantity", json!(quantity));
    item.set("quantity_decimal", json!(quantity.to_string()));
    item.set("net_amount", item["amount"].clone());
    Ok(())
}

/// How a price is told of on what it is charged with.
pub(super) fn pricing(price: &Value) -> Value {
    let details = price["id"].as_str().map(|id| json!({"price": id, "product": price["product"]}));
    json!({"price_details": details, "type": "price_details", "unit_amount_decimal": price["unit_amount_decimal"]})
}

/// The invoice that an item belongs to, as long as items can be put on it and taken off.
fn open_invoice(call: &Call<'_>, id: &str) -> Result<Value, ApiError> {
    let invoice = call.named(&INVOICES, id, "invoice")?;
    if invoice["status"] == "draft" {
        return Ok(invoice);
    }
    let message = format!("The invoice {id} is finalized, so its items are fixed.");
    Err(ApiError::conflict(message).code("invoice_not_editable").param("invoice"))
}

fn update(call: &Call<'_>) -> Result<Answer, ApiError> {
    let mut item = call.load()?;
    let invoice = item["invoice"].as_str().map(|id| open_invoice(call, id)).transpose()?;
    settle(call, &mut item, false)?;
    call.store.update(&item)?;
    if let Some(invoice) = invoice {
        let invoice = invoices::without_item(invoice, call.id);
        invoices::add_items(call, invoice, &[item.clone()])?;
    }
    Ok(Answer::ok(item))
}

fn delete(call: &Call<'_>) -> Result<Answer, ApiError> {
    let item = call.load()?;
    if let Some(id) = item["invoice"].as_str() {
        let invoice = open_invoice(call, id)?;
        invoices::add_items(call, invoices::without_item(invoice, call.id), &[])?;
    }
    super::common::delete(call)
}
