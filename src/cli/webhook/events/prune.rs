//! `paycli webhook events prune`: old events removed.

use clap::Args;
use serde::Serialize;

use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::exit::ExitCode;
use crate::profile::parse_time_or_age;
use crate::time::UnixMillis;

use super::stored::store_to_change;

const EXAMPLES: &str = "\
Examples:
  paycli webhook events prune --before 30d
  paycli webhook events prune --before 2026-01-01T00:00:00Z";

/// Options of `webhook events prune`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::cli) struct PruneArgs {
    /// Remove events older than this: an age like 30d, Unix seconds or RFC 3339
    #[arg(long, value_name = "AGE|TIME")]
    before: String,
}

/// How many events are removed in one transaction: others write to the file between two of them.
const STEP: usize = 1000;

#[derive(Serialize)]
struct PruneJson {
    schema: u32,
    removed: usize,
}

/// Removes events, with their attempts.
pub(super) fn run(context: &Context, args: &PruneArgs) -> Result<ExitCode, Failure> {
    let before = parse_time_or_age(&args.before, UnixMillis::now().0)?;
    let mut store = store_to_change(context)?;
    let mut removed = 0;
    loop {
        let step = store.step(|step| step.prune(before, STEP))?;
        removed += step;
        if step < STEP {
            break;
        }
    }
    if context.printer.is_json() {
        return context.print_json(&PruneJson { schema: 1, removed });
    }
    context.printer.line(&format!("{removed} events removed"))?;
    Ok(ExitCode::Success)
}
