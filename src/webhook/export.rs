//! Events as lines of JSON, byte for byte, and back. Pure.
//!
//! A line's `id`, `payload` or `payload_utf8`, and `header` are those of `webhook verify --batch`, which takes
//! such lines as they are.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::event::EventError;
use super::store::{Attempt, NewEvent, Source, StoredEvent};

/// The version of the lines that are written here.
const VERSION: u32 = 1;

/// An event of an export, with its attempts.
#[derive(Debug, Clone)]
pub struct Imported {
    /// The event.
    pub event: NewEvent,
    /// The attempts to deliver it.
    pub attempts: Vec<Attempt>,
}

/// Why a line is not an exported event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// Not JSON, or not in this form.
    #[error("not an exported event: {0}")]
    Form(String),
    /// Written by a newer version.
    #[error("written by a newer paycli (schema {0}): install that version")]
    Newer(u32),
    /// The payload is not an event.
    #[error(transparent)]
    Event(#[from] EventError),
    /// The payload is not the one that was exported.
    #[error("damaged: the payload's sha256 is not the exported one")]
    Damaged,
}

#[derive(Serialize, Deserialize)]
struct Line {
    #[serde(default = "first_version")]
    schema: u32,
    #[serde(default)]
    id: Option<String>,
    #[serde(default, rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    source: Option<String>,
    #[serde(default)]
    received_at: Option<Timestamp>,
    #[serde(default)]
    header: Option<String>,
    #[serde(default)]
    delivery_headers: Vec<(String, String)>,
    #[serde(default = "yes")]
    exact: bool,
    #[serde(default)]
    redacted: bool,
    #[serde(default)]
    sha256: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    payload_utf8: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    payload: Option<String>,
    #[serde(default)]
    attempts: Vec<AttemptLine>,
}

#[derive(Serialize, Deserialize)]
struct AttemptLine {
    sender: String,
    target: String,
    #[serde(default)]
    signature: Option<String>,
    started_at: Timestamp,
    #[serde(default)]
    finished_at: Option<Timestamp>,
    #[serde(default)]
    latency_us: Option<u64>,
    #[serde(default)]
    outcome: Option<String>,
    #[serde(default)]
    status: Option<u16>,
    #[serde(default)]
    detail: Option<String>,
    /// Base64.
    #[serde(default)]
    answer: Option<String>,
}

const fn first_version() -> u32 {
    VERSION
}

const fn yes() -> bool {
    true
}

/// The line of an event, without a line break. The payload is text where it is UTF-8, else base64.
#[must_use]
pub fn line(event: &StoredEvent, attempts: &[Attempt]) -> String {
    let text = std::str::from_utf8(&event.body).ok();
    let line = Line {
        schema: VERSION,
        id: Some(event.id.as_str().to_owned()),
        kind: Some(event.kind.clone()),
        source: Some(event.source.as_str().to_owned()),
        received_at: timestamp(event.received_at),
        header: event.signature.clone(),
        delivery_headers: event.headers.clone(),
        exact: event.is_exact,
        redacted: event.is_redacted,
        sha256: Some(sha256(&event.body)),
        payload_utf8: text.map(str::to_owned),
        payload: text.is_none().then(|| STANDARD.encode(&event.body)),
        attempts: attempts.iter().map(attempt_line).collect(),
    };
    serde_json::to_string(&line).expect("texts and numbers are JSON")
}

fn attempt_line(attempt: &Attempt) -> AttemptLine {
    AttemptLine {
        sender: attempt.sender.clone(),
        target: attempt.target.clone(),
        signature: attempt.signature.clone(),
        started_at: timestamp(attempt.started_at).unwrap_or_default(),
        finished_at: attempt.finished_at.and_then(timestamp),
        latency_us: attempt.latency.map(|latency| u64::try_from(latency.as_micros()).unwrap_or(u64::MAX)),
        outcome: attempt.outcome.clone(),
        status: attempt.status,
        detail: attempt.detail.clone(),
        answer: attempt.answer.as_ref().map(|answer| STANDARD.encode(answer)),
    }
}

/// Reads a line back. `now` is in Unix milliseconds, for a line that does not tell when the event came in.
///
/// # Errors
/// When it is not an exported event, or its payload is not the one that was exported.
pub fn read_line(text: &str, now: i64) -> Result<Imported, LineError> {
    let form = |error: String| LineError::Form(error);
    let line: Line = serde_json::from_str(text).map_err(|error| form(error.to_string()))?;
    if line.schema > VERSION {
        return Err(LineError::Newer(line.schema));
    }
    let body = match (line.payload, line.payload_utf8) {
        (None, Some(text)) => text.into_bytes(),
        (Some(encoded), None) => {
            STANDARD.decode(encoded).map_err(|error| form(format!("payload: {error}")))?
        }
        _ => return Err(form("it needs payload or payload_utf8, and not both".to_owned())),
    };
    if line.sha256.is_some_and(|expected| !expected.eq_ignore_ascii_case(&sha256(&body))) {
        return Err(LineError::Damaged);
    }
    let received_at = line.received_at.map_or(now, Timestamp::as_millisecond);
    let mut event = NewEvent::read(&body, Source::Imported, received_at)?
        .with_headers(line.delivery_headers)
        .with_signature(line.header);
    if !line.exact {
        event = event.rewritten();
    }
    if line.redacted {
        event = event.redacted_before();
    }
    let attempts = line.attempts.into_iter().map(attempt).collect::<Result<_, _>>()?;
    Ok(Imported { event, attempts })
}

fn attempt(line: AttemptLine) -> Result<Attempt, LineError> {
    let answer = line.answer.map(|answer| STANDARD.decode(answer)).transpose();
    Ok(Attempt {
        sender: line.sender,
        target: line.target,
        signature: line.signature,
        started_at: line.started_at.as_millisecond(),
        finished_at: line.finished_at.map(Timestamp::as_millisecond),
        latency: line.latency_us.map(Duration::from_micros),
        outcome: line.outcome,
        status: line.status,
        detail: line.detail,
        answer: answer.map_err(|error| LineError::Form(format!("an attempt's answer: {error}")))?,
    })
}

fn timestamp(millis: i64) -> Option<Timestamp> {
    Timestamp::from_millisecond(millis).ok()
}

/// The hash of a payload, in hexadecimal digits.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::webhook::event::EventId;
    use proptest::prelude::*;

    fn stored(body: Vec<u8>) -> StoredEvent {
        StoredEvent {
            seq: 1,
            id: EventId::parse("evt_1").expect("an id"),
            kind: "a.b".to_owned(),
            created: 5,
            livemode: Some(false),
            account: None,
            object: None,
            is_thin: false,
            source: Source::Received,
            received_at: 1_760_000_000_123,
            headers: vec![("A".to_owned(), "1".to_owned()), ("A".to_owned(), "2".to_owned())],
            signature: Some("t=1,v1=a".to_owned()),
            is_exact: true,
            is_redacted: false,
            body,
        }
    }

    fn attempted() -> Attempt {
        Attempt {
            sender: "replay".to_owned(),
            target: "http://localhost/".to_owned(),
            signature: None,
            started_at: 1_760_000_000_001,
            finished_at: None,
            latency: Some(Duration::from_micros(7)),
            outcome: Some("of a later version".to_owned()),
            status: Some(200),
            detail: None,
            answer: Some(vec![0, 255]),
        }
    }

    proptest! {
        #[test]
        fn a_line_gives_back_every_byte(note in ".{0,40}", tail in "[ \n\t]{0,4}") {
            let note = serde_json::to_string(&note).expect("JSON");
            let body = format!("{{\"id\":\"evt_1\",\"object\":\"event\",\"type\":\"a.b\",\"n\":1.50,\"note\":{note}}}{tail}");
            let text = line(&stored(body.clone().into_bytes()), &[attempted()]);
            prop_assert!(!text.contains('\n'));
            let read = read_line(&text, 0).expect("a line");
            prop_assert_eq!(&read.event.body, body.as_bytes());
            prop_assert_eq!(read.attempts, vec![attempted()]);
            prop_assert_eq!(read.event.received_at, 1_760_000_000_123);
            prop_assert_eq!(read.event.headers.len(), 2);
            prop_assert_eq!(read.event.signature.as_deref(), Some("t=1,v1=a"));
        }
    }

    #[test]
    fn what_was_lost_stays_said() {
        let event = StoredEvent {
            is_exact: false,
            is_redacted: true,
            ..stored(br#"{"id":"evt_1","object":"event","type":"a.b"}"#.to_vec())
        };
        let read = read_line(&line(&event, &[]), 0).expect("a line");
        assert!(read.event.is_redacted && !read.event.is_exact);
    }

    #[test]
    fn what_is_no_line_is_refused_with_the_reason() {
        let good = line(&stored(br#"{"id":"evt_1","object":"event","type":"a.b"}"#.to_vec()), &[]);
        for (text, reason) in [
            (good.replace("\"schema\":1", "\"schema\":2"), "newer"),
            (good.replace("a.b\\\"", "a.c\\\""), "sha256"),
            (good.replace("payload_utf8", "other"), "payload"),
            ("{".to_owned(), "not an exported event"),
            (r#"{"payload":"e30="}"#.to_owned(), "not an event"),
            (r#"{"payload":"e3"}"#.to_owned(), "payload"),
        ] {
            let error = read_line(&text, 0).expect_err(&text).to_string();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }
}
