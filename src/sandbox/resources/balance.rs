//! The balance: what was taken, what is on its way, and the transactions that made it so.

use serde_json::{Map, Value, json};

use super::balance_transactions::BALANCE_TRANSACTIONS;
use super::fields::Fields;
use super::{Answer, Call, Events, Operation, Resource, Target};
use crate::sandbox::events::event_types;
use crate::sandbox::params::api_error::ApiError;

/// `/v1/balance`: there is only one.
pub(super) static BALANCE: Resource = Resource {
    object: "balance",
    path: "balance",
    id: ("", 0),
    shape: || json!({}),
    events: Events::NONE,
    expandable: &[],
    operations: &[Operation::get(Target::Single, &[], show)],
};

/// The record that the balance is kept in: for each currency what is available, and what will be when.
pub(in crate::sandbox) const RECORD: &str = "balance_record";

const DAY: i64 = 24 * 60 * 60;

/// After how many days a charge's money is available.
const WAIT_DAYS: i64 = 2;

/// What moves money on the balance.
pub(super) struct Movement<'a> {
    /// The transaction's `type`.
    pub(super) kind: &'static str,
    /// How much, negative where money leaves.
    pub(super) amount: i64,
    /// What it costs.
    pub(super) fee: i64,
    /// The object that it is for.
    pub(super) source: &'a Value,
    /// Whether the money takes its time.
    pub(super) pending: bool,
}

/// What a charge costs: 2.9 % and 30, in whole units.
pub(super) const fn fee(amount: i64) -> i64 {
    let fee = (amount * 29 + 500) / 1000 + 30;
    if fee < amount { fee } else { amount }
}

/// Books a movement and answers with the id of its transaction.
pub(super) fn book(call: &Call<'_>, movement: &Movement<'_>) -> Result<Value, ApiError> {
    let Movement { kind, amount, fee, source, pending } = movement;
    let currency = source["currency"].as_str().unwrap_or_default();
    // Days begin at midnight, so that few dates are to be kept apart.
    let available_on = if *pending { (call.now / DAY + WAIT_DAYS) * DAY } else { call.now };
    let mut transaction = call.new_object(&BALANCE_TRANSACTIONS);
    transaction.set("amount", json!(amount));
    transaction.set("available_on", json!(available_on));
    transaction.set("currency", json!(currency));
    transaction.set("description", source["description"].clone());
    transaction.set("fee", json!(fee));
    if *fee > 0 {
        transaction.set(
            "fee_details",
            json!([{"amount": fee, "application": null, "currency": currency,
            "description": "Processing fees", "type": "stripe_fee"}]),
        );
    }
    transaction.set("net", json!(amount - fee));
    transaction.set("reporting_category", json!(kind));
    transaction.set("source", source["id"].clone());
    transaction.set("status", json!(if *pending { "pending" } else { "available" }));
    transaction.set("type", json!(if *kind == "dispute" { "adjustment" } else { kind }));
    call.keep(&transaction)?;
    add(call, currency, amount - fee, if *pending { available_on } else { 0 })?;
    if *kind == "charge" && !pending {
        call.note(event_types::BALANCE_AVAILABLE, &show(call)?.body);
    }
    Ok(transaction["id"].clone())
}

fn add(call: &Call<'_>, currency: &str, net: i64, available_on: i64) -> Result<(), ApiError> {
    let found = call.store.find(RECORD, RECORD)?;
    let is_new = found.is_none();
    let mut record = found.unwrap_or_else(|| json!({"id": RECORD, "object": RECORD, "currencies": {}}));
    let dates = &mut record["currencies"][currency];
    if dates.is_null() {
        *dates = json!({});
    }
    if let Value::Object(dates) = dates {
        mature(dates, call.now);
        let key = available_on.to_string();
        let sum = dates.get(&key).and_then(Value::as_i64).unwrap_or_default();
        dates.insert(key, json!(sum + net));
    }
    if is_new { call.keep(&record) } else { call.store.update(&record) }
}

/// When the money of a transaction is there.
pub(in crate::sandbox) fn matures(transaction: &Value) -> Option<i64> {
    transaction["available_on"].as_i64().filter(|_| transaction["status"] == "pending")
}

/// The money of a transaction is there.
pub(in crate::sandbox) fn mature_transaction(call: &Call<'_>, transaction: &Value) -> Result<(), ApiError> {
    let mut transaction = transaction.clone();
    transaction.set("status", json!("available"));
    call.store.update(&transaction)
}

/// When something of the balance becomes available next.
pub(in crate::sandbox) fn next_date(record: &Value) -> Option<i64> {
    let currencies = record["currencies"].as_object()?;
    let dates = currencies.values().filter_map(Value::as_object).flat_map(Map::keys);
    dates.filter_map(|date| date.parse().ok()).filter(|date| *date > 0).min()
}

/// Tells that something of the balance has become available.
pub(in crate::sandbox) fn tell_available(call: &Call<'_>, record: &Value) -> Result<(), ApiError> {
    let mut record = record.clone();
    for (_, dates) in record["currencies"].as_object_mut().into_iter().flatten() {
        if let Value::Object(dates) = dates {
            mature(dates, call.now);
        }
    }
    call.store.update(&record)?;
    call.note(event_types::BALANCE_AVAILABLE, &show(call)?.body);
    Ok(())
}

/// Adds to what is available, under `0`, what has become so by now.
fn mature(dates: &mut Map<String, Value>, now: i64) {
    let is_due = |date: &String| date.parse::<i64>().is_ok_and(|date| date <= now);
    let sum = dates.iter().filter(|(date, _)| is_due(date)).filter_map(|(_, sum)| sum.as_i64()).sum::<i64>();
    dates.retain(|date, _| !is_due(date));
    dates.insert("0".to_owned(), json!(sum));
}

/// What is available in each currency, and what is pending.
fn sums(call: &Call<'_>) -> Result<Vec<(String, i64, i64)>, ApiError> {
    let record = call.store.find(RECORD, RECORD)?.unwrap_or_default();
    let Some(currencies) = record["currencies"].as_object() else { return Ok(Vec::new()) };
    let sum = |(currency, dates): (&String, &Value)| {
        let mut dates = dates.as_object().cloned().unwrap_or_default();
        mature(&mut dates, call.now);
        let available = dates.shift_remove("0").and_then(|sum| sum.as_i64()).unwrap_or_default();
        (currency.clone(), available, dates.values().filter_map(Value::as_i64).sum())
    };
    Ok(currencies.iter().map(sum).collect())
}

/// What can be paid out in a currency.
pub(super) fn available(call: &Call<'_>, currency: &str) -> Result<i64, ApiError> {
    Ok(sums(call)?.iter().find(|(known, ..)| known == currency).map_or(0, |(_, available, _)| *available))
}

fn show(call: &Call<'_>) -> Result<Answer, ApiError> {
    let mut sums = sums(call)?;
    if sums.is_empty() {
        sums.push(("usd".to_owned(), 0, 0));
    }
    let line = |currency: &String, amount: i64| json!({"amount": amount, "currency": currency, "source_types": {"card": amount}});
    let available: Vec<_> = sums.iter().map(|(currency, available, _)| line(currency, *available)).collect();
    let pending: Vec<_> = sums.iter().map(|(currency, _, pending)| line(currency, *pending)).collect();
    Ok(Answer::ok(json!({
        "object": "balance",
        "available": available,
        "livemode": false,
        "pending": pending,
        "refund_and_dispute_prefunding": {
            "available": [{"amount": 0, "currency": "usd"}], "pending": [{"amount": 0, "currency": "usd"}],
        },
    })))
}
