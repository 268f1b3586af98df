//! How far each replay has come: which of its events the target has accepted.

use rusqlite::{Connection, OptionalExtension, params};

use super::EventStore;
use super::bulk;
use super::error::StoreError;
use super::transaction::StoreTransaction;

/// A replay that was begun and has not sent everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenReplay {
    /// Its number.
    pub id: i64,
    /// The last row of the store that belongs to it.
    pub upto: i64,
    /// How many of its events were accepted before.
    pub accepted: u64,
}

/// How many items one transaction forgets.
const FORGOTTEN_AT_ONCE: u16 = 10_000;

const KNOWN: &str = "SELECT id, upto, (SELECT count(*) FROM replay_items WHERE replay = id)
    FROM replays WHERE identity = ?1";

impl EventStore {
    /// The unfinished replay of this identity, where there is one.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn known_replay(&self, identity: &str) -> Result<Option<OpenReplay>, StoreError> {
        self.read(|connection| connection.query_row(KNOWN, [identity], open).optional())
    }

    /// The unfinished replay of this identity, or a new one. `restart` forgets how far it had come. `now` is in
    /// Unix milliseconds.
    ///
    /// # Errors
    /// When the file fails.
    pub fn open_replay(&mut self, identity: &str, restart: bool, now: i64) -> Result<OpenReplay, StoreError> {
        if restart && let Some(known) = self.known_replay(identity)? {
            self.close_replay(known.id)?;
        }
        self.step(|transaction| {
            let connection = transaction.connection();
            if let Some(known) = connection.query_row(KNOWN, [identity], open).optional()? {
                return Ok(known);
            }
            let begin = "INSERT INTO replays (identity, upto, started_at)
                VALUES (?1, (SELECT coalesce(max(seq), 0) FROM events), ?2) RETURNING id, upto, 0";
            connection.query_row(begin, params![identity, now], open)
        })
    }

    /// Which items between two numbers, both included, were accepted before.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn accepted_items(&self, replay: i64, from: i64, to: i64) -> Result<Vec<i64>, StoreError> {
        let sql = "SELECT item FROM replay_items WHERE replay = ?1 AND item BETWEEN ?2 AND ?3";
        self.read(|connection| {
            connection.prepare_cached(sql)?.query_map([replay, from, to], |row| row.get(0))?.collect()
        })
    }

    /// Forgets a replay of which everything was accepted: the same command begins anew. Its row goes first; items that a
    /// kill leaves behind then belong to no replay, and go with the next prune.
    ///
    /// # Errors
    /// When the file fails.
    pub fn close_replay(&mut self, replay: i64) -> Result<(), StoreError> {
        // The items would go with the row, in one transaction that takes memory for each of them.
        self.check_references(false)?;
        self.step(|step| step.connection().execute("DELETE FROM replays WHERE id = ?1", [replay]))?;
        while self.step(|step| forget_items(step.connection(), replay))? == usize::from(FORGOTTEN_AT_ONCE) {}
        self.check_references(true)
    }
}

/// Removes the first items of a replay. Returns how many.
fn forget_items(connection: &Connection, replay: i64) -> rusqlite::Result<usize> {
    let sql = "DELETE FROM replay_items WHERE replay = ?1 AND item <= coalesce(
        (SELECT item FROM replay_items WHERE replay = ?1 ORDER BY item LIMIT 1 OFFSET ?2), ?3)";
    connection.prepare_cached(sql)?.execute(params![replay, FORGOTTEN_AT_ONCE - 1, i64::MAX])
}

fn open(row: &rusqlite::Row<'_>) -> rusqlite::Result<OpenReplay> {
    let accepted: i64 = row.get(2)?;
    Ok(OpenReplay { id: row.get(0)?, upto: row.get(1)?, accepted: accepted.unsigned_abs() })
}

impl StoreTransaction<'_> {
    /// Notes that items were accepted.
    ///
    /// # Errors
    /// When the file fails.
    pub fn accept_items(&self, replay: i64, items: &[i64]) -> rusqlite::Result<()> {
        bulk::accept_items(self.connection(), replay, items)
    }
}
