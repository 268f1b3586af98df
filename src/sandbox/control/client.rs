//! The other end of the admin path: finding the servers of a home, and asking one of them.

use std::fs;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::admin;
use crate::sandbox::keys::home::{file_error, write_private};
use crate::sandbox::state::db::private_dir;
use crate::sandbox::state::error::SandboxError;
use crate::sandbox::state::ids::Ids;

/// The version of the file that is written here.
const VERSION: i64 = 1;

/// How long to wait for a server of this machine to take a connection.
const KNOCK: Duration = Duration::from_secs(2);

/// How long a server may take over what it is asked.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a server leaves in the data folder, so that those who may read the folder may control it.
#[derive(Serialize, Deserialize)]
struct Written {
    version: i64,
    pid: u32,
    port: u16,
    token: String,
}

/// Why a server cannot be controlled.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// There is none.
    #[error("no sandbox server of this home is running")]
    None,
    /// There is none on the port that was named.
    #[error("no sandbox server of this home is running on port {0}")]
    NotThere(u16),
    /// There are several, and none was named.
    #[error("several sandbox servers of this home are running, on the ports {0}")]
    Several(String),
    /// It said no.
    #[error("{0}")]
    Refused(String),
    /// The data cannot be opened, or a token cannot be made.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    /// It did not answer as it should.
    #[error("the sandbox server does not answer: {0}")]
    Broken(String),
}

/// A token that nobody can guess.
///
/// # Errors
/// When the system gives no random numbers.
pub fn new_token() -> Result<SecretString, SandboxError> {
    Ok(SecretString::from(Ids::random()?.alphanumeric(40)))
}

/// The file that tells of a running server. It is removed when this is dropped.
#[derive(Debug)]
pub struct Announcement(PathBuf);

impl Announcement {
    /// Writes the file, for nobody but the user.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(data_dir: &Path, port: u16, token: &SecretString) -> Result<Self, SandboxError> {
        private_dir(data_dir)?;
        let path = data_dir.join(file_name(port));
        let written = Written {
            version: VERSION,
            pid: std::process::id(),
            port,
            token: token.expose_secret().to_owned(),
        };
        let text = serde_json::to_vec(&written).unwrap_or_default();
        // What is left of a server that was killed: nobody else can have this port.
        remove(&path)?;
        write_private(&path, &text).map_err(|error| file_error(&path, error))?;
        Ok(Self(path))
    }
}

impl Drop for Announcement {
    fn drop(&mut self) {
        // A file that stays tells of a server that nobody reaches, which is noticed.
        let _ = fs::remove_file(&self.0);
    }
}

fn remove(path: &Path) -> Result<(), SandboxError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(file_error(path, error)),
        _ => Ok(()),
    }
}

const PREFIX: &str = "sandbox-server.";

fn file_name(port: u16) -> String {
    format!("{PREFIX}{port}.json")
}

/// A server that can be asked.
#[derive(Debug)]
pub struct Server {
    port: u16,
    token: SecretString,
}

impl Server {
    /// The running server of a home, or the one on this port.
    ///
    /// # Errors
    /// When there is none, or no single one.
    pub fn find(data_dir: &Path, port: Option<u16>) -> Result<Self, ControlError> {
        let mut running: Vec<Self> = announced(data_dir)
            .into_iter()
            .filter(|server| port.is_none_or(|port| port == server.port) && server.listens())
            .collect();
        match (running.pop(), port) {
            (None, None) => Err(ControlError::None),
            (None, Some(port)) => Err(ControlError::NotThere(port)),
            (Some(server), _) if running.is_empty() => Ok(server),
            (Some(last), _) => {
                let mut ports: Vec<u16> =
                    running.iter().map(|server| server.port).chain([last.port]).collect();
                ports.sort_unstable();
                let ports: Vec<String> = ports.iter().map(ToString::to_string).collect();
                Err(ControlError::Several(ports.join(", ")))
            }
        }
    }

    /// Where it is.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address())
    }

    const fn address(&self) -> SocketAddr {
        SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), self.port)
    }

    fn listens(&self) -> bool {
        TcpStream::connect_timeout(&self.address(), KNOCK).is_ok()
    }

    /// Asks for something on the admin path: a GET without a body, a POST with one.
    ///
    /// # Errors
    /// When it says no, or nothing.
    pub async fn ask(&self, what: &str, body: Option<&Value>) -> Result<Value, ControlError> {
        let broken = |error: reqwest::Error| ControlError::Broken(error.without_url().to_string());
        crate::sandbox::events::worker::install_cryptography();
        let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().map_err(broken)?;
        let url = format!("{}{}{what}", self.url(), admin::PATH);
        let request = match body {
            None => client.get(url),
            Some(body) => client.post(url).body(body.to_string()),
        };
        let response = request.bearer_auth(self.token.expose_secret()).send().await.map_err(broken)?;
        let status = response.status();
        let text = response.bytes().await.map_err(broken)?;
        let answer: Value = serde_json::from_slice(&text)
            .map_err(|_| ControlError::Broken(format!("status {status}, and no JSON")))?;
        match &answer["error"]["message"] {
            _ if status.is_success() => Ok(answer),
            Value::String(message) => Err(ControlError::Refused(message.clone())),
            _ => Err(ControlError::Broken(format!("status {status}"))),
        }
    }
}

/// The servers that the data folder tells of. A file that cannot be read tells of none.
fn announced(data_dir: &Path) -> Vec<Server> {
    let entries = fs::read_dir(data_dir).into_iter().flatten().flatten();
    let names_one = |entry: &fs::DirEntry| entry.file_name().to_string_lossy().starts_with(PREFIX);
    let read = |entry: fs::DirEntry| {
        let written: Written = serde_json::from_slice(&fs::read(entry.path()).ok()?).ok()?;
        let is_known = written.version == VERSION;
        is_known.then(|| Server { port: written.port, token: SecretString::from(written.token) })
    };
    entries.filter(names_one).filter_map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_found_by_what_they_leave_while_they_listen() {
        let dir = tempfile::tempdir().expect("a directory");
        let listen = || std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = |listener: &std::net::TcpListener| listener.local_addr().expect("an address").port();
        let (one, two) = (listen(), listen());
        let token = SecretString::from("t");
        assert!(matches!(Server::find(dir.path(), None), Err(ControlError::None)));
        let first = Announcement::write(dir.path(), port(&one), &token).expect("written");
        assert_eq!(Server::find(dir.path(), None).expect("one").port, port(&one));
        let second = Announcement::write(dir.path(), port(&two), &token).expect("written");
        assert!(matches!(Server::find(dir.path(), None), Err(ControlError::Several(_))));
        assert_eq!(Server::find(dir.path(), Some(port(&two))).expect("the named").port, port(&two));
        assert!(matches!(Server::find(dir.path(), Some(1)), Err(ControlError::NotThere(1))));
        drop((two, first));
        assert!(matches!(Server::find(dir.path(), None), Err(ControlError::None)), "one went, one is deaf");
        drop(second);
        assert_eq!(fs::read_dir(dir.path()).expect("a listing").count(), 0);
    }

    #[cfg(unix)]
    #[test]
    fn the_file_is_private_and_what_a_killed_server_left_is_replaced() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join(file_name(7));
        fs::write(&path, "left behind").expect("written");
        let _announced = Announcement::write(dir.path(), 7, &SecretString::from("t")).expect("written");
        assert_eq!(fs::metadata(&path).expect("metadata").permissions().mode() & 0o777, 0o600);
        assert_eq!(announced(dir.path()).len(), 1);
    }
}
