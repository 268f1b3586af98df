//! What time does to subscriptions: renewals, the ends of trials, cancellations that were announced, and what
//! becomes of those that are not paid.

use serde_json::{Value, json};

use super::fields::Fields;
use super::notices::{self, Notice};
use super::periods::{self, DAY};
use super::{Call, billing, collection, discounts, invoices, subscription_changes};
use crate::sandbox::events::event_types;
use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::state::settings;

/// How long a first payment may wait for its customer.
const PATIENCE: i64 = 23 * 60 * 60;

/// How long an invoice stays a draft, for what else is to be on it.
pub(super) const DRAFT: i64 = 60 * 60;

/// How long before an invoice, and before the end of a trial, its coming is told.
const INVOICE_NOTICE: i64 = 7 * DAY;
pub(super) const TRIAL_NOTICE: i64 = 3 * DAY;

/// When a subscription falls due: at the end of its period, or earlier where its end was announced.
pub(in crate::sandbox) fn when(subscription: &Value) -> Option<i64> {
    let cancel_at = subscription["cancel_at"].as_i64();
    match subscription["status"].as_str() {
        Some("incomplete") => subscription["created"].as_i64().map(|created| created + PATIENCE),
        Some("active" | "past_due" | "trialing" | "unpaid") => {
            let end = period_end(subscription);
            Some(cancel_at.map_or(end, |at| at.min(end)))
        }
        Some("paused") => cancel_at,
        _ => None,
    }
}

/// The end of the period that runs.
pub(super) fn period_end(subscription: &Value) -> i64 {
    subscription["items"]["data"][0]["current_period_end"].as_i64().unwrap_or(i64::MAX)
}

/// Whether a new period follows the one that runs.
pub(super) fn renews(subscription: &Value) -> bool {
    let is_alive =
        matches!(subscription["status"].as_str(), Some("active" | "past_due" | "trialing" | "unpaid"));
    is_alive && subscription["cancel_at"].as_i64().is_none_or(|at| at > period_end(subscription))
}

/// What happens to a subscription that is due.
pub(in crate::sandbox) fn fall_due(call: &Call<'_>, subscription: &Value) -> Result<(), ApiError> {
    if subscription["status"] == "incomplete" {
        return expire(call, subscription);
    }
    if subscription["cancel_at"].as_i64().is_some_and(|at| at <= call.now) {
        let mut ended = subscription.clone();
        collection::stop(call, subscription)?;
        // What waits for the next invoice is billed on the last one.
        subscription_changes::last_invoice(call, &mut ended)?;
        return end(call, ended, "cancellation_requested");
    }
    if subscription["status"] == "trialing" {
        return end_trial(call, subscription);
    }
    renew(call, subscription, subscription.clone())
}

/// Ends a trial: the first period that is paid for begins, unless there is nothing to pay it with and the
/// subscription wants another end then.
fn end_trial(call: &Call<'_>, old: &Value) -> Result<(), ApiError> {
    let mut subscription = old.clone();
    let behavior = &old["trial_settings"]["end_behavior"]["missing_payment_method"];
    let is_charged = old["collection_method"] == "charge_automatically";
    if is_charged && behavior != "create_invoice" && invoices::default_method(call, old, None)?.is_none() {
        if behavior == "cancel" {
            return end(call, subscription, "payment_failed");
        }
        subscription.set("status", json!("paused"));
        call.note_update(event_types::CUSTOMER_SUBSCRIPTION_UPDATED, old, &subscription);
        call.note(event_types::CUSTOMER_SUBSCRIPTION_PAUSED, &subscription);
        return call.store.update(&subscription);
    }
    subscription.set("status", json!("active"));
    renew(call, old, subscription)
}

/// Begins the next period, and the invoice for it.
fn renew(call: &Call<'_>, old: &Value, mut subscription: Value) -> Result<(), ApiError> {
    enter_next_period(&mut subscription);
    let left = discounts::still_given(call, old, &subscription["discounts"], call.now)?;
    subscription.set("discounts", left);
    let mut invoice = billing::invoice_for(call, &subscription, "subscription_cycle")?;
    invoice.set("period_start", old["items"]["data"][0]["current_period_start"].clone());
    invoice.set("period_end", json!(call.now));
    let pauses = old["pause_collection"]["behavior"].as_str();
    if pauses != Some("keep_as_draft") && old["status"] != "unpaid" {
        invoice.set("auto_advance", json!(true));
        invoice.set("automatically_finalizes_at", json!(call.now + DRAFT));
    }
    subscription.set("latest_invoice", invoice["id"].clone());
    call.note(event_types::INVOICE_CREATED, &invoice);
    call.keep(&invoice)?;
    call.note_update(event_types::CUSTOMER_SUBSCRIPTION_UPDATED, old, &subscription);
    call.store.update(&subscription)?;
    announce(call, &subscription)
}

/// Moves a subscription's items into the period after the one that runs.
pub(super) fn enter_next_period(subscription: &mut Value) {
    let anchor = subscription["billing_cycle_anchor"].as_i64().unwrap_or_default();
    for item in subscription["items"]["data"].as_array_mut().into_iter().flatten() {
        let start = item["current_period_end"].as_i64().unwrap_or_default();
        let end = periods::end(anchor, &item["price"]["recurring"], start);
        item.set("current_period_start", json!(start));
        item.set("current_period_end", json!(end));
    }
}

/// Has the end of the period that runs told beforehand.
pub(super) fn announce(call: &Call<'_>, subscription: &Value) -> Result<(), ApiError> {
    let end = period_end(subscription);
    let trial_ends = (subscription["status"] == "trialing").then(|| end - TRIAL_NOTICE);
    notices::put(call, Notice::TrialEnds, subscription, trial_ends)?;
    let comes = renews(subscription).then(|| end - INVOICE_NOTICE);
    notices::put(call, Notice::InvoiceComes, subscription, comes)
}

/// Ends a subscription now.
pub(super) fn end(call: &Call<'_>, mut subscription: Value, reason: &str) -> Result<(), ApiError> {
    subscription.set("cancellation_details.reason", json!(reason));
    if subscription["canceled_at"].is_null() {
        subscription.set("canceled_at", json!(call.now));
    }
    subscription.set("ended_at", json!(call.now));
    subscription.set("status", json!("canceled"));
    call.note(event_types::CUSTOMER_SUBSCRIPTION_DELETED, &subscription);
    call.store.update(&subscription)
}

/// Gives up a subscription whose first payment was not made, and its invoice with it.
fn expire(call: &Call<'_>, old: &Value) -> Result<(), ApiError> {
    let mut subscription = old.clone();
    subscription.set("ended_at", json!(call.now));
    subscription.set("status", json!("incomplete_expired"));
    call.note_update(event_types::CUSTOMER_SUBSCRIPTION_UPDATED, old, &subscription);
    call.store.update(&subscription)?;
    let id = old["latest_invoice"].as_str().unwrap_or_default();
    match call.store.find_alive(invoices::INVOICES.object, id)? {
        Some(invoice) if invoice["status"] == "open" => invoices::void_now(call, invoice).map(drop),
        _ => Ok(()),
    }
}

/// Notes on the subscription of an invoice that an attempt to collect it failed. After the last attempt it comes
/// to what the sandbox is set to: it is canceled unless told otherwise.
pub(super) fn payment_failed(call: &Call<'_>, invoice: &Value) -> Result<(), ApiError> {
    let Some(old) = billing::subscription_of(call, invoice)? else { return Ok(()) };
    if !matches!(old["status"].as_str(), Some("active" | "past_due")) {
        return Ok(());
    }
    let is_charged = invoice["collection_method"] == "charge_automatically";
    let was_last =
        is_charged && invoice["next_payment_attempt"].is_null() && invoice["auto_advance"] == false;
    let outcome = match settings::get(call.store.connection(), settings::AFTER_RETRIES)?.as_deref() {
        _ if !was_last => "past_due",
        Some("unpaid") => "unpaid",
        Some("past_due") => "past_due",
        _ => {
            collection::stop(call, &old)?;
            return end(call, old, "payment_failed");
        }
    };
    let mut subscription = old.clone();
    subscription.set("status", json!(outcome));
    call.note_update(event_types::CUSTOMER_SUBSCRIPTION_UPDATED, &old, &subscription);
    call.store.update(&subscription)
}
