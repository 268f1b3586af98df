//! How far `listen --from-api` has come with an account: what was delivered, and what is to be.

use std::collections::BTreeSet;

use rusqlite::{OptionalExtension, params};

use super::EventStore;
use super::error::StoreError;
use super::transaction::StoreTransaction;

/// Whose events are polled for whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place(pub String);

/// How far polling has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PollPlace {
    /// Every event created before this second was settled, in Unix seconds.
    pub second: i64,
    /// The events from that second on that were settled.
    pub settled: BTreeSet<String>,
}

impl EventStore {
    /// How far polling has come at a place; nothing where it never began.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn poll_place(&self, place: &Place) -> Result<Option<PollPlace>, StoreError> {
        self.read(|connection| {
            let known = "SELECT second FROM polls WHERE place = ?1";
            let second: Option<i64> = connection.query_row(known, [&place.0], |row| row.get(0)).optional()?;
            let Some(second) = second else { return Ok(None) };
            let sql = "SELECT event_id FROM poll_settled WHERE place = ?1";
            let settled = connection
                .prepare_cached(sql)?
                .query_map([&place.0], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            Ok(Some(PollPlace { second, settled }))
        })
    }

    /// Begins at a second, or goes back or forward to it: events before it are not looked for.
    ///
    /// # Errors
    /// When the file fails.
    pub fn begin_poll(&mut self, place: &Place, second: i64) -> Result<(), StoreError> {
        let sql =
            "INSERT INTO polls (place, second) VALUES (?1, ?2) ON CONFLICT (place) DO UPDATE SET second = ?2";
        self.step(|transaction| transaction.connection().execute(sql, params![place.0, second]))?;
        Ok(())
    }
}

impl StoreTransaction<'_> {
    /// Notes that an event is settled: delivered, or refused for good. `created` is in Unix seconds.
    ///
    /// # Errors
    /// When the file fails.
    pub fn settle_polled(&self, place: &Place, event_id: &str, created: i64) -> rusqlite::Result<()> {
        let sql = "INSERT OR IGNORE INTO poll_settled (place, event_id, created) VALUES (?1, ?2, ?3)";
        self.connection().prepare_cached(sql)?.execute(params![place.0, event_id, created])?;
        Ok(())
    }

    /// Moves on: everything created before `second` is settled, and is not named any more.
    ///
    /// # Errors
    /// When the file fails.
    pub fn advance_poll(&self, place: &Place, second: i64) -> rusqlite::Result<()> {
        let connection = self.connection();
        connection
            .prepare_cached("UPDATE polls SET second = ?2 WHERE place = ?1")?
            .execute(params![place.0, second])?;
        let forget = "DELETE FROM poll_settled WHERE place = ?1 AND created < ?2";
        connection.prepare_cached(forget)?.execute(params![place.0, second])?;
        Ok(())
    }
}
