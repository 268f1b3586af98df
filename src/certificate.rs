//! What can be wrong with a server's certificate, in words: the TLS library has names for it only.

use std::error::Error;
use std::io;

use jiff::Timestamp;
use rustls::pki_types::UnixTime;
use rustls::{CertificateError, OtherError};

/// What is wrong with a certificate. Times are RFC 3339 in UTC, where they are known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateFault {
    /// Its last day is over, by this machine's clock.
    #[error("it has expired{}", at(" on ", .0.as_ref()))]
    Expired(Option<String>),
    /// Its first day is still to come, by this machine's clock.
    #[error("it is not valid before {}", .0.as_deref().unwrap_or("a later time"))]
    NotYetValid(Option<String>),
    /// Nobody that this machine trusts has signed it.
    #[error("its issuer is unknown on this machine")]
    UnknownIssuer,
    /// It is for other names than the one that was connected to.
    #[error("it is not for {wanted}{}", at(", but for ", Some(presented).filter(|names| !names.is_empty())))]
    WrongName {
        /// The host that was connected to.
        wanted: String,
        /// The names in the certificate, with commas between them.
        presented: String,
    },
    /// It says that it is an authority's, and no authority signed a server's with it: `openssl req -x509` makes such.
    #[error("it is an authority's own and not a server's, as many self-signed ones are")]
    OfAuthority,
    /// Anything else, by the name that the TLS library has for it.
    #[error("the TLS library refuses it ({0})")]
    Other(String),
}

fn at(before: &str, what: Option<&String>) -> String {
    what.map(|what| format!("{before}{what}")).unwrap_or_default()
}

/// What is wrong with the server's certificate, where that is why a connection failed.
#[must_use]
pub fn certificate_fault(error: &(dyn Error + 'static)) -> Option<CertificateFault> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(rustls::Error::InvalidCertificate(wrong)) = tls_error(error) {
            return Some(fault(wrong));
        }
        cause = error.source();
    }
    None
}

/// An error of the TLS library, on its own or in I/O errors around it, which do not name it as their source.
fn tls_error<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    let mut error = error;
    while let Some(inner) = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        error = inner;
    }
    error.downcast_ref()
}

fn fault(wrong: &CertificateError) -> CertificateFault {
    match wrong {
        CertificateError::Expired => CertificateFault::Expired(None),
        CertificateError::ExpiredContext { not_after, .. } => CertificateFault::Expired(shown(*not_after)),
        CertificateError::NotValidYet => CertificateFault::NotYetValid(None),
        CertificateError::NotValidYetContext { not_before, .. } => {
            CertificateFault::NotYetValid(shown(*not_before))
        }
        CertificateError::UnknownIssuer => CertificateFault::UnknownIssuer,
        CertificateError::NotValidForName => {
            CertificateFault::WrongName { wanted: "this host".to_owned(), presented: String::new() }
        }
        CertificateError::NotValidForNameContext { expected, presented } => CertificateFault::WrongName {
            wanted: expected.to_str().into_owned(),
            presented: presented.iter().map(|name| bare(name)).collect::<Vec<_>>().join(", "),
        },
        CertificateError::Other(OtherError(cause)) => of_verifier(&cause.to_string()),
        other => CertificateFault::Other(other.to_string()),
    }
}

/// What the verifier below the TLS library found, which is known by its name alone.
fn of_verifier(name: &str) -> CertificateFault {
    match name {
        "CaUsedAsEndEntity" => CertificateFault::OfAuthority,
        other => CertificateFault::Other(other.to_owned()),
    }
}

/// A name as people write it: the library says `DnsName("api.stripe.com")`.
fn bare(name: &str) -> &str {
    name.split('"').nth(1).unwrap_or(name)
}

fn shown(time: UnixTime) -> Option<String> {
    let seconds = i64::try_from(time.as_secs()).ok()?;
    Timestamp::from_second(seconds).ok().map(|time| time.to_string())
}
