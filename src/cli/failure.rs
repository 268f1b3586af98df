//! What a command cannot do, in words and as an exit code. The one place where errors become both.

use crate::advice::Advice;
use crate::exit::{ExitCode, Outcome};
use crate::journal::JournalError;
use crate::keys::{
    ApiKeyError, HookError, KeysError, MarkError, PointerError, RuleError, SecretError, SecretNameError,
    SourceError, StoreError,
};
use crate::output::{OutputError, PromptError};
use crate::profile::{ApiBaseError, ConfigError, EditError, HomeError, ParseTimeError, ProfileNameError};
use crate::request::batch::{CheckError, SourceError as BatchSourceError};
use crate::request::{
    GateError, KeyError, MethodError, Next, PageError, ParamError, PathError, TransportError, shell_quote,
};
use crate::sandbox::{ControlError, SandboxError};
use crate::scan::BaselineError;
use crate::scan::git::GitError;
use crate::webhook::store::StoreError as EventStoreError;
use crate::webhook::templates::{EventEditError, UnknownType};
use crate::webhook::{CaptureError, DispatchError, EventError, ListeningError, PatternError, TargetError};

/// Why a command ends without its result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    /// The exit code.
    pub(super) code: ExitCode,
    /// What happened.
    pub(super) message: String,
    /// What it means for the money, where the command could have moved some.
    pub(super) money: Option<&'static str>,
    /// What to do next.
    pub(super) advice: Advice,
    /// Whether standard output belongs to something else, so that even JSON goes to standard error.
    pub(super) is_aside: bool,
}

impl Failure {
    fn new(code: ExitCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), money: None, advice: Advice::default(), is_aside: false }
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

    /// The API refused for good.
    pub(super) fn refused(message: impl Into<String>) -> Self {
        Self::new(ExitCode::ClientError, message)
    }

    /// Another process does the same.
    pub(super) fn in_progress(message: impl Into<String>) -> Self {
        Self::new(ExitCode::InProgress, message)
    }

    /// A key stands for another request.
    pub(super) fn key_mismatch(message: impl Into<String>) -> Self {
        Self::new(ExitCode::KeyMismatch, message)
    }

    /// Nothing answers where something was to be sent.
    pub(super) fn not_sent(message: impl Into<String>) -> Self {
        Self::new(ExitCode::NotSent, message)
    }

    /// A defect, or a system that does not work.
    pub(super) fn internal(message: impl Into<String>) -> Self {
        Self::new(ExitCode::Internal, message)
    }

    /// The user asked to stop.
    pub(super) fn interrupted() -> Self {
        Self::new(ExitCode::Interrupted, "interrupted")
    }

    /// Beside a stream of objects, which stays what it is.
    #[must_use]
    pub(super) fn aside(self) -> Self {
        Self { is_aside: true, ..self }
    }

    /// Names a command to type next, without the program's name: see [`Advice`].
    #[must_use]
    pub(super) fn next(self, command: impl Into<String>) -> Self {
        Self { advice: self.advice.or(command), ..self }
    }

    /// Says what to do next where no command does it.
    #[must_use]
    pub(super) fn hint(self, hint: impl Into<String>) -> Self {
        Self { advice: self.advice.with_hint(hint), ..self }
    }

    /// Of a command that sends requests, which failed before it sent one. What is known already stays.
    #[must_use]
    pub(super) fn unsent(self) -> Self {
        Self { money: self.money.or(Some("nothing was sent")), ..self }
    }

    /// Whether the same command again is what to do, for scripts.
    pub(super) const fn next_word(&self) -> Next {
        match self.code {
            ExitCode::InProgress => Next::Wait,
            ExitCode::NotSent | ExitCode::Unknown => Next::Resume,
            _ => Next::None,
        }
    }

    /// The outcome that goes with the exit code in JSON.
    pub(super) const fn outcome(&self) -> Outcome {
        match self.code {
            ExitCode::Authentication => Outcome::Unauthorized,
            ExitCode::JournalError => Outcome::JournalError,
            ExitCode::InProgress => Outcome::InProgress,
            ExitCode::KeyMismatch => Outcome::KeyMismatch,
            ExitCode::ServerError => Outcome::ServerError,
            ExitCode::ClientError => Outcome::Invalid,
            ExitCode::RateLimited => Outcome::RateLimited,
            ExitCode::Unknown => Outcome::Unknown,
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
            ExitCode::KeyMismatch => "key_mismatch",
            ExitCode::NotSent => "not_sent",
            ExitCode::ClientError => "refused",
            ExitCode::ServerError => "server_error",
            ExitCode::RateLimited => "rate_limited",
            ExitCode::Unknown => "unknown",
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
    usage: CaptureError, EventError, PatternError, TargetError, EventEditError, PathError, MethodError, ParamError, KeyError, ParseTimeError, ProfileNameError, SecretNameError;
    configuration: ConfigError, EditError, HomeError;
    authentication: SourceError;
    internal: TransportError, OutputError, SandboxError;
}

impl From<PageError> for Failure {
    /// The answer came, so it is the request or the server that is wrong, and nothing is said of sending.
    fn from(error: PageError) -> Self {
        let text = error.to_string();
        match error {
            PageError::NotAList => Self::new(ExitCode::ClientError, text).hint("leave --all out"),
            _ => Self::new(ExitCode::ServerError, text),
        }
    }
}

impl From<GateError> for Failure {
    fn from(error: GateError) -> Self {
        let text = error.to_string();
        match error {
            GateError::OtherMode { .. } => Self::configuration(text),
            GateError::Live { .. } => {
                Self::configuration(text).hint("use a live profile (-p live --live), or a test key")
            }
            GateError::NotAsked { .. } => {
                Self::new(ExitCode::NotSent, text).hint("run the same command again")
            }
            GateError::Refused { .. } => Self::authentication(text).next("whoami"),
            GateError::Untold { .. } => Self::configuration(text).hint(
                "use a key that tells its mode (sk_test_…, rk_test_…), let this one read the balance, \
                 or use a live profile (-p live --live)",
            ),
        }
    }
}

impl From<ApiBaseError> for Failure {
    fn from(error: ApiBaseError) -> Self {
        Self::usage(error.to_string()).hint("--api-base https://…, or http://127.0.0.1:PORT")
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
            ControlError::None | ControlError::NotThere(_) => Self::usage(message).next("sandbox serve"),
            ControlError::Several(_) => Self::usage(message).hint("name one: --port PORT"),
            ControlError::Refused(_) => Self::usage(message),
            ControlError::Broken(_) => Self::internal(message),
            ControlError::Sandbox(error) => error.into(),
        }
    }
}

impl From<PromptError> for Failure {
    fn from(error: PromptError) -> Self {
        match error {
            PromptError::NoTerminal => {
                Self::usage("this asks for a confirmation, and there is no terminal to ask at")
                    .hint("add --yes to confirm it")
            }
            PromptError::Failed(_) => Self::usage(error.to_string()).hint("add --yes to confirm it"),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let elsewhere = "or choose another store by name (--keystore file), or set PAYCLI_API_KEY";
        let text = error.to_string();
        match error {
            StoreError::NoPassphrase | StoreError::NotAsked(_) => {
                Self::usage(text).hint("set PAYCLI_KEYSTORE_PASSPHRASE, or run it at a terminal")
            }
            StoreError::SamePassphrase | StoreError::EmptyPassphrase => Self::usage(text),
            StoreError::ReadOnly => Self::usage(text).hint("--keystore keyring, or --keystore file"),
            StoreError::Timeout(_) | StoreError::Locked(_) => Self::authentication(text).hint(format!(
                "unlock the keyring and run it again (PAYCLI_KEYRING_TIMEOUT=60s waits longer), {elsewhere}"
            )),
            StoreError::Unavailable(_) => {
                Self::authentication(text).hint(format!("start a keyring (a D-Bus Secret Service), {elsewhere}"))
            }
            StoreError::WrongPassphrase(_) => Self::authentication(text).hint("see PAYCLI_KEYSTORE_PASSPHRASE"),
            StoreError::Damaged { path, .. } => Self::authentication(text).hint(format!(
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
                Self::configuration(error.to_string()).hint(format!("use a {of_key} profile: {next}"))
            }
            _ => Self::configuration(error.to_string()),
        }
    }
}

impl From<HookError> for Failure {
    fn from(error: HookError) -> Self {
        match error {
            HookError::NotACommand(_) => Self::usage(error.to_string()),
            _ => Self::internal(error.to_string())
                .next("keys rotate --resume")
                .hint("the new key is in use; mend the hook first, or replace it: --resume --exec COMMAND"),
        }
    }
}

impl From<RuleError> for Failure {
    fn from(error: RuleError) -> Self {
        let text = error.to_string();
        match error {
            RuleError::SameKey { .. } => {
                Self::usage(text).hint("make a new key in the Dashboard, and give that")
            }
            RuleError::NothingStored => Self::authentication(text).next("keys add"),
            // What leads out of the state, `cli/keys/ways` adds: it depends on more than the error.
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
            KeysError::Mark(error) => error.into(),
            KeysError::Audit(_) => {
                Self::configuration(text).hint("nothing was done: make the log a file that you can write to")
            }
            KeysError::OtherStore { .. } => Self::authentication(text).next("keys doctor"),
            KeysError::Lost { .. } => {
                Self::authentication(text).next("keys add").hint("or set PAYCLI_API_KEY")
            }
            KeysError::NothingStored(_) => Self::authentication(text).next("keys list"),
            KeysError::Exists { .. } => {
                Self::configuration(text).next("keys rotate").next("keys add --replace")
            }
            KeysError::Refused { .. } => {
                Self::authentication(text).hint("look the key up in the Dashboard; the API can need a minute to know a new key: run the same command again")
            }
            KeysError::Unreachable { failure, .. } | KeysError::Remote { failure, .. } => {
                Self::new(failure.code, text)
            }
            KeysError::NoRemoteId(_) => {
                Self::new(ExitCode::ClientError, text).hint("give its id: --remote --key-id mk_…")
            }
            KeysError::Unconfirmed { .. } => Self::usage(format!("not confirmed: {text}")),
            KeysError::AccountUnknown { .. } => Self::usage(text),
            KeysError::MayBeMade | KeysError::Undone { .. } => Self::configuration(text),
            KeysError::Gone { .. } => Self::authentication(text),
        }
    }
}

impl From<UnknownType> for Failure {
    fn from(error: UnknownType) -> Self {
        Self::usage(error.to_string()).next("webhook trigger --list")
    }
}

impl From<EventStoreError> for Failure {
    fn from(error: EventStoreError) -> Self {
        let failure = Self::new(ExitCode::JournalError, error.to_string());
        match error {
            EventStoreError::Locked { .. } => failure.hint("wait for the other command, and run it again"),
            EventStoreError::Full { .. } => failure.hint("free some space, and run it again"),
            _ => failure,
        }
    }
}

impl From<DispatchError> for Failure {
    fn from(error: DispatchError) -> Self {
        match error {
            DispatchError::Event(error) => Self::usage(error.to_string()).unsent(),
            DispatchError::Store(error) => Self::from(error).unsent(),
        }
    }
}

impl From<ListeningError> for Failure {
    fn from(error: ListeningError) -> Self {
        let failure = Self::usage(error.to_string());
        match error {
            ListeningError::None => failure.next("webhook listen").hint("or name a target: --to URL"),
            ListeningError::Several(_) => failure.hint("name one: --to PORT"),
        }
    }
}

/// The mark of a key stands in the journal and in the list of stored keys: without it neither is written, and
/// so nothing is sent.
impl From<MarkError> for Failure {
    fn from(error: MarkError) -> Self {
        Self::new(ExitCode::JournalError, error.to_string()).hint(
            "put a copy of the file back. Where it is removed, a new one is made, and unfinished requests of API keys \
             that do not name their account are not continued any more: see journal list --state unknown first",
        )
    }
}

impl From<JournalError> for Failure {
    fn from(error: JournalError) -> Self {
        let code = match error {
            JournalError::NoEntry(_) | JournalError::Settled { .. } | JournalError::Credential { .. } => {
                ExitCode::Usage
            }
            JournalError::InUse(_) => ExitCode::InProgress,
            _ => ExitCode::JournalError,
        };
        let failure = Self::new(code, error.to_string());
        match error {
            JournalError::Database { .. } => failure.hint("check the URL and the database"),
            _ => failure,
        }
    }
}

impl From<BatchSourceError> for Failure {
    fn from(error: BatchSourceError) -> Self {
        let text = error.to_string();
        match error {
            BatchSourceError::Spool(_) => {
                Self::internal(text).hint("make room in the folder for temporary files, or set TMPDIR")
            }
            _ => Self::usage(text),
        }
    }
}

impl From<CheckError> for Failure {
    fn from(error: CheckError) -> Self {
        match error {
            CheckError::Source(error) => error.into(),
            CheckError::Journal(error) => error.into(),
            CheckError::Temporary(_) => Self::internal(error.to_string())
                .hint("make room in the folder for temporary files, or set TMPDIR"),
        }
    }
}

impl From<GitError> for Failure {
    fn from(error: GitError) -> Self {
        let text = error.to_string();
        match error {
            GitError::NotInstalled => {
                Self::usage(text).hint("install git, or scan the files without --staged and --history")
            }
            GitError::NotARepository(_) => Self::usage(text).next("keys scan"),
            GitError::OtherHook(_) => {
                Self::usage(text).hint("add this line to it: paycli keys scan --staged || exit 1")
            }
            GitError::Failed { .. } => {
                Self::usage(text).hint("git fsck tells what is wrong with a repository")
            }
            GitError::System { .. } => Self::internal(text),
        }
    }
}

impl From<BaselineError> for Failure {
    fn from(error: BaselineError) -> Self {
        let text = error.to_string();
        match &error {
            BaselineError::Missing(path) => Self::usage(text).next(write_baseline(path)),
            BaselineError::File { .. } => Self::usage(text),
            BaselineError::Broken { path, .. } | BaselineError::OtherVersion { path, .. } => {
                Self::configuration(text).next(write_baseline(path))
            }
        }
    }
}

/// The command that writes a baseline anew.
fn write_baseline(path: &std::path::Path) -> String {
    format!("keys scan --write-baseline {}", shell_quote(&path.to_string_lossy()))
}
