//! Payment intents: their table and the steps of their life.

use serde_json::{Value, json};

use super::customers::CUSTOMERS;
use super::{ADDRESS, Answer, Call, Method, Operation, Resource, Target, retrieve};
use crate::sandbox::api_error::ApiError;
use crate::sandbox::cards::{self, Charge, Decline, TestCard};
use crate::sandbox::list;
use crate::sandbox::schema::{Field, Kind, field, required};

/// `/v1/payment_intents`.
pub(in crate::sandbox) static PAYMENT_INTENTS: Resource = Resource {
    object: "payment_intent",
    path: "payment_intents",
    id: ("pi", 24),
    expandable: &[("customer", &CUSTOMERS)],
    operations: &[
        post(Target::Collection, &[CREATE, WRITABLE, CONFIRM], create),
        Operation {
            method: Method::Get,
            target: Target::Collection,
            fields: &[list::FIELDS, FILTERS],
            run: list::list,
        },
        Operation { method: Method::Get, target: Target::Item, fields: &[], run: retrieve },
        post(Target::Item, &[UPDATE, WRITABLE], update),
        post(Target::Action("confirm"), &[CONFIRM], confirm),
        post(Target::Action("capture"), &[CAPTURE], capture),
        post(Target::Action("cancel"), &[CANCEL], cancel),
    ],
};

type Run = fn(&Call<'_>) -> Result<Answer, ApiError>;

const fn post(target: Target, fields: &'static [&'static [Field]], run: Run) -> Operation {
    Operation { method: Method::Post, target, fields, run }
}

const FILTERS: &[Field] = &[field("customer", Kind::Text(255))];

const CREATE: &[Field] = &[
    required("amount", Kind::Amount),
    required("currency", Kind::Currency),
    field("automatic_payment_methods", Kind::Object(AUTOMATIC)),
    field("confirm", Kind::Boolean),
    field("confirmation_method", Kind::Choice(&["automatic", "manual"])),
];

const UPDATE: &[Field] = &[
    field("amount", Kind::Amount),
    field("currency", Kind::Currency),
    field("payment_method", Kind::Text(255)),
    field("receipt_email", Kind::Email),
    field("setup_future_usage", Kind::Choice(USAGES)),
    field("shipping", Kind::Object(SHIPPING)),
    field("capture_method", Kind::Choice(CAPTURES)),
    field("payment_method_types", Kind::List(&Kind::Choice(&["card"]))),
];

/// What can be given at creation and later.
const WRITABLE: &[Field] = &[
    field("application_fee_amount", Kind::Integer(0, 99_999_999)),
    field("customer", Kind::Text(255)),
    field("description", Kind::Text(1000)),
    field("metadata", Kind::Metadata),
    field("statement_descriptor", Kind::Text(22)),
    field("statement_descriptor_suffix", Kind::Text(22)),
    field("transfer_group", Kind::Text(255)),
];

/// What can be given at creation and at confirmation.
const CONFIRM: &[Field] = &[
    field("capture_method", Kind::Choice(CAPTURES)),
    field("error_on_requires_action", Kind::Boolean),
    field("off_session", Kind::Boolean),
    field("payment_method", Kind::Text(255)),
    field("payment_method_types", Kind::List(&Kind::Choice(&["card"]))),
    field("receipt_email", Kind::Email),
    field("return_url", Kind::Text(2048)),
    field("setup_future_usage", Kind::Choice(USAGES)),
    field("shipping", Kind::Object(SHIPPING)),
    field("use_stripe_sdk", Kind::Boolean),
];

const CAPTURE: &[Field] = &[field("amount_to_capture", Kind::Amount), field("metadata", Kind::Metadata)];
const CANCEL: &[Field] = &[field(
    "cancellation_reason",
    Kind::Choice(&["duplicate", "fraudulent", "requested_by_customer", "abandoned"]),
)];

const CAPTURES: &[&str] = &["automatic", "automatic_async", "manual"];
const USAGES: &[&str] = &["on_session", "off_session"];
const AUTOMATIC: &[Field] =
    &[required("enabled", Kind::Boolean), field("allow_redirects", Kind::Choice(&["always", "never"]))];
const SHIPPING: &[Field] = &[
    field("address", Kind::Object(ADDRESS)),
    field("carrier", Kind::Text(5000)),
    field("name", Kind::Text(5000)),
    field("phone", Kind::Text(5000)),
    field("tracking_number", Kind::Text(5000)),
];

/// The states in which something may still be charged.
const CHARGEABLE: &[&str] = &["requires_payment_method", "requires_confirmation", "requires_action"];

/// Makes an intent and, with `confirm`, charges it at once. What can be declined is stored either way.
fn create(call: &Call<'_>) -> Result<Answer, ApiError> {
    if call.flag("confirm") && call.text("payment_method").is_none() {
        let message = "An intent that is confirmed at once needs a payment_method.";
        return Err(ApiError::invalid(message).code("parameter_missing").param("payment_method"));
    }
    let mut intent = template(call);
    call.overlay(&mut intent)?;
    let automatic = match &intent["automatic_payment_methods"] {
        Value::Object(given) => json!({
            "allow_redirects": given.get("allow_redirects").and_then(Value::as_str).unwrap_or("always"),
            "enabled": given.get("enabled"),
        }),
        _ if call.values.contains_key("payment_method_types") => Value::Null,
        _ => json!({"allow_redirects": "always", "enabled": true}),
    };
    intent["automatic_payment_methods"] = automatic;
    check_references(call, &mut intent)?;
    let declined = if call.flag("confirm") { charge(call, &mut intent)? } else { None };
    let answer = call.insert(intent)?;
    Ok(tell(declined, answer))
}

/// Changes an intent. What it charges is fixed once it was charged; what describes it never is.
fn update(call: &Call<'_>) -> Result<Answer, ApiError> {
    let mut intent = call.load()?;
    let money = ["amount", "currency", "customer", "payment_method", "capture_method"];
    if money.iter().any(|name| call.values.contains_key(*name)) {
        expect_state(&intent, CHARGEABLE, "changed in what it charges")?;
    }
    call.overlay(&mut intent)?;
    check_references(call, &mut intent)?;
    call.save(intent)
}

/// Charges an intent that was not charged yet.
fn confirm(call: &Call<'_>) -> Result<Answer, ApiError> {
    let mut intent = call.load()?;
    expect_state(&intent, CHARGEABLE, "confirmed")?;
    call.overlay(&mut intent)?;
    check_references(call, &mut intent)?;
    let declined = charge(call, &mut intent)?;
    let answer = call.save(intent)?;
    Ok(tell(declined, answer))
}

/// Takes the money that was held, or a part of it; the rest is given back.
fn capture(call: &Call<'_>) -> Result<Answer, ApiError> {
    let mut intent = call.load()?;
    expect_state(&intent, &["requires_capture"], "captured")?;
    call.overlay(&mut intent)?;
    let authorized = intent["amount_capturable"].as_i64().unwrap_or_default();
    let amount = call.values.get("amount_to_capture").and_then(Value::as_i64).unwrap_or(authorized);
    if amount > authorized {
        let message = format!("{amount} cannot be captured: {authorized} was authorized.");
        return Err(ApiError::invalid(message).code("amount_too_large").param("amount_to_capture"));
    }
    intent["amount_received"] = json!(amount);
    intent["amount_capturable"] = json!(0);
    intent["status"] = json!("succeeded");
    call.save(intent)
}

/// Gives an intent up, and what was held with it.
fn cancel(call: &Call<'_>) -> Result<Answer, ApiError> {
    let mut intent = call.load()?;
    let states = [CHARGEABLE, &["requires_capture"]].concat();
    expect_state(&intent, &states, "canceled")?;
    call.overlay(&mut intent)?;
    intent["amount_capturable"] = json!(0);
    intent["canceled_at"] = json!(call.now);
    intent["status"] = json!("canceled");
    call.save(intent)
}

/// Refuses what the intent's state does not allow, and shows the intent: clients decide by its status.
fn expect_state(intent: &Value, allowed: &[&str], done: &str) -> Result<(), ApiError> {
    let status = intent["status"].as_str().unwrap_or_default();
    if allowed.contains(&status) {
        return Ok(());
    }
    let message = format!("This payment intent's status is {status}: it cannot be {done}.");
    Err(ApiError::unexpected_state(message, intent))
}

/// The customer and the payment method have to exist; with a payment method an intent can be confirmed.
fn check_references(call: &Call<'_>, intent: &mut Value) -> Result<(), ApiError> {
    if let Some(id) = call.text("customer")
        && call.store.find_alive(CUSTOMERS.object, id)?.is_none()
    {
        return Err(ApiError::missing_object(400, CUSTOMERS.object, id, "customer"));
    }
    match call.values.get("payment_method") {
        Some(Value::String(id)) if cards::find(id).is_none() => {
            return Err(ApiError::missing_object(400, "payment_method", id, "payment_method"));
        }
        Some(Value::String(_)) => intent["status"] = json!("requires_confirmation"),
        Some(_) => intent["status"] = json!("requires_payment_method"),
        None => {}
    }
    Ok(())
}

/// Charges the intent's payment method. A decline is an outcome, which stays, and not a failure, which is
/// undone.
fn charge(call: &Call<'_>, intent: &mut Value) -> Result<Option<ApiError>, ApiError> {
    let card = intent["payment_method"].as_str().and_then(cards::find).ok_or_else(|| {
        let message = "This payment intent has no payment method yet: give one to confirm it.";
        ApiError::unexpected_state(message, intent)
    })?;
    let charge = call.ids.object("ch", 24);
    intent["latest_charge"] = json!(charge);
    match card.charge {
        Charge::Approved => {
            approve(intent);
            Ok(None)
        }
        Charge::Declined(decline) => Ok(Some(refuse(call, intent, card, decline, &charge))),
    }
}

fn approve(intent: &mut Value) {
    intent["last_payment_error"] = Value::Null;
    let amount = intent["amount"].clone();
    if intent["capture_method"] == json!("manual") {
        intent["amount_capturable"] = amount;
        intent["status"] = json!("requires_capture");
    } else {
        intent["amount_received"] = amount;
        intent["status"] = json!("succeeded");
    }
}

fn refuse(call: &Call<'_>, intent: &mut Value, card: &TestCard, decline: Decline, charge: &str) -> ApiError {
    let Decline { code, reason, message } = decline;
    let method = describe(call, card);
    let error =
        ApiError::card(code, reason, message).with("charge", json!(charge)).with("payment_method", method);
    intent["last_payment_error"] = error.to_json()["error"].clone();
    intent["payment_method"] = Value::Null;
    intent["status"] = json!("requires_payment_method");
    error
}

/// Tells a decline with the intent as it was stored in it, and anything else as it is.
fn tell(declined: Option<ApiError>, answer: Answer) -> Answer {
    match declined {
        None => answer,
        Some(error) => Answer::error(&error.with("payment_intent", answer.body)),
    }
}

fn describe(call: &Call<'_>, card: &TestCard) -> Value {
    json!({
        "id": card.id,
        "object": "payment_method",
        "card": {"brand": card.brand, "country": "US", "exp_month": 12, "exp_year": 2040, "funding": "credit",
            "last4": card.last4},
        "created": call.now,
        "customer": null,
        "livemode": false,
        "metadata": {},
        "type": "card",
    })
}

fn template(call: &Call<'_>) -> Value {
    let id = call.new_id();
    json!({
        "id": id,
        "object": "payment_intent",
        "amount": 0,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": null, "application_fee_amount": null,
        "automatic_payment_methods": null,
        "canceled_at": null,
        "cancellation_reason": null,
        "capture_method": "automatic_async",
        "client_secret": format!("{id}_secret_{}", call.ids.alphanumeric(25)),
        "confirmation_method": "automatic",
        "created": call.now,
        "currency": null,
        "customer": null,
        "customer_account": null,
        "description": null,
        "excluded_payment_method_types": null,
        "last_payment_error": null,
        "latest_charge": null,
        "livemode": false,
        "metadata": {},
        "next_action": null,
        "on_behalf_of": null,
        "payment_method": null,
        "payment_method_configuration_details": null,
        "payment_method_options": {"card": {"installments": null, "mandate_options": null, "network": null,
            "request_three_d_secure": "automatic"}},
        "payment_method_types": ["card"],
        "processing": null,
        "receipt_email": null,
        "review": null,
        "setup_future_usage": null,
        "shipping": null,
        "source": null,
        "statement_descriptor": null, "statement_descriptor_suffix": null,
        "status": "requires_payment_method",
        "transfer_data": null,
        "transfer_group": null,
    })
}
