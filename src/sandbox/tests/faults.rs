//! Faults over the wire: what a client sees, and whether the work was done.

use std::time::{Duration, Instant};

use super::client::Running;

const CUSTOMER: &str = "name=A";

/// A keyed POST whose answer may be anything.
async fn post(sandbox: &Running, key: &str) -> Vec<u8> {
    let key = format!("Idempotency-Key: {key}");
    sandbox.send_for_bytes("POST", "/v1/customers", &[&sandbox.bearer(), &key], CUSTOMER).await
}

#[tokio::test]
async fn a_dropped_request_was_not_executed() {
    let sandbox = Running::with_faults(&["drop-request,method=POST,count=1"]).await;
    assert!(post(&sandbox, "k").await.is_empty());
    assert_eq!(sandbox.count("customers").await, 0);
    let seen = sandbox.keyed("k", "/v1/customers", CUSTOMER).await;
    assert_eq!((seen.status, seen.header("idempotent-replayed")), (200, None));
}

#[tokio::test]
async fn a_dropped_answer_was_executed_and_replays() {
    let sandbox = Running::with_faults(&["drop-response,method=POST,count=2"]).await;
    for _ in 0..2 {
        assert!(post(&sandbox, "k").await.is_empty());
        assert_eq!(sandbox.count("customers").await, 1);
    }
    let seen = sandbox.keyed("k", "/v1/customers", CUSTOMER).await;
    assert_eq!((seen.status, seen.header("idempotent-replayed")), (200, Some("true")));
    assert_eq!(sandbox.count("customers").await, 1);
}

#[tokio::test]
async fn a_truncated_answer_promises_more_than_comes() {
    let sandbox = Running::with_faults(&["truncate,method=POST,count=1"]).await;
    let bytes = String::from_utf8(post(&sandbox, "k").await).expect("UTF-8");
    let (head, body) = bytes.split_once("\r\n\r\n").expect("a head");
    let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: ")).expect("a length");
    let length: usize = length.parse().expect("a number");
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert_eq!((body.len(), body.starts_with("{\n  \"id\": \"cus_")), (length / 2, true));
    let seen = sandbox.keyed("k", "/v1/customers", CUSTOMER).await;
    assert_eq!((seen.header("idempotent-replayed"), seen.body.len()), (Some("true"), length));
    assert!(seen.body.starts_with(body));
}

#[tokio::test]
async fn the_rate_limiter_runs_before_everything_else() {
    let sandbox = Running::with_faults(&["rate-limit,count=1"]).await;
    let seen = sandbox.send("POST", "/v1/customers", &["Idempotency-Key: k"], CUSTOMER).await;
    assert_eq!((seen.status, seen.code().as_str()), (429, "rate_limit"));
    assert_eq!(seen.header("stripe-rate-limited-reason"), Some("global-rate"));
    assert_eq!((seen.header("stripe-should-retry"), seen.header("original-request")), (Some("true"), None));
    assert_eq!(sandbox.keyed("k", "/v1/customers", CUSTOMER).await.status, 200);
}

#[tokio::test]
async fn an_error_at_the_door_is_not_stored_and_one_in_the_work_is() {
    let sandbox = Running::with_faults(&["status=503,count=1", "status=500,stored,count=1"]).await;
    let seen = sandbox.keyed("door", "/v1/customers", CUSTOMER).await;
    assert_eq!((seen.status, seen.text("/error/type").as_str()), (503, "api_error"));
    let first = sandbox.keyed("work", "/v1/customers", CUSTOMER).await;
    assert_eq!((first.status, first.header("idempotent-replayed")), (500, None));
    assert_eq!(sandbox.count("customers").await, 0);
    assert_eq!(sandbox.keyed("door", "/v1/customers", CUSTOMER).await.status, 200);
    let again = sandbox.keyed("work", "/v1/customers", CUSTOMER).await;
    assert_eq!((again.status, &again.body), (500, &first.body));
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(again.header("original-request"), first.header("request-id"));
    assert_eq!(sandbox.count("customers").await, 1);
}

#[tokio::test]
async fn while_the_work_is_late_its_key_is_in_use() {
    let sandbox = std::sync::Arc::new(Running::with_faults(&["latency=400ms,method=POST,count=1"]).await);
    let begun = Instant::now();
    let first = {
        let sandbox = std::sync::Arc::clone(&sandbox);
        tokio::spawn(async move { sandbox.keyed("k", "/v1/customers", CUSTOMER).await })
    };
    tokio::time::sleep(Duration::from_millis(100)).await;
    let meanwhile = sandbox.keyed("k", "/v1/customers", CUSTOMER).await;
    assert_eq!((meanwhile.status, meanwhile.code().as_str()), (409, "idempotency_key_in_use"));
    assert_eq!(meanwhile.header("stripe-should-retry"), Some("true"));
    assert_eq!(first.await.expect("no panic").status, 200);
    assert!(begun.elapsed() >= Duration::from_millis(400));
    let seen = sandbox.keyed("k", "/v1/customers", CUSTOMER).await;
    assert_eq!(seen.header("idempotent-replayed"), Some("true"));
    assert_eq!(sandbox.count("customers").await, 1);
}

#[tokio::test]
async fn late_work_is_done_even_when_its_client_has_gone() {
    let sandbox = Running::with_faults(&["latency=300ms,method=POST,count=1"]).await;
    let gone = tokio::time::timeout(Duration::from_millis(50), post(&sandbox, "k")).await;
    assert!(gone.is_err(), "the client gives up");
    let meanwhile = sandbox.keyed("k", "/v1/customers", CUSTOMER).await;
    assert_eq!(meanwhile.status, 409);
    tokio::time::sleep(Duration::from_millis(600)).await;
    let seen = sandbox.keyed("k", "/v1/customers", CUSTOMER).await;
    assert_eq!((seen.status, seen.header("idempotent-replayed")), (200, Some("true")));
    assert_eq!(sandbox.count("customers").await, 1);
}

#[tokio::test]
async fn the_advice_on_retrying_can_be_configured() {
    let sandbox = Running::with_faults(&["should-retry=false,count=1", "should-retry=true,count=1"]).await;
    let advice = async || sandbox.get("/v1/account").await.header("stripe-should-retry").map(str::to_owned);
    assert_eq!(advice().await.as_deref(), Some("false"));
    assert_eq!(advice().await.as_deref(), Some("true"));
    assert_eq!(advice().await, None);
}

#[tokio::test]
async fn two_hundred_duplicates_under_faults_make_one_object() {
    let specs = ["drop-response,method=POST,probability=0.3", "latency=5ms,method=POST,probability=0.5"];
    let sandbox = std::sync::Arc::new(Running::with_faults(&specs).await);
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..200 {
        let sandbox = std::sync::Arc::clone(&sandbox);
        tasks.spawn(async move { post(&sandbox, "k").await });
    }
    let (mut fresh, mut replays, mut in_use, mut lost) = (0, 0, 0, 0);
    for bytes in tasks.join_all().await {
        let text = String::from_utf8(bytes).expect("UTF-8");
        match (text.get(9..12), text.contains("Idempotent-Replayed: true")) {
            (Some("200"), false) => fresh += 1,
            (Some("200"), true) => replays += 1,
            (Some("409"), _) => in_use += 1,
            (None, _) => lost += 1,
            _ => panic!("{text}"),
        }
    }
    assert_eq!(fresh + replays + in_use + lost, 200);
    assert!(fresh <= 1 && lost > 0, "{fresh} first, {replays} replayed, {in_use} in use, {lost} lost");
    assert_eq!(sandbox.count("customers").await, 1);
}
