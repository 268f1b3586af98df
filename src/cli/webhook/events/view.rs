//! Stored events and their attempts as JSON tells them.

use serde::Serialize;

use crate::webhook::store::{Attempt, StoredEvent};

/// An event. The list leaves body, headers and attempts out.
#[derive(Serialize)]
pub(super) struct EventJson {
    event_id: String,
    r#type: String,
    created_at: String,
    livemode: Option<bool>,
    account: Option<String>,
    object_id: Option<String>,
    is_thin: bool,
    source: &'static str,
    received_at: String,
    /// Whether the bytes are the ones that were signed.
    exact: bool,
    redacted: bool,
    bytes: usize,
    attempts: usize,
    last_outcome: Option<String>,
    last_status: Option<u16>,
}

impl EventJson {
    pub(super) fn of(event: &StoredEvent, attempts: &[Attempt]) -> Self {
        let last = attempts.last();
        Self {
            event_id: event.id.to_string(),
            r#type: event.kind.clone(),
            created_at: rfc_3339(event.created),
            livemode: event.livemode,
            account: event.account.clone(),
            object_id: event.object.clone(),
            is_thin: event.is_thin,
            source: event.source.as_str(),
            received_at: rfc_3339(event.received_at),
            exact: event.is_exact,
            redacted: event.is_redacted,
            bytes: event.body.len(),
            attempts: attempts.len(),
            last_outcome: last.and_then(|attempt| attempt.outcome.clone()),
            last_status: last.and_then(|attempt| attempt.status),
        }
    }
}

#[derive(Serialize)]
pub(super) struct AttemptJson<'a> {
    sender: &'a str,
    target: &'a str,
    signature: Option<&'a str>,
    started_at: String,
    finished_at: Option<String>,
    latency_ms: Option<f64>,
    /// Null while it is under way, and where it was cut off.
    outcome: Option<&'a str>,
    status: Option<u16>,
    detail: Option<&'a str>,
    answer: Option<String>,
}

impl<'a> From<&'a Attempt> for AttemptJson<'a> {
    fn from(attempt: &'a Attempt) -> Self {
        let answer = attempt.answer.as_deref();
        Self {
            sender: &attempt.sender,
            target: &attempt.target,
            signature: attempt.signature.as_deref(),
            started_at: rfc_3339(attempt.started_at),
            finished_at: attempt.finished_at.map(rfc_3339),
            latency_ms: attempt.latency.map(|latency| latency.as_secs_f64() * 1000.0),
            outcome: attempt.outcome.as_deref(),
            status: attempt.status,
            detail: attempt.detail.as_deref(),
            answer: answer.map(|answer| String::from_utf8_lossy(answer).into_owned()),
        }
    }
}

/// A time in UTC; the plain number where it is out of range.
pub(super) fn rfc_3339(millis: i64) -> String {
    crate::time::UnixMillis(millis).to_string()
}

/// The status, or what went wrong.
pub(super) fn answer(attempt: &Attempt) -> String {
    match (attempt.status, &attempt.outcome) {
        (Some(status), _) => status.to_string(),
        (None, Some(outcome)) => outcome.clone(),
        (None, None) => "unfinished".to_owned(),
    }
}
