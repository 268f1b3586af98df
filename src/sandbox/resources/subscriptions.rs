//! Subscriptions: their declaration, and how they begin, change and end.

use serde_json::{Value, json};

use super::common::{ID, TEXT};
use super::customers::CUSTOMERS;
use super::discounts::{self, DISCOUNTS};
use super::invoices::{self, INVOICES};
use super::payment_methods::PAYMENT_METHODS;
use super::products::PRODUCTS;
use super::subscription_items as items;
use super::{Answer, Call, Events, Link, Operation, Resource, Target, invoice_lines, shapes};
use crate::sandbox::api_error::ApiError;
use crate::sandbox::event_types;
use crate::sandbox::fields::Fields;
use crate::sandbox::list;
use crate::sandbox::schema::{Field, Kind, field, required};

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
        Operation::post(Target::Item, &[UPDATE, WRITABLE], update).when(ALIVE),
        Operation { fields: &[CANCEL], ..Operation::delete(cancel).when(ALIVE) },
    ],
};

/// The states in which a subscription can still change.
const ALIVE: &[&str] = &["active", "incomplete", "past_due", "paused", "trialing", "unpaid"];

const FILTERS: &[Field] = &[
    field("collection_method", COLLECTION),
    field("customer", ID),
    field("price", Kind::Id("price")),
    field("status", Kind::Choice(STATES)),
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
    field("payment_behavior", Kind::Choice(BEHAVIORS)),
    field("payment_settings", Kind::Part(PAYMENT_SETTINGS)),
    field("proration_behavior", Kind::Choice(&["none"])),
    field("trial_end", Kind::Timestamp(&["now"])),
    field("trial_settings", Kind::Part(&[required("end_behavior", Kind::Part(END_BEHAVIOR))])),
];

const END_BEHAVIOR: &[Field] =
    &[required("missing_payment_method", Kind::Choice(&["cancel", "create_invoice", "pause"]))];

/// How long before the end of a trial its coming is told.
const NOTICE: i64 = 3 * 24 * 60 * 60;

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
    let customer = call.named(&CUSTOMERS, call.text("customer").unwrap_or_default(), "customer")?;
    let rows = call.values.get("items").and_then(Value::as_array).cloned().unwrap_or_default();
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
    let trial_end = trial_end(call)?;
    if let Some(end) = trial_end {
        subscription.set("trial_start", json!(call.now));
        subscription.set("trial_end", json!(end));
    }
    items::put(call, &mut subscription, &rows, call.now, trial_end)?;
    subscription.set("billing_cycle_anchor", json!(trial_end.unwrap_or(call.now)));
    subscription.set("discounts", json!(discounts::give(call, "subscription", &subscription["id"])?));
    subscription.set("status", json!("incomplete"));
    call.keep(&subscription)?;
    begin(call, subscription, &customer, trial_end.is_some())
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
fn write(call: &Call<'_>, subscription: &mut Value) -> Result<(), ApiError> {
    let other = ["items", "discounts", "default_tax_rates", "trial_end", "cancel_at"];
    let plain = call.values.iter().filter(|(name, _)| !other.contains(&name.as_str()));
    super::call::overlay(subscription, &plain.map(|(name, value)| (name.clone(), value.clone())).collect())?;
    if subscription["collection_method"] == "send_invoice" && subscription["days_until_due"].is_null() {
        let message = "A subscription whose invoices are sent needs days_until_due.";
        return Err(ApiError::invalid(message).code("parameter_missing").param("days_until_due"));
    }
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
    Ok(())
}

/// Makes the first invoice and, unless told otherwise, has it paid.
fn begin(
    call: &Call<'_>,
    mut subscription: Value,
    customer: &Value,
    trial: bool,
) -> Result<Answer, ApiError> {
    let mut invoice = invoices::begin(call, customer, "subscription_create");
    for name in ["collection_method", "currency", "default_payment_method", "discounts", "default_tax_rates"]
    {
        invoice.set(name, subscription[name].clone());
    }
    if let Some(days) = subscription["days_until_due"].as_i64() {
        invoice.set("due_date", json!(call.now + days * 24 * 60 * 60));
    }
    invoice.set(
        "parent",
        json!({"quote_details": null, "type": "subscription_details", "subscription_details":
        {"metadata": subscription["metadata"], "subscription": subscription["id"]}}),
    );
    let rows = subscription["items"]["data"].as_array().into_iter().flatten();
    let lines = rows.map(|item| invoice_lines::of_subscription(call, &invoice, item, trial));
    let lines = lines.collect::<Result<Vec<_>, _>>()?;
    invoice.set("lines.data", json!(lines));
    invoice_lines::sum_up(call, &mut invoice)?;
    subscription.set("latest_invoice", invoice["id"].clone());
    call.note(event_types::INVOICE_CREATED, &invoice);
    call.keep(&invoice)?;
    let free = invoice["amount_due"] == 0;
    let sent = invoice["collection_method"] == "send_invoice";
    if trial || free || sent {
        subscription.set("status", json!(if trial { "trialing" } else { "active" }));
    }
    call.note(event_types::CUSTOMER_SUBSCRIPTION_CREATED, &subscription);
    if subscription["trial_end"].as_i64().is_some_and(|end| end - call.now <= NOTICE) {
        call.note(event_types::CUSTOMER_SUBSCRIPTION_TRIAL_WILL_END, &subscription);
    }
    call.store.update(&subscription)?;
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
    call.store.update(&subscription)
}

/// Changes a subscription. What its items cost from now on is on its next invoice: nothing is worked out
/// for the part of the period that is left.
fn update(call: &Call<'_>) -> Result<Answer, ApiError> {
    let old = call.load()?;
    let mut subscription = old.clone();
    if let Some(rows) = call.values.get("items").and_then(Value::as_array) {
        items::change(call, &mut subscription, rows)?;
    }
    write(call, &mut subscription)?;
    if let Some(ids) = call.values.get("default_tax_rates") {
        subscription.set("default_tax_rates", invoice_lines::tax_rates(call, ids)?);
    }
    if call.values.contains_key("discounts") {
        subscription.set("discounts", json!(discounts::give(call, "subscription", &old["id"])?));
    }
    match call.values.get("trial_end") {
        Some(Value::Number(end)) => {
            subscription.set("trial_end", json!(end));
            subscription.set("status", json!("trialing"));
        }
        Some(_) if old["status"] == "trialing" => {
            subscription.set("trial_end", json!(call.now));
            subscription.set("status", json!("active"));
        }
        _ => {}
    }
    call.note_update(event_types::CUSTOMER_SUBSCRIPTION_UPDATED, &old, &subscription);
    call.save(subscription)
}

/// Ends a subscription now.
fn cancel(call: &Call<'_>) -> Result<Answer, ApiError> {
    let mut subscription = call.load()?;
    call.overlay(&mut subscription)?;
    subscription.set("cancellation_details.reason", json!("cancellation_requested"));
    subscription.set("canceled_at", json!(call.now));
    subscription.set("ended_at", json!(call.now));
    let was_incomplete = subscription["status"] == "incomplete";
    subscription.set("status", json!(if was_incomplete { "incomplete_expired" } else { "canceled" }));
    call.note(event_types::CUSTOMER_SUBSCRIPTION_DELETED, &subscription);
    call.save(subscription)
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
    list::page(call, &SUBSCRIPTIONS, "/v1/subscriptions", conditions)
}
