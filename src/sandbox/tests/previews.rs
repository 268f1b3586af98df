//! Previews of invoices: they say to the unit what the change then bills, and keep nothing.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::shop::{DAY, START, Shop, explain, number, text};

async fn preview(shop: &Shop, body: &str) -> Value {
    let shown = shop.post("invoices/create_preview", body).await;
    explain(&shown);
    shown
}

/// What an invoice bills, ids aside.
fn billed(invoice: &Value) -> Value {
    let lines = invoice["lines"]["data"].as_array().expect("lines").iter();
    let line = |line: &Value| {
        json!({"amount": line["amount"], "description": line["description"],
        "period": line["period"], "quantity": line["quantity"]})
    };
    json!({"lines": lines.map(line).collect::<Vec<_>>(), "total": invoice["total"],
        "amount_due": invoice["amount_due"], "starting_balance": invoice["starting_balance"],
        "subtotal": invoice["subtotal"], "currency": invoice["currency"]})
}

#[tokio::test]
async fn the_next_invoice_is_shown_and_kept_nowhere() {
    let shop = Shop::open().await;
    let price = shop.price(1000, "month", "Basic").await;
    let subscription = shop.subscribe(&price, "").await;
    let id = text(&subscription, "/id");
    let before = (shop.all("invoices").await, shop.all("events").await.len());
    for body in [format!("customer={}", shop.customer), format!("subscription={id}")] {
        let shown = preview(&shop, &body).await;
        assert!(text(&shown, "/id").starts_with("upcoming_in_"));
        assert_eq!((number(&shown, "/amount_due"), text(&shown, "/status")), (1000, "draft".to_owned()));
        assert_eq!(shown["lines"]["data"][0]["period"]["start"], START + 30 * DAY);
    }
    let more = format!(
        "subscription={id}&invoice_items[0][amount]=250&invoice_items[0][currency]=usd\
         &invoice_items[1][price_data][unit_amount]=100&invoice_items[1][price_data][currency]=usd\
         &invoice_items[1][price_data][product_data][name]=Setup&invoice_items[1][quantity]=3"
    );
    assert_eq!(number(&preview(&shop, &more).await, "/total"), 1550);
    let coupon = text(&shop.post("coupons", "percent_off=50").await, "/id");
    let shown = preview(&shop, &format!("subscription={id}&discounts[0][coupon]={coupon}")).await;
    assert_eq!(number(&shown, "/total"), 500);
    let gone = shop
        .try_post(
            "invoices/create_preview",
            &format!("subscription={id}&subscription_details[cancel_at_period_end]=true"),
        )
        .await;
    assert_eq!((gone.status, gone.code().as_str()), (404, "invoice_upcoming_none"), "{}", gone.body);
    assert_eq!(before.0, shop.all("invoices").await);
    assert_eq!(before.1 + 1, shop.all("events").await.len());
    assert_eq!(number(&shop.get(&format!("coupons/{coupon}")).await, "/times_redeemed"), 0);
    assert_eq!(shop.get(&format!("subscriptions/{id}")).await, subscription);
    shop.check().await;
}

#[tokio::test]
async fn a_subscription_that_is_only_described_is_shown() {
    let shop = Shop::open().await;
    let price = shop.price(1000, "month", "Basic").await;
    let shown = preview(&shop, &format!(
        "customer={}&subscription_details[items][0][price]={price}&subscription_details[items][0][quantity]=3",
        shop.customer)).await;
    assert_eq!((number(&shown, "/total"), shop.all("subscriptions").await.len()), (3000, 0));
    let refused = shop.try_post("invoices/create_preview", &format!("customer={}", shop.customer)).await;
    assert_eq!((refused.status, refused.code().as_str()), (404, "invoice_upcoming_none"));
    let refused = shop.try_post("invoices/create_preview", "").await;
    assert_eq!((refused.status, refused.text("/error/param").as_str()), (400, "customer"));
    let refused = shop.sandbox.get(&format!("/v1/invoices/upcoming?customer={}", shop.customer)).await;
    assert!(matches!(refused.status, 400 | 404), "{}", refused.body);
}

#[tokio::test]
async fn a_cancellation_is_shown() {
    let shop = Shop::open().await;
    let subscription = shop.subscribe(&shop.price(3000, "month", "Plan").await, "").await;
    shop.advance_to(10 * DAY).await;
    let body = format!(
        "subscription={}&subscription_details[cancel_now]=true\
         &subscription_details[proration_behavior]=always_invoice",
        text(&subscription, "/id")
    );
    let shown = preview(&shop, &body).await;
    let path = format!("/v1/subscriptions/{}?prorate=true&invoice_now=true", text(&subscription, "/id"));
    assert_eq!(shop.sandbox.delete(&path).await.status, 200);
    let last = shop.invoice(&subscription).await;
    assert_eq!(billed(&shown), billed(&last));
    assert_eq!(number(&shown, "/total"), -2000);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn what_is_shown_is_what_is_billed(
        amounts in (1_i64..5000, 1_i64..5000),
        quantities in (1_i64..9, 0_i64..9),
        at in 0_i64..30 * DAY,
        earlier in 0_i64..20 * DAY,
        behavior in prop::sample::select(vec!["always_invoice", "create_prorations", "none"]),
        interval in prop::sample::select(vec!["month", "month", "year", "week"]),
        off in prop::option::of(1_i64..100),
        balance in prop_oneof![Just(0_i64), -3000_i64..3000],
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let shop = Shop::open().await;
            let (one, two) =
                (shop.price(amounts.0, "month", "One").await, shop.price(amounts.1, interval, "Two").await);
            let discount = match off {
                Some(off) => {
                    let coupon = shop.post("coupons", &format!("percent_off={off}&duration=forever")).await;
                    format!("&discounts[0][coupon]={}", text(&coupon, "/id"))
                }
                None => String::new(),
            };
            let subscription =
                shop.subscribe(&one, &format!("&items[0][quantity]={}{discount}", quantities.0)).await;
            if balance != 0 {
                shop.post(&format!("customers/{}", shop.customer), &format!("balance={balance}")).await;
            }
            shop.advance_to(at).await;
            let fields = [
                ("[items][0][id]".to_owned(), text(&subscription, "/items/data/0/id")),
                ("[items][0][price]".to_owned(), two),
                ("[items][0][quantity]".to_owned(), quantities.1.to_string()),
                ("[proration_behavior]".to_owned(), behavior.to_owned()),
                ("[proration_date]".to_owned(), (START + earlier.min(at)).to_string()),
            ];
            let id = text(&subscription, "/id");
            let nested: Vec<_> =
                fields.iter().map(|(name, value)| format!("subscription_details{name}={value}")).collect();
            let plain: Vec<_> = fields.iter().map(|(name, value)| {
                let (first, rest) = name[1..].split_once(']').expect("a bracket");
                format!("{first}{rest}={value}")
            }).collect();
            let body = format!("subscription={id}&{}", nested.join("&"));
            let shown = shop.post("invoices/create_preview", &body).await;
            explain(&shown);
            let before = shop.invoice(&subscription).await;
            shop.post(&format!("subscriptions/{id}"), &plain.join("&")).await;
            let mut real = shop.invoice(&subscription).await;
            if real["id"] == before["id"] {
                shop.advance_to(30 * DAY + 2 * 3600).await;
                real = shop.invoice(&subscription).await;
            }
            prop_assert_ne!(&real["id"], &before["id"]);
            prop_assert_eq!(billed(&shown), billed(&real));
            shop.check().await;
            shop.sandbox.stop().await;
            Ok(())
        })?;
    }
}
