//! Payment methods: cards, made from numbers, tokens and the names of test cards.

use serde_json::{Value, json};

use super::common::{ADDRESS, ID, TEXT, retrieve, update};
use super::customers::CUSTOMERS;
use super::fields::Fields;
use super::list;
use super::tokens::{self, CARD_NUMBER};
use super::{Answer, Call, Events, Link, Operation, Resource, Target, shapes};
use crate::sandbox::cards::{self, Behaviour, Decline, TestCard};
use crate::sandbox::events::event_types;
use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::params::schema::{Field, Kind, Values, field, required};

/// `/v1/payment_methods`.
pub(super) static PAYMENT_METHODS: Resource = Resource {
    object: "payment_method",
    path: "payment_methods",
    id: ("pm", 24),
    shape: shapes::payment_methods::shape,
    events: Events { created: None, updated: Some(event_types::PAYMENT_METHOD_UPDATED), deleted: None },
    expandable: &[("customer", Link::One(&CUSTOMERS))],
    operations: &[
        Operation::post(Target::Collection, &[DATA, &[field("customer", ID)]], create),
        Operation::list(&[list::CURSORS, LIST]),
        Operation::get(Target::Item, &[], retrieve_or_make),
        Operation::post(Target::Item, &[UPDATE], update),
        Operation::post(Target::Action("attach"), &[ATTACH], attach),
        Operation::post(Target::Action("detach"), &[], detach),
    ],
};

/// What a payment method is made from; also as `payment_method_data` of intents.
pub(super) const DATA: &[Field] = &[
    required("type", Kind::Choice(&["card"])),
    field("allow_redisplay", Kind::Choice(REDISPLAY)),
    field("billing_details", Kind::Part(BILLING)),
    field("card", Kind::Part(CARD)),
    field("metadata", Kind::Metadata),
];

/// The list of one customer takes this besides its cursors.
pub(super) const OF_CUSTOMER: &[Field] =
    &[field("type", Kind::Choice(&["card"])), field("allow_redisplay", Kind::Choice(REDISPLAY))];

const REDISPLAY: &[&str] = &["always", "limited", "unspecified"];

const LIST: &[Field] = &[
    field("customer", ID),
    field("type", Kind::Choice(&["card"])),
    field("allow_redisplay", Kind::Choice(REDISPLAY)),
];

const UPDATE: &[Field] = &[
    field("allow_redisplay", Kind::Choice(REDISPLAY)),
    field("billing_details", Kind::Part(BILLING)),
    field("card", Kind::Part(&[field("exp_month", Kind::Integer(1, 12)), field("exp_year", YEAR)])),
    field("metadata", Kind::Metadata),
];

const ATTACH: &[Field] = &[required("customer", Kind::Id("customer"))];

const YEAR: Kind = Kind::Integer(1970, 2100);

const CARD: &[Field] = &[
    field("cvc", Kind::Text(10)),
    field("exp_month", Kind::Integer(-99, 9999)),
    field("exp_year", Kind::Integer(-99, 9999)),
    field("number", CARD_NUMBER),
    field("token", ID),
];

const BILLING: &[Field] = &[
    field("address", Kind::Object(ADDRESS)),
    field("email", Kind::Email),
    field("name", TEXT),
    field("phone", TEXT),
    field("tax_id", TEXT),
];

fn create(call: &Call<'_>) -> Result<Answer, ApiError> {
    let method = from_data(call, &call.values, "")?;
    Ok(Answer::ok(method))
}

/// Makes and keeps a payment method. `parent` is what the parameters are nested in.
pub(super) fn from_data(call: &Call<'_>, data: &Values, parent: &str) -> Result<Value, ApiError> {
    let path =
        |name: &str| if parent.is_empty() { name.to_owned() } else { format!("{parent}[card][{name}]") };
    let missing = || {
        let path = if parent.is_empty() { "card".to_owned() } else { format!("{parent}[card]") };
        ApiError::missing_param(path)
    };
    let card = data.get("card").and_then(Value::as_object).ok_or_else(missing)?;
    let details = match card.get("token").and_then(Value::as_str) {
        Some(token) => tokens::redeem(call, token, &path("token"))?,
        None => tokens::read_card(call, card, parent)?,
    };
    let mut method = call.new_object(&PAYMENT_METHODS);
    put_card(&mut method, &details);
    let others: Values = data.iter().filter(|(name, _)| *name != "card").map(owned).collect();
    super::call::overlay(&mut method, &others)?;
    call.keep(&method)?;
    Ok(method)
}

fn owned((name, value): (&String, &Value)) -> (String, Value) {
    (name.clone(), value.clone())
}

/// A payment method of its own from the name of a test card, as the API makes one each time.
fn from_card(call: &Call<'_>, card: &'static TestCard) -> Result<Value, ApiError> {
    keep_card(call, &tokens::Details { card, exp_month: 12, exp_year: 2040, cvc: false }, None)
}

/// Keeps a card as a payment method, with an id of another prefix where it is known in another form.
pub(super) fn keep_card(
    call: &Call<'_>,
    details: &tokens::Details,
    prefix: Option<&str>,
) -> Result<Value, ApiError> {
    let mut method = call.new_object(&PAYMENT_METHODS);
    if let Some(prefix) = prefix {
        method.set("id", json!(call.ids.object(prefix, 24)));
    }
    put_card(&mut method, details);
    call.keep(&method)?;
    Ok(method)
}

/// A payment method of the customer in the path.
pub(super) fn retrieve_of_customer(call: &Call<'_>) -> Result<Answer, ApiError> {
    call.load()?;
    let found = call.store.find_alive(PAYMENT_METHODS.object, call.part)?;
    let own = found.filter(|method| method["customer"] == call.id);
    own.map(Answer::ok)
        .ok_or_else(|| ApiError::missing_object(404, PAYMENT_METHODS.object, call.part, "payment_method"))
}

fn put_card(method: &mut Value, details: &tokens::Details) {
    let tokens::Details { card, exp_month, exp_year, cvc } = details;
    let amex = card.brand == "amex";
    method.set(
        "card",
        json!({
            "brand": card.brand,
            "checks": {"address_line1_check": null, "address_postal_code_check": null,
                "cvc_check": if *cvc { json!("unchecked") } else { Value::Null }},
            "country": card.country,
            "display_brand": if amex { "american_express" } else { card.brand },
            "exp_month": exp_month,
            "exp_year": exp_year,
            "fingerprint": card.fingerprint(),
            "funding": card.funding,
            "generated_from": null,
            "last4": card.last4(),
            "networks": {"available": [card.brand], "preferred": null},
            "regulated_status": "unregulated",
            "three_d_secure_usage": {"supported": !amex},
            "wallet": null,
        }),
    );
}

/// The payment method that a parameter names: a stored one, or a new one where a test card is named.
pub(super) fn resolve(call: &Call<'_>, id: &str, param: &str) -> Result<Value, ApiError> {
    match cards::by_name(id).filter(|_| id.starts_with("pm_card_")) {
        Some(card) => from_card(call, card),
        None => call.named(&PAYMENT_METHODS, id, param),
    }
}

/// What the card of a payment method does.
pub(super) fn behaviour(method: &Value) -> Behaviour {
    let fingerprint = method["card"]["fingerprint"].as_str().unwrap_or_default();
    cards::by_fingerprint(fingerprint)
        .map_or(Behaviour::Declined(cards::declines::LIVE), |card| card.behaviour)
}

fn retrieve_or_make(call: &Call<'_>) -> Result<Answer, ApiError> {
    match cards::by_name(call.id).filter(|_| call.id.starts_with("pm_card_")) {
        Some(card) => {
            let mut method = call.new_object(&PAYMENT_METHODS);
            put_card(&mut method, &tokens::Details { card, exp_month: 12, exp_year: 2040, cvc: false });
            Ok(Answer::ok(method))
        }
        None => retrieve(call),
    }
}

fn attach(call: &Call<'_>) -> Result<Answer, ApiError> {
    let method = match cards::by_name(call.id).filter(|_| call.id.starts_with("pm_card_")) {
        Some(card) => from_card(call, card)?,
        None => call.load()?,
    };
    attach_method(call, method, call.text("customer").unwrap_or_default()).map(Answer::ok)
}

/// Gives a payment method, named by a parameter, to a customer.
pub(super) fn attach_to(call: &Call<'_>, id: &str, customer: &str) -> Result<Value, ApiError> {
    let method = resolve(call, id, "payment_method")?;
    attach_method(call, method, customer)
}

/// Gives a payment method to a customer. A card that the issuer refuses cannot be kept.
pub(super) fn attach_method(call: &Call<'_>, mut method: Value, customer: &str) -> Result<Value, ApiError> {
    match method["customer"].as_str() {
        Some(owner) if owner == customer => return Ok(method),
        Some(_) => {
            let message = "The payment method you provided has already been attached to a customer.";
            return Err(ApiError::conflict(message));
        }
        None => {}
    }
    if let Behaviour::Declined(decline) = behaviour(&method) {
        return Err(card_error(decline));
    }
    method.set("customer", json!(customer));
    if method["card"]["checks"]["cvc_check"] == "unchecked" {
        method.set("card.checks.cvc_check", json!("pass"));
    }
    call.store.update(&method)?;
    call.note(event_types::PAYMENT_METHOD_ATTACHED, &method);
    Ok(method)
}

/// The error that tells of a decline.
pub(super) fn card_error(decline: Decline) -> ApiError {
    let error = ApiError::card(decline.code, decline.reason, decline.message);
    if decline.code == "incorrect_cvc" { error.param("cvc") } else { error }
}

fn detach(call: &Call<'_>) -> Result<Answer, ApiError> {
    let old = call.load()?;
    let Some(customer) = old["customer"].as_str() else {
        return Err(ApiError::conflict(
            "The payment method you provided is not attached to a customer so detachment is impossible.",
        ));
    };
    let mut method = old.clone();
    method.set("customer", Value::Null);
    if let Some(mut owner) = call.store.find_alive(CUSTOMERS.object, customer)?
        && owner["invoice_settings"]["default_payment_method"] == old["id"]
    {
        owner.set("invoice_settings.default_payment_method", Value::Null);
        call.store.update(&owner)?;
    }
    call.note_update(event_types::PAYMENT_METHOD_DETACHED, &old, &method);
    call.save(method)
}

/// The payment methods of the customer that the path names.
pub(super) fn list_of_customer(call: &Call<'_>) -> Result<Answer, ApiError> {
    call.load()?;
    let mut conditions = list::filters(call, &PAYMENT_METHODS, &[]);
    conditions.push(list::equals(&PAYMENT_METHODS, "customer", &json!(call.id)));
    let url = format!("/v1/customers/{}/payment_methods", call.id);
    list::page(call, &PAYMENT_METHODS, &url, conditions)
}
