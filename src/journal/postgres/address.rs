//! The address of a journal in a database: a URL as PostgreSQL's own programs take it, read strictly. A password
//! is kept apart from what is shown.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

/// How the server's certificate is looked at: `sslmode`, as libpq has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verify {
    /// No TLS.
    Off,
    /// TLS where the server has it, and no look at its certificate.
    Prefer,
    /// TLS, and no look at the certificate.
    Require,
    /// The certificate has to be of a trusted issuer.
    Issuer,
    /// It has to be for the host, too.
    Full,
}

const MODES: &[(&str, Verify)] = &[
    ("disable", Verify::Off),
    ("allow", Verify::Prefer),
    ("prefer", Verify::Prefer),
    ("require", Verify::Require),
    ("verify-ca", Verify::Issuer),
    ("verify-full", Verify::Full),
];

/// The parameters that are handed on as they are.
const PARAMETERS: &[&str] = &[
    "user",
    "password",
    "dbname",
    "host",
    "hostaddr",
    "port",
    "connect_timeout",
    "application_name",
    "options",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_retries",
    "tcp_user_timeout",
    "target_session_attrs",
    "channel_binding",
    "load_balance_hosts",
];

/// What libpq knows besides, and paycli does not do.
const UNSUPPORTED: &[&str] = &[
    "gssdelegation",
    "gssencmode",
    "gsslib",
    "krbsrvname",
    "passfile",
    "replication",
    "require_auth",
    "requirepeer",
    "service",
    "sslcert",
    "sslcertmode",
    "sslcompression",
    "sslcrl",
    "sslcrldir",
    "sslkey",
    "sslnegotiation",
    "sslpassword",
    "sslsni",
    "ssl_max_protocol_version",
    "ssl_min_protocol_version",
];

/// Why a URL is not the address of a journal. No part of it is in the text, since a password may be anywhere.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Another scheme.
    #[error("it is not a postgres:// URL")]
    Scheme,
    /// It cannot be read.
    #[error("it cannot be read: postgres://USER@HOST:PORT/DATABASE?sslmode=verify-full")]
    Form,
    /// No host.
    #[error("it names no host: postgres://HOST/DATABASE, or ?host=/FOLDER for a socket")]
    NoHost,
    /// A parameter of libpq that paycli has no use for.
    #[error("its parameter {0} is not supported")]
    Unsupported(&'static str),
    /// A parameter that nobody knows. It may be a part of a password that was not encoded.
    #[error(
        "it has a parameter that is not known; in a password, write ? as %3F, # as %23, & as %26 and % as %25"
    )]
    Unknown,
    /// A word that is no `sslmode`.
    #[error("its sslmode is none of disable, prefer, require, verify-ca, verify-full")]
    SslMode,
    /// Roots without a check.
    #[error("sslrootcert=system needs sslmode=verify-full")]
    WeakSystem,
    /// A password where others can see it.
    #[error("it has a password in it, which other processes can see: use PGPASSWORD or ~/.pgpass")]
    Password,
}

/// What the environment says of TLS.
#[derive(Debug, Clone, Default)]
pub struct TlsDefaults {
    /// `PGSSLMODE`.
    pub mode: Option<String>,
    /// `PGSSLROOTCERT`.
    pub roots: Option<PathBuf>,
    /// `~/.postgresql/root.crt`, where it is there: the issuers to trust where none are named.
    pub own_roots: Option<PathBuf>,
}

/// Where a journal is.
#[derive(Clone)]
pub struct Address {
    config: Config,
    pub(super) verify: Verify,
    /// `sslrootcert`.
    pub(super) roots: Option<PathBuf>,
    shown: String,
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Address").field(&self.shown).finish()
    }
}

impl Address {
    /// Reads a URL.
    ///
    /// # Errors
    /// When it is not one of a PostgreSQL database.
    pub fn parse(url: &str) -> Result<Self, AddressError> {
        Self::parse_with(url, &TlsDefaults::default())
    }

    /// Reads a URL, with what the environment says of TLS where the URL says nothing.
    ///
    /// # Errors
    /// When it is not one of a PostgreSQL database.
    pub fn parse_with(url: &str, defaults: &TlsDefaults) -> Result<Self, AddressError> {
        let is_postgres = ["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme));
        if !is_postgres {
            return Err(AddressError::Scheme);
        }
        let (base, query) = url.split_once('?').unwrap_or((url, ""));
        let mut verify = defaults.mode.as_deref().map_or(Ok(Verify::Prefer), mode)?;
        let (mut roots, mut rest) = (defaults.roots.clone(), Vec::new());
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').ok_or(AddressError::Unknown)?;
            match name {
                "sslmode" => verify = mode(&decoded(value)?)?,
                "sslrootcert" => roots = Some(PathBuf::from(decoded(value)?)),
                known if PARAMETERS.contains(&known) => rest.push(pair),
                other => return Err(not_taken(other)),
            }
        }
        if matches!(verify, Verify::Issuer | Verify::Full) && roots.is_none() {
            roots.clone_from(&defaults.own_roots);
        }
        let is_system = roots.as_ref().is_some_and(|path| path.as_os_str() == "system");
        if is_system && verify != Verify::Full {
            return Err(AddressError::WeakSystem);
        }
        // What libpq does, too: whoever names the issuer wants it looked at.
        if roots.is_some() && verify == Verify::Require {
            verify = Verify::Issuer;
        }
        let config =
            Config::from_str(&format!("{base}?{}", rest.join("&"))).map_err(|_| AddressError::Form)?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(AddressError::NoHost);
        }
        let shown = shown(&config);
        Ok(Self { config, verify, roots: roots.filter(|_| !is_system), shown })
    }

    /// Refuses a password that was typed on a command line.
    ///
    /// # Errors
    /// When it holds one.
    pub fn without_password(self) -> Result<Self, AddressError> {
        if self.config.get_password().is_some() { Err(AddressError::Password) } else { Ok(self) }
    }

    /// Where it is, without user and password, to be shown.
    pub(super) fn shown(&self) -> &str {
        &self.shown
    }

    /// The same place with a password, where the URL has none.
    #[must_use]
    pub(super) fn with_password(mut self, password: &str) -> Self {
        self.config.password(password);
        self
    }

    pub(super) fn has_password(&self) -> bool {
        self.config.get_password().is_some()
    }

    /// What a file of passwords is asked for: hosts, ports, database and user.
    pub(super) fn login(&self) -> Login {
        let hosts = self.config.get_hosts().iter().map(|host| match host {
            Host::Tcp(name) => name.clone(),
            #[cfg(unix)]
            Host::Unix(path) => path.display().to_string(),
        });
        let hosts: Vec<_> =
            hosts.chain(self.config.get_hostaddrs().iter().map(ToString::to_string)).collect();
        let user = self.config.get_user().unwrap_or_default().to_owned();
        Login {
            hosts,
            port: self.config.get_ports().first().copied().unwrap_or(DEFAULT_PORT),
            database: self.config.get_dbname().map_or_else(|| user.clone(), ToOwned::to_owned),
            user,
        }
    }

    /// What to connect with. `longest` bounds each try of an address that sets no bound itself.
    pub(super) fn config(&self, longest: Duration) -> Config {
        let mut config = self.config.clone();
        config.ssl_mode(match self.verify {
            Verify::Off => SslMode::Disable,
            Verify::Prefer => SslMode::Prefer,
            Verify::Require | Verify::Issuer | Verify::Full => SslMode::Require,
        });
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(longest);
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(longest * 3);
        }
        if config.get_application_name().is_none() {
            config.application_name("paycli");
        }
        config
    }
}

const DEFAULT_PORT: u16 = 5432;

/// What a password belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Login {
    pub(super) hosts: Vec<String>,
    pub(super) port: u16,
    pub(super) database: String,
    pub(super) user: String,
}

fn mode(word: &str) -> Result<Verify, AddressError> {
    let found = MODES.iter().find(|(name, _)| *name == word);
    found.map(|(_, verify)| *verify).ok_or(AddressError::SslMode)
}

fn decoded(value: &str) -> Result<String, AddressError> {
    let text = percent_encoding::percent_decode_str(value).decode_utf8();
    text.map(std::borrow::Cow::into_owned).map_err(|_| AddressError::Form)
}

fn not_taken(name: &str) -> AddressError {
    let known = UNSUPPORTED.iter().find(|known| **known == name);
    known.map_or(AddressError::Unknown, |known| AddressError::Unsupported(known))
}

fn shown(config: &Config) -> String {
    let port = |index: usize| match config.get_ports() {
        [] => DEFAULT_PORT,
        [one] => *one,
        many => many.get(index).copied().unwrap_or(DEFAULT_PORT),
    };
    let hosts = config.get_hosts().iter().enumerate().map(|(index, host)| match host {
        Host::Tcp(name) => format!("{name}:{}", port(index)),
        #[cfg(unix)]
        Host::Unix(path) => format!("{}:{}", path.display(), port(index)),
    });
    let addresses = config
        .get_hostaddrs()
        .iter()
        .enumerate()
        .map(|(index, address)| format!("{address}:{}", port(index)));
    let mut places: Vec<_> = hosts.collect();
    if places.is_empty() {
        places = addresses.collect();
    }
    let database = config.get_dbname().map(|name| format!("/{name}")).unwrap_or_default();
    format!("postgres://{}{database}", places.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Put together at run time, so that no text here looks like a real one.
    fn password() -> String {
        ["se", "cret", "7"].concat()
    }

    #[test]
    fn what_libpq_takes_is_taken() {
        let url = format!("postgres://pay:{}@db.example:6432/money?sslmode=verify-full", password());
        let address = Address::parse(&url).expect("an address");
        assert_eq!((address.verify, address.shown()), (Verify::Full, "postgres://db.example:6432/money"));
        assert!(address.has_password());
        assert_eq!(address.clone().without_password().err(), Some(AddressError::Password));
        let socket = Address::parse("postgresql:///money?host=/tmp/s&user=pay").expect("an address");
        assert_eq!((socket.verify, socket.shown()), (Verify::Prefer, "postgres:///tmp/s:5432/money"));
        let login = socket.login();
        assert_eq!((&*login.hosts[0], login.port, &*login.database), ("/tmp/s", 5432, "money"));
    }

    #[test]
    fn every_sslmode_means_what_it_means_to_libpq() {
        for (words, verify) in [
            ("", Verify::Prefer),
            ("?sslmode=disable", Verify::Off),
            ("?sslmode=require", Verify::Require),
            ("?sslmode=require&sslrootcert=/ca.pem", Verify::Issuer),
            ("?sslmode=verify-ca&sslrootcert=%2Fca.pem", Verify::Issuer),
            ("?sslmode=verify-full&sslrootcert=system", Verify::Full),
        ] {
            let address = Address::parse(&format!("postgres://h/d{words}")).expect(words);
            assert_eq!(address.verify, verify, "{words}");
            assert_eq!(address.roots.is_some(), words.contains("ca.pem"), "{words}");
        }
        let weak = Address::parse("postgres://h/d?sslmode=require&sslrootcert=system");
        assert_eq!(weak.err(), Some(AddressError::WeakSystem));
    }

    #[test]
    fn a_bad_url_is_refused_and_none_of_it_is_repeated() {
        let password = password();
        for (url, expected) in [
            (format!("mysql://u:{password}@h/d"), AddressError::Scheme),
            (format!("u:{password}@h"), AddressError::Scheme),
            (format!("postgres://u:a?{password}@h/d"), AddressError::Unknown),
            (format!("postgres://u:{password}@h:port/d"), AddressError::Form),
            (format!("postgres://u:%{password}%zz@h/d?sslmode=maybe"), AddressError::SslMode),
            (format!("postgres://u:{password}@h/d?sslkey=k"), AddressError::Unsupported("sslkey")),
            (format!("postgres://h/d?{password}=1"), AddressError::Unknown),
            ("postgres:///d".to_owned(), AddressError::NoHost),
        ] {
            let error = Address::parse(&url).expect_err(&url);
            assert_eq!(error, expected, "{url}");
            assert!(!format!("{error} {error:?}").contains(&password), "{error}");
        }
    }

    #[test]
    fn a_password_is_in_no_debug_text() {
        let url = format!("postgres://u:{}@h/d", password());
        assert!(!format!("{:?}", Address::parse(&url)).contains(&password()));
    }
}
