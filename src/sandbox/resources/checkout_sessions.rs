//! Checkout sessions: created, retrieved, listed and expired; a test helper stands for the buyer.

use serde_json::{Value, json};

use super::checkout_completion as completion;
use super::common::{ID, METADATA, SHIPPING, TEXT, TIME, retrieve, update};
use super::customers::CUSTOMERS;
use super::fields::Fields;
use super::intents;
use super::list;
use super::payment_intents::PAYMENT_INTENTS;
use super::prices::{self, PRICES};
use super::{Answer, Call, Events, Link, Operation, Resource, Target, shapes};
use crate::sandbox::events::event_types;
use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::params::schema::{Field, Kind, field, required};
use crate::sandbox::state::store::Store;

/// `/v1/checkout/sessions`.
pub(super) static CHECKOUT_SESSIONS: Resource = Resource {
    object: "checkout.session",
    path: "checkout/sessions",
    id: ("cs_test", 58),
    shape: shapes::checkout_sessions::shape,
    events: Events::NONE,
    expandable: &[
        ("customer", Link::One(&CUSTOMERS)),
        ("line_items", Link::Made(line_items, &ITEMS)),
        ("payment_intent", Link::One(&PAYMENT_INTENTS)),
        ("setup_intent", Link::One(&super::setup_intents::SETUP_INTENTS)),
        ("subscription", Link::One(&super::subscriptions::SUBSCRIPTIONS)),
    ],
    operations: &[
        Operation::post(Target::Collection, &[CREATE], create),
        Operation::list(&[list::FIELDS, FILTERS]),
        Operation::get(Target::Item, &[], retrieve),
        Operation::post(Target::Item, &[METADATA], update),
        Operation::post(Target::Action("expire"), &[], expire).when(OPEN),
        Operation::get(Target::Action("line_items"), &[list::CURSORS], list_items).of(&ITEMS),
    ],
};

/// `/v1/test_helpers/checkout/sessions`: what stands for the buyer, who is not there to pay. Stripe has no
/// such path.
pub(super) static BUYER: Resource = Resource {
    object: "checkout.session",
    path: "test_helpers/checkout/sessions",
    id: ("cs_test", 58),
    shape: shapes::checkout_sessions::shape,
    events: Events::NONE,
    expandable: &[],
    operations: &[Operation::post(Target::Action("complete"), &[COMPLETE], completion::complete).when(OPEN)],
};

/// `/v1/payment_pages`: what the page that a session leads to asks for. The Stripe CLI's trigger uses it.
pub(super) static PAYMENT_PAGES: Resource = Resource {
    object: "checkout.session",
    path: "payment_pages",
    id: ("cs_test", 58),
    shape: shapes::checkout_sessions::shape,
    events: Events::NONE,
    expandable: &[],
    operations: &[
        Operation::get(Target::Item, &[], retrieve),
        Operation::post(Target::Action("confirm"), &[PAGE, COMPLETE], completion::complete).when(OPEN),
    ],
};

/// Line items are listed below their session.
static ITEMS: Resource = Resource {
    object: "item",
    path: "",
    id: ("li", 24),
    shape: shapes::checkout_session_items::shape,
    events: Events::NONE,
    expandable: &[("price", Link::One(&PRICES))],
    operations: &[],
};

/// The record with the line items of a session, under the session's id.
const ITEMS_OF: &str = "line_items_record";

const OPEN: &[&str] = &["open"];
const DAY: i64 = 24 * 60 * 60;

const FILTERS: &[Field] = &[
    field("customer", ID),
    field("payment_intent", ID),
    field("status", Kind::Choice(&["complete", "expired", "open"])),
    field("subscription", ID),
];

const CREATE: &[Field] = &[
    field("adaptive_pricing", Kind::NotOffered),
    field("allow_promotion_codes", Kind::Boolean),
    field("automatic_tax", Kind::Part(SWITCH)),
    field("billing_address_collection", Kind::Choice(&["auto", "required"])),
    field("cancel_url", Kind::Url),
    field("client_reference_id", Kind::Text(200)),
    field("currency", Kind::Currency),
    field("customer", Kind::Id("customer")),
    field("customer_creation", Kind::Choice(&["always", "if_required"])),
    field("customer_email", Kind::Email),
    field("discounts", Kind::NotOffered),
    field("expires_at", TIME),
    field("invoice_creation", Kind::Part(SWITCH)),
    field("line_items", Kind::List(&Kind::Object(ROW))),
    field("locale", Kind::Text(10)),
    field("metadata", Kind::Metadata),
    field("mode", Kind::Choice(&["payment", "setup", "subscription"])),
    field("payment_intent_data", Kind::Object(INTENT_DATA)),
    field("payment_method_collection", Kind::Choice(&["always", "if_required"])),
    field("payment_method_options", Kind::Part(intents::OPTIONS)),
    field("payment_method_types", Kind::List(&Kind::Choice(&["card"]))),
    field("phone_number_collection", Kind::Part(SWITCH)),
    field("return_url", Kind::Url),
    field("setup_intent_data", Kind::Part(SETUP_DATA)),
    field(
        "shipping_address_collection",
        Kind::Part(&[required("allowed_countries", Kind::List(&Kind::Text(2)))]),
    ),
    field("shipping_options", Kind::NotOffered),
    field("submit_type", Kind::Choice(&["auto", "book", "donate", "pay", "subscribe"])),
    field("subscription_data", Kind::Part(SUBSCRIPTION_DATA)),
    field("success_url", Kind::Url),
    field("tax_id_collection", Kind::NotOffered),
    field("ui_mode", Kind::Choice(&["elements", "embedded_page", "hosted_page"])),
];

const SWITCH: &[Field] = &[required("enabled", Kind::Boolean)];

const SETUP_DATA: &[Field] = &[field("description", Kind::Text(1000)), field("metadata", Kind::Metadata)];

const SUBSCRIPTION_DATA: &[Field] = &[
    field("default_tax_rates", Kind::List(&ID)),
    field("description", Kind::Text(500)),
    field("metadata", Kind::Metadata),
    field("trial_end", TIME),
    field("trial_period_days", Kind::Integer(1, 730)),
    field("trial_settings", Kind::NotOffered),
];

const ROW: &[Field] = &[
    field("metadata", Kind::Metadata),
    field("price", ID),
    field("price_data", Kind::Object(prices::PRICE_DATA)),
    field("quantity", Kind::Integer(1, 999_999)),
];

const INTENT_DATA: &[Field] = &[
    field("capture_method", Kind::Choice(&["automatic", "automatic_async", "manual"])),
    field("description", Kind::Text(1000)),
    field("metadata", Kind::Metadata),
    field("receipt_email", Kind::Email),
    field("setup_future_usage", Kind::Choice(&["off_session", "on_session"])),
    field("shipping", Kind::Object(SHIPPING)),
    field("statement_descriptor", Kind::Text(22)),
    field("statement_descriptor_suffix", Kind::Text(22)),
    field("transfer_group", ID),
];

const COMPLETE: &[Field] =
    &[required("payment_method", ID), field("email", Kind::Email), field("name", TEXT)];

const PAGE: &[Field] = &[field("expected_amount", Kind::Integer(0, 99_999_999))];

fn create(call: &Call<'_>) -> Result<Answer, ApiError> {
    let mut session = call.new_object(&CHECKOUT_SESSIONS);
    check_addresses(call)?;
    call.overlay(&mut session)?;
    let mode = call.text("mode").unwrap_or("payment");
    session.set("mode", json!(mode));
    let expires = call.number("expires_at").unwrap_or(call.now + DAY);
    if !(call.now + 30 * 60..=call.now + DAY).contains(&expires) {
        let message = "expires_at is between 30 minutes and 24 hours from now.";
        return Err(ApiError::invalid(message).param("expires_at"));
    }
    session.set("expires_at", json!(expires));
    check_enabled(call)?;
    check_data(call, mode)?;
    let items = make_items(call, mode)?;
    let sum = |name: &str| items.iter().filter_map(|item| item[name].as_i64()).sum::<i64>();
    if let Some(first) = items.first() {
        session.set("amount_subtotal", json!(sum("amount_subtotal")));
        session.set("amount_total", json!(sum("amount_total")));
        session.set("currency", first["currency"].clone());
        if call.values.get("subscription_data").is_some_and(has_trial) {
            session.set("amount_total", json!(0));
            session.set("amount_subtotal", json!(0));
        }
        session.set("total_details", json!({"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0}));
    }
    let id = session["id"].as_str().unwrap_or_default().to_owned();
    if session["ui_mode"] == "hosted_page" {
        session.set("url", json!(format!("https://sandbox.invalid/c/pay/{id}")));
    } else {
        session.set("client_secret", json!(call.ids.client_secret(&id)));
    }
    session.set("payment_status", json!(if mode == "setup" { "no_payment_required" } else { "unpaid" }));
    let mut record = json!({"id": id, "object": ITEMS_OF, "data": items});
    for name in ["payment_intent_data", "setup_intent_data", "subscription_data"] {
        record[name] = call.values.get(name).cloned().unwrap_or_default();
    }
    call.keep(&record)?;
    call.insert(session)
}

/// What can be switched on at Stripe, and here is always off.
fn check_enabled(call: &Call<'_>) -> Result<(), ApiError> {
    for name in ["automatic_tax", "invoice_creation"] {
        if call.values.get(name).is_some_and(|given| given["enabled"] == true) {
            let message = format!("The parameter {name}[enabled]=true is not offered by the sandbox.");
            return Err(ApiError::invalid(message).param(format!("{name}[enabled]")));
        }
    }
    Ok(())
}

/// Whether a subscription begins with a trial, so that nothing is due today.
fn has_trial(data: &Value) -> bool {
    !data["trial_end"].is_null() || !data["trial_period_days"].is_null()
}

/// What is said of the object that a session makes has to fit its mode.
fn check_data(call: &Call<'_>, mode: &str) -> Result<(), ApiError> {
    let data = [
        ("payment", "payment_intent_data"),
        ("setup", "setup_intent_data"),
        ("subscription", "subscription_data"),
    ];
    match data.into_iter().find(|(of, name)| *of != mode && call.values.contains_key(*name)) {
        Some((_, name)) => {
            Err(ApiError::invalid(format!("You can not pass `{name}` in `{mode}` mode.")).param(name))
        }
        None => Ok(()),
    }
}

/// Where the buyer goes afterwards has to be known, in the form that the page's kind needs.
fn check_addresses(call: &Call<'_>) -> Result<(), ApiError> {
    let hosted = call.text("ui_mode").unwrap_or("hosted_page") == "hosted_page";
    let needed = if hosted { "success_url" } else { "return_url" };
    if call.text(needed).is_some() || call.text("ui_mode") == Some("elements") {
        return Ok(());
    }
    let message = format!("Missing required param: {needed}. A session of this kind needs it.");
    Err(ApiError::invalid(message).code("parameter_missing").param(needed))
}

fn make_items(call: &Call<'_>, mode: &str) -> Result<Vec<Value>, ApiError> {
    let rows = call.values.get("line_items").and_then(Value::as_array).cloned().unwrap_or_default();
    if rows.is_empty() != (mode == "setup") {
        let message = "Missing required param: line_items. A session has them, unless its mode is setup.";
        return Err(ApiError::invalid(message).code("parameter_missing").param("line_items"));
    }
    let mut items = Vec::new();
    for (place, row) in rows.iter().enumerate() {
        let path = format!("line_items[{place}]");
        let price = prices::of_row(call, row, &path)?;
        if mode == "payment" && !price["recurring"].is_null() {
            let message = "You specified `payment` mode but passed a recurring price. Use the mode subscription, or one-time prices.";
            return Err(ApiError::conflict(message).param(format!("{path}[price]")));
        }
        let quantity = row["quantity"].as_i64().unwrap_or(1);
        let total = prices::total(&price, quantity)?;
        let mut item = call.new_object(&ITEMS);
        item.set("amount_subtotal", json!(total));
        item.set("amount_total", json!(total));
        item.set("currency", price["currency"].clone());
        item.set("description", name_of(call, &price)?);
        item.set("quantity", json!(quantity));
        item.set("price", price);
        if items.first().is_some_and(|first: &Value| first["currency"] != item["currency"]) {
            let message = "All line items of a session have the same currency.";
            return Err(ApiError::conflict(message).param(path));
        }
        items.push(item);
    }
    if mode == "subscription"
        && items.iter().any(|item| item["price"]["recurring"].is_null())
        && items.iter().any(|item| !item["price"]["recurring"].is_null())
    {
        let message = "One-time prices beside recurring ones are not offered by the sandbox.";
        return Err(ApiError::conflict(message).param("line_items"));
    }
    if mode == "subscription" && items.iter().all(|item| item["price"]["recurring"].is_null()) {
        let message = "You must provide at least one recurring price in `subscription` mode.";
        return Err(ApiError::conflict(message).param("line_items"));
    }
    Ok(items)
}

fn name_of(call: &Call<'_>, price: &Value) -> Result<Value, ApiError> {
    let product = call.store.find("product", price["product"].as_str().unwrap_or_default())?;
    Ok(product.map_or(Value::Null, |product| product["name"].clone()))
}

pub(super) fn record(store: &Store<'_>, session: &str) -> Result<Value, ApiError> {
    Ok(store.find(ITEMS_OF, session)?.unwrap_or_default())
}

fn line_items(store: &Store<'_>, session: &Value) -> Result<Value, ApiError> {
    let id = session["id"].as_str().unwrap_or_default();
    let items = record(store, id)?["data"].as_array().cloned().unwrap_or_default();
    Ok(list::whole(&items, &format!("/v1/checkout/sessions/{id}/line_items")))
}

fn list_items(call: &Call<'_>) -> Result<Answer, ApiError> {
    call.load()?;
    let url = format!("/v1/checkout/sessions/{}/line_items", call.id);
    list::slice(call, &record(&call.store, call.id)?["data"], &url)
}

fn expire(call: &Call<'_>) -> Result<Answer, ApiError> {
    expire_now(call, call.load()?)
}

fn expire_now(call: &Call<'_>, mut session: Value) -> Result<Answer, ApiError> {
    session.set("status", json!("expired"));
    session.set("url", Value::Null);
    call.note(event_types::CHECKOUT_SESSION_EXPIRED, &session);
    call.save(session)
}

/// When a session that nobody completed is over.
pub(in crate::sandbox) fn when(session: &Value) -> Option<i64> {
    session["expires_at"].as_i64().filter(|_| session["status"] == "open")
}

/// Nobody completed a session in time.
pub(in crate::sandbox) fn time_out(call: &Call<'_>, session: &Value) -> Result<(), ApiError> {
    expire_now(call, session.clone()).map(drop)
}
