//! What the database reports: which of it passes by itself, and the rest as an error of the journal.

use tokio_postgres::error::SqlState;

use crate::certificate::certificate_fault;
use crate::journal::error::JournalError;

/// Why a step did not become durable.
#[derive(Debug)]
pub(super) enum StepError {
    /// The same step again may well work: another transaction was in the way.
    Again(String),
    /// The connection is gone, or about to be. What was committed just then may be durable or not.
    Lost(String),
    /// It would fail again.
    Database(String),
    /// The journal says no.
    Journal(JournalError),
}

impl From<JournalError> for StepError {
    fn from(error: JournalError) -> Self {
        Self::Journal(error)
    }
}

impl From<tokio_postgres::Error> for StepError {
    fn from(error: tokio_postgres::Error) -> Self {
        let text = words(&error);
        match error.code() {
            Some(code) if is_lost(code) => Self::Lost(text),
            Some(code) if is_in_the_way(code) => Self::Again(text),
            // No word of the server: the connection is broken, or was never made.
            None if error.is_closed() || is_io(&error) => Self::Lost(text),
            _ => Self::Database(text),
        }
    }
}

/// Whether the server says that another transaction, or another session, was in the way.
fn is_in_the_way(code: &SqlState) -> bool {
    let passing = [
        SqlState::T_R_SERIALIZATION_FAILURE,
        SqlState::T_R_DEADLOCK_DETECTED,
        // Two at once made the same row: the other one's is found now.
        SqlState::UNIQUE_VIOLATION,
        SqlState::LOCK_NOT_AVAILABLE,
        SqlState::QUERY_CANCELED,
    ];
    passing.contains(code)
}

/// Whether the server says that it ends the session, or cannot tell what became of a transaction.
fn is_lost(code: &SqlState) -> bool {
    let lost = [
        SqlState::ADMIN_SHUTDOWN,
        SqlState::CRASH_SHUTDOWN,
        SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
        SqlState::T_R_STATEMENT_COMPLETION_UNKNOWN,
    ];
    lost.contains(code) || code.code().starts_with("08")
}

/// Why there is no connection.
#[derive(Debug)]
pub(super) enum ConnectError {
    /// The server is there, and is starting, stopping or full.
    Starting(String),
    /// Nobody answers.
    Away(String),
    /// It would fail again: a wrong password, no such database, a certificate that is not trusted.
    Failed(String),
    /// The schema is not one for this paycli.
    Journal(JournalError),
}

impl From<tokio_postgres::Error> for ConnectError {
    fn from(error: tokio_postgres::Error) -> Self {
        let starting = [SqlState::CANNOT_CONNECT_NOW, SqlState::TOO_MANY_CONNECTIONS];
        let text = words(&error);
        match error.code() {
            Some(code) if starting.contains(code) || is_lost(code) || is_in_the_way(code) => {
                Self::Starting(text)
            }
            None if error.is_closed() || is_away(&error) => Self::Away(text),
            _ => Self::Failed(text),
        }
    }
}

impl From<ConnectError> for StepError {
    fn from(error: ConnectError) -> Self {
        match error {
            ConnectError::Starting(error) | ConnectError::Away(error) => Self::Lost(error),
            ConnectError::Failed(error) => Self::Database(error),
            ConnectError::Journal(error) => Self::Journal(error),
        }
    }
}

fn io_error(error: &tokio_postgres::Error) -> Option<&std::io::Error> {
    std::error::Error::source(error)?.downcast_ref()
}

fn is_io(error: &tokio_postgres::Error) -> bool {
    io_error(error).is_some()
}

/// Whether the network or the server is away. What TLS does not like stays as it is.
fn is_away(error: &tokio_postgres::Error) -> bool {
    io_error(error).is_some_and(|error| {
        let is_of_tls = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()).is_some();
        !is_of_tls && error.kind() != std::io::ErrorKind::PermissionDenied
    })
}

/// What happened, in words: the server's own, else what is wrong with its certificate, else the innermost cause. None
/// of them has a password in it.
pub(super) fn words(error: &tokio_postgres::Error) -> String {
    if let Some(said) = error.as_db_error() {
        return format!("{} ({})", said.message(), said.code().code());
    }
    if let Some(fault) = certificate_fault(error) {
        return format!("the server's certificate is not trusted: {fault}");
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    without_number(&cause.to_string()).to_owned()
}

/// The system's words without the number that it has for them.
pub(super) fn without_number(text: &str) -> &str {
    text.split_once(" (os error ").map_or(text, |(words, _)| words)
}
