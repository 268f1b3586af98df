//! A shop whose only customer moves by a test clock, and what has to hold of all its invoices.

use serde_json::{Value, json};

use super::client::{Running, Seen};
use crate::sandbox::{Clock, Storage};

/// 2026-04-01T00:00:00Z: April has thirty days.
pub(super) const START: i64 = 1_775_001_600;
pub(super) const DAY: i64 = 86_400;

/// A running sandbox with a customer on a test clock, whose card pays.
pub(super) struct Shop {
    pub(super) sandbox: Running,
    clock: String,
    pub(super) customer: String,
}

impl Shop {
    pub(super) async fn open() -> Self {
        let sandbox = Running::start(&Storage::Memory, Clock::fixed(START)).await;
        let clock = sandbox.post("/v1/test_helpers/test_clocks", &format!("frozen_time={START}")).await.id();
        let body = format!(
            "test_clock={clock}&payment_method=pm_card_visa\
             &invoice_settings[default_payment_method]=pm_card_visa"
        );
        let customer = sandbox.post("/v1/customers", &body).await.id();
        Self { sandbox, clock, customer }
    }

    /// Sends a request that is answered 200.
    pub(super) async fn post(&self, path: &str, body: &str) -> Value {
        let seen = self.try_post(path, body).await;
        assert_eq!(seen.status, 200, "{path} {body}: {}", seen.body);
        seen.json()
    }

    pub(super) async fn try_post(&self, path: &str, body: &str) -> Seen {
        self.sandbox.post(&format!("/v1/{path}"), body).await
    }

    pub(super) async fn get(&self, path: &str) -> Value {
        let seen = self.sandbox.get(&format!("/v1/{path}")).await;
        assert_eq!(seen.status, 200, "{path}: {}", seen.body);
        seen.json()
    }

    /// All objects of a list, newest first.
    pub(super) async fn all(&self, path: &str) -> Vec<Value> {
        let and = if path.contains('?') { '&' } else { '?' };
        let list = self.get(&format!("{path}{and}limit=100")).await;
        assert_eq!(list["has_more"], false, "{path}");
        list["data"].as_array().expect("a list").clone()
    }

    /// Moves the customer's time to so many seconds after [`START`].
    pub(super) async fn advance_to(&self, after: i64) {
        let path = format!("test_helpers/test_clocks/{}/advance", self.clock);
        self.post(&path, &format!("frozen_time={}", START + after)).await;
        let clock = self.get(&format!("test_helpers/test_clocks/{}", self.clock)).await;
        assert_eq!(clock["status"], "ready");
    }

    pub(super) async fn price(&self, amount: i64, interval: &str, name: &str) -> String {
        let body = format!(
            "unit_amount={amount}&currency=usd&recurring[interval]={interval}&product_data[name]={name}"
        );
        text(&self.post("prices", &body).await, "/id")
    }

    /// A subscription of the customer, as it is after its first invoice.
    pub(super) async fn subscribe(&self, price: &str, besides: &str) -> Value {
        let body = format!("customer={}&items[0][price]={price}{besides}", self.customer);
        self.post("subscriptions", &body).await
    }

    pub(super) async fn invoice(&self, subscription: &Value) -> Value {
        let subscription = self.get(&format!("subscriptions/{}", text(subscription, "/id"))).await;
        self.get(&format!("invoices/{}", text(&subscription, "/latest_invoice"))).await
    }

    /// The amounts and descriptions of what waits for the next invoice, oldest first.
    pub(super) async fn pending(&self) -> Vec<(i64, String)> {
        let mut items = self.all(&format!("invoiceitems?customer={}", self.customer)).await;
        items.retain(|item| item["invoice"].is_null());
        items.reverse();
        items.iter().map(|item| (number(item, "/amount"), text(item, "/description"))).collect()
    }

    pub(super) async fn balance(&self) -> i64 {
        number(&self.get(&format!("customers/{}", self.customer)).await, "/balance")
    }

    /// What has to hold of every invoice and of every customer's balance.
    pub(super) async fn check(&self) {
        for customer in self.all(&format!("customers?test_clock={}", self.clock)).await {
            let id = text(&customer, "/id");
            let transactions = self.all(&format!("customers/{id}/balance_transactions")).await;
            let sum: i64 = transactions.iter().map(|transaction| number(transaction, "/amount")).sum();
            assert_eq!(number(&customer, "/balance"), sum, "{customer} {transactions:?}");
            for invoice in self.all(&format!("invoices?customer={id}")).await {
                explain(&invoice);
                let of_invoice = transactions.iter().filter(|one| one["invoice"] == invoice["id"]);
                let used: i64 = of_invoice.map(|one| number(one, "/amount")).sum();
                let applied = match invoice["status"].as_str() {
                    Some("draft" | "void") => 0,
                    _ => number(&invoice, "/ending_balance") - number(&invoice, "/starting_balance"),
                };
                assert_eq!(used, applied, "{invoice}");
                let payments = self.all(&format!("invoice_payments?invoice={}", text(&invoice, "/id"))).await;
                let paid: i64 = payments.iter().filter_map(|payment| payment["amount_paid"].as_i64()).sum();
                let outside = number(&invoice, "/amount_paid_off_stripe");
                assert_eq!(paid, number(&invoice, "/amount_paid") - outside, "{invoice}");
            }
        }
    }
}

pub(super) fn text(object: &Value, pointer: &str) -> String {
    let text = object.pointer(pointer).and_then(Value::as_str);
    text.unwrap_or_else(|| panic!("{pointer} of {object}")).to_owned()
}

pub(super) fn number(object: &Value, pointer: &str) -> i64 {
    let number = object.pointer(pointer).and_then(Value::as_i64);
    number.unwrap_or_else(|| panic!("{pointer} of {object}"))
}

/// Every cent of an invoice comes from its lines, discounts, taxes, the balance and payments.
pub(super) fn explain(invoice: &Value) {
    let sum = |rows: &Value, name: &str| {
        let rows = rows.as_array().map(Vec::as_slice).unwrap_or_default();
        rows.iter().map(|row| number(row, name)).sum::<i64>()
    };
    let lines = invoice["lines"]["data"].as_array().expect("lines");
    let subtotal: i64 = lines.iter().map(|line| number(line, "/amount")).sum();
    assert_eq!(number(invoice, "/subtotal"), subtotal, "{invoice}");
    let discounts = sum(&invoice["total_discount_amounts"], "/amount");
    let of_lines: i64 = lines.iter().map(|line| sum(&line["discount_amounts"], "/amount")).sum();
    assert_eq!(discounts, of_lines, "{invoice}");
    for line in lines {
        let off = sum(&line["discount_amounts"], "/amount");
        assert!(off == 0 || (0..=number(line, "/amount")).contains(&off), "{line}");
        let proration = &line["parent"]["subscription_item_details"]["proration"];
        assert!(proration != true || line["discountable"] == false, "{line}");
    }
    let taxes = invoice["total_taxes"].as_array().expect("taxes").iter();
    let on_top = taxes.filter(|tax| tax["tax_behavior"] == "exclusive");
    let on_top: i64 = on_top.map(|tax| number(tax, "/amount")).sum();
    let total = number(invoice, "/total");
    assert_eq!(total, subtotal - discounts + on_top, "{invoice}");
    let (due, starting) = (number(invoice, "/amount_due"), number(invoice, "/starting_balance"));
    assert!(due >= 0, "{invoice}");
    if let Some(ending) = invoice["ending_balance"].as_i64() {
        assert!(ending <= 0 || starting == ending, "{invoice}");
        assert_eq!(due, total + starting - ending, "{invoice}");
    } else {
        assert_eq!(due, (total + starting).max(0), "{invoice}");
    }
    let paid = if invoice["status"] == "paid" { due } else { 0 };
    assert_eq!(number(invoice, "/amount_paid"), paid, "{invoice}");
    assert_eq!(number(invoice, "/amount_remaining"), due - paid, "{invoice}");
    assert_eq!(invoice["object"], json!("invoice"));
}
