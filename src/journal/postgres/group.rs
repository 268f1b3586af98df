//! Batches in the database: steps of many lines in one transaction. Lines are claimed one by one, so that any
//! number of runners share a batch; a row that another runner is at is passed over and not waited for.

use std::collections::HashMap;

use futures_util::future::try_join_all;
use tokio_postgres::types::Type;

use crate::journal::batch::operations_of;
use crate::journal::entry::Entry;
use crate::journal::row_id::row_id;
use crate::journal::store::{Begin, Begun, Group, KeyChoice, Ticket};
use crate::profile::KeepBodies;
use crate::time::UnixMillis;

use super::ending::ending;
use super::failure::StepError;
use super::hold::hold;
use super::rows;
use super::runner::Touched;
use super::steps::{Draft, Drafted, PostgresStep, is_begun, refusal};
use super::transaction::{Parameter, Transaction};

/// What a group came to, before its transaction is durable.
#[derive(Debug)]
pub(super) struct Grouped {
    /// The entries of what ended, in order.
    pub(super) finished: Vec<Entry>,
    /// The entries of what is tried again, in order; none where another runner has taken the key over.
    pub(super) again: Vec<Option<Entry>>,
    /// What the lines that begin may do, in order.
    pub(super) begun: Vec<Drafted>,
    /// The lease that attempts were begun under, where any were.
    pub(super) touched: Option<Touched>,
}

/// Whether the transaction of a group is durable: all of it is, or nothing.
pub(super) async fn is_written(transaction: &Transaction<'_>, grouped: &Grouped) -> Result<bool, StepError> {
    let again = grouped.again.iter().flatten();
    let begun = grouped.begun.iter().filter_map(|drafted| match drafted {
        Drafted::Ready(draft) => Some(&draft.entry),
        Drafted::Not(_) => None,
    });
    match again.chain(begun).next() {
        Some(entry) => is_begun(transaction, entry).await,
        // What ended is recorded once more, which changes nothing.
        None => Ok(false),
    }
}

/// Whether any line of a batch was begun.
pub(super) async fn knows_batch(transaction: &Transaction<'_>, batch: &str) -> Result<bool, StepError> {
    let (first, behind) = operations_of(batch);
    let sql = "SELECT 1 FROM entries WHERE operation >= $1 AND operation < $2 LIMIT 1";
    Ok(transaction.row(sql, &[(&first, Type::TEXT), (&behind, Type::TEXT)]).await?.is_some())
}

/// Entries of lines, found by operation or by key.
#[derive(Default)]
struct Known {
    by_operation: HashMap<String, Entry>,
    by_key: HashMap<String, Entry>,
}

impl Known {
    fn of(&self, line: &Begin<'_>) -> Option<&Entry> {
        let KeyChoice::Line { operation, key, .. } = line.key else { return None };
        self.by_operation.get(operation).or_else(|| self.by_key.get(key?))
    }
}

/// The operations of lines, and the keys that they give.
fn names(lines: &[Begin<'_>]) -> (Vec<String>, Vec<String>) {
    let operation = |line: &Begin<'_>| match line.key {
        KeyChoice::Line { operation, .. } => Some(operation.to_owned()),
        _ => None,
    };
    let key = |line: &Begin<'_>| match line.key {
        KeyChoice::Line { key, .. } => key.map(ToOwned::to_owned),
        _ => None,
    };
    (lines.iter().filter_map(operation).collect(), lines.iter().filter_map(key).collect())
}

const OF_LINES: &str = "FROM entries WHERE operation = ANY($1) OR key = ANY($2)";

impl PostgresStep<'_> {
    async fn known(&self, lines: &[Begin<'_>], lock: &str) -> Result<Known, StepError> {
        let (operations, keys) = names(lines);
        let values: [Parameter<'_>; 2] = [(&operations, Type::TEXT_ARRAY), (&keys, Type::TEXT_ARRAY)];
        let found = self.transaction.rows(&format!("SELECT * {OF_LINES}{lock}"), &values).await?;
        let mut known = Known::default();
        for row in &found {
            let entry = rows::read(row)?;
            if let Some(operation) = &entry.operation {
                known.by_operation.insert(operation.clone(), entry.clone());
            }
            known.by_key.insert(entry.key.clone(), entry);
        }
        Ok(known)
    }

    /// The entries of lines, in their order. Nothing is locked.
    pub(super) async fn look_up(&self, lines: &[Begin<'_>]) -> Result<Vec<Option<Entry>>, StepError> {
        let known = self.known(lines, "").await?;
        let with_secret = |line: &Begin<'_>| {
            let mut entry = known.of(line)?.clone();
            entry.intent.restore_client_secret(line.intent);
            Some(entry)
        };
        Ok(lines.iter().map(with_secret).collect())
    }

    /// Takes the steps of a group.
    pub(super) async fn group(
        &self,
        group: &Group<'_>,
        bodies: KeepBodies,
        now: UnixMillis,
    ) -> Result<Grouped, StepError> {
        let ended = group.finished.iter().map(|one| (&*one.ticket, one.result));
        let finished = try_join_all(ended.map(async |(ticket, result)| {
            self.finish_held(ticket, &ending(ticket, result, true), bodies, now).await
        }));
        let finished = finished.await?;
        let touched = match (group.again.is_empty(), group.begun.is_empty()) {
            (true, true) => None,
            _ => Some(self.runner.touch(self.transaction).await?),
        };
        let mut again = Vec::new();
        if let Some(touched) = &touched {
            let tickets = group.again.iter();
            again = try_join_all(tickets.map(|ticket| self.begin_held(ticket, touched, now))).await?;
        }
        try_join_all(group.released.iter().map(|ticket| self.release(ticket))).await?;
        let begun = match &touched {
            Some(touched) => self.begin_lines(&group.begun, touched).await?,
            None => Vec::new(),
        };
        Ok(Grouped { finished, again, begun, touched })
    }

    async fn release(&self, ticket: &Ticket) -> Result<(), StepError> {
        let hold = hold(ticket);
        super::hold::release(self.transaction, &hold.entry, hold.holder.name(), hold.attempt).await
    }

    /// Lines that begin, in their order.
    async fn begin_lines(&self, lines: &[Begin<'_>], touched: &Touched) -> Result<Vec<Drafted>, StepError> {
        if lines.is_empty() {
            return Ok(Vec::new());
        }
        for line in lines {
            line.intent.holds_no_credential()?;
            line.key.holds_no_credential()?;
        }
        // Who is there at all, and who of them is not being changed at this moment.
        let known = self.known(lines, "").await?;
        let mut free = Known::default();
        if !known.by_key.is_empty() {
            free = self.known(lines, " FOR UPDATE SKIP LOCKED").await?;
        }
        let held = self.held(free.by_key.values()).await?;
        let mut begun: Vec<Option<Drafted>> = Vec::new();
        let mut new = Vec::new();
        for (at, line) in lines.iter().enumerate() {
            begun.push(match (known.of(line), free.of(line)) {
                (None, _) => {
                    new.push((at, Entry::begun(line, row_id(line.now), Some(touched.lease.id.clone()))));
                    None
                }
                (Some(entry), None) => Some(Drafted::Not(Begun::Busy { key: entry.key.clone() })),
                (_, Some(entry)) => {
                    let is_held = entry.held_by.as_ref().is_some_and(|holder| held.contains(holder));
                    let mut entry = entry.clone();
                    entry.intent.restore_client_secret(line.intent);
                    Some(match refusal(&entry, line, is_held) {
                        Some(not) => Drafted::Not(not),
                        None => self.begin_again(entry, line, touched).await?,
                    })
                }
            });
        }
        self.insert(new, touched, &mut begun).await?;
        Ok(begun.into_iter().map(|drafted| drafted.expect("every line is known or new")).collect())
    }

    /// Which of the runners that entries name are alive.
    async fn held(&self, entries: impl Iterator<Item = &Entry>) -> Result<Vec<String>, StepError> {
        let mut holders: Vec<String> = entries.filter_map(|entry| entry.held_by.clone()).collect();
        holders.sort();
        holders.dedup();
        super::runner::alive(self.transaction, &holders).await
    }

    /// Inserts new entries in the order of their operations, which is the same for every runner. One that another
    /// runner has made meanwhile is that one's.
    async fn insert(
        &self,
        mut new: Vec<(usize, Entry)>,
        touched: &Touched,
        begun: &mut [Option<Drafted>],
    ) -> Result<(), StepError> {
        new.sort_by(|(_, one), (_, other)| one.operation.cmp(&other.operation));
        let inserted =
            try_join_all(new.iter().map(|(_, entry)| rows::insert(self.transaction, entry))).await?;
        let (mut mine, mut attempts) = (Vec::new(), Vec::new());
        for ((at, entry), is_mine) in new.into_iter().zip(inserted) {
            if is_mine {
                mine.push((at, entry));
            } else {
                begun[at] = Some(Drafted::Not(Begun::Busy { key: entry.key }));
            }
        }
        for (_, entry) in &mine {
            let number = entry.attempts;
            attempts.push(rows::insert_attempt(self.transaction, &entry.id, number, entry.created_at));
        }
        try_join_all(attempts).await?;
        for (at, entry) in mine {
            let (source, touched) = (entry.key_source, touched.clone());
            let draft = Draft { entry, source, maybe: false, other_run: None, touched };
            begun[at] = Some(Drafted::Ready(Box::new(draft)));
        }
        Ok(())
    }
}
