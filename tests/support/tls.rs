//! An HTTPS server on loopback, with a certificate that is as wrong as a test wants it.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::answer::paid;

/// What the server's certificate says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Certificate {
    /// The name that it is for.
    pub(crate) name: &'static str,
    /// The years in which it begins and ends.
    pub(crate) years: (i32, i32),
    /// It says that it is an authority's, as what `openssl req -x509` makes does.
    pub(crate) is_authority: bool,
}

impl Certificate {
    pub(crate) const GOOD: Self = Self { name: "localhost", years: (2000, 2090), is_authority: false };
}

/// A server that runs until the test ends.
pub(crate) struct TlsServer {
    pub(crate) url: String,
    /// The certificate of who signed the server's, as PEM.
    pub(crate) issuer: String,
    connections: Arc<AtomicUsize>,
}

impl TlsServer {
    /// Answers every request with a payment.
    pub(crate) fn start(certificate: Certificate) -> Self {
        let (config, issuer) = config(certificate);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port on loopback");
        let url = format!("https://localhost:{}", listener.local_addr().expect("an address").port());
        let connections = Arc::new(AtomicUsize::new(0));
        let (config, counter) = (Arc::new(config), Arc::clone(&connections));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                counter.fetch_add(1, Ordering::SeqCst);
                let session = ServerConnection::new(Arc::clone(&config)).expect("a session");
                let mut stream = StreamOwned::new(session, stream);
                // A client that does not trust the certificate hangs up here.
                if let Ok(1..) = stream.read(&mut [0; 4096]) {
                    let _ = stream.write_all(&paid().on_the_wire(1, false, 0));
                    stream.conn.send_close_notify();
                    let _ = stream.flush();
                }
            }
        });
        Self { url, issuer, connections }
    }

    /// How many connections were opened.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

fn issuer_name() -> String {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    format!("issuer {}", NUMBER.fetch_add(1, Ordering::SeqCst))
}

/// A certificate with its key, and the certificate of who signed it, as PEM.
pub(crate) struct Issued {
    pub(crate) certificate: String,
    pub(crate) key: String,
    pub(crate) issuer: String,
    der: Vec<u8>,
    key_der: Vec<u8>,
}

/// Makes a certificate.
pub(crate) fn issue(certificate: Certificate) -> Issued {
    let issuer_key = KeyPair::generate().expect("a key");
    let mut issuer_params = CertificateParams::new(Vec::new()).expect("no names");
    // Each issuer has a name of its own: a client finds issuers by their names.
    let name = issuer_name();
    issuer_params.distinguished_name.push(DnType::CommonName, name);
    issuer_params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = issuer_params.self_signed(&issuer_key).expect("a certificate");
    let issuer_pem = issuer.pem();
    let signer = Issuer::new(issuer_params, issuer_key);

    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(vec![certificate.name.to_owned()]).expect("a name");
    params.not_before = date_time_ymd(certificate.years.0, 1, 1);
    params.not_after = date_time_ymd(certificate.years.1, 1, 1);
    if certificate.is_authority {
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    }
    let leaf = params.signed_by(&key, &signer).expect("a certificate");
    Issued {
        certificate: leaf.pem(),
        key: key.serialize_pem(),
        issuer: issuer_pem,
        der: leaf.der().to_vec(),
        key_der: key.serialize_der(),
    }
}

fn config(certificate: Certificate) -> (ServerConfig, String) {
    let issued = issue(certificate);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions of TLS")
        .with_no_client_auth()
        .with_single_cert(
            vec![issued.der.into()],
            PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(issued.key_der)),
        )
        .expect("a key that fits");
    (config, issued.issuer)
}
