//! What a check of `doctor` saw, and the command that mends it.

use serde::Serialize;

use crate::cli::context::Context;
use crate::cli::failure::Failure;

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Status {
    Ok,
    /// It works, and something should be done.
    Warning,
    Failed,
    /// It was not looked at.
    Skipped,
}

impl Status {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Failed => "FAILED",
            Self::Skipped => "skipped",
        }
    }
}

/// What was seen of one thing.
#[derive(Debug, Serialize)]
pub(super) struct Check {
    #[serde(rename = "check")]
    pub(super) name: &'static str,
    pub(super) status: Status,
    pub(super) message: String,
    /// A whole command that mends it.
    pub(super) next_command: Option<String>,
    pub(super) hint: Option<String>,
}

impl Check {
    pub(super) fn new(name: &'static str, status: Status, message: impl Into<String>) -> Self {
        Self { name, status, message: message.into(), next_command: None, hint: None }
    }

    pub(super) fn ok(check: &'static str, message: impl Into<String>) -> Self {
        Self::new(check, Status::Ok, message)
    }

    pub(super) fn warning(check: &'static str, message: impl Into<String>) -> Self {
        Self::new(check, Status::Warning, message)
    }

    pub(super) fn failed(check: &'static str, message: impl Into<String>) -> Self {
        Self::new(check, Status::Failed, message)
    }

    /// What cannot be used, as the failure of a command says it.
    pub(super) fn of(check: &'static str, status: Status, failure: Failure, context: &Context) -> Self {
        let command = failure.advice.commands.first().map(|command| context.scope().complete(command));
        Self { next_command: command, hint: failure.advice.hint, ..Self::new(check, status, failure.message) }
    }

    /// The command that mends it, as it is typed.
    pub(super) fn mend(self, command: impl Into<String>) -> Self {
        Self { next_command: Some(command.into()), ..self }
    }

    pub(super) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}
