//! The schemes of signatures as they are typed, and the exit codes of a verification.

use clap::ValueEnum;

use crate::exit::ExitCode;
use crate::webhook::{Reason, Scheme};

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

/// The exit code that tells a script why a delivery is not valid.
pub(super) const fn exit_code(reason: Reason) -> ExitCode {
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
