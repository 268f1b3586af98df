//! `paycli webhook events`: what was sent and received, and what became of it.

mod export;
mod import;
mod list;
mod prune;
mod show;
mod stored;
mod view;

use clap::Subcommand;

use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::exit::ExitCode;

/// What may be done with stored events.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum EventsCommand {
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
