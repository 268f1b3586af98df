//! `paycli keys`: storing, listing, rotating and revoking keys.

mod add;
mod api;
mod end;
mod list;
mod rotate;
mod selected;
mod status;
mod view;
mod ways;

use clap::Subcommand;

use crate::exit::ExitCode;

use super::context::Context;
use super::failure::Failure;

pub(super) use add::AddArgs;

use selected::Selected;

/// What may be done with keys.
#[derive(Debug, Subcommand)]
pub(super) enum KeysCommand {
    /// Store a key, after asking the API whether it takes it.
    Add(AddArgs),
    /// List the stored keys of a profile, and which key is in use.
    List,
    /// Tell how old the keys are, and what is unfinished.
    Status(status::StatusArgs),
    /// Show a stored key.
    Show(list::ShowArgs),
    /// Replace a key by a new one; the old one stays usable for a while.
    Rotate(rotate::RotateArgs),
    /// Go back to the key before, while it still works.
    Rollback(Selected),
    /// End the key before the one in use, or a key altogether.
    Revoke(end::RevokeArgs),
    /// Forget a key here. The API is not told.
    Remove(end::RemoveArgs),
}

/// Runs a command of keys.
pub(super) fn run(context: &mut Context, command: KeysCommand) -> Result<ExitCode, Failure> {
    match command {
        KeysCommand::Add(args) => add::run(context, &args),
        KeysCommand::List => list::list(context),
        KeysCommand::Status(args) => status::run(context, &args),
        KeysCommand::Show(args) => list::show(context, &args),
        KeysCommand::Rotate(args) => rotate::run(context, &args),
        KeysCommand::Rollback(selected) => end::roll_back(context, &selected),
        KeysCommand::Revoke(args) => end::revoke(context, &args),
        KeysCommand::Remove(args) => end::remove(context, &args),
    }
}

/// Forgets the API key of the profile: `paycli logout`.
pub(super) fn logout(context: &Context) -> Result<ExitCode, Failure> {
    end::logout(context)
}
