//! Who is asking: the key in the `Authorization` header, and what it may do.

use std::collections::BTreeMap;

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use hyper::HeaderMap;
use hyper::header::AUTHORIZATION;
use rusqlite::Connection;
use secrecy::ExposeSecret;

use super::execute::Task;
use crate::keys::{ApiKey, KeyKind};
use crate::profile::Mode;
use crate::sandbox::keys::key_table::{self, KeyRow};
use crate::sandbox::keys::permissions::Access;
use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::params::form::Param;
use crate::sandbox::resources::{Method, Route, Target};

/// The key that a request shows, in the form of a key. A text that is none is refused without being quoted.
pub(in crate::sandbox) fn presented_key(headers: &HeaderMap) -> Result<ApiKey, ApiError> {
    let text = presented(headers)?;
    ApiKey::parse(&text).map_err(|error| unauthorized(format!("Invalid API Key provided: {error}.")))
}

/// Recognises a key of this account. A refused key is told of in its redacted form only.
pub(in crate::sandbox) fn authenticate(
    connection: &Connection,
    key: &ApiKey,
    account: &str,
    now: i64,
) -> Result<KeyRow, ApiError> {
    let row = key_table::find(connection, key.expose())?.filter(|row| row.account == account);
    match row {
        Some(row) if row.expires.is_some_and(|expires| expires <= now) => {
            let message = format!("Expired API Key provided: {key}. Use the key that took its place.");
            Err(unauthorized(message).code("api_key_expired"))
        }
        Some(row) => Ok(row),
        None => Err(unknown(key)),
    }
}

fn unknown(key: &ApiKey) -> ApiError {
    unauthorized(if key.mode() == Some(Mode::Live) {
        format!(
            "Invalid API Key provided: {key}. This is a live-mode key, which a sandbox never takes; its own keys \
             are shown by `paycli sandbox keys`."
        )
    } else {
        format!("Invalid API Key provided: {key}. This sandbox's keys are shown by `paycli sandbox keys`.")
    })
}

/// What a publishable key may ask for: what front ends need, and nothing that it could learn much from.
const FOR_FRONT_ENDS: &[(&str, Method, Target, NeedsSecret)] = &[
    ("token", Method::Post, Target::Collection, NeedsSecret(false)),
    ("source", Method::Post, Target::Collection, NeedsSecret(false)),
    ("payment_method", Method::Post, Target::Collection, NeedsSecret(false)),
    ("payment_intent", Method::Get, Target::Item, NeedsSecret(true)),
    ("payment_intent", Method::Post, Target::Action("confirm"), NeedsSecret(true)),
    ("setup_intent", Method::Get, Target::Item, NeedsSecret(true)),
    ("setup_intent", Method::Post, Target::Action("confirm"), NeedsSecret(true)),
];

/// Whether the client secret has to be among the parameters.
#[derive(Clone, Copy, PartialEq, Eq)]
struct NeedsSecret(bool);

/// Whether this key may do this.
pub(in crate::sandbox) fn permit(
    key: &KeyRow,
    task: &Task,
    params: &BTreeMap<String, Param>,
) -> Result<(), ApiError> {
    let (object, route) = match task {
        Task::V1(route) => (route.resource.object, Some(route)),
        Task::V2(route, _) => (route.resource.permission, None),
    };
    match key.kind {
        KeyKind::Secret => Ok(()),
        KeyKind::Publishable => match route.and_then(for_front_ends) {
            Some(NeedsSecret(is_needed)) => check_client_secret(object, is_needed, params),
            None => Err(only_for_front_ends(object)),
        },
        _ => permit_restricted(key, object, access(task.method())),
    }
}

/// A front end shows that it may act on this one object by a secret that it got with it.
fn check_client_secret(
    object: &str,
    is_needed: bool,
    params: &BTreeMap<String, Param>,
) -> Result<(), ApiError> {
    if !is_needed || params.contains_key("client_secret") {
        return Ok(());
    }
    let message = format!("A publishable key needs the client_secret of the {object}.");
    Err(ApiError::refused(401, message).param("client_secret"))
}

fn for_front_ends(route: &Route) -> Option<NeedsSecret> {
    let asked = (route.resource.object, route.operation.method, route.operation.target);
    FOR_FRONT_ENDS.iter().find(|row| (row.0, row.1, row.2) == asked).map(|row| row.3)
}

fn only_for_front_ends(object: &str) -> ApiError {
    let message = format!(
        "This API call cannot be made with a publishable API key. Please use a secret API key. A publishable key \
         may make tokens and payment methods and confirm with a client secret; it has no access to this endpoint \
         of the {object}."
    );
    ApiError::refused(403, message).code("secret_key_required")
}

/// A key as it may be told of.
fn shown(key: &KeyRow) -> String {
    ApiKey::parse(key.token.expose_secret()).map(|key| key.to_string()).unwrap_or_default()
}

/// What a method needs to be permitted.
const fn access(method: Method) -> Access {
    match method {
        Method::Get => Access::Read,
        Method::Post | Method::Delete => Access::Write,
    }
}

/// Whether a restricted key has the permission; the refusal names it.
fn permit_restricted(key: &KeyRow, object: &str, access: Access) -> Result<(), ApiError> {
    if key.permissions.allow(object, access) {
        return Ok(());
    }
    let message = format!(
        "The provided key '{}' does not have the required permissions for this endpoint on account '{}'. Having the \
         'rak_{object}_{access}' permission would allow this request to continue. `paycli sandbox keys --create \
         restricted --allow {object}={access}` makes a key that has it.",
        shown(key),
        key.account
    );
    Err(ApiError::refused(403, message))
}

/// `Stripe-Account` has to name the account that the key belongs to: there are no others.
pub(in crate::sandbox) fn check_account(
    headers: &HeaderMap,
    account: &str,
    key: &ApiKey,
) -> Result<(), ApiError> {
    match headers.get("stripe-account") {
        Some(named) if named.as_bytes() != account.as_bytes() => {
            let named = String::from_utf8_lossy(named.as_bytes());
            let message = format!(
                "The provided key '{key}' does not have access to account '{named}' (or that account does not \
                 exist). A sandbox has one account: {account}."
            );
            Err(ApiError::refused(403, message).code("account_invalid"))
        }
        _ => Ok(()),
    }
}

fn unauthorized(message: impl Into<String>) -> ApiError {
    ApiError::refused(401, message)
}

/// Clients differ in whether they pad.
const BASIC: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The text where the key should be: `Bearer KEY`, or Basic with the key as the user's name.
fn presented(headers: &HeaderMap) -> Result<String, ApiError> {
    let missing = "You did not provide an API key. You need to provide your API key in the Authorization header, \
                   using Bearer auth (e.g. 'Authorization: Bearer KEY'). `paycli sandbox keys` shows the keys.";
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
    let decoded = BASIC
        .decode(rest.trim())
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .ok_or_else(malformed)?;
    Ok(decoded.split_once(':').map_or(decoded.as_str(), |(user, _)| user).to_owned())
}

#[cfg(test)]
mod tests {
    use base64::prelude::{BASE64_STANDARD as STANDARD, BASE64_STANDARD_NO_PAD as STANDARD_NO_PAD};

    use super::*;
    use crate::sandbox::keys::home::SandboxKeys;
    use crate::sandbox::resources::kinds;
    use crate::sandbox::state::db::{self, Storage};

    fn with(value: &str) -> HeaderMap {
        let value = value.parse().expect("a header's value");
        HeaderMap::from_iter([(AUTHORIZATION, value)])
    }

    /// A table with the home's keys in it, and those keys.
    fn home() -> (Connection, SandboxKeys) {
        let connection = db::open(&Storage::Memory, &kinds()).expect("open").writer;
        let keys = SandboxKeys::from_seed(1);
        key_table::ensure(&connection, &keys, 1_000).expect("ensured");
        (connection, keys)
    }

    fn see(home: &(Connection, SandboxKeys), value: &str, now: i64) -> Result<KeyRow, ApiError> {
        let key = presented_key(&with(value))?;
        authenticate(&home.0, &key, &home.1.account(), now)
    }

    #[test]
    fn keys_are_recognised_in_both_schemes() {
        let home = home();
        let kind = |value: String| see(&home, &value, 1_000).map(|row| row.kind);
        assert_eq!(kind(format!("Bearer {}", home.1.secret.expose())), Ok(KeyKind::Secret));
        assert_eq!(kind(format!("bearer {}", home.1.restricted.expose())), Ok(KeyKind::Restricted));
        assert_eq!(kind(format!("Bearer {}", home.1.publishable.expose())), Ok(KeyKind::Publishable));
        for padded in [true, false] {
            let user = format!("{}:", home.1.secret.expose());
            let text = if padded { STANDARD.encode(user) } else { STANDARD_NO_PAD.encode(user) };
            assert_eq!(kind(format!("Basic {text}")), Ok(KeyKind::Secret), "{text}");
        }
        for text in ["Y", "Y*=="] {
            assert_eq!(kind(format!("Basic {text}")).map_err(|error| error.status()), Err(401), "{text}");
        }
    }

    #[test]
    fn a_key_opens_nothing_from_its_end_on() {
        let home = home();
        home.0.execute("UPDATE api_keys SET expires = 2000 WHERE kind = 'secret'", []).expect("an end");
        let bearer = format!("Bearer {}", home.1.secret.expose());
        assert!(see(&home, &bearer, 1_999).is_ok());
        let error = see(&home, &bearer, 2_000).expect_err("expired");
        assert_eq!(
            (error.status(), error.to_json()["error"]["code"].as_str()),
            (401, Some("api_key_expired"))
        );
        assert!(!error.to_json().to_string().contains(&home.1.secret.expose()[30..60]));
    }

    #[test]
    fn a_refused_key_is_not_quoted() {
        let (home, other) = (home(), SandboxKeys::from_seed(2));
        let secret = other.secret.expose();
        for value in [
            format!("Bearer {secret}"),
            format!("Token {secret}"),
            format!("Bearer {secret}\u{e9}"),
            secret.into(),
        ] {
            let error = see(&home, &value, 0).expect_err("another home's key");
            assert_eq!(error.status(), 401);
            assert!(!error.to_json().to_string().contains(&secret[30..60]));
        }
        let error = see(&home, &format!("Bearer {secret}"), 0).expect_err("another home's key");
        assert!(error.to_json().to_string().contains(&other.secret.redacted()));
    }
}
