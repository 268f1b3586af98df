//! Charges: made by payment intents, read and captured here.

use serde_json::{Value, json};

use super::balance::{self, Movement};
use super::balance_transactions::BALANCE_TRANSACTIONS;
use super::common::{ID, SHIPPING, retrieve, update};
use super::customers::CUSTOMERS;
use super::fields::Fields;
use super::list::{self, whole};
use super::payment_intents::{self, PAYMENT_INTENTS};
use super::payment_methods::{self, behaviour};
use super::refunds::REFUNDS;
use super::{Answer, Call, Events, Link, Operation, Resource, Target, shapes};
use super::{direct_charges, disputes};
use crate::sandbox::cards::{Behaviour, Decline, declines};
use crate::sandbox::events::event_types;
use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::params::schema::{Field, Kind, field};
use crate::sandbox::state::store::Store;

/// `/v1/charges`.
pub(super) static CHARGES: Resource = Resource {
    object: "charge",
    path: "charges",
    id: ("ch", 24),
    shape: shapes::charges::shape,
    events: Events { created: None, updated: Some(event_types::CHARGE_UPDATED), deleted: None },
    expandable: &[
        ("balance_transaction", Link::One(&BALANCE_TRANSACTIONS)),
        ("customer", Link::One(&CUSTOMERS)),
        ("payment_intent", Link::One(&PAYMENT_INTENTS)),
        ("refunds", Link::Made(refunds_of, &REFUNDS)),
    ],
    operations: &[
        Operation::post(Target::Collection, &[direct_charges::CREATE], direct_charges::create),
        Operation::list(&[list::FIELDS, FILTERS]),
        Operation::search(),
        Operation::get(Target::Item, &[], retrieve),
        Operation::post(Target::Item, &[UPDATE], update),
        Operation::post(Target::Action("capture"), &[CAPTURE], capture),
    ],
};

const FILTERS: &[Field] = &[field("customer", ID), field("payment_intent", ID), field("transfer_group", ID)];

const UPDATE: &[Field] = &[
    field("customer", Kind::Id("customer")),
    field("description", Kind::Text(5000)),
    field("fraud_details", Kind::Part(&[field("user_report", Kind::Choice(&["fraudulent", "safe"]))])),
    field("metadata", Kind::Metadata),
    field("receipt_email", Kind::Email),
    field("shipping", Kind::Object(SHIPPING)),
    field("transfer_group", ID),
];

const CAPTURE: &[Field] = &[
    field("amount", Kind::Amount),
    field("receipt_email", Kind::Email),
    field("statement_descriptor", Kind::Text(22)),
    field("statement_descriptor_suffix", Kind::Text(22)),
];

/// What the charge of an intent came to.
pub(super) struct Charged {
    /// The charge, as it is kept.
    pub(super) charge: Value,
    /// Why it failed, if it did.
    pub(super) declined: Option<Decline>,
}

/// Charges the payment method of an intent. A decline is an outcome, which stays, and not a failure,
/// which is undone.
pub(super) fn charge(call: &Call<'_>, intent: &Value, method: &Value) -> Result<Charged, ApiError> {
    let mut charge = call.new_object(&CHARGES);
    for name in COPIED {
        charge.set(name, intent[*name].clone());
    }
    charge.set("payment_intent", intent["id"].clone());
    charge.set("payment_method", method["id"].clone());
    charge.set("billing_details", method["billing_details"].clone());
    let manual = intent["capture_method"] == "manual";
    charge.set("payment_method_details", details(method, intent, manual.then_some(call.now)));
    let behaviour = behaviour(method);
    let declined = match behaviour {
        Behaviour::Declined(decline) | Behaviour::DeclinedLater(decline) => Some(decline),
        Behaviour::Authenticates(_, decline) => decline,
        Behaviour::Blocked => Some(declines::BLOCKED),
        _ => None,
    };
    if let Some(decline) = declined {
        fail(&mut charge, decline);
        call.note(event_types::CHARGE_FAILED, &charge);
        call.keep(&charge)?;
    } else {
        charge.set("captured", json!(!manual));
        if !manual {
            take(call, &mut charge, behaviour)?;
        }
        call.note(event_types::CHARGE_SUCCEEDED, &charge);
        call.keep(&charge)?;
    }
    if let (Behaviour::Disputed(dispute), None) = (behaviour, declined) {
        disputes::open(call, &mut charge, dispute)?;
    }
    Ok(Charged { charge, declined })
}

const COPIED: &[&str] = &[
    "amount",
    "currency",
    "customer",
    "description",
    "metadata",
    "receipt_email",
    "shipping",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_group",
    "application_fee_amount",
    "on_behalf_of",
];

fn fail(charge: &mut Value, decline: Decline) {
    let blocked = decline == declines::BLOCKED;
    charge.set("failure_code", json!(decline.code));
    charge.set("failure_message", json!(decline.message));
    charge.set("paid", json!(false));
    charge.set("status", json!("failed"));
    charge.set(
        "outcome",
        json!({
            "advice_code": null, "network_advice_code": null, "network_decline_code": null,
            "network_status": if blocked { "not_sent_to_network" } else { "declined_by_network" },
            "reason": if decline.reason.is_empty() { decline.code } else { decline.reason },
            "risk_level": if blocked { "highest" } else { "normal" },
            "risk_score": if blocked { 92 } else { 20 },
            "seller_message": decline.message,
            "type": if blocked { "blocked" } else { "issuer_declined" },
        }),
    );
}

/// Puts a charge's money on the balance.
fn take(call: &Call<'_>, charge: &mut Value, behaviour: Behaviour) -> Result<(), ApiError> {
    let amount = charge["amount"].as_i64().unwrap_or_default();
    let captured = charge["amount_captured"].as_i64().filter(|captured| *captured > 0).unwrap_or(amount);
    charge.set("amount_captured", json!(captured));
    let movement = Movement {
        kind: "charge",
        amount: captured,
        fee: balance::fee(captured),
        source: charge,
        pending: behaviour != Behaviour::Available,
    };
    charge.set("balance_transaction", balance::book(call, &movement)?);
    Ok(())
}

/// Takes the money that a charge holds, or a part of it; what is left counts as refunded.
pub(super) fn capture_charge(
    call: &Call<'_>,
    mut charge: Value,
    amount: Option<i64>,
    param: &str,
) -> Result<Value, ApiError> {
    let held = charge["amount"].as_i64().unwrap_or_default();
    let amount = amount.unwrap_or(held);
    if amount > held {
        let message = format!(
            "The requested capture amount is greater than the amount you can capture for this charge: {amount} was \
             asked for, {held} was authorized."
        );
        return Err(ApiError::conflict(message).code("amount_too_large").param(param));
    }
    charge.set("amount_captured", json!(amount));
    charge.set("amount_refunded", json!(held - amount));
    charge.set("captured", json!(true));
    let method = charge["payment_method"].as_str().unwrap_or_default();
    let method = call.store.find(payment_methods::PAYMENT_METHODS.object, method)?.unwrap_or_default();
    take(call, &mut charge, behaviour(&method))?;
    call.store.update(&charge)?;
    call.note(event_types::CHARGE_CAPTURED, &charge);
    Ok(charge)
}

fn capture(call: &Call<'_>) -> Result<Answer, ApiError> {
    let charge = call.load()?;
    if charge["captured"] == true || charge["status"] != "succeeded" || charge["refunded"] == true {
        let message = format!("Charge {} has already been captured.", call.id);
        return Err(ApiError::conflict(message).code("charge_already_captured"));
    }
    let charge = capture_charge(call, charge, call.number("amount"), "amount")?;
    payment_intents::captured(call, &charge)?;
    Ok(Answer::ok(charge))
}

/// Gives back what a charge holds and has not taken.
pub(super) fn release(call: &Call<'_>, id: &str) -> Result<(), ApiError> {
    let Some(mut charge) = call.store.find(CHARGES.object, id)? else { return Ok(()) };
    charge.set("amount_refunded", charge["amount"].clone());
    charge.set("refunded", json!(true));
    call.store.update(&charge)?;
    call.note(event_types::CHARGE_REFUNDED, &charge);
    Ok(())
}

/// When a charge that was not captured is given back.
pub(in crate::sandbox) fn hold_ends(charge: &Value) -> Option<i64> {
    let is_held =
        charge["status"] == "succeeded" && charge["captured"] == false && charge["refunded"] == false;
    charge["payment_method_details"]["card"]["capture_before"].as_i64().filter(|_| is_held)
}

/// A charge that nobody captured in time: its payment intent is canceled, and the money given back.
pub(in crate::sandbox) fn expire(call: &Call<'_>, charge: &Value) -> Result<(), ApiError> {
    let intent = charge["payment_intent"].as_str().unwrap_or_default();
    let id = charge["id"].as_str().unwrap_or_default();
    call.note(event_types::CHARGE_EXPIRED, charge);
    match call.store.find(PAYMENT_INTENTS.object, intent)? {
        Some(mut intent) if intent["status"] == "requires_capture" => {
            intent.set("cancellation_reason", json!("automatic"));
            let intent = payment_intents::abandon(call, &mut intent)?;
            call.store.update(&intent)
        }
        _ => release(call, id),
    }
}

fn refunds_of(store: &Store<'_>, charge: &Value) -> Result<Value, ApiError> {
    let id = charge["id"].as_str().unwrap_or_default();
    Ok(whole(&list::all_with(store, &REFUNDS, "charge", id)?, &format!("/v1/charges/{id}/refunds")))
}

/// How the charge was paid. A hold ends after seven days.
fn details(method: &Value, intent: &Value, held_at: Option<i64>) -> Value {
    let card = &method["card"];
    json!({"type": "card", "card": {
        "amount_authorized": intent["amount"],
        "authorization_code": "123456",
        "brand": card["brand"],
        "capture_before": held_at.map(|now| now + 7 * 24 * 60 * 60),
        "checks": card["checks"],
        "country": card["country"],
        "exp_month": card["exp_month"],
        "exp_year": card["exp_year"],
        "extended_authorization": {"status": "disabled"},
        "fingerprint": card["fingerprint"],
        "funding": card["funding"],
        "incremental_authorization": {"status": "unavailable"},
        "installments": null,
        "last4": card["last4"],
        "mandate": null,
        "multicapture": {"status": "unavailable"},
        "network": card["brand"],
        "network_token": {"used": false},
        "network_transaction_id": "100000000000001",
        "overcapture": {"maximum_amount_capturable": intent["amount"], "status": "unavailable"},
        "regulated_status": "unregulated",
        "three_d_secure": null,
        "wallet": null,
    }})
}
