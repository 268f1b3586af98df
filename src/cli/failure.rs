//! What a command cannot do, in words and as an exit code. The one place where errors become both.

use crate::exit::{ExitCode, Outcome};
use crate::journal::JournalError;
use crate::keys::{ApiKeyError, MarkError, SourceError, StoreError};
use crate::output::{OutputError, PromptError};
use crate::profile::{ApiBaseError, ConfigError, EditError, HomeError, ParseTimeError, ProfileNameError};
use crate::request::{KeyError, MethodError, PageError, ParamError, PathError, TransportError};
use crate::sandbox::{ControlError, SandboxError};
use crate::webhook::CaptureError;

/// Why a command ends without its result. Nothing was sent, unless it says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    /// The exit code.
    pub(super) code: ExitCode,
    /// What happened.
    pub(super) message: String,
    /// What it means for the money.
    pub(super) money: &'static str,
    /// What to type next.
    pub(super) next: Option<String>,
}

impl Failure {
    fn new(code: ExitCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), money: "nothing was sent", next: None }
    }

    /// The command line or its input is wrong.
    pub(super) fn usage(message: impl Into<String>) -> Self {
        Self::new(ExitCode::Usage, message)
    }

    /// Profile, mode or configuration do not agree.
    pub(super) fn configuration(message: impl Into<String>) -> Self {
        Self::new(ExitCode::Configuration, message)
    }

    /// There is no key, or none that can be used.
    pub(super) fn authentication(message: impl Into<String>) -> Self {
        Self::new(ExitCode::Authentication, message)
    }

    /// A defect, or a system that does not work.
    pub(super) fn internal(message: impl Into<String>) -> Self {
        Self::new(ExitCode::Internal, message)
    }

    /// Says what to type next.
    #[must_use]
    pub(super) fn next(self, next: impl Into<String>) -> Self {
        Self { next: Some(next.into()), ..self }
    }

    /// The outcome that goes with the exit code in JSON.
    pub(super) const fn outcome(&self) -> Outcome {
        match self.code {
            ExitCode::Authentication => Outcome::Unauthorized,
            ExitCode::JournalError => Outcome::JournalError,
            ExitCode::InProgress => Outcome::InProgress,
            _ => Outcome::NotSent,
        }
    }

    /// The word for the kind of error in JSON.
    pub(super) const fn kind(&self) -> &'static str {
        match self.code {
            ExitCode::Usage => "usage",
            ExitCode::Configuration => "configuration",
            ExitCode::Authentication => "authentication",
            ExitCode::JournalError => "journal_error",
            ExitCode::InProgress => "in_progress",
            ExitCode::NotSent => "not_sent",
            _ => "internal",
        }
    }
}

/// Errors of which each kind has one exit code.
macro_rules! failures {
    ($($make:ident: $($error:ty),+;)+) => {
        $($(impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self::$make(error.to_string())
            }
        })+)+
    };
}

failures! {
    usage: CaptureError, PathError, MethodError, ParamError, KeyError, ParseTimeError, ProfileNameError, PageError;
    configuration: ConfigError, EditError, HomeError;
    authentication: StoreError, SourceError;
    internal: MarkError, TransportError, OutputError, SandboxError;
}

impl From<ApiBaseError> for Failure {
    fn from(error: ApiBaseError) -> Self {
        Self::usage(error.to_string()).next("--api-base https://…, or http://127.0.0.1:PORT")
    }
}

impl From<ApiKeyError> for Failure {
    fn from(error: ApiKeyError) -> Self {
        match error {
            ApiKeyError::Mistaken(_) | ApiKeyError::ClientSecret => Self::configuration(error.to_string()),
            _ => Self::authentication(error.to_string()),
        }
    }
}

impl From<ControlError> for Failure {
    fn from(error: ControlError) -> Self {
        let message = error.to_string();
        match error {
            ControlError::None | ControlError::NotThere(_) => {
                Self::usage(message).next("paycli sandbox serve")
            }
            ControlError::Several(_) => Self::usage(message).next("name one: --port PORT"),
            ControlError::Refused(_) => Self::usage(message),
            ControlError::Broken(_) => Self::internal(message),
        }
    }
}

impl From<PromptError> for Failure {
    fn from(error: PromptError) -> Self {
        match error {
            PromptError::NoTerminal => {
                Self::usage("this asks for a confirmation, and there is no terminal to ask at")
                    .next("add --yes to confirm it")
            }
            PromptError::Failed(_) => Self::usage(error.to_string()).next("add --yes to confirm it"),
        }
    }
}

impl From<JournalError> for Failure {
    fn from(error: JournalError) -> Self {
        let code = match error {
            JournalError::NoEntry(_) | JournalError::Settled { .. } => ExitCode::Usage,
            JournalError::InUse(_) => ExitCode::InProgress,
            _ => ExitCode::JournalError,
        };
        Self::new(code, error.to_string())
    }
}
