//! Setup intents: a payment method is made ready for later charges.

use serde_json::{Value, json};

use super::common::{ID, retrieve};
use super::customers::CUSTOMERS;
use super::fields::Fields;
use super::intents::{self, Confirmation};
use super::list;
use super::payment_methods::{self, PAYMENT_METHODS, behaviour};
use super::{Answer, Call, Events, Link, Operation, Resource, Target, refusals, shapes};
use crate::sandbox::cards::Behaviour;
use crate::sandbox::events::event_types;
use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::params::schema::{Field, Kind, field, required};

/// `/v1/setup_intents`.
pub(super) static SETUP_INTENTS: Resource = Resource {
    object: "setup_intent",
    path: "setup_intents",
    id: ("seti", 24),
    shape: shapes::setup_intents::shape,
    events: Events { created: Some(event_types::SETUP_INTENT_CREATED), updated: None, deleted: None },
    expandable: &[
        ("customer", Link::One(&CUSTOMERS)),
        ("latest_attempt", Link::One(&SETUP_ATTEMPTS)),
        ("payment_method", Link::One(&PAYMENT_METHODS)),
    ],
    operations: &[
        Operation::post(Target::Collection, &[CREATE, WRITABLE, CONFIRM], create),
        Operation::list(&[list::FIELDS, &[field("customer", ID), field("payment_method", ID)]]),
        Operation::get(Target::Item, &[intents::SECRET], intents::retrieve),
        Operation::post(Target::Item, &[WRITABLE, UPDATE], update),
        Operation::post(Target::Action("confirm"), &[CONFIRM, intents::SECRET], confirm).when(OPEN),
        Operation::post(Target::Action("cancel"), &[CANCEL], cancel).when(OPEN),
    ],
};

/// `/v1/test_helpers/setup_intents`, which stands for the cardholder. Stripe has no such path.
pub(super) static CARDHOLDER: Resource = Resource {
    object: "setup_intent",
    path: "test_helpers/setup_intents",
    id: ("seti", 24),
    shape: shapes::setup_intents::shape,
    events: Events::NONE,
    expandable: &[],
    operations: &[Operation::post(Target::Action("authenticate"), &[intents::OUTCOME], authenticate)
        .when(&["requires_action"])],
};

/// `/v1/setup_attempts`: each confirmation and what it came to.
pub(super) static SETUP_ATTEMPTS: Resource = Resource {
    object: "setup_attempt",
    path: "setup_attempts",
    id: ("setatt", 24),
    shape: shapes::setup_attempts::shape,
    events: Events::NONE,
    expandable: &[("setup_intent", Link::One(&SETUP_INTENTS))],
    operations: &[
        Operation::list(&[list::FIELDS, &[required("setup_intent", ID)]]),
        Operation::get(Target::Item, &[], retrieve),
    ],
};

const OPEN: &[&str] = &["requires_payment_method", "requires_confirmation", "requires_action"];

const CREATE: &[Field] = &[
    field("automatic_payment_methods", Kind::Object(intents::AUTOMATIC)),
    field("confirm", Kind::Boolean),
    field("usage", Kind::Choice(&["off_session", "on_session"])),
];

const WRITABLE: &[Field] = &[
    field("customer", Kind::Id("customer")),
    field("description", Kind::Text(1000)),
    field("metadata", Kind::Metadata),
    field("payment_method_types", Kind::List(&Kind::Choice(&["card"]))),
];

const UPDATE: &[Field] =
    &[field("payment_method", ID), field("payment_method_data", Kind::Part(payment_methods::DATA))];

const CONFIRM: &[Field] = &[
    field("mandate_data", Kind::Object(intents::MANDATE)),
    field("payment_method", ID),
    field("payment_method_data", Kind::Part(payment_methods::DATA)),
    field("payment_method_options", Kind::Part(intents::OPTIONS)),
    field("return_url", Kind::Url),
    field("use_stripe_sdk", Kind::Boolean),
];

const CANCEL: &[Field] =
    &[field("cancellation_reason", Kind::Choice(&["abandoned", "duplicate", "requested_by_customer"]))];

fn create(call: &Call<'_>) -> Result<Answer, ApiError> {
    intents::check_confirm(call)?;
    let mut intent = call.new_object(&SETUP_INTENTS);
    intents::put_secret(call, &mut intent);
    call.overlay(&mut intent)?;
    intents::put_automatic(call, &mut intent);
    let method = intents::take_method(call, &mut intent)?;
    call.note(event_types::SETUP_INTENT_CREATED, &intent);
    let declined = match method.filter(|_| call.flag("confirm")) {
        Some(method) => set_up(call, &mut intent, &method, false)?,
        None => None,
    };
    let answer = call.insert(intent)?;
    Ok(intents::tell(declined, answer))
}

fn update(call: &Call<'_>) -> Result<Answer, ApiError> {
    let mut intent = call.load()?;
    let status = intent["status"].as_str().unwrap_or_default();
    if UPDATE.iter().any(|field| call.values.contains_key(field.name)) && !OPEN.contains(&status) {
        let message = refusals::fixed(&intent, "payment_method", OPEN);
        return Err(ApiError::unexpected_state(message, &intent));
    }
    call.overlay(&mut intent)?;
    intents::take_method(call, &mut intent)?;
    call.save(intent)
}

fn confirm(call: &Call<'_>) -> Result<Answer, ApiError> {
    let mut intent = intents::load(call)?;
    call.overlay(&mut intent)?;
    let method = match intents::take_method(call, &mut intent)? {
        Some(method) => method,
        None => intents::own_method(call, &intent)?,
    };
    let declined = set_up(call, &mut intent, &method, false)?;
    let answer = call.save(intent)?;
    Ok(intents::tell(declined, answer))
}

fn set_up(
    call: &Call<'_>,
    intent: &mut Value,
    method: &Value,
    authenticated: bool,
) -> Result<Option<ApiError>, ApiError> {
    intents::check_owner(intent, method)?;
    let mut attempt = call.new_object(&SETUP_ATTEMPTS);
    for name in ["customer", "payment_method", "usage"] {
        attempt.set(name, intent[name].clone());
    }
    attempt.set("setup_intent", intent["id"].clone());
    intent.set("latest_attempt", attempt["id"].clone());
    let declined = match (intents::step(call, intent, method, authenticated)?, behaviour(method)) {
        (Confirmation::Authenticate, _) => {
            intents::ask_to_authenticate(call, intent);
            attempt.set("status", json!("requires_action"));
            call.note(event_types::SETUP_INTENT_REQUIRES_ACTION, intent);
            call.keep(&attempt)?;
            return Ok(None);
        }
        (Confirmation::Refuse(decline), _) | (Confirmation::Proceed, Behaviour::Declined(decline)) => {
            Some(decline)
        }
        (Confirmation::Proceed, _) => None,
    };
    let error = declined.map(|decline| {
        let error = payment_methods::card_error(decline).with("payment_method", method.clone());
        attempt.set("status", json!("failed"));
        attempt.set("setup_error", error.to_json()["error"].clone());
        fail(call, intent, &error);
        error
    });
    call.keep(&attempt)?;
    if error.is_none() {
        intent.set("last_setup_error", Value::Null);
        intent.set("next_action", Value::Null);
        intent.set("status", json!("succeeded"));
        let usage = intent["usage"].as_str().unwrap_or_default();
        intents::keep_for_later(call, &intent["customer"], method, usage)?;
        call.note(event_types::SETUP_INTENT_SUCCEEDED, intent);
    }
    Ok(error)
}

fn fail(call: &Call<'_>, intent: &mut Value, error: &ApiError) {
    intent.set("last_setup_error", error.to_json()["error"].clone());
    intent.set("payment_method", Value::Null);
    intent.set("next_action", Value::Null);
    intent.set("status", json!("requires_payment_method"));
    call.note(event_types::SETUP_INTENT_SETUP_FAILED, intent);
}

fn cancel(call: &Call<'_>) -> Result<Answer, ApiError> {
    let mut intent = call.load()?;
    call.overlay(&mut intent)?;
    intent.set("next_action", Value::Null);
    intent.set("status", json!("canceled"));
    call.note(event_types::SETUP_INTENT_CANCELED, &intent);
    call.save(intent)
}

fn authenticate(call: &Call<'_>) -> Result<Answer, ApiError> {
    let mut intent = call.load()?;
    let method = intents::own_method(call, &intent)?;
    if call.text("outcome") == Some("failed") {
        let message = "The cardholder did not authenticate the set-up.";
        let error = ApiError::conflict(message).code("setup_intent_authentication_failure");
        fail(call, &mut intent, &error.with("payment_method", method));
    } else {
        set_up(call, &mut intent, &method, true)?;
    }
    call.save(intent)
}
