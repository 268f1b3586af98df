//! Idempotency keys over the wire: one execution, one answer.

use std::collections::HashSet;
use std::time::Duration;

use super::client::Running;
use crate::sandbox::{Clock, Storage};

const INTENT: &str = "amount=2000&currency=usd&payment_method=pm_card_visa&confirm=true";
const DECLINED: &str = "amount=2000&currency=usd&payment_method=pm_card_chargeDeclined&confirm=true";

#[tokio::test]
async fn a_replay_has_the_same_bytes_and_names_the_first_request() {
    let sandbox = Running::in_memory().await;
    let first = sandbox.keyed("order-1", "/v1/payment_intents", INTENT).await;
    assert_eq!((first.status, first.text("/status").as_str()), (200, "succeeded"));
    assert_eq!(first.header("original-request"), first.header("request-id"));
    assert_eq!(first.header("idempotency-key"), Some("order-1"));
    assert_eq!(first.header("idempotent-replayed"), None);
    let reordered = "confirm=true&payment_method=pm_card_visa&currency=usd&amount=2000";
    for body in [INTENT, reordered] {
        let again = sandbox.keyed("order-1", "/v1/payment_intents", body).await;
        assert_eq!((again.status, &again.body), (200, &first.body));
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
        assert_eq!(again.header("original-request"), first.header("request-id"));
        assert_ne!(again.header("request-id"), first.header("request-id"));
        assert_eq!(again.header("idempotency-key"), Some("order-1"));
    }
    assert_eq!(sandbox.count("payment_intents").await, 1);
}

#[tokio::test]
async fn another_request_under_the_key_is_refused_and_not_done() {
    let sandbox = Running::in_memory().await;
    sandbox.keyed("k", "/v1/customers", "name=A").await;
    let invalid = "name=A&colour=red";
    for (path, body) in
        [("/v1/customers", "name=B"), ("/v1/payment_intents", "name=A"), ("/v1/customers", invalid)]
    {
        let seen = sandbox.keyed("k", path, body).await;
        assert_eq!((seen.status, seen.text("/error/type").as_str()), (400, "idempotency_error"));
        assert!(seen.json()["error"].get("code").is_none());
        assert_eq!(seen.header("stripe-should-retry"), Some("false"));
        assert_eq!(seen.header("idempotent-replayed"), None);
    }
    assert_eq!(sandbox.count("customers").await, 1);
}

#[tokio::test]
async fn a_decline_is_stored_and_replayed() {
    let sandbox = Running::in_memory().await;
    let first = sandbox.keyed("k", "/v1/payment_intents", DECLINED).await;
    assert_eq!((first.status, first.code().as_str()), (402, "card_declined"));
    let again = sandbox.keyed("k", "/v1/payment_intents", DECLINED).await;
    assert_eq!((again.status, &again.body), (402, &first.body));
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(again.header("stripe-should-retry"), Some("false"));
    assert_eq!(sandbox.count("payment_intents").await, 1);
}

#[tokio::test]
async fn what_was_never_begun_is_not_stored_and_what_was_begun_is() {
    let sandbox = Running::in_memory().await;
    assert_eq!(sandbox.keyed("k", "/v1/customers", "colour=red").await.code(), "parameter_unknown");
    let seen = sandbox.keyed("k", "/v1/customers", "name=A").await;
    assert_eq!((seen.status, seen.header("idempotent-replayed")), (200, None));
    let missing = sandbox.keyed("m", "/v1/customers/cus_none", "name=A").await;
    assert_eq!((missing.status, missing.code().as_str()), (404, "resource_missing"));
    let again = sandbox.keyed("m", "/v1/customers/cus_none", "name=A").await;
    assert_eq!((again.header("idempotent-replayed"), &again.body), (Some("true"), &missing.body));
}

#[tokio::test]
async fn other_methods_take_no_notice_of_a_key() {
    let sandbox = Running::in_memory().await;
    let id = sandbox.keyed("k", "/v1/customers", "name=A").await.id();
    let path = format!("/v1/customers/{id}");
    for method in ["GET", "DELETE", "GET"] {
        let seen = sandbox.send(method, &path, &[&sandbox.bearer(), "Idempotency-Key: k"], "").await;
        assert_eq!((seen.status, seen.id()), (200, id.clone()), "{method}");
        assert_eq!((seen.header("idempotency-key"), seen.header("original-request")), (None, None));
    }
    let long = "k".repeat(256);
    assert_eq!(sandbox.keyed(&long, "/v1/customers", "").await.status, 400);
    assert_eq!(sandbox.keyed(&long[1..], "/v1/customers", "").await.status, 200);
}

#[tokio::test]
async fn twenty_at_once_make_one_object() {
    let sandbox = Running::in_memory().await;
    let mut tasks = tokio::task::JoinSet::new();
    let sandbox = std::sync::Arc::new(sandbox);
    for _ in 0..20 {
        let sandbox = std::sync::Arc::clone(&sandbox);
        tasks.spawn(async move { sandbox.keyed("k", "/v1/payment_intents", INTENT).await });
    }
    let mut ids = HashSet::new();
    let mut fresh = 0;
    for seen in tasks.join_all().await {
        match seen.status {
            200 => {
                ids.insert(seen.id());
                fresh += usize::from(seen.header("idempotent-replayed").is_none());
            }
            409 => {
                assert_eq!(seen.code(), "idempotency_key_in_use");
                assert_eq!(seen.text("/error/type"), "invalid_request_error");
                assert_eq!(seen.header("stripe-should-retry"), Some("true"));
            }
            other => panic!("{other}: {}", seen.body),
        }
    }
    assert_eq!((ids.len(), fresh, sandbox.count("payment_intents").await), (1, 1, 1));
}

#[tokio::test]
async fn a_key_at_work_is_in_use_even_when_its_client_has_gone() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("sandbox.db");
    let sandbox = Running::start(&Storage::File(path.clone()), Clock::system()).await;
    // As long as somebody else holds the file, the first request cannot end.
    let holder = rusqlite::Connection::open(&path).expect("the file");
    holder.execute_batch("BEGIN IMMEDIATE").expect("held");
    let gone =
        tokio::time::timeout(Duration::from_millis(200), sandbox.keyed("k", "/v1/customers", "name=A"));
    assert!(gone.await.is_err());
    for (path, body) in [("/v1/customers", "name=A"), ("/v1/customers", "name=B")] {
        let seen = sandbox.keyed("k", path, body).await;
        assert_eq!((seen.status, seen.code().as_str()), (409, "idempotency_key_in_use"));
        assert_eq!(seen.text("/error/type"), "invalid_request_error");
        assert_eq!(seen.header("stripe-should-retry"), Some("true"));
    }
    holder.execute_batch("ROLLBACK").expect("let go");
    let mut seen = sandbox.keyed("k", "/v1/customers", "name=A").await;
    while seen.status == 409 {
        seen = sandbox.keyed("k", "/v1/customers", "name=A").await;
    }
    assert_eq!((seen.status, seen.header("idempotent-replayed")), (200, Some("true")));
    assert_eq!(sandbox.count("customers").await, 1);
}

#[tokio::test]
async fn a_client_that_goes_away_leaves_the_key_free_and_the_work_done_once() {
    use tokio::io::AsyncWriteExt;
    let sandbox = Running::in_memory().await;
    let request = format!(
        "POST /v1/payment_intents HTTP/1.1\r\nHost: s\r\n{}\r\nIdempotency-Key: k\r\nContent-Length: {}\r\n\r\n{INTENT}",
        sandbox.bearer(),
        INTENT.len()
    );
    for _ in 0..10 {
        let mut stream = tokio::net::TcpStream::connect(&sandbox.address).await.expect("a connection");
        stream.write_all(request.as_bytes()).await.expect("written");
        drop(stream);
    }
    let mut status = 409;
    while status == 409 {
        status = sandbox.keyed("k", "/v1/payment_intents", INTENT).await.status;
    }
    assert_eq!((status, sandbox.count("payment_intents").await), (200, 1));
}

#[tokio::test]
async fn a_key_is_forgotten_after_a_day() {
    let sandbox = Running::in_memory().await;
    let first = sandbox.keyed("k", "/v1/customers", "name=A").await;
    sandbox.clock.advance(24 * 60 * 60 - 60);
    let again = sandbox.keyed("k", "/v1/customers", "name=A").await;
    assert_eq!(again.id(), first.id());
    sandbox.clock.advance(61);
    let anew = sandbox.keyed("k", "/v1/customers", "name=B").await;
    assert_eq!((anew.status, anew.header("idempotent-replayed")), (200, None));
    assert_ne!(anew.id(), first.id());
    let replay = sandbox.keyed("k", "/v1/customers", "name=B").await;
    assert_eq!(replay.header("original-request"), anew.header("request-id"));
    assert_eq!(sandbox.count("customers").await, 2);
}
