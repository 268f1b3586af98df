//! Which events of the store are meant.

use crate::webhook::event::EventId;
use crate::webhook::pattern::TypePatterns;

/// Which events are meant: those that agree with everything that is given.
#[derive(Debug, Clone, Default)]
pub struct EventFilter {
    /// Types; none are all.
    pub types: TypePatterns,
    /// Ids; none are all.
    pub ids: Vec<EventId>,
    /// The object that they tell of.
    pub object: Option<String>,
    /// The earliest time of the event itself, in Unix milliseconds, inclusive.
    pub since: Option<i64>,
    /// The latest time of the event itself, in Unix milliseconds, exclusive.
    pub until: Option<i64>,
}

/// The order in which events are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventOrder {
    /// As they happened: for replay and export.
    OldestFirst,
    /// The latest first: for people.
    NewestFirst,
}
