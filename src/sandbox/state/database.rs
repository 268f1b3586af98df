//! The state behind its two doors: writes go through the one writer, reads past it where they can.

use std::sync::{Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::db::Connections;
use super::writer::{Held, JobError, Writer, step};

/// The state, open.
pub(in crate::sandbox) struct Database {
    writer: Writer,
    reader: Option<Mutex<Connection>>,
}

impl Database {
    /// Starts the writer. The receiver is told when it has ended and the file is closed.
    pub(in crate::sandbox) fn start(
        connections: Connections,
    ) -> std::io::Result<(Self, oneshot::Receiver<()>)> {
        let (writer, ended) = Writer::start(connections.writer)?;
        Ok((Self { writer, reader: connections.reader.map(Mutex::new) }, ended))
    }

    /// Reads from one state of the data, in which everything is that was answered before.
    pub(in crate::sandbox) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, JobError> {
        match &self.reader {
            Some(reader) => {
                let reader = reader.lock().unwrap_or_else(PoisonError::into_inner);
                snapshot(&reader, work).map_err(|error| JobError::new(&error))
            }
            None => self.writer.run(false, None, work).await,
        }
    }

    /// Changes the data, and comes back when that is durable. `held` is dropped then, and not before, even
    /// if the caller goes away.
    pub(in crate::sandbox) async fn write<T: Send + 'static>(
        &self,
        held: Option<Held>,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, JobError> {
        self.writer.run(true, held, work).await
    }

    /// Lets what waits be done, and closes the file.
    pub(in crate::sandbox) fn stop(&self) {
        self.writer.stop();
    }
}

fn snapshot<T>(
    connection: &Connection,
    work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    step(connection, "BEGIN")?;
    let result = work(connection);
    // A read that failed may have ended the transaction already.
    let ended = if connection.is_autocommit() { Ok(()) } else { step(connection, "COMMIT") };
    result.and_then(|value| ended.map(|()| value))
}
