//! A year of random subscriptions: it comes to the same however it passes, and every cent adds up.

use std::fmt::Write as _;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::client::Running;
use super::time::{DAY, START, advance, object, price};
use crate::sandbox::{Clock, Storage};

/// A subscription of the property test.
#[derive(Debug, Clone)]
struct Wish {
    interval: &'static str,
    amount: i64,
    quantity: i64,
    trial_days: i64,
    card: Option<&'static str>,
    sent: bool,
    cancel_after: Option<i64>,
    at_period_end: bool,
    missing: &'static str,
}

fn wish() -> impl Strategy<Value = Wish> {
    (
        prop::sample::select(vec!["week", "month", "month", "year"]),
        0_i64..5000,
        1_i64..4,
        prop_oneof![2 => Just(0_i64), 1 => 1_i64..40],
        prop::sample::select(vec![Some("pm_card_visa"), Some("pm_card_chargeCustomerFail"), None]),
        prop::bool::weighted(0.2),
        prop::option::weighted(0.3, 1_i64..200),
        prop::bool::weighted(0.1),
        prop::sample::select(vec!["cancel", "pause", "create_invoice"]),
    )
        .prop_map(
            |(interval, amount, quantity, trial_days, card, sent, cancel_after, at_period_end, missing)| {
                Wish {
                    interval,
                    amount,
                    quantity,
                    trial_days,
                    card,
                    sent,
                    cancel_after,
                    at_period_end,
                    missing,
                }
            },
        )
}

async fn fulfil(sandbox: &Running, wish: &Wish) {
    let price = price(sandbox, wish.amount, wish.interval).await;
    let customer = sandbox.post("/v1/customers", "").await.id();
    if let Some(card) = wish.card {
        let card = sandbox
            .post(&format!("/v1/payment_methods/{card}/attach"), &format!("customer={customer}"))
            .await;
        let body = format!("invoice_settings[default_payment_method]={}", card.id());
        sandbox.post(&format!("/v1/customers/{customer}"), &body).await;
    }
    let mut besides = format!("&items[0][quantity]={}&payment_behavior=allow_incomplete", wish.quantity);
    if wish.trial_days > 0 {
        let _ = write!(
            besides,
            "&trial_period_days={}&trial_settings[end_behavior][missing_payment_method]={}",
            wish.trial_days, wish.missing
        );
    }
    if wish.sent {
        besides += "&collection_method=send_invoice&days_until_due=9";
    }
    if wish.at_period_end {
        besides += "&cancel_at_period_end=true";
    } else if let Some(days) = wish.cancel_after {
        let _ = write!(besides, "&cancel_at={}", START + days * DAY);
    }
    let body = format!("customer={customer}&items[0][price]={price}{besides}");
    // A first payment that nobody can make is refused, the same way each time.
    sandbox.post("/v1/subscriptions", &body).await;
}

/// All that is kept, with ids and what is made from them taken out, and times rounded: making the objects takes a
/// moment.
fn kept(path: &std::path::Path) -> Vec<String> {
    let connection = rusqlite::Connection::open(path).expect("a database");
    let mut statement =
        connection.prepare("SELECT body FROM objects WHERE kind <> 'notice_record'").expect("a query");
    let bodies = statement.query_map([], |row| row.get::<_, String>(0)).expect("rows");
    let mut all: Vec<_> = bodies
        .map(|body| {
            let mut body = serde_json::from_str(&body.expect("a body")).expect("JSON");
            normalise(&mut body);
            body.to_string()
        })
        .collect();
    all.sort();
    all
}

fn normalise(value: &mut Value) {
    match value {
        Value::String(text) if text.len() > 12 || text.contains('_') => *value = json!("text"),
        Value::Number(number) if number.as_i64().is_some_and(|at| at > START - 1000 * DAY) => {
            *value = json!((number.as_i64().unwrap_or_default() - START) / 1800);
        }
        Value::Array(items) => items.iter_mut().for_each(normalise),
        Value::Object(fields) => {
            for name in ["number", "invoice_prefix", "fingerprint", "request", "currencies"] {
                fields.remove(name);
            }
            fields.values_mut().for_each(normalise);
        }
        _ => {}
    }
}

/// Each cent of an invoice is explained by what is on it and what was paid; the balance is the sum of its
/// transactions.
async fn adds_up(sandbox: &Running, path: &std::path::Path) {
    let connection = rusqlite::Connection::open(path).expect("a database");
    let all = |kind: &str| -> Vec<Value> {
        let mut statement =
            connection.prepare("SELECT body FROM objects WHERE kind = ?1 AND deleted = 0").expect("a query");
        let rows = statement.query_map([kind], |row| row.get::<_, String>(0)).expect("rows");
        rows.map(|body| serde_json::from_str(&body.expect("a body")).expect("JSON")).collect()
    };
    let number =
        |object: &Value, name: &str| object[name].as_i64().unwrap_or_else(|| panic!("{name} of {object}"));
    let payments = all("invoice_payment");
    for invoice in all("invoice") {
        let lines: i64 = invoice["lines"]["data"]
            .as_array()
            .expect("lines")
            .iter()
            .map(|line| number(line, "amount"))
            .sum();
        assert_eq!(number(&invoice, "subtotal"), lines, "{invoice}");
        let paid: i64 = payments
            .iter()
            .filter(|payment| payment["invoice"] == invoice["id"])
            .filter_map(|payment| payment["amount_paid"].as_i64())
            .sum();
        assert_eq!(number(&invoice, "amount_paid"), paid, "{invoice}");
        assert_eq!(
            number(&invoice, "amount_due"),
            number(&invoice, "amount_paid") + number(&invoice, "amount_remaining"),
            "{invoice}"
        );
    }
    let net: i64 = all("balance_transaction").iter().map(|transaction| number(transaction, "net")).sum();
    let balance = object(sandbox, "balance").await;
    let shown: i64 = ["available", "pending"].iter().map(|name| number(&balance[name][0], "amount")).sum();
    assert_eq!(shown, net);
}

async fn live(wishes: &[Wish], days: &[i64], restarts: bool) -> Vec<String> {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("sandbox.db");
    let storage = Storage::File(path.clone());
    let mut sandbox = Running::controlled_at(&storage, Clock::fixed(START)).await;
    for wish in wishes {
        fulfil(&sandbox, wish).await;
    }
    for days in days {
        advance(&sandbox, days * DAY).await;
        if restarts {
            sandbox.stop().await;
            sandbox = Running::controlled_at(&storage, Clock::system()).await;
        }
    }
    adds_up(&sandbox, &path).await;
    sandbox.stop().await;
    kept(&path)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, ..ProptestConfig::default() })]
    #[test]
    fn a_year_at_once_and_day_by_day_come_to_the_same(
        wishes in prop::collection::vec(wish(), 1..5),
        cut in 1_i64..364,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let at_once = runtime.block_on(live(&wishes, &[365], false));
        prop_assert_eq!(&runtime.block_on(live(&wishes, &[1; 365], false)), &at_once);
        prop_assert_eq!(&runtime.block_on(live(&wishes, &[cut, 365 - cut], true)), &at_once);
    }
}
