//! The answers that the scripted server gives.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value, json};

use super::server::Step;

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    pub(crate) delay: Duration,
}

impl Answer {
    pub(crate) fn new(status: u16, body: impl AsRef<[u8]>) -> Self {
        Self { status, headers: Vec::new(), body: body.as_ref().to_vec(), delay: Duration::ZERO }
    }

    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::new(status, body.to_string())
    }

    /// An error as the API words it.
    pub(crate) fn error(status: u16, kind: &str, code: Option<&str>) -> Self {
        let message = format!("the test's {status}");
        Self::json(status, &json!({"error": {"type": kind, "code": code, "message": message}}))
    }

    pub(crate) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// Marked as the saved result of an earlier request.
    pub(crate) fn replayed(self) -> Self {
        self.header("Idempotent-Replayed", "true").header("Original-Request", "req_original")
    }

    /// Sent only after this long.
    pub(crate) fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// The answer on the wire, to the request of this number; its length claims `missing` bytes more.
    pub(crate) fn on_the_wire(&self, number: usize, keep_alive: bool, missing: usize) -> Vec<u8> {
        let has = |name: &str| self.headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name));
        let mut head = format!("HTTP/1.1 {} Test\r\n", self.status);
        let mut line = |name: &str, value: &str| {
            write!(head, "{name}: {value}\r\n").expect("a string can be written to");
        };
        for (name, value) in &self.headers {
            line(name, value);
        }
        if !has("Content-Type") {
            line("Content-Type", "application/json");
        }
        if !has("Request-Id") {
            line("Request-Id", &format!("req_{number}"));
        }
        if !keep_alive {
            line("Connection", "close");
        }
        line("Content-Length", &(self.body.len() + missing).to_string());
        [head.as_bytes(), b"\r\n", &self.body].concat()
    }
}

impl From<Answer> for Step {
    fn from(answer: Answer) -> Self {
        Self::Answer(answer)
    }
}

/// 200 with a payment intent.
pub(crate) fn paid() -> Answer {
    Answer::json(200, &json!({"id": "pi_1", "object": "payment_intent", "amount": 2000, "livemode": false}))
}
