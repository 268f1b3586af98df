//! A secret that is to be stored, checked for being what it is meant to be.

use secrecy::{ExposeSecret, SecretString};

use super::{ApiKey, ApiKeyError, KeyKind, SecretKind, SigningSecret};
use crate::profile::{Mode, Profile};

/// A secret of a known kind. Its `Debug` shows only its prefix and its last four characters.
#[derive(Debug, Clone)]
pub enum Secret {
    /// A key that requests are made with.
    Api(ApiKey),
    /// A publishable key.
    Publishable(ApiKey),
    /// A webhook signing secret.
    Webhook(SigningSecret),
}

/// Why a text is not the secret that is wanted. No variant holds any of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// Not an API key at all.
    #[error(transparent)]
    NotAKey(#[from] ApiKeyError),
    /// A publishable key where another is wanted.
    #[error(
        "this is a publishable key, which makes no requests: store it with --kind publishable, or give a secret (sk_…) or restricted (rk_…) key"
    )]
    Publishable,
    /// Another key where a publishable one is wanted.
    #[error("this is not a publishable key (pk_…): store it with --kind api")]
    NotPublishable,
    /// Something else where a signing secret is wanted.
    #[error("this is {0}, where a webhook signing secret (whsec_…) is expected")]
    NotASigningSecret(&'static str),
    /// The key's mode is not the profile's.
    #[error("this is a {of_key} key, and the profile {profile} is a {of_profile} profile")]
    OtherMode {
        /// The mode that is written in the key.
        of_key: Mode,
        /// The profile.
        profile: String,
        /// The profile's mode.
        of_profile: Mode,
    },
    /// The key's account is not the profile's.
    #[error("this key is of the account {of_key}, and {expected} is expected")]
    OtherAccount {
        /// The account that is written in the key, or that the API told.
        of_key: String,
        /// The account of the profile, or of the key that it replaces.
        expected: String,
    },
}

impl Secret {
    /// Reads a secret. White space around it is dropped, for the sake of files that end with a line break.
    ///
    /// # Errors
    /// When it is not a secret of this kind.
    pub fn parse(kind: SecretKind, text: &SecretString) -> Result<Self, SecretError> {
        let text = text.expose_secret().trim();
        match kind {
            SecretKind::Webhook => signing_secret(text).map(Self::Webhook),
            SecretKind::Api => match ApiKey::parse(text)? {
                key if key.kind() == KeyKind::Publishable => Err(SecretError::Publishable),
                key => Ok(Self::Api(key)),
            },
            SecretKind::Publishable => match ApiKey::parse(text)? {
                key if key.kind() == KeyKind::Publishable => Ok(Self::Publishable(key)),
                _ => Err(SecretError::NotPublishable),
            },
        }
    }

    /// Whether mode and account, where the text tells them, are the profile's.
    ///
    /// # Errors
    /// When they are not.
    pub fn agree(&self, profile: &Profile) -> Result<(), SecretError> {
        let Some(key) = self.key() else { return Ok(()) };
        if let Some(of_key) = key.mode().filter(|mode| *mode != profile.mode) {
            let (profile, of_profile) = (profile.name.to_string(), profile.mode);
            return Err(SecretError::OtherMode { of_key, profile, of_profile });
        }
        same_account(key.account().as_deref(), profile.account.as_deref())
    }

    /// The key, where it is one.
    #[must_use]
    pub const fn key(&self) -> Option<&ApiKey> {
        match self {
            Self::Api(key) | Self::Publishable(key) => Some(key),
            Self::Webhook(_) => None,
        }
    }

    /// What it is for.
    #[must_use]
    pub const fn kind(&self) -> SecretKind {
        match self {
            Self::Api(_) => SecretKind::Api,
            Self::Publishable(_) => SecretKind::Publishable,
            Self::Webhook(_) => SecretKind::Webhook,
        }
    }

    /// The secret itself: for stores and the standard input of hooks, never for showing.
    #[must_use]
    pub fn expose(&self) -> &str {
        match self {
            Self::Api(key) | Self::Publishable(key) => key.expose(),
            Self::Webhook(secret) => secret.expose(),
        }
    }

    /// As it may be shown.
    #[must_use]
    pub fn redacted(&self) -> String {
        match self {
            Self::Api(key) | Self::Publishable(key) => key.redacted(),
            Self::Webhook(secret) => secret.redacted(),
        }
    }
}

/// How API keys that are secret begin. A publishable key is none.
const SECRET_PREFIXES: [&str; 7] =
    ["sk_test_", "sk_live_", "rk_test_", "rk_live_", "sk_org_", "rkcs_", "oak_"];

/// Whether a text holds what looks like a secret API key or a signing secret.
pub(super) fn holds_secret(text: &str) -> bool {
    holds_api_key(text) || holds(text, &["whsec_"])
}

/// Whether a text holds what looks like a secret API key.
pub(super) fn holds_api_key(text: &str) -> bool {
    holds(text, &SECRET_PREFIXES)
}

/// Whether a prefix stands at the start of a word, before a body of eight characters at least.
fn holds(text: &str, prefixes: &[&str]) -> bool {
    let is_body = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'_');
    prefixes.iter().any(|prefix| {
        text.match_indices(prefix).any(|(at, _)| {
            let is_start = !text[..at].ends_with(|before: char| before.is_ascii_alphanumeric());
            let body = text[at + prefix.len()..].bytes().take_while(is_body).count();
            is_start && body >= 8
        })
    })
}

/// Whether two accounts, where both are known, are one.
///
/// # Errors
/// When they are not.
pub(super) fn same_account(of_key: Option<&str>, expected: Option<&str>) -> Result<(), SecretError> {
    match (of_key, expected) {
        (Some(of_key), Some(expected)) if of_key != expected => {
            Err(SecretError::OtherAccount { of_key: of_key.to_owned(), expected: expected.to_owned() })
        }
        _ => Ok(()),
    }
}

fn signing_secret(text: &str) -> Result<SigningSecret, SecretError> {
    let secret = SigningSecret::new(text);
    if secret.is_blank() {
        return Err(SecretError::NotASigningSecret("nothing"));
    }
    if let Some(what) = secret.mistaken_for() {
        return Err(SecretError::NotASigningSecret(what));
    }
    let body = text.strip_prefix("whsec_").unwrap_or_default();
    let is_body = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'_' | b'-');
    if body.is_empty() || body.len() > 250 || !body.bytes().all(is_body) {
        return Err(SecretError::NotASigningSecret("something else"));
    }
    Ok(secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(kind: SecretKind, text: &str) -> Result<Secret, SecretError> {
        Secret::parse(kind, &SecretString::from(text))
    }

    #[test]
    fn each_kind_takes_its_own_and_names_what_else_was_given() {
        let (api, publishable, webhook) = (SecretKind::Api, SecretKind::Publishable, SecretKind::Webhook);
        assert!(parse(api, "rk_test_12345\n").is_ok_and(|secret| secret.expose() == "rk_test_12345"));
        assert!(parse(publishable, "pk_test_12345").is_ok());
        assert!(parse(webhook, " whsec_12345\n").is_ok_and(|secret| secret.expose() == "whsec_12345"));
        assert_eq!(parse(api, "pk_test_12345").err(), Some(SecretError::Publishable));
        assert_eq!(parse(publishable, "sk_test_12345").err(), Some(SecretError::NotPublishable));
        assert_eq!(parse(webhook, "sk_test_12345").err(), Some(SecretError::NotASigningSecret("an API key")));
        for nothing in ["", " ", "hunter2", "whsec_", "whsec_a b"] {
            assert!(matches!(parse(webhook, nothing), Err(SecretError::NotASigningSecret(_))), "{nothing:?}");
        }
        assert!(matches!(
            parse(api, "whsec_12345"),
            Err(SecretError::NotAKey(ApiKeyError::Mistaken("a webhook signing secret")))
        ));
    }
}
