//! Payment intents: their declaration and the steps of their life.

use serde_json::{Value, json};

use super::charges::{self, CHARGES};
use super::common::{ID, SHIPPING};
use super::customers::CUSTOMERS;
use super::fields::Fields;
use super::intents::{self, Confirmation};
use super::invoices;
use super::list;
use super::payment_methods::{self, PAYMENT_METHODS};
use super::{Answer, Call, Events, Link, Operation, Resource, Target, refusals, shapes};
use crate::sandbox::events::event_types;
use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::params::schema::{Field, Kind, field, required};

/// `/v1/payment_intents`.
pub(in crate::sandbox) static PAYMENT_INTENTS: Resource = Resource {
    object: "payment_intent",
    path: "payment_intents",
    id: ("pi", 24),
    shape: shapes::payment_intents::shape,
    events: Events { created: Some(event_types::PAYMENT_INTENT_CREATED), updated: None, deleted: None },
    expandable: &[
        ("customer", Link::One(&CUSTOMERS)),
        ("latest_charge", Link::One(&CHARGES)),
        ("payment_method", Link::One(&PAYMENT_METHODS)),
    ],
    operations: &[
        Operation::post(Target::Collection, &[CREATE, WRITABLE, CONFIRM], create),
        Operation::list(&[list::FIELDS, &[field("customer", ID)]]),
        Operation::search(),
        Operation::get(Target::Item, &[intents::SECRET], intents::retrieve),
        Operation::post(Target::Item, &[UPDATE, WRITABLE], update),
        Operation::post(Target::Action("confirm"), &[CONFIRM, intents::SECRET], confirm).when(CHARGEABLE),
        Operation::post(Target::Action("capture"), &[CAPTURE], capture).when(&["requires_capture"]),
        Operation::post(Target::Action("cancel"), &[CANCEL], cancel).when(CANCELABLE),
    ],
};

/// `/v1/test_helpers/payment_intents`: what stands for the cardholder, who is not there to authenticate.
/// Stripe has no such path.
pub(super) static CARDHOLDER: Resource = Resource {
    object: "payment_intent",
    path: "test_helpers/payment_intents",
    id: ("pi", 24),
    shape: shapes::payment_intents::shape,
    events: Events::NONE,
    expandable: &[],
    operations: &[Operation::post(Target::Action("authenticate"), &[intents::OUTCOME], authenticate)
        .when(&["requires_action"])],
};

const CREATE: &[Field] = &[
    required("amount", Kind::Amount),
    required("currency", Kind::Currency),
    field("automatic_payment_methods", Kind::Object(intents::AUTOMATIC)),
    field("confirm", Kind::Boolean),
    field("confirmation_method", Kind::Choice(&["automatic", "manual"])),
];

const UPDATE: &[Field] = &[
    field("amount", Kind::Amount),
    field("currency", Kind::Currency),
    field("payment_method", ID),
    field("payment_method_data", Kind::Part(payment_methods::DATA)),
    field("receipt_email", Kind::Email),
    field("setup_future_usage", Kind::Choice(USAGES)),
    field("shipping", Kind::Object(SHIPPING)),
    field("capture_method", Kind::Choice(CAPTURES)),
    field("payment_method_options", Kind::Part(intents::OPTIONS)),
    field("payment_method_types", Kind::List(&Kind::Choice(&["card"]))),
];

/// What can be given at creation and later.
const WRITABLE: &[Field] = &[
    field("application_fee_amount", Kind::Integer(0, 99_999_999)),
    field("customer", Kind::Id("customer")),
    field("description", Kind::Text(1000)),
    field("metadata", Kind::Metadata),
    field("statement_descriptor", Kind::Text(22)),
    field("statement_descriptor_suffix", Kind::Text(22)),
    field("transfer_group", ID),
];

/// What can be given at creation and at confirmation.
const CONFIRM: &[Field] = &[
    field("capture_method", Kind::Choice(CAPTURES)),
    field("error_on_requires_action", Kind::Boolean),
    field("mandate_data", Kind::Object(intents::MANDATE)),
    field("off_session", Kind::Boolean),
    field("payment_method", ID),
    field("payment_method_data", Kind::Part(payment_methods::DATA)),
    field("payment_method_options", Kind::Part(intents::OPTIONS)),
    field("payment_method_types", Kind::List(&Kind::Choice(&["card"]))),
    field("receipt_email", Kind::Email),
    field("return_url", Kind::Url),
    field("setup_future_usage", Kind::Choice(USAGES)),
    field("shipping", Kind::Object(SHIPPING)),
    field("use_stripe_sdk", Kind::Boolean),
];

const CAPTURE: &[Field] = &[
    field("amount_to_capture", Kind::Amount),
    field("final_capture", Kind::Boolean),
    field("metadata", Kind::Metadata),
    field("statement_descriptor", Kind::Text(22)),
    field("statement_descriptor_suffix", Kind::Text(22)),
];

const CANCEL: &[Field] = &[field(
    "cancellation_reason",
    Kind::Choice(&["duplicate", "fraudulent", "requested_by_customer", "abandoned"]),
)];

const CAPTURES: &[&str] = &["automatic", "automatic_async", "manual"];
const USAGES: &[&str] = &["on_session", "off_session"];

/// What an intent charges, and how.
const FIXED: &[&str] = &[
    "amount",
    "capture_method",
    "currency",
    "customer",
    "payment_method",
    "payment_method_data",
    "payment_method_options",
    "payment_method_types",
    "setup_future_usage",
];

/// The states in which something may still be charged.
const CHARGEABLE: &[&str] = &["requires_payment_method", "requires_confirmation", "requires_action"];

const CANCELABLE: &[&str] =
    &["requires_payment_method", "requires_confirmation", "requires_action", "requires_capture"];

/// Makes an intent and, with `confirm`, charges it at once. What can be declined is stored either way.
fn create(call: &Call<'_>) -> Result<Answer, ApiError> {
    intents::check_confirm(call)?;
    let mut intent = call.new_object(&PAYMENT_INTENTS);
    intents::put_secret(call, &mut intent);
    call.overlay(&mut intent)?;
    intents::put_automatic(call, &mut intent);
    let method = intents::take_method(call, &mut intent)?;
    call.note(event_types::PAYMENT_INTENT_CREATED, &intent);
    let declined = match method.filter(|_| call.flag("confirm")) {
        Some(method) => pay(call, &mut intent, &method, false)?,
        None => None,
    };
    let answer = call.insert(intent)?;
    Ok(intents::tell(declined, answer))
}

/// Makes an intent that other resources charge for, without asking for parameters of the request.
pub(super) fn open(call: &Call<'_>, amount: i64, currency: &str, customer: &Value) -> Value {
    let mut intent = call.new_object(&PAYMENT_INTENTS);
    intents::put_secret(call, &mut intent);
    intent.set("amount", json!(amount));
    intent.set("currency", json!(currency));
    intent.set("customer", customer.clone());
    intent
}

/// Changes an intent. What it charges is fixed once it was charged; what describes it never is.
fn update(call: &Call<'_>) -> Result<Answer, ApiError> {
    let mut intent = call.load()?;
    let status = intent["status"].as_str().unwrap_or_default();
    let fixed = FIXED.iter().find(|name| call.values.contains_key(**name));
    if let Some(name) = fixed.filter(|_| !CHARGEABLE.contains(&status)) {
        let message = refusals::fixed(&intent, name, CHARGEABLE);
        return Err(ApiError::unexpected_state(message, &intent));
    }
    call.overlay(&mut intent)?;
    intents::take_method(call, &mut intent)?;
    call.save(intent)
}

/// Charges an intent that was not charged yet.
fn confirm(call: &Call<'_>) -> Result<Answer, ApiError> {
    let mut intent = intents::load(call)?;
    call.overlay(&mut intent)?;
    let method = match intents::take_method(call, &mut intent)? {
        Some(method) => method,
        None => intents::own_method(call, &intent)?,
    };
    let declined = pay(call, &mut intent, &method, false)?;
    invoices::follow_intent(call, &intent)?;
    let answer = call.save(intent)?;
    Ok(intents::tell(declined, answer))
}

/// Charges the intent's payment method, unless the cardholder has to authenticate first. Answers with
/// the decline, if it came to one.
pub(super) fn pay(
    call: &Call<'_>,
    intent: &mut Value,
    method: &Value,
    authenticated: bool,
) -> Result<Option<ApiError>, ApiError> {
    intents::check_owner(intent, method)?;
    let refused = match intents::step(call, intent, method, authenticated)? {
        Confirmation::Authenticate => {
            intents::ask_to_authenticate(call, intent);
            call.note(event_types::PAYMENT_INTENT_REQUIRES_ACTION, intent);
            return Ok(None);
        }
        Confirmation::Refuse(decline) => Some(decline),
        Confirmation::Proceed => {
            let charged = charges::charge(call, intent, method)?;
            intent.set("latest_charge", charged.charge["id"].clone());
            charged.declined
        }
    };
    intent.set("next_action", Value::Null);
    let Some(decline) = refused else {
        approve(call, intent, method)?;
        return Ok(None);
    };
    let error = payment_methods::card_error(decline).with("payment_method", method.clone());
    let error = match intent["latest_charge"].as_str() {
        Some(charge) => error.with("charge", json!(charge)),
        None => error,
    };
    fail(call, intent, &error);
    Ok(Some(error))
}

fn fail(call: &Call<'_>, intent: &mut Value, error: &ApiError) {
    intent.set("last_payment_error", error.to_json()["error"].clone());
    intent.set("payment_method", Value::Null);
    intent.set("next_action", Value::Null);
    intent.set("status", json!("requires_payment_method"));
    call.note(event_types::PAYMENT_INTENT_PAYMENT_FAILED, intent);
}

fn approve(call: &Call<'_>, intent: &mut Value, method: &Value) -> Result<(), ApiError> {
    intent.set("last_payment_error", Value::Null);
    let amount = intent["amount"].clone();
    if intent["capture_method"] == "manual" {
        intent.set("amount_capturable", amount);
        intent.set("status", json!("requires_capture"));
        call.note(event_types::PAYMENT_INTENT_AMOUNT_CAPTURABLE_UPDATED, intent);
    } else {
        intent.set("amount_received", amount);
        intent.set("status", json!("succeeded"));
        call.note(event_types::PAYMENT_INTENT_SUCCEEDED, intent);
    }
    match intent["setup_future_usage"].as_str() {
        Some(usage) => intents::keep_for_later(call, &intent["customer"], method, usage),
        None => Ok(()),
    }
}

/// Takes the money that was held, or a part of it; the rest is given back.
fn capture(call: &Call<'_>) -> Result<Answer, ApiError> {
    let mut intent = call.load()?;
    call.overlay(&mut intent)?;
    call.store.update(&intent)?;
    let id = intent["latest_charge"].as_str().unwrap_or_default();
    let charge = call.named(&CHARGES, id, "latest_charge")?;
    let charge =
        charges::capture_charge(call, charge, call.number("amount_to_capture"), "amount_to_capture")?;
    captured(call, &charge).map(|intent| Answer::ok(intent.unwrap_or_default()))
}

/// Notes on the intent of a charge that the charge was captured.
pub(super) fn captured(call: &Call<'_>, charge: &Value) -> Result<Option<Value>, ApiError> {
    let id = charge["payment_intent"].as_str().unwrap_or_default();
    let Some(mut intent) = call.store.find(PAYMENT_INTENTS.object, id)? else { return Ok(None) };
    intent.set("amount_received", charge["amount_captured"].clone());
    intent.set("amount_capturable", json!(0));
    intent.set("status", json!("succeeded"));
    call.store.update(&intent)?;
    call.note(event_types::PAYMENT_INTENT_SUCCEEDED, &intent);
    Ok(Some(intent))
}

/// Gives an intent up, and what was held with it.
fn cancel(call: &Call<'_>) -> Result<Answer, ApiError> {
    let mut intent = call.load()?;
    call.overlay(&mut intent)?;
    call.save(abandon(call, &mut intent)?)
}

/// Gives an intent up.
pub(super) fn abandon(call: &Call<'_>, intent: &mut Value) -> Result<Value, ApiError> {
    if intent["status"] == "requires_capture" {
        charges::release(call, intent["latest_charge"].as_str().unwrap_or_default())?;
    }
    intent.set("amount_capturable", json!(0));
    intent.set("canceled_at", json!(call.now));
    intent.set("next_action", Value::Null);
    intent.set("status", json!("canceled"));
    call.note(event_types::PAYMENT_INTENT_CANCELED, intent);
    Ok(intent.take())
}

/// The cardholder authenticates, or fails to. The outcome is on the intent, as after a visit to the bank.
fn authenticate(call: &Call<'_>) -> Result<Answer, ApiError> {
    let mut intent = call.load()?;
    let method = intents::own_method(call, &intent)?;
    if call.text("outcome") == Some("failed") {
        let message = "The cardholder did not authenticate the payment.";
        let error = ApiError::conflict(message).code("payment_intent_authentication_failure");
        fail(call, &mut intent, &error.with("payment_method", method));
    } else if intent["confirmation_method"] == "manual" {
        intents::remember_authentication(call, &intent)?;
        intent.set("next_action", Value::Null);
        intent.set("status", json!("requires_confirmation"));
    } else {
        pay(call, &mut intent, &method, true)?;
    }
    invoices::follow_intent(call, &intent)?;
    call.save(intent)
}
