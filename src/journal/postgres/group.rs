//! Batches in the database: steps of many lines in one transaction. Lines are claimed one by one, so that any
//! number of runners share a batch; a row that another runner is at is passed over and not waited for.

use std::collections::HashMap;

use futures_util::future::{try_join, try_join_all};
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
use super::steps::{Draft, Drafted, PostgresStep, is_begun};
use super::transaction::{Parameter, Transaction};
use super::writes::{self, Change};

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

/// The runners that entries name.
fn holders<'a>(entries: impl Iterator<Item = &'a Entry>) -> Vec<String> {
    let mut holders: Vec<String> = entries.filter_map(|entry| entry.held_by.clone()).collect();
    holders.sort();
    holders.dedup();
    holders
}

/// The entry of a line, where it may be sent: `held` are the runners that live.
fn admit(entry: &Entry, line: &Begin<'_>, held: &[String]) -> Result<Entry, Begun> {
    let is_held = entry.held_by.as_ref().is_some_and(|holder| held.contains(holder));
    let mut entry = entry.clone();
    entry.intent.restore_client_secret(line.intent);
    entry.admit(line, is_held)
}

/// An entry whose next attempt begins under a lease.
fn started(mut entry: Entry, touched: &Touched, now: UnixMillis) -> Entry {
    entry.held_by = Some(touched.lease.id.clone());
    entry.start_attempt(now);
    entry
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

    /// How lines that cannot be sent now are answered, in their order. Nothing is locked.
    pub(super) async fn answers(&self, lines: &[Begin<'_>]) -> Result<Vec<Option<Begun>>, StepError> {
        let known = self.known(lines, "").await?;
        let open = known.by_key.values().filter(|entry| !entry.state.is_final());
        let held = super::runner::seen_alive(self.transaction, &holders(open)).await?;
        Ok(lines.iter().map(|line| admit(known.of(line)?, line, &held).err()).collect())
    }

    /// Takes the steps of a group.
    pub(super) async fn group(
        &self,
        group: &Group<'_>,
        bodies: KeepBodies,
        now: UnixMillis,
    ) -> Result<Grouped, StepError> {
        let finished = self.finish_lines(group, bodies, now).await?;
        let touched = match (group.again.is_empty(), group.begun.is_empty()) {
            (true, true) => None,
            _ => Some(self.runner.touch(self.transaction).await?),
        };
        let mut again = Vec::new();
        if let Some(touched) = &touched {
            again = self.begin_held(&group.again, touched, now).await?;
        }
        try_join_all(group.released.iter().map(|ticket| self.release(ticket))).await?;
        let begun = match &touched {
            Some(touched) => self.begin_lines(&group.begun, touched, now).await?,
            None => Vec::new(),
        };
        Ok(Grouped { finished, again, begun, touched })
    }

    /// Records what attempts ended with, whose entries nobody can have changed while they are held: they are not read
    /// first. An entry that was taken over after all is locked and read.
    async fn finish_lines(
        &self,
        group: &Group<'_>,
        bodies: KeepBodies,
        now: UnixMillis,
    ) -> Result<Vec<Entry>, StepError> {
        let (mut endings, mut entries) = (Vec::new(), Vec::new());
        for one in &group.finished {
            let ending = ending(one.ticket, one.result, true);
            entries.push(ending.apply(one.ticket.entry.clone(), bodies, now));
            endings.push(ending);
        }
        let changes: Vec<_> = entries
            .iter()
            .zip(&endings)
            .map(|(entry, ending)| Change { entry, held: Some((ending.holder, ending.attempt)) })
            .collect();
        let written = try_join(
            writes::update(self.transaction, &changes),
            writes::finish_attempts(self.transaction, &endings, now),
        );
        let (written, ()) = written.await?;
        for (entry, ending) in entries.iter_mut().zip(&endings) {
            if !written.contains(&entry.id) {
                *entry = self.finish_attempt(ending, bodies, now).await?;
            }
        }
        Ok(entries)
    }

    /// Begins further attempts of lines, but for those whose key another runner has taken over: the fence.
    async fn begin_held(
        &self,
        tickets: &[&mut Ticket],
        touched: &Touched,
        now: UnixMillis,
    ) -> Result<Vec<Option<Entry>>, StepError> {
        let entries: Vec<_> =
            tickets.iter().map(|ticket| started(ticket.entry.clone(), touched, now)).collect();
        let changes: Vec<_> = entries
            .iter()
            .zip(tickets)
            .map(|(entry, ticket)| {
                let hold = hold(ticket);
                Change { entry, held: Some((hold.holder.name(), hold.attempt)) }
            })
            .collect();
        let written = writes::update(self.transaction, &changes).await?;
        let mine: Vec<_> = entries.iter().filter(|entry| written.contains(&entry.id)).collect();
        writes::insert_attempts(self.transaction, &mine, now).await?;
        Ok(entries.into_iter().map(|entry| written.contains(&entry.id).then_some(entry)).collect())
    }

    async fn release(&self, ticket: &Ticket) -> Result<(), StepError> {
        let hold = hold(ticket);
        super::hold::release(self.transaction, &hold.entry, hold.holder.name(), hold.attempt).await
    }

    /// Lines that begin, in their order.
    async fn begin_lines(
        &self,
        lines: &[Begin<'_>],
        touched: &Touched,
        now: UnixMillis,
    ) -> Result<Vec<Drafted>, StepError> {
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
        let held = super::runner::alive(self.transaction, &holders(free.by_key.values())).await?;
        let mut begun: Vec<Option<Drafted>> = Vec::new();
        let (mut new, mut admitted) = (Vec::new(), Vec::new());
        for (at, line) in lines.iter().enumerate() {
            begun.push(match (known.of(line), free.of(line)) {
                (None, _) => {
                    new.push((at, Entry::begun(line, row_id(line.now), Some(touched.lease.id.clone()))));
                    None
                }
                (Some(entry), None) => Some(Drafted::Not(Begun::Busy { key: entry.key.clone() })),
                (_, Some(entry)) => match admit(entry, line, &held) {
                    Ok(entry) => {
                        admitted.push((at, entry));
                        None
                    }
                    Err(answer) => Some(Drafted::Not(answer)),
                },
            });
        }
        self.begin_known_lines(lines, admitted, (touched, now), &mut begun).await?;
        self.insert(new, (touched, now), &mut begun).await?;
        Ok(begun.into_iter().map(|drafted| drafted.expect("every line is known or new")).collect())
    }

    /// Begins lines under entries that are locked, and that may be sent: [`Self::begin_again`] for many.
    async fn begin_known_lines(
        &self,
        lines: &[Begin<'_>],
        admitted: Vec<(usize, Entry)>,
        (touched, now): (&Touched, UnixMillis),
        begun: &mut [Option<Drafted>],
    ) -> Result<(), StepError> {
        let mut entries = Vec::new();
        for (at, mut entry) in admitted {
            self.bind_operation(&mut entry, &lines[at]).await?;
            // Whoever held the key before is gone: an attempt that it left open may have been executed.
            let maybe = entry.may_have_executed && !entry.is_settled();
            entries.push((at, maybe, started(entry, touched, now)));
        }
        let changes: Vec<_> = entries.iter().map(|(_, _, entry)| Change::locked(entry)).collect();
        writes::update(self.transaction, &changes).await?;
        let begins: Vec<_> = entries.iter().map(|(_, _, entry)| entry).collect();
        writes::insert_attempts(self.transaction, &begins, now).await?;
        for (at, maybe, entry) in entries {
            let source = lines[at].key.source_of_known();
            let draft = Draft { entry, source, maybe, other_run: None, touched: touched.clone() };
            begun[at] = Some(Drafted::Ready(Box::new(draft)));
        }
        Ok(())
    }

    /// Inserts new entries in the order of their operations, which is the same for every runner. One that another
    /// runner has made meanwhile is that one's.
    async fn insert(
        &self,
        mut new: Vec<(usize, Entry)>,
        (touched, now): (&Touched, UnixMillis),
        begun: &mut [Option<Drafted>],
    ) -> Result<(), StepError> {
        new.sort_by(|(_, one), (_, other)| one.operation.cmp(&other.operation));
        let entries: Vec<_> = new.iter().map(|(_, entry)| entry).collect();
        let inserted = writes::insert(self.transaction, &entries).await?;
        let (mine, others): (Vec<_>, Vec<_>) =
            new.into_iter().partition(|(_, entry)| inserted.contains(&entry.id));
        let begins: Vec<_> = mine.iter().map(|(_, entry)| entry).collect();
        writes::insert_attempts(self.transaction, &begins, now).await?;
        for (at, entry) in others {
            begun[at] = Some(Drafted::Not(Begun::Busy { key: entry.key }));
        }
        for (at, entry) in mine {
            let (source, touched) = (entry.key_source, touched.clone());
            let draft = Draft { entry, source, maybe: false, other_run: None, touched };
            begun[at] = Some(Drafted::Ready(Box::new(draft)));
        }
        Ok(())
    }
}
