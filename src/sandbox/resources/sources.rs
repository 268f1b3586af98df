//! Cards of customers in the form that they had before payment methods: `/v1/customers/{id}/sources`.
//!
//! A card is kept as a payment method whose id begins with `card_`, so that both forms name one thing.

use serde_json::{Value, json};

use super::common::ID;
use super::customers::CUSTOMERS;
use super::fields::Fields;
use super::list;
use super::payment_methods::{self, PAYMENT_METHODS};
use super::{Answer, Call, tokens};
use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::params::schema::{Field, Kind, field, required};

/// What a new card is made from.
pub(super) const CREATE: &[Field] = &[required("source", ID), field("metadata", Kind::Metadata)];

/// Whether cards or other sources are listed; the sandbox has cards.
pub(super) const LIST: &[Field] = &[field("object", Kind::Choice(&["card"]))];

/// A payment method in the form of a card.
pub(super) fn card_of(method: &Value) -> Value {
    let mut card = tokens::describe_method(method);
    card.set("id", method["id"].clone());
    card.set("metadata", method["metadata"].clone());
    card.set("name", method["billing_details"]["name"].clone());
    card.add("customer", method["customer"].clone());
    card
}

/// A card from a token, which works once; the name of a test card works always.
pub(super) fn from_token(call: &Call<'_>, token: &str, param: &str) -> Result<Value, ApiError> {
    let details = tokens::redeem(call, token, param)?;
    payment_methods::keep_card(call, &details, Some("card"))
}

/// A card that a customer has already, or a token that is charged for them.
pub(super) fn of_customer(
    call: &Call<'_>,
    customer: &Value,
    id: &str,
    param: &str,
) -> Result<Value, ApiError> {
    if id.starts_with("tok_") {
        let method = from_token(call, id, param)?;
        return payment_methods::attach_method(call, method, customer["id"].as_str().unwrap_or_default());
    }
    let found = call.store.find_alive(PAYMENT_METHODS.object, id)?;
    found.filter(|method| method["customer"] == customer["id"]).ok_or_else(|| {
        let owner = customer["id"].as_str().unwrap_or_default();
        let message = format!("Customer {owner} does not have a linked source with ID {id}.");
        ApiError::conflict(message).code("missing").param(param)
    })
}

/// Gives the customer in the path a card; the first is the default.
pub(super) fn create(call: &Call<'_>) -> Result<Answer, ApiError> {
    let mut customer = call.load()?;
    let method = from_token(call, call.text("source").unwrap_or_default(), "source")?;
    let mut method = payment_methods::attach_method(call, method, call.id)?;
    super::call::overlay(&mut method, &call.values)?;
    call.store.update(&method)?;
    if customer["default_source"].is_null() {
        customer.set("default_source", method["id"].clone());
        call.store.update(&customer)?;
    }
    Ok(Answer::ok(card_of(&method)))
}

/// The cards of the customer in the path.
pub(super) fn list(call: &Call<'_>) -> Result<Answer, ApiError> {
    call.load()?;
    let mut methods = list::all_with(&call.store, &PAYMENT_METHODS, "customer", call.id)?;
    methods.retain(|method| method["id"].as_str().is_some_and(|id| id.starts_with("card_")));
    let cards = methods.iter().map(card_of).collect::<Vec<_>>();
    list::slice(call, &json!(cards), &format!("/v1/customers/{}/sources", call.id))
}

/// One of them.
pub(super) fn retrieve(call: &Call<'_>) -> Result<Answer, ApiError> {
    own(call).map(|method| Answer::ok(card_of(&method)))
}

/// Takes a card away from its customer.
pub(super) fn delete(call: &Call<'_>) -> Result<Answer, ApiError> {
    let mut method = own(call)?;
    let mut customer = call.named(&CUSTOMERS, call.id, "id")?;
    method.set("customer", Value::Null);
    call.store.update(&method)?;
    if customer["default_source"] == method["id"] {
        customer.set("default_source", Value::Null);
        call.store.update(&customer)?;
    }
    Ok(Answer::ok(json!({"id": method["id"], "object": "card", "deleted": true})))
}

fn own(call: &Call<'_>) -> Result<Value, ApiError> {
    call.load()?;
    let found = call.store.find_alive(PAYMENT_METHODS.object, call.part)?;
    let is_own = |method: &Value| method["customer"] == call.id && call.part.starts_with("card_");
    found.filter(is_own).ok_or_else(|| ApiError::missing_object(404, "source", call.part, "id"))
}
