//! Payouts: from the balance to the bank.

use serde_json::{Value, json};

use super::balance::{self, Movement};
use super::balance_transactions::BALANCE_TRANSACTIONS;
use super::common::{ID, METADATA, retrieve, update};
use super::fields::Fields;
use super::list;
use super::periods::DAY;
use super::{Answer, Call, Events, Link, Operation, Resource, Target, shapes};
use crate::sandbox::events::event_types;
use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::params::schema::{Field, Kind, field, required};

/// `/v1/payouts`.
pub(super) static PAYOUTS: Resource = Resource {
    object: "payout",
    path: "payouts",
    id: ("po", 24),
    shape: shapes::payouts::shape,
    events: Events {
        created: Some(event_types::PAYOUT_CREATED),
        updated: Some(event_types::PAYOUT_UPDATED),
        deleted: None,
    },
    expandable: &[("balance_transaction", Link::One(&BALANCE_TRANSACTIONS))],
    operations: &[
        Operation::post(Target::Collection, &[CREATE], create),
        Operation::list(&[list::FIELDS, FILTERS]),
        Operation::get(Target::Item, &[], retrieve),
        Operation::post(Target::Item, &[METADATA], update),
        Operation::post(Target::Action("cancel"), &[], cancel).when(&["pending"]),
    ],
};

const FILTERS: &[Field] = &[
    field("arrival_date", Kind::Window),
    field("destination", ID),
    field("status", Kind::Choice(&["canceled", "failed", "in_transit", "paid", "pending"])),
];

const CREATE: &[Field] = &[
    required("amount", Kind::Amount),
    required("currency", Kind::Currency),
    field("description", Kind::Text(5000)),
    field("destination", ID),
    field("metadata", Kind::Metadata),
    field("method", Kind::Choice(&["standard", "instant"])),
    field("payout_method", ID),
    field("source_type", Kind::Choice(&["card", "bank_account", "fpx"])),
    field("statement_descriptor", Kind::Text(22)),
];

/// How long the bank takes.
const TRAVEL: i64 = 2 * DAY;

/// Bank accounts that take no payout, named after the test tokens of bank accounts: with why, in a word and in
/// words.
const REFUSING: &[(&str, &str, &str)] = &[
    ("ba_us_verified_accountClosed", "account_closed", "The bank account has been closed."),
    (
        "ba_us_verified_debitNotAuthorized",
        "debit_not_authorized",
        "Debits are not authorized on this account.",
    ),
    ("ba_us_verified_insufficientFunds", "insufficient_funds", "There is not enough money in the account."),
    ("ba_us_verified_invalidCurrency", "invalid_currency", "The bank account does not take this currency."),
    ("ba_us_verified_noAccount", "no_account", "The bank account could not be found."),
];

fn create(call: &Call<'_>) -> Result<Answer, ApiError> {
    let amount = call.number("amount").unwrap_or_default();
    let currency = call.text("currency").unwrap_or_default();
    let available = balance::available(call, currency)?;
    if amount > available {
        let message = format!("{amount} cannot be paid out: {available} {currency} is available.");
        return Err(ApiError::conflict(message).code("balance_insufficient").param("amount"));
    }
    let mut payout = call.new_object(&PAYOUTS);
    call.overlay(&mut payout)?;
    let instant = payout["method"] == "instant";
    payout.set("arrival_date", json!(if instant { call.now } else { call.now + TRAVEL }));
    if payout["destination"].is_null() {
        payout.set("destination", json!(format!("ba_{}", call.account.trim_start_matches("acct_"))));
    }
    let movement = Movement { kind: "payout", amount: -amount, fee: 0, source: &payout, pending: false };
    payout.set("balance_transaction", balance::book(call, &movement)?);
    call.note(event_types::PAYOUT_CREATED, &payout);
    call.insert(payout)
}

/// When the next thing happens to a payout: the bank takes it on the day after, and it arrives.
pub(in crate::sandbox) fn when(payout: &Value) -> Option<i64> {
    let arrives = payout["arrival_date"].as_i64()?;
    match payout["status"].as_str() {
        Some("pending") => Some(arrives.min(payout["created"].as_i64()? + DAY)),
        Some("in_transit") => Some(arrives),
        _ => None,
    }
}

/// A payout goes on its way, and arrives; one to an account that does not take it comes back.
pub(in crate::sandbox) fn travel(call: &Call<'_>, old: &Value) -> Result<(), ApiError> {
    let mut payout = old.clone();
    if payout["status"] == "pending" && payout["arrival_date"].as_i64().is_some_and(|date| date > call.now) {
        payout.set("status", json!("in_transit"));
        call.note_update(event_types::PAYOUT_UPDATED, old, &payout);
        return call.store.update(&payout);
    }
    let destination = payout["destination"].as_str().unwrap_or_default();
    let Some((_, code, message)) = REFUSING.iter().find(|(account, ..)| *account == destination) else {
        payout.set("status", json!("paid"));
        call.note(event_types::PAYOUT_PAID, &payout);
        return call.store.update(&payout);
    };
    let amount = payout["amount"].as_i64().unwrap_or_default();
    let movement = Movement { kind: "payout_failure", amount, fee: 0, source: &payout, pending: false };
    let transaction = balance::book(call, &movement)?;
    payout.set("failure_balance_transaction", transaction);
    payout.set("failure_code", json!(code));
    payout.set("failure_message", json!(message));
    payout.set("status", json!("failed"));
    call.note(event_types::PAYOUT_FAILED, &payout);
    call.store.update(&payout)
}

fn cancel(call: &Call<'_>) -> Result<Answer, ApiError> {
    let mut payout = call.load()?;
    let amount = payout["amount"].as_i64().unwrap_or_default();
    let movement = Movement { kind: "payout_cancel", amount, fee: 0, source: &payout, pending: false };
    balance::book(call, &movement)?;
    payout.set("status", json!("canceled"));
    call.note(event_types::PAYOUT_CANCELED, &payout);
    call.save(payout)
}
