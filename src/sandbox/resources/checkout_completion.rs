//! The buyer at the page of a checkout session: a payment, a subscription, or a card for later.

use serde_json::{Map, Value, json};

use super::checkout_sessions::record;
use super::customers::CUSTOMERS;
use super::fields::Fields;
use super::setup_intents::{self, SETUP_INTENTS};
use super::subscriptions::SUBSCRIPTIONS;
use super::{Answer, Call, Method, Target, intents, payment_intents, payment_methods};
use crate::sandbox::events::event_types;
use crate::sandbox::params::api_error::ApiError;

/// The buyer completes the session. A card that is declined leaves it open, as the page would.
pub(super) fn complete(call: &Call<'_>) -> Result<Answer, ApiError> {
    let mut session = call.load()?;
    let total = session["amount_total"].as_i64().unwrap_or_default();
    if call.number("expected_amount").is_some_and(|expected| expected != total) {
        let message = "The buyer was shown another amount than the session has.";
        return Err(ApiError::conflict(message).param("expected_amount"));
    }
    let done = match session["mode"].as_str() {
        Some("setup") => set_up(call, &mut session)?,
        Some("subscription") => subscribe(call, &mut session)?,
        _ => pay(call, &mut session, total)?,
    };
    if let Some(declined) = done {
        return Ok(declined);
    }
    let email = call.text("email").or(session["customer_email"].as_str());
    session.set("customer_details", json!({"address": null, "business_name": null, "email": email,
        "individual_name": null, "name": call.text("name"), "phone": null, "tax_exempt": "none", "tax_ids": []}));
    session.set("status", json!("complete"));
    session.set("url", Value::Null);
    call.note(event_types::CHECKOUT_SESSION_COMPLETED, &session);
    call.save(session)
}

/// What was given at the session's creation for the object that it makes.
fn data(call: &Call<'_>, name: &str) -> Result<Map<String, Value>, ApiError> {
    let data = record(&call.store, call.id)?[name].as_object().cloned().unwrap_or_default();
    Ok(data.into_iter().filter(|(_, value)| !value.is_null()).collect())
}

/// Pays at once. Answers with the decline, if it came to one.
fn pay(call: &Call<'_>, session: &mut Value, total: i64) -> Result<Option<Answer>, ApiError> {
    let method =
        payment_methods::resolve(call, call.text("payment_method").unwrap_or_default(), "payment_method")?;
    let currency = session["currency"].as_str().unwrap_or_default();
    let mut intent = payment_intents::open(call, total, currency, &session["customer"]);
    super::call::overlay(&mut intent, &data(call, "payment_intent_data")?)?;
    intent.set("payment_method", method["id"].clone());
    call.note(event_types::PAYMENT_INTENT_CREATED, &intent);
    let declined = payment_intents::pay(call, &mut intent, &method, true)?;
    call.keep(&intent)?;
    if let Some(error) = declined {
        return Ok(Some(intents::tell(Some(error), Answer::ok(intent))));
    }
    session.set("payment_intent", intent["id"].clone());
    session.set("payment_status", json!("paid"));
    Ok(None)
}

/// Makes a card ready for later. The cardholder authenticates on the page.
fn set_up(call: &Call<'_>, session: &mut Value) -> Result<Option<Answer>, ApiError> {
    let mut values = data(call, "setup_intent_data")?;
    values.insert("confirm".to_owned(), json!(true));
    values.insert("payment_method".to_owned(), json!(call.text("payment_method")));
    if session["customer"].is_string() {
        values.insert("customer".to_owned(), session["customer"].clone());
    }
    let mut answer = call.run(&SETUP_INTENTS, (Method::Post, Target::Collection), "", values)?;
    let id = answer.body["id"].as_str().unwrap_or_default().to_owned();
    if answer.body["status"] == "requires_action" {
        let outcome = Map::from_iter([("outcome".to_owned(), json!("succeeded"))]);
        let authenticate = (Method::Post, Target::Action("authenticate"));
        answer = call.run(&setup_intents::CARDHOLDER, authenticate, &id, outcome)?;
    }
    if answer.status != 200 {
        return Ok(Some(answer));
    }
    session.set("setup_intent", json!(id));
    Ok(None)
}

/// Begins a subscription, whose first invoice is paid at once. What is declined is undone.
fn subscribe(call: &Call<'_>, session: &mut Value) -> Result<Option<Answer>, ApiError> {
    let customer = customer(call, session)?;
    let method =
        payment_methods::attach_to(call, call.text("payment_method").unwrap_or_default(), &customer)?;
    let items = record(&call.store, call.id)?["data"].as_array().cloned().unwrap_or_default();
    let rows = items.iter().map(|item| json!({"price": item["price"]["id"], "quantity": item["quantity"]}));
    let mut values = data(call, "subscription_data")?;
    for (name, value) in [
        ("customer", json!(customer)),
        ("default_payment_method", method["id"].clone()),
        ("items", rows.collect()),
        ("payment_behavior", json!("error_if_incomplete")),
    ] {
        values.insert(name.to_owned(), value);
    }
    let begun = call.run(&SUBSCRIPTIONS, (Method::Post, Target::Collection), "", values)?.body;
    session.set("customer", json!(customer));
    session.set("invoice", begun["latest_invoice"].clone());
    session.set("subscription", begun["id"].clone());
    let is_free = begun["status"] == "trialing" || session["amount_total"] == 0;
    session.set("payment_status", json!(if is_free { "no_payment_required" } else { "paid" }));
    Ok(None)
}

/// The session's customer; a new one, where there is none.
fn customer(call: &Call<'_>, session: &Value) -> Result<String, ApiError> {
    if let Some(id) = session["customer"].as_str() {
        return Ok(id.to_owned());
    }
    let email = call.text("email").or(session["customer_email"].as_str());
    let given = [("email", email), ("name", call.text("name"))];
    let given = given.into_iter().filter_map(|(name, value)| Some((name.to_owned(), json!(value?))));
    let made = call.run(&CUSTOMERS, (Method::Post, Target::Collection), "", given.collect())?;
    Ok(made.body["id"].as_str().unwrap_or_default().to_owned())
}
