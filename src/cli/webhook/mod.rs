//! `paycli webhook`: signatures made, verified and explained.

mod batch;
mod events;
mod received;
mod scheme;
mod secrets;
mod sign;
mod source;
mod trigger;
mod verify;

use clap::Subcommand;

use crate::exit::ExitCode;

use super::context::Context;
use super::failure::Failure;

pub(super) use trigger::{TriggerArgs, run as trigger};

/// What may be done with webhooks.
#[derive(Debug, Subcommand)]
pub(super) enum WebhookCommand {
    /// Sign a payload and print the header's value.
    Sign(sign::SignArgs),
    /// Make an event from a template, sign it and deliver it.
    Trigger(trigger::TriggerArgs),
    /// Events that were sent or received: list, show, export, import and prune them.
    #[command(subcommand)]
    Events(events::EventsCommand),
    /// Verify a delivery, offline, as the official libraries do.
    Verify(verify::VerifyArgs),
}

/// Runs a command about webhooks.
pub(super) fn run(context: &mut Context, command: WebhookCommand) -> Result<ExitCode, Failure> {
    match command {
        WebhookCommand::Sign(args) => sign::run(context, &args),
        WebhookCommand::Trigger(args) => trigger::run(context, &args),
        WebhookCommand::Events(command) => events::run(context, &command),
        WebhookCommand::Verify(args) => verify::run(context, &args),
    }
}
