//! Certificates and cryptography for https, loaded only when a request needs them.

use reqwest::ClientBuilder;

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
