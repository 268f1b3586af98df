//! Certificates and cryptography for https, loaded only when a request needs them.

use std::error::Error;
use std::io;

use jiff::Timestamp;
use reqwest::ClientBuilder;
use rustls::pki_types::UnixTime;
use rustls::{CertificateError, OtherError};

use super::reply::CertificateFault;

/// Gives a client builder its cryptography and its trusted roots.
///
/// On Linux one bundle file is read (`SSL_CERT_FILE` is respected): the default would read every file of
/// the certificate folder. Elsewhere the platform verifies.
pub(super) fn with_roots(builder: ClientBuilder) -> ClientBuilder {
    install_provider();
    match bundle() {
        Some(roots) => builder.tls_certs_only(roots),
        None => builder,
    }
}

/// Prepares a client that will never use TLS: no roots are read.
pub(super) fn without_roots(builder: ClientBuilder) -> ClientBuilder {
    install_provider();
    builder.tls_certs_only([])
}

fn install_provider() {
    // Fails only when there is one already, and then it is this one.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

#[cfg(target_os = "linux")]
fn bundle() -> Option<Vec<reqwest::Certificate>> {
    let file = openssl_probe::probe().cert_file?;
    let roots = reqwest::Certificate::from_pem_bundle(&std::fs::read(file).ok()?).ok()?;
    (!roots.is_empty()).then_some(roots)
}

#[cfg(not(target_os = "linux"))]
const fn bundle() -> Option<Vec<reqwest::Certificate>> {
    None
}

/// What is wrong with the server's certificate, where that is why a connection failed.
pub(super) fn certificate_fault(error: &(dyn Error + 'static)) -> Option<CertificateFault> {
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
