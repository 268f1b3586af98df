//! An API key, parsed once: its kind, its mode and its account, and never its text by accident.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

use crate::profile::Mode;

/// The longest key that is accepted, in bytes.
const MAX_LENGTH: usize = 255;

/// A key's body has to be this long before its last four characters are shown.
const SHOWN_FROM_LENGTH: usize = 12;

/// What a key is for, as its prefix tells (Stripe documentation, "API keys").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// `sk_test_…`, `sk_live_…`: may do everything; servers only.
    Secret,
    /// `rk_test_…`, `rk_live_…`: may do what it was given; servers only.
    Restricted,
    /// `pk_test_…`, `pk_live_…`: not a secret; front ends only.
    Publishable,
    /// `sk_org_…`: an organisation's key, which needs `Stripe-Context` and `Stripe-Version`.
    Organization,
    /// `rkcs_…`: the key of a claimable sandbox; its mode is not in its prefix.
    ClaimableSandbox,
    /// `oak_…`: an access key from OAuth; its mode is not in its prefix.
    OAuth,
}

impl KeyKind {
    /// The name used in JSON and messages.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Secret => "secret",
            Self::Restricted => "restricted",
            Self::Publishable => "publishable",
            Self::Organization => "organization",
            Self::ClaimableSandbox => "claimable_sandbox",
            Self::OAuth => "oauth",
        }
    }
}

/// Prefixes of API keys, the longer of two that overlap first.
const PREFIXES: &[(&str, KeyKind, Option<Mode>)] = &[
    ("sk_test_", KeyKind::Secret, Some(Mode::Test)),
    ("sk_live_", KeyKind::Secret, Some(Mode::Live)),
    ("rk_test_", KeyKind::Restricted, Some(Mode::Test)),
    ("rk_live_", KeyKind::Restricted, Some(Mode::Live)),
    ("pk_test_", KeyKind::Publishable, Some(Mode::Test)),
    ("pk_live_", KeyKind::Publishable, Some(Mode::Live)),
    ("sk_org_test_", KeyKind::Organization, Some(Mode::Test)),
    ("sk_org_live_", KeyKind::Organization, Some(Mode::Live)),
    ("sk_org_", KeyKind::Organization, None),
    ("rkcs_test_", KeyKind::ClaimableSandbox, Some(Mode::Test)),
    ("rkcs_", KeyKind::ClaimableSandbox, None),
    ("oak_", KeyKind::OAuth, None),
];

/// Prefixes of things that are often given where an API key belongs, and what each of them is.
const MISTAKEN: &[(&str, &str)] = &[
    ("whsec_", "a webhook signing secret"),
    ("mk_", "the id of an API key, which is not the key itself"),
    ("we_", "the id of a webhook endpoint"),
    ("acct_", "an account id"),
];

/// A Stripe API key. `Debug` and `Display` show only its prefix and its last four characters.
#[derive(Clone)]
pub struct ApiKey {
    text: SecretString,
    prefix: &'static str,
    kind: KeyKind,
    mode: Option<Mode>,
}

/// Why a text is not an API key. No variant holds any part of the text that could be secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApiKeyError {
    /// Nothing, or only white space.
    #[error("the API key is empty")]
    Blank,
    /// Something else of Stripe's, recognised by its prefix.
    #[error("this is {0}, where an API key (sk_…, rk_…) is expected")]
    Mistaken(&'static str),
    /// The secret that a front end uses to confirm one intent.
    #[error("this is the client secret of an intent, where an API key (sk_…, rk_…) is expected")]
    ClientSecret,
    /// No known prefix.
    #[error(
        "this is not an API key: it starts with none of sk_test_, sk_live_, rk_test_, rk_live_, pk_…, sk_org_, rkcs_, oak_"
    )]
    UnknownPrefix,
    /// White space, quotes, control characters or anything else that no key has.
    #[error(
        "the API key has a character at position {0} that no key has (a space, a quote or a line break, perhaps)"
    )]
    Character(usize),
    /// Nothing after the prefix, or more than 255 bytes in all.
    #[error("the API key is {0} bytes long, which no key is")]
    Length(usize),
}

impl ApiKey {
    /// Reads a key. White space around it is dropped, for the sake of files that end with a line break.
    ///
    /// # Errors
    /// When the text is not an API key: see [`ApiKeyError`].
    pub fn parse(text: &str) -> Result<Self, ApiKeyError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(ApiKeyError::Blank);
        }
        if let Some((_, what)) = MISTAKEN.iter().find(|(prefix, _)| text.starts_with(prefix)) {
            return Err(ApiKeyError::Mistaken(what));
        }
        if is_client_secret(text) {
            return Err(ApiKeyError::ClientSecret);
        }
        let (prefix, kind, mode) = PREFIXES
            .iter()
            .filter(|(prefix, ..)| text.starts_with(prefix))
            .max_by_key(|(prefix, ..)| prefix.len())
            .ok_or(ApiKeyError::UnknownPrefix)?;
        if let Some(position) = text.bytes().position(|byte| !is_key_byte(byte)) {
            return Err(ApiKeyError::Character(position));
        }
        if text.len() == prefix.len() || text.len() > MAX_LENGTH {
            return Err(ApiKeyError::Length(text.len()));
        }
        Ok(Self { text: SecretString::from(text), prefix, kind: *kind, mode: *mode })
    }

    /// What the key is for.
    #[must_use]
    pub const fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The mode that is written in the key, where its kind has one.
    #[must_use]
    pub const fn mode(&self) -> Option<Mode> {
        self.mode
    }

    /// The account that is written in the key: keys of today's form start their body with `51` and the
    /// rest of the account's id. Older keys do not tell.
    #[must_use]
    pub fn account(&self) -> Option<String> {
        let body = &self.expose()[self.prefix.len()..];
        let written = body.strip_prefix("51").filter(|_| body.len() >= 60)?;
        Some(format!("acct_1{}", written.get(..15)?))
    }

    /// The key as it may be shown: prefix and last four characters, `sk_test_****7890`.
    #[must_use]
    pub fn redacted(&self) -> String {
        let text = self.expose();
        if text.len() - self.prefix.len() < SHOWN_FROM_LENGTH {
            return format!("{}****", self.prefix);
        }
        format!("{}****{}", self.prefix, &text[text.len() - 4..])
    }

    /// The key itself: for the `Authorization` header and for comparisons, never for showing.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.text.expose_secret()
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiKey({})", self.redacted())
    }
}

impl fmt::Display for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.redacted())
    }
}

const fn is_key_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn is_client_secret(text: &str) -> bool {
    let is_intent = text.starts_with("pi_") || text.starts_with("seti_");
    is_intent && text.contains("_secret_")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(prefix: &str) -> String {
        format!("{prefix}{}", "51AbCdEfGhIjKlMnO".to_owned() + &"x".repeat(78) + "7890")
    }

    #[test]
    fn kind_and_mode_come_from_the_prefix() {
        let cases = [
            ("sk_test_", KeyKind::Secret, Some(Mode::Test)),
            ("rk_live_", KeyKind::Restricted, Some(Mode::Live)),
            ("pk_test_", KeyKind::Publishable, Some(Mode::Test)),
            ("sk_org_", KeyKind::Organization, None),
            ("sk_org_live_", KeyKind::Organization, Some(Mode::Live)),
            ("oak_", KeyKind::OAuth, None),
        ];
        for (prefix, kind, mode) in cases {
            let parsed = ApiKey::parse(&key(prefix)).expect(prefix);
            assert_eq!((parsed.kind(), parsed.mode()), (kind, mode), "{prefix}");
        }
    }

    #[test]
    fn the_account_is_read_from_a_key_of_todays_form_only() {
        let parsed = ApiKey::parse(&key("sk_test_")).expect("a key");
        assert_eq!(parsed.account().as_deref(), Some("acct_1AbCdEfGhIjKlMnO"));
        let old = ApiKey::parse(&format!("sk_test_{}", "a1B2".repeat(6))).expect("a key");
        assert_eq!(old.account(), None);
    }

    #[test]
    fn what_is_shown_holds_four_characters_of_the_body_and_no_more() {
        let parsed = ApiKey::parse(&key("sk_test_")).expect("a key");
        assert_eq!(parsed.to_string(), "sk_test_****7890");
        assert_eq!(format!("{parsed:?}"), "ApiKey(sk_test_****7890)");
        let short = ApiKey::parse("sk_test_12345").expect("a key");
        assert_eq!(short.to_string(), "sk_test_****");
    }

    #[test]
    fn what_is_not_a_key_is_named_and_never_quoted() {
        let error = |text: &str| ApiKey::parse(text).expect_err(text);
        assert_eq!(error(" \n"), ApiKeyError::Blank);
        assert_eq!(error("whsec_abc"), ApiKeyError::Mistaken("a webhook signing secret"));
        assert_eq!(error("pi_1_secret_2"), ApiKeyError::ClientSecret);
        assert_eq!(error("hunter2"), ApiKeyError::UnknownPrefix);
        assert_eq!(error("sk_test_a b"), ApiKeyError::Character(9));
        assert_eq!(error("sk_test_"), ApiKeyError::Length(8));
        assert!(!error("hunter2").to_string().contains("hunter2"));
    }
}
