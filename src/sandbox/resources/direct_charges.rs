//! `POST /v1/charges`: a charge without a payment intent, of a token or of a customer's card.

use serde_json::{Value, json};

use super::charges::{self, Charged};
use super::common::{ID, SHIPPING};
use super::customers::CUSTOMERS;
use super::fields::Fields;
use super::payment_methods::{self, behaviour};
use super::{Answer, Call, sources};
use crate::sandbox::cards::{Behaviour, When, declines};
use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::params::schema::{Field, Kind, field, required};

/// What a direct charge takes.
pub(super) const CREATE: &[Field] = &[
    required("amount", Kind::Amount),
    required("currency", Kind::Currency),
    field("capture", Kind::Boolean),
    field("customer", Kind::Id("customer")),
    field("description", Kind::Text(5000)),
    field("metadata", Kind::Metadata),
    field("receipt_email", Kind::Email),
    field("shipping", Kind::Object(SHIPPING)),
    field("source", ID),
    field("statement_descriptor", Kind::Text(22)),
    field("statement_descriptor_suffix", Kind::Text(22)),
    field("transfer_group", ID),
];

/// Charges at once. A decline is an outcome: the failed charge stays.
pub(super) fn create(call: &Call<'_>) -> Result<Answer, ApiError> {
    let method = method(call)?;
    let capture = if call.values.get("capture") == Some(&json!(false)) { "manual" } else { "automatic" };
    let mut order = json!({"id": null, "metadata": {}, "capture_method": capture});
    for field in CREATE.iter().filter(|field| !matches!(field.name, "capture" | "source")) {
        if let Some(value) = call.values.get(field.name).filter(|value| !value.is_null()) {
            order[field.name] = value.clone();
        }
    }
    if let Behaviour::Authenticates(When::Always | When::UnlessSetUp, _) = behaviour(&method) {
        return Err(payment_methods::card_error(declines::UNAUTHENTICATED));
    }
    let Charged { mut charge, declined } = charges::charge(call, &order, &method)?;
    charge.set("source", sources::card_of(&method));
    call.store.update(&charge)?;
    let Some(decline) = declined else { return Ok(Answer::ok(charge)) };
    let error = payment_methods::card_error(decline).with("charge", charge["id"].clone());
    Ok(Answer::error(&error))
}

/// The card: the token's, or the customer's own.
fn method(call: &Call<'_>) -> Result<Value, ApiError> {
    let customer = match call.text("customer") {
        Some(id) => Some(call.named(&CUSTOMERS, id, "customer")?),
        None => None,
    };
    match (call.text("source"), customer) {
        (Some(source), Some(customer)) => sources::of_customer(call, &customer, source, "source"),
        (Some(token), None) => sources::from_token(call, token, "source"),
        (None, Some(customer)) => {
            let default =
                [&customer["default_source"], &customer["invoice_settings"]["default_payment_method"]];
            let default = default.into_iter().find_map(Value::as_str);
            let default = default.ok_or_else(|| {
                let message = "Cannot charge a customer that has no active card";
                ApiError::bad_card("missing", message).param("card")
            })?;
            sources::of_customer(call, &customer, default, "source")
        }
        (None, None) => Err(ApiError::invalid("Must provide source or customer.").code("parameter_missing")),
    }
}
