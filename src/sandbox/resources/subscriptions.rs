//! Subscriptions: their declaration, and how they begin.

use serde_json::{Value, json};

use super::common::{ID, TEXT};
use super::customers::CUSTOMERS;
use super::discounts::{self, DISCOUNTS};
use super::fields::Fields;
use super::invoices::{self, INVOICES};
use super::list;
use super::payment_methods::PAYMENT_METHODS;
use super::products::PRODUCTS;
use super::subscription_changes as changes;
use super::subscription_items as items;
use super::{
    Answer, Call, Events, Link, Operation, Resource, Target, billing, invoice_lines, renewals, shapes,
    test_clocks,
};
use crate::sandbox::events::event_types;
use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::params::schema::{Field, Kind, field, required};

/// `/v1/subscriptions`.
pub(super) static SUBSCRIPTIONS: Resource = Resource {
    object: "subscription",
    path: "subscriptions",
    id: ("sub", 24),
    shape: shapes::subscriptions::shape,
    events: Events {
        created: Some(event_types::CUSTOMER_SUBSCRIPTION_CREATED),
        updated: Some(event_types::CUSTOMER_SUBSCRIPTION_UPDATED),
        deleted: None,
    },
    expandable: &[
        ("customer", Link::One(&CUSTOMERS)),
        ("default_payment_method", Link::One(&PAYMENT_METHODS)),
        ("discounts", Link::One(&DISCOUNTS)),
        ("items.data.price.product", Link::One(&PRODUCTS)),
        ("latest_invoice", Link::One(&INVOICES)),
    ],
    operations: &[
        Operation::post(Target::Collection, &[CREATE, WRITABLE], create),
        Operation { fields: &[list::FIELDS, FILTERS], run: list_subscriptions, ..Operation::list(&[]) },
        Operation::search(),
        Operation::get(Target::Item, &[], super::common::retrieve),
        Operation::post(Target::Item, &[UPDATE, WRITABLE, changes::PRORATION], changes::update).when(ALIVE),
        Operation { fields: &[CANCEL], ..Operation::delete(changes::cancel).when(ALIVE) },
        Operation::post(Target::Action("resume"), &[RESUME], resume).when(&["paused"]),
    ],
};

/// The states in which a subscription can still change.
pub(super) const ALIVE: &[&str] = &["active", "incomplete", "past_due", "paused", "trialing", "unpaid"];

const FILTERS: &[Field] = &[
    field("collection_method", COLLECTION),
    field("customer", ID),
    field("price", Kind::Id("price")),
    field("status", Kind::Choice(STATES)),
    field("test_clock", ID),
];

const STATES: &[&str] = &[
    "active",
    "all",
    "canceled",
    "ended",
    "incomplete",
    "incomplete_expired",
    "past_due",
    "paused",
    "trialing",
    "unpaid",
];

const COLLECTION: Kind = Kind::Choice(&["charge_automatically", "send_invoice"]);

const CREATE: &[Field] = &[
    required("customer", Kind::Id("customer")),
    required("items", Kind::List(&Kind::Object(items::NEW))),
    field("currency", Kind::Currency),
    field("proration_behavior", Kind::Choice(&["always_invoice", "create_prorations", "none"])),
    field("trial_period_days", Kind::Integer(0, 730)),
];

const UPDATE: &[Field] = &[field("items", Kind::List(&Kind::Object(items::CHANGED)))];

const WRITABLE: &[Field] = &[
    field("cancel_at", Kind::Timestamp(&["min_period_end", "max_period_end"])),
    field("cancel_at_period_end", Kind::Boolean),
    field("collection_method", COLLECTION),
    field("days_until_due", Kind::Integer(0, 3650)),
    field("default_payment_method", Kind::Id("payment_method")),
    field("default_tax_rates", Kind::List(&ID)),
    field("description", Kind::Text(500)),
    field("discounts", discounts::GIVEN),
    field("metadata", Kind::Metadata),
    field("off_session", Kind::Boolean),
    field("pause_collection", Kind::Object(PAUSE)),
    field("payment_behavior", Kind::Choice(BEHAVIORS)),
    field("payment_settings", Kind::Part(PAYMENT_SETTINGS)),
    field("trial_end", Kind::Timestamp(&["now"])),
    field("trial_settings", Kind::Part(&[required("end_behavior", Kind::Part(END_BEHAVIOR))])),
];

const END_BEHAVIOR: &[Field] =
    &[required("missing_payment_method", Kind::Choice(&["cancel", "create_invoice", "pause"]))];

const RESUME: &[Field] = &[field("billing_cycle_anchor", Kind::Choice(&["now"]))];

/// What becomes of the invoices of a subscription while its collection is paused.
const PAUSE: &[Field] = &[required("behavior", Kind::Choice(PAUSES)), field("resumes_at", Kind::NotOffered)];

const PAUSES: &[&str] = &["keep_as_draft", "mark_uncollectible", "void"];

const BEHAVIORS: &[&str] = &["allow_incomplete", "default_incomplete", "error_if_incomplete"];

const PAYMENT_SETTINGS: &[Field] = &[
    field("payment_method_types", Kind::List(&Kind::Choice(&["card"]))),
    field("save_default_payment_method", Kind::Choice(&["off", "on_subscription"])),
];

const CANCEL: &[Field] = &[
    field(
        "cancellation_details",
        Kind::Object(&[field("comment", TEXT), field("feedback", Kind::Choice(FEEDBACK))]),
    ),
    field("invoice_now", Kind::Boolean),
    field("prorate", Kind::Boolean),
];

const FEEDBACK: &[&str] = &[
    "customer_service",
    "low_quality",
    "missing_features",
    "other",
    "switched_service",
    "too_complex",
    "too_expensive",
    "unused",
];

fn create(call: &Call<'_>) -> Result<Answer, ApiError> {
    let rows = call.values.get("items").and_then(Value::as_array).cloned().unwrap_or_default();
    let subscription = make(call, &rows)?;
    let is_trial = !subscription["trial_end"].is_null();
    begin(call, subscription, is_trial)
}

/// A new subscription to these items, kept, and not yet billed.
fn make(call: &Call<'_>, rows: &[Value]) -> Result<Value, ApiError> {
    let customer = call.named(&CUSTOMERS, call.text("customer").unwrap_or_default(), "customer")?;
    let mut subscription = call.new_object(&SUBSCRIPTIONS);
    write(call, &mut subscription)?;
    subscription.set(
        "default_tax_rates",
        match call.values.get("default_tax_rates") {
            Some(ids) => invoice_lines::tax_rates(call, ids)?,
            None => json!([]),
        },
    );
    subscription.set("start_date", json!(call.now));
    subscription.set("test_clock", customer["test_clock"].clone());
    let trial_end = trial_end(call)?;
    if let Some(end) = trial_end {
        subscription.set("trial_start", json!(call.now));
        subscription.set("trial_end", json!(end));
    }
    items::put(call, &mut subscription, rows, call.now, trial_end)?;
    check_currency(call, &customer, &subscription)?;
    write_end(call, &mut subscription);
    subscription.set("billing_cycle_anchor", json!(trial_end.unwrap_or(call.now)));
    subscription.set("discounts", json!(discounts::give(call, "subscription", &subscription["id"])?));
    subscription.set("status", json!("incomplete"));
    call.keep(&subscription)?;
    Ok(subscription)
}

/// The draft of the first invoice of a subscription to these items.
pub(super) fn first_invoice(call: &Call<'_>, rows: &[Value]) -> Result<Value, ApiError> {
    let mut subscription = make(call, rows)?;
    if !subscription["trial_end"].is_null() {
        subscription.set("status", json!("trialing"));
    }
    billing::invoice_for(call, &subscription, "subscription_create")
}

/// A customer's subscriptions are all in one currency, and so is the balance that their invoices use.
fn check_currency(call: &Call<'_>, customer: &Value, subscription: &Value) -> Result<(), ApiError> {
    let currency = &subscription["currency"];
    if call.text("currency").is_some_and(|given| currency != given) {
        let message = format!(
            "The price specified only supports `{}`. This doesn't match the expected currency: `{}`.",
            currency.as_str().unwrap_or_default(),
            call.text("currency").unwrap_or_default()
        );
        return Err(ApiError::conflict(message).param("currency"));
    }
    let id = customer["id"].as_str().unwrap_or_default();
    let others = list::all_with(&call.store, &SUBSCRIPTIONS, "customer", id)?;
    let is_other = |other: &&Value| {
        ALIVE.contains(&other["status"].as_str().unwrap_or_default()) && other["currency"] != *currency
    };
    let has_other_balance = customer["balance"] != 0 && customer["currency"] != *currency;
    if let Some(other) = others.iter().find(is_other).or(has_other_balance.then_some(customer)) {
        let message = format!(
            "You cannot combine currencies on a single customer. This customer has an active subscription, \
             subscription schedule, discount, quote, or invoice item with currency {}",
            other["currency"].as_str().unwrap_or_default()
        );
        return Err(ApiError::conflict(message));
    }
    if customer["currency"] == *currency {
        return Ok(());
    }
    let mut changed = customer.clone();
    changed.set("currency", currency.clone());
    call.note_update(event_types::CUSTOMER_UPDATED, customer, &changed);
    call.store.update(&changed)
}

/// When the trial ends, if there is one.
fn trial_end(call: &Call<'_>) -> Result<Option<i64>, ApiError> {
    match (call.number("trial_period_days").filter(|days| *days > 0), call.number("trial_end")) {
        (Some(_), Some(_)) => {
            let message = "Give trial_period_days or trial_end, not both.";
            Err(ApiError::invalid(message).code("parameters_exclusive").param("trial_end"))
        }
        (Some(days), None) => Ok(Some(call.now + days * 24 * 60 * 60)),
        (None, Some(end)) if end <= call.now => {
            Err(ApiError::invalid("trial_end is over already.").param("trial_end"))
        }
        (None, end) => Ok(end),
    }
}

/// The plain fields. How a subscription is collected has to fit together.
pub(super) fn write(call: &Call<'_>, subscription: &mut Value) -> Result<(), ApiError> {
    let other = ["items", "discounts", "default_tax_rates", "trial_end", "cancel_at", "billing_cycle_anchor"];
    let plain = call.values.iter().filter(|(name, _)| !other.contains(&name.as_str()));
    super::call::overlay(subscription, &plain.map(|(name, value)| (name.clone(), value.clone())).collect())?;
    if subscription["collection_method"] == "send_invoice" && subscription["days_until_due"].is_null() {
        let message = "A subscription whose invoices are sent needs days_until_due.";
        return Err(ApiError::invalid(message).code("parameter_missing").param("days_until_due"));
    }
    Ok(())
}

/// When a subscription is to end by itself. Its items say when their period does.
pub(super) fn write_end(call: &Call<'_>, subscription: &mut Value) {
    match call.values.get("cancel_at") {
        Some(Value::Number(at)) => subscription.set("cancel_at", json!(at)),
        Some(Value::Null) => subscription.set("cancel_at", Value::Null),
        Some(_) => {
            subscription.set("cancel_at", subscription["items"]["data"][0]["current_period_end"].clone());
        }
        None => {}
    }
    if call.values.contains_key("cancel_at_period_end") {
        let ends = call.flag("cancel_at_period_end");
        let end = subscription["items"]["data"][0]["current_period_end"].clone();
        subscription.set("cancel_at", if ends { end } else { Value::Null });
        subscription.set("canceled_at", if ends { json!(call.now) } else { Value::Null });
        let reason = if ends { json!("cancellation_requested") } else { Value::Null };
        subscription.set("cancellation_details.reason", reason);
    }
}

/// Makes the first invoice and, unless told otherwise, has it paid.
fn begin(call: &Call<'_>, mut subscription: Value, trial: bool) -> Result<Answer, ApiError> {
    if trial {
        subscription.set("status", json!("trialing"));
    }
    let mut invoice = billing::invoice_for(call, &subscription, "subscription_create")?;
    invoices::check_amount(&invoice)?;
    subscription.set("latest_invoice", invoice["id"].clone());
    call.note(event_types::INVOICE_CREATED, &invoice);
    call.keep(&invoice)?;
    let free = invoice["amount_due"] == 0;
    let sent = invoice["collection_method"] == "send_invoice";
    if !trial && (free || sent) {
        subscription.set("status", json!("active"));
    }
    call.note(event_types::CUSTOMER_SUBSCRIPTION_CREATED, &subscription);
    if subscription["trial_end"].as_i64().is_some_and(|end| end - call.now <= renewals::TRIAL_NOTICE) {
        call.note(event_types::CUSTOMER_SUBSCRIPTION_TRIAL_WILL_END, &subscription);
    }
    call.store.update(&subscription)?;
    renewals::announce(call, &subscription)?;
    invoices::finalize(call, &mut invoice)?;
    call.store.update(&invoice)?;
    let behavior = call.text("payment_behavior").unwrap_or("allow_incomplete");
    if !free && !sent && behavior != "default_incomplete" {
        let method = invoices::method_for(call, &invoice)?;
        let refused = invoices::charge(call, &mut invoice, &method)?;
        call.store.update(&invoice)?;
        if let Some(error) = refused.filter(|_| behavior == "error_if_incomplete") {
            return Err(error);
        }
    }
    let id = subscription["id"].as_str().unwrap_or_default();
    call.named(&SUBSCRIPTIONS, id, "id").map(Answer::ok)
}

/// Notes on the subscription of an invoice that the invoice is paid.
pub(super) fn paid(call: &Call<'_>, invoice: &Value) -> Result<(), ApiError> {
    let id = invoice["parent"]["subscription_details"]["subscription"].as_str().unwrap_or_default();
    let Some(old) = call.store.find_alive(SUBSCRIPTIONS.object, id)? else { return Ok(()) };
    if !matches!(old["status"].as_str(), Some("incomplete" | "past_due" | "unpaid")) {
        return Ok(());
    }
    let mut subscription = old.clone();
    subscription.set("status", json!("active"));
    call.note_update(event_types::CUSTOMER_SUBSCRIPTION_UPDATED, &old, &subscription);
    renewals::announce(call, &subscription)?;
    call.store.update(&subscription)
}

/// Lets a trial end at another time: the period that runs ends with it, and those after it are counted from there.
pub(super) fn prolong_trial(call: &Call<'_>, subscription: &mut Value, end: i64) -> Result<(), ApiError> {
    if end <= call.now {
        return Err(ApiError::invalid("trial_end is over already.").param("trial_end"));
    }
    if subscription["trial_start"].is_null() {
        subscription.set("trial_start", json!(call.now));
    }
    subscription.set("trial_end", json!(end));
    subscription.set("billing_cycle_anchor", json!(end));
    subscription.set("status", json!("trialing"));
    for item in subscription["items"]["data"].as_array_mut().into_iter().flatten() {
        item.set("current_period_end", json!(end));
    }
    Ok(())
}

/// Lets a subscription go on that was paused at the end of its trial: a paid period begins now.
fn resume(call: &Call<'_>) -> Result<Answer, ApiError> {
    let old = call.load()?;
    let mut subscription = old.clone();
    subscription.set("billing_cycle_anchor", json!(call.now));
    subscription.set("status", json!("active"));
    for item in subscription["items"]["data"].as_array_mut().into_iter().flatten() {
        item.set("current_period_end", json!(call.now));
    }
    renewals::enter_next_period(&mut subscription);
    let mut invoice = billing::invoice_for(call, &subscription, "subscription_update")?;
    invoice.set("auto_advance", json!(true));
    subscription.set("latest_invoice", invoice["id"].clone());
    call.note(event_types::INVOICE_CREATED, &invoice);
    call.keep(&invoice)?;
    call.note_update(event_types::CUSTOMER_SUBSCRIPTION_UPDATED, &old, &subscription);
    call.store.update(&subscription)?;
    renewals::announce(call, &subscription)?;
    invoice.set("automatically_finalizes_at", json!(call.now));
    super::collection::fall_due(call, &invoice)?;
    let resumed = call.named(&SUBSCRIPTIONS, call.id, "id")?;
    call.note(event_types::CUSTOMER_SUBSCRIPTION_RESUMED, &resumed);
    Ok(Answer::ok(resumed))
}

/// Lists what has not ended, unless a state is asked for.
fn list_subscriptions(call: &Call<'_>) -> Result<Answer, ApiError> {
    let status = list::column(&SUBSCRIPTIONS, "status");
    let mut conditions = list::filters(call, &SUBSCRIPTIONS, &["price", "status"]);
    match call.text("status") {
        Some("all") => {}
        Some("ended") => {
            let ended = json!(["canceled", "incomplete_expired"]).to_string();
            conditions.push((format!("{status} IN (SELECT value FROM json_each(?))"), ended.into()));
        }
        Some(other) => conditions.push(list::equals(&SUBSCRIPTIONS, "status", &json!(other))),
        None => conditions.push((format!("{status} <> ?"), "canceled".to_owned().into())),
    }
    if let Some(price) = call.text("price") {
        let condition = "EXISTS (SELECT 1 FROM json_each(body, '$.items.data') \
                         WHERE json_extract(value, '$.price.id') = ?)";
        conditions.push((condition.to_owned(), price.to_owned().into()));
    }
    conditions.extend(test_clocks::left_out(call, &SUBSCRIPTIONS));
    list::page(call, &SUBSCRIPTIONS, "/v1/subscriptions", conditions)
}
