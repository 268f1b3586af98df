//! What a command cannot do, in words and as an exit code. The one place where errors become both.

use crate::exit::{ExitCode, Outcome};
use crate::journal::JournalError;
use crate::keys::{
    ApiKeyError, HookError, KeysError, MarkError, PointerError, RuleError, SecretError, SecretNameError,
    SourceError, StoreError,
};
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
            ExitCode::ServerError => Outcome::ServerError,
            ExitCode::ClientError => Outcome::Invalid,
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
            ExitCode::ClientError => "refused",
            ExitCode::ServerError => "server_error",
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
    usage: CaptureError, PathError, MethodError, ParamError, KeyError, ParseTimeError, ProfileNameError, PageError, SecretNameError;
    configuration: ConfigError, EditError, HomeError;
    authentication: SourceError;
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

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let elsewhere =
            "or choose another store by name (paycli keys add --keystore file), or set PAYCLI_API_KEY";
        let text = error.to_string();
        match error {
            StoreError::NoPassphrase | StoreError::NotAsked(_) => {
                Self::usage(text).next("set PAYCLI_KEYSTORE_PASSPHRASE, or run it at a terminal")
            }
            StoreError::ReadOnly => Self::usage(text).next("--keystore keyring, or --keystore file"),
            StoreError::Timeout(_) | StoreError::Locked(_) => Self::authentication(text).next(format!(
                "unlock the keyring and run it again (PAYCLI_KEYRING_TIMEOUT=60s waits longer), {elsewhere}"
            )),
            StoreError::Unavailable(_) => {
                Self::authentication(text).next(format!("start a keyring (a D-Bus Secret Service), {elsewhere}"))
            }
            StoreError::WrongPassphrase(_) => Self::authentication(text).next("see PAYCLI_KEYSTORE_PASSPHRASE"),
            StoreError::Damaged { path, .. } => Self::authentication(text).next(format!(
                "put a copy of {} back, or remove it together with the list beside it and store the keys again",
                path.display()
            )),
            _ => Self::authentication(text),
        }
    }
}

impl From<PointerError> for Failure {
    fn from(error: PointerError) -> Self {
        match &error {
            PointerError::Busy(_) => Self::new(ExitCode::InProgress, error.to_string()),
            PointerError::File { error: cause, .. } if cause.kind() == std::io::ErrorKind::TimedOut => {
                Self::new(ExitCode::InProgress, error.to_string())
            }
            PointerError::File { .. } | PointerError::Damaged { .. } => {
                Self::configuration(error.to_string())
            }
        }
    }
}

impl From<SecretError> for Failure {
    fn from(error: SecretError) -> Self {
        match error {
            SecretError::NotAKey(error) => error.into(),
            SecretError::OtherMode { of_key, .. } => {
                let next = if of_key.is_live() { "-p live --live" } else { "-p test" };
                Self::configuration(error.to_string()).next(format!("use a {of_key} profile: {next}"))
            }
            _ => Self::configuration(error.to_string()),
        }
    }
}

impl From<HookError> for Failure {
    fn from(error: HookError) -> Self {
        match error {
            HookError::NotACommand(_) => Self::usage(error.to_string()),
            _ => Self::internal(error.to_string()).next(
                "the new key is in use and the old one still works: mend the hook and run paycli keys rotate --resume, \
                 or go back with paycli keys rollback",
            ),
        }
    }
}

impl From<RuleError> for Failure {
    fn from(error: RuleError) -> Self {
        let text = error.to_string();
        match error {
            RuleError::SameKey { .. } => {
                Self::usage(text).next("make a new key in the Dashboard, and give that")
            }
            RuleError::Unfinished { .. } => Self::configuration(text)
                .next("paycli keys rotate --resume goes on with it, paycli keys rotate --abort undoes it"),
            RuleError::PreviousKept { .. } => {
                Self::configuration(text).next("paycli keys revoke --previous ends it; then rotate again")
            }
            RuleError::NothingStored => Self::authentication(text).next("paycli keys add stores a first one"),
            RuleError::Promoted => Self::configuration(text).next("paycli keys rollback"),
            _ => Self::configuration(text),
        }
    }
}

impl From<KeysError> for Failure {
    fn from(error: KeysError) -> Self {
        let text = error.to_string();
        match error {
            KeysError::Store(error) => error.into(),
            KeysError::Pointer(error) => error.into(),
            KeysError::Rule(error) => error.into(),
            KeysError::Secret(error) => error.into(),
            KeysError::Hook(error) => error.into(),
            KeysError::Mark(_) | KeysError::Audit(_) => Self::internal(text),
            KeysError::Lost { .. } => {
                Self::authentication(text).next("paycli keys add stores it again; or set PAYCLI_API_KEY")
            }
            KeysError::NothingStored(_) => Self::authentication(text).next("paycli keys list"),
            KeysError::Exists { .. } => Self::configuration(text)
                .next("paycli keys rotate replaces it with an overlap; paycli keys add --replace at once"),
            KeysError::Refused { .. } => {
                Self::authentication(text).next("look the key up in the Dashboard; --wait 2m tries longer")
            }
            KeysError::Unreachable { is_unsent, .. } => {
                let code = if is_unsent { ExitCode::NotSent } else { ExitCode::ServerError };
                Self::new(code, text).next("run it again; paycli keys status tells what is unfinished")
            }
            KeysError::Remote { .. } => Self::new(ExitCode::ClientError, text)
                .next("paycli keys status; a key that was made by hand: paycli keys rotate --from SOURCE"),
            KeysError::NoRemoteId(_) => Self::new(ExitCode::ClientError, text).next("--key-id mk_…"),
            KeysError::Unconfirmed { .. } => {
                Self::usage(format!("not confirmed: {text}")).next("--yes says so")
            }
            KeysError::MayBeMade => Self::configuration(text).next("--resume, or --abort --yes all the same"),
            KeysError::Gone { .. } => Self::authentication(text).next("paycli keys status"),
            KeysError::Undone => Self::configuration(text).next("paycli keys rotate --from SOURCE"),
            KeysError::Unfinished(_) => Self::configuration(text)
                .next("paycli keys rotate --resume goes on with it, paycli keys rotate --abort undoes it"),
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
