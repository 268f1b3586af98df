//! Deliveries: who is told, with which bytes and signatures, and what happens when nobody listens.

use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::client::Running;
use super::receiver::Receiver;

/// Registers an endpoint; its id and its secret.
async fn register(sandbox: &Running, receiver: &Receiver, events: &[&str]) -> (String, String) {
    let events: Vec<String> = events.iter().map(|event| format!("&enabled_events[]={event}")).collect();
    let seen =
        sandbox.post("/v1/webhook_endpoints", &format!("url={}{}", receiver.url, events.concat())).await;
    assert_eq!(seen.status, 200, "{}", seen.body);
    (seen.id(), seen.text("/secret"))
}

async fn advance(sandbox: &Running, seconds: i64) {
    let seen = sandbox.admin("advance", &json!({"seconds": seconds}).to_string()).await;
    assert_eq!(seen.status, 200, "{}", seen.body);
}

async fn log(sandbox: &Running) -> Vec<Value> {
    let seen = sandbox.admin("deliveries", r#"{"limit": 100}"#).await;
    seen.json()["deliveries"].as_array().expect("a log").clone()
}

/// Waits until the log says that.
async fn until(sandbox: &Running, what: impl Fn(&[Value]) -> bool) -> Vec<Value> {
    for _ in 0..2_000 {
        let log = log(sandbox).await;
        if what(&log) {
            return log;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    panic!("it never said so: {:?}", log(sandbox).await);
}

#[tokio::test]
async fn a_delivery_is_what_stripes_are() {
    let (sandbox, receiver) = (Running::controlled(None).await, Receiver::start(&[]).await);
    let (_, secret) = register(&sandbox, &receiver, &["customer.created"]).await;
    let made = sandbox.keyed("order-7", "/v1/customers", "name=Zo%C3%AB&metadata[b]=1&metadata[a]=2").await;
    sandbox.post(&format!("/v1/customers/{}", made.id()), "name=B").await;
    let kept = receiver.until(1).await;
    let delivery = &kept[0];
    assert_eq!(delivery.line, "POST /hook HTTP/1.1");
    assert_eq!(delivery.header("content-type"), "application/json; charset=utf-8");
    assert_eq!(delivery.header("user-agent"), "Stripe/1.0 (+https://stripe.com/docs/webhooks)");
    assert_eq!(delivery.header("cache-control"), "no-cache");
    assert_eq!(delivery.header("accept"), "*/*; q=0.5, application/xml");
    assert!(delivery.is_signed_by(&secret), "{:?}", delivery.headers);
    let text = String::from_utf8(delivery.body.clone()).expect("UTF-8");
    assert!(text.starts_with("{\n  \"id\": \"evt_"), "{text}");
    assert!(
        text.contains("\"name\": \"Zoë\"") && text.contains("\"metadata\": {\n        \"a\": \"2\","),
        "{text}"
    );
    let event = delivery.json();
    let names: Vec<_> = event.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(
        names,
        ["id", "object", "api_version", "created", "data", "livemode", "pending_webhooks", "request", "type"]
    );
    assert_eq!(event["type"], "customer.created");
    assert_eq!(event["data"]["object"]["id"], json!(made.id()));
    assert_eq!(event["request"]["idempotency_key"], "order-7");
    assert_eq!(Some(event["request"]["id"].as_str().expect("an id")), made.header("request-id"));
    assert_eq!(event["pending_webhooks"], 1);
    let id = event["id"].as_str().expect("an id");
    until(&sandbox, |log| log[0]["state"] == "delivered").await;
    assert_eq!(sandbox.get(&format!("/v1/events/{id}")).await.json()["pending_webhooks"], 0);
}

#[tokio::test]
async fn each_endpoint_gets_what_it_asked_for_with_its_own_secret() {
    let sandbox = Running::controlled(None).await;
    let (all, some, off) =
        (Receiver::start(&[]).await, Receiver::start(&[]).await, Receiver::start(&[]).await);
    let (_, all_secret) = register(&sandbox, &all, &["*"]).await;
    let (_, some_secret) = register(&sandbox, &some, &["customer.deleted"]).await;
    let (off_id, _) = register(&sandbox, &off, &["*"]).await;
    sandbox.post(&format!("/v1/webhook_endpoints/{off_id}"), "disabled=true").await;
    let id = sandbox.post("/v1/customers", "").await.id();
    sandbox.delete(&format!("/v1/customers/{id}")).await;
    let (all, some) = (all.until(2).await, some.until(1).await);
    assert_eq!(some[0].kind(), "customer.deleted");
    assert!(some[0].is_signed_by(&some_secret) && !some[0].is_signed_by(&all_secret));
    assert!(all.iter().all(|delivery| delivery.is_signed_by(&all_secret)));
    assert!(off.kept().is_empty());
}

#[tokio::test]
async fn everything_is_forwarded_to_the_webhook_url() {
    let receiver = Receiver::start(&[]).await;
    let sandbox = Running::controlled(Some(receiver.url.clone())).await;
    sandbox.post("/v1/customers", "").await;
    let kept = receiver.until(1).await;
    assert!(kept[0].is_signed_by(sandbox.keys.webhook_secret.expose_secret()));
    assert_eq!(log(&sandbox).await[0]["endpoint"], "forward");
}

#[tokio::test]
async fn a_failure_is_tried_again_on_the_sandboxs_clock_with_a_new_signature() {
    let (sandbox, receiver) = (Running::controlled(None).await, Receiver::start(&[500, 302, 404]).await);
    let (_, secret) = register(&sandbox, &receiver, &["*"]).await;
    sandbox.post("/v1/customers", "").await;
    receiver.until(1).await;
    let mut count = 1;
    for (gap, state) in [(600, "pending"), (3_600, "pending"), (7_200, "delivered")] {
        let log = until(&sandbox, |log| log[0]["attempts"] == json!(count)).await;
        assert!(log[0]["next_attempt_at"].is_i64(), "{log:?}");
        advance(&sandbox, gap - 5).await;
        receiver.until(count).await;
        advance(&sandbox, 5).await;
        count += 1;
        receiver.until(count).await;
        until(&sandbox, |log| log[0]["attempts"] == json!(count) && log[0]["state"] == state).await;
    }
    let kept = receiver.kept();
    assert!(kept.windows(2).all(|pair| pair[0].signed_at() < pair[1].signed_at()));
    assert!(kept.iter().all(|delivery| delivery.is_signed_by(&secret)));
    assert!(kept.iter().all(|delivery| delivery.json()["id"] == kept[0].json()["id"]));
    advance(&sandbox, 86_400).await;
    receiver.until(4).await;
}

#[tokio::test]
async fn a_delivery_that_nobody_takes_is_given_up_and_can_be_made_again() {
    let (sandbox, receiver) = (Running::controlled(None).await, Receiver::start(&[500; 4]).await);
    let (endpoint, _) = register(&sandbox, &receiver, &["customer.created"]).await;
    sandbox.post("/v1/customers", "").await;
    for count in 1..=4 {
        until(&sandbox, |log| log[0]["attempts"] == json!(count)).await;
        advance(&sandbox, 7_200).await;
    }
    let given_up = log(&sandbox).await[0].clone();
    assert_eq!((&given_up["state"], &given_up["status"]), (&json!("failed"), &json!(500)));
    let event = given_up["event"].as_str().expect("an id").to_owned();
    assert_eq!(sandbox.get(&format!("/v1/events/{event}")).await.json()["pending_webhooks"], 1);
    let again = sandbox.admin("resend", &json!({"event": event, "endpoint": endpoint}).to_string()).await;
    assert_eq!(again.json()["deliveries"], 1, "{}", again.body);
    let log = until(&sandbox, |log| log[0]["state"] == "delivered").await;
    assert_eq!(log.len(), 2);
    let kept = receiver.until(5).await;
    assert_eq!(kept[4].json()["id"], json!(event));
    assert_eq!(sandbox.admin("resend", r#"{"event": "evt_none"}"#).await.status, 404);
    let retry = format!("/v1/events/{event}/retry");
    let seen = sandbox.post(&retry, &format!("webhook_endpoint={endpoint}")).await;
    assert_eq!((seen.status, seen.id()), (200, event));
    receiver.until(6).await;
    assert_eq!(sandbox.post(&retry, "webhook_endpoint=we_none").await.status, 400);
    assert_eq!(sandbox.post("/v1/events/evt_none/retry", "").await.status, 404);
}

#[tokio::test]
async fn a_refused_connection_is_a_failure_and_a_removed_endpoint_ends_it() {
    let sandbox = Running::controlled(None).await;
    let gone = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let body = format!("url=http://{gone}/&enabled_events[]=*");
    let id = sandbox.post("/v1/webhook_endpoints", &body).await.id();
    sandbox.post("/v1/customers", "").await;
    let log = until(&sandbox, |log| log[0]["attempts"] == 1).await;
    assert!(log[0]["error"].is_string() && log[0]["status"].is_null(), "{log:?}");
    sandbox.delete(&format!("/v1/webhook_endpoints/{id}")).await;
    advance(&sandbox, 600).await;
    until(&sandbox, |log| log[0]["state"] == "canceled").await;
}

#[tokio::test]
async fn while_a_secret_is_rolled_both_sign() {
    let (sandbox, receiver) = (Running::controlled(None).await, Receiver::start(&[]).await);
    let (endpoint, old) = register(&sandbox, &receiver, &["customer.created"]).await;
    let roll = json!({"endpoint": endpoint, "overlap_seconds": 3_600}).to_string();
    let new = sandbox.admin("roll", &roll).await.text("/secret");
    assert!(new.starts_with("whsec_") && new != old);
    sandbox.post("/v1/customers", "").await;
    let during = receiver.until(1).await;
    assert_eq!(during[0].signatures(), 2);
    assert!(during[0].is_signed_by(&old) && during[0].is_signed_by(&new));
    advance(&sandbox, 3_600).await;
    sandbox.post("/v1/customers", "").await;
    let after = receiver.until(2).await;
    assert_eq!(after[1].signatures(), 1);
    assert!(!after[1].is_signed_by(&old) && after[1].is_signed_by(&new));
    assert_eq!(sandbox.admin("roll", r#"{"endpoint": "we_none"}"#).await.status, 404);
}

#[tokio::test]
async fn an_event_destination_of_v2_is_told_too_until_it_is_disabled() {
    let (sandbox, receiver) = (Running::controlled(None).await, Receiver::start(&[]).await);
    let body = json!({
        "name": "shop", "type": "webhook_endpoint", "event_payload": "snapshot", "enabled_events": ["*"],
        "webhook_endpoint": {"url": receiver.url}, "include": ["webhook_endpoint.signing_secret"],
    });
    let made = sandbox.post("/v2/core/event_destinations", &body.to_string()).await;
    let secret = made.text("/webhook_endpoint/signing_secret");
    sandbox.post("/v1/customers", "").await;
    assert!(receiver.until(1).await[0].is_signed_by(&secret));
    let path = format!("/v2/core/event_destinations/{}", made.id());
    assert_eq!(sandbox.get(&path).await.json()["webhook_endpoint"]["signing_secret"], Value::Null);
    sandbox.post(&format!("{path}/disable"), "").await;
    sandbox.post("/v1/customers", "").await;
    receiver.until(1).await;
}

#[tokio::test]
async fn what_was_undone_is_told_to_nobody() {
    let (sandbox, receiver) = (Running::controlled(None).await, Receiver::start(&[]).await);
    register(&sandbox, &receiver, &["*"]).await;
    sandbox.post("/v1/customers", "colour=red").await;
    for _ in 0..2 {
        sandbox.keyed("k", "/v1/customers", "name=A").await;
    }
    receiver.until(1).await;
}
