//! What is kept in a file, and who may share it.

use super::client::Running;
use crate::sandbox::{Clock, Storage};

#[tokio::test]
async fn objects_and_keys_outlive_the_process() {
    let dir = tempfile::tempdir().expect("a directory");
    let storage = Storage::File(dir.path().join("sandbox.db"));
    let sandbox = Running::start(&storage, Clock::system()).await;
    let first = sandbox.keyed("k", "/v1/customers", "name=A").await;
    sandbox.stop().await;
    let sandbox = Running::start(&storage, Clock::system()).await;
    let again = sandbox.keyed("k", "/v1/customers", "name=A").await;
    assert_eq!((&again.body, again.header("idempotent-replayed")), (&first.body, Some("true")));
    assert_eq!(sandbox.get(&format!("/v1/customers/{}", first.id())).await.body, first.body);
    sandbox.stop().await;
}

#[tokio::test]
async fn two_servers_share_a_file_and_its_keys() {
    let dir = tempfile::tempdir().expect("a directory");
    let storage = Storage::File(dir.path().join("sandbox.db"));
    let one = std::sync::Arc::new(Running::start(&storage, Clock::system()).await);
    let two = std::sync::Arc::new(Running::start(&storage, Clock::system()).await);
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..40 {
        let sandbox = std::sync::Arc::clone(if n % 2 == 0 { &one } else { &two });
        let key = format!("k{}", n % 5);
        tasks.spawn(async move {
            loop {
                let seen = sandbox.keyed(&key, "/v1/customers", "name=A").await;
                if seen.status != 409 {
                    assert_eq!(seen.status, 200, "{}", seen.body);
                    return (key, seen.id());
                }
            }
        });
    }
    let made: std::collections::HashSet<_> = tasks.join_all().await.into_iter().collect();
    assert_eq!((made.len(), one.count("customers").await), (5, 5));
    assert_eq!(two.count("customers").await, 5);
}
