//! A client that sends one request on one connection, and gives back whatever came.

use std::io::{Error, ErrorKind, Read, Result, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

/// Nothing here takes longer, even on a busy machine.
const TIME_LIMIT: Duration = Duration::from_secs(30);

/// An answer that came whole.
#[derive(Debug, Clone)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answered {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("no JSON ({error}): {self:?}"))
    }

    pub(crate) fn is_replay(&self) -> bool {
        header(&self.head, "Idempotent-Replayed") == Some("true")
    }
}

/// A header's value; names are the same in any case.
fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = head.lines().filter_map(|line| line.split_once(": "));
    lines.find_map(|(known, value)| known.eq_ignore_ascii_case(name).then_some(value))
}

/// One request to `base` (`http://127.0.0.1:PORT`). An error means that no whole answer came.
pub(crate) fn send(base: &str, method: &str, path: &str, headers: &[&str], body: &str) -> Result<Answered> {
    let address = base.strip_prefix("http://").expect("a base on loopback");
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(TIME_LIMIT))?;
    let length = format!("Content-Length: {}", body.len());
    let line = format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close");
    let head = [&[line.as_str()], headers, &[length.as_str()]].concat().join("\r\n");
    stream.write_all(format!("{head}\r\n\r\n{body}").as_bytes())?;
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    let cut = || Error::new(ErrorKind::UnexpectedEof, "the answer was cut off");
    let (head, body) = text.split_once("\r\n\r\n").ok_or_else(cut)?;
    let promised = header(head, "Content-Length").and_then(|length| length.parse().ok());
    let status = head.get(9..12).and_then(|status| status.parse().ok()).ok_or_else(cut)?;
    if promised != Some(body.len()) {
        return Err(cut());
    }
    Ok(Answered { status, head: head.to_owned(), body: body.to_owned() })
}
