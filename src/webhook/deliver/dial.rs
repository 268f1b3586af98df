//! Connecting to a target: the name, the socket, and for https the handshake.

use std::io::{self, ErrorKind};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use rustls_platform_verifier::ConfigVerifierExt;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use url::Host;

use super::connection::Connection;
use crate::webhook::outcome::DeliveryOutcome;
use crate::webhook::target::Target;

/// Why there is no connection. Nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DialError {
    /// Nobody listens on the port.
    #[error("nobody listens on {0}")]
    Refused(String),
    /// The name has no address.
    #[error("the host {0} was not found")]
    UnknownHost(String),
    /// The system cannot connect, or not in time.
    #[error("{0} cannot be reached: {1}")]
    Unreachable(String, String),
    /// No secure connection.
    #[error("no TLS connection to {0}: {1}")]
    Tls(String, String),
}

impl DialError {
    /// What it means for a delivery.
    #[must_use]
    pub const fn outcome(&self) -> DeliveryOutcome {
        match self {
            Self::Refused(_) => DeliveryOutcome::ConnectionRefused,
            Self::UnknownHost(_) => DeliveryOutcome::UnknownHost,
            Self::Unreachable(..) => DeliveryOutcome::Unreachable,
            Self::Tls(..) => DeliveryOutcome::TlsFailed,
        }
    }
}

/// Makes connections. Certificates are read when the first https target needs them.
#[derive(Default)]
pub struct Dialer {
    tls: OnceLock<TlsConnector>,
}

impl std::fmt::Debug for Dialer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dialer").finish_non_exhaustive()
    }
}

impl Dialer {
    /// A new connection to a target. `patience` is how long each address of it is waited for.
    ///
    /// # Errors
    /// When there is none.
    pub async fn dial(&self, target: &Target, patience: Duration) -> Result<Connection, DialError> {
        let place = target.place();
        let stream = connect(target, patience).await?;
        if target.url().scheme() != "https" {
            return Ok(Connection::new(stream));
        }
        let wrong = |error: String| DialError::Tls(place.clone(), error);
        let name = ServerName::try_from(host(target)).map_err(|error| wrong(error.to_string()))?;
        let tls = self.tls().map_err(|error| wrong(error.to_string()))?;
        let stream = tls.connect(name, stream).await.map_err(|error| wrong(error.to_string()))?;
        Ok(Connection::new(stream))
    }

    fn tls(&self) -> Result<&TlsConnector, rustls::Error> {
        if let Some(tls) = self.tls.get() {
            return Ok(tls);
        }
        // Fails only when there is one already, and then it is this one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let config = ClientConfig::with_platform_verifier()?;
        Ok(self.tls.get_or_init(|| TlsConnector::from(Arc::new(config))))
    }
}

/// The first address of the target that takes a connection.
async fn connect(target: &Target, patience: Duration) -> Result<TcpStream, DialError> {
    let place = target.place();
    let (host, port) = (host(target), target.url().port_or_known_default().unwrap_or(80));
    let unknown = |_| DialError::UnknownHost(host.clone());
    let addresses = lookup_host((host.as_str(), port)).await.map_err(unknown)?;
    let mut last = io::Error::new(ErrorKind::AddrNotAvailable, "no address");
    for address in addresses {
        let late = || Err(io::Error::new(ErrorKind::TimedOut, format!("no connection within {patience:?}")));
        match timeout(patience, TcpStream::connect(address)).await.unwrap_or_else(|_| late()) {
            Ok(stream) => {
                // Without it small deliveries may wait for each other; where it fails they only are slower.
                let _ = stream.set_nodelay(true);
                return Ok(stream);
            }
            Err(error) => last = error,
        }
    }
    Err(match last.kind() {
        ErrorKind::ConnectionRefused => DialError::Refused(place),
        _ => DialError::Unreachable(place, last.to_string()),
    })
}

/// The host without the brackets that a URL has around an IPv6 address.
fn host(target: &Target) -> String {
    match target.url().host() {
        Some(Host::Ipv6(address)) => address.to_string(),
        Some(host) => host.to_string(),
        None => String::new(),
    }
}
