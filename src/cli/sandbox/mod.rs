//! `paycli sandbox`: the embedded sandbox over a port, its keys, and what controls it.

mod control;
mod keys;
mod serve;

use clap::Subcommand;

use crate::exit::ExitCode;

use super::context::Context;
use super::failure::Failure;

/// What may be done with the sandbox.
#[derive(Debug, Subcommand)]
pub(super) enum SandboxCommand {
    /// Serve the sandbox on a port of this machine, until Ctrl-C.
    Serve(serve::ServeArgs),
    /// Tell what the sandbox holds, what time it is there, and what is to go wrong.
    Status(control::ServerArgs),
    /// Forget everything: objects, idempotency keys, events, deliveries, keys that were made, the clock.
    Reset(control::ServerArgs),
    /// Print the sandbox's keys, which are not secrets, or make another.
    Keys(keys::KeysArgs),
    /// Move the sandbox's clock forward: keys expire, deliveries become due.
    Advance(control::AdvanceArgs),
    /// Faults: what is to go wrong, with which requests and how often.
    #[command(subcommand)]
    Fault(control::FaultCommand),
    /// List the newest deliveries of events, each with its last attempt.
    Deliveries(control::DeliveriesArgs),
    /// Deliver an event again.
    Resend(control::ResendArgs),
    /// Give a webhook endpoint a new signing secret; the old one goes on signing beside it for a while.
    Roll(control::RollArgs),
}

/// Runs a command of the sandbox.
pub(super) fn run(context: &Context, command: SandboxCommand) -> Result<ExitCode, Failure> {
    match command {
        SandboxCommand::Serve(args) => serve::run(context, &args),
        SandboxCommand::Status(args) => control::status(context, &args),
        SandboxCommand::Reset(args) => control::reset(context, &args),
        SandboxCommand::Keys(args) => keys::run(context, &args),
        SandboxCommand::Advance(args) => control::advance(context, &args),
        SandboxCommand::Fault(command) => control::fault(context, command),
        SandboxCommand::Deliveries(args) => control::deliveries(context, &args),
        SandboxCommand::Resend(args) => control::resend(context, &args),
        SandboxCommand::Roll(args) => control::roll(context, &args),
    }
}
