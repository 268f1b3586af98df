//! The kinds of credentials.

/// What kind of credential was found. Publishable keys (`pk_…`) are none: front ends show them to everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credential {
    /// `sk_…`, `rk_…`, `sk_org_…`, `rkcs_…`, `oak_…`.
    ApiKey,
    /// `whsec_…`.
    SigningSecret,
    /// `ek_…`, the secret of an ephemeral key, or `pst_…`, that of a terminal's connection token.
    EphemeralKey,
    /// `pi_…_secret_…` and the like: whoever has it acts on that one object.
    ClientSecret,
}

impl Credential {
    /// The kind in words, with its article; no part of the credential.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::ApiKey => "a secret API key",
            Self::SigningSecret => "a webhook signing secret",
            Self::EphemeralKey => "an ephemeral key",
            Self::ClientSecret => "a client secret",
        }
    }
}
