//! The invoice of a subscription's period: what is on it.

use serde_json::{Value, json};

use super::customers::CUSTOMERS;
use super::fields::Fields;
use super::invoice_items::INVOICE_ITEMS;
use super::list;
use super::periods::DAY;
use super::renewals::{DRAFT, period_end};
use super::subscriptions::SUBSCRIPTIONS;
use super::{Call, billed_items, discounts, invoice_lines, invoices};
use crate::sandbox::params::api_error::ApiError;

/// What a subscription's invoice takes over from it.
const TAKEN_OVER: &[&str] =
    &["collection_method", "currency", "default_payment_method", "default_tax_rates", "discounts"];

/// A draft of the invoice for the period that a subscription's items are in. What waits for the customer's next
/// invoice is on it too, and does not wait any more.
pub(super) fn invoice_for(call: &Call<'_>, subscription: &Value, reason: &str) -> Result<Value, ApiError> {
    let mut invoice = draft(call, subscription, reason)?;
    let pending = pending_items(call, subscription)?;
    take(call, &invoice, &pending)?;
    put_lines(call, &mut invoice, subscription, &pending)?;
    billed_items::note_lines(call, &invoice, subscription)?;
    Ok(invoice)
}

/// A draft of what waits for the next invoice of a subscription, and of nothing else. There is none where nothing
/// waits.
pub(super) fn invoice_for_pending(
    call: &Call<'_>,
    subscription: &Value,
    reason: &str,
) -> Result<Option<Value>, ApiError> {
    let pending = pending_items(call, subscription)?;
    if pending.is_empty() {
        return Ok(None);
    }
    let mut invoice = draft(call, subscription, reason)?;
    take(call, &invoice, &pending)?;
    let lines: Vec<_> = pending.iter().map(|item| invoice_lines::of_item(call, &invoice, item)).collect();
    invoice.set("lines.data", json!(lines));
    invoice_lines::sum_up(call, &mut invoice)?;
    Ok(Some(invoice))
}

/// Notes on items that they are on an invoice now.
fn take(call: &Call<'_>, invoice: &Value, pending: &[Value]) -> Result<(), ApiError> {
    for item in pending {
        let mut item = item.clone();
        item.set("invoice", invoice["id"].clone());
        call.store.update(&item)?;
    }
    Ok(())
}

/// The invoice that comes next, as it would be if nothing changed. It is kept nowhere.
pub(super) fn upcoming(call: &Call<'_>, subscription: &Value) -> Result<Value, ApiError> {
    let mut next = subscription.clone();
    super::renewals::enter_next_period(&mut next);
    let (start, end) = (&subscription["items"]["data"][0]["current_period_start"], period_end(subscription));
    next.set("discounts", discounts::still_given(call, subscription, &subscription["discounts"], end)?);
    next.set("status", json!("active"));
    let mut invoice = draft(call, &next, "upcoming")?;
    let id = format!("upcoming_{}", invoice["id"].as_str().unwrap_or_default());
    invoice.set("id", json!(id));
    invoice.set("period_start", start.clone());
    invoice.set("period_end", json!(end));
    if invoice["collection_method"] == "charge_automatically" {
        invoice.set("next_payment_attempt", json!(end + DRAFT));
    }
    let pending = pending_items(call, subscription)?;
    put_lines(call, &mut invoice, &next, &pending)?;
    Ok(invoice)
}

fn draft(call: &Call<'_>, subscription: &Value, reason: &str) -> Result<Value, ApiError> {
    let customer = subscription["customer"].as_str().unwrap_or_default();
    let customer = call.store.find(CUSTOMERS.object, customer)?.unwrap_or_default();
    let mut invoice = invoices::begin(call, &customer, reason);
    for name in TAKEN_OVER {
        invoice.set(name, subscription[*name].clone());
    }
    if let Some(days) = subscription["days_until_due"].as_i64() {
        invoice.set("due_date", json!(call.now + days * DAY));
    }
    invoice.set(
        "parent",
        json!({"quote_details": null, "type": "subscription_details", "subscription_details":
        {"metadata": subscription["metadata"], "subscription": subscription["id"]}}),
    );
    Ok(invoice)
}

/// What waits for the next invoice of a subscription.
fn pending_items(call: &Call<'_>, subscription: &Value) -> Result<Vec<Value>, ApiError> {
    let customer = subscription["customer"].as_str().unwrap_or_default();
    let mut pending = list::all_with(&call.store, &INVOICE_ITEMS, "customer", customer)?;
    pending.retain(|item| {
        let of = &item["parent"]["subscription_details"]["subscription"];
        item["invoice"].is_null()
            && item["currency"] == subscription["currency"]
            && (of.is_null() || *of == subscription["id"])
    });
    pending.reverse();
    Ok(pending)
}

fn put_lines(
    call: &Call<'_>,
    invoice: &mut Value,
    subscription: &Value,
    pending: &[Value],
) -> Result<(), ApiError> {
    let is_trial = subscription["status"] == "trialing";
    let mut lines: Vec<_> = pending.iter().map(|item| invoice_lines::of_item(call, invoice, item)).collect();
    for item in subscription["items"]["data"].as_array().into_iter().flatten() {
        lines.push(invoice_lines::of_subscription(call, invoice, item, is_trial)?);
    }
    invoice.set("lines.data", json!(lines));
    invoice_lines::sum_up(call, invoice)
}

/// The subscription that an invoice is of, while it lasts.
pub(super) fn subscription_of(call: &Call<'_>, invoice: &Value) -> Result<Option<Value>, ApiError> {
    let id = invoice["parent"]["subscription_details"]["subscription"].as_str().unwrap_or_default();
    call.store.find_alive(SUBSCRIPTIONS.object, id)
}
