//! Time: what the clock does when it is advanced, in its order, each once.

use serde_json::{Value, json};

use super::client::Running;
use crate::sandbox::{AfterRetries, Clock, Storage};

/// 2026-01-31T12:00:00Z.
pub(super) const START: i64 = 1_769_860_800;
pub(super) const DAY: i64 = 86_400;

/// A sandbox whose clock stands still at [`START`] but for what it is advanced.
async fn frozen() -> Running {
    Running::controlled_at(&Storage::Memory, Clock::fixed(START)).await
}

pub(super) async fn advance(sandbox: &Running, seconds: i64) {
    let seen = sandbox.admin("advance", &json!({"seconds": seconds}).to_string()).await;
    assert_eq!(seen.status, 200, "{}", seen.body);
}

async fn customer(sandbox: &Running, card: &str) -> String {
    let body = format!("payment_method={card}&invoice_settings[default_payment_method]={card}");
    let seen = sandbox.post("/v1/customers", &body).await;
    assert_eq!(seen.status, 200, "{}", seen.body);
    seen.id()
}

pub(super) async fn price(sandbox: &Running, amount: i64, interval: &str) -> String {
    let body =
        format!("unit_amount={amount}&currency=usd&recurring[interval]={interval}&product_data[name]=Plan");
    let seen = sandbox.post("/v1/prices", &body).await;
    assert_eq!(seen.status, 200, "{}", seen.body);
    seen.id()
}

async fn subscribe(sandbox: &Running, customer: &str, price: &str, besides: &str) -> String {
    let body = format!("customer={customer}&items[0][price]={price}{besides}");
    let seen = sandbox.post("/v1/subscriptions", &body).await;
    assert_eq!(seen.status, 200, "{}", seen.body);
    seen.id()
}

/// The types of the events since `after`, oldest first, with the time that each has.
async fn events(sandbox: &Running, after: i64) -> Vec<(String, i64)> {
    let list = sandbox.get(&format!("/v1/events?limit=100&created[gt]={after}")).await.json();
    let mut events: Vec<_> = list["data"]
        .as_array()
        .expect("events")
        .iter()
        .map(|event| {
            let name = event["type"].as_str().expect("a type").to_owned();
            (name, event["created"].as_i64().expect("a time"))
        })
        .collect();
    events.reverse();
    events
}

async fn types(sandbox: &Running, after: i64) -> Vec<String> {
    events(sandbox, after).await.into_iter().map(|(name, _)| name).collect()
}

pub(super) async fn object(sandbox: &Running, path: &str) -> Value {
    let seen = sandbox.get(&format!("/v1/{path}")).await;
    assert_eq!(seen.status, 200, "{}", seen.body);
    seen.json()
}

/// From now on, the customer's card is declined.
async fn spoil(sandbox: &Running, customer: &str) {
    let card = sandbox
        .post("/v1/payment_methods/pm_card_chargeCustomerFail/attach", &format!("customer={customer}"))
        .await;
    let body = format!("invoice_settings[default_payment_method]={}", card.id());
    assert_eq!(sandbox.post(&format!("/v1/customers/{customer}"), &body).await.status, 200);
}

/// A subscription whose renewal was declined once: its customer, itself and the invoice.
async fn past_due(sandbox: &Running) -> (String, String, String) {
    let customer = customer(sandbox, "pm_card_visa").await;
    let price = price(sandbox, 1000, "month").await;
    let id = subscribe(sandbox, &customer, &price, "").await;
    spoil(sandbox, &customer).await;
    advance(sandbox, 28 * DAY + 3700).await;
    let subscription = object(sandbox, &format!("subscriptions/{id}")).await;
    assert_eq!(subscription["status"], "past_due");
    let invoice = subscription["latest_invoice"].as_str().expect("an invoice").to_owned();
    (customer, id, invoice)
}

/// From now on, the customer's card pays.
async fn mend(sandbox: &Running, customer: &str) {
    let card = sandbox.post("/v1/payment_methods/pm_card_visa/attach", &format!("customer={customer}")).await;
    let body = format!("invoice_settings[default_payment_method]={}", card.id());
    assert_eq!(sandbox.post(&format!("/v1/customers/{customer}"), &body).await.status, 200);
}

#[tokio::test]
async fn a_month_later_a_subscription_is_renewed_and_paid_an_hour_after() {
    let sandbox = frozen().await;
    let (customer, price) = (customer(&sandbox, "pm_card_visa").await, price(&sandbox, 1000, "month").await);
    let id = subscribe(&sandbox, &customer, &price, "").await;
    // 2026-02-28T12:00:00Z, the last day of the month.
    let end = START + 28 * DAY;
    advance(&sandbox, 28 * DAY - 60).await;
    assert_eq!(types(&sandbox, START + 10).await, ["balance.available", "invoice.upcoming"]);
    advance(&sandbox, 120).await;
    let subscription = object(&sandbox, &format!("subscriptions/{id}")).await;
    let item = &subscription["items"]["data"][0];
    let invoice = subscription["latest_invoice"].as_str().expect("an invoice").to_owned();
    assert!((end..end + 5).contains(&item["current_period_start"].as_i64().expect("a time")), "{item}");
    // The 31st again.
    assert!(
        (end + 31 * DAY..end + 31 * DAY + 5).contains(&item["current_period_end"].as_i64().expect("a time")),
        "{item}"
    );
    let draft = object(&sandbox, &format!("invoices/{invoice}")).await;
    assert_eq!((&draft["status"], &draft["billing_reason"]), (&json!("draft"), &json!("subscription_cycle")));
    assert_eq!(types(&sandbox, end - 30).await, ["invoice.created", "customer.subscription.updated"]);
    advance(&sandbox, 3600).await;
    let paid = object(&sandbox, &format!("invoices/{invoice}")).await;
    assert_eq!(
        (&paid["status"], &paid["amount_paid"], &paid["attempt_count"]),
        (&json!("paid"), &json!(1000), &json!(1))
    );
    assert_eq!(
        types(&sandbox, end + 3000).await,
        [
            "payment_intent.created",
            "invoice.finalized",
            "charge.succeeded",
            "payment_intent.succeeded",
            "invoice.paid",
            "invoice.payment_succeeded",
        ]
    );
    let events = events(&sandbox, START).await;
    assert!(events.is_sorted_by_key(|(_, at)| *at), "{events:?}");
}

#[tokio::test]
async fn a_card_that_fails_is_tried_again_and_then_the_subscription_ends() {
    let sandbox = frozen().await;
    let (_, id, invoice) = past_due(&sandbox).await;
    let open = object(&sandbox, &format!("invoices/{invoice}")).await;
    let next = open["next_payment_attempt"].as_i64().expect("a retry");
    assert!((START + 31 * DAY + 3600..START + 31 * DAY + 3610).contains(&next), "{next}");
    advance(&sandbox, 15 * DAY).await;
    let failed: Vec<_> = events(&sandbox, START)
        .await
        .into_iter()
        .filter(|(name, _)| name == "invoice.payment_failed")
        .collect();
    assert_eq!(failed.len(), 4, "{failed:?}");
    let gaps: Vec<_> = failed.windows(2).map(|pair| (pair[1].1 - pair[0].1) / DAY).collect();
    assert_eq!(gaps, [3, 5, 7]);
    let subscription = object(&sandbox, &format!("subscriptions/{id}")).await;
    assert_eq!(
        (&subscription["status"], &subscription["cancellation_details"]["reason"]),
        (&json!("canceled"), &json!("payment_failed"))
    );
    let open = object(&sandbox, &format!("invoices/{invoice}")).await;
    assert_eq!(
        (&open["status"], &open["next_payment_attempt"], &open["auto_advance"]),
        (&json!("open"), &Value::Null, &json!(false))
    );
    // Nothing goes on after it.
    let since = START + 30 * DAY;
    let before = types(&sandbox, since).await.len();
    advance(&sandbox, 15 * DAY).await;
    assert_eq!(types(&sandbox, since).await.len(), before);
}

#[tokio::test]
async fn what_is_not_paid_at_all_ends_as_the_account_is_set_to() {
    for (outcome, status, invoices) in [
        (AfterRetries::Cancel, "canceled", 2),
        (AfterRetries::Unpaid, "unpaid", 3),
        (AfterRetries::PastDue, "past_due", 3),
    ] {
        let sandbox = Running::controlled_with(&Storage::Memory, Clock::fixed(START), Some(outcome)).await;
        let customer = customer(&sandbox, "pm_card_visa").await;
        let price = price(&sandbox, 1000, "month").await;
        let id = subscribe(&sandbox, &customer, &price, "").await;
        sandbox.post(&format!("/v1/customers/{customer}"), "invoice_settings[default_payment_method]=").await;
        advance(&sandbox, 60 * DAY).await;
        let subscription = object(&sandbox, &format!("subscriptions/{id}")).await;
        assert_eq!(subscription["status"], status);
        assert_eq!(sandbox.count("invoices").await, invoices, "{status}");
        let last = subscription["latest_invoice"].as_str().expect("an invoice");
        let expected = if status == "unpaid" { "draft" } else { "open" };
        assert_eq!(object(&sandbox, &format!("invoices/{last}")).await["status"], expected, "{status}");
    }
}

#[tokio::test]
async fn a_payment_between_two_attempts_mends_the_subscription() {
    let sandbox = frozen().await;
    let (_, id, invoice) = past_due(&sandbox).await;
    let paid = sandbox.post(&format!("/v1/invoices/{invoice}/pay"), "payment_method=pm_card_visa").await;
    assert_eq!(paid.text("/status"), "paid", "{}", paid.body);
    assert_eq!(object(&sandbox, &format!("subscriptions/{id}")).await["status"], "active");
    advance(&sandbox, 10 * DAY).await;
    let failed =
        types(&sandbox, START).await.into_iter().filter(|name| name == "invoice.payment_failed").count();
    assert_eq!(failed, 1);
}

#[tokio::test]
async fn what_is_canceled_is_not_collected_any_more() {
    for way in ["subscription", "customer"] {
        let sandbox = frozen().await;
        let (customer, id, invoice) = past_due(&sandbox).await;
        mend(&sandbox, &customer).await;
        let path =
            if way == "customer" { format!("customers/{customer}") } else { format!("subscriptions/{id}") };
        assert_eq!(sandbox.delete(&format!("/v1/{path}")).await.status, 200);
        assert_eq!(object(&sandbox, &format!("subscriptions/{id}")).await["status"], "canceled", "{way}");
        advance(&sandbox, 40 * DAY).await;
        let open = object(&sandbox, &format!("invoices/{invoice}")).await;
        assert_eq!(
            (&open["status"], &open["auto_advance"], &open["next_payment_attempt"], &open["attempt_count"]),
            (&json!("open"), &json!(false), &Value::Null, &json!(1)),
            "{way}"
        );
        assert_eq!(sandbox.count("invoices").await, 2, "{way}");
    }
}

#[tokio::test]
async fn an_invoice_whose_collection_is_stopped_waits_until_it_goes_on() {
    let sandbox = frozen().await;
    let (customer, id, invoice) = past_due(&sandbox).await;
    mend(&sandbox, &customer).await;
    let path = format!("/v1/invoices/{invoice}");
    let stopped = sandbox.post(&path, "auto_advance=false").await.json();
    assert_eq!((&stopped["auto_advance"], &stopped["next_payment_attempt"]), (&json!(false), &Value::Null));
    advance(&sandbox, 10 * DAY).await;
    assert_eq!(sandbox.get(&path).await.text("/status"), "open");
    assert_eq!(sandbox.post(&path, "auto_advance=true").await.status, 200);
    advance(&sandbox, 3700).await;
    assert_eq!(sandbox.get(&path).await.text("/status"), "paid");
    assert_eq!(object(&sandbox, &format!("subscriptions/{id}")).await["status"], "active");
}

#[tokio::test]
async fn a_trial_is_announced_and_then_billed() {
    let sandbox = frozen().await;
    let (customer, price) = (customer(&sandbox, "pm_card_visa").await, price(&sandbox, 1000, "month").await);
    let id = subscribe(&sandbox, &customer, &price, "&trial_period_days=10").await;
    advance(&sandbox, 7 * DAY + 10).await;
    assert_eq!(
        types(&sandbox, START + 100).await,
        ["invoice.upcoming", "customer.subscription.trial_will_end"]
    );
    advance(&sandbox, 3 * DAY + 3700).await;
    let subscription = object(&sandbox, &format!("subscriptions/{id}")).await;
    assert_eq!(subscription["status"], "active");
    let invoice = subscription["latest_invoice"].as_str().expect("an invoice");
    let invoice = object(&sandbox, &format!("invoices/{invoice}")).await;
    assert_eq!((&invoice["status"], &invoice["amount_paid"]), (&json!("paid"), &json!(1000)));
}

#[tokio::test]
async fn a_trial_without_a_payment_method_ends_as_it_was_told_to() {
    for (behavior, status) in [("cancel", "canceled"), ("pause", "paused"), ("create_invoice", "past_due")] {
        let sandbox = frozen().await;
        let customer = sandbox.post("/v1/customers", "").await.id();
        let price = price(&sandbox, 1000, "month").await;
        let besides =
            format!("&trial_period_days=10&trial_settings[end_behavior][missing_payment_method]={behavior}");
        let id = subscribe(&sandbox, &customer, &price, &besides).await;
        advance(&sandbox, 10 * DAY + 3700).await;
        assert_eq!(object(&sandbox, &format!("subscriptions/{id}")).await["status"], status, "{behavior}");
    }
}

#[tokio::test]
async fn a_trial_that_ends_now_is_billed_now() {
    let sandbox = frozen().await;
    let (customer, price) = (customer(&sandbox, "pm_card_visa").await, price(&sandbox, 1000, "month").await);
    let id = subscribe(&sandbox, &customer, &price, "&trial_period_days=10").await;
    let seen = sandbox.post(&format!("/v1/subscriptions/{id}"), "trial_end=now").await;
    assert_eq!((seen.status, seen.text("/status")), (200, "active".to_owned()), "{}", seen.body);
    let invoice = object(&sandbox, &format!("invoices/{}", seen.text("/latest_invoice"))).await;
    assert_eq!((&invoice["status"], &invoice["amount_paid"]), (&json!("paid"), &json!(1000)), "{invoice}");
}

#[tokio::test]
async fn what_is_to_be_canceled_is_not_renewed() {
    let sandbox = frozen().await;
    let (customer, price) = (customer(&sandbox, "pm_card_visa").await, price(&sandbox, 1000, "month").await);
    let at_end = subscribe(&sandbox, &customer, &price, "&cancel_at_period_end=true").await;
    let earlier = subscribe(&sandbox, &customer, &price, &format!("&cancel_at={}", START + 5 * DAY)).await;
    advance(&sandbox, 6 * DAY).await;
    assert_eq!(object(&sandbox, &format!("subscriptions/{earlier}")).await["status"], "canceled");
    assert_eq!(object(&sandbox, &format!("subscriptions/{at_end}")).await["status"], "active");
    advance(&sandbox, 23 * DAY).await;
    let ended = object(&sandbox, &format!("subscriptions/{at_end}")).await;
    assert_eq!(ended["status"], "canceled");
    assert!((START + 28 * DAY..START + 28 * DAY + 5).contains(&ended["ended_at"].as_i64().expect("a time")));
    let seen = types(&sandbox, START + 100).await;
    assert_eq!(seen, ["balance.available", "customer.subscription.deleted", "customer.subscription.deleted"]);
}

#[tokio::test]
async fn an_invoice_that_is_sent_is_overdue_after_its_date() {
    let sandbox = frozen().await;
    let (customer, price) = (customer(&sandbox, "pm_card_visa").await, price(&sandbox, 1000, "month").await);
    let id = subscribe(&sandbox, &customer, &price, "&collection_method=send_invoice&days_until_due=5").await;
    advance(&sandbox, 28 * DAY + 3700).await;
    let seen = types(&sandbox, START + 28 * DAY + 3000).await;
    assert_eq!(seen, ["payment_intent.created", "invoice.finalized", "invoice.sent"]);
    advance(&sandbox, 6 * DAY).await;
    assert_eq!(
        types(&sandbox, START + 28 * DAY + 3700).await.first().map(String::as_str),
        Some("invoice.overdue")
    );
    assert_eq!(object(&sandbox, &format!("subscriptions/{id}")).await["status"], "past_due");
}

#[tokio::test]
async fn a_first_payment_that_is_not_made_in_a_day_ends_it() {
    let sandbox = frozen().await;
    let (customer, price) = (customer(&sandbox, "pm_card_visa").await, price(&sandbox, 1000, "month").await);
    let id = subscribe(&sandbox, &customer, &price, "&payment_behavior=default_incomplete").await;
    advance(&sandbox, 24 * 3600).await;
    let subscription = object(&sandbox, &format!("subscriptions/{id}")).await;
    assert_eq!(subscription["status"], "incomplete_expired");
    let invoice = subscription["latest_invoice"].as_str().expect("an invoice");
    assert_eq!(object(&sandbox, &format!("invoices/{invoice}")).await["status"], "void");
}

#[tokio::test]
async fn what_waits_too_long_is_over() {
    let sandbox = frozen().await;
    let held = sandbox.post("/v1/payment_intents", "amount=2000&currency=usd&confirm=true&capture_method=manual&payment_method=pm_card_visa&automatic_payment_methods[enabled]=true&automatic_payment_methods[allow_redirects]=never").await;
    assert_eq!(held.text("/status"), "requires_capture", "{}", held.body);
    let body = "mode=payment&success_url=https://example.com&line_items[0][quantity]=1&line_items[0][price_data][currency]=usd&line_items[0][price_data][unit_amount]=100&line_items[0][price_data][product_data][name]=A";
    let session = sandbox.post("/v1/checkout/sessions", body).await;
    advance(&sandbox, DAY + 10).await;
    assert_eq!(object(&sandbox, &format!("checkout/sessions/{}", session.id())).await["status"], "expired");
    assert_eq!(
        object(&sandbox, &format!("payment_intents/{}", held.id())).await["status"],
        "requires_capture"
    );
    advance(&sandbox, 6 * DAY + 10).await;
    let canceled = object(&sandbox, &format!("payment_intents/{}", held.id())).await;
    assert_eq!(
        (&canceled["status"], &canceled["cancellation_reason"]),
        (&json!("canceled"), &json!("automatic"))
    );
    assert_eq!(
        types(&sandbox, START + 100).await,
        ["checkout.session.expired", "charge.expired", "charge.refunded", "payment_intent.canceled"]
    );
}

#[tokio::test]
async fn money_becomes_available_and_payouts_arrive_or_come_back() {
    let sandbox = frozen().await;
    let paid = sandbox.post("/v1/payment_intents", "amount=200000&currency=usd&confirm=true&payment_method=pm_card_visa&automatic_payment_methods[enabled]=true&automatic_payment_methods[allow_redirects]=never").await;
    assert_eq!(paid.text("/status"), "succeeded");
    advance(&sandbox, 3 * DAY).await;
    let transactions = sandbox.get("/v1/balance_transactions").await.json();
    assert_eq!(transactions["data"][0]["status"], "available");
    let good = sandbox.post("/v1/payouts", "amount=1000&currency=usd").await;
    let bad =
        sandbox.post("/v1/payouts", "amount=500&currency=usd&destination=ba_us_verified_noAccount").await;
    let before = object(&sandbox, "balance").await["available"][0]["amount"].as_i64().expect("an amount");
    advance(&sandbox, DAY + 10).await;
    assert_eq!(object(&sandbox, &format!("payouts/{}", good.id())).await["status"], "in_transit");
    advance(&sandbox, DAY + 10).await;
    assert_eq!(object(&sandbox, &format!("payouts/{}", good.id())).await["status"], "paid");
    let failed = object(&sandbox, &format!("payouts/{}", bad.id())).await;
    assert_eq!((&failed["status"], &failed["failure_code"]), (&json!("failed"), &json!("no_account")));
    assert_eq!(object(&sandbox, "balance").await["available"][0]["amount"].as_i64(), Some(before + 500));
}

#[tokio::test]
async fn customers_of_a_test_clock_move_by_it_alone() {
    let sandbox = frozen().await;
    let clock = sandbox
        .post("/v1/test_helpers/test_clocks", &format!("frozen_time={}&name=Year", START - 100 * DAY))
        .await;
    assert_eq!((clock.status, clock.text("/status")), (200, "ready".to_owned()), "{}", clock.body);
    let body = format!(
        "test_clock={}&payment_method=pm_card_visa&invoice_settings[default_payment_method]=pm_card_visa",
        clock.id()
    );
    let customer = sandbox.post("/v1/customers", &body).await;
    assert_eq!((customer.status, customer.text("/test_clock")), (200, clock.id()), "{}", customer.body);
    let price = price(&sandbox, 1000, "month").await;
    let id = subscribe(&sandbox, &customer.id(), &price, "").await;
    let subscription = object(&sandbox, &format!("subscriptions/{id}")).await;
    assert_eq!(
        (&subscription["created"], &subscription["test_clock"]),
        (&json!(START - 100 * DAY), &json!(clock.id()))
    );
    // The account's time does nothing to it.
    advance(&sandbox, 40 * DAY).await;
    assert_eq!(sandbox.count("invoices").await, 1);
    // Nor is it listed where nobody asks for the clock.
    assert_eq!(sandbox.count("customers").await, 0);
    let listed = sandbox.get(&format!("/v1/customers?test_clock={}", clock.id())).await;
    assert_eq!(listed.ids(), [customer.id()]);
    let path = format!("/v1/test_helpers/test_clocks/{}", clock.id());
    for (time, param) in [(START - 101 * DAY, "frozen_time"), (START + 100 * 365 * DAY, "frozen_time")] {
        let refused = sandbox.post(&format!("{path}/advance"), &format!("frozen_time={time}")).await;
        assert_eq!(
            (refused.status, refused.text("/error/param")),
            (400, param.to_owned()),
            "{}",
            refused.body
        );
    }
    let sent = sandbox.post(&format!("{path}/advance"), &format!("frozen_time={}", START - 60 * DAY)).await;
    assert_eq!((sent.status, sent.text("/status")), (200, "advancing".to_owned()), "{}", sent.body);
    let ready = sandbox.get(&path).await.json();
    assert_eq!((&ready["status"], &ready["frozen_time"]), (&json!("ready"), &json!(START - 60 * DAY)));
    assert_eq!(sandbox.count("invoices").await, 2);
    let subscription = object(&sandbox, &format!("subscriptions/{id}")).await;
    assert_eq!(subscription["items"]["data"][0]["current_period_start"], START - 69 * DAY);
    let deleted = sandbox.delete(&path).await;
    assert_eq!(deleted.status, 200, "{}", deleted.body);
    assert_eq!(sandbox.get(&format!("/v1/customers/{}", customer.id())).await.json()["deleted"], true);
}

#[tokio::test]
async fn events_can_be_read_for_thirty_days() {
    let sandbox = frozen().await;
    let event = {
        customer(&sandbox, "pm_card_visa").await;
        sandbox.get("/v1/events").await.ids()[0].clone()
    };
    advance(&sandbox, 30 * DAY - 10).await;
    assert_eq!(sandbox.get(&format!("/v1/events/{event}")).await.status, 200);
    advance(&sandbox, 20).await;
    assert_eq!(sandbox.get(&format!("/v1/events/{event}")).await.status, 404);
    assert_eq!(sandbox.count("events").await, 0);
}
