//! The v2 family: JSON bodies, and idempotency by its own rules.

use super::client::{Running, Seen};
use crate::sandbox::params::method::Method;
use crate::sandbox::resources::Target;
use crate::sandbox::v2::RESOURCES;

const DESTINATION: &str = r#"{"name": "shop", "type": "webhook_endpoint", "event_payload": "snapshot",
    "enabled_events": ["*"], "webhook_endpoint": {"url": "https://example.com/hook"}}"#;

const PATH: &str = "/v2/core/event_destinations";

async fn keyed(sandbox: &Running, key: &str, method: &str, path: &str, body: &str) -> Seen {
    let key = format!("Idempotency-Key: {key}");
    sandbox.send(method, path, &[&sandbox.bearer(), &key, "Content-Type: application/json"], body).await
}

async fn count(sandbox: &Running) -> usize {
    sandbox.get(PATH).await.ids().len()
}

#[tokio::test]
async fn a_success_replays_for_thirty_days() {
    let sandbox = Running::in_memory().await;
    let first = keyed(&sandbox, "k", "POST", PATH, DESTINATION).await;
    assert_eq!((first.status, first.header("idempotent-replayed")), (200, None), "{}", first.body);
    let reordered = DESTINATION
        .replacen(r#""name": "shop", "#, "", 1)
        .replace(r#"/hook"}"#, r#"/hook"}, "name": "shop""#);
    for body in [DESTINATION, &reordered] {
        let again = keyed(&sandbox, "k", "POST", PATH, body).await;
        assert_eq!((again.header("idempotent-replayed"), &again.body), (Some("true"), &first.body), "{body}");
    }
    let other = keyed(&sandbox, "k", "POST", PATH, &DESTINATION.replace("shop", "other")).await;
    assert_eq!((other.status, other.text("/error/type").as_str()), (400, "idempotency_error"));
    sandbox.clock.advance(29 * 86_400);
    assert_eq!(
        keyed(&sandbox, "k", "POST", PATH, DESTINATION).await.header("idempotent-replayed"),
        Some("true")
    );
    sandbox.clock.advance(86_400);
    assert_eq!(keyed(&sandbox, "k", "POST", PATH, DESTINATION).await.header("idempotent-replayed"), None);
    assert_eq!(count(&sandbox).await, 2);
}

#[tokio::test]
async fn what_failed_is_done_again() {
    let sandbox = Running::in_memory().await;
    let disable = format!("{PATH}/ed_none/disable");
    let missing = keyed(&sandbox, "k", "POST", &disable, "").await;
    assert_eq!((missing.status, missing.code().as_str()), (404, "not_found"));
    let again = keyed(&sandbox, "k", "POST", &disable, "").await;
    assert_eq!((again.status, again.header("idempotent-replayed")), (404, None));
    let made = keyed(&sandbox, "k", "POST", PATH, DESTINATION).await;
    assert_eq!(
        (made.status, made.header("idempotent-replayed")),
        (200, None),
        "a failure does not take the key"
    );
}

#[tokio::test]
async fn a_deletion_heeds_its_key() {
    let sandbox = Running::in_memory().await;
    let path = format!("{PATH}/{}", keyed(&sandbox, "make", "POST", PATH, DESTINATION).await.id());
    let first = keyed(&sandbox, "k", "DELETE", &path, "").await;
    let again = keyed(&sandbox, "k", "DELETE", &path, "").await;
    assert_eq!((first.status, again.status, &again.body), (200, 200, &first.body));
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(keyed(&sandbox, "other", "DELETE", &path, "").await.status, 404);
}

#[tokio::test]
async fn a_body_that_is_no_json_object_is_refused_and_not_stored() {
    let sandbox = Running::in_memory().await;
    for body in ["name=shop", "[]", "{", "{\"name\": }", "\u{feff}{}"] {
        let seen = keyed(&sandbox, "k", "POST", PATH, body).await;
        assert_eq!((seen.status, seen.code().as_str()), (400, "invalid_json"), "{body}");
    }
    for (body, param) in [
        ("{}", "name"),
        (r#"{"name": 5}"#, "name"),
        (r#"{"name": "a", "colour": 1}"#, "colour"),
        (r#"{"name": "a", "type": "amazon_eventbridge", "event_payload": "snapshot"}"#, "type"),
    ] {
        let seen = keyed(&sandbox, "k", "POST", PATH, body).await;
        assert_eq!((seen.status, seen.text("/error/param").as_str()), (400, param), "{body}");
    }
    assert_eq!(keyed(&sandbox, "k", "POST", PATH, DESTINATION).await.status, 200);
    assert_eq!(
        sandbox.send("PUT", PATH, &[&sandbox.bearer()], "{}").await.header("allow"),
        Some("POST, GET")
    );
}

#[tokio::test]
async fn every_operation_refuses_fields_that_it_does_not_know() {
    let sandbox = Running::in_memory().await;
    let mut tried = 0;
    for resource in RESOURCES {
        for operation in resource.operations.iter().filter(|operation| operation.method == Method::Post) {
            tried += 1;
            let path = match operation.target {
                Target::Collection | Target::Single => format!("/v2/{}", resource.path),
                Target::Item => format!("/v2/{}/none_1", resource.path),
                Target::Named(name) => format!("/v2/{}/{name}", resource.path),
                Target::Action(action) => format!("/v2/{}/none_1/{action}", resource.path),
                Target::Part(part) => format!("/v2/{}/none_1/{part}/none_2", resource.path),
            };
            let seen = sandbox.post(&path, r#"{"colour": "red"}"#).await;
            let told = (seen.status, seen.code(), seen.text("/error/param"));
            assert_eq!(told, (400, "parameter_unknown".into(), "colour".into()), "{path}: {}", seen.body);
        }
    }
    assert!(tried > 4, "{tried}");
    sandbox.stop().await;
}
