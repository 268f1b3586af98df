//! Where the API is: a base URL that a key may be sent to.

use std::fmt;
use std::net::IpAddr;

use url::{Host, Url};

/// The base URL of an API: https anywhere, or http on loopback. A path prefix is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiBase(Url);

/// Why a URL cannot be the base of an API.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApiBaseError {
    /// Not a URL at all.
    #[error("the API base is not a URL: {0}")]
    NotAUrl(String),
    /// A key would travel in clear.
    #[error(
        "the API base must be https, or http on this machine (127.0.0.1, [::1], localhost): a key must not travel in clear"
    )]
    Insecure,
    /// User name, password, query or fragment in the URL.
    #[error("the API base must have no user, password, query or fragment")]
    Surplus,
}

impl ApiBase {
    /// Stripe's own.
    pub const STRIPE: &str = "https://api.stripe.com";

    /// Stripe's API.
    ///
    /// # Panics
    /// Never: the address is a constant and a test reads it.
    #[must_use]
    pub fn stripe() -> Self {
        Self::parse(Self::STRIPE).expect("a constant that is a URL")
    }

    /// Reads a base URL.
    ///
    /// # Errors
    /// When it is not https (http on loopback excepted) or has parts that a base cannot have.
    pub fn parse(text: &str) -> Result<Self, ApiBaseError> {
        let url = Url::parse(text.trim()).map_err(|error| ApiBaseError::NotAUrl(error.to_string()))?;
        let is_bare = url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        let base = Self(url);
        match base.0.scheme() {
            _ if base.0.host().is_none() => Err(ApiBaseError::NotAUrl("it has no host".into())),
            "https" | "http" if !is_bare => Err(ApiBaseError::Surplus),
            "https" => Ok(base),
            "http" if base.is_loopback() => Ok(base),
            _ => Err(ApiBaseError::Insecure),
        }
    }

    /// Whether the host is this machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        match self.0.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => IpAddr::from(address).is_loopback(),
            Some(Host::Ipv6(address)) => IpAddr::from(address).is_loopback(),
            None => false,
        }
    }

    /// Whether the host is one of Stripe's own.
    #[must_use]
    pub fn is_stripe(&self) -> bool {
        let Some(Host::Domain(host)) = self.0.host() else { return false };
        self.uses_tls() && (host == "stripe.com" || host.ends_with(".stripe.com"))
    }

    /// Whether the connection is encrypted.
    #[must_use]
    pub fn uses_tls(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// The base without a slash at its end, to put an absolute path behind.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }
}

impl fmt::Display for ApiBase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_anywhere_and_http_on_this_machine_only() {
        for good in [
            "https://api.stripe.com",
            "https://proxy.example/stripe/",
            "http://127.0.0.1:12111",
            "http://[::1]:1",
            "http://localhost:9",
        ] {
            assert!(ApiBase::parse(good).is_ok(), "{good}");
        }
        for bad in ["http://api.stripe.com", "http://10.0.0.1", "ftp://localhost", "http://localhost.example"]
        {
            assert_eq!(ApiBase::parse(bad), Err(ApiBaseError::Insecure), "{bad}");
        }
        assert!(matches!(ApiBase::parse("api.stripe.com"), Err(ApiBaseError::NotAUrl(_))));
        assert_eq!(ApiBase::parse("https://u:p@api.stripe.com"), Err(ApiBaseError::Surplus));
    }

    #[test]
    fn only_stripes_own_hosts_are_stripes() {
        assert!(ApiBase::stripe().is_stripe());
        assert!(ApiBase::parse("https://files.stripe.com").expect("a base").is_stripe());
        for other in ["https://api.stripe.com.example", "https://notstripe.com", "http://127.0.0.1"] {
            assert!(!ApiBase::parse(other).expect(other).is_stripe(), "{other}");
        }
    }

    #[test]
    fn a_path_prefix_is_kept() {
        assert_eq!(
            ApiBase::parse("https://proxy.example/stripe/").expect("a base").as_str(),
            "https://proxy.example/stripe"
        );
    }
}
