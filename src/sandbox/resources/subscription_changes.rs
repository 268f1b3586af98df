//! Changes of a subscription: what they credit and charge for the rest of the period, and what is invoiced at once.
//!
//! Whatever is taken away is credited for the time that is left of what was billed for it, and whatever is added is
//! charged for that time. Each is an invoice item, on the next invoice or on one of its own.

use jiff::Timestamp;
use jiff::tz::Offset;
use serde_json::{Value, json};

use super::billed_items::{self, Billed};
use super::fields::Fields;
use super::invoice_items::{self, INVOICE_ITEMS};
use super::products::PRODUCTS;
use super::proration::Share;
use super::subscription_items as items;
use super::subscriptions::{self, SUBSCRIPTIONS};
use super::{Answer, Call, billing, collection, discounts, invoice_lines, invoices, periods, renewals};
use crate::sandbox::events::event_types;
use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::params::schema::{Field, Kind, field};

/// What a change does with the rest of the period.
pub(super) const PRORATION: &[Field] = &[
    field("billing_cycle_anchor", Kind::Choice(&["now", "unchanged"])),
    field("proration_behavior", Kind::Choice(BEHAVIORS)),
    field("proration_date", super::common::TIME),
];

const BEHAVIORS: &[&str] = &["always_invoice", "create_prorations", "none"];

/// What becomes of the period that runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// It goes on.
    Stays,
    /// A new one begins, and is billed at once.
    Restarts,
    /// A trial until then takes its place.
    Trial(i64),
    /// The trial that it is ends.
    TrialEnds,
}

/// A subscription after a change that is kept, and the draft of what is to be paid for it at once.
pub(super) struct Changed {
    pub(super) subscription: Value,
    pub(super) invoice: Option<Value>,
}

/// `POST /v1/subscriptions/sub_…`.
pub(super) fn update(call: &Call<'_>) -> Result<Answer, ApiError> {
    let changed = apply(call, &call.load()?)?;
    if let Some(invoice) = changed.invoice {
        collect(call, &changed.subscription, invoice)?;
    }
    call.named(&SUBSCRIPTIONS, call.id, "id").map(Answer::ok)
}

/// Changes a subscription as the parameters say. Nothing is paid yet.
pub(super) fn apply(call: &Call<'_>, old: &Value) -> Result<Changed, ApiError> {
    let mut subscription = old.clone();
    if let Some(rows) = call.values.get("items").and_then(Value::as_array) {
        if old["status"] == "incomplete" {
            let message = "The items of a subscription cannot be changed before its first invoice is paid.";
            return Err(ApiError::conflict(message).param("items"));
        }
        items::change(call, &mut subscription, rows)?;
    }
    subscriptions::write(call, &mut subscription)?;
    if let Some(ids) = call.values.get("default_tax_rates") {
        subscription.set("default_tax_rates", invoice_lines::tax_rates(call, ids)?);
    }
    if call.values.contains_key("discounts") {
        subscription.set("discounts", json!(discounts::give(call, "subscription", &old["id"])?));
    }
    let turn = turn(call, old, &subscription)?;
    let at = proration_date(call, old)?;
    let behavior = call.text("proration_behavior").unwrap_or("create_prorations");
    let mut is_prorated = false;
    if behavior != "none" && is_billed(old) {
        is_prorated = prorate(call, old, &subscription, at, turn == Turn::Stays)?;
    }
    take_turn(call, old, &mut subscription, turn)?;
    subscriptions::write_end(call, &mut subscription);
    let invoice = match turn {
        Turn::Restarts | Turn::TrialEnds => {
            Some(billing::invoice_for(call, &subscription, "subscription_update")?)
        }
        _ if behavior == "always_invoice" && is_prorated => {
            billing::invoice_for_pending(call, &subscription, "subscription_update")?
        }
        _ => None,
    };
    invoice.iter().try_for_each(invoices::check_amount)?;
    let invoice = invoice.map(|invoice| begin(call, &mut subscription, invoice)).transpose()?;
    call.note_update(event_types::CUSTOMER_SUBSCRIPTION_UPDATED, old, &subscription);
    call.store.update(&subscription)?;
    renewals::announce(call, &subscription)?;
    Ok(Changed { subscription, invoice })
}

/// `POST /v1/subscriptions/sub_…/resume`: what was paused at the end of its trial goes on, and its first period that
/// is paid for begins now.
pub(super) fn resume(call: &Call<'_>) -> Result<Answer, ApiError> {
    let old = call.load()?;
    let mut subscription = old.clone();
    subscription.set("status", json!("active"));
    take_turn(call, &old, &mut subscription, Turn::Restarts)?;
    let invoice = billing::invoice_for(call, &subscription, "subscription_update")?;
    invoices::check_amount(&invoice)?;
    let invoice = begin(call, &mut subscription, invoice)?;
    call.note_update(event_types::CUSTOMER_SUBSCRIPTION_UPDATED, &old, &subscription);
    call.store.update(&subscription)?;
    renewals::announce(call, &subscription)?;
    collect(call, &subscription, invoice)?;
    let resumed = call.named(&SUBSCRIPTIONS, call.id, "id")?;
    call.note(event_types::CUSTOMER_SUBSCRIPTION_RESUMED, &resumed);
    Ok(Answer::ok(resumed))
}

/// Keeps the draft of an invoice that is collected at once.
fn begin(call: &Call<'_>, subscription: &mut Value, mut invoice: Value) -> Result<Value, ApiError> {
    invoice.set("auto_advance", json!(true));
    invoice.set("automatically_finalizes_at", json!(call.now));
    subscription.set("latest_invoice", invoice["id"].clone());
    call.note(event_types::INVOICE_CREATED, &invoice);
    call.keep(&invoice)?;
    Ok(invoice)
}

/// Whether a subscription's periods are paid for: a trial and a pause are not.
fn is_billed(subscription: &Value) -> bool {
    matches!(subscription["status"].as_str(), Some("active" | "past_due" | "unpaid"))
}

fn turn(call: &Call<'_>, old: &Value, new: &Value) -> Result<Turn, ApiError> {
    let is_trial = old["status"] == "trialing";
    match call.values.get("trial_end") {
        Some(Value::Number(end)) => return Ok(Turn::Trial(end.as_i64().unwrap_or_default())),
        Some(_) if is_trial => return Ok(Turn::TrialEnds),
        _ => {}
    }
    let is_reset = call.text("billing_cycle_anchor") == Some("now");
    if is_reset && is_trial {
        let message = "The billing cycle of a trial cannot be reset. To end the trial now: trial_end=now.";
        return Err(ApiError::conflict(message).param("billing_cycle_anchor"));
    }
    let interval = |subscription: &Value| {
        let recurring = &subscription["items"]["data"][0]["price"]["recurring"];
        (recurring["interval"].clone(), recurring["interval_count"].clone())
    };
    let is_other = interval(old) != interval(new);
    Ok(if is_billed(old) && (is_reset || is_other) { Turn::Restarts } else { Turn::Stays })
}

fn take_turn(call: &Call<'_>, old: &Value, subscription: &mut Value, turn: Turn) -> Result<(), ApiError> {
    match turn {
        Turn::Stays => return Ok(()),
        Turn::Trial(end) => {
            let is_new = old["status"] != "trialing";
            subscriptions::prolong_trial(call, subscription, end)?;
            if is_new {
                start_periods(subscription, call.now, |_| end);
            }
            return Ok(());
        }
        Turn::TrialEnds => {
            subscription.set("trial_end", json!(call.now));
            subscription.set("status", json!("active"));
        }
        Turn::Restarts => {
            let left = discounts::still_given(call, old, &subscription["discounts"], call.now)?;
            subscription.set("discounts", left);
        }
    }
    subscription.set("billing_cycle_anchor", json!(call.now));
    start_periods(subscription, call.now, |item| {
        periods::end(call.now, &item["price"]["recurring"], call.now)
    });
    Ok(())
}

fn start_periods(subscription: &mut Value, start: i64, end: impl Fn(&Value) -> i64) {
    for item in subscription["items"]["data"].as_array_mut().into_iter().flatten() {
        let end = end(item);
        item.set("current_period_start", json!(start));
        item.set("current_period_end", json!(end));
    }
}

/// From when on a change counts: now, or any time of the period that runs.
fn proration_date(call: &Call<'_>, old: &Value) -> Result<i64, ApiError> {
    let Some(at) = call.number("proration_date") else { return Ok(call.now) };
    let (start, end) = period(&old["items"]["data"][0]);
    if (start..=end).contains(&at) {
        return Ok(at);
    }
    let message = format!("Invalid proration_date: {at} is outside the current period ({start} to {end}).");
    Err(ApiError::conflict(message).param("proration_date"))
}

fn period(item: &Value) -> (i64, i64) {
    let time = |name: &str| item[name].as_i64().unwrap_or_default();
    (time("current_period_start"), time("current_period_end"))
}

/// Makes the invoice items for what changes from `old` to `new` at a time, and answers whether there are any. Where
/// the period does not go on, all of `old` is credited and nothing charged: the next period is billed as a whole.
fn prorate(call: &Call<'_>, old: &Value, new: &Value, at: i64, goes_on: bool) -> Result<bool, ApiError> {
    let items_of = |of: &Value| of["items"]["data"].as_array().cloned().unwrap_or_default();
    let (before, after) = (items_of(old), items_of(new));
    let (costed, costs) = (billed_items::costs(call, old)?, billed_items::costs(call, new)?);
    let mut pieces = Vec::new();
    for (item, costed) in before.iter().zip(costed) {
        let later = after.iter().position(|later| later["id"] == item["id"] && goes_on);
        let is_same = |later: &Value| {
            later["price"]["id"] == item["price"]["id"] && later["quantity"] == item["quantity"]
        };
        if later.is_some_and(|place| is_same(&after[place])) {
            continue;
        }
        let billed = billed_items::of(call, item, costed)?;
        let at = at.max(billed.since);
        pieces.push((item, -billed.net, at, billed));
        match later {
            Some(place) => {
                pieces.push((&after[place], costs[place], at, Billed::now(&after[place], costs[place])));
            }
            None => billed_items::note(call, item, &Billed::now(item, 0))?,
        }
    }
    for (item, cost) in after.iter().zip(&costs).filter(|_| goes_on) {
        if before.iter().all(|earlier| earlier["id"] != item["id"]) {
            pieces.push((item, *cost, at, Billed::now(item, *cost)));
        }
    }
    let mut is_any = false;
    for (item, amount, at, billed) in &pieces {
        is_any |= put(call, old, item, *at, *amount, billed)?;
    }
    Ok(is_any)
}

/// Makes one invoice item: a credit where the amount for a whole period is below zero, else a charge.
fn put(
    call: &Call<'_>,
    subscription: &Value,
    of: &Value,
    at: i64,
    amount: i64,
    billed: &Billed,
) -> Result<bool, ApiError> {
    let (start, end) = period(of);
    let is_credit = amount < 0;
    let amount = Share::left(start, end, at).of(amount);
    let mut item = call.new_object(&INVOICE_ITEMS);
    if !is_credit {
        let credited_items = json!({"type": "invoice_item", "invoice_item": item["id"]});
        let credited_items = if amount == 0 { Value::Null } else { credited_items };
        billed_items::note(call, of, &Billed { since: at, credited_items, ..billed.clone() })?;
    }
    if amount == 0 {
        return Ok(false);
    }
    item.set("amount", json!(amount));
    item.set("net_amount", json!(amount));
    item.set("currency", subscription["currency"].clone());
    item.set("customer", subscription["customer"].clone());
    item.set("date", json!(call.now));
    item.set("description", json!(describe(call, is_credit, billed, at)?));
    item.set("discountable", json!(false));
    item.set(
        "parent",
        json!({"type": "subscription_details", "subscription_details":
        {"subscription": subscription["id"], "subscription_item": of["id"]}}),
    );
    item.set("period", json!({"start": at, "end": end}));
    item.set("pricing", invoice_items::pricing(&billed.price));
    item.set("proration", json!(true));
    item.set("quantity", billed.quantity.clone());
    item.set("quantity_decimal", json!(billed.quantity.to_string()));
    item.set("test_clock", subscription["test_clock"].clone());
    let credited = if is_credit { &billed.credited_items } else { &Value::Null };
    item.add("proration_details", json!({"credited_items": credited, "discount_amounts": []}));
    call.note(event_types::INVOICEITEM_CREATED, &item);
    call.keep(&item)?;
    Ok(true)
}

/// As Stripe describes a proration: `Unused time on 2 × Seats after 14 Feb 2026`.
fn describe(call: &Call<'_>, is_credit: bool, billed: &Billed, at: i64) -> Result<String, ApiError> {
    let id = billed.price["product"].as_str().unwrap_or_default();
    let product = call.store.find(PRODUCTS.object, id)?.unwrap_or_default();
    let name = product["name"].as_str().unwrap_or(id);
    let what = if is_credit { "Unused time" } else { "Remaining time" };
    let times = if billed.quantity == 1 { String::new() } else { format!("{} × ", billed.quantity) };
    let day =
        Timestamp::from_second(at).map(|at| Offset::UTC.to_datetime(at).strftime("%d %b %Y").to_string());
    Ok(format!("{what} on {times}{name} after {}", day.unwrap_or_default()))
}

/// Finalizes the invoice of a change and has it paid, as `payment_behavior` says.
fn collect(call: &Call<'_>, subscription: &Value, mut invoice: Value) -> Result<(), ApiError> {
    let behavior = call.text("payment_behavior").unwrap_or("allow_incomplete");
    if behavior == "allow_incomplete" || invoice["collection_method"] == "send_invoice" {
        collection::fall_due(call, &invoice)?;
        let id = invoice["id"].as_str().unwrap_or_default();
        let invoice = call.named(&invoices::INVOICES, id, "id")?;
        let is_charged = invoice["collection_method"] == "charge_automatically";
        let is_open = is_charged && invoice["status"] == "open";
        return if is_open { note_past_due(call, subscription) } else { Ok(()) };
    }
    invoices::finalize(call, &mut invoice)?;
    call.store.update(&invoice)?;
    if invoice["status"] == "paid" {
        return Ok(());
    }
    if behavior == "default_incomplete" {
        return note_past_due(call, subscription);
    }
    let method = invoices::method_for(call, &invoice)?;
    let refused = invoices::charge(call, &mut invoice, &method)?;
    call.store.update(&invoice)?;
    refused.map_or(Ok(()), Err)
}

fn note_past_due(call: &Call<'_>, subscription: &Value) -> Result<(), ApiError> {
    let id = subscription["id"].as_str().unwrap_or_default();
    let old = call.named(&SUBSCRIPTIONS, id, "id")?;
    if old["status"] != "active" {
        return Ok(());
    }
    let mut subscription = old.clone();
    subscription.set("status", json!("past_due"));
    call.note_update(event_types::CUSTOMER_SUBSCRIPTION_UPDATED, &old, &subscription);
    call.store.update(&subscription)
}

/// `DELETE /v1/subscriptions/sub_…`: ends a subscription now. With `prorate` the time that is left is credited, and
/// with `invoice_now` what waits for the next invoice is billed on a last one.
pub(super) fn cancel(call: &Call<'_>) -> Result<Answer, ApiError> {
    let changed = end_now(call, &call.load()?)?;
    if let Some(invoice) = changed.invoice {
        collect(call, &changed.subscription, invoice)?;
    }
    call.named(&SUBSCRIPTIONS, call.id, "id").map(Answer::ok)
}

/// Ends a subscription now. Its last invoice is not paid yet.
pub(super) fn end_now(call: &Call<'_>, old: &Value) -> Result<Changed, ApiError> {
    let mut subscription = old.clone();
    collection::stop(call, old)?;
    if call.flag("prorate") && is_billed(old) {
        let at = proration_date(call, old)?;
        prorate(call, old, &subscription, at, false)?;
    }
    call.overlay(&mut subscription)?;
    subscription.set("cancellation_details.reason", json!("cancellation_requested"));
    subscription.set("canceled_at", json!(call.now));
    subscription.set("ended_at", json!(call.now));
    let was_incomplete = subscription["status"] == "incomplete";
    subscription.set("status", json!(if was_incomplete { "incomplete_expired" } else { "canceled" }));
    let invoice = if call.flag("invoice_now") { last_invoice(call, &mut subscription)? } else { None };
    call.note(event_types::CUSTOMER_SUBSCRIPTION_DELETED, &subscription);
    call.store.update(&subscription)?;
    Ok(Changed { subscription, invoice })
}

/// The draft of a subscription's last invoice, if anything waits for it.
pub(super) fn last_invoice(call: &Call<'_>, subscription: &mut Value) -> Result<Option<Value>, ApiError> {
    let pending = billing::invoice_for_pending(call, subscription, "subscription_cycle")?;
    pending.map(|invoice| begin(call, subscription, invoice)).transpose()
}
