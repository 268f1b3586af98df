//! What the sandbox says, on the wire: messages that programs match on, and headers in their case.

use super::client::Running;

#[tokio::test]
async fn messages_begin_as_stripes_do() {
    let sandbox = Running::in_memory().await;
    let long = format!("description={}", "x".repeat(5001));
    let wide = format!("metadata[k]={}", "v".repeat(501));
    for (path, body, start) in [
        ("/v1/customers/cus_x", "name=A", "No such customer: 'cus_x'"),
        ("/v1/payment_intents/pi_x/confirm", "", "No such payment_intent: 'pi_x'"),
        ("/v1/payment_methods/pm_x/detach", "", "No such PaymentMethod: 'pm_x'"),
        ("/v1/payment_intents", "currency=usd", "Missing required param: amount."),
        ("/v1/customers", "colour=red", "Received unknown parameter: colour"),
        ("/v1/customers", "colour=red&zoo=1", "Received unknown parameters: colour, zoo"),
        ("/v1/customers", "address[town]=X", "Received unknown parameter: address[town]"),
        ("/v1/payment_intents", "amount=x&currency=usd", "Invalid integer: x"),
        ("/v1/payment_intents", "amount=0&currency=usd", "This value must be greater than or equal to 1."),
        ("/v1/payment_intents", "amount=&currency=usd", "You passed an empty string for 'amount'."),
        ("/v1/payment_intents", "amount=5&currency=zzz", "Invalid currency: zzz."),
        ("/v1/payment_intents", "amount=5&currency=usd&confirm=yes", "Invalid boolean: yes"),
        (
            "/v1/payment_intents",
            "amount=5&currency=usd&capture_method=late",
            "Invalid capture_method: must be one of automatic, automatic_async, or manual",
        ),
        ("/v1/customers", &long, "Invalid string: xxxxxxxxxx...xxxxxxxxxx; must be at most 5000 characters"),
        (
            "/v1/customers",
            &wide,
            "Metadata values can have up to 500 characters, but you passed in a value that is 501",
        ),
        ("/v1/customers", "email=nobody", "Invalid email address: nobody"),
        ("/v1/customers", "metadata=x", "Invalid object"),
        ("/v1/customers", "preferred_locales=de", "Invalid array"),
        ("/v1/customers", "expand[]=colour", "This property cannot be expanded (colour)."),
        ("/v1/unicorns", "", "Unrecognized request URL (POST: /v1/unicorns)."),
    ] {
        let seen = sandbox.post(path, body).await;
        let message = seen.text("/error/message");
        assert!(message.starts_with(start), "{path} {body}: {message}");
    }
}

#[tokio::test]
async fn keys_are_refused_in_stripes_words() {
    let sandbox = Running::in_memory().await;
    let none = sandbox.send("GET", "/v1/customers", &[], "").await;
    assert!(none.text("/error/message").starts_with("You did not provide an API key."));
    let other = crate::sandbox::SandboxKeys::from_seed(9).secret;
    let wrong = format!("Authorization: Bearer {}", other.expose());
    let seen = sandbox.send("GET", "/v1/customers", &[&wrong], "").await;
    let start = format!("Invalid API Key provided: {}", other.redacted());
    assert!(seen.text("/error/message").starts_with(&start), "{}", seen.body);
    assert_eq!(seen.text("/error/request_log_url"), "", "nobody's request is in nobody's log");
    let publishable = format!("Authorization: Bearer {}", sandbox.keys.publishable.expose());
    let seen = sandbox.send("GET", "/v1/customers", &[&publishable], "").await;
    assert!(
        seen.text("/error/message").starts_with("This API call cannot be made with a publishable API key.")
    );
    assert_eq!((seen.status, seen.code().as_str()), (403, "secret_key_required"));
}

#[tokio::test]
async fn cards_are_declined_in_stripes_words() {
    let sandbox = Running::in_memory().await;
    for (card, message) in [
        ("chargeDeclined", "Your card was declined."),
        ("chargeDeclinedInsufficientFunds", "Your card has insufficient funds."),
        ("chargeDeclinedExpiredCard", "Your card has expired."),
        ("chargeDeclinedIncorrectCvc", "Your card's security code is incorrect."),
    ] {
        let body = format!("amount=500&currency=eur&payment_method=pm_card_{card}&confirm=true");
        let seen = sandbox.post("/v1/payment_intents", &body).await;
        assert_eq!(seen.text("/error/message"), message);
        let code = seen.code().replace('_', "-");
        assert_eq!(seen.text("/error/doc_url"), format!("https://stripe.com/docs/error-codes/{code}"));
    }
}

#[tokio::test]
async fn an_error_tells_where_its_request_is_logged() {
    let sandbox = Running::in_memory().await;
    let url = |id: &str| format!("https://dashboard.stripe.com/test/logs/{id}?t=");
    let seen = sandbox.get("/v1/customers/cus_x").await;
    let id = seen.header("request-id").expect("an id").to_owned();
    assert!(seen.text("/error/request_log_url").starts_with(&url(&id)), "{}", seen.body);
    let body = "amount=5&currency=eur&payment_method=pm_card_chargeDeclined&confirm=true";
    let first = sandbox.keyed("k", "/v1/payment_intents", body).await;
    let id = first.header("request-id").expect("an id").to_owned();
    assert!(first.text("/error/request_log_url").starts_with(&url(&id)), "{}", first.body);
    let again = sandbox.keyed("k", "/v1/payment_intents", body).await;
    assert_eq!(again.body, first.body, "a replay is the first answer");
    let names: Vec<_> = first.json()["error"].as_object().expect("an error").keys().cloned().collect();
    assert!(names.is_sorted(), "{names:?}");
}

#[tokio::test]
async fn headers_are_in_stripes_case() {
    let sandbox = Running::in_memory().await;
    let bearer = sandbox.bearer();
    for _ in 0..2 {
        let headers = [bearer.as_str(), "Idempotency-Key: k"];
        let raw = sandbox.send_for_bytes("POST", "/v1/customers", &headers, "name=A").await;
        let raw = String::from_utf8(raw).expect("UTF-8");
        for name in
            ["Request-Id: ", "Idempotency-Key: ", "Stripe-Version: ", "Original-Request: ", "Content-Type: "]
        {
            assert!(raw.contains(&format!("\r\n{name}")), "{name} in {raw}");
        }
    }
    let raw =
        sandbox.send_for_bytes("POST", "/v1/customers", &[&bearer, "Idempotency-Key: k"], "name=A").await;
    assert!(String::from_utf8_lossy(&raw).contains("\r\nIdempotent-Replayed: true"));
    let raw = sandbox.send_for_bytes("POST", "/v1/customers", &[&bearer], "colour=red").await;
    assert!(String::from_utf8_lossy(&raw).contains("\r\nStripe-Should-Retry: false"));
}

#[tokio::test]
async fn a_version_that_does_not_exist_is_refused_and_an_old_one_told_of() {
    let sandbox = Running::in_memory().await;
    let bearer = sandbox.bearer();
    let ask = async |version: &str| {
        let version = format!("Stripe-Version: {version}");
        sandbox.send("GET", "/v1/customers", &[&bearer, &version], "").await
    };
    for version in ["2099-01-01", "latest", "2025-03-31", "2026-10-28.basil"] {
        let seen = ask(version).await;
        assert_eq!(seen.status, 400, "{version}");
        assert_eq!(seen.text("/error/message"), format!("Invalid Stripe API version: {version}"));
    }
    let old = ask("2023-10-16").await;
    assert_eq!((old.status, old.header("stripe-version")), (200, Some("2023-10-16")));
    let answered = old.header("paycli-answered-version").map(str::to_owned);
    let current = sandbox.get("/v1/customers").await;
    assert_eq!(answered.as_deref(), current.header("stripe-version"));
    assert_eq!(current.header("paycli-answered-version"), None);
    let beta = ask(&format!("{}; orders_beta=v1", answered.expect("a version"))).await;
    assert_eq!(beta.status, 400);
    assert!(beta.text("/error/message").contains("is not offered by the sandbox"));
}

#[tokio::test]
async fn events_are_found_by_a_pattern_and_by_how_they_were_delivered() {
    let sandbox = Running::in_memory().await;
    sandbox.post("/v1/customers", "name=A").await;
    sandbox
        .post("/v1/payment_intents", "amount=5&currency=usd&payment_method=pm_card_visa&confirm=true")
        .await;
    let types = async |query: &str| {
        let seen = sandbox.get(&format!("/v1/events?{query}")).await.json();
        let events = seen["data"].as_array().expect("a list").iter();
        events.map(|event| event["type"].as_str().expect("a type").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(types("type=charge.*").await, ["charge.succeeded"]);
    assert_eq!(types("type=*").await.len(), 4);
    assert_eq!(types("type=char*").await, Vec::<String>::new());
    assert_eq!(
        types("types[]=customer.created&types[]=charge.succeeded").await,
        ["charge.succeeded", "customer.created"]
    );
    assert_eq!(types("delivery_success=false").await, Vec::<String>::new());
    assert_eq!(types("delivery_success=true").await.len(), 4);
    let seen = sandbox.get("/v1/events?type=charge.*&types[]=charge.succeeded").await;
    assert!(seen.text("/error/message").starts_with("Received both type and types parameters."));
}
