//! Money: whatever is done in whatever order, nothing is captured, refunded or paid out that is not there,
//! and the balance is the sum of its transactions.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::client::{Running, Seen};

/// One thing that a client may try.
#[derive(Debug, Clone)]
enum MoneyStep {
    Pay { amount: i64, manual: bool, card: usize },
    Capture { which: usize, amount: i64 },
    CaptureCharge { which: usize, amount: i64 },
    Cancel { which: usize },
    Refund { which: usize, amount: Option<i64> },
    RefundIntent { which: usize },
    Payout { amount: i64 },
    CancelPayout { which: usize },
    Close { which: usize },
}

const CARDS: &[&str] = &[
    "visa",
    "bypassPending",
    "chargeDeclined",
    "refundFail",
    "pendingRefund",
    "createDispute",
    "createDisputeInquiry",
];

fn step() -> impl Strategy<Value = MoneyStep> {
    let which = 0_usize..6;
    prop_oneof![
        4 => (1_i64..5000, any::<bool>(), 0..CARDS.len())
            .prop_map(|(amount, manual, card)| MoneyStep::Pay { amount, manual, card }),
        2 => (which.clone(), 1_i64..6000).prop_map(|(which, amount)| MoneyStep::Capture { which, amount }),
        1 => (which.clone(), 1_i64..6000).prop_map(|(which, amount)| MoneyStep::CaptureCharge { which, amount }),
        1 => which.clone().prop_map(|which| MoneyStep::Cancel { which }),
        3 => (which.clone(), prop::option::of(1_i64..4000))
            .prop_map(|(which, amount)| MoneyStep::Refund { which, amount }),
        1 => which.clone().prop_map(|which| MoneyStep::RefundIntent { which }),
        1 => (1_i64..4000).prop_map(|amount| MoneyStep::Payout { amount }),
        1 => which.clone().prop_map(|which| MoneyStep::CancelPayout { which }),
        1 => which.prop_map(|which| MoneyStep::Close { which }),
    ]
}

async fn ids(sandbox: &Running, resource: &str) -> Vec<String> {
    sandbox.get(&format!("/v1/{resource}?limit=100")).await.ids()
}

async fn take(sandbox: &Running, step: &MoneyStep) -> Option<Seen> {
    let pick = async |resource: &str, which: usize| {
        let ids = ids(sandbox, resource).await;
        (!ids.is_empty()).then(|| ids[which % ids.len()].clone())
    };
    let (path, body) = match step {
        MoneyStep::Pay { amount, manual, card } => {
            let method = if *manual { "manual" } else { "automatic" };
            let body = format!(
                "amount={amount}&currency=usd&confirm=true&capture_method={method}&payment_method=pm_card_{}",
                CARDS[*card]
            );
            ("payment_intents".to_owned(), body)
        }
        MoneyStep::Capture { which, amount } => {
            let id = pick("payment_intents", *which).await?;
            (format!("payment_intents/{id}/capture"), format!("amount_to_capture={amount}"))
        }
        MoneyStep::CaptureCharge { which, amount } => {
            (format!("charges/{}/capture", pick("charges", *which).await?), format!("amount={amount}"))
        }
        MoneyStep::Cancel { which } => {
            (format!("payment_intents/{}/cancel", pick("payment_intents", *which).await?), String::new())
        }
        MoneyStep::Refund { which, amount } => {
            let id = pick("charges", *which).await?;
            let amount = amount.map(|amount| format!("&amount={amount}")).unwrap_or_default();
            ("refunds".to_owned(), format!("charge={id}{amount}"))
        }
        MoneyStep::RefundIntent { which } => {
            ("refunds".to_owned(), format!("payment_intent={}", pick("payment_intents", *which).await?))
        }
        MoneyStep::Payout { amount } => ("payouts".to_owned(), format!("amount={amount}&currency=usd")),
        MoneyStep::CancelPayout { which } => {
            (format!("payouts/{}/cancel", pick("payouts", *which).await?), String::new())
        }
        MoneyStep::Close { which } => {
            (format!("disputes/{}/close", pick("disputes", *which).await?), String::new())
        }
    };
    Some(sandbox.post(&format!("/v1/{path}"), &body).await)
}

async fn all(sandbox: &Running, resource: &str) -> Vec<Value> {
    let list = sandbox.get(&format!("/v1/{resource}?limit=100")).await.json();
    assert_eq!(list["has_more"], false, "{resource}");
    list["data"].as_array().expect("a list").clone()
}

fn number(object: &Value, name: &str) -> i64 {
    object[name].as_i64().unwrap_or_else(|| panic!("{name} of {object}"))
}

/// What has to be true of everything that is there.
async fn check(sandbox: &Running) {
    let (mut refunded, mut pulled) = (BTreeMap::<String, i64>::new(), BTreeMap::<String, i64>::new());
    for refund in all(sandbox, "refunds").await {
        if refund["status"] != "failed" {
            let charge = refund["charge"].as_str().expect("a charge").to_owned();
            *refunded.entry(charge).or_default() += number(&refund, "amount");
        }
    }
    for dispute in all(sandbox, "disputes").await {
        pulled.insert(dispute["charge"].as_str().expect("a charge").to_owned(), number(&dispute, "amount"));
    }
    for charge in all(sandbox, "charges").await {
        let id = charge["id"].as_str().expect("an id");
        let (amount, captured) = (number(&charge, "amount"), number(&charge, "amount_captured"));
        let given_back = number(&charge, "amount_refunded");
        assert!(0 <= captured && captured <= amount && given_back <= amount, "{charge}");
        let of_refunds = refunded.get(id).copied().unwrap_or_default();
        let whole = if charge["captured"] == true { captured } else { amount };
        assert!(of_refunds <= whole, "{of_refunds} of {charge}");
        assert_eq!(charge["refunded"] == true, given_back == amount, "{charge}");
        let path = format!("/v1/payment_intents/{}", charge["payment_intent"].as_str().expect("an intent"));
        let intent = sandbox.get(&path).await.json();
        assert_eq!(number(&intent, "amount_received"), captured, "{intent}");
        assert!(!pulled.contains_key(id) || charge["disputed"] == true, "{charge}");
        if charge["status"] == "failed" {
            assert_eq!((captured, of_refunds), (0, 0), "{charge}");
        }
    }
    let transactions = all(sandbox, "balance_transactions").await;
    for transaction in &transactions {
        assert_eq!(number(transaction, "net"), number(transaction, "amount") - number(transaction, "fee"));
    }
    let balance = sandbox.get("/v1/balance").await.json();
    let sum = |part: &str| {
        balance[part].as_array().expect("a list").iter().map(|line| number(line, "amount")).sum::<i64>()
    };
    let booked: i64 = transactions.iter().map(|transaction| number(transaction, "net")).sum();
    assert_eq!(sum("available") + sum("pending"), booked, "{balance}");
    assert!(sum("available") >= 0, "{balance}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn no_order_of_requests_makes_or_loses_money(steps in prop::collection::vec(step(), 1..28)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let sandbox = Running::in_memory().await;
            for step in &steps {
                if let Some(seen) = take(&sandbox, step).await {
                    prop_assert!(matches!(seen.status, 200 | 400 | 402), "{:?}: {}", step, seen.body);
                }
            }
            check(&sandbox).await;
            sandbox.stop().await;
            Ok(())
        })?;
    }
}

#[tokio::test]
async fn a_charge_can_be_given_back_once_in_parts() {
    let sandbox = Running::in_memory().await;
    let paid = sandbox
        .post("/v1/payment_intents", "amount=1000&currency=usd&payment_method=pm_card_visa&confirm=true");
    let charge = paid.await.text("/latest_charge");
    let refund =
        async |amount: i64| sandbox.post("/v1/refunds", &format!("charge={charge}&amount={amount}")).await;
    assert_eq!(refund(999).await.status, 200);
    assert_eq!((refund(2).await.status, refund(1).await.status), (400, 200));
    assert_eq!(refund(1).await.code(), "charge_already_refunded");
    let events = sandbox.get("/v1/events?types[]=refund.created&types[]=charge.refunded").await.json();
    assert_eq!(events["data"].as_array().map(Vec::len), Some(4));
    check(&sandbox).await;
}

#[tokio::test]
async fn an_invoice_is_paid_once() {
    let sandbox = Running::in_memory().await;
    let customer = sandbox
        .post(
            "/v1/customers",
            "payment_method=pm_card_visa&invoice_settings[default_payment_method]=pm_card_visa",
        )
        .await;
    let invoice = sandbox.post("/v1/invoices", &format!("customer={}", customer.id())).await.id();
    let item = format!("customer={}&invoice={invoice}&amount=700&currency=usd", customer.id());
    assert_eq!(sandbox.post("/v1/invoiceitems", &item).await.status, 200);
    let path = format!("/v1/invoices/{invoice}");
    assert_eq!(sandbox.post(&format!("{path}/pay"), "").await.text("/status"), "paid");
    for action in ["pay", "finalize", "void", "mark_uncollectible", "send"] {
        assert_eq!(sandbox.post(&format!("{path}/{action}"), "").await.status, 400, "{action}");
    }
    assert_eq!(sandbox.post("/v1/invoiceitems", &item).await.code(), "invoice_not_editable");
    assert_eq!(sandbox.delete(&path).await.status, 400);
    assert_eq!(sandbox.count("charges").await, 1);
    let expanded = sandbox.get(&format!("{path}?expand[]=payments.data.payment.payment_intent")).await.json();
    assert_eq!(expanded["payments"]["data"][0]["payment"]["payment_intent"]["amount_received"], json!(700));
    check(&sandbox).await;
}
