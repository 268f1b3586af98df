//! The resources over the wire.

use serde_json::json;

use super::client::Running;

#[tokio::test]
async fn a_customer_lives_and_is_deleted() {
    let sandbox = Running::in_memory().await;
    let body = "name=A+B&email=a@b.c&metadata[k]=v&metadata[l]=w&address[city]=X";
    let created = sandbox.post("/v1/customers", body).await.json();
    assert_eq!((&created["name"], &created["metadata"]), (&json!("A B"), &json!({"k": "v", "l": "w"})));
    assert_eq!(created["address"]["line1"], json!(null));
    let path = format!("/v1/customers/{}", created["id"].as_str().expect("an id"));
    let updated = sandbox.post(&path, "name=&metadata[k]=&metadata[m]=x").await.json();
    assert_eq!((&updated["name"], &updated["metadata"]), (&json!(null), &json!({"l": "w", "m": "x"})));
    assert_eq!(sandbox.get(&path).await.json(), updated);
    assert_eq!(sandbox.post(&path, "metadata=").await.json()["metadata"], json!({}));
    assert_eq!(sandbox.delete(&path).await.json()["deleted"], json!(true));
    assert_eq!(sandbox.get(&path).await.json()["deleted"], json!(true));
    assert_eq!(sandbox.post(&path, "name=C").await.status, 404);
    assert_eq!(sandbox.delete(&path).await.status, 404);
    assert_eq!(sandbox.count("customers").await, 0);
}

#[tokio::test]
async fn an_intent_is_confirmed_once() {
    let sandbox = Running::in_memory().await;
    let created = sandbox.post("/v1/payment_intents", "amount=500&currency=eur").await;
    assert_eq!(created.text("/status"), "requires_payment_method");
    let path = format!("/v1/payment_intents/{}", created.id());
    let confirm = format!("{path}/confirm");
    assert_eq!(sandbox.post(&confirm, "").await.code(), "payment_intent_unexpected_state");
    let seen = sandbox.post(&path, "payment_method=pm_card_visa&amount=600").await;
    assert_eq!(seen.text("/status"), "requires_confirmation");
    let paid = sandbox.post(&confirm, "").await.json();
    assert_eq!((&paid["status"], &paid["amount_received"]), (&json!("succeeded"), &json!(600)));
    assert!(paid["latest_charge"].as_str().is_some_and(|id| id.starts_with("ch_")));
    let again = sandbox.post(&confirm, "").await;
    assert_eq!((again.status, again.code().as_str()), (400, "payment_intent_unexpected_state"));
    assert_eq!(again.text("/error/payment_intent/status"), "succeeded");
    assert_eq!(sandbox.post(&format!("{path}/cancel"), "").await.status, 400);
    assert_eq!(sandbox.post(&path, "amount=1").await.status, 400);
    assert_eq!(sandbox.post(&path, "metadata[k]=v").await.status, 200);
}

#[tokio::test]
async fn a_declined_intent_is_kept_and_can_be_paid_with_another_card() {
    let sandbox = Running::in_memory().await;
    for (card, reason) in [
        ("pm_card_chargeDeclined", "generic_decline"),
        ("pm_card_chargeDeclinedInsufficientFunds", "insufficient_funds"),
    ] {
        let body = format!("amount=500&currency=eur&payment_method={card}&confirm=true");
        let seen = sandbox.post("/v1/payment_intents", &body).await;
        assert_eq!((seen.status, seen.text("/error/type").as_str()), (402, "card_error"));
        assert_eq!((seen.code(), seen.text("/error/decline_code")), ("card_declined".into(), reason.into()));
        assert_eq!(seen.text("/error/payment_intent/status"), "requires_payment_method");
        let path = format!("/v1/payment_intents/{}", seen.text("/error/payment_intent/id"));
        let stored = sandbox.get(&path).await;
        assert_eq!(stored.json(), seen.json()["error"]["payment_intent"]);
        assert_eq!(stored.text("/last_payment_error/decline_code"), reason);
        let paid = sandbox.post(&format!("{path}/confirm"), "payment_method=pm_card_visa").await.json();
        assert_eq!((&paid["status"], &paid["last_payment_error"]), (&json!("succeeded"), &json!(null)));
    }
}

#[tokio::test]
async fn an_intent_is_captured_or_canceled() {
    let sandbox = Running::in_memory().await;
    let body = "amount=500&currency=eur&payment_method=pm_card_visa&confirm=true&capture_method=manual";
    let held = sandbox.post("/v1/payment_intents", body).await;
    assert_eq!(
        (held.text("/status"), held.json()["amount_capturable"].clone()),
        ("requires_capture".into(), json!(500))
    );
    let path = format!("/v1/payment_intents/{}", held.id());
    assert_eq!(
        sandbox.post(&format!("{path}/capture"), "amount_to_capture=501").await.code(),
        "amount_too_large"
    );
    let captured = sandbox.post(&format!("{path}/capture"), "amount_to_capture=300").await.json();
    assert_eq!((&captured["status"], &captured["amount_received"]), (&json!("succeeded"), &json!(300)));
    let other = sandbox.post("/v1/payment_intents", body).await.id();
    let path = format!("/v1/payment_intents/{other}/cancel");
    let canceled = sandbox.post(&path, "cancellation_reason=duplicate").await.json();
    assert_eq!(
        (&canceled["status"], &canceled["cancellation_reason"]),
        (&json!("canceled"), &json!("duplicate"))
    );
    assert!(canceled["canceled_at"].is_i64());
}

#[tokio::test]
async fn what_is_wrong_with_parameters_is_named() {
    let sandbox = Running::in_memory().await;
    for (body, code, param) in [
        ("currency=usd", "parameter_missing", "amount"),
        ("amount=5", "parameter_missing", "currency"),
        ("amount=x&currency=usd", "parameter_invalid_integer", "amount"),
        ("amount=5&currency=usd&colour=red", "parameter_unknown", "colour"),
        ("amount=5&currency=usd&confirm=true", "parameter_missing", "payment_method"),
        ("amount=5&currency=usd&customer=cus_none", "resource_missing", "customer"),
        ("amount=5&currency=usd&payment_method=pm_none", "resource_missing", "payment_method"),
    ] {
        let seen = sandbox.post("/v1/payment_intents", body).await;
        assert_eq!(
            (seen.status, seen.code(), seen.text("/error/param")),
            (400, code.into(), param.into()),
            "{body}"
        );
        assert_eq!(seen.header("stripe-should-retry"), Some("false"));
    }
    let seen = sandbox.get("/v1/customers/cus_none").await;
    assert_eq!(
        (seen.status, seen.code(), seen.text("/error/param")),
        (404, "resource_missing".into(), "id".into())
    );
    assert_eq!(sandbox.count("payment_intents").await, 0);
}

#[tokio::test]
async fn lists_are_paged_from_new_to_old() {
    let sandbox = Running::in_memory().await;
    let mut ids = Vec::new();
    for n in 0..12 {
        ids.insert(0, sandbox.post("/v1/customers", &format!("email=c{}@x.y", n % 2)).await.id());
    }
    let page = async |query: &str| {
        let seen = sandbox.get(&format!("/v1/customers?{query}")).await;
        (seen.ids(), seen.json()["has_more"].as_bool().expect("a boolean"))
    };
    assert_eq!(page("").await, (ids[..10].to_vec(), true));
    assert_eq!(page("limit=12").await, (ids.clone(), false));
    assert_eq!(page(&format!("limit=5&starting_after={}", ids[4])).await, (ids[5..10].to_vec(), true));
    assert_eq!(page(&format!("limit=5&starting_after={}", ids[9])).await, (ids[10..].to_vec(), false));
    assert_eq!(page(&format!("limit=3&ending_before={}", ids[5])).await, (ids[2..5].to_vec(), true));
    assert_eq!(page(&format!("limit=5&ending_before={}", ids[2])).await, (ids[..2].to_vec(), false));
    assert_eq!(page("email=c0@x.y&limit=4").await.0.len(), 4);
    assert_eq!(page("created[gte]=99999999999").await, (vec![], false));
    let listed = sandbox.get("/v1/customers").await;
    assert_eq!((listed.text("/object"), listed.text("/url")), ("list".into(), "/v1/customers".into()));
    for (query, param) in [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("starting_after=cus_none", "starting_after"),
        ("x=1", "x"),
    ] {
        let seen = sandbox.get(&format!("/v1/customers?{query}")).await;
        assert_eq!((seen.status, seen.text("/error/param").as_str()), (400, param), "{query}");
    }
    sandbox.delete(&format!("/v1/customers/{}", ids[4])).await;
    assert_eq!(page(&format!("limit=1&starting_after={}", ids[4])).await, (vec![ids[5].clone()], true));
}

#[tokio::test]
async fn customers_expand_and_filter() {
    let sandbox = Running::in_memory().await;
    let customer = sandbox.post("/v1/customers", "name=A").await.id();
    let body = format!("amount=5&currency=usd&customer={customer}&expand[]=customer");
    let intent = sandbox.post("/v1/payment_intents", &body).await;
    assert_eq!(intent.text("/customer/name"), "A");
    sandbox.post("/v1/payment_intents", "amount=5&currency=usd").await;
    let listed =
        sandbox.get(&format!("/v1/payment_intents?customer={customer}&expand[]=data.customer")).await;
    assert_eq!((listed.ids(), listed.text("/data/0/customer/name")), (vec![intent.id()], "A".into()));
    let path = format!("/v1/payment_intents/{}", intent.id());
    assert_eq!(sandbox.get(&path).await.text("/customer"), customer);
    let seen = sandbox.get(&format!("{path}?expand[]=nonsense")).await;
    assert_eq!((seen.status, seen.text("/error/param").as_str()), (400, "expand"));
}

#[tokio::test]
async fn a_change_leaves_an_event_and_a_failure_none() {
    let sandbox = Running::in_memory().await;
    let made = sandbox.keyed("k", "/v1/customers", "name=A&metadata[a]=1&metadata[b]=2").await;
    let path = format!("/v1/customers/{}", made.id());
    sandbox.post(&path, "name=B&metadata[a]=3").await;
    sandbox.post(&path, "name=B").await;
    sandbox.post(&path, "colour=red").await;
    sandbox.keyed("k", "/v1/customers", "name=A&metadata[a]=1&metadata[b]=2").await;
    sandbox.delete(&path).await;
    let events = sandbox.get("/v1/events").await.json();
    let kinds: Vec<_> =
        events["data"].as_array().expect("a list").iter().map(|event| &event["type"]).collect();
    assert_eq!(kinds, ["customer.deleted", "customer.updated", "customer.created"]);
    assert_eq!(events["data"][2]["data"]["object"], made.json());
    let request = json!({"id": made.header("request-id"), "idempotency_key": "k"});
    assert_eq!(events["data"][2]["request"], request);
    assert_eq!(
        events["data"][1]["data"]["previous_attributes"],
        json!({"name": "A", "metadata": {"a": "1"}})
    );
    assert_eq!(sandbox.get("/v1/events?type=customer.created").await.ids().len(), 1);
}
