//! Which journal a command works with: the file of its mode, or the database that `PAYCLI_JOURNAL_URL` names.

use std::path::PathBuf;
use std::time::Duration;

use crate::journal::{
    Address, AddressError, Journal, LEASE, Opening, PasswordError, PasswordSources, PostgresJournal,
    SqliteJournal, TlsDefaults,
};
use crate::profile::{Mode, parse_duration};

use crate::cli::failure::Failure;

use super::{Context, JournalFailure, variable};

/// The variable that names the database.
const URL: &str = "PAYCLI_JOURNAL_URL";

/// The variable that says how long a silent process keeps its keys.
const LEASE_VARIABLE: &str = "PAYCLI_JOURNAL_LEASE";

/// The longest that another process's transaction on a file is waited for.
const FILE_PATIENCE: Duration = Duration::from_secs(5);

/// The longest that a database which went away is waited for.
const DATABASE_PATIENCE: Duration = Duration::from_secs(60);

/// The shortest and the longest lease.
const LEASES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(600));

impl Context {
    /// The journal of a mode.
    pub(in crate::cli) fn journal(&self, mode: Mode) -> Result<Box<dyn Journal + Send>, JournalFailure> {
        let bodies = self.config().map_err(JournalFailure::Other)?.journal_bodies;
        let Some(url) = variable(URL) else { return Ok(Box::new(self.local_journal(mode)?)) };
        let address = address(&url).map_err(|error| {
            JournalFailure::Other(Failure::configuration(format!("{URL} is not usable: {error}")))
        })?;
        let journal = self.shared_journal(address, mode)?;
        Ok(Box::new(journal.keeping(bodies)))
    }

    /// Whether commands share a journal in a database.
    pub(in crate::cli) fn has_shared_journal() -> bool {
        variable(URL).is_some()
    }

    /// The journal of a mode in its file, whatever the environment names.
    pub(in crate::cli) fn local_journal(&self, mode: Mode) -> Result<SqliteJournal, JournalFailure> {
        let paths = Self::paths().map_err(JournalFailure::Other)?;
        let bodies = self.config().map_err(JournalFailure::Other)?.journal_bodies;
        let patience = self.global.timeout.min(FILE_PATIENCE);
        let journal = SqliteJournal::open(&paths.journal_file(mode), patience);
        journal.map(|journal| journal.keeping(bodies)).map_err(JournalFailure::Journal)
    }

    /// The journal of a mode in a database.
    pub(in crate::cli) fn shared_journal(
        &self,
        address: Address,
        mode: Mode,
    ) -> Result<PostgresJournal, JournalFailure> {
        let address = address.with_password_of(&password_sources()).map_err(|error: PasswordError| {
            JournalFailure::Other(Failure::configuration(error.to_string()))
        })?;
        let lease = lease().map_err(JournalFailure::Other)?;
        let patience = self.global.timeout.min(DATABASE_PATIENCE);
        PostgresJournal::open(Opening { address, mode, patience, lease }).map_err(JournalFailure::Journal)
    }
}

/// Reads the URL of a database, with what the environment adds to it.
pub(in crate::cli) fn address(url: &str) -> Result<Address, AddressError> {
    let defaults = TlsDefaults {
        mode: variable("PGSSLMODE"),
        roots: variable("PGSSLROOTCERT").map(PathBuf::from),
        own_roots: in_home(".postgresql/root.crt").filter(|path| path.is_file()),
    };
    Address::parse_with(url, &defaults)
}

fn password_sources() -> PasswordSources {
    let file = variable("PGPASSFILE").map(PathBuf::from).or_else(|| in_home(".pgpass"));
    PasswordSources { password: variable("PGPASSWORD"), file }
}

fn in_home(path: &str) -> Option<PathBuf> {
    Some(std::env::home_dir()?.join(path))
}

fn lease() -> Result<Duration, Failure> {
    let Some(text) = variable(LEASE_VARIABLE) else { return Ok(LEASE) };
    let lease = parse_duration(&text).ok().filter(|lease| (LEASES.0..=LEASES.1).contains(lease));
    lease.ok_or_else(|| {
        Failure::configuration(format!("{LEASE_VARIABLE} {text:?} is not a duration from 1s to 10m"))
    })
}
