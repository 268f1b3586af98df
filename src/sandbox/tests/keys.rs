//! What each kind of key may do.

use super::client::{Running, Seen};

async fn with_key(sandbox: &Running, key: &str, method: &str, path: &str, body: &str) -> Seen {
    sandbox.send(method, path, &[&format!("Authorization: Bearer {key}")], body).await
}

/// A new key, as `sandbox keys --create` makes it.
async fn make(sandbox: &Running, body: &str) -> String {
    let made = sandbox.admin("keys", body).await;
    assert_eq!(made.status, 200, "{}", made.body);
    made.text("/key")
}

#[tokio::test]
async fn a_restricted_key_may_do_what_it_was_given_and_is_told_what_it_lacks() {
    let sandbox = Running::controlled(None).await;
    let key =
        make(&sandbox, r#"{"kind": "restricted", "allow": ["customer=read", "payment_intent=write"]}"#).await;
    let intent = "amount=500&currency=eur";
    for (method, path, body, status) in [
        ("GET", "/v1/customers", "", 200),
        ("POST", "/v1/payment_intents", intent, 200),
        ("GET", "/v1/payment_intents", "", 200),
        ("POST", "/v1/customers", "", 403),
        ("DELETE", "/v1/customers/cus_1", "", 403),
        ("GET", "/v1/events", "", 403),
        ("POST", "/v2/core/event_destinations", "{}", 403),
    ] {
        let seen = with_key(&sandbox, &key, method, path, body).await;
        assert_eq!(seen.status, status, "{method} {path}: {}", seen.body);
    }
    let seen = with_key(&sandbox, &key, "POST", "/v1/customers", "").await;
    assert_eq!(seen.text("/error/type"), "invalid_request_error");
    assert!(seen.text("/error/message").contains("rak_customer_write"), "{}", seen.body);
    let seen = with_key(&sandbox, &key, "GET", "/v2/core/event_destinations", "").await;
    assert!(seen.text("/error/message").contains("rak_event_destination_read"), "{}", seen.body);
    assert_eq!(sandbox.count("customers").await, 0);
}

#[tokio::test]
async fn the_homes_restricted_key_charges_but_does_not_set_up() {
    let sandbox = Running::in_memory().await;
    let key = sandbox.keys.restricted.expose().to_owned();
    assert_eq!(with_key(&sandbox, &key, "POST", "/v1/customers", "").await.status, 200);
    assert_eq!(with_key(&sandbox, &key, "GET", "/v1/account", "").await.status, 200);
    assert_eq!(with_key(&sandbox, &key, "POST", "/v1/webhook_endpoints", "").await.status, 403);
}

#[tokio::test]
async fn a_publishable_key_confirms_with_a_client_secret_and_does_no_more() {
    let sandbox = Running::in_memory().await;
    let key = sandbox.keys.publishable.expose().to_owned();
    let intent = sandbox.post("/v1/payment_intents", "amount=500&currency=eur").await;
    let (path, secret) = (format!("/v1/payment_intents/{}", intent.id()), intent.text("/client_secret"));
    let seen = with_key(&sandbox, &key, "GET", &path, "").await;
    assert_eq!((seen.status, seen.text("/error/param").as_str()), (401, "client_secret"));
    let wrong = format!("{path}?client_secret={}_secret_wrong", intent.id());
    let seen = with_key(&sandbox, &key, "GET", &wrong, "").await;
    assert!(seen.status >= 400 && !seen.body.contains("requires_payment_method"), "{}", seen.body);
    let right = format!("{path}?client_secret={secret}");
    assert_eq!(with_key(&sandbox, &key, "GET", &right, "").await.id(), intent.id());
    let body = format!("client_secret={secret}&payment_method=pm_card_visa");
    let seen = with_key(&sandbox, &key, "POST", &format!("{path}/confirm"), &body).await;
    assert_eq!((seen.status, seen.text("/status").as_str()), (200, "succeeded"), "{}", seen.body);
    for (method, path) in [
        ("GET", "/v1/payment_intents"),
        ("POST", "/v1/payment_intents"),
        ("POST", "/v1/refunds"),
        ("GET", "/v1/customers"),
        ("GET", "/v2/core/event_destinations"),
    ] {
        assert_eq!(with_key(&sandbox, &key, method, path, "").await.status, 403, "{method} {path}");
    }
}

#[tokio::test]
async fn a_key_ends_on_the_sandboxs_clock() {
    let sandbox = Running::controlled(None).await;
    let key = make(&sandbox, r#"{"kind": "secret", "expires_in_seconds": 3600}"#).await;
    assert_eq!(with_key(&sandbox, &key, "GET", "/v1/account", "").await.status, 200);
    assert_eq!(sandbox.admin("advance", r#"{"seconds": 3601}"#).await.status, 200);
    let seen = with_key(&sandbox, &key, "GET", "/v1/account", "").await;
    assert_eq!((seen.status, seen.code().as_str()), (401, "api_key_expired"));
    assert!(!seen.body.contains(&key[30..60]));
    assert_eq!(sandbox.get("/v1/account").await.status, 200);
}

#[tokio::test]
async fn keys_are_made_with_care() {
    let sandbox = Running::controlled(None).await;
    for body in [
        r#"{"kind": "golden"}"#,
        r#"{"kind": "restricted", "allow": ["unicorn=read"]}"#,
        r#"{"kind": "restricted", "allow": ["customer"]}"#,
        r#"{"kind": "secret", "allow": ["customer=read"]}"#,
        "{}",
    ] {
        assert_eq!(sandbox.admin("keys", body).await.status, 400, "{body}");
    }
}

#[tokio::test]
async fn authorizations_that_are_none_are_refused() {
    let sandbox = Running::in_memory().await;
    for header in
        ["Bearer", "Bearer ", "Basic ###", "Digest x", "Bearer a b", "bearer sk_test_", "Basic Og=="]
    {
        let seen = sandbox.send("GET", "/v1/account", &[&format!("Authorization: {header}")], "").await;
        assert_eq!(
            (seen.status, seen.text("/error/type").as_str()),
            (401, "invalid_request_error"),
            "{header}"
        );
        assert!(seen.header("www-authenticate").is_some());
    }
}
