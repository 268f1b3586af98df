//! An intent: one request as it was meant, with the very bytes that are sent.

use crate::profile::{Mode, Profile};

use super::canonical::{Canonical, canonical_form, canonical_json};
use super::fingerprint::{Fingerprint, FingerprintBuilder};
use super::method::Method;

/// The family of the API, which decides how a body is written and how long a key is remembered
/// (Stripe documentation: "Idempotent requests" for v1, "API v2 overview" for v2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// `/v1/…`: form-encoded, keys for POST, remembered for 24 hours.
    V1,
    /// `/v2/…`: JSON, keys for POST and DELETE, remembered for 30 days.
    V2,
}

impl Family {
    /// The word in the journal.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V1 => "v1",
            Self::V2 => "v2",
        }
    }

    /// How long the server promises to remember a key, in milliseconds.
    #[must_use]
    pub const fn window_millis(self) -> i64 {
        const HOUR: i64 = 3_600_000;
        match self {
            Self::V1 => 24 * HOUR,
            Self::V2 => 30 * 24 * HOUR,
        }
    }
}

/// A request under an idempotency key, complete but for the secret that authorises it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intent {
    /// The mode that it is meant for.
    pub mode: Mode,
    /// The profile that made it; not part of its identity.
    pub profile: String,
    /// The account of the API key, where it is known.
    pub account: Option<String>,
    /// A mark of the API key, where the account is not known; not part of its identity.
    pub credential: Option<String>,
    /// `Stripe-Account`.
    pub stripe_account: Option<String>,
    /// `Stripe-Context`.
    pub stripe_context: Option<String>,
    /// The base URL, or `sandbox`.
    pub base_url: String,
    /// The API's family.
    pub family: Family,
    /// The method.
    pub method: Method,
    /// The path with its query.
    pub path: String,
    /// `Stripe-Version`, where it is sent.
    pub api_version: Option<String>,
    /// Other headers; not part of its identity.
    pub headers: Vec<(String, String)>,
    /// The body as it is sent, every time.
    pub body: Vec<u8>,
}

impl Intent {
    /// A GET of v1 that no parameter and no header changes, with the key of a profile. It is never recorded.
    #[must_use]
    pub fn get(profile: &Profile, base: &str, path: &str) -> Self {
        Self {
            mode: profile.mode,
            profile: profile.name.to_string(),
            account: None,
            credential: None,
            stripe_account: None,
            stripe_context: None,
            base_url: base.to_owned(),
            family: Family::V1,
            method: Method::Get,
            path: path.to_owned(),
            api_version: None,
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// What makes two intents the same request: mode, account, host, method, path, API version and
    /// parameters, whose order does not count. Never the secret.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        let (path, query) = self.split_path();
        let mut builder = FingerprintBuilder::new();
        for field in [
            Some(self.mode.as_str()),
            self.account.as_deref(),
            self.stripe_account.as_deref(),
            self.stripe_context.as_deref(),
            Some(self.base_url.as_str()),
            Some(self.method.as_str()),
            Some(path),
            self.api_version.as_deref(),
        ] {
            builder.field(field.map(str::as_bytes));
        }
        builder.parameters(&canonical_form(query.as_bytes()));
        builder.parameters(&self.canonical_body());
        builder.finish()
    }

    /// What differs from another intent, in words: field names and parameter names, never values of
    /// parameters, which may be private.
    #[must_use]
    pub fn differences(&self, other: &Self) -> Vec<String> {
        let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".into());
        let mut found = Vec::new();
        let mut field = |name: &str, ours: String, theirs: String| {
            if ours != theirs {
                found.push(format!("{name} (first {ours}, now {theirs})"));
            }
        };
        field("mode", self.mode.to_string(), other.mode.to_string());
        field("account", shown(&self.account), shown(&other.account));
        field("Stripe-Account", shown(&self.stripe_account), shown(&other.stripe_account));
        field("Stripe-Context", shown(&self.stripe_context), shown(&other.stripe_context));
        field("API base", self.base_url.clone(), other.base_url.clone());
        field("method", self.method.to_string(), other.method.to_string());
        let ((path, query), (other_path, other_query)) = (self.split_path(), other.split_path());
        field("path", path.to_owned(), other_path.to_owned());
        field("API version", shown(&self.api_version), shown(&other.api_version));
        let queries = (canonical_form(query.as_bytes()), canonical_form(other_query.as_bytes()));
        found.extend(queries.0.differing_names(&queries.1));
        found.extend(self.canonical_body().differing_names(&other.canonical_body()));
        found
    }

    /// A request for tests, with a form for its body.
    #[cfg(test)]
    pub(super) fn example(body: &str) -> Self {
        Self {
            mode: Mode::Test,
            profile: "test".into(),
            account: Some("acct_1".into()),
            credential: None,
            stripe_account: None,
            stripe_context: None,
            base_url: "https://api.stripe.com".into(),
            family: Family::V1,
            method: Method::Post,
            path: "/v1/customers".into(),
            api_version: None,
            headers: vec![("X-A".into(), "b".into())],
            body: body.into(),
        }
    }

    fn canonical_body(&self) -> Canonical {
        match self.family {
            Family::V1 => canonical_form(&self.body),
            Family::V2 => canonical_json(&self.body),
        }
    }

    fn split_path(&self) -> (&str, &str) {
        self.path.split_once('?').unwrap_or((&self.path, ""))
    }
}
