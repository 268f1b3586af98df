//! Entries that come from another journal, entries that are adopted, and entries that are old enough to go.

use tokio_postgres::types::Type;

use crate::journal::carry::Carried;
use crate::journal::entry::Entry;
use crate::journal::error::JournalError;
use crate::journal::row_id::row_id;
use crate::journal::store::{Adopted, Imported, Position};
use crate::profile::KeepBodies;
use crate::time::UnixMillis;

use super::failure::StepError;
use super::query::{self, Lock, one};
use super::rows;
use super::steps::PostgresStep;
use super::transaction::{Parameter, Transaction};
use super::writes::{self, Change};

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

/// Removes finished entries, some at a time.
pub(super) async fn prune(
    transaction: &Transaction<'_>,
    before: UnixMillis,
    most: usize,
) -> Result<usize, StepError> {
    let chosen = "SELECT id FROM entries WHERE state IN ('succeeded', 'failed', 'confirmed', 'refuted')
                    AND created_at < $1 AND last_seen_at < $1
                    AND NOT (state IN ('succeeded', 'failed') AND reported_at IS NULL)
                  LIMIT $2 FOR UPDATE SKIP LOCKED";
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let found = transaction.rows(chosen, &[(&before.0, Type::INT8), (&most, Type::INT8)]).await?;
    let ids: Vec<String> = found.iter().map(|row| row.get(0)).collect();
    let values: [Parameter<'_>; 1] = [(&ids, Type::TEXT_ARRAY)];
    transaction.execute("DELETE FROM attempts WHERE entry = ANY ($1)", &values).await?;
    transaction.execute("DELETE FROM entries WHERE id = ANY ($1)", &values).await?;
    Ok(ids.len())
}

impl PostgresStep<'_> {
    pub(super) async fn import(&self, carried: &[Carried]) -> Result<Vec<Imported>, StepError> {
        let mut imported = Vec::with_capacity(carried.len());
        for one in carried {
            imported.push(self.import_one(one).await?);
        }
        Ok(imported)
    }

    async fn import_one(&self, carried: &Carried) -> Result<Imported, StepError> {
        let found = one(self.transaction, "key = $1", &carried.entry.key, Lock::ForUpdate).await?;
        let Some(ours) = found else { return self.import_new(carried).await };
        if ours.fingerprint != carried.entry.fingerprint {
            return Err(JournalError::OtherRequest(ours.key).into());
        }
        if self.is_held(&ours).await? {
            return Err(JournalError::InUse(ours.key).into());
        }
        let attempts = query::attempts(self.transaction, &ours.id).await?;
        let ours = Carried { entry: ours, attempts };
        let mut merged = ours.merged_with(carried);
        if merged == ours {
            return Ok(Imported::Known);
        }
        merged.entry.held_by = None;
        let is_twice = ours.entry.operation.is_none() && self.bind_free(&mut merged.entry).await?;
        let sql = "UPDATE entries SET operation = $2, created_at = $3 WHERE id = $1";
        let values: [Parameter<'_>; 3] = [
            (&merged.entry.id, Type::TEXT),
            (&merged.entry.operation, Type::TEXT),
            (&merged.entry.created_at.0, Type::INT8),
        ];
        self.transaction.execute(sql, &values).await?;
        writes::update(self.transaction, &[Change::locked(&merged.entry)]).await?;
        self.write_attempts(&merged).await?;
        Ok(if is_twice { Imported::Twice } else { Imported::Merged })
    }

    async fn import_new(&self, carried: &Carried) -> Result<Imported, StepError> {
        let mut entry = Entry { held_by: None, ..carried.entry.clone() };
        if one(self.transaction, "id = $1", &entry.id, Lock::None).await?.is_some() {
            entry.id = row_id(entry.created_at);
        }
        let is_twice = self.bind_free(&mut entry).await?;
        if writes::insert(self.transaction, &[&entry]).await?.is_empty() {
            return Err(StepError::Again("another process has made the same entry".into()));
        }
        self.write_attempts(&Carried { entry, attempts: carried.attempts.clone() }).await?;
        Ok(if is_twice { Imported::Twice } else { Imported::New })
    }

    /// As in the file: an operation that has another key here keeps it.
    async fn bind_free(&self, entry: &mut Entry) -> Result<bool, StepError> {
        let Some(operation) = &entry.operation else { return Ok(false) };
        let owner = one(self.transaction, "operation = $1", operation, Lock::None).await?;
        if owner.is_none_or(|owner| owner.key == entry.key) {
            return Ok(false);
        }
        entry.unbind_operation();
        Ok(true)
    }

    async fn write_attempts(&self, carried: &Carried) -> Result<(), StepError> {
        let id = &carried.entry.id;
        self.transaction.execute("DELETE FROM attempts WHERE entry = $1", &[(id, Type::TEXT)]).await?;
        for attempt in &carried.attempts {
            writes::insert_whole_attempt(self.transaction, id, attempt).await?;
        }
        Ok(())
    }

    pub(super) async fn adopt(
        &self,
        key: &str,
        adopted: &Adopted<'_>,
        bodies: KeepBodies,
        now: UnixMillis,
    ) -> Result<Entry, StepError> {
        let mut entry = self.unsettled(key).await?;
        entry.adopt(adopted, bodies, now);
        writes::update(self.transaction, &[Change::locked(&entry)]).await?;
        Ok(entry)
    }
}
