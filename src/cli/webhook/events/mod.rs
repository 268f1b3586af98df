//! `paycli webhook events`: what was sent and received, and what became of it.

#![expect(clippy::doc_markdown, reason = "these comments are the texts of --help")]

mod export;
mod import;
mod list;
mod prune;
mod show;
mod view;

use std::time::Duration;

use clap::{Args, Subcommand};

use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::exit::ExitCode;
use crate::profile::{Mode, parse_time_or_age};
use crate::time::UnixMillis;
use crate::webhook::store::{EventFilter, EventOrder, EventStore, Position, StoredEvent};
use crate::webhook::{EventId, TypePatterns};

use super::source::PATIENCE;

/// What may be done with stored events.
#[derive(Debug, Subcommand)]
pub(super) enum EventsCommand {
    /// List stored events, the newest first.
    List(list::ListArgs),
    /// Show one event, its delivery attempts and its body.
    Show(show::ShowArgs),
    /// Write events as lines of JSON, byte for byte.
    Export(export::ExportArgs),
    /// Store the events of a file: an export, Stripe's list of events, or single events.
    Import(import::ImportArgs),
    /// Remove old events and their attempts.
    Prune(prune::PruneArgs),
}

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
    limit: Option<usize>,
}

/// How many events are read at once.
const PAGE: usize = 200;

impl FilterArgs {
    fn filter(&self, ids: &[String]) -> Result<EventFilter, Failure> {
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

/// Runs a command of the event store.
pub(super) fn run(context: &mut Context, command: &EventsCommand) -> Result<ExitCode, Failure> {
    match command {
        EventsCommand::List(args) => list::run(context, args),
        EventsCommand::Show(args) => show::run(context, args),
        EventsCommand::Export(args) => export::run(context, args),
        EventsCommand::Import(args) => import::run(context, args),
        EventsCommand::Prune(args) => prune::run(context, args),
    }
}

/// The store of the profile's mode, for reading.
fn store_to_read(context: &Context) -> Result<EventStore, Failure> {
    let mode = context.profile_for_reading()?.mode;
    open(context, mode)
}

/// The store of the profile's mode, for changing it.
fn store_to_change(context: &Context) -> Result<EventStore, Failure> {
    let profile = context.profile()?;
    context.admit(profile, true)?;
    open(context, profile.mode)
}

fn open(context: &Context, mode: Mode) -> Result<EventStore, Failure> {
    let patience: Duration = context.global.timeout.min(PATIENCE);
    Ok(EventStore::open(&Context::paths()?.events_file(mode), patience)?)
}

/// Calls `each` with the events that a filter lets through, page by page, until it says false.
fn for_each(
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
