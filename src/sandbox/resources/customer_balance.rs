//! A customer's balance: what is owed to the customer (below zero) or by them (above), and its transactions.
//!
//! The balance is the sum of its transactions, and in one currency: the customer's.

use serde_json::{Value, json};

use super::common::METADATA;
use super::customers::CUSTOMERS;
use super::fields::Fields;
use super::invoices::INVOICES;
use super::list;
use super::{Answer, Call, Events, Link, Resource, shapes};
use crate::sandbox::events::event_types;
use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::params::schema::{Field, Kind, field, required};

/// Transactions are listed below their customer.
pub(super) static BALANCE_TRANSACTIONS: Resource = Resource {
    object: "customer_balance_transaction",
    path: "",
    id: ("cbtxn", 24),
    shape: shapes::customer_balance::shape,
    events: Events::NONE,
    expandable: &[("customer", Link::One(&CUSTOMERS)), ("invoice", Link::One(&INVOICES))],
    operations: &[],
};

/// The parameters of a transaction that is made by hand.
pub(super) const CREATE: &[Field] = &[
    required("amount", Kind::Integer(-MOST, MOST)),
    required("currency", Kind::Currency),
    field("description", Kind::Text(350)),
    field("metadata", Kind::Metadata),
];

/// The parameters of a change of one.
pub(super) const UPDATE: &[&[Field]] = &[&[field("description", Kind::Text(350))], METADATA];

/// The most that a balance comes to, on either side: eleven digits.
pub(super) const MOST: i64 = 99_999_999_999;

/// The currency of a balance that is set before the customer has one.
const DEFAULT_CURRENCY: &str = "usd";

/// Changes a customer's balance by an amount, and keeps the transaction for it. The customer is not kept yet.
///
/// # Errors
/// When the balance would be too large.
pub(super) fn book(
    call: &Call<'_>,
    customer: &mut Value,
    kind: &str,
    amount: i64,
    invoice: &Value,
) -> Result<Value, ApiError> {
    open_ledger(call, customer)?;
    let ending = customer["balance"].as_i64().unwrap_or_default().checked_add(amount);
    let Some(ending) = ending.filter(|ending| (-MOST..=MOST).contains(ending)) else {
        let message = format!("The customer's balance can be at most {MOST}, as a credit or as a debit.");
        return Err(ApiError::conflict(message).code("amount_too_large").param("amount"));
    };
    if customer["currency"].is_null() {
        customer.set("currency", json!(DEFAULT_CURRENCY));
    }
    customer.set("balance", json!(ending));
    let mut transaction = call.new_object(&BALANCE_TRANSACTIONS);
    transaction.set("amount", json!(amount));
    transaction.set("currency", customer["currency"].clone());
    transaction.set("customer", customer["id"].clone());
    transaction.set("ending_balance", json!(ending));
    transaction.set("invoice", invoice.clone());
    transaction.set("type", json!(kind));
    call.keep(&transaction)?;
    Ok(transaction)
}

/// A balance that an older data file holds has no transaction: it gets its first.
fn open_ledger(call: &Call<'_>, customer: &mut Value) -> Result<(), ApiError> {
    let balance = customer["balance"].as_i64().unwrap_or_default();
    let id = customer["id"].as_str().unwrap_or_default();
    if balance == 0 || !list::all_with(&call.store, &BALANCE_TRANSACTIONS, "customer", id)?.is_empty() {
        return Ok(());
    }
    customer.set("balance", json!(0));
    book(call, customer, "initial", balance, &Value::Null).map(drop)
}

/// Sets a customer's balance, by a transaction for the difference.
pub(super) fn set(
    call: &Call<'_>,
    customer: &mut Value,
    kind: &str,
    balance: Option<i64>,
) -> Result<(), ApiError> {
    let difference = balance.map_or(0, |to| to - customer["balance"].as_i64().unwrap_or_default());
    if difference == 0 { Ok(()) } else { book(call, customer, kind, difference, &Value::Null).map(drop) }
}

/// The balance that goes into an invoice of a currency: none of another.
pub(super) fn for_currency(customer: &Value, currency: &Value) -> i64 {
    if customer["currency"] == *currency { customer["balance"].as_i64().unwrap_or_default() } else { 0 }
}

/// What an invoice leaves to pay and the balance after it, from its total and the balance before. A total and
/// a credit that come below zero together are a credit still.
pub(super) fn settle(total: i64, starting: i64) -> (i64, i64) {
    let due = total.saturating_add(starting);
    (due.max(0), due.min(0))
}

/// Puts a customer's balance into an invoice that is being finalized: `amount_due` is the total and what the
/// balance was, less what it is now.
pub(super) fn apply(call: &Call<'_>, customer: &mut Value, invoice: &mut Value) -> Result<(), ApiError> {
    let before = customer.clone();
    if customer["currency"].is_null() {
        customer.set("currency", invoice["currency"].clone());
    }
    let starting = for_currency(customer, &invoice["currency"]);
    let total = invoice["total"].as_i64().unwrap_or_default();
    let is_of_currency = customer["currency"] == invoice["currency"];
    let (due, ending) = settle(total, starting);
    invoice.set("starting_balance", json!(starting));
    invoice.set("ending_balance", json!(if is_of_currency { ending } else { 0 }));
    invoice.set("amount_due", json!(due));
    invoice.set("amount_remaining", json!(due));
    if !is_of_currency && ending < 0 {
        let message = "The sandbox keeps a customer's balance in one currency, and this invoice's total is a \
                       credit in another.";
        return Err(ApiError::conflict(message).param("currency"));
    }
    if is_of_currency && ending != starting {
        book(call, customer, "applied_to_invoice", ending - starting, &invoice["id"])?;
    }
    call.note_update(event_types::CUSTOMER_UPDATED, &before, customer);
    Ok(())
}

/// Gives back what a voided invoice took out of the balance, or put into it.
pub(super) fn give_back(call: &Call<'_>, invoice: &Value) -> Result<(), ApiError> {
    let number = |name: &str| invoice[name].as_i64().unwrap_or_default();
    let taken = number("ending_balance") - number("starting_balance");
    let id = invoice["customer"].as_str().unwrap_or_default();
    let Some(before) = call.store.find_alive(CUSTOMERS.object, id)?.filter(|_| taken != 0) else {
        return Ok(());
    };
    let mut customer = before.clone();
    book(call, &mut customer, "unapplied_from_invoice", -taken, &invoice["id"])?;
    call.note_update(event_types::CUSTOMER_UPDATED, &before, &customer);
    call.store.update(&customer)
}

/// `POST /v1/customers/cus_…/balance_transactions`.
pub(super) fn create(call: &Call<'_>) -> Result<Answer, ApiError> {
    let before = call.load()?;
    let mut customer = before.clone();
    let currency = call.text("currency").unwrap_or(DEFAULT_CURRENCY);
    if customer["currency"].is_null() {
        customer.set("currency", json!(currency));
    }
    if customer["currency"] != currency {
        let message = format!(
            "The customer's balance is in {}. Balances in several currencies are not offered by the sandbox.",
            customer["currency"].as_str().unwrap_or_default()
        );
        return Err(ApiError::conflict(message).param("currency"));
    }
    let amount = call.number("amount").unwrap_or_default();
    let mut transaction = book(call, &mut customer, "adjustment", amount, &Value::Null)?;
    let told = call.values.iter().filter(|(name, _)| matches!(name.as_str(), "description" | "metadata"));
    super::call::overlay(
        &mut transaction,
        &told.map(|(name, value)| (name.clone(), value.clone())).collect(),
    )?;
    call.note_update(event_types::CUSTOMER_UPDATED, &before, &customer);
    call.store.update(&customer)?;
    call.save(transaction)
}

/// `GET /v1/customers/cus_…/balance_transactions`, newest first.
pub(super) fn list(call: &Call<'_>) -> Result<Answer, ApiError> {
    call.load()?;
    let mut conditions = list::filters(call, &BALANCE_TRANSACTIONS, &[]);
    conditions.push(list::equals(&BALANCE_TRANSACTIONS, "customer", &json!(call.id)));
    list::page(
        call,
        &BALANCE_TRANSACTIONS,
        &format!("/v1/customers/{}/balance_transactions", call.id),
        conditions,
    )
}

/// `GET /v1/customers/cus_…/balance_transactions/cbtxn_…`.
pub(super) fn retrieve(call: &Call<'_>) -> Result<Answer, ApiError> {
    named(call).map(Answer::ok)
}

/// `POST /v1/customers/cus_…/balance_transactions/cbtxn_…`: what is told of it changes, never the amount.
pub(super) fn update(call: &Call<'_>) -> Result<Answer, ApiError> {
    let mut transaction = named(call)?;
    call.overlay(&mut transaction)?;
    call.save(transaction)
}

fn named(call: &Call<'_>) -> Result<Value, ApiError> {
    let found = call.store.find_alive(BALANCE_TRANSACTIONS.object, call.part)?;
    let of_customer = found.filter(|transaction| transaction["customer"] == call.id);
    of_customer.ok_or_else(|| ApiError::missing_object(404, BALANCE_TRANSACTIONS.object, call.part, "id"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credit_is_used_up_and_what_is_below_zero_stays_credit() {
        for (total, starting, due, ending) in [
            (1000, 0, 1000, 0),
            (1000, -300, 700, 0),
            (1000, -1500, 0, -500),
            (1000, 250, 1250, 0),
            (-400, 0, 0, -400),
            (-400, -100, 0, -500),
            (-400, 1000, 600, 0),
            (0, -100, 0, -100),
        ] {
            assert_eq!(settle(total, starting), (due, ending), "{total} with {starting}");
        }
    }
}
