//! `paycli webhook`: signatures made, verified and explained.

mod batch;
mod events;
mod listen;
mod received;
mod replay;
mod replay_report;
mod scheme;
mod secrets;
mod sign;
mod source;
mod test;
mod trigger;
mod verify;

use clap::Subcommand;

use crate::exit::ExitCode;

use super::context::Context;
use super::failure::Failure;

pub(super) use listen::{ListenArgs, run as listen};
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
    /// Receive deliveries on this machine: verify, store and forward them.
    Listen(listen::ListenArgs),
    /// Deliver stored events, or those of a file, again.
    Replay(replay::ReplayArgs),
    /// Test an endpoint with good and bad deliveries, and name its mistakes.
    Test(test::TestArgs),
}

/// Runs a command about webhooks.
pub(super) fn run(context: &mut Context, command: WebhookCommand) -> Result<ExitCode, Failure> {
    match command {
        WebhookCommand::Sign(args) => sign::run(context, &args),
        WebhookCommand::Trigger(args) => trigger::run(context, &args),
        WebhookCommand::Events(command) => events::run(context, &command),
        WebhookCommand::Verify(args) => verify::run(context, &args),
        WebhookCommand::Listen(args) => listen::run(context, &args),
        WebhookCommand::Replay(args) => replay::run(context, &args),
        WebhookCommand::Test(args) => test::run(context, &args),
    }
}
