//! Entries that come from another journal, entries that are adopted, and entries that are old enough to go.

use rusqlite::{Connection, OptionalExtension, params};

use crate::journal::carry::Carried;
use crate::journal::entry::Entry;
use crate::journal::error::JournalError;
use crate::journal::row_id::row_id;
use crate::journal::store::{Adopted, Imported, Position};
use crate::time::UnixMillis;

use super::rows;
use super::step::{Holder, JournalStep, JournalStepError};

/// The next entry of any state, the oldest first.
pub(super) fn next(connection: &Connection, after: Option<&Position>) -> rusqlite::Result<Option<Entry>> {
    let (created_at, id) = after.map_or((i64::MIN, ""), |after| (after.created_at.0, after.id.as_str()));
    let sql = format!(
        "{} INDEXED BY entries_by_time WHERE (created_at, id) > (?1, ?2) ORDER BY created_at, id LIMIT 1",
        rows::SELECT
    );
    connection.prepare_cached(&sql)?.query_row(params![created_at, id], rows::read).optional()
}

impl JournalStep<'_> {
    pub(super) fn import(&self, carried: &Carried) -> Result<Imported, JournalStepError> {
        let Some(ours) = self.one("key = ?1", &carried.entry.key)? else { return self.import_new(carried) };
        if ours.fingerprint != carried.entry.fingerprint {
            return Err(JournalError::OtherRequest(ours.key).into());
        }
        let Some(_held) = self.take(&ours.key, Some(&ours), Holder::Key)? else {
            return Err(JournalError::InUse(ours.key).into());
        };
        let attempts = rows::attempts(self.transaction, &ours.id)?;
        let ours = Carried { entry: ours, attempts };
        let mut merged = ours.merged_with(carried);
        merged.entry.held_by = None;
        if merged == ours {
            return Ok(Imported::Known);
        }
        let is_bound = ours.entry.operation.is_some();
        let taken = !is_bound && self.bind_free(&mut merged.entry)?;
        if merged.entry.operation.is_some() && !is_bound {
            let sql = "UPDATE entries SET operation = ?2 WHERE id = ?1";
            self.transaction.execute(sql, params![merged.entry.id, merged.entry.operation])?;
        }
        let sql = "UPDATE entries SET created_at = ?2 WHERE id = ?1";
        self.transaction.execute(sql, params![merged.entry.id, merged.entry.created_at.0])?;
        rows::update(self.transaction, &merged.entry)?;
        self.write_attempts(&merged)?;
        Ok(if taken { Imported::Twice } else { Imported::Merged })
    }

    fn import_new(&self, carried: &Carried) -> Result<Imported, JournalStepError> {
        let mut entry = carried.entry.clone();
        if self.one("id = ?1", &entry.id)?.is_some() {
            entry.id = row_id(entry.created_at);
        }
        let taken = self.bind_free(&mut entry)?;
        rows::insert(self.transaction, &entry)?;
        rows::update(self.transaction, &entry)?;
        self.write_attempts(&Carried { entry, attempts: carried.attempts.clone() })?;
        Ok(if taken { Imported::Twice } else { Imported::New })
    }

    /// An operation has one key. One that has another key here keeps it, and the entry that comes says whose it
    /// was. Returns whether that happened.
    fn bind_free(&self, entry: &mut Entry) -> Result<bool, JournalStepError> {
        let Some(operation) = entry.operation.clone() else { return Ok(false) };
        let owner = self.one("operation = ?1", &operation)?;
        if owner.is_none_or(|owner| owner.key == entry.key) {
            return Ok(false);
        }
        entry.unbind_operation();
        Ok(true)
    }

    fn write_attempts(&self, carried: &Carried) -> Result<(), JournalStepError> {
        self.transaction.execute("DELETE FROM attempts WHERE entry = ?1", [&carried.entry.id])?;
        let mut insert = self.transaction.prepare_cached(
            "INSERT INTO attempts (entry, number, started_at, finished_at, status, request_id, detail)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?;
        for attempt in &carried.attempts {
            insert.execute(params![
                carried.entry.id,
                attempt.number,
                attempt.started_at.0,
                attempt.finished_at.map(|time| time.0),
                attempt.status,
                attempt.request_id,
                attempt.detail
            ])?;
        }
        Ok(())
    }

    pub(super) fn adopt(
        &self,
        key: &str,
        adopted: &Adopted<'_>,
        now: UnixMillis,
    ) -> Result<Entry, JournalStepError> {
        let found = self.one("key = ?1 OR id = ?1", key)?;
        let mut entry = found.ok_or_else(|| JournalError::NoEntry(key.to_owned()))?;
        if entry.state.is_final() {
            return Err(JournalError::Settled { key: entry.key, state: entry.state.as_str() }.into());
        }
        let Some(_held) = self.take(&entry.key, Some(&entry), Holder::Key)? else {
            return Err(JournalError::InUse(entry.key).into());
        };
        entry.adopt(adopted, self.bodies, now);
        rows::update(self.transaction, &entry)?;
        Ok(entry)
    }

    /// Removes finished entries, some at a time.
    pub(super) fn prune(&self, before: UnixMillis, most: usize) -> Result<usize, JournalStepError> {
        let mut found = self.transaction.prepare_cached(
            "SELECT id FROM entries WHERE state IN ('succeeded', 'failed', 'confirmed', 'refuted')
               AND created_at < ?1 AND last_seen_at < ?1
               AND NOT (state IN ('succeeded', 'failed') AND told_at IS NULL) LIMIT ?2",
        )?;
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let ids = found.query_map(params![before.0, most], |row| row.get::<_, String>(0))?;
        let ids = ids.collect::<Result<Vec<_>, _>>()?;
        for id in &ids {
            self.transaction.prepare_cached("DELETE FROM attempts WHERE entry = ?1")?.execute([id])?;
            self.transaction.prepare_cached("DELETE FROM entries WHERE id = ?1")?.execute([id])?;
        }
        Ok(ids.len())
    }
}
