//! `paycli webhook`: signatures made, verified and explained.

mod batch;
mod events;
mod received;
mod secrets;
mod sign;
mod source;
mod trigger;
mod verify;

use clap::{Subcommand, ValueEnum};

use crate::exit::ExitCode;
use crate::webhook::{Reason, Scheme};

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

/// How deliveries are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum SchemeArg {
    /// The Stripe-Signature header.
    Stripe,
    /// The three headers of Standard Webhooks.
    Standard,
}

impl From<SchemeArg> for Scheme {
    fn from(arg: SchemeArg) -> Self {
        match arg {
            SchemeArg::Stripe => Self::Stripe,
            SchemeArg::Standard => Self::Standard,
        }
    }
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

/// The exit code that tells a script why a delivery is not valid.
const fn exit_code(reason: Reason) -> ExitCode {
    match reason {
        Reason::Ok => ExitCode::Success,
        Reason::NoSecret => ExitCode::Authentication,
        Reason::NoMatch => ExitCode::SignatureMismatch,
        Reason::TimestampTooOld | Reason::TimestampTooNew => ExitCode::TimestampOutsideTolerance,
        Reason::NoHeader | Reason::MalformedHeader | Reason::NoV1Signature | Reason::LibrariesDisagree => {
            ExitCode::SignatureHeader
        }
    }
}
