//! Refunds: of a charge, whole or in part.

use serde_json::{Value, json};

use super::balance::{self, Movement};
use super::balance_transactions::BALANCE_TRANSACTIONS;
use super::charges::CHARGES;
use super::common::{ID, METADATA, retrieve, update};
use super::disputes::DISPUTES;
use super::fields::Fields;
use super::list;
use super::payment_intents::PAYMENT_INTENTS;
use super::payment_methods::{self, behaviour};
use super::{Answer, Call, Events, Link, Operation, Resource, Target, shapes};
use crate::sandbox::cards::Behaviour;
use crate::sandbox::events::event_types;
use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::params::schema::{Field, Kind, field};

/// `/v1/refunds`.
pub(super) static REFUNDS: Resource = Resource {
    object: "refund",
    path: "refunds",
    id: ("re", 24),
    shape: shapes::refunds::shape,
    events: Events {
        created: Some(event_types::REFUND_CREATED),
        updated: Some(event_types::REFUND_UPDATED),
        deleted: None,
    },
    expandable: &[
        ("balance_transaction", Link::One(&BALANCE_TRANSACTIONS)),
        ("charge", Link::One(&CHARGES)),
        ("payment_intent", Link::One(&PAYMENT_INTENTS)),
    ],
    operations: &[
        Operation::post(Target::Collection, &[CREATE], create),
        Operation::list(&[list::FIELDS, &[field("charge", ID), field("payment_intent", ID)]]),
        Operation::get(Target::Item, &[], retrieve),
        Operation::post(Target::Item, &[METADATA], change),
    ],
};

const CREATE: &[Field] = &[
    field("amount", Kind::Amount),
    field("charge", Kind::Id("charge")),
    field("currency", Kind::Currency),
    field("instructions_email", Kind::Email),
    field("metadata", Kind::Metadata),
    field("payment_intent", Kind::Id("payment_intent")),
    field("reason", Kind::Choice(&["duplicate", "fraudulent", "requested_by_customer"])),
    field("refund_application_fee", Kind::Boolean),
    field("reverse_transfer", Kind::Boolean),
];

fn create(call: &Call<'_>) -> Result<Answer, ApiError> {
    let mut charge = charge_of(call)?;
    check_refundable(call, &charge)?;
    let number = |name: &str| charge[name].as_i64().unwrap_or_default();
    // What was held and not taken counts as given back, too.
    let left = number("amount") - number("amount_refunded");
    if charge["refunded"] == true || left <= 0 {
        let message =
            format!("Charge {} has already been refunded.", charge["id"].as_str().unwrap_or_default());
        return Err(ApiError::conflict(message).code("charge_already_refunded"));
    }
    let amount = call.number("amount").unwrap_or(left);
    if amount > left {
        let message =
            format!("Refund amount ({amount}) is greater than unrefunded amount on charge ({left})");
        return Err(ApiError::conflict(message).param("amount"));
    }
    charge.set("amount_refunded", json!(number("amount_refunded") + amount));
    charge.set("refunded", json!(amount == left));
    call.store.update(&charge)?;
    let mut refund = call.new_object(&REFUNDS);
    for name in ["currency", "customer", "payment_intent", "payment_method"] {
        refund.set(name, charge[name].clone());
    }
    call.overlay(&mut refund)?;
    refund.set("amount", json!(amount));
    refund.set("charge", charge["id"].clone());
    settle(call, &charge, refund)
}

/// A hold is given back by canceling its intent, and a disputed charge by losing the dispute.
fn check_refundable(call: &Call<'_>, charge: &Value) -> Result<(), ApiError> {
    if charge["captured"] != true {
        let message = "This charge is not captured yet: cancel its payment intent to give the hold back.";
        return Err(ApiError::conflict(message));
    }
    let id = charge["id"].as_str().unwrap_or_default();
    // Most charges are not disputed; then there is nothing to look for.
    let disputes = if charge["disputed"] == true {
        list::all_with(&call.store, &DISPUTES, "charge", id)?
    } else {
        Vec::new()
    };
    if disputes.iter().all(|dispute| dispute["is_charge_refundable"] == true) {
        return Ok(());
    }
    let message = "This charge has been charged back: its money was taken back already.";
    Err(ApiError::conflict(message).code("charge_disputed"))
}

/// The charge that is named, or the last one of the intent that is named.
fn charge_of(call: &Call<'_>) -> Result<Value, ApiError> {
    let id = match (call.text("charge"), call.text("payment_intent")) {
        (Some(charge), _) => charge.to_owned(),
        (None, Some(intent)) => {
            let intent = call.named(&PAYMENT_INTENTS, intent, "payment_intent")?;
            intent["latest_charge"].as_str().unwrap_or_default().to_owned()
        }
        (None, None) => {
            let message =
                "One of the following params should be provided for this request: payment_intent or charge.";
            return Err(ApiError::invalid(message).code("parameter_missing").param("payment_intent"));
        }
    };
    let charge = call.store.find(CHARGES.object, &id)?.unwrap_or_default();
    if charge["status"] == "succeeded" {
        return Ok(charge);
    }
    let message = "This PaymentIntent or charge does not have a successful charge to refund.";
    Err(ApiError::conflict(message).param(if call.text("charge").is_some() {
        "charge"
    } else {
        "payment_intent"
    }))
}

/// Moves the money. What becomes of a refund later becomes of it at once, after the answer: clients see
/// the first state, then, by an event or another look, the last.
fn settle(call: &Call<'_>, charge: &Value, mut refund: Value) -> Result<Answer, ApiError> {
    let method = charge["payment_method"].as_str().unwrap_or_default();
    let method = call.store.find(payment_methods::PAYMENT_METHODS.object, method)?.unwrap_or_default();
    let behaviour = behaviour(&method);
    let amount = refund["amount"].as_i64().unwrap_or_default();
    let movement = Movement { kind: "refund", amount: -amount, fee: 0, source: &refund, pending: true };
    refund.set("balance_transaction", balance::book(call, &movement)?);
    if behaviour == Behaviour::RefundPends {
        refund.set("status", json!("pending"));
        refund.add("pending_reason", json!("processing"));
    }
    call.note(event_types::REFUND_CREATED, &refund);
    call.note(event_types::CHARGE_REFUNDED, charge);
    call.keep(&refund)?;
    let answer = refund.clone();
    match behaviour {
        Behaviour::RefundPends => {
            refund.set("status", json!("succeeded"));
            if let Some(fields) = refund.as_object_mut() {
                fields.shift_remove("pending_reason");
            }
        }
        Behaviour::RefundFails => {
            refund.set("status", json!("failed"));
            refund.add("failure_reason", json!("expired_or_canceled_card"));
            let movement =
                Movement { kind: "refund_failure", amount, fee: 0, source: &refund, pending: true };
            refund.add("failure_balance_transaction", balance::book(call, &movement)?);
            give_back(call, charge, amount)?;
        }
        _ => {}
    }
    if refund != answer {
        call.store.update(&refund)?;
        call.note_update(event_types::REFUND_UPDATED, &answer, &refund);
        call.note_update(event_types::CHARGE_REFUND_UPDATED, &answer, &refund);
        if refund["status"] == "failed" {
            call.note(event_types::REFUND_FAILED, &refund);
        }
    }
    Ok(Answer::ok(answer))
}

/// Changes what describes a refund. The charge's side of it is told too.
fn change(call: &Call<'_>) -> Result<Answer, ApiError> {
    let old = call.load()?;
    let answer = update(call)?;
    call.note_update(event_types::CHARGE_REFUND_UPDATED, &old, &answer.body);
    Ok(answer)
}

fn give_back(call: &Call<'_>, charge: &Value, amount: i64) -> Result<(), ApiError> {
    let mut charge = charge.clone();
    charge.set("amount_refunded", json!(charge["amount_refunded"].as_i64().unwrap_or_default() - amount));
    charge.set("refunded", json!(false));
    call.store.update(&charge)
}
