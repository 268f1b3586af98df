//! `paycli webhook events export`: events as lines of JSON.

use clap::Args;

use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::exit::ExitCode;
use crate::webhook::export::line;
use crate::webhook::store::EventOrder;

use super::stored::{FilterArgs, for_each, store_to_read};

const EXAMPLES: &str = "\
Examples:
  paycli webhook events export > events.ndjson
  paycli webhook events export --type 'charge.*' | paycli webhook verify --batch - --tolerance 0";

/// Options of `webhook events export`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::cli) struct ExportArgs {
    /// Only these events
    #[arg(value_name = "ID")]
    ids: Vec<String>,
    #[command(flatten)]
    filter: FilterArgs,
}

/// Writes the events as they happened, the oldest first, each with its attempts.
pub(super) fn run(context: &Context, args: &ExportArgs) -> Result<ExitCode, Failure> {
    let (store, filter) = (store_to_read(context)?, args.filter.filter(&args.ids)?);
    let mut count = 0_u64;
    for_each(&store, &filter, EventOrder::OldestFirst, args.filter.limit, |event| {
        count += 1;
        Ok(context.printer.line(&line(&event, &store.attempts(event.seq)?))?)
    })?;
    context.printer.notice(&format!("{count} events exported"));
    Ok(ExitCode::Success)
}
