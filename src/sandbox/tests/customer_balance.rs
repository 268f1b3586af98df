//! The balances of customers: each is the sum of its transactions, and invoices use it up.

use serde_json::{Value, json};

use super::shop::{DAY, Shop, number, text};

/// A one-off invoice of an amount, finalized.
async fn invoice(shop: &Shop, amount: i64) -> Value {
    let draft = text(&shop.post("invoices", &format!("customer={}", shop.customer)).await, "/id");
    let item = format!("customer={}&invoice={draft}&amount={amount}&currency=usd", shop.customer);
    shop.post("invoiceitems", &item).await;
    shop.post(&format!("invoices/{draft}/finalize"), "").await
}

async fn transactions(shop: &Shop) -> Vec<(i64, String, i64)> {
    let mut all = shop.all(&format!("customers/{}/balance_transactions", shop.customer)).await;
    all.reverse();
    let row = |one: &Value| (number(one, "/amount"), text(one, "/type"), number(one, "/ending_balance"));
    all.iter().map(row).collect()
}

#[tokio::test]
async fn credit_lowers_what_is_due_and_a_debit_raises_it() {
    let shop = Shop::open().await;
    let path = format!("customers/{}", shop.customer);
    let credit = shop
        .post(
            &format!("{path}/balance_transactions"),
            "amount=-700&currency=usd&description=Sorry&metadata[a]=b",
        )
        .await;
    assert_eq!(
        (&credit["object"], &credit["type"], &credit["ending_balance"], &credit["metadata"]),
        (&json!("customer_balance_transaction"), &json!("adjustment"), &json!(-700), &json!({"a": "b"}))
    );
    let first = invoice(&shop, 1000).await;
    assert_eq!(
        (
            number(&first, "/starting_balance"),
            number(&first, "/ending_balance"),
            number(&first, "/amount_due")
        ),
        (-700, 0, 300)
    );
    let paid = shop.post(&format!("invoices/{}/pay", text(&first, "/id")), "").await;
    assert_eq!((number(&paid, "/amount_paid"), text(&paid, "/status")), (300, "paid".to_owned()));
    shop.post(&path, "balance=250").await;
    let second = invoice(&shop, 1000).await;
    assert_eq!((number(&second, "/amount_due"), shop.balance().await), (1250, 0));
    // More credit than the invoice needs: it is paid, and the rest stays.
    shop.post(&path, "balance=-5000").await;
    let third = invoice(&shop, 1000).await;
    assert_eq!((text(&third, "/status"), number(&third, "/amount_due")), ("paid".to_owned(), 0));
    assert_eq!((number(&third, "/ending_balance"), shop.balance().await), (-4000, -4000));
    let kinds: Vec<_> = transactions(&shop).await;
    let expected = [
        (-700, "adjustment", -700),
        (700, "applied_to_invoice", 0),
        (250, "adjustment", 250),
        (-250, "applied_to_invoice", 0),
        (-5000, "adjustment", -5000),
        (1000, "applied_to_invoice", -4000),
    ];
    assert_eq!(kinds, expected.map(|(amount, kind, ending)| (amount, kind.to_owned(), ending)));
    shop.check().await;
}

#[tokio::test]
async fn a_void_invoice_gives_back_and_a_negative_one_becomes_credit() {
    let shop = Shop::open().await;
    let path = format!("customers/{}", shop.customer);
    shop.post(&path, "balance=-300").await;
    let open = invoice(&shop, 1000).await;
    assert_eq!(shop.balance().await, 0);
    shop.post(&format!("invoices/{}/void", text(&open, "/id")), "").await;
    assert_eq!(shop.balance().await, -300);
    let last = transactions(&shop).await.pop().expect("some");
    assert_eq!(last, (-300, "unapplied_from_invoice".to_owned(), -300));
    let refund = invoice(&shop, -450).await;
    assert_eq!((text(&refund, "/status"), number(&refund, "/total")), ("paid".to_owned(), -450));
    assert_eq!((number(&refund, "/ending_balance"), shop.balance().await), (-750, -750));
    let updates = shop.all("events?type=customer.updated").await;
    assert_eq!(updates[0]["data"]["previous_attributes"], json!({"balance": -300}));
    shop.check().await;
}

#[tokio::test]
async fn a_new_customer_begins_with_the_balance_that_is_given() {
    let shop = Shop::open().await;
    let made = shop.post("customers", "balance=-1200").await;
    let path = format!("customers/{}/balance_transactions", text(&made, "/id"));
    assert_eq!((number(&made, "/balance"), text(&made, "/currency")), (-1200, "usd".to_owned()));
    let first = &shop.all(&path).await[0];
    assert_eq!((number(first, "/amount"), text(first, "/type")), (-1200, "initial".to_owned()));
    let one = format!("{path}/{}", text(first, "/id"));
    assert_eq!(shop.get(&one).await, *first);
    let told = shop.post(&one, "description=Moved&metadata[from]=old").await;
    assert_eq!((text(&told, "/description"), number(&told, "/amount")), ("Moved".to_owned(), -1200));
    for (path, body, status, param) in [
        (&path, "amount=5&currency=eur", 400, "currency"),
        (&path, "amount=5", 400, "currency"),
        (&path, "amount=99999999999&currency=usd", 200, ""),
        (&path, "amount=99999999999&currency=usd", 400, "amount"),
        (&one, "amount=5", 400, "amount"),
        (&format!("customers/{}/balance_transactions/cbtxn_none", text(&made, "/id")), "", 404, "id"),
        (&format!("customers/{}/balance_transactions/{}", shop.customer, text(first, "/id")), "", 404, "id"),
        (&"customers/cus_none/balance_transactions".to_owned(), "amount=5&currency=usd", 404, "id"),
    ] {
        let seen = shop.try_post(path, body).await;
        assert_eq!(
            (seen.status, seen.text("/error/param").as_str()),
            (status, param),
            "{body}: {}",
            seen.body
        );
    }
    let expanded = shop.get(&format!("{one}?expand[]=customer")).await;
    assert_eq!(text(&expanded, "/customer/object"), "customer");
}

#[tokio::test]
async fn credit_pays_renewals_until_it_is_used_up() {
    let shop = Shop::open().await;
    shop.post(&format!("customers/{}", shop.customer), "balance=-2500").await;
    let subscription = shop.subscribe(&shop.price(1000, "month", "Plan").await, "").await;
    assert_eq!((text(&subscription, "/status"), shop.balance().await), ("active".to_owned(), -1500));
    shop.advance_to(31 * DAY).await;
    assert_eq!(shop.balance().await, -500);
    shop.advance_to(62 * DAY).await;
    let third = shop.invoice(&subscription).await;
    assert_eq!((number(&third, "/amount_due"), text(&third, "/status")), (500, "paid".to_owned()));
    assert_eq!(shop.balance().await, 0);
    shop.check().await;
}
