//! Operations that the tests of real shops use, besides those that every shop begins with.

use serde_json::json;

use super::client::{Running, Seen};

fn starts(seen: &Seen, start: &str) {
    assert!(seen.text("/error/message").starts_with(start), "{}", seen.body);
}

#[tokio::test]
async fn a_token_is_charged_without_an_intent() {
    let sandbox = Running::in_memory().await;
    let seen = sandbox.post("/v1/charges", "amount=700&currency=usd&source=tok_visa&metadata[order]=7").await;
    let charge = seen.json();
    assert_eq!(
        (seen.status, &charge["status"], &charge["captured"]),
        (200, &json!("succeeded"), &json!(true)),
        "{charge}"
    );
    assert_eq!((&charge["source"]["object"], &charge["source"]["last4"]), (&json!("card"), &json!("4242")));
    assert_eq!((&charge["payment_intent"], &charge["metadata"]), (&json!(null), &json!({"order": "7"})));
    assert!(charge["balance_transaction"].is_string());
    let refund = sandbox.post("/v1/refunds", &format!("charge={}", seen.id())).await;
    assert_eq!((refund.status, refund.text("/status").as_str()), (200, "succeeded"), "{}", refund.body);
    let held = sandbox.post("/v1/charges", "amount=700&currency=usd&source=tok_visa&capture=false").await;
    assert_eq!((&held.json()["captured"], &held.json()["amount_captured"]), (&json!(false), &json!(0)));
    let taken = sandbox.post(&format!("/v1/charges/{}/capture", held.id()), "amount=500").await;
    assert_eq!((taken.status, &taken.json()["amount_captured"]), (200, &json!(500)), "{}", taken.body);
    let declined = sandbox.post("/v1/charges", "amount=700&currency=usd&source=tok_chargeDeclined").await;
    assert_eq!((declined.status, declined.code().as_str()), (402, "card_declined"));
    let failed = sandbox.get(&format!("/v1/charges/{}", declined.text("/error/charge"))).await;
    assert_eq!(failed.text("/status"), "failed");
    starts(&sandbox.post("/v1/charges", "amount=700&currency=usd").await, "Must provide source or customer.");
    starts(
        &sandbox.post("/v1/charges", "amount=700&currency=usd&source=tok_none").await,
        "No such token: 'tok_none'",
    );
}

#[tokio::test]
async fn a_customers_cards_have_their_old_form_too() {
    let sandbox = Running::in_memory().await;
    let customer = sandbox.post("/v1/customers", "source=tok_visa").await;
    let first = customer.text("/default_source");
    let sources = format!("/v1/customers/{}/sources", customer.id());
    let second = sandbox.post(&sources, "source=tok_mastercard").await;
    assert_eq!(
        (second.text("/object"), second.text("/brand")),
        ("card".into(), "MasterCard".into()),
        "{}",
        second.body
    );
    assert_eq!(sandbox.get(&sources).await.ids(), [second.id(), first.clone()]);
    assert_eq!(sandbox.get(&format!("{sources}/{first}")).await.text("/customer"), customer.id());
    let body = format!("amount=700&currency=usd&customer={}", customer.id());
    assert_eq!(sandbox.post("/v1/charges", &body).await.text("/payment_method"), first);
    let other = sandbox.post("/v1/charges", &format!("{body}&source={}", second.id())).await;
    assert_eq!(other.text("/source/id"), second.id());
    let gone = sandbox.delete(&format!("{sources}/{first}")).await;
    assert_eq!((gone.status, &gone.json()["deleted"]), (200, &json!(true)));
    starts(&sandbox.post("/v1/charges", &body).await, "Cannot charge a customer that has no active card");
    starts(&sandbox.post("/v1/charges", &format!("{body}&source={first}")).await, "Customer cus_");
    assert_eq!(sandbox.get(&format!("{sources}/{first}")).await.status, 404);
    let methods = format!("/v1/customers/{}/payment_methods", customer.id());
    assert_eq!(sandbox.get(&format!("{methods}/{}", second.id())).await.text("/object"), "payment_method");
    assert_eq!(sandbox.get(&format!("{methods}/{first}")).await.status, 404);
    let discount = sandbox.delete(&format!("/v1/customers/{}/discount", customer.id())).await;
    assert_eq!(discount.status, 404);
    starts(&discount, "No active discount for customer: cus_");
}

#[tokio::test]
async fn a_customer_has_tax_ids() {
    let sandbox = Running::in_memory().await;
    let customer = sandbox.post("/v1/customers", "").await.id();
    let path = format!("/v1/customers/{customer}/tax_ids");
    let id = sandbox.post(&path, "type=eu_vat&value=DE000000000").await;
    assert_eq!(
        (id.text("/country"), id.text("/verification/status")),
        ("DE".into(), "verified".into()),
        "{}",
        id.body
    );
    assert_eq!(id.text("/owner/customer"), customer);
    assert_eq!(sandbox.get(&path).await.ids(), [id.id()]);
    let item = format!("{path}/{}", id.id());
    assert_eq!(sandbox.get(&item).await.json(), id.json());
    assert_eq!(sandbox.delete(&item).await.json()["deleted"], json!(true));
    starts(&sandbox.get(&item).await, "No such tax_id: 'txi_");
    starts(&sandbox.post(&path, "type=moon&value=1").await, "Invalid type: must be one of ad_nrt, ");
    let events = sandbox.get("/v1/events?type=customer.tax_id.*").await.json();
    assert_eq!(events["data"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn a_promotion_code_stands_for_its_coupon() {
    let sandbox = Running::in_memory().await;
    let coupon = sandbox.post("/v1/coupons", "percent_off=10&duration=once").await.id();
    let body = format!("promotion[type]=coupon&promotion[coupon]={coupon}&code=SPRING&max_redemptions=1");
    let code = sandbox.post("/v1/promotion_codes", &body).await;
    assert_eq!((code.status, code.text("/promotion/coupon")), (200, coupon.clone()), "{}", code.body);
    starts(
        &sandbox.post("/v1/promotion_codes", &body).await,
        "An active promotion code with `code: SPRING` already exists.",
    );
    assert_eq!(sandbox.get("/v1/promotion_codes?code=SPRING").await.ids(), [code.id()]);
    let customer = sandbox.post("/v1/customers", "").await.id();
    let invoice = format!("customer={customer}&discounts[0][promotion_code]={}", code.id());
    let made = sandbox.post("/v1/invoices", &format!("{invoice}&expand[]=discounts")).await;
    assert_eq!(made.text("/discounts/0/promotion_code"), code.id(), "{}", made.body);
    assert_eq!(made.text("/discounts/0/source/coupon"), coupon);
    starts(&sandbox.post("/v1/invoices", &invoice).await, "This promotion code cannot be redeemed because");
    let path = format!("/v1/promotion_codes/{}", code.id());
    assert_eq!(sandbox.post(&path, "active=false").await.json()["active"], json!(false));
    let limited = format!("promotion[type]=coupon&promotion[coupon]={coupon}&restrictions[minimum_amount]=5");
    starts(
        &sandbox.post("/v1/promotion_codes", &limited).await,
        "The parameter restrictions is not offered by the sandbox.",
    );
}

#[tokio::test]
async fn a_subscriptions_items_are_changed_one_by_one() {
    let sandbox = Running::in_memory().await;
    let price = async |amount: u32| {
        let body =
            format!("currency=usd&unit_amount={amount}&recurring[interval]=month&product_data[name]=Cups");
        sandbox.post("/v1/prices", &body).await.id()
    };
    let (cup, plate) = (price(500).await, price(900).await);
    let customer = sandbox
        .post(
            "/v1/customers",
            "payment_method=pm_card_visa&invoice_settings[default_payment_method]=pm_card_visa",
        )
        .await
        .id();
    let subscription =
        sandbox.post("/v1/subscriptions", &format!("customer={customer}&items[0][price]={cup}")).await;
    let of = format!("subscription={}", subscription.id());
    let body = format!("{of}&price={plate}&quantity=2&proration_behavior=none");
    let item = sandbox.post("/v1/subscription_items", &body).await;
    assert_eq!(
        (item.status, item.text("/object"), item.text("/price/id")),
        (200, "subscription_item".into(), plate),
        "{}",
        item.body
    );
    let listed = sandbox.get(&format!("/v1/subscription_items?{of}")).await;
    assert_eq!(listed.ids(), [subscription.text("/items/data/0/id"), item.id()]);
    let path = format!("/v1/subscription_items/{}", item.id());
    assert_eq!(
        sandbox.post(&path, "quantity=3&proration_behavior=none&metadata[k]=v").await.json()["quantity"],
        json!(3)
    );
    assert_eq!(sandbox.get(&path).await.json()["metadata"], json!({"k": "v"}));
    let gone = sandbox.delete(&format!("{path}?proration_behavior=none")).await;
    assert_eq!((gone.status, &gone.json()["deleted"]), (200, &json!(true)), "{}", gone.body);
    starts(&sandbox.get(&path).await, "No such subscription_item: 'si_");
    let events = sandbox.get("/v1/events?type=customer.subscription.updated").await;
    assert_eq!(events.ids().len(), 4, "it became active, and three changes");
    let path = format!("/v1/subscriptions/{}", subscription.id());
    let paused = sandbox.post(&path, "pause_collection[behavior]=void").await;
    assert_eq!(
        paused.json()["pause_collection"],
        json!({"behavior": "void", "resumes_at": null}),
        "{}",
        paused.body
    );
    assert_eq!(sandbox.post(&path, "pause_collection=").await.json()["pause_collection"], json!(null));
    starts(
        &sandbox.post(&path, "pause_collection[behavior]=void&pause_collection[resumes_at]=9999999999").await,
        "The parameter pause_collection[resumes_at] is not offered by the sandbox.",
    );
    starts(
        &sandbox.post(&format!("{path}/resume"), "").await,
        "You cannot resume this subscription because it has a status of active.",
    );
}

#[tokio::test]
async fn checkout_sells_subscriptions_and_sets_cards_up() {
    let sandbox = Running::in_memory().await;
    let price = "currency=usd&unit_amount=500&recurring[interval]=month&product_data[name]=Cups";
    let price = sandbox.post("/v1/prices", price).await.id();
    let open = async |body: &str| {
        sandbox.post("/v1/checkout/sessions", &format!("success_url=https://a.b&{body}")).await
    };
    let complete = async |id: &str, card: &str| {
        let path = format!("/v1/test_helpers/checkout/sessions/{id}/complete");
        sandbox.post(&path, &format!("payment_method={card}&email=ann@a.b")).await
    };
    let sold = format!("mode=subscription&line_items[0][price]={price}&line_items[0][quantity]=2");
    let session =
        open(&format!("{sold}&subscription_data[metadata][k]=v&automatic_tax[enabled]=false")).await;
    let declined = complete(&session.id(), "pm_card_chargeCustomerFail").await;
    assert_eq!((declined.status, declined.code().as_str()), (402, "card_declined"), "{}", declined.body);
    assert_eq!((sandbox.count("subscriptions").await, sandbox.count("customers").await), (0, 0));
    let done = complete(&session.id(), "pm_card_visa").await.json();
    assert_eq!((&done["status"], &done["payment_status"]), (&json!("complete"), &json!("paid")), "{done}");
    let id = done["subscription"].as_str().expect("a subscription");
    let subscription = sandbox.get(&format!("/v1/subscriptions/{id}")).await.json();
    assert_eq!((&subscription["status"], &subscription["metadata"]), (&json!("active"), &json!({"k": "v"})));
    assert_eq!(
        (&subscription["latest_invoice"], &subscription["customer"]),
        (&done["invoice"], &done["customer"])
    );
    let trial = open(&format!("{sold}&subscription_data[trial_period_days]=7")).await;
    assert_eq!(trial.json()["amount_total"], json!(0));
    assert_eq!(complete(&trial.id(), "pm_card_visa").await.text("/payment_status"), "no_payment_required");
    let customer = sandbox.post("/v1/customers", "").await.id();
    let session =
        open(&format!("mode=setup&currency=usd&customer={customer}&setup_intent_data[metadata][k]=v")).await;
    assert_eq!(complete(&session.id(), "pm_card_chargeDeclined").await.status, 402);
    let done = complete(&session.id(), "pm_card_authenticationRequired").await.json();
    let intent = sandbox
        .get(&format!("/v1/setup_intents/{}", done["setup_intent"].as_str().expect("an intent")))
        .await;
    assert_eq!((intent.text("/status"), intent.text("/metadata/k")), ("succeeded".into(), "v".into()));
    let methods = sandbox.get(&format!("/v1/customers/{customer}/payment_methods")).await;
    assert_eq!(methods.ids(), [intent.text("/payment_method")]);
    for (body, start) in [
        (
            "mode=setup&currency=usd&subscription_data[metadata][k]=v",
            "You can not pass `subscription_data` in `setup` mode.",
        ),
        (
            "mode=setup&currency=usd&automatic_tax[enabled]=true",
            "The parameter automatic_tax[enabled]=true is not offered",
        ),
        (
            "mode=setup&currency=usd&shipping_options[0][x]=y",
            "The parameter shipping_options is not offered by the sandbox.",
        ),
    ] {
        starts(&open(body).await, start);
    }
}

#[tokio::test]
async fn the_lines_of_a_draft_are_edited() {
    let sandbox = Running::in_memory().await;
    let customer = sandbox.post("/v1/customers", "").await.id();
    let path =
        format!("/v1/invoices/{}", sandbox.post("/v1/invoices", &format!("customer={customer}")).await.id());
    let body = "lines[0][amount]=500&lines[0][description]=Cup&lines[1][amount]=900&lines[1][metadata][k]=v";
    let added = sandbox.post(&format!("{path}/add_lines"), body).await.json();
    assert_eq!(
        (&added["total"], &added["lines"]["data"][0]["description"]),
        (&json!(1400), &json!("Cup")),
        "{added}"
    );
    let id = |place: usize| added["lines"]["data"][place]["id"].as_str().expect("an id").to_owned();
    let changed = sandbox.post(&format!("{path}/lines/{}", id(0)), "amount=600").await.json();
    assert_eq!(
        (&changed["id"], &changed["amount"], &changed["description"]),
        (&json!(id(0)), &json!(600), &json!("Cup"))
    );
    let body = format!("lines[0][id]={}&lines[0][description]=Plate", id(1));
    let updated = sandbox.post(&format!("{path}/update_lines"), &body).await.json();
    assert_eq!(
        (&updated["total"], &updated["lines"]["data"][1]["description"]),
        (&json!(1500), &json!("Plate")),
        "{updated}"
    );
    let body = format!(
        "lines[0][id]={}&lines[0][behavior]=unassign&lines[1][id]={}&lines[1][behavior]=delete",
        id(0),
        id(1)
    );
    let removed = sandbox.post(&format!("{path}/remove_lines"), &body).await.json();
    assert_eq!(
        (&removed["total"], removed["lines"]["data"].as_array().map(Vec::len)),
        (&json!(0), Some(0)),
        "{removed}"
    );
    let items = sandbox.get(&format!("/v1/invoiceitems?customer={customer}")).await.json();
    assert_eq!(
        (items["data"].as_array().map(Vec::len), &items["data"][0]["invoice"]),
        (Some(1), &json!(null))
    );
    let missing = sandbox.post(&format!("{path}/lines/il_none"), "amount=1").await;
    assert_eq!((missing.status, missing.code().as_str()), (404, "resource_missing"));
}
