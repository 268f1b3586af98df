//! `/v2/iam/api_keys`: a successor, an overlap, an end.

use super::client::{Running, Seen};

const KEYS: &str = "/v2/iam/api_keys";

async fn with(sandbox: &Running, token: &str, path: &str) -> Seen {
    sandbox.send("GET", path, &[&format!("Authorization: Bearer {token}")], "").await
}

/// The id of the home's own secret key.
async fn own_id(sandbox: &Running) -> String {
    let list = sandbox.get(&format!("{KEYS}?limit=100")).await.json();
    let all = list["data"].as_array().expect("a list");
    let own = all.iter().find(|key| key["secret_key"]["token"] == sandbox.keys.secret.expose());
    own.expect("the home's key is listed")["id"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn a_rotated_key_works_for_its_overlap_and_its_successor_for_good() {
    let sandbox = Running::in_memory().await;
    let path = format!("{KEYS}/{}", own_id(&sandbox).await);
    let body = r#"{"expire_current_key_in_minutes": 60}"#;
    let made = sandbox.keyed("k-1", &format!("{path}/rotate"), body).await;
    assert_eq!(made.status, 200, "{}", made.body);
    let token = made.text("/secret_key/token");
    assert!(token.starts_with("sk_test_51") && token.len() == "sk_test_".len() + 99, "of today's form");
    let again = sandbox.keyed("k-1", &format!("{path}/rotate"), body).await;
    assert_eq!(again.text("/secret_key/token"), token, "the same request makes no second key");
    for key in [sandbox.keys.secret.expose(), &token] {
        let account = with(&sandbox, key, "/v1/account").await;
        assert_eq!((account.status, account.id()), (200, sandbox.keys.account()));
    }
    sandbox.clock.advance(3601);
    assert_eq!(with(&sandbox, sandbox.keys.secret.expose(), "/v1/account").await.status, 401);
    assert_eq!(with(&sandbox, &token, "/v1/account").await.status, 200);
    let old = with(&sandbox, &token, &path).await;
    assert_eq!((old.status, old.text("/status")), (200, "expired".into()));
    let list = with(&sandbox, &token, KEYS).await;
    assert!(!list.ids().contains(&old.id()), "what has expired is listed only where that is asked for");
    let all = with(&sandbox, &token, &format!("{KEYS}?include_expired=true&limit=100")).await;
    assert!(all.ids().contains(&old.id()));
    sandbox.stop().await;
}

#[tokio::test]
async fn a_key_is_made_and_ended_at_once() {
    let sandbox = Running::in_memory().await;
    let made = sandbox.post(KEYS, r#"{"type": "secret_key", "name": "reports"}"#).await;
    let (token, path) = (made.text("/secret_key/token"), format!("{KEYS}/{}", made.id()));
    assert_eq!(with(&sandbox, &token, "/v1/account").await.status, 200);
    assert_eq!(sandbox.post(&format!("{path}/expire"), "{}").await.text("/status"), "expired");
    assert_eq!(with(&sandbox, &token, "/v1/account").await.status, 401);
    assert_eq!(sandbox.post(&format!("{path}/rotate"), "{}").await.code(), "api_key_expired");
    sandbox.stop().await;
}

#[tokio::test]
async fn what_makes_no_sense_is_refused() {
    let sandbox = Running::in_memory().await;
    let rotate = format!("{KEYS}/{}/rotate", own_id(&sandbox).await);
    for minutes in ["-1", "10081", "\"60\"", "1.5"] {
        let body = format!(r#"{{"expire_current_key_in_minutes": {minutes}}}"#);
        assert_eq!(sandbox.post(&rotate, &body).await.status, 400, "{minutes}");
    }
    assert_eq!(sandbox.post(&rotate, r#"{"overlap": 1}"#).await.code(), "parameter_unknown");
    assert_eq!(sandbox.post(KEYS, r#"{"type": "skeleton_key"}"#).await.status, 400);
    assert_eq!(sandbox.get(&format!("{KEYS}/mk_1nothing")).await.status, 404);
    assert_eq!(sandbox.get(&format!("{KEYS}?limit=0")).await.status, 400);
    let front = sandbox.keys.publishable.expose().to_owned();
    assert_eq!(with(&sandbox, &front, KEYS).await.status, 403);
    sandbox.stop().await;
}

#[tokio::test]
async fn a_long_list_has_pages() {
    let sandbox = Running::in_memory().await;
    for _ in 0..5 {
        sandbox.post(KEYS, r#"{"type": "publishable_key"}"#).await;
    }
    let mut path = format!("{KEYS}?limit=3");
    let mut seen = Vec::new();
    loop {
        let page = sandbox.get(&path).await;
        seen.extend(page.ids());
        path = page.text("/next_page_url");
        if path.is_empty() {
            break;
        }
    }
    let whole = seen.len();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!((whole, seen.len()), (8, 8), "five new ones and the home's three, each once");
    sandbox.stop().await;
}
