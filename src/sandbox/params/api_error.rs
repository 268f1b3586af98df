//! Errors as the API tells them: Stripe's shape, our words. Pure.

use serde_json::{Map, Value, json};

/// An error answer, and whether the work had begun when it came. Boxed, since it is on the way out of
/// every function here and should not make their results large.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::sandbox) struct ApiError(Box<Detail>);

#[derive(Debug, Clone, PartialEq)]
struct Detail {
    status: u16,
    kind: &'static str,
    code: Option<&'static str>,
    param: Option<String>,
    message: String,
    extra: Map<String, Value>,
    stored: bool,
    allowed: Option<String>,
}

impl ApiError {
    fn new(status: u16, kind: &'static str, message: impl Into<String>) -> Self {
        let (code, param, message, extra) = (None, None, message.into(), Map::new());
        Self(Box::new(Detail { status, kind, code, param, message, extra, stored: false, allowed: None }))
    }

    /// 400: the parameters are wrong, which is seen before any work.
    pub(in crate::sandbox) fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, "invalid_request_error", message)
    }

    /// The request itself is refused with another status than 400, before any work.
    pub(in crate::sandbox) fn refused(status: u16, message: impl Into<String>) -> Self {
        Self::new(status, "invalid_request_error", message)
    }

    /// 400: the key belongs to another request. It has no `code`.
    pub(in crate::sandbox) fn key_mismatch() -> Self {
        let message = "Keys for idempotent requests can only be used with the same parameters they were first \
                       used with. Send the first request again, or use a new key.";
        Self::new(400, "idempotency_error", message)
    }

    /// 409: the first request under this key is not done.
    pub(in crate::sandbox) fn key_in_use() -> Self {
        let message = "There is currently another in-progress request using this Idempotent Key. Try again \
                       in a moment.";
        Self::refused(409, message).code("idempotency_key_in_use")
    }

    /// 402: the issuer said no.
    pub(in crate::sandbox) fn card(code: &'static str, decline_code: &str, message: &str) -> Self {
        let error = Self::bad_card(code, message);
        if decline_code.is_empty() { error } else { error.with("decline_code", json!(decline_code)) }
    }

    /// 402: the card's number, date or code cannot be.
    pub(in crate::sandbox) fn bad_card(code: &'static str, message: &str) -> Self {
        Self::new(402, "card_error", message).code(code).executed()
    }

    /// 500: the sandbox failed, and everything that the request did was undone.
    pub(in crate::sandbox) fn internal(message: impl Into<String>) -> Self {
        Self::new(500, "api_error", message)
    }

    /// The error that a fault wants. Nothing was done.
    pub(in crate::sandbox) fn injected(status: u16) -> Self {
        let message = "Injected by a sandbox fault.";
        match status {
            402 => Self::new(402, "card_error", message).code("card_declined"),
            409 => Self::refused(409, message).code("lock_timeout"),
            429 => Self::refused(429, message).code("rate_limit"),
            400..500 => Self::refused(status, message),
            _ => Self::new(status, "api_error", message),
        }
    }

    /// The same error, come in the middle of the work: it belongs to the idempotency key from now on.
    pub(in crate::sandbox) fn in_the_work(self) -> Self {
        self.executed()
    }

    /// 429: another process holds the data file. Nothing was done.
    pub(in crate::sandbox) fn busy() -> Self {
        let message = "This object cannot be accessed right now because another API request or process is \
                       using the sandbox's data. Try again in a moment.";
        Self::refused(429, message).code("lock_timeout")
    }

    /// 400: a parameter that has to be there is not.
    pub(in crate::sandbox) fn missing_param(path: impl Into<String>) -> Self {
        let path = path.into();
        Self::invalid(format!("Missing required param: {path}.")).code("parameter_missing").param(path)
    }

    /// There is no such object.
    pub(in crate::sandbox) fn missing_object(status: u16, object: &str, id: &str, param: &str) -> Self {
        let message = format!("No such {}: '{id}'", noun(object));
        Self::refused(status, message).code("resource_missing").param(param).executed()
    }

    /// The object is in a state that does not allow it. Intents are shown with their error.
    pub(in crate::sandbox) fn unexpected_state(message: impl Into<String>, object: &Value) -> Self {
        let error = Self::invalid(message).executed();
        match object["object"].as_str() {
            Some("payment_intent") => {
                error.code("payment_intent_unexpected_state").with("payment_intent", object.clone())
            }
            Some("setup_intent") => {
                error.code("setup_intent_unexpected_state").with("setup_intent", object.clone())
            }
            Some("charge") => error.code("charge_not_capturable"),
            _ => error,
        }
    }

    /// 400, seen when the work had begun: what is asked does not fit what is there.
    pub(in crate::sandbox) fn conflict(message: impl Into<String>) -> Self {
        Self::invalid(message).executed()
    }

    /// 404, seen when the work had begun: what is asked for is not there.
    pub(in crate::sandbox) fn not_found(message: impl Into<String>) -> Self {
        Self::refused(404, message).executed()
    }

    /// Adds a code.
    pub(in crate::sandbox) fn code(mut self, code: &'static str) -> Self {
        self.0.code = Some(code);
        self
    }

    /// Names the parameter.
    pub(in crate::sandbox) fn param(mut self, param: impl Into<String>) -> Self {
        self.0.param = Some(param.into());
        self
    }

    /// Adds another field.
    pub(in crate::sandbox) fn with(mut self, name: &str, value: Value) -> Self {
        self.0.extra.insert(name.to_owned(), value);
        self
    }

    /// The work had begun: the answer belongs to the idempotency key from now on.
    fn executed(mut self) -> Self {
        self.0.stored = true;
        self
    }

    /// The HTTP status.
    pub(in crate::sandbox) fn status(&self) -> u16 {
        self.0.status
    }

    /// Whether the answer is kept under the idempotency key.
    pub(in crate::sandbox) fn is_stored(&self) -> bool {
        self.0.stored
    }

    /// 405: the path has other methods.
    pub(in crate::sandbox) fn method(message: impl Into<String>, allowed: String) -> Self {
        let mut error = Self::refused(405, message);
        error.0.allowed = Some(allowed);
        error
    }

    /// The methods that the path has, where it was asked with another.
    pub(in crate::sandbox) fn allowed(&self) -> Option<&str> {
        self.0.allowed.as_deref()
    }

    /// The answer's body, fields in alphabetical order as Stripe has them.
    pub(in crate::sandbox) fn to_json(&self) -> Value {
        let mut fields: Vec<(String, Value)> = self.0.extra.clone().into_iter().collect();
        if let Some(code) = self.0.code {
            fields.push(("code".to_owned(), json!(code)));
            let page = format!("https://stripe.com/docs/error-codes/{}", code.replace('_', "-"));
            fields.push(("doc_url".to_owned(), json!(page)));
        }
        fields.push(("message".to_owned(), json!(self.0.message)));
        if let Some(param) = &self.0.param {
            fields.push(("param".to_owned(), json!(param)));
        }
        fields.push(("type".to_owned(), json!(self.0.kind)));
        fields.sort_by(|one, other| one.0.cmp(&other.0));
        json!({ "error": fields.into_iter().collect::<Map<_, _>>() })
    }
}

/// How the API's messages call an object that they do not find.
fn noun(object: &str) -> &str {
    match object {
        "payment_method" => "PaymentMethod",
        "setup_intent" => "setupintent",
        "webhook_endpoint" => "webhook endpoint",
        "promotion_code" => "promotion code",
        "balance_transaction" => "balance transaction",
        "tax_rate" => "tax rate",
        other => other,
    }
}

/// Adds to an error where the Dashboard shows the request, as every error of v1 has it.
pub(in crate::sandbox) fn add_request_log(body: &mut Value, request_id: &str, now: i64) {
    let Some(Value::Object(error)) = body.get_mut("error") else { return };
    let url = format!("https://dashboard.stripe.com/test/logs/{request_id}?t={now}");
    error.insert("request_log_url".to_owned(), json!(url));
    error.sort_keys();
}

impl From<rusqlite::Error> for ApiError {
    fn from(error: rusqlite::Error) -> Self {
        Self::internal(format!("The sandbox could not use its data: {error}."))
    }
}

impl From<serde_json::Error> for ApiError {
    fn from(error: serde_json::Error) -> Self {
        Self::internal(format!("The sandbox could not read or write JSON: {error}."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shape_is_stripes() {
        let error = ApiError::invalid("No.").code("parameter_unknown").param("x");
        let expected = json!({"error": {
            "code": "parameter_unknown",
            "doc_url": "https://stripe.com/docs/error-codes/parameter-unknown",
            "message": "No.",
            "param": "x",
            "type": "invalid_request_error",
        }});
        assert_eq!(error.to_json(), expected);
        let mismatch = ApiError::key_mismatch().to_json();
        assert_eq!(mismatch["error"]["type"], "idempotency_error");
        assert_eq!(mismatch["error"].get("code"), None);
    }

    #[test]
    fn only_what_was_begun_is_stored() {
        assert!(ApiError::card("card_declined", "generic_decline", "No.").is_stored());
        assert!(ApiError::missing_object(404, "customer", "cus_1", "id").is_stored());
        for error in [ApiError::invalid("No."), ApiError::key_in_use(), ApiError::refused(401, "No.")] {
            assert!(!error.is_stored());
        }
    }
}
