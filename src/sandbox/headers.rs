//! The headers of requests and answers that Stripe gives a meaning to.

use hyper::header::{ALLOW, CONTENT_TYPE, DATE, HeaderName, HeaderValue, WWW_AUTHENTICATE};
use hyper::{HeaderMap, Response, StatusCode};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;

use super::api_error::ApiError;
use super::execute::Reply;
use super::idempotency;
use super::outgoing::Outgoing;
use super::versions;

pub(super) use super::versions::VERSION;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const STRIPE_VERSION: HeaderName = HeaderName::from_static("stripe-version");

/// The idempotency key of a request, raw: quotes would be part of it.
pub(super) fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let Some(value) = headers.get(IDEMPOTENCY_KEY) else { return Ok(None) };
    let key = std::str::from_utf8(value.as_bytes()).ok().filter(|key| idempotency::is_key(key));
    let message = "An idempotency key has 1 to 255 characters.";
    key.map(|key| Some(key.to_owned())).ok_or_else(|| ApiError::invalid(message))
}

/// What is to be said around an answer.
pub(super) struct Envelope<'a> {
    /// The request's headers.
    pub(super) asked: &'a HeaderMap,
    /// This request's own id, a replay's included.
    pub(super) request_id: &'a str,
    /// Whether the request is of a kind that heeds idempotency keys.
    pub(super) keyed: bool,
    /// The sandbox's time at which the request was received.
    pub(super) now: i64,
    /// The methods that the path has, for 405.
    pub(super) allow: Option<&'a str>,
    /// Advice in place of the usual advice on retrying.
    pub(super) should_retry: Option<bool>,
    /// Whether the answer is to break off in the middle.
    pub(super) truncated: bool,
}

/// Builds the answer.
pub(super) fn respond(reply: Reply, envelope: &Envelope<'_>) -> Response<Outgoing> {
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
    let version = asked.as_deref().unwrap_or(VERSION);
    put(STRIPE_VERSION, text(version));
    let other = (version != VERSION).then_some(VERSION);
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

    #[test]
    fn keys_are_taken_as_they_are() {
        let key = |value: &str| {
            let value = HeaderValue::from_str(value).expect("a header's value");
            idempotency_key(&HeaderMap::from_iter([(IDEMPOTENCY_KEY, value)]))
        };
        assert_eq!(key("\"quoted\""), Ok(Some("\"quoted\"".to_owned())));
        assert_eq!(idempotency_key(&HeaderMap::new()), Ok(None));
        assert!(key("").is_err() && key(&"k".repeat(256)).is_err());
    }
}
