//! A running sandbox, and a client that shows what was really sent.

use std::collections::HashMap;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::sandbox::{AfterRetries, Clock, Sandbox, SandboxError, SandboxKeys, Storage};

/// What the sandboxes of these tests are controlled with.
const TOKEN: &str = "the-token-of-these-tests";

/// A sandbox that is being served.
pub(super) struct Running {
    pub(super) address: String,
    pub(super) keys: SandboxKeys,
    pub(super) clock: Clock,
    stop: oneshot::Sender<()>,
    served: JoinHandle<Result<(), SandboxError>>,
}

/// An answer.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) status: u16,
    headers: HashMap<String, String>,
    pub(super) body: String,
}

impl Seen {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("a JSON body")
    }

    pub(super) fn text(&self, pointer: &str) -> String {
        let json = self.json();
        json.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    pub(super) fn id(&self) -> String {
        self.text("/id")
    }

    pub(super) fn code(&self) -> String {
        self.text("/error/code")
    }

    pub(super) fn ids(&self) -> Vec<String> {
        let json = self.json();
        let items = json["data"].as_array().expect("a list").iter();
        items.map(|item| item["id"].as_str().expect("an id").to_owned()).collect()
    }

    fn parse(raw: &[u8]) -> Self {
        let text = String::from_utf8(raw.to_vec()).expect("UTF-8");
        let (head, body) = text.split_once("\r\n\r\n").expect("a head");
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|code| code.parse().ok());
        let header = |line: &str| {
            line.split_once(": ")
                .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
                .expect("a header")
        };
        Self {
            status: status.expect("a status"),
            headers: lines.map(header).collect(),
            body: body.to_owned(),
        }
    }
}

impl Running {
    pub(super) async fn start(storage: &Storage, clock: Clock) -> Self {
        Self::start_as(storage, clock, 1).await
    }

    /// A sandbox with the keys of another seed.
    pub(super) async fn start_as(storage: &Storage, clock: Clock, seed: u64) -> Self {
        Self::start_with(storage, clock, seed, |sandbox| sandbox).await
    }

    /// A sandbox with a configured fault.
    pub(super) async fn start_with(
        storage: &Storage,
        clock: Clock,
        seed: u64,
        wish: impl FnOnce(Sandbox) -> Sandbox,
    ) -> Self {
        let keys = SandboxKeys::from_seed(seed);
        let sandbox = wish(Sandbox::open(storage, &keys, clock.clone()).expect("open"));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let (stop, stopped) = oneshot::channel::<()>();
        let served = tokio::spawn(sandbox.serve(listener, async move {
            let _ = stopped.await;
        }));
        Self { address, keys, clock, stop, served }
    }

    pub(super) async fn in_memory() -> Self {
        Self::start(&Storage::Memory, Clock::system()).await
    }

    pub(super) async fn stop(self) {
        self.stop.send(()).expect("still running");
        self.served.await.expect("no panic").expect("served");
    }

    /// A sandbox in memory whose faults are these.
    pub(super) async fn with_faults(specs: &[&str]) -> Self {
        let faults = specs.iter().map(|spec| spec.parse().expect("a fault")).collect();
        let wish = |sandbox: Sandbox| sandbox.with_faults(faults, Some(1));
        Self::start_with(&Storage::Memory, Clock::system(), 1, wish).await
    }

    /// A sandbox in memory that can be controlled and delivers.
    pub(super) async fn controlled(forward_to: Option<String>) -> Self {
        let wish = |sandbox: Sandbox| sandbox.with_control(TOKEN.into()).with_deliveries(forward_to);
        Self::start_with(&Storage::Memory, Clock::system(), 1, wish).await
    }

    /// A sandbox that can be controlled, with this clock.
    pub(super) async fn controlled_at(storage: &Storage, clock: Clock) -> Self {
        Self::controlled_with(storage, clock, None).await
    }

    /// The same, set to end subscriptions that nobody pays for in this way.
    pub(super) async fn controlled_with(
        storage: &Storage,
        clock: Clock,
        after_retries: Option<AfterRetries>,
    ) -> Self {
        let wish = |sandbox: Sandbox| sandbox.with_control(TOKEN.into()).with_after_retries(after_retries);
        Self::start_with(storage, clock, 1, wish).await
    }

    /// Asks for something on the admin path.
    pub(super) async fn admin(&self, what: &str, body: &str) -> Seen {
        let method = if body.is_empty() { "GET" } else { "POST" };
        let token = format!("Authorization: Bearer {TOKEN}");
        self.send(method, &format!("/_paycli/{what}"), &[&token], body).await
    }

    /// Sends bytes as they are, and reads until the sandbox hangs up.
    pub(super) async fn raw(&self, bytes: &[u8]) -> Seen {
        Seen::parse(&self.bytes(bytes).await)
    }

    /// The same, whatever comes back.
    pub(super) async fn bytes(&self, bytes: &[u8]) -> Vec<u8> {
        let mut stream = TcpStream::connect(&self.address).await.expect("a connection");
        stream.write_all(bytes).await.expect("written");
        let mut answer = Vec::new();
        // An answer that is broken off may end with a reset: what came before counts.
        let _ = stream.read_to_end(&mut answer).await;
        answer
    }

    /// One request with any headers; each of them a whole line.
    pub(super) async fn send(&self, method: &str, path: &str, headers: &[&str], body: &str) -> Seen {
        Seen::parse(&self.send_for_bytes(method, path, headers, body).await)
    }

    /// The same, whatever comes back.
    pub(super) async fn send_for_bytes(
        &self,
        method: &str,
        path: &str,
        headers: &[&str],
        body: &str,
    ) -> Vec<u8> {
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: sandbox\r\nConnection: close\r\n");
        for header in headers {
            head.push_str(header);
            head.push_str("\r\n");
        }
        let length = body.len();
        self.bytes(format!("{head}Content-Length: {length}\r\n\r\n{body}").as_bytes()).await
    }

    pub(super) fn bearer(&self) -> String {
        format!("Authorization: Bearer {}", self.keys.secret.expose())
    }

    pub(super) async fn get(&self, path: &str) -> Seen {
        self.send("GET", path, &[&self.bearer()], "").await
    }

    pub(super) async fn delete(&self, path: &str) -> Seen {
        self.send("DELETE", path, &[&self.bearer()], "").await
    }

    pub(super) async fn post(&self, path: &str, body: &str) -> Seen {
        self.send("POST", path, &[&self.bearer()], body).await
    }

    /// A POST under an idempotency key.
    pub(super) async fn keyed(&self, key: &str, path: &str, body: &str) -> Seen {
        self.send("POST", path, &[&self.bearer(), &format!("Idempotency-Key: {key}")], body).await
    }

    /// How many objects there are, a hundred at most.
    pub(super) async fn count(&self, resource: &str) -> usize {
        self.get(&format!("/v1/{resource}?limit=100")).await.ids().len()
    }
}
