//! The headers of requests and answers that Stripe gives a meaning to.

use hyper::header::{ALLOW, CONTENT_TYPE, DATE, HeaderName, HeaderValue, WWW_AUTHENTICATE};
use hyper::{HeaderMap, Response, StatusCode};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use serde_json::Value;

use super::outgoing::Outgoing;
use crate::sandbox::api::reply::Reply;
use crate::sandbox::idempotency::header::NAME as IDEMPOTENCY_KEY;
use crate::sandbox::params::versions;
use crate::sandbox::version::API_VERSION;

const STRIPE_VERSION: HeaderName = HeaderName::from_static("stripe-version");

/// What is to be said around an answer.
pub(in crate::sandbox) struct Envelope<'a> {
    /// The request's headers.
    pub(in crate::sandbox) asked: &'a HeaderMap,
    /// This request's own id, a replay's included.
    pub(in crate::sandbox) request_id: &'a str,
    /// Whether the request is of a kind that heeds idempotency keys.
    pub(in crate::sandbox) keyed: bool,
    /// The sandbox's time at which the request was received.
    pub(in crate::sandbox) now: i64,
    /// The methods that the path has, for 405.
    pub(in crate::sandbox) allow: Option<&'a str>,
    /// Advice in place of the usual advice on retrying.
    pub(in crate::sandbox) should_retry: Option<bool>,
    /// Whether the answer is to break off in the middle.
    pub(in crate::sandbox) truncated: bool,
}

/// Builds the answer.
pub(in crate::sandbox) fn respond(reply: Reply, envelope: &Envelope<'_>) -> Response<Outgoing> {
    let make = if envelope.truncated { Outgoing::truncated } else { Outgoing::whole };
    let mut response = Response::new(make(reply.body));
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    let mut put = |name: HeaderName, value: Option<HeaderValue>| {
        value.map(|value| headers.insert(name, value));
    };
    let text = |text: &str| HeaderValue::from_str(text).ok();
    let echo = |name: &HeaderName| envelope.asked.get(name).cloned();
    put(CONTENT_TYPE, text("application/json"));
    put(DATE, date(envelope.now).as_deref().and_then(text));
    put(HeaderName::from_static("request-id"), text(envelope.request_id));
    let asked = versions::asked(envelope.asked).filter(|asked| versions::exists(asked));
    let version = asked.as_deref().unwrap_or(API_VERSION);
    put(STRIPE_VERSION, text(version));
    let other = (version != API_VERSION).then_some(API_VERSION);
    put(HeaderName::from_static(versions::ANSWERED), other.and_then(text));
    let configured = envelope.should_retry.map(|retry| if retry { "true" } else { "false" });
    let advice = configured.or_else(|| should_retry(reply.status));
    put(HeaderName::from_static("stripe-should-retry"), advice.and_then(text));
    put(HeaderName::from_static("stripe-rate-limited-reason"), reply.limited.and_then(text));
    if envelope.keyed {
        put(IDEMPOTENCY_KEY, echo(&IDEMPOTENCY_KEY));
    }
    put(HeaderName::from_static("original-request"), reply.original.as_deref().and_then(text));
    put(HeaderName::from_static("idempotent-replayed"), reply.replayed.then_some("true").and_then(text));
    put(WWW_AUTHENTICATE, (reply.status == 401).then_some("Basic realm=\"Stripe\"").and_then(text));
    put(ALLOW, envelope.allow.and_then(text));
    response
}

/// An answer of JSON with no more headers than it needs.
pub(super) fn plain(status: u16, body: &Value) -> Response<Outgoing> {
    let mut response = Response::new(Outgoing::whole(body.to_string().into_bytes()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// `false` where another attempt would only get the same, `true` where it will do better.
const fn should_retry(status: u16) -> Option<&'static str> {
    match status {
        400 | 402 => Some("false"),
        409 | 429 => Some("true"),
        _ => None,
    }
}

/// The sandbox's own time: what it stored and what it says about the time agree.
fn date(now: i64) -> Option<String> {
    DateTimePrinter::new().timestamp_to_rfc9110_string(&Timestamp::from_second(now).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_date_has_the_form_of_http() {
        assert_eq!(date(784_111_777).as_deref(), Some("Sun, 06 Nov 1994 08:49:37 GMT"));
        assert_eq!(date(i64::MAX), None);
    }
}
