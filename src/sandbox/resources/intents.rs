//! What payment intents and setup intents do alike: payment methods, client secrets, authentication.

use serde_json::{Value, json};

use super::common::{TEXT, TIME};
use super::fields::Fields;
use super::payment_methods::{self, PAYMENT_METHODS, behaviour};
use super::{Answer, Call};
use crate::sandbox::cards::{Behaviour, Decline, When, declines};
use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::params::schema::{Field, Kind, field, required};

/// What front ends show in place of a secret key.
pub(super) const SECRET: &[Field] = &[field("client_secret", TEXT)];

/// What the cardholder does.
pub(super) const OUTCOME: &[Field] = &[required("outcome", Kind::Choice(&["succeeded", "failed"]))];

pub(super) const AUTOMATIC: &[Field] =
    &[required("enabled", Kind::Boolean), field("allow_redirects", Kind::Choice(&["always", "never"]))];

pub(super) const OPTIONS: &[Field] = &[field("card", Kind::Part(CARD_OPTIONS))];

const CARD_OPTIONS: &[Field] = &[
    field("capture_method", Kind::Choice(&["manual"])),
    field("network", TEXT),
    field("request_three_d_secure", Kind::Choice(&["any", "automatic", "challenge"])),
    field("setup_future_usage", Kind::Choice(&["none", "off_session", "on_session"])),
];

pub(super) const MANDATE: &[Field] = &[required("customer_acceptance", Kind::Object(ACCEPTANCE))];

const ACCEPTANCE: &[Field] = &[
    required("type", Kind::Choice(&["online", "offline"])),
    field("accepted_at", TIME),
    field("offline", Kind::Object(&[])),
    field("online", Kind::Object(&[field("ip_address", TEXT), field("user_agent", TEXT)])),
];

/// The record that a payment method was set up for charges without its owner.
const SET_UP: &str = "set_up_record";

/// The record that the cardholder authenticated an intent that waits for its server.
const AUTHENTICATED: &str = "authentication_record";

/// With `confirm`, creation needs something to confirm with.
pub(super) fn check_confirm(call: &Call<'_>) -> Result<(), ApiError> {
    let given = call.text("payment_method").is_some() || call.values.contains_key("payment_method_data");
    if !call.flag("confirm") || given {
        return Ok(());
    }
    let noun = super::refusals::noun(call.resource.object);
    let message = format!(
        "You cannot confirm this {noun} because it's missing a payment method. Give it a payment_method in the same \
         request, or confirm it later."
    );
    Err(ApiError::invalid(message).code("parameter_missing").param("payment_method"))
}

/// Gives a new intent the secret that its front end shows.
pub(super) fn put_secret(call: &Call<'_>, intent: &mut Value) {
    let id = intent["id"].as_str().unwrap_or_default();
    intent.set("client_secret", json!(call.ids.client_secret(id)));
}

/// Unless the types are named, they are chosen automatically.
pub(super) fn put_automatic(call: &Call<'_>, intent: &mut Value) {
    intent.set(
        "automatic_payment_methods",
        match &intent["automatic_payment_methods"] {
            Value::Object(given) => json!({
                "allow_redirects": given.get("allow_redirects").and_then(Value::as_str).unwrap_or("always"),
                "enabled": given.get("enabled"),
            }),
            _ if call.values.contains_key("payment_method_types") => Value::Null,
            _ => json!({"allow_redirects": "always", "enabled": true}),
        },
    );
}

/// Answers with the intent; a client secret, where one is shown, has to be its own.
pub(super) fn retrieve(call: &Call<'_>) -> Result<Answer, ApiError> {
    load(call).map(Answer::ok)
}

/// The intent in the path.
pub(super) fn load(call: &Call<'_>) -> Result<Value, ApiError> {
    let intent = call.load()?;
    match call.text("client_secret") {
        Some(secret) if intent["client_secret"] != secret => {
            let message = "The client_secret provided does not match the client_secret of this object.";
            Err(ApiError::conflict(message).code("resource_missing").param("client_secret"))
        }
        _ => Ok(intent),
    }
}

/// Reads the payment method that the parameters name or describe, and puts it on the intent.
pub(super) fn take_method(call: &Call<'_>, intent: &mut Value) -> Result<Option<Value>, ApiError> {
    let method = match (call.values.get("payment_method"), call.values.get("payment_method_data")) {
        (_, Some(Value::Object(data))) => payment_methods::from_data(call, data, "payment_method_data")?,
        (Some(Value::String(id)), _) => payment_methods::resolve(call, id, "payment_method")?,
        (Some(_), _) => {
            intent.set("status", json!("requires_payment_method"));
            return Ok(None);
        }
        (None, _) => return Ok(None),
    };
    intent.set("payment_method", method["id"].clone());
    intent.set("next_action", Value::Null);
    intent.set("status", json!("requires_confirmation"));
    Ok(Some(method))
}

/// The payment method that the intent has.
pub(super) fn own_method(call: &Call<'_>, intent: &Value) -> Result<Value, ApiError> {
    if let Some(id) = intent["payment_method"].as_str() {
        return call.named(&PAYMENT_METHODS, id, "payment_method");
    }
    let noun = super::refusals::noun(intent["object"].as_str().unwrap_or_default());
    let message = format!(
        "You cannot confirm this {noun} because it's missing a payment method. Give one to confirm it."
    );
    Err(ApiError::unexpected_state(message, intent))
}

/// A payment method of a customer can be used for that customer alone.
pub(super) fn check_owner(intent: &Value, method: &Value) -> Result<(), ApiError> {
    if method["customer"].is_null() || method["customer"] == intent["customer"] {
        return Ok(());
    }
    let message = "The payment method you provided belongs to a customer. Please include the same customer in the customer parameter.";
    Err(ApiError::conflict(message).param("payment_method"))
}

/// What confirming an intent leads to.
pub(super) enum Confirmation {
    /// The issuer is asked.
    Proceed,
    /// The cardholder has to authenticate first.
    Authenticate,
    /// Nobody is there to authenticate.
    Refuse(Decline),
}

/// Whether the cardholder has to authenticate, and can.
pub(super) fn step(
    call: &Call<'_>,
    intent: &Value,
    method: &Value,
    authenticated: bool,
) -> Result<Confirmation, ApiError> {
    let off_session = call.flag("off_session");
    let id = |object: &Value| object["id"].as_str().unwrap_or_default().to_owned();
    let asked = intent["payment_method_options"]["card"]["request_three_d_secure"].as_str();
    let needed = match behaviour(method) {
        Behaviour::Authenticates(When::Always, _) => true,
        Behaviour::Authenticates(When::UnlessSetUp, _) => call.store.find(SET_UP, &id(method))?.is_none(),
        Behaviour::Authenticates(When::OnSession, _) => !off_session,
        _ => matches!(asked, Some("any" | "challenge")) && !off_session,
    };
    let known = call.store.find(AUTHENTICATED, &id(intent))?;
    if !needed || authenticated || known.is_some_and(|known| known["payment_method"] == method["id"]) {
        return Ok(Confirmation::Proceed);
    }
    if off_session || call.flag("error_on_requires_action") {
        return Ok(Confirmation::Refuse(declines::UNAUTHENTICATED));
    }
    Ok(Confirmation::Authenticate)
}

/// Puts an intent into the state in which it waits for the cardholder. The address is nowhere: the test
/// helper `authenticate` stands for the visit.
pub(super) fn ask_to_authenticate(call: &Call<'_>, intent: &mut Value) {
    let url = format!("https://sandbox.invalid/authenticate/{}", intent["id"].as_str().unwrap_or_default());
    intent.set(
        "next_action",
        match call.text("return_url") {
            Some(back) => {
                json!({"redirect_to_url": {"return_url": back, "url": url}, "type": "redirect_to_url"})
            }
            None => json!({"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect",
            "stripe_js": url}}),
        },
    );
    intent.set("status", json!("requires_action"));
}

/// Remembers that the cardholder authenticated, for the confirmation that follows.
pub(super) fn remember_authentication(call: &Call<'_>, intent: &Value) -> Result<(), ApiError> {
    let record = json!({"id": intent["id"], "object": AUTHENTICATED,
        "payment_method": intent["payment_method"]});
    match call.store.find(AUTHENTICATED, intent["id"].as_str().unwrap_or_default())? {
        Some(_) => call.store.update(&record),
        None => call.keep(&record),
    }
}

/// Keeps a payment method with its customer, and remembers that it was set up for charges without them.
pub(super) fn keep_for_later(
    call: &Call<'_>,
    customer: &Value,
    method: &Value,
    usage: &str,
) -> Result<(), ApiError> {
    if let Some(customer) = customer.as_str() {
        payment_methods::attach_method(call, method.clone(), customer)?;
    }
    let id = method["id"].as_str().unwrap_or_default();
    if usage == "off_session" && call.store.find(SET_UP, id)?.is_none() {
        call.keep(&json!({"id": id, "object": SET_UP}))?;
    }
    Ok(())
}

/// Tells a decline with the intent as it was stored in it, and anything else as it is.
pub(super) fn tell(declined: Option<ApiError>, answer: Answer) -> Answer {
    let Some(error) = declined else { return answer };
    let name = if answer.body["object"] == "setup_intent" { "setup_intent" } else { "payment_intent" };
    Answer::error(&error.with(name, answer.body))
}
