//! Disputes: opened by the test cards that dispute, answered with evidence, closed.

use serde_json::{Value, json};

use super::balance::{self, Movement};
use super::balance_transactions::BALANCE_TRANSACTIONS;
use super::charges::CHARGES;
use super::common::{ID, TEXT, retrieve};
use super::fields::Fields;
use super::list;
use super::payment_intents::PAYMENT_INTENTS;
use super::{Answer, Call, Events, Link, Operation, Resource, Target, shapes};
use crate::sandbox::cards;
use crate::sandbox::events::event_types;
use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::params::schema::{Field, Kind, field};

/// `/v1/disputes`.
pub(super) static DISPUTES: Resource = Resource {
    object: "dispute",
    path: "disputes",
    id: ("du", 24),
    shape: shapes::disputes::shape,
    events: Events::NONE,
    expandable: &[("charge", Link::One(&CHARGES)), ("payment_intent", Link::One(&PAYMENT_INTENTS))],
    operations: &[
        Operation::list(&[list::FIELDS, &[field("charge", ID), field("payment_intent", ID)]]),
        Operation::get(Target::Item, &[], retrieve),
        Operation::post(Target::Item, &[UPDATE], update),
        Operation::post(Target::Action("close"), &[], close).when(OPEN),
    ],
};

const OPEN: &[&str] = &["needs_response", "warning_needs_response"];

/// What a dispute costs.
const FEE: i64 = 1500;

/// How long there is to answer.
const PATIENCE: i64 = 9 * 24 * 60 * 60;

const UPDATE: &[Field] = &[
    field("evidence", Kind::Part(EVIDENCE)),
    field("metadata", Kind::Metadata),
    field("submit", Kind::Boolean),
];

pub(super) const EVIDENCE: &[Field] = &[
    field("access_activity_log", TEXT),
    field("billing_address", TEXT),
    field("cancellation_policy", TEXT),
    field("cancellation_policy_disclosure", TEXT),
    field("cancellation_rebuttal", TEXT),
    field("customer_communication", TEXT),
    field("customer_email_address", Kind::Email),
    field("customer_name", TEXT),
    field("customer_purchase_ip", TEXT),
    field("customer_signature", TEXT),
    field("duplicate_charge_documentation", TEXT),
    field("duplicate_charge_explanation", TEXT),
    field("duplicate_charge_id", TEXT),
    field("product_description", TEXT),
    field("receipt", TEXT),
    field("refund_policy", TEXT),
    field("refund_policy_disclosure", TEXT),
    field("refund_refusal_explanation", TEXT),
    field("service_date", TEXT),
    field("service_documentation", TEXT),
    field("shipping_address", TEXT),
    field("shipping_carrier", TEXT),
    field("shipping_date", TEXT),
    field("shipping_documentation", TEXT),
    field("shipping_tracking_number", TEXT),
    field("uncategorized_file", TEXT),
    field("uncategorized_text", TEXT),
];

/// Opens a dispute of a charge. The network takes the money back at once, unless it only asks.
pub(super) fn open(call: &Call<'_>, charge: &mut Value, kind: cards::Dispute) -> Result<(), ApiError> {
    let mut dispute = call.new_object(&DISPUTES);
    dispute.set("amount", charge["amount"].clone());
    dispute.set("charge", charge["id"].clone());
    dispute.set("currency", charge["currency"].clone());
    dispute.set("payment_intent", charge["payment_intent"].clone());
    dispute.set("reason", json!(kind.reason));
    dispute.set("status", json!(if kind.inquiry { "warning_needs_response" } else { "needs_response" }));
    dispute.set("is_charge_refundable", json!(kind.inquiry));
    dispute.set("evidence_details.due_by", json!(call.now + PATIENCE));
    dispute.set(
        "payment_method_details",
        json!({"type": "card", "card": {
            "brand": charge["payment_method_details"]["card"]["brand"],
            "case_type": if kind.inquiry { "inquiry" } else { "chargeback" },
            "network": charge["payment_method_details"]["card"]["brand"],
            "network_reason_code": kind.network_code,
        }}),
    );
    charge.set("disputed", json!(true));
    call.store.update(charge)?;
    if !kind.inquiry {
        move_money(call, &mut dispute, -1, FEE)?;
    }
    call.keep(&dispute)?;
    call.note(event_types::CHARGE_DISPUTE_CREATED, &dispute);
    if !kind.inquiry {
        call.note(event_types::CHARGE_DISPUTE_FUNDS_WITHDRAWN, &dispute);
    }
    Ok(())
}

/// Books the disputed amount, out or back in.
fn move_money(call: &Call<'_>, dispute: &mut Value, sign: i64, fee: i64) -> Result<(), ApiError> {
    let amount = sign * dispute["amount"].as_i64().unwrap_or_default();
    let movement = Movement { kind: "dispute", amount, fee, source: dispute, pending: true };
    let id = balance::book(call, &movement)?;
    let transaction = call.named(&BALANCE_TRANSACTIONS, id.as_str().unwrap_or_default(), "id")?;
    if let Some(transactions) = dispute["balance_transactions"].as_array_mut() {
        transactions.push(transaction);
    }
    Ok(())
}

/// Keeps evidence, and with `submit` hands it in. Two texts decide the case at once, as in Stripe's test
/// mode: `winning_evidence` and `losing_evidence`.
fn update(call: &Call<'_>) -> Result<Answer, ApiError> {
    let old = call.load()?;
    let mut dispute = old.clone();
    let status = old["status"].as_str().unwrap_or_default();
    if call.values.contains_key("evidence") && !OPEN.contains(&status) {
        let message = "This dispute is closed: evidence can be given only while a response is needed.";
        return Err(ApiError::unexpected_state(message, &old));
    }
    call.overlay(&mut dispute)?;
    let has_evidence = dispute["evidence"].as_object().is_some_and(|all| all.values().any(Value::is_string));
    dispute.set("evidence_details.has_evidence", json!(has_evidence));
    if !call.flag("submit") || !OPEN.contains(&status) {
        call.note_update(event_types::CHARGE_DISPUTE_UPDATED, &old, &dispute);
        return call.save(dispute);
    }
    let inquiry = status == "warning_needs_response";
    let count = dispute["evidence_details"]["submission_count"].as_i64().unwrap_or_default();
    dispute.set("evidence_details.submission_count", json!(count + 1));
    dispute.set("evidence_details.submission_method", json!("manual"));
    dispute.set("status", json!(if inquiry { "warning_under_review" } else { "under_review" }));
    call.note_update(event_types::CHARGE_DISPUTE_UPDATED, &old, &dispute);
    match dispute["evidence"]["uncategorized_text"].as_str() {
        Some("winning_evidence") => {
            decide(call, &mut dispute, if inquiry { "warning_closed" } else { "won" })?;
        }
        Some("losing_evidence") => decide(call, &mut dispute, "lost")?,
        _ => {}
    }
    call.save(dispute)
}

fn decide(call: &Call<'_>, dispute: &mut Value, status: &str) -> Result<(), ApiError> {
    dispute.set("status", json!(status));
    if status == "won" {
        move_money(call, dispute, 1, 0)?;
        call.note(event_types::CHARGE_DISPUTE_FUNDS_REINSTATED, dispute);
    }
    call.note(event_types::CHARGE_DISPUTE_CLOSED, dispute);
    Ok(())
}

/// Gives the case up.
fn close(call: &Call<'_>) -> Result<Answer, ApiError> {
    let mut dispute = call.load()?;
    decide(call, &mut dispute, "lost")?;
    call.save(dispute)
}
