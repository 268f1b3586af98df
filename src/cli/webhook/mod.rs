//! `paycli webhook`: signatures made, verified and explained.

mod batch;
mod received;
mod scheme;
mod secrets;
mod sign;
mod source;
mod verify;

use clap::Subcommand;

use crate::exit::ExitCode;

use super::context::Context;
use super::failure::Failure;

/// What may be done with webhooks.
#[derive(Debug, Subcommand)]
pub(super) enum WebhookCommand {
    /// Sign a payload and print the header's value.
    Sign(sign::SignArgs),
    /// Verify a delivery, offline, as the official libraries do.
    Verify(verify::VerifyArgs),
}

/// Runs a command about webhooks.
pub(super) fn run(context: &mut Context, command: WebhookCommand) -> Result<ExitCode, Failure> {
    match command {
        WebhookCommand::Sign(args) => sign::run(context, &args),
        WebhookCommand::Verify(args) => verify::run(context, &args),
    }
}
