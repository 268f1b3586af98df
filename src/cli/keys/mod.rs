//! `paycli keys`: storing, listing, rotating and revoking keys.

mod add;
mod api;
mod audit;
mod doctor;
mod end;
mod evidence;
mod known;
mod list;
mod rekey;
mod relocate;
mod rotate;
mod scan;
mod selected;
mod status;
mod verify;
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
    List(list::ListArgs),
    /// Tell how old the keys are, and what is unfinished.
    Status(status::StatusArgs),
    /// Show a stored key.
    Show(list::ShowArgs),
    /// Replace a key by a new one; the old one stays usable for a while.
    Rotate(rotate::RotateArgs),
    /// Go back to the previous key, while it still works.
    Rollback(Selected),
    /// Revoke the previous key, or every version of a key.
    Revoke(end::RevokeArgs),
    /// Forget a key here. The API is not told.
    Remove(end::RemoveArgs),
    /// Move the keys of a profile into another store.
    #[command(after_help = relocate::EXAMPLES)]
    Move(relocate::MoveArgs),
    /// Change the passphrase of the key file.
    #[command(after_help = rekey::EXAMPLES)]
    Rekey(rekey::RekeyArgs),
    /// Find keys that are stored but not listed, listed but not stored, or left behind.
    #[command(after_help = doctor::EXAMPLES)]
    Doctor(doctor::DoctorArgs),
    /// Look for leaked keys in files, staged changes, the git history or standard input.
    Scan(scan::ScanArgs),
    /// Check how keys are kept and used: privileges, ages, leaks, idempotency.
    Audit(audit::AuditArgs),
}

/// Runs a command of keys.
pub(super) fn run(context: &mut Context, command: KeysCommand) -> Result<ExitCode, Failure> {
    match command {
        KeysCommand::Add(args) => add::run(context, &args),
        KeysCommand::List(args) => list::list(context, &args),
        KeysCommand::Status(args) => status::run(context, &args),
        KeysCommand::Show(args) => list::show(context, &args),
        KeysCommand::Rotate(args) => rotate::run(context, &args),
        KeysCommand::Rollback(selected) => end::roll_back(context, &selected),
        KeysCommand::Revoke(args) => end::revoke(context, &args),
        KeysCommand::Remove(args) => end::remove(context, &args),
        KeysCommand::Move(args) => relocate::run(context, &args),
        KeysCommand::Rekey(args) => rekey::run(context, &args),
        KeysCommand::Doctor(args) => doctor::run(context, &args),
        KeysCommand::Scan(args) => scan::run(context, &args),
        KeysCommand::Audit(args) => audit::run(context, &args),
    }
}

/// Forgets the API key of the profile: `paycli logout`.
pub(super) fn logout(context: &Context) -> Result<ExitCode, Failure> {
    end::logout(context)
}
