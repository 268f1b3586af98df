//! Where a delivery goes: a URL, or what people type for one of this machine. Pure.

use std::fmt;
use std::str::FromStr;

use url::{Host, Url};

/// The URL of an endpoint: http or https, without a user or password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target(Url);

/// A text that names no endpoint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// None of the known forms.
    #[error("{0:?} is not a target: write 3000, localhost:3000/webhook or https://example.com/webhook")]
    Form(String),
    /// A URL with a user or a password in it.
    #[error("a target must not contain a user name or a password")]
    Credentials,
    /// Another scheme.
    #[error("{0:?} is not a target: only http and https are supported")]
    Scheme(String),
}

impl FromStr for Target {
    type Err = TargetError;

    /// Reads `3000`, `3000/path`, `:3000/path`, `/path`, `host:port`, `host:port/path` or a URL, as the Stripe
    /// CLI's `--forward-to` does. Without a scheme it is http; without a host it is `localhost`.
    fn from_str(text: &str) -> Result<Self, TargetError> {
        let form = || TargetError::Form(text.to_owned());
        let (before, _) = text.split_at(text.find(['/', '?']).unwrap_or(text.len()));
        let port = before.strip_prefix(':').unwrap_or(before);
        let url = if text.contains("://") {
            text.to_owned()
        } else if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) {
            format!("http://localhost:{}", text.strip_prefix(':').unwrap_or(text))
        } else if text.starts_with('/') {
            format!("http://localhost{text}")
        } else {
            format!("http://{text}")
        };
        let url = Url::parse(&url).map_err(|_| form())?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(TargetError::Scheme(text.to_owned()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(TargetError::Credentials);
        }
        if url.host().is_none() || text.chars().any(char::is_whitespace) {
            return Err(form());
        }
        Ok(Self(url))
    }
}

impl Target {
    /// This port of this machine, for deliveries to a `listen`.
    #[must_use]
    pub fn of_port(port: u16) -> Self {
        let url = Url::parse(&format!("http://127.0.0.1:{port}/")).expect("an address and a port are a URL");
        Self(url)
    }

    /// The URL.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.0
    }

    /// Host and port, as people read them.
    #[must_use]
    pub fn place(&self) -> String {
        let host = self.0.host_str().unwrap_or_default();
        format!("{host}:{}", self.0.port_or_known_default().unwrap_or(80))
    }

    /// The value of the `Host` header: without the port where it is the scheme's own.
    pub(super) fn host_header(&self) -> String {
        let host = self.0.host_str().unwrap_or_default();
        self.0.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// Path and query, as a request line has them.
    pub(super) fn path(&self) -> &str {
        &self.0[url::Position::BeforePath..url::Position::AfterQuery]
    }
}

/// Whether a URL names this machine: `localhost`, a name below it, or a loopback address.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.to_canonical().is_loopback(),
        None => false,
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_that_people_type_are_read() {
        for (text, url) in [
            ("3000", "http://localhost:3000/"),
            (":3000", "http://localhost:3000/"),
            ("3000/hook?x=1", "http://localhost:3000/hook?x=1"),
            (":3000/hook", "http://localhost:3000/hook"),
            ("/hook", "http://localhost/hook"),
            ("localhost:4242", "http://localhost:4242/"),
            ("127.0.0.1:80/a", "http://127.0.0.1/a"),
            ("[::1]:8080/a", "http://[::1]:8080/a"),
            ("example.com/hook", "http://example.com/hook"),
            ("https://example.com/hook", "https://example.com/hook"),
            ("http://localhost:3000", "http://localhost:3000/"),
        ] {
            assert_eq!(text.parse::<Target>().expect(text).to_string(), url, "{text}");
        }
    }

    #[test]
    fn what_names_no_endpoint_is_refused() {
        for text in ["", "99999", "ftp://x/", "http://", "a b", "localhost:port", "http://u:p@localhost/"] {
            assert!(text.parse::<Target>().is_err(), "{text}");
        }
        let error = "http://u:hunter2@h/".parse::<Target>().expect_err("a password").to_string();
        assert!(!error.contains("hunter2"), "{error}");
    }

    #[test]
    fn this_machine_is_recognised() {
        let is_ours = |host: &str| is_loopback(&Url::parse(&format!("http://{host}/")).expect(host));
        for host in ["localhost", "127.0.0.9:1", "[::1]:1", "a.localhost", "[::ffff:127.0.0.1]:1"] {
            assert!(is_ours(host), "{host}");
        }
        for host in ["example.com", "10.0.0.1:3000", "0.0.0.0:1", "localhost.example.com"] {
            assert!(!is_ours(host), "{host}");
        }
    }
}
