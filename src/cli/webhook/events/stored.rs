//! The event store of a profile, and the options that choose events from it.

use clap::Args;

use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::webhook::source::PATIENCE;
use crate::profile::{Mode, parse_time_or_age};
use crate::time::UnixMillis;
use crate::webhook::store::{EventFilter, EventOrder, EventStore, Position, StoredEvent};
use crate::webhook::{EventId, TypePatterns};

/// Which events are meant.
#[derive(Debug, Args)]
pub(super) struct FilterArgs {
    /// Only events of these types: charge.succeeded, invoice.*, or several separated by commas
    #[arg(long = "type", value_name = "GLOB")]
    types: Vec<String>,
    /// Only events from this time on: Unix seconds, RFC 3339, or an age like 2h
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Only events before this time
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Only events about this object
    #[arg(long, value_name = "ID")]
    object: Option<String>,
    /// At most so many events
    #[arg(long, value_name = "N")]
    pub(super) limit: Option<usize>,
}

/// How many events are read at once.
const PAGE: usize = 200;

impl FilterArgs {
    /// The filter, and these ids.
    pub(super) fn filter(&self, ids: &[String]) -> Result<EventFilter, Failure> {
        let now = UnixMillis::now().0;
        let time =
            |text: &Option<String>| text.as_deref().map(|text| parse_time_or_age(text, now)).transpose();
        let ids = ids.iter().map(|id| EventId::parse(id));
        Ok(EventFilter {
            types: TypePatterns::read(self.types.iter().map(String::as_str))?,
            ids: ids.collect::<Result<_, _>>().map_err(|error| Failure::usage(error.to_string()))?,
            object: self.object.clone(),
            since: time(&self.since)?,
            until: time(&self.until)?,
        })
    }
}

/// The store of the profile's mode, for reading.
pub(super) fn store_to_read(context: &Context) -> Result<EventStore, Failure> {
    let mode = context.profile_for_reading()?.mode;
    open(context, mode)
}

/// The store of the profile's mode, for changing it.
pub(super) fn store_to_change(context: &Context) -> Result<EventStore, Failure> {
    let profile = context.profile()?;
    context.admit(profile, true)?;
    open(context, profile.mode)
}

fn open(context: &Context, mode: Mode) -> Result<EventStore, Failure> {
    let patience = context.global.timeout.min(PATIENCE);
    Ok(EventStore::open(&Context::paths()?.events_file(mode), patience)?)
}

/// Calls `each` with the events that a filter lets through, page by page, until it says false.
pub(super) fn for_each(
    store: &EventStore,
    filter: &EventFilter,
    order: EventOrder,
    limit: Option<usize>,
    mut each: impl FnMut(StoredEvent) -> Result<bool, Failure>,
) -> Result<(), Failure> {
    let (mut after, mut left): (Option<Position>, _) = (None, limit.unwrap_or(usize::MAX));
    while left > 0 {
        let page = store.page(filter, order, after, left.min(PAGE))?;
        let Some(last) = page.last() else { return Ok(()) };
        (after, left) = (Some(last.position()), left - page.len());
        for event in page {
            if !each(event)? {
                return Ok(());
            }
        }
    }
    Ok(())
}
