//! Where a replay's events come from: pages of the store, or of a file.

use std::collections::HashSet;

use hyper::body::Bytes;

use super::file::{FileError, FileEvent, FileEvents};
use crate::webhook::event::EventFacts;
use crate::webhook::store::{DeliverableEvent, EventFilter, EventStore, NewEvent, Position, StoreError};

/// How many events are read at once.
const PAGE: usize = 512;

/// An event that is to be sent.
#[derive(Debug, Clone)]
pub struct Item {
    /// Its number in the replay: the row of the store, or the place in the file.
    pub number: i64,
    /// The event's id.
    pub id: String,
    /// Its type.
    pub kind: String,
    /// The object that it tells of.
    pub object: Option<String>,
    /// The bytes that are sent.
    pub body: Bytes,
    /// The signature that it came with, where that can still match the bytes.
    pub signature: Option<String>,
    /// The event of the store.
    pub event: ItemEvent,
}

/// How the store knows an event, or is to know it.
#[derive(Debug, Clone)]
pub enum ItemEvent {
    /// By its row.
    Stored(i64),
    /// It is stored with its first attempt.
    New(Box<NewEvent>),
}

/// Why there are no more events to read.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file failed.
    #[error(transparent)]
    File(#[from] FileError),
}

/// Where the events of a replay come from. What was accepted before is left out.
#[derive(Debug)]
pub struct ReplaySource {
    origin: Origin,
    filter: EventFilter,
    store: EventStore,
    replay: i64,
}

#[derive(Debug)]
enum Origin {
    Store { upto: i64, after: Option<Position>, is_over: bool },
    File(Box<FileEvents>),
}

impl ReplaySource {
    /// Events of the store, up to a row.
    #[must_use]
    pub const fn of_store(store: EventStore, filter: EventFilter, replay: i64, upto: i64) -> Self {
        Self { origin: Origin::Store { upto, after: None, is_over: false }, filter, store, replay }
    }

    /// Events of a file.
    #[must_use]
    pub fn of_file(store: EventStore, filter: EventFilter, replay: i64, events: FileEvents) -> Self {
        Self { origin: Origin::File(Box::new(events)), filter, store, replay }
    }

    /// How many lines of the file were no events and were passed over.
    #[must_use]
    pub fn broken_lines(&self) -> u64 {
        if let Origin::File(events) = &self.origin { events.broken() } else { 0 }
    }

    /// The first lines that were passed over since this was asked last, with why.
    pub fn take_broken(&mut self) -> Vec<(u64, String)> {
        if let Origin::File(events) = &mut self.origin { events.take_broken() } else { Vec::new() }
    }

    /// The next events; none at the end.
    ///
    /// # Errors
    /// When the store fails, or the file has a line that is no event.
    pub fn next_page(&mut self) -> Result<Vec<Item>, SourceError> {
        loop {
            let (items, is_last) = self.read_page()?;
            let fresh = self.without_accepted(items)?;
            if is_last || !fresh.is_empty() {
                return Ok(fresh);
            }
        }
    }

    /// Some events, and whether there are no more behind them.
    fn read_page(&mut self) -> Result<(Vec<Item>, bool), SourceError> {
        match &mut self.origin {
            Origin::Store { is_over: true, .. } => Ok((Vec::new(), true)),
            Origin::Store { upto, after, is_over } => {
                let page = self.store.deliverable_page(&self.filter, *after, PAGE)?;
                *is_over = page.len() < PAGE;
                *after = page.last().map(|event| event.position).or(*after);
                let items: Vec<_> =
                    page.into_iter().filter(|event| event.position.seq <= *upto).map(of_stored).collect();
                Ok((items, *is_over))
            }
            Origin::File(events) => {
                let (mut items, mut read) = (Vec::new(), 0);
                while read < PAGE {
                    let Some(found) = events.next_event()? else { return Ok((items, read == 0)) };
                    read += 1;
                    if matches(&self.filter, found.event.facts()) {
                        items.push(of_file(found));
                    }
                }
                Ok((items, false))
            }
        }
    }

    fn without_accepted(&self, mut items: Vec<Item>) -> Result<Vec<Item>, SourceError> {
        let numbers = || items.iter().map(|item| item.number);
        let (Some(from), Some(to)) = (numbers().min(), numbers().max()) else { return Ok(items) };
        let accepted: HashSet<i64> = self.store.accepted_items(self.replay, from, to)?.into_iter().collect();
        items.retain(|item| !accepted.contains(&item.number));
        Ok(items)
    }
}

fn of_stored(event: DeliverableEvent) -> Item {
    let DeliverableEvent { position, id, kind, object, signature, body } = event;
    let (number, body, event) = (position.seq, Bytes::from(body), ItemEvent::Stored(position.seq));
    Item { number, id, kind, object, body, signature, event }
}

fn of_file(found: FileEvent) -> Item {
    let facts = found.event.facts();
    Item {
        number: found.number,
        id: facts.id.to_string(),
        kind: facts.kind.clone(),
        object: facts.object.clone(),
        body: Bytes::copy_from_slice(found.event.body()),
        signature: found.event.usable_signature().map(str::to_owned),
        event: ItemEvent::New(Box::new(found.event)),
    }
}

/// Whether an event of a file is meant, as the store judges its own.
fn matches(filter: &EventFilter, facts: &EventFacts) -> bool {
    filter.types.matches(&facts.kind)
        && (filter.ids.is_empty() || filter.ids.contains(&facts.id))
        && filter.object.as_ref().is_none_or(|object| facts.object.as_ref() == Some(object))
        && filter.since.is_none_or(|since| facts.created.is_some_and(|created| created >= since))
        && filter.until.is_none_or(|until| facts.created.is_some_and(|created| created < until))
}
