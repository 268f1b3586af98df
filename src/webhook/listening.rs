//! Which `listen` of this home is running: the file that it leaves in the data folder while it does.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The version of the file that is written here. A newer one is not read.
const VERSION: u32 = 1;

const PREFIX: &str = "webhook-listen.";

/// How long to wait for a program of this machine to take a connection.
const KNOCK: Duration = Duration::from_secs(2);

/// A `listen` that runs, as its file tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listening {
    version: u32,
    /// Its process.
    pub pid: u32,
    /// Its port on loopback.
    pub port: u16,
    /// When it began, in Unix seconds.
    pub started_at: i64,
}

/// Why no single `listen` was found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ListeningError {
    /// There is none.
    #[error("no webhook listen of this home is running, and no --to was given")]
    None,
    /// There are several.
    #[error("several webhook listen commands of this home are running, on the ports {0}")]
    Several(String),
}

impl Listening {
    /// What a `listen` tells of itself.
    #[must_use]
    pub const fn new(pid: u32, port: u16, started_at: i64) -> Self {
        Self { version: VERSION, pid, port, started_at }
    }

    /// The file of the one on this port.
    #[must_use]
    pub fn file(data_dir: &Path, port: u16) -> PathBuf {
        data_dir.join(format!("{PREFIX}{port}.json"))
    }

    /// Those whose files are there and whose ports take connections, by port. What a killed one left is
    /// passed over.
    #[must_use]
    pub fn all(data_dir: &Path) -> Vec<Self> {
        let entries = fs::read_dir(data_dir).into_iter().flatten().flatten();
        let names_one = |entry: &fs::DirEntry| entry.file_name().to_string_lossy().starts_with(PREFIX);
        let read = |entry: fs::DirEntry| {
            let written: Self = serde_json::from_slice(&fs::read(entry.path()).ok()?).ok()?;
            (written.version == VERSION).then_some(written)
        };
        let mut running: Vec<_> =
            entries.filter(names_one).filter_map(read).filter(Self::takes_connections).collect();
        running.sort_by_key(|listening| listening.port);
        running
    }

    /// The only one.
    ///
    /// # Errors
    /// When there is none, or no single one.
    pub fn only(data_dir: &Path) -> Result<Self, ListeningError> {
        let mut running = Self::all(data_dir);
        match (running.pop(), running.is_empty()) {
            (None, _) => Err(ListeningError::None),
            (Some(only), true) => Ok(only),
            (Some(last), false) => {
                let ports: Vec<_> = running.iter().chain([&last]).map(|one| one.port.to_string()).collect();
                Err(ListeningError::Several(ports.join(", ")))
            }
        }
    }

    fn takes_connections(&self) -> bool {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        TcpStream::connect_timeout(&address, KNOCK).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    #[test]
    fn those_that_run_are_found_and_what_a_killed_one_left_is_not() {
        let dir = tempfile::tempdir().expect("a directory");
        let listener = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let port = |listener: &TcpListener| listener.local_addr().expect("an address").port();
        let leave = |port: u16| {
            let text = serde_json::to_vec(&Listening::new(1, port, 2)).expect("JSON");
            fs::write(Listening::file(dir.path(), port), text).expect("written");
        };
        assert_eq!(Listening::only(dir.path()), Err(ListeningError::None));
        let (one, two) = (listener(), listener());
        leave(port(&one));
        assert_eq!(Listening::only(dir.path()).expect("one").port, port(&one));
        leave(port(&two));
        let several = Listening::only(dir.path()).expect_err("two").to_string();
        assert!(
            several.contains(&port(&one).to_string()) && several.contains(&port(&two).to_string()),
            "{several}"
        );
        let gone = port(&two);
        drop(two);
        assert_eq!(Listening::only(dir.path()).expect("one").port, port(&one), "{gone} is gone");
        fs::write(Listening::file(dir.path(), 1), "not JSON").expect("written");
        assert!(Listening::only(dir.path()).is_ok());
    }
}
