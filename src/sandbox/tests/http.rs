//! What holds for every request: keys, paths, bodies, headers.

use super::client::Running;

#[tokio::test]
async fn every_answer_carries_its_headers() {
    let sandbox = Running::in_memory().await;
    let seen = sandbox.post("/v1/customers", "email=a@b.c").await;
    assert_eq!(seen.status, 200);
    assert_eq!(seen.header("content-type"), Some("application/json"));
    assert!(seen.header("request-id").is_some_and(|id| id.starts_with("req_") && id.len() == 18));
    assert!(seen.header("stripe-version").is_some() && seen.header("date").is_some());
    assert_eq!(seen.header("idempotency-key"), None);
    assert!(seen.body.starts_with("{\n  \"id\": \"cus_"), "{}", seen.body);
    let version = "Stripe-Version: 2024-06-20";
    let seen = sandbox.send("GET", "/v1/customers", &[&sandbox.bearer(), version], "").await;
    assert_eq!(seen.header("stripe-version"), Some("2024-06-20"));
}

#[tokio::test]
async fn the_date_is_the_sandboxs() {
    let clock = crate::sandbox::Clock::fixed(784_111_777);
    let sandbox = Running::start(&crate::sandbox::Storage::Memory, clock).await;
    let seen = sandbox.post("/v1/customers", "").await;
    assert!(seen.header("date").is_some_and(|date| date.starts_with("Sun, 06 Nov 1994 08:49:")));
    let created = seen.json()["created"].as_i64().expect("a time");
    assert!((784_111_777..784_111_790).contains(&created), "{created}");
}

#[tokio::test]
async fn keys_open_the_sandbox_or_do_not() {
    let sandbox = Running::in_memory().await;
    let status = async |header: String| sandbox.send("GET", "/v1/account", &[&header], "").await.status;
    assert_eq!(status(sandbox.bearer()).await, 200);
    assert_eq!(status(format!("Authorization: Bearer {}", sandbox.keys.restricted.expose())).await, 200);
    assert_eq!(status(format!("Authorization: Bearer {}", sandbox.keys.publishable.expose())).await, 403);
    let foreign = crate::sandbox::SandboxKeys::from_seed(2);
    assert_eq!(status(format!("Authorization: Bearer {}", foreign.secret.expose())).await, 401);
    let seen = sandbox.send("POST", "/v1/customers", &["Idempotency-Key: k"], "").await;
    assert_eq!((seen.status, seen.text("/error/type").as_str()), (401, "invalid_request_error"));
    assert_eq!(seen.header("original-request"), None);
    assert_eq!(sandbox.get("/v1/account").await.id(), sandbox.keys.account());
}

#[tokio::test]
async fn what_is_not_there_is_told_in_stripes_shape() {
    let sandbox = Running::in_memory().await;
    for (method, path, status) in [
        ("GET", "/", 404),
        ("GET", "/v1/unicorns", 404),
        ("POST", "/v2/core/events", 404),
        ("PUT", "/v1/customers", 405),
        ("DELETE", "/v1/customers", 405),
    ] {
        let seen = sandbox.send(method, path, &[&sandbox.bearer()], "").await;
        assert_eq!(
            (seen.status, seen.text("/error/type").as_str()),
            (status, "invalid_request_error"),
            "{path}"
        );
        assert!(seen.header("request-id").is_some());
        assert_eq!(seen.header("allow"), (status == 405).then_some("POST, GET"), "{path}");
    }
}

#[tokio::test]
async fn bodies_have_limits() {
    let sandbox = Running::in_memory().await;
    let fits = format!("description={}", "x".repeat(1024 * 1024 - 12));
    assert_eq!(sandbox.post("/v1/customers", &fits).await.status, 400, "read, and too long for the field");
    let seen = sandbox.post("/v1/customers", &format!("{fits}x")).await;
    assert_eq!((seen.status, seen.text("/error/type").as_str()), (413, "invalid_request_error"));
    let chunked = format!(
        "POST /v1/customers HTTP/1.1\r\nHost: s\r\nConnection: close\r\n{}\r\nTransfer-Encoding: chunked\r\n\r\n\
         200000\r\n{}\r\n0\r\n\r\n",
        sandbox.bearer(),
        "x".repeat(0x0020_0000)
    );
    assert_eq!(sandbox.raw(chunked.as_bytes()).await.status, 413);
    for broken in ["name=%zz", "name=%ff", "name[=x", "metadata=1&metadata[a]=2"] {
        assert_eq!(sandbox.post("/v1/customers", broken).await.status, 400, "{broken}");
    }
    let json = "Content-Type: application/json";
    let seen = sandbox.send("POST", "/v1/customers", &[&sandbox.bearer(), json], "{}").await;
    assert_eq!(seen.status, 400);
    assert_eq!(sandbox.count("customers").await, 0);
}

#[tokio::test]
async fn a_client_that_stops_halfway_does_not_hold_the_server() {
    use tokio::io::AsyncWriteExt;
    let sandbox = Running::in_memory().await;
    let mut stream = tokio::net::TcpStream::connect(&sandbox.address).await.expect("a connection");
    stream.write_all(b"POST /v1/customers HTTP/1.1\r\nHost: s\r\nContent-Le").await.expect("written");
    assert_eq!(sandbox.get("/v1/customers").await.status, 200);
    let begun = std::time::Instant::now();
    sandbox.stop().await;
    assert!(begun.elapsed() < std::time::Duration::from_secs(5));
}

/// A sandbox whose time passes as soon as nothing else happens: what would take minutes takes none. It reads
/// from a file, past the thread whose work would count as nothing happening.
async fn hurried(dir: &tempfile::TempDir) -> Running {
    let storage = crate::sandbox::Storage::File(dir.path().join("sandbox.db"));
    let sandbox = Running::start(&storage, crate::sandbox::Clock::system()).await;
    assert_eq!(sandbox.get("/v1/account").await.status, 200);
    tokio::time::pause();
    sandbox
}

#[tokio::test]
async fn a_head_that_never_ends_is_given_up() {
    let dir = tempfile::tempdir().expect("a directory");
    let sandbox = hurried(&dir).await;
    let begun = tokio::time::Instant::now();
    let answer = sandbox.bytes(b"GET /v1/account HTTP/1.1\r\nHost: s\r\nX-Slow: ").await;
    assert!(!String::from_utf8_lossy(&answer).contains("200 OK"));
    let waited = begun.elapsed().as_secs();
    assert!((29..40).contains(&waited), "{waited} s");
}

#[tokio::test]
async fn a_body_that_never_comes_is_given_up() {
    let dir = tempfile::tempdir().expect("a directory");
    let sandbox = hurried(&dir).await;
    let head = format!(
        "POST /v1/customers HTTP/1.1\r\nHost: s\r\nConnection: close\r\n{}\r\nContent-Length: 10\r\n\r\nname",
        sandbox.bearer()
    );
    let begun = tokio::time::Instant::now();
    let seen = sandbox.raw(head.as_bytes()).await;
    assert_eq!((seen.status, seen.text("/error/type").as_str()), (408, "invalid_request_error"));
    let waited = begun.elapsed().as_secs();
    assert!((59..70).contains(&waited), "{waited} s");
    assert_eq!(sandbox.count("customers").await, 0);
}

#[tokio::test]
async fn an_idle_connection_is_given_up() {
    let dir = tempfile::tempdir().expect("a directory");
    let sandbox = hurried(&dir).await;
    let begun = tokio::time::Instant::now();
    assert!(sandbox.bytes(b"").await.is_empty());
    assert!(begun.elapsed().as_secs() <= 130);
}

#[tokio::test]
async fn what_is_no_http_gets_an_answer_or_the_door() {
    let sandbox = Running::in_memory().await;
    let long = format!("GET /v1/account HTTP/1.1\r\nX: {}\r\n\r\n", "x".repeat(1 << 20));
    for bytes in [&b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..], b"hello\r\n\r\n", long.as_bytes()] {
        let answer = sandbox.bytes(bytes).await;
        let answer = String::from_utf8_lossy(&answer);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    }
    assert_eq!(sandbox.get("/v1/account").await.status, 200);
}
