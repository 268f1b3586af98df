//! An endpoint that keeps what it was sent, and answers as it was told.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::keys::SigningSecret;
use crate::webhook::{SigningKey, Window, signature};

/// One delivery as it came in.
#[derive(Debug, Clone)]
pub(super) struct Delivery {
    pub(super) line: String,
    pub(super) headers: HashMap<String, String>,
    pub(super) body: Vec<u8>,
}

impl Delivery {
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }

    pub(super) fn kind(&self) -> String {
        self.json()["type"].as_str().expect("a type").to_owned()
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// Whether a secret's signature is in it, as an official library would see at the time of signing.
    pub(super) fn is_signed_by(&self, secret: &str) -> bool {
        let key = SigningKey::stripe(&SigningSecret::new(secret)).expect("a secret");
        let header = self.header("stripe-signature");
        let window = Window { now: self.signed_at(), tolerance_seconds: 300 };
        signature::verify(&self.body, Some(header.as_bytes()), &[key], window).matched.is_some()
    }

    pub(super) fn signed_at(&self) -> i64 {
        let header = self.header("stripe-signature");
        let time = header.split(',').find_map(|item| item.strip_prefix("t=")).expect("a time");
        time.parse().expect("a number")
    }

    pub(super) fn signatures(&self) -> usize {
        self.header("stripe-signature").matches("v1=").count()
    }
}

/// The endpoint.
#[derive(Clone)]
pub(super) struct Receiver {
    pub(super) url: String,
    kept: Arc<Mutex<Vec<Delivery>>>,
    answers: Arc<Mutex<VecDeque<u16>>>,
}

impl Receiver {
    /// Answers with these statuses, one after the other, and then with 200.
    pub(super) async fn start(answers: &[u16]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
        let receiver = Self {
            url,
            kept: Arc::default(),
            answers: Arc::new(Mutex::new(answers.iter().copied().collect())),
        };
        let serving = receiver.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serving.clone().serve(stream));
            }
        });
        receiver
    }

    async fn serve(self, mut stream: TcpStream) {
        let mut bytes = Vec::new();
        loop {
            let Some(delivery) = parse(&bytes) else {
                let mut buffer = [0; 4096];
                match stream.read(&mut buffer).await {
                    Ok(count @ 1..) => bytes.extend_from_slice(&buffer[..count]),
                    _ => return,
                }
                continue;
            };
            bytes.clear();
            self.kept.lock().expect("no panic").push(delivery);
            let status = self.answers.lock().expect("no panic").pop_front().unwrap_or(200);
            let location = if status == 302 { "Location: /elsewhere\r\n" } else { "" };
            let answer = format!("HTTP/1.1 {status} X\r\n{location}Content-Length: 0\r\n\r\n");
            if stream.write_all(answer.as_bytes()).await.is_err() {
                return;
            }
        }
    }

    pub(super) fn kept(&self) -> Vec<Delivery> {
        self.kept.lock().expect("no panic").clone()
    }

    /// Waits for so many deliveries, and a little longer for one too many.
    pub(super) async fn until(&self, count: usize) -> Vec<Delivery> {
        let begun = Instant::now();
        while self.kept().len() < count {
            assert!(
                begun.elapsed() < Duration::from_secs(20),
                "{} of {count}: {:?}",
                self.kept().len(),
                self.kept()
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        tokio::time::sleep(Duration::from_millis(600)).await;
        let kept = self.kept();
        assert_eq!(kept.len(), count, "too many: {kept:?}");
        kept
    }
}

fn parse(bytes: &[u8]) -> Option<Delivery> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = String::from_utf8(bytes[..end].to_vec()).expect("a head of text");
    let mut lines = head.lines().map(str::to_owned);
    let line = lines.next()?;
    let split =
        |line: String| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned()));
    let headers: HashMap<_, _> = lines.filter_map(split).collect();
    let length: usize = headers.get("content-length").map_or(0, |length| length.parse().expect("a length"));
    let body = bytes.get(end + 4..end + 4 + length)?.to_vec();
    Some(Delivery { line, headers, body })
}
