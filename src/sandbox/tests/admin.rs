//! The admin path: who gets in, and what it does.

use super::client::Running;
use crate::sandbox::{Clock, Sandbox, Storage};

#[tokio::test]
async fn it_takes_the_token_and_nothing_else() {
    let sandbox = Running::controlled(None).await;
    assert_eq!(sandbox.admin("status", "").await.status, 200);
    for header in ["X: y".to_owned(), sandbox.bearer(), "Authorization: Bearer ".to_owned()] {
        let seen = sandbox.send("GET", "/_paycli/status", &[&header], "").await;
        assert_eq!(seen.status, 401, "{header}");
        assert!(!seen.body.contains("the-token"));
    }
    assert_eq!(sandbox.admin("nothing", "").await.status, 404);
    assert_eq!(sandbox.admin("advance", "{").await.status, 400);
    assert_eq!(sandbox.admin("advance", r#"{"seconds": -1}"#).await.status, 400);
    let closed = Running::in_memory().await;
    assert_eq!(closed.admin("status", "").await.status, 404, "a sandbox without a token has no admin path");
}

#[tokio::test]
async fn status_counts_what_there_is() {
    let sandbox = Running::controlled(None).await;
    sandbox.keyed("k", "/v1/customers", "").await;
    sandbox.admin("faults", r#"{"fault": "status=500,path=/v1/refunds"}"#).await;
    let told = sandbox.admin("status", "").await.json();
    assert_eq!((&told["objects"]["customer"], &told["objects"]["event"]), (&1.into(), &1.into()), "{told}");
    assert_eq!((&told["idempotency_keys"], &told["schema"]), (&1.into(), &1.into()));
    assert_eq!(told["faults"][0]["fault"], "status=500,path=/v1/refunds");
    assert_eq!(told["account"], sandbox.keys.account());
}

#[tokio::test]
async fn faults_come_and_go() {
    let sandbox = Running::controlled(None).await;
    assert_eq!(sandbox.admin("faults", r#"{"fault": "nonsense"}"#).await.status, 400);
    assert_eq!(sandbox.admin("faults", r#"{"fault": "status=500"}"#).await.json()["id"], 1);
    assert_eq!(sandbox.get("/v1/account").await.status, 500);
    let told = sandbox.admin("faults", "").await.json();
    assert_eq!((&told["faults"][0]["seen"], &told["faults"][0]["struck"]), (&1.into(), &1.into()));
    assert_eq!(sandbox.admin("faults/clear", r#"{"id": 2}"#).await.json()["cleared"], 0);
    assert_eq!(sandbox.admin("faults/clear", "{}").await.json()["cleared"], 1);
    assert_eq!(sandbox.get("/v1/account").await.status, 200);
}

#[tokio::test]
async fn a_reset_leaves_a_new_sandbox() {
    let sandbox = Running::controlled(None).await;
    let made = sandbox.admin("keys", r#"{"kind": "secret"}"#).await.text("/key");
    sandbox.keyed("k", "/v1/customers", "name=A").await;
    sandbox.admin("advance", r#"{"seconds": 86400}"#).await;
    sandbox.admin("faults", r#"{"fault": "status=500,path=/v1/refunds"}"#).await;
    assert_eq!(sandbox.admin("reset", "{}").await.status, 200);
    let told = sandbox.admin("status", "").await.json();
    assert_eq!((&told["clock_ahead_seconds"], &told["idempotency_keys"]), (&0.into(), &0.into()), "{told}");
    assert_eq!(
        (told["objects"].as_object().map(serde_json::Map::len), told["faults"].as_array().map(Vec::len)),
        (Some(0), Some(0))
    );
    assert_eq!(sandbox.keyed("k", "/v1/customers", "name=B").await.status, 200);
    let gone = sandbox.send("GET", "/v1/account", &[&format!("Authorization: Bearer {made}")], "").await;
    assert_eq!(gone.status, 401);
}

#[tokio::test]
async fn advancing_forgets_keys_and_lasts_longer_than_the_server() {
    let dir = tempfile::tempdir().expect("a directory");
    let storage = Storage::File(dir.path().join("sandbox.db"));
    let wish = |sandbox: Sandbox| sandbox.with_control("the-token-of-these-tests".into());
    let sandbox = Running::start_with(&storage, Clock::system(), 1, wish).await;
    let first = sandbox.keyed("k", "/v1/customers", "name=A").await;
    sandbox.admin("advance", r#"{"seconds": 86400}"#).await;
    assert_eq!(sandbox.admin("status", "").await.json()["idempotency_keys"], 0, "it was removed");
    let second = sandbox.keyed("k", "/v1/customers", "name=B").await;
    assert_eq!((second.status, second.header("idempotent-replayed")), (200, None));
    let created = |seen: &super::client::Seen| seen.json()["created"].as_i64().expect("a time");
    assert!(created(&second) - created(&first) >= 86_400);
    sandbox.stop().await;
    let sandbox = Running::start_with(&storage, Clock::system(), 1, wish).await;
    let third = sandbox.post("/v1/customers", "").await;
    assert!(created(&third) >= created(&second), "the clock did not go back");
    sandbox.stop().await;
    let sandbox = Running::start_with(&storage, Clock::fixed(1_000), 1, wish).await;
    assert!((1_000..1_100).contains(&created(&sandbox.post("/v1/customers", "").await)));
}
