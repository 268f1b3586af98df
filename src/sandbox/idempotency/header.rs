//! The header that an idempotency key comes in.

use hyper::HeaderMap;
use hyper::header::HeaderName;

use super::rules;
use crate::sandbox::params::api_error::ApiError;

/// Its name.
pub(in crate::sandbox) const NAME: HeaderName = HeaderName::from_static("idempotency-key");

/// The idempotency key of a request, raw: quotes would be part of it.
pub(in crate::sandbox) fn key_in(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let Some(value) = headers.get(NAME) else { return Ok(None) };
    let key = std::str::from_utf8(value.as_bytes()).ok().filter(|key| rules::is_key(key));
    let message = "An idempotency key has 1 to 255 characters.";
    key.map(|key| Some(key.to_owned())).ok_or_else(|| ApiError::invalid(message))
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderValue;

    use super::*;

    #[test]
    fn keys_are_taken_as_they_are() {
        let key = |value: &str| {
            let value = HeaderValue::from_str(value).expect("a header's value");
            key_in(&HeaderMap::from_iter([(NAME, value)]))
        };
        assert_eq!(key("\"quoted\""), Ok(Some("\"quoted\"".to_owned())));
        assert_eq!(key_in(&HeaderMap::new()), Ok(None));
        assert!(key("").is_err() && key(&"k".repeat(256)).is_err());
    }
}
