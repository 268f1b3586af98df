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

#[tokio::test]
async fn accounts_that_share_a_file_see_nothing_of_each_other() {
    let dir = tempfile::tempdir().expect("a directory");
    let storage = Storage::File(dir.path().join("sandbox.db"));
    let one = Running::start(&storage, Clock::system()).await;
    let two = Running::start_as(&storage, Clock::system(), 2).await;
    let first = one.keyed("k", "/v1/customers", "name=A").await;
    let other = two.keyed("k", "/v1/customers", "name=B").await;
    assert_eq!((other.status, other.header("idempotent-replayed")), (200, None));
    assert_eq!((one.count("customers").await, two.count("customers").await), (1, 1));
    assert_eq!(two.get(&format!("/v1/customers/{}", first.id())).await.status, 404);
    assert_eq!(two.post(&format!("/v1/customers/{}", first.id()), "name=C").await.status, 404);
}

#[tokio::test]
async fn an_idle_connection_does_not_hold_the_end_up() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let sandbox = Running::in_memory().await;
    let mut idle = tokio::net::TcpStream::connect(&sandbox.address).await.expect("a connection");
    let request = format!("GET /v1/account HTTP/1.1\r\nHost: s\r\n{}\r\n\r\n", sandbox.bearer());
    idle.write_all(request.as_bytes()).await.expect("written");
    assert!(idle.read(&mut [0; 4096]).await.expect("an answer") > 0);
    let begun = std::time::Instant::now();
    sandbox.stop().await;
    assert!(begun.elapsed() < std::time::Duration::from_secs(1), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn every_filter_of_a_list_is_looked_up_and_not_searched_for() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("sandbox.db");
    let sandbox = Running::start(&Storage::File(path.clone()), Clock::system()).await;
    sandbox.stop().await;
    let connection = rusqlite::Connection::open(&path).expect("a database");
    let filters = crate::sandbox::resources::filtered_by();
    assert!(filters.contains(&("customer", "email")) && filters.contains(&("event", "type")), "{filters:?}");
    for (kind, field) in filters {
        let sql = format!(
            "EXPLAIN QUERY PLAN SELECT body FROM objects WHERE account = ? AND kind = '{kind}' AND deleted = 0
             AND json_extract(body, '$.{field}') = ? AND seq < ? ORDER BY seq DESC LIMIT ?"
        );
        let mut statement = connection.prepare(&sql).expect("a query");
        let plan: Vec<String> = statement
            .query_map(["a", "b", "1", "1"], |row| row.get(3))
            .expect("a plan")
            .collect::<Result<_, _>>()
            .expect("its steps");
        let index = format!("objects_{kind}_{field}").replace('.', "_");
        assert_eq!(plan.len(), 1, "{plan:?}");
        assert!(
            plan[0].contains(&format!("USING INDEX {index} (account=? AND <expr>=? AND seq<?)")),
            "{plan:?}"
        );
    }
}

#[tokio::test]
async fn what_a_file_of_version_2_holds_is_renewed_in_time() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("sandbox.db");
    let account = crate::sandbox::SandboxKeys::from_seed(1).account();
    let text = include_str!("version_2.sql").replace("acct_of_the_file", &account);
    rusqlite::Connection::open(&path).expect("a file").execute_batch(&text).expect("version 2");
    // A day after the period that the file was left in.
    let clock = Clock::fixed(1_798_247_142);
    let sandbox = Running::start(&Storage::File(path), clock).await;
    let subscription = sandbox.get("/v1/subscriptions/sub_UWJI6P4caXeUewclSp5j7jgl").await;
    let period = &subscription.json()["items"]["data"][0]["current_period_start"];
    assert_eq!(
        (subscription.text("/status").as_str(), period),
        ("active", &serde_json::json!(1_798_160_742))
    );
    let invoice = sandbox.get(&format!("/v1/invoices/{}", subscription.text("/latest_invoice"))).await;
    assert_eq!(
        (invoice.text("/status"), invoice.text("/billing_reason")),
        ("paid".into(), "subscription_cycle".into())
    );
    sandbox.stop().await;
}
