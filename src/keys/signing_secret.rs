//! A webhook signing secret, which no message can show by accident.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

/// The prefix of every signing secret that Stripe or a Standard Webhooks sender makes.
const PREFIX: &str = "whsec_";

/// A secret has to be this long before its last four characters are shown.
const SHOWN_FROM_LENGTH: usize = 18;

/// What is often given where a signing secret belongs, by prefix.
const MISTAKEN: &[(&str, &str)] = &[
    ("sk_", "an API key"),
    ("rk_", "a restricted API key"),
    ("rkcs_", "an API key"),
    ("oak_", "an API key"),
    ("pk_", "a publishable API key"),
    ("we_", "the id of a webhook endpoint"),
    ("mk_", "the id of an API key"),
];

/// The secret that a webhook endpoint's deliveries are signed with. Any text is one, since the official
/// libraries take any text; `Debug` and `Display` show only its prefix and its last four characters.
#[derive(Clone)]
pub struct SigningSecret(SecretString);

impl SigningSecret {
    /// A secret as it is: nothing is trimmed, since every byte is part of the key.
    #[must_use]
    pub fn new(text: impl Into<SecretString>) -> Self {
        Self(text.into())
    }

    /// Whether it is empty or white space alone, which must never verify anything (CVE-2026-41432). White
    /// space is what Stripe's libraries take for it: space, tab, line feed, carriage return, form feed and
    /// vertical tab.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.expose().bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | 0x0b | 0x0c))
    }

    /// What it is instead of a signing secret, where its prefix tells.
    #[must_use]
    pub fn mistaken_for(&self) -> Option<&'static str> {
        let text = self.expose().trim_start();
        MISTAKEN.iter().find(|(prefix, _)| text.starts_with(prefix)).map(|(_, what)| *what)
    }

    /// The secret as it may be shown: `whsec_****7890`.
    #[must_use]
    pub fn redacted(&self) -> String {
        let text = self.expose().trim();
        let prefix = if text.starts_with(PREFIX) { PREFIX } else { "" };
        let shown = text.len().checked_sub(4).filter(|_| text.len() >= SHOWN_FROM_LENGTH);
        format!("{prefix}****{}", shown.and_then(|at| text.get(at..)).unwrap_or_default())
    }

    /// The secret itself: for HMACs, never for showing.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningSecret({})", self.redacted())
    }
}

impl fmt::Display for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.redacted())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_holds_four_characters_of_a_long_secret_and_none_of_a_short_one() {
        let long = SigningSecret::new(format!("whsec_{}wxyz", "a".repeat(28)));
        assert_eq!(format!("{long} {long:?}"), "whsec_****wxyz SigningSecret(whsec_****wxyz)");
        assert_eq!(SigningSecret::new("hunter2").to_string(), "****");
        assert_eq!(SigningSecret::new(format!("{}aé€", "a".repeat(20))).to_string(), "****");
    }

    #[test]
    fn white_space_alone_is_blank_and_a_nul_is_not() {
        for blank in ["", " ", "\t\r\n\u{c}\u{b}"] {
            assert!(SigningSecret::new(blank).is_blank(), "{blank:?}");
        }
        for text in ["\0", "\u{a0}", "x", " x "] {
            assert!(!SigningSecret::new(text).is_blank(), "{text:?}");
        }
    }

    #[test]
    fn keys_and_ids_are_told_from_secrets() {
        assert_eq!(SigningSecret::new("sk_test_1").mistaken_for(), Some("an API key"));
        assert_eq!(SigningSecret::new("we_1").mistaken_for(), Some("the id of a webhook endpoint"));
        assert_eq!(SigningSecret::new("whsec_1").mistaken_for(), None);
    }
}
