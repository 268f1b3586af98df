//! Edits of the lines of a draft: added, changed and removed by the invoice's own paths.

use serde_json::{Value, json};

use super::common::{ID, TEXT, TIME};
use super::fields::Fields;
use super::invoice_items::INVOICE_ITEMS;
use super::invoice_lines::LINES;
use super::{Answer, Call, Method, Target, invoices};
use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::params::schema::{Field, Kind, Values, field, required};

/// What can be said of a line.
const LINE: &[Field] = &[
    field("amount", Kind::Integer(-99_999_999, 99_999_999)),
    field("description", TEXT),
    field("discountable", Kind::Boolean),
    field("discounts", Kind::NotOffered),
    field("metadata", Kind::Metadata),
    field("period", Kind::Part(&[required("end", TIME), required("start", TIME)])),
    field("price_data", Kind::NotOffered),
    field("pricing", Kind::Part(&[required("price", ID)])),
    field("quantity", Kind::Integer(0, 999_999_999)),
    field("tax_amounts", Kind::NotOffered),
    field("tax_rates", Kind::NotOffered),
];

/// `POST /v1/invoices/{id}/lines/{line}`.
pub(super) const UPDATE: &[Field] = LINE;

/// `POST /v1/invoices/{id}/add_lines`.
pub(super) const ADD: &[Field] = &[required("lines", Kind::List(&Kind::Part(LINE)))];

/// `POST /v1/invoices/{id}/update_lines`.
pub(super) const UPDATE_MANY: &[Field] = &[required("lines", Kind::List(&Kind::Part(NAMED)))];

const NAMED: &[Field] = &[
    required("id", ID),
    field("amount", Kind::Integer(-99_999_999, 99_999_999)),
    field("description", TEXT),
    field("discountable", Kind::Boolean),
    field("metadata", Kind::Metadata),
    field("period", Kind::Part(&[required("end", TIME), required("start", TIME)])),
    field("pricing", Kind::Part(&[required("price", ID)])),
    field("quantity", Kind::Integer(0, 999_999_999)),
];

/// `POST /v1/invoices/{id}/remove_lines`.
pub(super) const REMOVE: &[Field] = &[required("lines", Kind::List(&Kind::Object(REMOVED)))];

const REMOVED: &[Field] = &[required("id", ID), required("behavior", Kind::Choice(&["delete", "unassign"]))];

/// Adds lines: each is an invoice item of this invoice.
pub(super) fn add(call: &Call<'_>) -> Result<Answer, ApiError> {
    let invoice = call.load()?;
    for row in rows(call) {
        let mut values = row.as_object().cloned().unwrap_or_default();
        for name in ["customer", "currency"] {
            values.insert(name.to_owned(), invoice[name].clone());
        }
        values.insert("invoice".to_owned(), json!(call.id));
        call.run(&INVOICE_ITEMS, (Method::Post, Target::Collection), "", values)?;
    }
    call.load().map(Answer::ok)
}

/// Changes one line, and answers with it.
pub(super) fn update(call: &Call<'_>) -> Result<Answer, ApiError> {
    let at = place(&call.load()?, call.part, "line_item_id")?;
    change(call, call.part, call.values.clone())?;
    Ok(Answer::ok(call.load()?["lines"]["data"][at].clone()))
}

/// Changes several.
pub(super) fn update_many(call: &Call<'_>) -> Result<Answer, ApiError> {
    for row in rows(call) {
        let mut values = row.as_object().cloned().unwrap_or_default();
        let id = values.shift_remove("id").unwrap_or_default();
        change(call, id.as_str().unwrap_or_default(), values)?;
    }
    call.load().map(Answer::ok)
}

/// Takes lines off: their items are deleted, or wait for another invoice.
pub(super) fn remove(call: &Call<'_>) -> Result<Answer, ApiError> {
    for row in rows(call) {
        let item = item_of(&call.load()?, row["id"].as_str().unwrap_or_default())?;
        if row["behavior"] == "delete" {
            call.run(&INVOICE_ITEMS, (Method::Delete, Target::Item), &item, Values::new())?;
        } else {
            invoices::add_items(call, invoices::without_item(call.load()?, &item), &[])?;
            let mut item = call.named(&INVOICE_ITEMS, &item, "lines")?;
            item.set("invoice", Value::Null);
            call.store.update(&item)?;
        }
    }
    call.load().map(Answer::ok)
}

fn rows(call: &Call<'_>) -> Vec<Value> {
    call.values.get("lines").and_then(Value::as_array).cloned().unwrap_or_default()
}

/// A line is changed by its invoice item, and keeps its id and its place.
fn change(call: &Call<'_>, line: &str, values: Values) -> Result<(), ApiError> {
    let invoice = call.load()?;
    let (at, item) = (place(&invoice, line, "id")?, item_of(&invoice, line)?);
    call.run(&INVOICE_ITEMS, (Method::Post, Target::Item), &item, values)?;
    let mut changed = call.load()?;
    if let Some(lines) = changed["lines"]["data"].as_array_mut()
        && let Some(mut new) = lines.pop()
    {
        new.set("id", json!(line));
        lines.insert(at, new);
    }
    call.store.update(&changed)
}

fn place(invoice: &Value, line: &str, param: &str) -> Result<usize, ApiError> {
    let lines = invoice["lines"]["data"].as_array().map(Vec::as_slice).unwrap_or_default();
    let found = lines.iter().position(|known| known["id"] == line);
    found.ok_or_else(|| ApiError::missing_object(404, LINES.object, line, param))
}

/// The invoice item behind a line. Lines of a subscription have none.
fn item_of(invoice: &Value, line: &str) -> Result<String, ApiError> {
    let line = &invoice["lines"]["data"][place(invoice, line, "id")?];
    let item = line["parent"]["invoice_item_details"]["invoice_item"].as_str();
    item.map(ToOwned::to_owned).ok_or_else(|| {
        ApiError::conflict("Editing the line of a subscription is not offered by the sandbox.")
    })
}
