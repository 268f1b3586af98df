//! Idempotency keys that a person or a script may give.

use std::str::FromStr;

use super::card_numbers::is_card_number;

/// An idempotency key: 1 to 255 bytes of printable ASCII without spaces at the ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

/// Why a text cannot be an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Nothing.
    #[error("the idempotency key is empty")]
    Empty,
    /// More than the API takes.
    #[error("the idempotency key has {0} bytes, and the API takes 255 at most")]
    TooLong(usize),
    /// Something that a header cannot carry, or that does not survive a copy.
    #[error("the idempotency key may have printable ASCII only: its byte {0} is something else")]
    Character(usize),
    /// White space at an end.
    #[error("the idempotency key begins or ends with a space")]
    Spaces,
    /// Keys end up in logs, and an address does not belong there.
    #[error(
        "the idempotency key looks like an e-mail address: keys are logged, use an order or a payment id"
    )]
    Email,
    /// Keys end up in logs, and a card number does not belong there.
    #[error("the idempotency key looks like a card number: keys are logged, use an order or a payment id")]
    CardNumber,
}

impl IdempotencyKey {
    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for IdempotencyKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.len() {
            0 => return Err(KeyError::Empty),
            1..=255 => {}
            length => return Err(KeyError::TooLong(length)),
        }
        if let Some(at) = text.bytes().position(|byte| !(b' '..=b'~').contains(&byte)) {
            return Err(KeyError::Character(at));
        }
        if text.trim() != text {
            return Err(KeyError::Spaces);
        }
        if looks_like_email(text) {
            return Err(KeyError::Email);
        }
        if is_card_number(text) {
            return Err(KeyError::CardNumber);
        }
        Ok(Self(text.to_owned()))
    }
}

fn looks_like_email(text: &str) -> bool {
    let Some((name, host)) = text.split_once('@') else { return false };
    let is_host = host.contains('.') && !host.starts_with('.') && !host.ends_with('.');
    !name.is_empty() && is_host && !text.contains(' ')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &str) -> Result<IdempotencyKey, KeyError> {
        text.parse()
    }

    #[test]
    fn keys_have_limits() {
        for good in ["a", "order-17", "a b", "pay@home", &"x".repeat(255), "1234567890123456"] {
            assert!(parse(good).is_ok(), "{good}");
        }
        assert_eq!(parse(""), Err(KeyError::Empty));
        assert_eq!(parse(&"x".repeat(256)), Err(KeyError::TooLong(256)));
        assert_eq!(parse("a\nb"), Err(KeyError::Character(1)));
        assert_eq!(parse("é"), Err(KeyError::Character(0)));
        assert_eq!(parse(" a"), Err(KeyError::Spaces));
        assert_eq!(parse("jenny@example.com"), Err(KeyError::Email));
        assert_eq!(parse("4242 4242 4242 4242"), Err(KeyError::CardNumber));
    }

    proptest! {
        #[test]
        fn what_is_accepted_is_sent_as_it_is(text in ".{0,300}") {
            if let Ok(key) = parse(&text) {
                prop_assert_eq!(key.as_str(), text);
            }
        }
    }
}
