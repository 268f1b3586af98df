//! Tokens: a card's number, once, in exchange for a name of it.

use serde_json::{Value, json};

use super::common::{ID, TEXT, retrieve};
use super::fields::Fields;
use super::{Answer, Call, Events, Operation, Resource, Target, shapes};
use crate::sandbox::cards::{self, TestCard, declines};
use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::params::schema::{Field, Kind, Values, field, required};

/// `/v1/tokens`.
pub(super) static TOKENS: Resource = Resource {
    object: "token",
    path: "tokens",
    id: ("tok", 24),
    shape: shapes::tokens::shape,
    events: Events::NONE,
    expandable: &[],
    operations: &[
        Operation::post(Target::Collection, &[CREATE], create),
        Operation::get(Target::Item, &[], retrieve),
    ],
};

const CREATE: &[Field] = &[required("card", Kind::Part(CARD))];

/// A number as people write it: blanks and dashes are taken out.
pub(super) const CARD_NUMBER: Kind = Kind::Text(40);

const CARD: &[Field] = &[
    field("address_city", TEXT),
    field("address_country", TEXT),
    field("address_line1", TEXT),
    field("address_line2", TEXT),
    field("address_state", TEXT),
    field("address_zip", TEXT),
    field("currency", Kind::Currency),
    field("cvc", Kind::Text(10)),
    required("exp_month", Kind::Integer(-99, 9999)),
    required("exp_year", Kind::Integer(-99, 9999)),
    field("name", ID),
    required("number", CARD_NUMBER),
];

/// A card whose number was read. The number itself is not kept.
pub(super) struct Details {
    pub(super) card: &'static TestCard,
    pub(super) exp_month: i64,
    pub(super) exp_year: i64,
    /// Whether the security code was given.
    pub(super) cvc: bool,
}

/// Reads a card's number and date. What is wrong with them is the card's fault, not the request's form.
pub(super) fn read_card(call: &Call<'_>, card: &Values, parent: &str) -> Result<Details, ApiError> {
    let text = |name: &str| card.get(name).and_then(Value::as_str);
    let missing = |name: &str| {
        let path =
            if parent.is_empty() { format!("card[{name}]") } else { format!("{parent}[card][{name}]") };
        ApiError::missing_param(path)
    };
    let number = text("number").ok_or_else(|| missing("number"))?;
    let number: String = number.chars().filter(|letter| !matches!(letter, ' ' | '-')).collect();
    let whole = |name: &str| card.get(name).and_then(Value::as_i64).ok_or_else(|| missing(name));
    let (month, year) = (whole("exp_month")?, whole("exp_year")?);
    let year = if (0..100).contains(&year) { year + 2000 } else { year };
    let refuse =
        |code: &'static str, param: &str, message: &str| Err(ApiError::bad_card(code, message).param(param));
    if !cards::has_check_digit(&number) {
        return refuse("incorrect_number", "number", "Your card number is incorrect.");
    }
    if !(1..=12).contains(&month) {
        return refuse("invalid_expiry_month", "exp_month", "Your card's expiration month is invalid.");
    }
    if !(1970..=2100).contains(&year) || is_past(call.now, year, month) {
        return refuse("invalid_expiry_year", "exp_year", "Your card's expiration year is invalid.");
    }
    let cvc = text("cvc");
    if cvc.is_some_and(|cvc| !(3..=4).contains(&cvc.len()) || !cvc.bytes().all(|byte| byte.is_ascii_digit()))
    {
        return refuse("invalid_cvc", "cvc", "Your card's security code is invalid.");
    }
    let card = cards::by_number(&number);
    let card = card.ok_or_else(|| super::payment_methods::card_error(declines::LIVE))?;
    Ok(Details { card, exp_month: month, exp_year: year, cvc: cvc.is_some() })
}

/// Whether a month was over before a timestamp.
fn is_past(now: i64, year: i64, month: i64) -> bool {
    let Ok(now) = jiff::Timestamp::from_second(now) else { return false };
    let now = jiff::tz::Offset::UTC.to_datetime(now);
    (year, month) < (i64::from(now.year()), i64::from(now.month()))
}

fn create(call: &Call<'_>) -> Result<Answer, ApiError> {
    let given = call.values.get("card").and_then(Value::as_object).cloned().unwrap_or_default();
    let details = read_card(call, &given, "")?;
    let mut token = call.new_object(&TOKENS);
    let mut card = describe(&details);
    card.set("id", json!(call.ids.object("card", 24)));
    super::call::overlay(&mut card, &given)?;
    card.set("exp_year", json!(details.exp_year));
    token.set("card", card);
    call.insert(token)
}

/// Takes what is behind a token: a test card by its name, or a card that was given once.
pub(super) fn redeem(call: &Call<'_>, id: &str, param: &str) -> Result<Details, ApiError> {
    if let Some(card) = cards::by_name(id).filter(|_| id.starts_with("tok_")) {
        return Ok(Details { card, exp_month: 12, exp_year: 2040, cvc: false });
    }
    let mut token = call.named(&TOKENS, id, param)?;
    if token["used"] == true {
        let message = format!("You cannot use a Stripe token more than once: {id}.");
        return Err(ApiError::conflict(message).code("token_already_used").param(param));
    }
    token.set("used", json!(true));
    call.store.update(&token)?;
    let card = &token["card"];
    let known = cards::by_fingerprint(card["fingerprint"].as_str().unwrap_or_default());
    Ok(Details {
        card: known.ok_or_else(|| super::payment_methods::card_error(declines::LIVE))?,
        exp_month: card["exp_month"].as_i64().unwrap_or_default(),
        exp_year: card["exp_year"].as_i64().unwrap_or_default(),
        cvc: card["cvc_check"] == "unchecked",
    })
}

/// The card of a payment method, in the form that tokens show.
pub(super) fn describe_method(method: &Value) -> Value {
    let card = &method["card"];
    let known = cards::by_fingerprint(card["fingerprint"].as_str().unwrap_or_default());
    let number = |name: &str| card[name].as_i64().unwrap_or_default();
    let details = known.map(|known| Details {
        card: known,
        exp_month: number("exp_month"),
        exp_year: number("exp_year"),
        cvc: !card["checks"]["cvc_check"].is_null(),
    });
    details.as_ref().map(describe).unwrap_or_default()
}

fn describe(details: &Details) -> Value {
    let Details { card, exp_month, exp_year, cvc } = details;
    let brand = match card.brand {
        "visa" => "Visa",
        "mastercard" => "MasterCard",
        "amex" => "American Express",
        "discover" => "Discover",
        "diners" => "Diners Club",
        "jcb" => "JCB",
        _ => "UnionPay",
    };
    json!({
        "id": null, "object": "card",
        "address_city": null, "address_country": null, "address_line1": null, "address_line1_check": null,
        "address_line2": null, "address_state": null, "address_zip": null, "address_zip_check": null,
        "brand": brand, "country": card.country, "cvc_check": if *cvc { Some("unchecked") } else { None },
        "dynamic_last4": null, "exp_month": exp_month, "exp_year": exp_year,
        "fingerprint": card.fingerprint(), "funding": card.funding, "last4": card.last4(), "metadata": {},
        "name": null, "networks": {"preferred": null}, "regulated_status": "unregulated",
        "tokenization_method": null,
    })
}
