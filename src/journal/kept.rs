//! The body of an answer as the journal keeps it: with every credential taken out, or not at all.

use crate::credential;
use crate::profile::KeepBodies;

/// How much of a body was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Kept {
    /// All of it; there was no credential in it. So it is where there was no answer.
    #[default]
    Whole,
    /// All but its credentials.
    Redacted,
    /// Nothing, as the configuration wants it.
    None,
}

impl Kept {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Redacted => "redacted",
            Self::None => "none",
        }
    }

    pub(super) fn from_name(name: &str) -> Option<Self> {
        [Self::Whole, Self::Redacted, Self::None].into_iter().find(|kept| kept.as_str() == name)
    }
}

/// The body of an answer as it is stored. It is made by taking the credentials out, so that there is no way
/// for one into the file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeptBody {
    bytes: Option<Vec<u8>>,
    kept: Kept,
}

impl KeptBody {
    /// What is kept of the body of an answer, where there was one.
    #[must_use]
    pub fn of(body: Option<&[u8]>, keep: KeepBodies) -> Self {
        match (body, keep) {
            (None, _) => Self::default(),
            (Some(_), KeepBodies::None) => Self { bytes: None, kept: Kept::None },
            (Some(body), KeepBodies::Redacted) => match credential::redact_body(body) {
                Some(redacted) => Self { bytes: Some(redacted), kept: Kept::Redacted },
                None => Self { bytes: Some(body.to_vec()), kept: Kept::Whole },
            },
        }
    }

    /// What was stored before.
    pub(super) const fn stored(bytes: Option<Vec<u8>>, kept: Kept) -> Self {
        Self { bytes, kept }
    }

    pub(super) const fn kept(&self) -> Kept {
        self.kept
    }

    /// The body, as far as it was kept.
    #[must_use]
    pub fn bytes(&self) -> Option<&[u8]> {
        self.bytes.as_deref()
    }

    /// Whether the caller was shown more than is kept.
    #[must_use]
    pub fn is_redacted(&self) -> bool {
        self.kept != Kept::Whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_is_taken_out_and_the_rest_is_kept_or_nothing_is() {
        let secret = format!("{{\"secret\": \"whsec_{}wxyz\"}}", "b".repeat(28));
        let kept = KeptBody::of(Some(secret.as_bytes()), KeepBodies::Redacted);
        assert_eq!(kept.bytes(), Some(&b"{\"secret\": \"whsec_****wxyz\"}"[..]));
        assert!(kept.is_redacted());
        let plain = KeptBody::of(Some(b"{}"), KeepBodies::Redacted);
        assert_eq!((plain.bytes(), plain.is_redacted()), (Some(&b"{}"[..]), false));
        let none = KeptBody::of(Some(b"{}"), KeepBodies::None);
        assert_eq!((none.bytes(), none.is_redacted()), (None, true));
        let unanswered = KeptBody::of(None, KeepBodies::None);
        assert_eq!((unanswered.bytes(), unanswered.is_redacted()), (None, false));
    }
}
