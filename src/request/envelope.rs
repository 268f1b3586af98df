//! The JSON envelope of a request: one object, documented, with the body passed through.

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::credential::redact;
use crate::exit::{ExitCode, Outcome};
use crate::time::UnixMillis;

use super::meaning::meaning;
use super::report::{ReplayedBy, Report};

#[derive(Serialize)]
struct Envelope<'a> {
    schema: u32,
    outcome: &'a str,
    exit_code: u8,
    status: Option<u16>,
    mode: &'a str,
    profile: Shown<'a>,
    account: Option<Shown<'a>>,
    api_version: Option<&'a str>,
    method: &'a str,
    path: Shown<'a>,
    operation: Option<Shown<'a>>,
    idempotency_key: Option<Shown<'a>>,
    key_source: Option<&'a str>,
    request_id: Option<Shown<'a>>,
    original_request_id: Option<Shown<'a>>,
    replayed: bool,
    replayed_by: Option<&'a str>,
    /// Present where the journal's answer lacks something that the server's had.
    #[serde(skip_serializing_if = "Option::is_none")]
    redacted: Option<bool>,
    attempts: u32,
    first_sent_at: Option<String>,
    safe_until: Option<String>,
    elapsed_ms: u64,
    error: Option<Error<'a>>,
    next: &'a str,
    /// Present where a command helps.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_command: Option<String>,
    body: Option<Body<'a>>,
}

#[derive(Serialize)]
struct Error<'a> {
    #[serde(rename = "type")]
    kind: Shown<'a>,
    code: Option<Shown<'a>>,
    decline_code: Option<Shown<'a>>,
    param: Option<Shown<'a>>,
    message: Option<Shown<'a>>,
    doc_url: Option<Shown<'a>>,
}

/// A JSON body goes into the envelope with every byte of its tokens; another one as text.
#[derive(Serialize)]
#[serde(untagged)]
enum Body<'a> {
    Json(&'a RawValue),
    Text(String),
}

/// Writes the envelope, without a line break at its end. `complete` makes a whole command of an advised one.
#[must_use]
pub fn envelope(report: &Report, exit_code: ExitCode, complete: impl Fn(&str) -> String) -> String {
    let answer = report.answer.as_ref();
    let intent = &report.intent;
    let envelope = Envelope {
        schema: 1,
        outcome: report.outcome.as_str(),
        exit_code: exit_code.as_u8(),
        status: answer.map(|answer| answer.status),
        mode: intent.mode.as_str(),
        profile: Shown(&intent.profile),
        account: intent.account.as_deref().map(Shown),
        api_version: intent.api_version.as_deref(),
        method: intent.method.as_str(),
        path: Shown(&intent.path),
        operation: report.operation.as_deref().map(Shown),
        idempotency_key: report.key.as_deref().map(Shown),
        key_source: report.key_source.map(crate::journal::KeySource::as_str),
        request_id: answer.and_then(|answer| answer.request_id.as_deref()).map(Shown),
        original_request_id: answer.and_then(|answer| answer.original_request_id.as_deref()).map(Shown),
        replayed: report.is_replayed(),
        replayed_by: report.replayed_by.map(ReplayedBy::as_str),
        redacted: report.is_redacted.then_some(true),
        attempts: report.attempts,
        first_sent_at: report.first_sent_at.as_ref().map(UnixMillis::to_string),
        safe_until: report.safe_until.as_ref().map(UnixMillis::to_string),
        elapsed_ms: u64::try_from(report.elapsed.as_millis()).unwrap_or(u64::MAX),
        error: error(report),
        next: report.next().as_str(),
        next_command: next_command(report).map(|command| complete(&command)),
        body: answer
            .filter(|answer| !(report.is_redacted && answer.body.is_empty()))
            .map(|answer| body(&answer.body)),
    };
    serde_json::to_string(&envelope).expect("strings, numbers and valid JSON are JSON")
}

fn next_command(report: &Report) -> Option<String> {
    let is_success = report.outcome == Outcome::Succeeded;
    (!is_success).then(|| meaning(report).advice.commands.into_iter().next()).flatten()
}

/// Text of others, or of a file that a person wrote: it may hold a credential. Only the body is passed through.
struct Shown<'a>(&'a str);

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&redact(self.0))
    }
}

/// The API's own error, or what paycli itself has to say where there is none.
fn error(report: &Report) -> Option<Error<'_>> {
    if let Some(error) = &report.error {
        return Some(Error {
            kind: Shown(error.kind.as_deref().unwrap_or("api_error")),
            code: error.code.as_deref().map(Shown),
            decline_code: error.decline_code.as_deref().map(Shown),
            param: error.param.as_deref().map(Shown),
            message: error.message.as_deref().map(Shown),
            doc_url: error.doc_url.as_deref().map(Shown),
        });
    }
    let is_success = report.outcome == Outcome::Succeeded;
    (!is_success).then_some(Error {
        kind: Shown(report.outcome.as_str()),
        code: None,
        decline_code: None,
        param: None,
        message: Some(Shown(&report.detail)),
        doc_url: None,
    })
}

fn body(bytes: &[u8]) -> Body<'_> {
    serde_json::from_slice(bytes)
        .map_or_else(|_| Body::Text(String::from_utf8_lossy(bytes).into_owned()), Body::Json)
}
