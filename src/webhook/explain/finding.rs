//! What an explanation says: a cause, whether it is proven, what was found, and what mends it.

/// The fix for every body that was changed, whatever the framework.
pub(super) const RAW_BODY: &str = "verify the raw bytes of the request before anything parses them, and never a body that was written again";

/// One cause of a failed verification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The cause's name, stable for scripts.
    pub cause: &'static str,
    /// Whether an HMAC matched, which is proof.
    pub certain: bool,
    /// What was found, in words.
    pub detail: String,
    /// What mends it.
    pub fix: String,
}

impl Explanation {
    /// A cause that something points to.
    pub(super) fn likely(cause: &'static str, detail: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { cause, certain: false, detail: detail.into(), fix: fix.into() }
    }

    /// A cause that an HMAC proves.
    pub(super) fn proven(cause: &'static str, detail: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { cause, certain: true, detail: detail.into(), fix: fix.into() }
    }
}
