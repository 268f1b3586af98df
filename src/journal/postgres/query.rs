//! What is looked for in the journal: every statement that reads more than one known row.

use tokio_postgres::types::Type;

use crate::journal::entry::{Attempt, Entry, State, Summary};
use crate::journal::intent::{Family, Intent};
use crate::journal::rules::{CLOCK_SLACK_MILLIS, DEADLINE_MARGIN_MILLIS, Duplicate};
use crate::journal::store::{Filter, Position};
use crate::time::UnixMillis;

use super::failure::StepError;
use super::rows::{self, Parameter, SUMMARY};
use super::transaction::Transaction;

/// What has no final result.
const OPEN: &str = "state IN ('sending', 'retryable', 'unknown')";

/// What a run of the same request goes on with: see the index of this name.
const UNFINISHED: &str = "(state IN ('sending', 'retryable', 'unknown') OR state IN ('succeeded', 'failed') AND reported_at IS NULL)";

/// Whether a key has expired: [`Entry::is_expired`] in SQL, which a test holds against it.
fn expired(now: UnixMillis) -> String {
    let until = |family: Family| family.window_millis() - DEADLINE_MARGIN_MILLIS;
    let (v1, v2, now) = (until(Family::V1), until(Family::V2), now.0);
    format!(
        "(first_sent_at IS NOT NULL AND ({now} >= first_sent_at + CASE family WHEN 'v2' THEN {v2} ELSE {v1} END
          OR {now} < last_seen_at - {CLOCK_SLACK_MILLIS}))"
    )
}

/// Entries without their bodies, the newest first.
pub(super) async fn list(transaction: &Transaction<'_>, filter: &Filter) -> Result<Vec<Summary>, StepError> {
    let expired = expired(filter.now);
    let condition = match filter.state {
        None => "true".to_owned(),
        Some(State::ExpiredUnknown) => format!("{OPEN} AND {expired}"),
        Some(state) if state.is_final() => format!("state = '{}'", state.as_str()),
        Some(state) => format!("state = '{}' AND NOT {expired}", state.as_str()),
    };
    let since = filter.since.map_or(i64::MIN, |since| since.0);
    let limit = filter.limit.map(|limit| i64::try_from(limit).unwrap_or(i64::MAX));
    let sql = format!(
        "SELECT {SUMMARY} FROM entries WHERE created_at >= $1 AND {condition}
         ORDER BY created_at DESC, id DESC LIMIT $2"
    );
    let values: [Parameter<'_>; 2] = [(&since, Type::INT8), (&limit, Type::INT8)];
    let found = transaction.rows(&sql, &values).await?;
    found.iter().map(|row| rows::read_summary(row, filter.now)).collect()
}

/// The oldest open entry behind a position.
pub(super) async fn next_open(
    transaction: &Transaction<'_>,
    after: Option<&Position>,
) -> Result<Option<Entry>, StepError> {
    let (created_at, id) = after.map_or((i64::MIN, ""), |after| (after.created_at.0, after.id.as_str()));
    let sql = format!(
        "SELECT * FROM entries WHERE {OPEN} AND (created_at, id) > ($1, $2) ORDER BY created_at, id LIMIT 1"
    );
    let values: [Parameter<'_>; 2] = [(&created_at, Type::INT8), (&id, Type::TEXT)];
    transaction.row(&sql, &values).await?.as_ref().map(rows::read).transpose()
}

/// The unfinished entries of a request.
pub(super) async fn unfinished(
    transaction: &Transaction<'_>,
    wanted: &Intent,
    now: UnixMillis,
) -> Result<Vec<Duplicate>, StepError> {
    let fingerprint = wanted.fingerprint();
    let sql = format!(
        "SELECT id, key, account, credential, family, created_at, first_sent_at, last_seen_at
         FROM entries WHERE fingerprint = $1 AND {UNFINISHED}"
    );
    let found = transaction.rows(&sql, &[(&&fingerprint.as_bytes()[..], Type::BYTEA)]).await?;
    found.iter().map(|row| rows::read_duplicate(row, now)).collect()
}

/// The attempts of an entry, in order.
pub(super) async fn attempts(transaction: &Transaction<'_>, entry: &str) -> Result<Vec<Attempt>, StepError> {
    let sql = "SELECT * FROM attempts WHERE entry = $1 ORDER BY number";
    let found = transaction.rows(sql, &[(&entry, Type::TEXT)]).await?;
    found.iter().map(rows::read_attempt).collect()
}

/// Records that a final result was reported. Losing it is safe, so that nobody waits for the disk.
pub(super) async fn mark_reported(
    transaction: &Transaction<'_>,
    key: &str,
    now: UnixMillis,
) -> Result<(), StepError> {
    transaction.batch("SET LOCAL synchronous_commit TO off").await?;
    let sql = "UPDATE entries SET reported_at = $2
               WHERE key = $1 AND state IN ('succeeded', 'failed') AND reported_at IS NULL";
    transaction.execute(sql, &[(&key, Type::TEXT), (&now.0, Type::INT8)]).await?;
    Ok(())
}

/// The entry with a key, an id or an operation.
pub(super) async fn one(
    transaction: &Transaction<'_>,
    condition: &str,
    value: &str,
    lock: Lock,
) -> Result<Option<Entry>, StepError> {
    let sql = format!("SELECT * FROM entries WHERE {condition}{}", lock.as_sql());
    transaction.row(&sql, &[(&value, Type::TEXT)]).await?.as_ref().map(rows::read).transpose()
}

/// What happens to a row that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lock {
    /// Nothing.
    None,
    /// Nobody else changes it until the transaction ends.
    ForUpdate,
}

impl Lock {
    const fn as_sql(self) -> &'static str {
        match self {
            Self::None => "",
            Self::ForUpdate => " FOR UPDATE",
        }
    }
}
