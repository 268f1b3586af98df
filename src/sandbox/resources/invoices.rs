//! Invoices: their declaration, and the steps from a draft to money.

use serde_json::{Value, json};

use super::collection;
use super::common::{ID, TEXT, TIME, retrieve};
use super::customer_balance;
use super::customers::CUSTOMERS;
use super::discounts::{self, DISCOUNTS};
use super::fields::Fields;
use super::invoice_items::INVOICE_ITEMS;
use super::invoice_line_edits as edits;
use super::invoice_lines::{self, LINES};
use super::invoice_payments::{self, INVOICE_PAYMENTS};
use super::invoice_previews;
use super::list;
use super::payment_intents;
use super::payment_methods::{self, PAYMENT_METHODS};
use super::renewals;
use super::subscriptions::{self, SUBSCRIPTIONS};
use super::{Answer, Call, Events, Link, Operation, Resource, Target, shapes};
use crate::sandbox::events::event_types;
use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::params::schema::{Field, Kind, field, required};

/// `/v1/invoices`.
pub(super) static INVOICES: Resource = Resource {
    object: "invoice",
    path: "invoices",
    id: ("in", 24),
    shape: shapes::invoices::shape,
    events: Events {
        created: Some(event_types::INVOICE_CREATED),
        updated: Some(event_types::INVOICE_UPDATED),
        deleted: Some(event_types::INVOICE_DELETED),
    },
    expandable: &[
        ("customer", Link::One(&CUSTOMERS)),
        ("default_payment_method", Link::One(&PAYMENT_METHODS)),
        ("discounts", Link::One(&DISCOUNTS)),
        ("parent.subscription_details.subscription", Link::One(&SUBSCRIPTIONS)),
        ("payments", Link::Made(invoice_payments::of_invoice, &INVOICE_PAYMENTS)),
    ],
    operations: &[
        Operation::post(Target::Collection, &[CREATE, WRITABLE], create),
        Operation::post(Target::Named("create_preview"), invoice_previews::FIELDS, invoice_previews::create),
        Operation::list(&[list::FIELDS, FILTERS]),
        Operation::search(),
        Operation::get(Target::Item, &[], retrieve),
        Operation::post(Target::Item, &[WRITABLE], update),
        Operation::delete(delete).when(&["draft"]),
        Operation::post(Target::Action("finalize"), &[ADVANCE], finalize_now).when(&["draft"]),
        Operation::post(Target::Action("pay"), &[PAY], pay).when(&["draft", "open", "uncollectible"]),
        Operation::post(Target::Action("send"), &[], send).when(&["draft", "open"]),
        Operation::post(Target::Action("void"), &[], void).when(&["open", "uncollectible"]),
        Operation::post(Target::Action("mark_uncollectible"), &[], give_up).when(&["open"]),
        Operation::get(Target::Action("lines"), &[list::CURSORS], invoice_lines::list_lines).of(&LINES),
        Operation::post(Target::Part("lines"), &[edits::UPDATE], edits::update).when(&["draft"]),
        Operation::post(Target::Action("add_lines"), &[edits::ADD], edits::add).when(&["draft"]),
        Operation::post(Target::Action("update_lines"), &[edits::UPDATE_MANY], edits::update_many)
            .when(&["draft"]),
        Operation::post(Target::Action("remove_lines"), &[edits::REMOVE], edits::remove).when(&["draft"]),
    ],
};

const COLLECTION: Kind = Kind::Choice(&["charge_automatically", "send_invoice"]);

const FILTERS: &[Field] = &[
    field("collection_method", COLLECTION),
    field("customer", ID),
    field("due_date", Kind::Window),
    field("status", Kind::Choice(&["draft", "open", "paid", "uncollectible", "void"])),
    field("subscription", ID).at("parent.subscription_details.subscription"),
];

const CREATE: &[Field] = &[
    required("customer", Kind::Id("customer")),
    field("currency", Kind::Currency),
    field("pending_invoice_items_behavior", Kind::Choice(&["exclude", "include"])),
];

const WRITABLE: &[Field] = &[
    field("auto_advance", Kind::Boolean),
    field("collection_method", COLLECTION),
    field("custom_fields", Kind::List(&Kind::Object(CUSTOM_FIELD))),
    field("days_until_due", Kind::Integer(0, 3650)),
    field("default_payment_method", Kind::Id("payment_method")),
    field("default_tax_rates", Kind::List(&ID)),
    field("description", Kind::Text(1500)),
    field("discounts", discounts::GIVEN),
    field("due_date", TIME),
    field("footer", TEXT),
    field("metadata", Kind::Metadata),
    field("number", Kind::Text(26)),
    field("statement_descriptor", Kind::Text(22)),
];

const CUSTOM_FIELD: &[Field] = &[required("name", Kind::Text(40)), required("value", Kind::Text(140))];

const ADVANCE: &[Field] = &[field("auto_advance", Kind::Boolean)];

const PAY: &[Field] = &[
    field("forgive", Kind::Boolean),
    field("off_session", Kind::Boolean),
    field("paid_out_of_band", Kind::Boolean),
    field("payment_method", ID),
];

fn create(call: &Call<'_>) -> Result<Answer, ApiError> {
    let customer = call.named(&CUSTOMERS, call.text("customer").unwrap_or_default(), "customer")?;
    let mut invoice = begin(call, &customer, "manual");
    write(call, &mut invoice)?;
    call.note(event_types::INVOICE_CREATED, &invoice);
    call.keep(&invoice)?;
    if call.text("pending_invoice_items_behavior") != Some("include") {
        return Ok(Answer::ok(invoice));
    }
    let id = customer["id"].as_str().unwrap_or_default();
    let mut pending = list::all_with(&call.store, &INVOICE_ITEMS, "customer", id)?;
    pending.retain(|item| item["invoice"].is_null() && item["currency"] == invoice["currency"]);
    pending.reverse();
    for item in &mut pending {
        item.set("invoice", invoice["id"].clone());
        call.store.update(item)?;
    }
    add_items(call, invoice, &pending).map(Answer::ok)
}

/// A draft for a customer, without lines.
pub(super) fn begin(call: &Call<'_>, customer: &Value, reason: &str) -> Value {
    let mut invoice = call.new_object(&INVOICES);
    for (name, of_customer) in [
        ("customer", "id"),
        ("customer_address", "address"),
        ("customer_email", "email"),
        ("customer_name", "name"),
        ("customer_phone", "phone"),
        ("customer_shipping", "shipping"),
        ("customer_tax_exempt", "tax_exempt"),
        ("test_clock", "test_clock"),
    ] {
        invoice.set(name, customer[of_customer].clone());
    }
    if customer["currency"].is_string() {
        invoice.set("currency", customer["currency"].clone());
    }
    invoice.set("billing_reason", json!(reason));
    invoice.set("period_end", json!(call.now));
    invoice.set("period_start", json!(call.now));
    let url = format!("/v1/invoices/{}/lines", invoice["id"].as_str().unwrap_or_default());
    invoice.set("lines", list::whole(&[], &url));
    invoice
}

/// Puts the parameters into a draft.
fn write(call: &Call<'_>, invoice: &mut Value) -> Result<(), ApiError> {
    let plain =
        call.values.iter().filter(|(name, _)| !matches!(name.as_str(), "discounts" | "default_tax_rates"));
    super::call::overlay(invoice, &plain.map(|(name, value)| (name.clone(), value.clone())).collect())?;
    if invoice["collection_method"] == "send_invoice" && invoice["due_date"].is_null() {
        let days = call.number("days_until_due").ok_or_else(|| {
            let message = "An invoice that is sent needs days_until_due or due_date.";
            ApiError::invalid(message).code("parameter_missing").param("days_until_due")
        })?;
        invoice.set("due_date", json!(call.now + days * 24 * 60 * 60));
    }
    if call.values.contains_key("discounts") {
        invoice.set("discounts", json!(discounts::give(call, "invoice", &invoice["id"])?));
    }
    if let Some(ids) = call.values.get("default_tax_rates") {
        invoice.set("default_tax_rates", invoice_lines::tax_rates(call, ids)?);
    }
    if call.values.contains_key("auto_advance") {
        let finalizes_at = call.flag("auto_advance").then_some(call.now + renewals::DRAFT);
        invoice.set("automatically_finalizes_at", json!(finalizes_at));
    }
    invoice_lines::sum_up(call, invoice)
}

fn update(call: &Call<'_>) -> Result<Answer, ApiError> {
    let old = call.load()?;
    let mut invoice = old.clone();
    if old["status"] == "draft" {
        write(call, &mut invoice)?;
    } else {
        let later = ["auto_advance", "metadata", "default_payment_method"];
        if let Some(name) = call.values.keys().find(|name| !later.contains(&name.as_str())) {
            let message = format!("Finalized invoices can't be updated in this way: {name} is fixed by now.");
            return Err(ApiError::unexpected_state(message, &old).code("invoice_not_editable").param(name));
        }
        call.overlay(&mut invoice)?;
        if old["status"] == "open" && invoice["auto_advance"] != old["auto_advance"] {
            collection::switch(call, &mut invoice, call.flag("auto_advance"));
        }
    }
    call.note_update(event_types::INVOICE_UPDATED, &old, &invoice);
    call.save(invoice)
}

/// Puts items on a draft, which is kept.
pub(super) fn add_items(call: &Call<'_>, mut invoice: Value, items: &[Value]) -> Result<Value, ApiError> {
    for item in items {
        let line = invoice_lines::of_item(call, &invoice, item);
        if let Some(lines) = invoice["lines"]["data"].as_array_mut() {
            lines.push(line);
        }
    }
    invoice_lines::sum_up(call, &mut invoice)?;
    call.store.update(&invoice)?;
    Ok(invoice)
}

/// A draft without the line of an item.
pub(super) fn without_item(mut invoice: Value, item: &str) -> Value {
    if let Some(lines) = invoice["lines"]["data"].as_array_mut() {
        let is_of = |line: &Value, details: &str| line["parent"][details]["invoice_item"] == item;
        lines
            .retain(|line| !is_of(line, "invoice_item_details") && !is_of(line, "subscription_item_details"));
    }
    invoice
}

/// Deletes a draft, and what was to be on it.
fn delete(call: &Call<'_>) -> Result<Answer, ApiError> {
    for item in list::all_with(&call.store, &INVOICE_ITEMS, "invoice", call.id)? {
        call.store.delete(INVOICE_ITEMS.object, item["id"].as_str().unwrap_or_default())?;
    }
    super::common::delete(call)
}

fn finalize_now(call: &Call<'_>) -> Result<Answer, ApiError> {
    let mut invoice = call.load()?;
    call.overlay(&mut invoice)?;
    finalize(call, &mut invoice)?;
    check_amount(&invoice)?;
    call.save(invoice)
}

/// The most that can be charged at once: eight digits.
const MOST: i64 = 99_999_999;

/// Refuses an invoice that no payment could be made for.
pub(super) fn check_amount(invoice: &Value) -> Result<(), ApiError> {
    let due = invoice["amount_due"].as_i64().unwrap_or_default();
    if due <= MOST {
        return Ok(());
    }
    let message = format!("The invoice's amount due is {due}; an invoice can be at most {MOST}.");
    Err(ApiError::conflict(message).code("amount_too_large"))
}

/// Fixes a draft. Where there is something to pay, a payment intent for it is made.
pub(super) fn finalize(call: &Call<'_>, invoice: &mut Value) -> Result<(), ApiError> {
    invoice.set("starting_balance", json!(0));
    invoice.set("ending_balance", json!(0));
    let id = invoice["customer"].as_str().unwrap_or_default();
    if let Some(mut customer) = call.store.find_alive(CUSTOMERS.object, id)? {
        let sequence = customer["next_invoice_sequence"].as_i64().unwrap_or(1);
        if invoice["number"].is_null() {
            let prefix = customer["invoice_prefix"].as_str().unwrap_or("PAYCLI");
            invoice.set("number", json!(format!("{prefix}-{sequence:04}")));
        }
        customer_balance::apply(call, &mut customer, invoice)?;
        customer.set("next_invoice_sequence", json!(sequence + 1));
        call.store.update(&customer)?;
    }
    invoice.set("status", json!("open"));
    invoice.set("automatically_finalizes_at", Value::Null);
    invoice.set("effective_at", json!(call.now));
    invoice.set("status_transitions.finalized_at", json!(call.now));
    let place = invoice["id"].as_str().unwrap_or_default().to_owned();
    invoice.set("hosted_invoice_url", json!(format!("https://sandbox.invalid/i/{place}")));
    invoice.set("invoice_pdf", json!(format!("https://sandbox.invalid/i/{place}/pdf")));
    let due = invoice["amount_due"].as_i64().unwrap_or_default();
    if due > 0 {
        invoice_payments::open(call, invoice, due)?;
    }
    call.note(event_types::INVOICE_FINALIZED, invoice);
    if due == 0 {
        settle(call, invoice, 0);
    }
    Ok(())
}

/// Notes that an invoice is paid.
fn settle(call: &Call<'_>, invoice: &mut Value, paid: i64) {
    invoice.set("amount_paid", json!(paid));
    invoice.set("amount_remaining", json!(0));
    invoice.set("attempted", json!(true));
    invoice.set("auto_advance", json!(false));
    invoice.set("next_payment_attempt", Value::Null);
    invoice.set("status", json!("paid"));
    invoice.set("status_transitions.paid_at", json!(call.now));
    call.note(event_types::INVOICE_PAID, invoice);
    call.note(event_types::INVOICE_PAYMENT_SUCCEEDED, invoice);
}

fn pay(call: &Call<'_>) -> Result<Answer, ApiError> {
    let mut invoice = call.load()?;
    if invoice["status"] == "draft" {
        finalize(call, &mut invoice)?;
        check_amount(&invoice)?;
    }
    let due = invoice["amount_due"].as_i64().unwrap_or_default();
    if invoice["status"] == "paid" {
        subscriptions::paid(call, &invoice)?;
        return call.save(invoice);
    }
    if call.flag("paid_out_of_band") {
        invoice_payments::give_up(call, &invoice)?;
        settle(call, &mut invoice, due);
        invoice.set("amount_paid_off_stripe", json!(due));
        subscriptions::paid(call, &invoice)?;
        return call.save(invoice);
    }
    let method = method_for(call, &invoice)?;
    let refused = charge(call, &mut invoice, &method)?;
    call.store.update(&invoice)?;
    Ok(refused.map_or_else(|| Answer::ok(invoice), |error| Answer::error(&error)))
}

/// The payment method for an invoice: the one that is named, or the nearest default.
pub(super) fn method_for(call: &Call<'_>, invoice: &Value) -> Result<Value, ApiError> {
    if let Some(id) = call.text("payment_method") {
        return payment_methods::resolve(call, id, "payment_method");
    }
    default_method(call, &Value::Null, Some(invoice))?.ok_or_else(|| {
        let message = "This customer has no attached payment source or default payment method: neither the invoice, nor its \
                       subscription, nor the customer names one.";
        ApiError::conflict(message).code("resource_missing")
    })
}

/// The nearest default payment method of an invoice or, where there is none yet, of a subscription.
pub(super) fn default_method(
    call: &Call<'_>,
    subscription: &Value,
    invoice: Option<&Value>,
) -> Result<Option<Value>, ApiError> {
    let find = |kind: &str, id: &Value| call.store.find(kind, id.as_str().unwrap_or_default());
    let of_invoice = match invoice {
        Some(invoice) => {
            find(SUBSCRIPTIONS.object, &invoice["parent"]["subscription_details"]["subscription"])?
        }
        None => None,
    };
    let subscription = of_invoice.as_ref().unwrap_or(subscription);
    let invoice = invoice.unwrap_or(subscription);
    let customer = find(CUSTOMERS.object, &invoice["customer"])?.unwrap_or_default();
    let defaults = [
        &invoice["default_payment_method"],
        &subscription["default_payment_method"],
        &customer["invoice_settings"]["default_payment_method"],
    ];
    for default in defaults {
        if let Some(method) = find(PAYMENT_METHODS.object, default)? {
            return Ok(Some(method));
        }
    }
    Ok(None)
}

/// Charges an open invoice. Answers with the reason, if it is not paid after that.
pub(super) fn charge(
    call: &Call<'_>,
    invoice: &mut Value,
    method: &Value,
) -> Result<Option<ApiError>, ApiError> {
    let Some(mut intent) = invoice_payments::intent_of(call, invoice)? else {
        return Err(ApiError::unexpected_state("Nothing to pay: this invoice has no open payment.", invoice));
    };
    intent.set("payment_method", method["id"].clone());
    let refused = payment_intents::pay(call, &mut intent, method, false)?;
    call.store.update(&intent)?;
    let refused = match intent["status"].as_str() {
        Some("requires_action") => {
            let message = "The invoice is not paid yet: the cardholder has to authenticate the payment.";
            Some(ApiError::bad_card("invoice_payment_intent_requires_action", message))
        }
        _ => refused,
    };
    let refused = refused.map(|error| error.with("payment_intent", intent.clone()));
    follow(call, invoice, &intent)?;
    Ok(refused)
}

/// Notes on an invoice what became of its payment intent.
fn follow(call: &Call<'_>, invoice: &mut Value, intent: &Value) -> Result<(), ApiError> {
    let count = invoice["attempt_count"].as_i64().unwrap_or_default();
    match intent["status"].as_str() {
        Some("succeeded") => {
            invoice.set("attempt_count", json!(count + 1));
            let paid = intent["amount_received"].as_i64().unwrap_or_default();
            invoice_payments::settle(call, invoice)?;
            settle(call, invoice, paid);
            subscriptions::paid(call, invoice)?;
        }
        Some("requires_action") => call.note(event_types::INVOICE_PAYMENT_ACTION_REQUIRED, invoice),
        _ => collection::attempt_failed(call, invoice)?,
    }
    Ok(())
}

/// The same for an intent that was confirmed by itself, if it is for an invoice at all.
pub(super) fn follow_intent(call: &Call<'_>, intent: &Value) -> Result<(), ApiError> {
    let Some(mut invoice) = invoice_payments::invoice_of(call, intent)? else { return Ok(()) };
    if invoice["status"] == "open" {
        follow(call, &mut invoice, intent)?;
        call.store.update(&invoice)?;
    }
    Ok(())
}

fn send(call: &Call<'_>) -> Result<Answer, ApiError> {
    let mut invoice = call.load()?;
    if invoice["status"] == "draft" {
        finalize(call, &mut invoice)?;
    }
    call.store.update(&invoice)?;
    collection::send(call, &invoice)?;
    Ok(Answer::ok(invoice))
}

fn void(call: &Call<'_>) -> Result<Answer, ApiError> {
    void_now(call, call.load()?)
}

/// Gives an invoice up for good, and the payment that it waits for.
pub(super) fn void_now(call: &Call<'_>, mut invoice: Value) -> Result<Answer, ApiError> {
    invoice_payments::give_up(call, &invoice)?;
    customer_balance::give_back(call, &invoice)?;
    collection::switch(call, &mut invoice, false);
    invoice.set("status", json!("void"));
    invoice.set("status_transitions.voided_at", json!(call.now));
    call.note(event_types::INVOICE_VOIDED, &invoice);
    call.save(invoice)
}

fn give_up(call: &Call<'_>) -> Result<Answer, ApiError> {
    mark_uncollectible(call, call.load()?)
}

/// Counts an invoice as a loss. It can still be paid.
pub(super) fn mark_uncollectible(call: &Call<'_>, mut invoice: Value) -> Result<Answer, ApiError> {
    collection::switch(call, &mut invoice, false);
    invoice.set("status", json!("uncollectible"));
    invoice.set("status_transitions.marked_uncollectible_at", json!(call.now));
    call.note(event_types::INVOICE_MARKED_UNCOLLECTIBLE, &invoice);
    call.save(invoice)
}
