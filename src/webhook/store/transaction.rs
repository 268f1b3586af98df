//! The changes that can be made to the store, inside one transaction.

use rusqlite::{Connection, params};

use super::bulk;
use super::record::{Attempt, AttemptStart, EndedAttempt, Kept, NewEvent, Sender, Source, clean_text};
use crate::webhook::credentials::without_credentials;
use crate::webhook::outcome::DeliveryResult;

/// The events of an id, whether each has these bytes, and whether it came in again.
pub(super) const EARLIER: &str = "SELECT seq, source, body = ?2, EXISTS (SELECT 1 FROM sightings
        WHERE event = seq AND source IN ('received', 'polled'))
    FROM events WHERE event_id = ?1 ORDER BY seq";

/// A transaction under way. What is done in it is durable when the step that has it ends, or not at all.
#[derive(Debug)]
pub struct StoreTransaction<'a> {
    connection: &'a Connection,
}

impl<'a> StoreTransaction<'a> {
    pub(super) const fn new(connection: &'a Connection) -> Self {
        Self { connection }
    }

    /// The connection, for the tables of other files of this room.
    pub(in crate::webhook) const fn connection(&self) -> &'a Connection {
        self.connection
    }

    /// Stores an event. The same bytes under the same id are stored once; that they came in again is noted,
    /// unless they come from a file. Other bytes under a known id are a row of their own.
    ///
    /// # Errors
    /// When the file fails.
    pub fn insert_event(&self, event: &NewEvent) -> rusqlite::Result<Kept> {
        let earlier = self.earlier(event)?;
        if let Some(seq) = earlier.same {
            if event.source != Source::Imported {
                self.insert_sighting(seq, event)?;
            }
            return Ok(Kept { seq, is_new: false, was_received: earlier.was_received });
        }
        let facts = &event.facts;
        let sql = "INSERT INTO events (event_id, kind, created, livemode, account, object, is_thin, source,
                received_at, headers, signature, is_exact, is_redacted, body)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)";
        self.connection.prepare_cached(sql)?.execute(params![
            facts.id.as_str(),
            facts.kind,
            facts.created.unwrap_or(event.received_at),
            facts.livemode,
            facts.account,
            facts.object,
            facts.is_thin,
            event.source.as_str(),
            event.received_at,
            headers_text(event),
            event.signature,
            event.is_exact,
            event.is_redacted,
            event.body,
        ])?;
        let seq = self.connection.last_insert_rowid();
        Ok(Kept { seq, is_new: true, was_received: earlier.was_received })
    }

    fn earlier(&self, event: &NewEvent) -> rusqlite::Result<Earlier> {
        let mut statement = self.connection.prepare_cached(EARLIER)?;
        let mut rows = statement.query(params![event.facts.id.as_str(), event.body])?;
        let mut earlier = Earlier { same: None, was_received: false };
        while let Some(row) = rows.next()? {
            let source: String = row.get(1)?;
            if earlier.same.is_none() && row.get(2)? {
                earlier.same = Some(row.get(0)?);
            }
            let is_received = source == Source::Received.as_str() || source == Source::Polled.as_str();
            earlier.was_received |= is_received || row.get(3)?;
        }
        Ok(earlier)
    }

    fn insert_sighting(&self, seq: i64, event: &NewEvent) -> rusqlite::Result<()> {
        let sql = "INSERT INTO sightings (event, source, received_at, headers, signature) VALUES (?1, ?2, ?3, ?4, ?5)";
        let headers = headers_text(event);
        let row = params![seq, event.source.as_str(), event.received_at, headers, event.signature];
        self.connection.prepare_cached(sql)?.execute(row)?;
        Ok(())
    }

    /// Notes that an attempt to deliver an event begins, and returns the attempt's number.
    ///
    /// # Errors
    /// When the file fails.
    pub fn begin_attempt(&self, event: i64, start: &AttemptStart<'_>) -> rusqlite::Result<i64> {
        let sql =
            "INSERT INTO attempts (event, sender, target, signature, started_at) VALUES (?1, ?2, ?3, ?4, ?5)";
        let AttemptStart { sender, target, signature, started_at } = start;
        let row = params![event, sender.as_str(), target, signature, started_at];
        self.connection.prepare_cached(sql)?.execute(row)?;
        Ok(self.connection.last_insert_rowid())
    }

    /// Notes what came of an attempt. `finished_at` is in Unix milliseconds.
    ///
    /// # Errors
    /// When the file fails.
    pub fn finish_attempt(
        &self,
        attempt: i64,
        result: &DeliveryResult,
        finished_at: i64,
    ) -> rusqlite::Result<()> {
        let sql =
            "UPDATE attempts SET finished_at = ?2, latency_us = ?3, outcome = ?4, status = ?5, detail = ?6,
            answer = ?7 WHERE id = ?1";
        self.connection.prepare_cached(sql)?.execute(params![
            attempt,
            finished_at,
            bulk::micros(result),
            result.outcome.as_str(),
            result.status,
            result.detail.as_deref().map(clean_text),
            without_credentials(&result.answer),
        ])?;
        Ok(())
    }

    /// Notes an attempt that has ended, begin and end in one row: for those who need not know, after being
    /// killed, which attempts were under way. `finished_at` is in Unix milliseconds.
    ///
    /// # Errors
    /// When the file fails.
    pub fn add_attempt(
        &self,
        event: i64,
        start: &AttemptStart<'_>,
        result: &DeliveryResult,
        finished_at: i64,
    ) -> rusqlite::Result<()> {
        let AttemptStart { sender, target, signature, started_at } = *start;
        let ended = EndedAttempt { event, signature, started_at, finished_at, result };
        bulk::add_attempts(self.connection, sender, target, &[ended])
    }

    /// Notes many attempts that have ended, as [`Self::add_attempt`] does.
    ///
    /// # Errors
    /// When the file fails.
    pub fn add_attempts(
        &self,
        sender: Sender,
        target: &str,
        ended: &[EndedAttempt<'_>],
    ) -> rusqlite::Result<()> {
        bulk::add_attempts(self.connection, sender, target, ended)
    }

    /// Takes over an attempt from an export, unless it is there already. Returns whether it is new.
    ///
    /// # Errors
    /// When the file fails.
    pub(in crate::webhook) fn import_attempt(&self, event: i64, attempt: &Attempt) -> rusqlite::Result<bool> {
        let sql =
            "INSERT INTO attempts (event, sender, target, signature, started_at, finished_at, latency_us,
                outcome, status, detail, answer)
            SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11 WHERE NOT EXISTS (
                SELECT 1 FROM attempts WHERE event = ?1 AND sender = ?2 AND target = ?3 AND started_at = ?5
                    AND finished_at IS ?6)";
        let latency = attempt.latency.map(|latency| i64::try_from(latency.as_micros()).unwrap_or(i64::MAX));
        let added = self.connection.prepare_cached(sql)?.execute(params![
            event,
            attempt.sender,
            attempt.target,
            attempt.signature,
            attempt.started_at,
            attempt.finished_at,
            latency,
            attempt.outcome,
            attempt.status,
            attempt.detail.as_deref().map(clean_text),
            attempt.answer.as_deref().map(without_credentials),
        ])?;
        Ok(added > 0)
    }

    /// Removes the events whose own time is before `before`, in Unix milliseconds, with their attempts; at
    /// most `limit` of them. Returns how many. With the last of them go attempts whose event was pruned under way,
    /// and what a killed process left of finished replays.
    ///
    /// # Errors
    /// When the file fails.
    pub fn prune(&self, before: i64, limit: usize) -> rusqlite::Result<usize> {
        let sql = "DELETE FROM events WHERE seq IN (SELECT seq FROM events WHERE created < ?1 LIMIT ?2)";
        let most = i64::try_from(limit).unwrap_or(i64::MAX);
        let removed = self.connection().prepare_cached(sql)?.execute(params![before, most])?;
        if removed < limit {
            for left in [
                "DELETE FROM attempts WHERE event NOT IN (SELECT seq FROM events)",
                "DELETE FROM replay_items WHERE replay NOT IN (SELECT id FROM replays)",
            ] {
                self.connection().execute(left, [])?;
            }
        }
        Ok(removed)
    }
}

/// What the store knew of an event's id.
struct Earlier {
    /// The row with the same bytes.
    same: Option<i64>,
    /// Whether one of this id was received or polled.
    was_received: bool,
}

fn headers_text(event: &NewEvent) -> String {
    serde_json::to_string(&event.headers).expect("pairs of strings are JSON")
}
