//! Entries that come from another journal, entries that are adopted, and entries that are old enough to go.

use tokio_postgres::types::Type;

use crate::journal::carry::Carried;
use crate::journal::entry::{Attempt, Entry, State};
use crate::journal::error::JournalError;
use crate::journal::kept::KeptBody;
use crate::journal::row_id::row_id;
use crate::journal::store::{Adopted, Imported, Position};
use crate::journal::transitions::redacted;
use crate::profile::KeepBodies;
use crate::time::UnixMillis;

use super::failure::StepError;
use super::query::{self, Lock, one};
use super::rows::{self, Parameter};
use super::steps::Step;
use super::transaction::Transaction;

/// The next entry of any state, the oldest first.
pub(super) async fn next(
    transaction: &Transaction<'_>,
    after: Option<&Position>,
) -> Result<Option<Entry>, StepError> {
    let (created_at, id) = after.map_or((i64::MIN, ""), |after| (after.created_at.0, after.id.as_str()));
    let sql = "SELECT * FROM entries WHERE (created_at, id) > ($1, $2) ORDER BY created_at, id LIMIT 1";
    let values: [Parameter<'_>; 2] = [(&created_at, Type::INT8), (&id, Type::TEXT)];
    transaction.row(sql, &values).await?.as_ref().map(rows::read).transpose()
}

impl Step<'_> {
    /// Takes entries of another journal. Taking them again changes nothing.
    pub(super) async fn import(&self, carried: &[Carried]) -> Result<Vec<Imported>, StepError> {
        let mut done = Vec::with_capacity(carried.len());
        for one in carried {
            done.push(self.import_one(one).await?);
        }
        Ok(done)
    }

    async fn import_one(&self, carried: &Carried) -> Result<Imported, StepError> {
        let known = one(self.transaction, "key = $1", &carried.entry.key, Lock::ForUpdate).await?;
        let Some(ours) = known else { return self.import_new(carried).await };
        if ours.fingerprint != carried.entry.fingerprint {
            return Err(JournalError::OtherRequest(ours.key).into());
        }
        if self.is_held(&ours).await? {
            return Err(JournalError::InUse(ours.key).into());
        }
        let attempts = query::attempts(self.transaction, &ours.id).await?;
        let ours = Carried { entry: Entry { held_by: None, ..ours }, attempts };
        let mut merged = ours.merged_with(carried);
        if merged == ours {
            return Ok(Imported::Known);
        }
        let is_twice = ours.entry.operation.is_none() && self.bind_free(&mut merged.entry).await?;
        let sql = "UPDATE entries SET operation = $2, created_at = $3 WHERE id = $1";
        let values: [Parameter<'_>; 3] = [
            (&merged.entry.id, Type::TEXT),
            (&merged.entry.operation, Type::TEXT),
            (&merged.entry.created_at.0, Type::INT8),
        ];
        self.transaction.execute(sql, &values).await?;
        rows::update(self.transaction, &merged.entry).await?;
        self.write_attempts(&merged.entry.id, &merged.attempts).await?;
        Ok(if is_twice { Imported::Twice } else { Imported::Merged })
    }

    async fn import_new(&self, carried: &Carried) -> Result<Imported, StepError> {
        let mut entry = Entry { held_by: None, ..carried.entry.clone() };
        if one(self.transaction, "id = $1", &entry.id, Lock::None).await?.is_some() {
            entry.id = row_id(entry.created_at);
        }
        let is_twice = self.bind_free(&mut entry).await?;
        if !rows::insert(self.transaction, &entry).await? {
            return Err(StepError::Again("another process has made the same entry".into()));
        }
        self.write_attempts(&entry.id, &carried.attempts).await?;
        Ok(if is_twice { Imported::Twice } else { Imported::New })
    }

    /// An operation has one key. One that has another key here keeps it, and the entry that comes says whose it
    /// was. Returns whether that happened.
    async fn bind_free(&self, entry: &mut Entry) -> Result<bool, StepError> {
        let Some(operation) = entry.operation.clone() else { return Ok(false) };
        let owner = one(self.transaction, "operation = $1", &operation, Lock::None).await?;
        if owner.is_none_or(|owner| owner.key == entry.key) {
            return Ok(false);
        }
        entry.operation = None;
        let note = format!("operation {operation} of another journal");
        entry.note = Some(entry.note.take().map_or_else(|| note.clone(), |known| format!("{known}; {note}")));
        Ok(true)
    }

    async fn write_attempts(&self, entry: &str, attempts: &[Attempt]) -> Result<(), StepError> {
        let remove = "DELETE FROM attempts WHERE entry = $1";
        self.transaction.execute(remove, &[(&entry, Type::TEXT)]).await?;
        for attempt in attempts {
            rows::insert_whole_attempt(self.transaction, entry, attempt).await?;
        }
        Ok(())
    }

    /// Records what was found of an outcome that is not known.
    pub(super) async fn adopt(
        &self,
        key: &str,
        adopted: &Adopted<'_>,
        bodies: KeepBodies,
        now: UnixMillis,
    ) -> Result<Entry, StepError> {
        let mut entry = self.unsettled(key).await?;
        entry.state = State::Confirmed;
        (entry.outcome, entry.status) = (Some(adopted.outcome), Some(adopted.status));
        entry.answer = KeptBody::of(Some(adopted.body), bodies);
        entry.note = redacted(Some(adopted.why));
        entry.last_seen_at = entry.last_seen_at.max(now);
        entry.held_by = None;
        rows::update(self.transaction, &entry).await?;
        Ok(entry)
    }

    /// Removes finished entries, some at a time. One that somebody is at stays.
    pub(super) async fn prune(&self, before: UnixMillis, most: usize) -> Result<usize, StepError> {
        let find = "SELECT id FROM entries WHERE state IN ('succeeded', 'failed', 'confirmed', 'refuted')
               AND created_at < $1 AND last_seen_at < $1
               AND NOT (state IN ('succeeded', 'failed') AND reported_at IS NULL)
             LIMIT $2 FOR UPDATE SKIP LOCKED";
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let values: [Parameter<'_>; 2] = [(&before.0, Type::INT8), (&most, Type::INT8)];
        let found = self.transaction.rows(find, &values).await?;
        let ids: Vec<String> = found.iter().map(|row| row.get(0)).collect();
        for remove in ["DELETE FROM attempts WHERE entry = ANY($1)", "DELETE FROM entries WHERE id = ANY($1)"]
        {
            self.transaction.execute(remove, &[(&ids, Type::TEXT_ARRAY)]).await?;
        }
        Ok(ids.len())
    }
}
