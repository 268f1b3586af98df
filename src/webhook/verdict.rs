//! What a verification found: valid or not, why, and who would say otherwise.

use std::fmt;

/// How a delivery is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// One `Stripe-Signature` header: `t=…,v1=…` (Stripe documentation, "Verify webhook signatures").
    Stripe,
    /// `webhook-id`, `webhook-timestamp` and `webhook-signature` (the Standard Webhooks specification).
    Standard,
}

impl Scheme {
    /// The scheme that the headers of a delivery are of: Standard Webhooks where one of its own is there and
    /// `Stripe-Signature` is not.
    pub fn of_headers<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        let mut has_standard = false;
        for name in names {
            if name.eq_ignore_ascii_case("stripe-signature") {
                return Self::Stripe;
            }
            let name = name.to_ascii_lowercase();
            has_standard |= name.starts_with("webhook-") || name.starts_with("svix-");
        }
        if has_standard { Self::Standard } else { Self::Stripe }
    }

    /// The name in JSON and on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stripe => "stripe",
            Self::Standard => "standard",
        }
    }
}

/// Why a delivery is valid or is not. The names are a contract with scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// A signature matches and the timestamp is inside the tolerance.
    Ok,
    /// There is no signature header, or an empty one.
    NoHeader,
    /// There is no secret, a blank one, or one that is no key for the scheme.
    NoSecret,
    /// The header cannot be read: no timestamp, or one that is no integer.
    MalformedHeader,
    /// The header has no `v1` signature.
    NoV1Signature,
    /// No signature is that of the body under the secret.
    NoMatch,
    /// A signature matches and is older than the tolerance.
    TimestampTooOld,
    /// The timestamp is further in the future than the tolerance; Standard Webhooks only.
    TimestampTooNew,
    /// Some official libraries accept this form and others refuse it: not valid.
    LibrariesDisagree,
}

impl Reason {
    /// The name in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::NoHeader => "no_header",
            Self::NoSecret => "no_secret",
            Self::MalformedHeader => "malformed_header",
            Self::NoV1Signature => "no_v1_signature",
            Self::NoMatch => "no_match",
            Self::TimestampTooOld => "timestamp_too_old",
            Self::TimestampTooNew => "timestamp_too_new",
            Self::LibrariesDisagree => "libraries_disagree",
        }
    }
}

/// An official library, or one of the Standard Webhooks specification's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Library {
    /// `stripe` or `standardwebhooks` from the Python Package Index.
    Python,
    /// `stripe` or `standardwebhooks` on npm.
    Node,
    /// stripe-go.
    Go,
    /// stripe-ruby.
    Ruby,
    /// stripe-php.
    Php,
}

impl Library {
    /// The name in JSON and messages.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::Node => "node",
            Self::Go => "go",
            Self::Ruby => "ruby",
            Self::Php => "php",
        }
    }
}

impl fmt::Display for Library {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The time at which a delivery is judged, and how old it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Now, in Unix seconds.
    pub now: i64,
    /// The age that is still accepted, in seconds. With Stripe's scheme 0 switches the check off.
    pub tolerance_seconds: u64,
}

impl Window {
    /// Whether a timestamp in Unix seconds is older than the tolerance: exactly as old is not.
    pub(super) fn is_too_old(self, timestamp: i128) -> bool {
        i128::from(self.now).saturating_sub(timestamp) > i128::from(self.tolerance_seconds)
    }

    /// Whether a timestamp in Unix seconds is in the future by more than the tolerance.
    pub(super) fn is_too_new(self, timestamp: i128) -> bool {
        timestamp.saturating_sub(i128::from(self.now)) > i128::from(self.tolerance_seconds)
    }
}

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Why.
    pub reason: Reason,
    /// The timestamp that was read, in Unix seconds, where there is one.
    pub timestamp: Option<i64>,
    /// Which of the keys given matched, as an index; also when the timestamp alone is wrong.
    pub matched: Option<usize>,
    /// Where the libraries disagree, the ones that accept the delivery.
    pub accepted_by: Vec<Library>,
}

impl Verdict {
    pub(super) const fn refused(reason: Reason, timestamp: Option<i64>) -> Self {
        Self { reason, timestamp, matched: None, accepted_by: Vec::new() }
    }

    /// A verdict of one key that a signature is of.
    pub(super) const fn matched(reason: Reason, timestamp: Option<i64>) -> Self {
        Self { reason, timestamp, matched: Some(0), accepted_by: Vec::new() }
    }

    /// The best of what several keys gave, whatever their order: valid, then matched in some way, then the
    /// first refusal of a key that could be used.
    pub(super) fn best(of_each_key: impl Iterator<Item = Self>) -> Self {
        let indexed = of_each_key.enumerate();
        let indexed =
            indexed.map(|(index, verdict)| Self { matched: verdict.matched.and(Some(index)), ..verdict });
        indexed.min_by_key(Self::rank).unwrap_or_else(|| Self::refused(Reason::NoSecret, None))
    }

    const fn rank(&self) -> u8 {
        match self.reason {
            Reason::Ok => 0,
            Reason::LibrariesDisagree => 1,
            _ if self.matched.is_some() => 2,
            Reason::NoSecret => 4,
            _ => 3,
        }
    }

    /// Whether the delivery is valid.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.reason == Reason::Ok
    }
}
