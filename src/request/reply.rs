//! What came back of one attempt, and what can be read in it without knowing what was asked.

use std::fmt;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::certificate::CertificateFault;

/// What came back of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// A whole HTTP answer, from whomever.
    Answer(Answer),
    /// No byte of the request left this machine.
    NotSent(Unsent),
    /// The request may have arrived, and no whole answer came back.
    Lost(String),
}

/// Why no byte of a request left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unsent {
    /// DNS, a refused connection, a failed TLS handshake: it may work in a second.
    Unreachable(String),
    /// The server's certificate is not trusted: it will be the same in a second.
    Untrusted(CertificateFault),
    /// The process was silent for longer than its lease of the key, which another one may have by now.
    LeaseLost,
}

impl fmt::Display for Unsent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(why) => f.write_str(why),
            Self::LeaseLost => f.write_str("the lease of the key was lost before the request left"),
            Self::Untrusted(fault) => write!(f, "the server's certificate is not trusted: {fault}"),
        }
    }
}

/// A whole HTTP answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// `Idempotent-Replayed: true`.
    pub replayed: bool,
    /// `Stripe-Should-Retry`, where it is given.
    pub should_retry: Option<bool>,
    /// `Request-Id`.
    pub request_id: Option<String>,
    /// `Original-Request`.
    pub original_request_id: Option<String>,
    /// All headers, in the order in which they came.
    pub headers: Vec<(String, String)>,
    /// The body, byte for byte.
    pub body: Vec<u8>,
}

impl Answer {
    /// The first header of a name, in whatever case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The media type of the body, without its parameters.
    pub(super) fn media_type(&self) -> Option<&str> {
        let value = self.header("content-type")?;
        Some(value.split(';').next().unwrap_or_default().trim()).filter(|name| !name.is_empty())
    }

    /// Whether the body is one whole JSON object, as every result of the API is.
    pub(super) fn is_object(&self) -> bool {
        let json = serde_json::from_slice::<&RawValue>(&self.body);
        json.is_ok_and(|json| json.get().starts_with('{'))
    }

    /// The API's error object, where the body has one.
    #[must_use]
    pub fn api_error(&self) -> Option<ApiError> {
        api_error(&self.body)
    }
}

/// The `error` object of an answer (Stripe API reference, "Errors").
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct ApiError {
    /// `card_error`, `invalid_request_error`, `idempotency_error`, `api_error`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// The code, for programs.
    pub code: Option<String>,
    /// Why a card was declined.
    pub decline_code: Option<String>,
    /// The parameter at fault.
    pub param: Option<String>,
    /// The message, for people.
    pub message: Option<String>,
    /// Where it is explained.
    pub doc_url: Option<String>,
}

/// The `error` object of a body, if it is recognisably the API's: it has a `type` or a `code`, which are
/// texts. An error of whatever stands between may be JSON too, but not of this form.
pub(super) fn api_error(body: &[u8]) -> Option<ApiError> {
    #[derive(Deserialize)]
    struct Body {
        error: ApiError,
    }
    let error = serde_json::from_slice::<Body>(body).ok()?.error;
    let has_text = |field: &Option<String>| field.as_ref().is_some_and(|text| !text.is_empty());
    (has_text(&error.kind) || has_text(&error.code)).then_some(error)
}

/// The `livemode` of an answer's object, or of the first object of a list.
#[must_use]
pub fn livemode(body: &[u8]) -> Option<bool> {
    #[derive(Deserialize)]
    struct Object {
        livemode: Option<bool>,
        data: Option<Box<RawValue>>,
    }
    let object: Object = serde_json::from_slice(body).ok()?;
    let in_list = || {
        let items: Vec<Object> = serde_json::from_str(object.data.as_ref()?.get()).ok()?;
        items.first()?.livemode
    };
    object.livemode.or_else(in_list)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_the_apis_by_its_type_or_its_code() {
        let is_the_apis = |body: &str| api_error(body.as_bytes()).is_some();
        assert!(is_the_apis(r#"{"error": {"type": "card_error"}}"#));
        assert!(is_the_apis(r#"{"error": {"type": null, "code": "lock_timeout"}}"#));
        for other in [
            "",
            "<html>",
            "[]",
            "{}",
            r#"{"error": "no"}"#,
            r#"{"error": {}}"#,
            r#"{"error": {"message": "no"}}"#,
            r#"{"error": {"code": 408}}"#,
            r#"{"error": {"type": "", "code": ""}}"#,
            r#"{"error": {"type": "card_error"}"#,
        ] {
            assert!(!is_the_apis(other), "{other}");
        }
    }

    #[test]
    fn the_whole_error_is_read() {
        let body = r#"{"error": {"type": "card_error", "code": "card_declined", "decline_code": "generic_decline", "message": "No."}}"#;
        let error = api_error(body.as_bytes()).expect("an error");
        assert_eq!(error.decline_code.as_deref(), Some("generic_decline"));
        assert_eq!((error.param, error.message.as_deref()), (None, Some("No.")));
    }

    #[test]
    fn livemode_is_found_in_an_object_and_in_a_list() {
        assert_eq!(livemode(br#"{"livemode": true}"#), Some(true));
        assert_eq!(livemode(br#"{"object": "list", "data": [{"livemode": false}]}"#), Some(false));
        assert_eq!(livemode(br#"{"data": []}"#), None);
        assert_eq!(livemode(b"<html>"), None);
    }

    #[test]
    fn faults_of_a_certificate_are_told_with_what_is_known() {
        let unsent = Unsent::Untrusted(CertificateFault::UnknownIssuer).to_string();
        assert_eq!(unsent, "the server's certificate is not trusted: its issuer is unknown on this machine");
        assert_eq!(Unsent::Unreachable("refused".into()).to_string(), "refused");
        let told = |fault: CertificateFault| fault.to_string();
        assert_eq!(
            told(CertificateFault::Expired(Some("2010-01-01".into()))),
            "it has expired on 2010-01-01"
        );
        assert_eq!(told(CertificateFault::Expired(None)), "it has expired");
        let wrong =
            |presented: &str| CertificateFault::WrongName { wanted: "a".into(), presented: presented.into() };
        assert_eq!(told(wrong("b, c")), "it is not for a, but for b, c");
        assert_eq!(told(wrong("")), "it is not for a");
    }
}
