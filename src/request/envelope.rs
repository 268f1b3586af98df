//! The JSON envelope of a request: one object, documented, with the body passed through.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::exit::ExitCode;
use crate::time::UnixMillis;

use super::report::{ReplayedBy, Report};

#[derive(Serialize)]
struct Envelope<'a> {
    schema: u32,
    outcome: &'a str,
    exit_code: u8,
    status: Option<u16>,
    mode: &'a str,
    profile: &'a str,
    account: Option<&'a str>,
    api_version: Option<&'a str>,
    method: &'a str,
    path: &'a str,
    operation: Option<&'a str>,
    idempotency_key: Option<&'a str>,
    key_source: Option<&'a str>,
    request_id: Option<&'a str>,
    original_request_id: Option<&'a str>,
    replayed: bool,
    replayed_by: Option<&'a str>,
    attempts: u32,
    first_sent_at: Option<String>,
    safe_until: Option<String>,
    elapsed_ms: u64,
    error: Option<Error<'a>>,
    next: &'a str,
    body: Option<Body<'a>>,
}

#[derive(Serialize)]
struct Error<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    code: Option<&'a str>,
    decline_code: Option<&'a str>,
    param: Option<&'a str>,
    message: Option<&'a str>,
    doc_url: Option<&'a str>,
}

/// A JSON body goes into the envelope with every byte of its tokens; another one as text.
#[derive(Serialize)]
#[serde(untagged)]
enum Body<'a> {
    Json(&'a RawValue),
    Text(String),
}

/// Writes the envelope, without a line break at its end.
#[must_use]
pub fn envelope(report: &Report, exit_code: ExitCode) -> String {
    let answer = report.answer.as_ref();
    let intent = &report.intent;
    let envelope = Envelope {
        schema: 1,
        outcome: report.outcome.as_str(),
        exit_code: exit_code.as_u8(),
        status: answer.map(|answer| answer.status),
        mode: intent.mode.as_str(),
        profile: &intent.profile,
        account: intent.account.as_deref(),
        api_version: intent.api_version.as_deref(),
        method: intent.method.as_str(),
        path: &intent.path,
        operation: report.operation.as_deref(),
        idempotency_key: report.key.as_deref(),
        key_source: report.key_source.map(crate::journal::KeySource::as_str),
        request_id: answer.and_then(|answer| answer.request_id.as_deref()),
        original_request_id: answer.and_then(|answer| answer.original_request_id.as_deref()),
        replayed: report.is_replayed(),
        replayed_by: report.replayed_by.map(ReplayedBy::as_str),
        attempts: report.attempts,
        first_sent_at: report.first_sent_at.as_ref().map(UnixMillis::to_string),
        safe_until: report.safe_until.as_ref().map(UnixMillis::to_string),
        elapsed_ms: u64::try_from(report.elapsed.as_millis()).unwrap_or(u64::MAX),
        error: error(report),
        next: report.next().as_str(),
        body: answer.map(|answer| body(&answer.body)),
    };
    serde_json::to_string(&envelope).expect("strings, numbers and valid JSON are JSON")
}

/// The API's own error, or what paycli itself has to say where there is none.
fn error(report: &Report) -> Option<Error<'_>> {
    if let Some(error) = &report.error {
        return Some(Error {
            kind: error.kind.as_deref().unwrap_or("api_error"),
            code: error.code.as_deref(),
            decline_code: error.decline_code.as_deref(),
            param: error.param.as_deref(),
            message: error.message.as_deref(),
            doc_url: error.doc_url.as_deref(),
        });
    }
    let is_success = report.outcome == crate::exit::Outcome::Succeeded;
    (!is_success).then_some(Error {
        kind: report.outcome.as_str(),
        code: None,
        decline_code: None,
        param: None,
        message: Some(&report.detail),
        doc_url: None,
    })
}

fn body(bytes: &[u8]) -> Body<'_> {
    serde_json::from_slice(bytes)
        .map_or_else(|_| Body::Text(String::from_utf8_lossy(bytes).into_owned()), Body::Json)
}
