//! Changes of subscriptions: what is credited and charged for the rest of the period, to the unit.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::shop::{DAY, START, Shop, number, text};

/// The lines of an invoice: amount and description.
fn lines(invoice: &Value) -> Vec<(i64, String)> {
    let lines = invoice["lines"]["data"].as_array().expect("lines").iter();
    lines.map(|line| (number(line, "/amount"), text(line, "/description"))).collect()
}

fn amounts(rows: &[(i64, String)]) -> Vec<i64> {
    rows.iter().map(|(amount, _)| *amount).collect()
}

fn path(subscription: &Value) -> String {
    format!("subscriptions/{}", text(subscription, "/id"))
}

fn item(subscription: &Value) -> String {
    text(subscription, "/items/data/0/id")
}

#[tokio::test]
async fn an_upgrade_half_way_credits_half_of_the_old_price_and_charges_half_of_the_new() {
    let shop = Shop::open().await;
    let (basic, large) = (shop.price(1000, "month", "Basic").await, shop.price(2000, "month", "Large").await);
    let subscription = shop.subscribe(&basic, "").await;
    shop.advance_to(15 * DAY).await;
    let body = format!("items[0][id]={}&items[0][price]={large}", item(&subscription));
    shop.post(&path(&subscription), &body).await;
    let pending = shop.pending().await;
    assert_eq!(
        pending,
        [
            (-500, "Unused time on Basic after 16 Apr 2026".to_owned()),
            (1000, "Remaining time on Large after 16 Apr 2026".to_owned())
        ]
    );
    let waiting = &shop.all("invoiceitems").await[0];
    assert_eq!(
        (&waiting["proration"], &waiting["discountable"], &waiting["period"]),
        (&json!(true), &json!(false), &json!({"start": START + 15 * DAY, "end": START + 30 * DAY}))
    );
    assert_eq!(shop.invoice(&subscription).await["billing_reason"], "subscription_create");
    // They are on the invoice of the next period.
    shop.advance_to(30 * DAY + 2 * 3600).await;
    let renewal = shop.invoice(&subscription).await;
    assert_eq!(amounts(&lines(&renewal)), [-500, 1000, 2000]);
    assert_eq!((number(&renewal, "/amount_paid"), text(&renewal, "/status")), (2500, "paid".to_owned()));
    let credit = &renewal["lines"]["data"][0]["parent"]["subscription_item_details"];
    assert_eq!((&credit["proration"], &credit["subscription"]), (&json!(true), &subscription["id"]));
    assert_eq!(credit["proration_details"]["credited_items"]["invoice"], subscription["latest_invoice"]);
    assert!(shop.pending().await.is_empty());
    shop.check().await;
}

#[tokio::test]
async fn what_is_always_invoiced_is_paid_at_once_and_a_downgrade_becomes_credit() {
    let shop = Shop::open().await;
    let price = shop.price(1000, "month", "Seat").await;
    let subscription = shop.subscribe(&price, "&items[0][quantity]=2").await;
    let change = async |quantity: i64| {
        let item = item(&subscription);
        let body =
            format!("items[0][id]={item}&items[0][quantity]={quantity}&proration_behavior=always_invoice");
        shop.post(&path(&subscription), &body).await;
        shop.invoice(&subscription).await
    };
    shop.advance_to(10 * DAY).await;
    let more = change(5).await;
    assert_eq!(
        lines(&more),
        [
            (-1333, "Unused time on 2 × Seat after 11 Apr 2026".to_owned()),
            (3333, "Remaining time on 5 × Seat after 11 Apr 2026".to_owned())
        ]
    );
    assert_eq!((text(&more, "/status"), number(&more, "/amount_paid")), ("paid".to_owned(), 2000));
    assert_eq!(text(&more, "/billing_reason"), "subscription_update");
    shop.advance_to(20 * DAY).await;
    let less = change(1).await;
    assert_eq!(amounts(&lines(&less)), [-1667, 333]);
    assert_eq!((text(&less, "/status"), number(&less, "/amount_due")), ("paid".to_owned(), 0));
    assert_eq!((number(&less, "/ending_balance"), shop.balance().await), (-1334, -1334));
    // What nothing changed is not invoiced again.
    assert_eq!(change(1).await["id"], less["id"]);
    // The credit pays the next period.
    shop.advance_to(30 * DAY + 2 * 3600).await;
    let renewal = shop.invoice(&subscription).await;
    assert_eq!((number(&renewal, "/total"), number(&renewal, "/amount_due")), (1000, 0));
    assert_eq!((number(&renewal, "/starting_balance"), shop.balance().await), (-1334, -334));
    shop.check().await;
}

#[tokio::test]
async fn what_was_never_charged_is_never_credited() {
    let shop = Shop::open().await;
    let price = shop.price(1000, "month", "Seat").await;
    let subscription = shop.subscribe(&price, "").await;
    let (path, item) = (path(&subscription), item(&subscription));
    shop.advance_to(10 * DAY).await;
    shop.post(&path, &format!("items[0][id]={item}&items[0][quantity]=9&proration_behavior=none")).await;
    assert!(shop.pending().await.is_empty());
    shop.advance_to(15 * DAY).await;
    shop.post(&path, &format!("items[0][id]={item}&items[0][quantity]=4")).await;
    assert_eq!(amounts(&shop.pending().await), [-500, 2000]);
    shop.check().await;
}

/// A change that is dated back goes back to the last one at most: nothing is credited or charged twice.
#[tokio::test]
async fn no_time_is_prorated_twice() {
    let shop = Shop::open().await;
    let subscription = shop.subscribe(&shop.price(1000, "month", "Seat").await, "").await;
    let change = async |quantity: i64, day: i64| {
        let date = START + day * DAY;
        let body = format!(
            "items[0][id]={}&items[0][quantity]={quantity}&proration_date={date}",
            item(&subscription)
        );
        shop.post(&path(&subscription), &body).await;
    };
    shop.advance_to(20 * DAY).await;
    change(4, 15).await;
    change(1, 3).await;
    assert_eq!(amounts(&shop.pending().await), [-500, 2000, -2000, 500]);
    shop.check().await;
}

#[tokio::test]
async fn from_a_month_to_a_year_the_year_begins_and_is_paid_now() {
    let shop = Shop::open().await;
    let (month, year) =
        (shop.price(1000, "month", "Monthly").await, shop.price(9000, "year", "Yearly").await);
    let subscription = shop.subscribe(&month, "").await;
    shop.advance_to(15 * DAY).await;
    let body = format!("items[0][id]={}&items[0][price]={year}", item(&subscription));
    let changed = shop.post(&path(&subscription), &body).await;
    let invoice = shop.invoice(&subscription).await;
    assert_eq!(amounts(&lines(&invoice)), [-500, 9000]);
    assert_eq!((text(&invoice, "/status"), number(&invoice, "/amount_paid")), ("paid".to_owned(), 8500));
    assert_eq!(text(&invoice, "/billing_reason"), "subscription_update");
    let period = |name: &str| number(&changed, &format!("/items/data/0/current_period_{name}"));
    assert_eq!((period("start"), period("end")), (START + 15 * DAY, START + 380 * DAY));
    assert_eq!(number(&changed, "/billing_cycle_anchor"), START + 15 * DAY);
    // And back again after a hundred days: the rest of the year is credit for many months.
    shop.advance_to(115 * DAY).await;
    let body = format!("items[0][id]={}&items[0][price]={month}", item(&subscription));
    shop.post(&path(&subscription), &body).await;
    let invoice = shop.invoice(&subscription).await;
    assert_eq!(amounts(&lines(&invoice)), [-6534, 1000]);
    assert_eq!(shop.balance().await, -5534);
    shop.check().await;
}

#[tokio::test]
async fn the_billing_cycle_is_reset_with_a_credit_for_the_rest_of_the_old_one() {
    let shop = Shop::open().await;
    let price = shop.price(3000, "month", "Plan").await;
    let subscription = shop.subscribe(&price, "").await;
    shop.advance_to(10 * DAY).await;
    let reset = shop.post(&path(&subscription), "billing_cycle_anchor=now").await;
    let invoice = shop.invoice(&subscription).await;
    assert_eq!(amounts(&lines(&invoice)), [-2000, 3000]);
    assert_eq!(number(&reset, "/items/data/0/current_period_end"), START + 40 * DAY);
    shop.advance_to(20 * DAY).await;
    shop.post(&path(&subscription), "billing_cycle_anchor=now&proration_behavior=none").await;
    assert_eq!(amounts(&lines(&shop.invoice(&subscription).await)), [3000]);
    shop.post(&path(&subscription), "billing_cycle_anchor=unchanged&metadata[a]=b").await;
    assert_eq!(shop.all("invoices").await.len(), 3);
    shop.check().await;
}

#[tokio::test]
async fn a_trial_is_not_prorated_and_one_that_begins_later_credits_the_rest() {
    let shop = Shop::open().await;
    let (basic, large) = (shop.price(1000, "month", "Basic").await, shop.price(2000, "month", "Large").await);
    let subscription = shop.subscribe(&basic, "&trial_period_days=20").await;
    shop.advance_to(10 * DAY).await;
    let body = format!("items[0][id]={}&items[0][price]={large}", item(&subscription));
    let changed = shop.post(&path(&subscription), &body).await;
    assert_eq!(text(&changed, "/status"), "trialing");
    assert!(shop.pending().await.is_empty());
    let refused = shop.try_post(&path(&subscription), "billing_cycle_anchor=now").await;
    assert_eq!((refused.status, refused.text("/error/param").as_str()), (400, "billing_cycle_anchor"));
    shop.advance_to(20 * DAY + 2 * 3600).await;
    assert_eq!(amounts(&lines(&shop.invoice(&subscription).await)), [2000]);
    shop.advance_to(35 * DAY).await;
    let body = format!("trial_end={}", START + 45 * DAY);
    let trial = shop.post(&path(&subscription), &body).await;
    assert_eq!(text(&trial, "/status"), "trialing");
    assert_eq!(amounts(&shop.pending().await), [-1000]);
    shop.check().await;
}

#[tokio::test]
async fn items_are_added_deleted_and_set_to_none() {
    let shop = Shop::open().await;
    let (plan, seat) = (shop.price(3000, "month", "Plan").await, shop.price(600, "month", "Seat").await);
    let subscription = shop.subscribe(&plan, "").await;
    shop.advance_to(10 * DAY).await;
    let grown =
        shop.post(&path(&subscription), &format!("items[0][price]={seat}&items[0][quantity]=2")).await;
    let added = text(&grown, "/items/data/1/id");
    assert_eq!(
        grown["items"]["data"][1]["current_period_end"],
        grown["items"]["data"][0]["current_period_end"]
    );
    assert_eq!(amounts(&shop.pending().await), [800]);
    shop.advance_to(15 * DAY).await;
    shop.post(&path(&subscription), &format!("items[0][id]={added}&items[0][quantity]=0")).await;
    assert_eq!(amounts(&shop.pending().await), [800, -600]);
    shop.post(&path(&subscription), &format!("items[0][id]={added}&items[0][deleted]=true")).await;
    shop.post(&path(&subscription), &format!("items[0][price]={seat}")).await;
    shop.post(&path(&subscription), &format!("items[0][id]={}&items[0][deleted]=true", item(&subscription)))
        .await;
    assert_eq!(amounts(&shop.pending().await), [800, -600, 300, -1500]);
    shop.check().await;
}

#[tokio::test]
async fn a_subscription_ends_with_or_without_its_rest() {
    for (params, waiting, invoiced, balance) in [
        ("", vec![], 1, 0),
        ("?prorate=true", vec![-2000], 1, 0),
        ("?prorate=true&invoice_now=true", vec![], 2, -2000),
        ("?invoice_now=true", vec![], 1, 0),
    ] {
        let shop = Shop::open().await;
        let subscription = shop.subscribe(&shop.price(3000, "month", "Plan").await, "").await;
        shop.advance_to(10 * DAY).await;
        let ended = shop.sandbox.delete(&format!("/v1/{}{params}", path(&subscription))).await;
        assert_eq!(
            (ended.status, ended.text("/status").as_str()),
            (200, "canceled"),
            "{params} {}",
            ended.body
        );
        assert_eq!(amounts(&shop.pending().await), waiting, "{params}");
        assert_eq!((shop.all("invoices").await.len(), shop.balance().await), (invoiced, balance), "{params}");
        shop.check().await;
    }
}

#[tokio::test]
async fn what_waits_is_billed_when_a_subscription_ends_with_its_period() {
    let shop = Shop::open().await;
    let subscription = shop.subscribe(&shop.price(1000, "month", "Seat").await, "").await;
    shop.advance_to(15 * DAY).await;
    let body = format!("items[0][id]={}&items[0][quantity]=3&cancel_at_period_end=true", item(&subscription));
    shop.post(&path(&subscription), &body).await;
    shop.advance_to(31 * DAY).await;
    let ended = shop.get(&path(&subscription)).await;
    assert_eq!(text(&ended, "/status"), "canceled");
    let last = shop.invoice(&subscription).await;
    assert_eq!((amounts(&lines(&last)), number(&last, "/amount_paid")), (vec![-500, 1500], 1000));
    shop.check().await;
}

#[tokio::test]
async fn a_change_that_is_not_paid_says_so() {
    for (behavior, status, amount) in
        [("allow_incomplete", 200, 3), ("default_incomplete", 200, 3), ("error_if_incomplete", 402, 1)]
    {
        let shop = Shop::open().await;
        let subscription = shop.subscribe(&shop.price(1000, "month", "Seat").await, "").await;
        let card = format!("customer={}", shop.customer);
        let card = shop.post("payment_methods/pm_card_chargeCustomerFail/attach", &card).await;
        let body = format!("invoice_settings[default_payment_method]={}", text(&card, "/id"));
        shop.post(&format!("customers/{}", shop.customer), &body).await;
        shop.advance_to(15 * DAY).await;
        let body = format!(
            "items[0][id]={}&items[0][quantity]=3&proration_behavior=always_invoice&payment_behavior={behavior}",
            item(&subscription)
        );
        let seen = shop.try_post(&path(&subscription), &body).await;
        assert_eq!(seen.status, status, "{behavior}: {}", seen.body);
        let after = shop.get(&path(&subscription)).await;
        let expected = if status == 200 { "past_due" } else { "active" };
        assert_eq!(
            (text(&after, "/status").as_str(), number(&after, "/items/data/0/quantity")),
            (expected, amount)
        );
        assert_eq!(shop.invoice(&subscription).await["status"], if status == 200 { "open" } else { "paid" });
        shop.check().await;
    }
}

#[tokio::test]
async fn what_cannot_be_is_refused() {
    let shop = Shop::open().await;
    let price = shop.price(1000, "month", "Seat").await;
    let subscription = shop.subscribe(&price, "").await;
    let euro = shop
        .post("prices", "unit_amount=900&currency=eur&recurring[interval]=month&product_data[name]=E")
        .await;
    let (path, item, euro) = (path(&subscription), item(&subscription), text(&euro, "/id"));
    for (body, param) in [
        (format!("items[0][id]={item}&items[0][price]={euro}"), "items"),
        (format!("items[0][id]={item}&items[0][quantity]=2&proration_date={}", START - 1), "proration_date"),
        (
            format!("items[0][id]={item}&items[0][quantity]=2&proration_date={}", START + 31 * DAY),
            "proration_date",
        ),
        (format!("items[0][id]={item}&items[0][quantity]=-1"), "items[0][quantity]"),
        ("proration_behavior=sometimes".to_owned(), "proration_behavior"),
    ] {
        let refused = shop.try_post(&path, &body).await;
        assert_eq!((refused.status, refused.text("/error/param").as_str()), (400, param), "{}", refused.body);
    }
    let body = format!("items[0][id]={item}&items[0][quantity]=999999&proration_behavior=always_invoice");
    let refused = shop.try_post(&path, &body).await;
    assert_eq!((refused.status, refused.code().as_str()), (400, "amount_too_large"), "{}", refused.body);
    let second = format!("customer={}&items[0][price]={euro}", shop.customer);
    assert_eq!(shop.try_post("subscriptions", &second).await.status, 400);
    assert_eq!(shop.get(&path).await["items"], subscription["items"]);
    assert!(shop.pending().await.is_empty());
    shop.check().await;
}

#[tokio::test]
async fn discounts_are_in_the_amounts_of_prorations() {
    for (coupon, credit, charge, renewal) in [
        ("percent_off=25&duration=forever", -375, 750, 1500),
        ("amount_off=400&currency=usd&duration=forever", -300, 800, 1600),
        ("amount_off=5000&currency=usd&duration=forever", 0, 0, 0),
        // Given for one invoice: the first has it, and the credit is for what was paid then.
        ("percent_off=50&duration=once", -250, 1000, 2000),
        ("amount_off=100&currency=eur&duration=forever", -500, 1000, 2000),
    ] {
        let shop = Shop::open().await;
        let coupon_id = text(&shop.post("coupons", coupon).await, "/id");
        let (basic, large) =
            (shop.price(1000, "month", "Basic").await, shop.price(2000, "month", "Large").await);
        let subscription = shop.subscribe(&basic, &format!("&discounts[0][coupon]={coupon_id}")).await;
        // A coupon that is deleted ends no discount.
        shop.sandbox.delete(&format!("/v1/coupons/{coupon_id}")).await;
        shop.advance_to(15 * DAY).await;
        let body = format!("items[0][id]={}&items[0][price]={large}", item(&subscription));
        shop.post(&path(&subscription), &body).await;
        let expected: Vec<_> = [credit, charge].into_iter().filter(|amount| *amount != 0).collect();
        assert_eq!(amounts(&shop.pending().await), expected, "{coupon}");
        shop.advance_to(31 * DAY).await;
        let invoice = shop.invoice(&subscription).await;
        assert_eq!(number(&invoice, "/total"), credit + charge + renewal, "{coupon}");
        shop.check().await;
    }
}

/// One change of the property test.
#[derive(Debug, Clone)]
struct Change {
    after: i64,
    quantity: i64,
    price: usize,
    behavior: &'static str,
}

fn change() -> impl Strategy<Value = Change> {
    let behavior = prop::sample::select(vec!["create_prorations", "always_invoice", "create_prorations"]);
    (1_i64..6 * DAY, 0_i64..40, 0_usize..3, behavior).prop_map(|(after, quantity, price, behavior)| Change {
        after,
        quantity,
        price,
        behavior,
    })
}

const PRICES: [i64; 3] = [999, 1000, 37];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Whatever changes when, a period costs in the end what each second of it cost: to one unit for each line.
    #[test]
    fn a_period_costs_what_its_seconds_cost(changes in prop::collection::vec(change(), 1..5)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let shop = Shop::open().await;
            let mut prices = Vec::new();
            for amount in PRICES {
                prices.push(shop.price(amount, "month", "Seat").await);
            }
            let subscription = shop.subscribe(&prices[1], "").await;
            let (mut at, mut costs, mut exact) = (0, PRICES[1], 0_i64);
            for change in &changes {
                exact += costs * change.after;
                at += change.after;
                costs = PRICES[change.price] * change.quantity;
                shop.advance_to(at).await;
                let body = format!("items[0][id]={}&items[0][price]={}&items[0][quantity]={}&proration_behavior={}",
                    item(&subscription), prices[change.price], change.quantity, change.behavior);
                shop.post(&path(&subscription), &body).await;
            }
            exact += costs * (30 * DAY - at);
            let ended = shop.sandbox.delete(&format!("/v1/{}?invoice_now=true", path(&subscription))).await;
            prop_assert_eq!(ended.status, 200, "{}", ended.body);
            shop.check().await;
            let invoices = shop.all("invoices").await;
            let lines: usize = invoices.iter().map(|invoice| invoice["lines"]["data"].as_array().map_or(0, Vec::len)).sum();
            let billed: i64 = invoices.iter().map(|invoice| number(invoice, "/total")).sum();
            let off = (billed * 30 * DAY - exact).abs();
            prop_assert!(off <= 30 * DAY * i64::try_from(lines).expect("few"), "{} for {}", billed, exact / (30 * DAY));
            // And what was paid, less the credit that is left, is what was billed.
            let paid: i64 = invoices.iter().map(|invoice| number(invoice, "/amount_paid")).sum();
            prop_assert_eq!(paid + shop.balance().await, billed);
            shop.sandbox.stop().await;
            Ok(())
        })?;
    }
}
