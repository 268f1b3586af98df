//! Invoice payments: which payment intent is for which invoice.

use serde_json::{Value, json};

use super::common::{ID, retrieve};
use super::fields::Fields;
use super::invoices::INVOICES;
use super::list;
use super::payment_intents::{self, PAYMENT_INTENTS};
use super::{Call, Events, Link, Operation, Resource, Target, shapes};
use crate::sandbox::events::event_types;
use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::params::schema::{Field, Kind, field};
use crate::sandbox::state::store::Store;

/// `/v1/invoice_payments`.
pub(super) static INVOICE_PAYMENTS: Resource = Resource {
    object: "invoice_payment",
    path: "invoice_payments",
    id: ("inpay", 24),
    shape: shapes::invoice_payments::shape,
    events: Events::NONE,
    expandable: &[("invoice", Link::One(&INVOICES)), ("payment.payment_intent", Link::One(&PAYMENT_INTENTS))],
    operations: &[Operation::list(&[list::FIELDS, FILTERS]), Operation::get(Target::Item, &[], retrieve)],
};

const FILTERS: &[Field] =
    &[field("invoice", ID), field("status", Kind::Choice(&["canceled", "open", "paid"]))];

/// The record that leads from a payment intent to the invoice that it is for.
const INVOICE_OF: &str = "invoice_of_intent_record";

/// Makes the payment intent for an invoice, and notes on both sides what belongs together.
pub(super) fn open(call: &Call<'_>, invoice: &Value, due: i64) -> Result<(), ApiError> {
    let currency = invoice["currency"].as_str().unwrap_or_default();
    let mut intent = payment_intents::open(call, due, currency, &invoice["customer"]);
    let number = invoice["number"].as_str().unwrap_or_default();
    intent.set("description", json!(format!("Payment for invoice {number}")));
    call.note(event_types::PAYMENT_INTENT_CREATED, &intent);
    call.keep(&intent)?;
    let mut payment = call.new_object(&INVOICE_PAYMENTS);
    payment.set("amount_requested", json!(due));
    payment.set("currency", json!(currency));
    payment.set("invoice", invoice["id"].clone());
    payment.set("payment.payment_intent", intent["id"].clone());
    call.keep(&payment)?;
    let record = json!({"id": intent["id"], "object": INVOICE_OF, "invoice": invoice["id"]});
    call.keep(&record)
}

/// The payment of an invoice.
fn payment_of(store: &Store<'_>, invoice: &Value) -> Result<Option<Value>, ApiError> {
    let id = invoice["id"].as_str().unwrap_or_default();
    Ok(list::all_with(store, &INVOICE_PAYMENTS, "invoice", id)?.into_iter().next())
}

/// The payment intent for an invoice.
pub(super) fn intent_of(call: &Call<'_>, invoice: &Value) -> Result<Option<Value>, ApiError> {
    let Some(payment) = payment_of(&call.store, invoice)? else { return Ok(None) };
    let id = payment["payment"]["payment_intent"].as_str().unwrap_or_default();
    call.store.find(PAYMENT_INTENTS.object, id)
}

/// The invoice that a payment intent is for.
pub(super) fn invoice_of(call: &Call<'_>, intent: &Value) -> Result<Option<Value>, ApiError> {
    let Some(record) = call.store.find(INVOICE_OF, intent["id"].as_str().unwrap_or_default())? else {
        return Ok(None);
    };
    call.store.find(INVOICES.object, record["invoice"].as_str().unwrap_or_default())
}

/// Notes that the payment of an invoice was made.
pub(super) fn settle(call: &Call<'_>, invoice: &Value) -> Result<(), ApiError> {
    let Some(mut payment) = payment_of(&call.store, invoice)? else { return Ok(()) };
    payment.set("amount_paid", payment["amount_requested"].clone());
    payment.set("status", json!("paid"));
    payment.set("status_transitions.paid_at", json!(call.now));
    call.store.update(&payment)
}

/// Gives the payment of an invoice up, and its intent.
pub(super) fn give_up(call: &Call<'_>, invoice: &Value) -> Result<(), ApiError> {
    let Some(mut payment) = payment_of(&call.store, invoice)? else { return Ok(()) };
    payment.set("status", json!("canceled"));
    payment.set("status_transitions.canceled_at", json!(call.now));
    call.store.update(&payment)?;
    if let Some(mut intent) = intent_of(call, invoice)?
        && intent["status"] != "canceled"
    {
        intent.set("cancellation_reason", json!("void_invoice"));
        call.store.update(&payment_intents::abandon(call, &mut intent)?)?;
    }
    Ok(())
}

/// What `payments` of an invoice expands to.
pub(super) fn of_invoice(store: &Store<'_>, invoice: &Value) -> Result<Value, ApiError> {
    let id = invoice["id"].as_str().unwrap_or_default();
    let url = format!("/v1/invoice_payments?invoice={id}");
    Ok(list::whole(&list::all_with(store, &INVOICE_PAYMENTS, "invoice", id)?, &url))
}
