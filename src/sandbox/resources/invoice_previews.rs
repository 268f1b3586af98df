//! `POST /v1/invoices/create_preview`: the invoice that would come, made by what makes the real one and then undone.

use serde_json::{Value, json};

use super::common::{ID, TEXT, TIME};
use super::customers::CUSTOMERS;
use super::discounts;
use super::fields::Fields;
use super::invoice_items::{self, INVOICE_ITEMS};
use super::list;
use super::subscription_changes as changes;
use super::subscription_items as items;
use super::subscriptions::{self, SUBSCRIPTIONS};
use super::{Answer, Call, billing, invoice_lines, invoices, prices, renewals};
use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::params::schema::{Field, Kind, Values, field};

/// The parameters.
pub(super) const FIELDS: &[&[Field]] = &[&[
    field("currency", Kind::Currency),
    field("customer", Kind::Id("customer")),
    field("discounts", discounts::GIVEN),
    field("invoice_items", Kind::List(&Kind::Object(ITEM))),
    field("preview_mode", Kind::Choice(&["next"])),
    field("subscription", Kind::Id("subscription")),
    field("subscription_details", Kind::Part(DETAILS)),
]];

const DETAILS: &[Field] = &[
    field("billing_cycle_anchor", Kind::Choice(&["now", "unchanged"])),
    field("cancel_at", Kind::Timestamp(&["max_period_end", "min_period_end"])),
    field("cancel_at_period_end", Kind::Boolean),
    field("cancel_now", Kind::Boolean),
    field("default_tax_rates", Kind::List(&ID)),
    field("items", Kind::List(&Kind::Object(items::CHANGED))),
    field("metadata", Kind::Metadata),
    field("proration_behavior", Kind::Choice(&["always_invoice", "create_prorations", "none"])),
    field("proration_date", TIME),
    field("trial_end", Kind::Timestamp(&["now"])),
];

const ITEM: &[Field] = &[
    field("amount", Kind::Integer(-99_999_999, 99_999_999)),
    field("currency", Kind::Currency),
    field("description", TEXT),
    field("discountable", Kind::Boolean),
    field("metadata", Kind::Metadata),
    field("period", Kind::Object(&[field("end", TIME), field("start", TIME)])),
    field("price", ID),
    field("price_data", Kind::Object(prices::PRICE_DATA)),
    field("quantity", Kind::Integer(0, 999_999_999)),
    field("unit_amount", Kind::Integer(-99_999_999, 99_999_999)),
];

/// Shows the invoice that would come. Nothing of it is kept, and nothing is told.
pub(super) fn create(call: &Call<'_>) -> Result<Answer, ApiError> {
    call.store.undone(|| preview(call)).map(|mut invoice| {
        let id = invoice["id"].as_str().unwrap_or_default().to_owned();
        if !id.starts_with("upcoming_") {
            invoice.set("id", json!(format!("upcoming_{id}")));
        }
        call.changes.borrow_mut().clear();
        Answer::ok(invoice)
    })
}

fn preview(call: &Call<'_>) -> Result<Value, ApiError> {
    let details = call.values.get("subscription_details").and_then(Value::as_object).cloned();
    let details = details.unwrap_or_default();
    let mut invoice = match subscription(call, &details)? {
        Some(subscription) => of_subscription(call, &subscription, details)?,
        None => of_items(call, &details)?,
    };
    add_items(call, &mut invoice)?;
    if call.values.contains_key("discounts") {
        invoice.set("discounts", json!(discounts::give(call, "invoice", &invoice["id"])?));
    }
    invoice_lines::sum_up(call, &mut invoice)?;
    if invoice["lines"]["data"].as_array().is_none_or(Vec::is_empty) {
        return Err(none(call));
    }
    Ok(invoice)
}

fn none(call: &Call<'_>) -> ApiError {
    let message = format!("No upcoming invoices for customer: {}", call.text("customer").unwrap_or_default());
    ApiError::refused(404, message).code("invoice_upcoming_none")
}

/// The subscription that is named or, of the customer's, the one that is billed next.
fn subscription(call: &Call<'_>, details: &Values) -> Result<Option<Value>, ApiError> {
    if let Some(id) = call.text("subscription") {
        let subscription = call.named(&SUBSCRIPTIONS, id, "subscription")?;
        if call.text("customer").is_none_or(|customer| subscription["customer"] == customer) {
            return Ok(Some(subscription));
        }
        let message = format!("The subscription {id} does not belong to the customer.");
        return Err(ApiError::conflict(message).param("subscription"));
    }
    let Some(customer) = call.text("customer") else {
        let message = "You must provide a customer or a subscription to preview an invoice.";
        return Err(ApiError::invalid(message).code("parameter_missing").param("customer"));
    };
    if details.contains_key("items") || call.values.contains_key("invoice_items") {
        return Ok(None);
    }
    let mut all = list::all_with(&call.store, &SUBSCRIPTIONS, "customer", customer)?;
    all.retain(renewals::renews);
    Ok(all.into_iter().min_by_key(renewals::period_end))
}

/// What comes next of a subscription, after the change that is described.
fn of_subscription(call: &Call<'_>, old: &Value, mut details: Values) -> Result<Value, ApiError> {
    if !subscriptions::ALIVE.contains(&old["status"].as_str().unwrap_or_default()) {
        return Err(none(call));
    }
    let id = old["id"].as_str().unwrap_or_default();
    let ends_now = details.shift_remove("cancel_now") == Some(Value::Bool(true));
    if ends_now {
        let behavior = details.get("proration_behavior").and_then(Value::as_str);
        details.insert("prorate".to_owned(), json!(behavior.is_some_and(|behavior| behavior != "none")));
        details.insert("invoice_now".to_owned(), json!(true));
    }
    let change = call.of(id, details);
    let changed = if ends_now { changes::end_now(&change, old)? } else { changes::apply(&change, old)? };
    if let Some(invoice) = changed.invoice {
        return Ok(invoice);
    }
    let mut subscription = changed.subscription;
    if renewals::renews(&subscription) {
        return billing::upcoming(&change, &subscription);
    }
    changes::last_invoice(&change, &mut subscription)?.ok_or_else(|| none(call))
}

/// The first invoice of a subscription that is described, or an invoice of items alone.
fn of_items(call: &Call<'_>, details: &Values) -> Result<Value, ApiError> {
    if let Some(rows) = details.get("items").and_then(Value::as_array) {
        let mut values = Values::from_iter([("customer".to_owned(), json!(call.text("customer")))]);
        values.extend(details.iter().map(|(name, value)| (name.clone(), value.clone())));
        return subscriptions::first_invoice(&call.of("", values), rows);
    }
    let id = call.text("customer").unwrap_or_default();
    let customer = call.named(&CUSTOMERS, id, "customer")?;
    let mut invoice = invoices::begin(call, &customer, "upcoming");
    let first = call.values.get("invoice_items").map_or(&Value::Null, |rows| &rows[0]["currency"]);
    if let Some(currency) = call.text("currency").or(first.as_str()) {
        invoice.set("currency", json!(currency));
    }
    Ok(invoice)
}

fn add_items(call: &Call<'_>, invoice: &mut Value) -> Result<(), ApiError> {
    let rows = call.values.get("invoice_items").and_then(Value::as_array).map(Vec::as_slice);
    for (place, row) in rows.unwrap_or_default().iter().enumerate() {
        let item = item(call, invoice, row, &format!("invoice_items[{place}]"))?;
        let line = invoice_lines::of_item(call, invoice, &item);
        if let Some(lines) = invoice["lines"]["data"].as_array_mut() {
            lines.push(line);
        }
    }
    Ok(())
}

/// The invoice item that a row describes.
fn item(call: &Call<'_>, invoice: &Value, row: &Value, path: &str) -> Result<Value, ApiError> {
    let mut item = call.new_object(&INVOICE_ITEMS);
    let quantity = row["quantity"].as_i64().unwrap_or(1);
    let currency = row["currency"].as_str().or(invoice["currency"].as_str()).unwrap_or_default();
    item.set("currency", json!(currency));
    item.set("period", json!({"end": call.now, "start": call.now}));
    for name in ["description", "discountable", "metadata", "period"] {
        if !row[name].is_null() {
            item.set(name, row[name].clone());
        }
    }
    let amount = match (row["amount"].as_i64(), row["unit_amount"].as_i64()) {
        (Some(amount), _) => amount,
        (None, Some(each)) => each.saturating_mul(quantity),
        (None, None) => {
            let price = prices::of_row(call, row, path)?;
            item.set("currency", price["currency"].clone());
            item.set("pricing", invoice_items::pricing(&price));
            prices::total(&price, quantity)?
        }
    };
    if item["currency"] != invoice["currency"] {
        let message = format!(
            "The currency of {path} is not that of the invoice ({}).",
            invoice["currency"].as_str().unwrap_or_default()
        );
        return Err(ApiError::conflict(message).param(format!("{path}[currency]")));
    }
    if amount < 0 && row["discountable"].is_null() {
        item.set("discountable", json!(false));
    }
    item.set("amount", json!(amount));
    item.set("net_amount", json!(amount));
    item.set("quantity", json!(quantity));
    item.set("quantity_decimal", json!(quantity.to_string()));
    Ok(item)
}
