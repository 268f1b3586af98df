//! `paycli webhook events list`: the stored events.

use clap::Args;
use serde::Serialize;

use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::exit::ExitCode;
use crate::output::{clean, table};
use crate::webhook::store::{Attempt, EventOrder, StoredEvent};

use super::stored::{FilterArgs, for_each, store_to_read};
use super::view::{EventJson, answer, rfc_3339};

const EXAMPLES: &str = "\
Examples:
  paycli webhook events list --type 'invoice.*' --since 2h
  paycli webhook events list --object pi_1PgafmB7WZ01zgkWtOJxMiVU --json";

/// Options of `webhook events list`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::cli) struct ListArgs {
    #[command(flatten)]
    filter: FilterArgs,
}

#[derive(Serialize)]
struct ListJson {
    schema: u32,
    events: Vec<EventJson>,
}

/// Lists events, the newest first: a table at a terminal, JSON in a pipe.
pub(super) fn run(context: &Context, args: &ListArgs) -> Result<ExitCode, Failure> {
    let (store, filter) = (store_to_read(context)?, args.filter.filter(&[])?);
    let (limit, printer) = (args.filter.limit, context.printer);
    if printer.is_json() || !printer.is_at_terminal() {
        let mut events = Vec::new();
        for_each(&store, &filter, EventOrder::NewestFirst, limit, |event| {
            events.push(EventJson::of(&event, &store.attempts(event.seq)?));
            Ok(true)
        })?;
        return context.print_json(&ListJson { schema: 1, events });
    }
    let mut rows = Vec::new();
    for_each(&store, &filter, EventOrder::NewestFirst, limit, |event| {
        rows.push(row(&event, &store.attempts(event.seq)?));
        Ok(true)
    })?;
    if rows.is_empty() {
        printer.notice("the event store holds no such event");
        return Ok(ExitCode::Success);
    }
    printer.line(&table(&["created", "event", "type", "object", "source", "last answer"], rows))?;
    Ok(ExitCode::Success)
}

fn row(event: &StoredEvent, attempts: &[Attempt]) -> Vec<String> {
    let last = attempts.last().map_or_else(|| "-".to_owned(), answer);
    let object = event.object.as_deref().map_or_else(|| "-".into(), clean);
    vec![
        rfc_3339(event.created),
        clean(event.id.as_str()).into_owned(),
        clean(&event.kind).into_owned(),
        object.into_owned(),
        event.source.as_str().to_owned(),
        last,
    ]
}
