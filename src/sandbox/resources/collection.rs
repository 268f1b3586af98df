//! How time collects invoices: drafts are finalized, what is due is charged, and charged again.

use serde_json::{Value, json};

use super::fields::Fields;
use super::invoices::INVOICES;
use super::list;
use super::notices::{self, Notice};
use super::periods::DAY;
use super::{Call, billing, invoices, renewals, subscriptions};
use crate::sandbox::events::event_types;
use crate::sandbox::params::api_error::ApiError;

/// How many days lie between an attempt and the next one.
const RETRIES: [i64; 3] = [3, 5, 7];

/// When an invoice falls due.
pub(in crate::sandbox) fn when(invoice: &Value) -> Option<i64> {
    match invoice["status"].as_str() {
        Some("draft") if invoice["auto_advance"] == true => invoice["automatically_finalizes_at"].as_i64(),
        Some("open") => invoice["next_payment_attempt"].as_i64(),
        _ => None,
    }
}

/// Goes on with the collection of an invoice that is open, or stops it.
pub(super) fn switch(call: &Call<'_>, invoice: &mut Value, goes_on: bool) {
    let is_charged = invoice["collection_method"] == "charge_automatically";
    let next = (goes_on && is_charged && invoice["status"] == "open").then_some(call.now + renewals::DRAFT);
    invoice.set("auto_advance", json!(goes_on));
    invoice.set("next_payment_attempt", json!(next));
}

/// Stops the collection of every invoice of a subscription that ends: what is not paid yet is left to people.
pub(super) fn stop(call: &Call<'_>, subscription: &Value) -> Result<(), ApiError> {
    let (path, id) =
        ("parent.subscription_details.subscription", subscription["id"].as_str().unwrap_or_default());
    for old in list::all_with(&call.store, &INVOICES, path, id)? {
        if old["auto_advance"] == true && matches!(old["status"].as_str(), Some("draft" | "open")) {
            let mut invoice = old.clone();
            switch(call, &mut invoice, false);
            invoice.set("automatically_finalizes_at", Value::Null);
            call.note_update(event_types::INVOICE_UPDATED, &old, &invoice);
            call.store.update(&invoice)?;
        }
    }
    Ok(())
}

/// What happens to an invoice that is due.
pub(in crate::sandbox) fn fall_due(call: &Call<'_>, invoice: &Value) -> Result<(), ApiError> {
    let mut invoice = invoice.clone();
    if invoice["status"] == "draft" {
        invoices::finalize(call, &mut invoice)?;
        if invoice["status"] == "paid" {
            subscriptions::paid(call, &invoice)?;
            return call.store.update(&invoice);
        }
        call.store.update(&invoice)?;
        match paused(call, &invoice)?.as_deref() {
            Some("void") => return invoices::void_now(call, invoice).map(drop),
            Some("mark_uncollectible") => return invoices::mark_uncollectible(call, invoice).map(drop),
            _ => {}
        }
    }
    if invoice["collection_method"] == "send_invoice" {
        return send(call, &invoice);
    }
    invoice.set("next_payment_attempt", Value::Null);
    match invoices::default_method(call, &Value::Null, Some(&invoice))? {
        Some(method) => drop(invoices::charge(call, &mut invoice, &method)?),
        None => attempt_failed(call, &mut invoice)?,
    }
    call.store.update(&invoice)
}

/// Sends an invoice to its customer, who has until it is overdue.
pub(super) fn send(call: &Call<'_>, invoice: &Value) -> Result<(), ApiError> {
    call.note(event_types::INVOICE_SENT, invoice);
    notices::put(call, Notice::InvoiceOverdue, invoice, invoice["due_date"].as_i64())
}

/// What a subscription's pause does with its invoices.
fn paused(call: &Call<'_>, invoice: &Value) -> Result<Option<String>, ApiError> {
    let subscription = billing::subscription_of(call, invoice)?.unwrap_or_default();
    Ok(subscription["pause_collection"]["behavior"].as_str().map(ToOwned::to_owned))
}

/// Notes on an invoice that an attempt to collect it failed, and when the next one is.
pub(super) fn attempt_failed(call: &Call<'_>, invoice: &mut Value) -> Result<(), ApiError> {
    let count = invoice["attempt_count"].as_i64().unwrap_or_default() + 1;
    invoice.set("attempt_count", json!(count));
    invoice.set("attempted", json!(true));
    if invoice["auto_advance"] == true && invoice["next_payment_attempt"].is_null() {
        let days = usize::try_from(count - 1).ok().and_then(|made| RETRIES.get(made));
        invoice.set("next_payment_attempt", json!(days.map(|days| call.now + days * DAY)));
        invoice.set("auto_advance", json!(days.is_some()));
    }
    call.note(event_types::INVOICE_PAYMENT_FAILED, invoice);
    renewals::payment_failed(call, invoice)
}
