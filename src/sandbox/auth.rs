//! Who is asking: the key in the `Authorization` header, and what it may do.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

use super::api_error::ApiError;
use super::keys::SandboxKeys;
use super::resources::Route;
use crate::keys::ApiKey;
use crate::profile::Mode;

/// Which of the home's keys was shown. What each may do is [`permit`]'s to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Identity {
    /// The key that may do everything.
    Secret,
    /// The key that may do what it was given.
    Restricted,
    /// The key of front ends.
    Publishable,
}

/// Recognises the key of a request. The refused key is told of in its redacted form only.
pub(super) fn authenticate(headers: &HeaderMap, keys: &SandboxKeys) -> Result<Identity, ApiError> {
    let text = presented(headers)?;
    let key =
        ApiKey::parse(&text).map_err(|error| unauthorized(format!("No API key was given: {error}.")))?;
    let known = [
        (&keys.secret, Identity::Secret),
        (&keys.restricted, Identity::Restricted),
        (&keys.publishable, Identity::Publishable),
    ];
    if let Some((_, identity)) = known.iter().find(|(known, _)| known.expose() == key.expose()) {
        return Ok(*identity);
    }
    Err(unauthorized(if key.mode() == Some(Mode::Live) {
        format!(
            "{key} is a live-mode key. A sandbox never takes one; its own keys are shown by `paycli sandbox keys`."
        )
    } else {
        format!("{key} is not a key of this sandbox. Its keys are shown by `paycli sandbox keys`.")
    }))
}

/// Whether this key may do this. Restricted keys may do everything until they can be given permissions.
pub(super) fn permit(identity: Identity, route: &Route) -> Result<(), ApiError> {
    match identity {
        Identity::Secret | Identity::Restricted => Ok(()),
        Identity::Publishable => Err(ApiError::refused(
            403,
            format!(
                "This is a publishable key, which is for front ends: it may make tokens and confirm with a \
                 client secret, and has no access to the endpoints of a {}. Use the secret key.",
                route.resource.object
            ),
        )),
    }
}

/// `Stripe-Account` has to name the account that the key belongs to: there are no others.
pub(super) fn check_account(headers: &HeaderMap, account: &str) -> Result<(), ApiError> {
    match headers.get("stripe-account") {
        Some(named) if named.as_bytes() != account.as_bytes() => {
            let message =
                "The account in Stripe-Account is not in this sandbox, or the key may not act for it.";
            Err(ApiError::refused(403, message).code("account_invalid"))
        }
        _ => Ok(()),
    }
}

fn unauthorized(message: impl Into<String>) -> ApiError {
    ApiError::refused(401, message)
}

/// The text where the key should be: `Bearer KEY`, or Basic with the key as the user's name.
fn presented(headers: &HeaderMap) -> Result<String, ApiError> {
    let missing = "No API key was given. Send it as `Authorization: Bearer KEY`.";
    let header = headers.get(AUTHORIZATION).ok_or_else(|| unauthorized(missing))?;
    let malformed = || unauthorized("The Authorization header is neither `Bearer KEY` nor `Basic …`.");
    let text = header.to_str().map_err(|_| malformed())?;
    let (scheme, rest) = text.split_once(' ').ok_or_else(malformed)?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Ok(rest.trim().to_owned());
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(malformed());
    }
    let decoded =
        base64(rest.trim()).and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(malformed)?;
    Ok(decoded.split_once(':').map_or(decoded.as_str(), |(user, _)| user).to_owned())
}

/// Standard Base64, with or without its padding.
fn base64(text: &str) -> Option<Vec<u8>> {
    let text = text.trim_end_matches('=').as_bytes();
    if text.len() % 4 == 1 {
        return None;
    }
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    for group in text.chunks(4) {
        let mut bits = 0_u32;
        for letter in group {
            bits = bits << 6 | base64_digit(*letter)?;
        }
        bits <<= 6 * (4 - group.len());
        bytes.extend_from_slice(&bits.to_be_bytes()[1..group.len()]);
    }
    Some(bytes)
}

fn base64_digit(letter: u8) -> Option<u32> {
    let digit = match letter {
        b'A'..=b'Z' => letter - b'A',
        b'a'..=b'z' => letter - b'a' + 26,
        b'0'..=b'9' => letter - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(u32::from(digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: &str) -> HeaderMap {
        let value = value.parse().expect("a header's value");
        HeaderMap::from_iter([(AUTHORIZATION, value)])
    }

    #[test]
    fn keys_are_recognised_in_both_schemes() {
        let keys = SandboxKeys::from_seed(1);
        let seen = |value: String| authenticate(&with(&value), &keys);
        assert_eq!(seen(format!("Bearer {}", keys.secret.expose())), Ok(Identity::Secret));
        assert_eq!(seen(format!("bearer {}", keys.restricted.expose())), Ok(Identity::Restricted));
        assert_eq!(seen(format!("Bearer {}", keys.publishable.expose())), Ok(Identity::Publishable));
        assert_eq!(base64("c2tfdGVzdDo=").as_deref(), Some(&b"sk_test:"[..]));
        assert_eq!(base64("YQ").as_deref(), Some(&b"a"[..]));
        assert_eq!(base64("Y"), None);
        assert_eq!(base64("Y*=="), None);
    }

    #[test]
    fn a_refused_key_is_not_quoted() {
        let (keys, other) = (SandboxKeys::from_seed(1), SandboxKeys::from_seed(2));
        let secret = other.secret.expose();
        for value in [
            format!("Bearer {secret}"),
            format!("Token {secret}"),
            format!("Bearer {secret}\u{e9}"),
            secret.into(),
        ] {
            let error = authenticate(&with(&value), &keys).expect_err("another home's key");
            assert_eq!(error.status(), 401);
            assert!(!error.to_json().to_string().contains(&secret[30..60]));
        }
        let error = authenticate(&with(&format!("Bearer {secret}")), &keys).expect_err("another home's key");
        assert!(error.to_json().to_string().contains(&other.secret.redacted()));
        assert_eq!(authenticate(&HeaderMap::new(), &keys).expect_err("nothing").status(), 401);
    }

    #[test]
    fn another_account_is_refused() {
        let named = |name: &str| {
            HeaderMap::from_iter([(
                "stripe-account".parse().expect("a name"),
                name.parse().expect("a value"),
            )])
        };
        assert!(check_account(&named("acct_1a"), "acct_1a").is_ok());
        assert_eq!(check_account(&named("acct_1b"), "acct_1a").map_err(|error| error.status()), Err(403));
    }
}
