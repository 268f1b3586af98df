//! Questions to a person. Each has a flag that answers it, and none is asked without a terminal.

use std::io::{self, IsTerminal};

use secrecy::SecretString;

/// Why a question was not answered.
#[derive(Debug, thiserror::Error)]
pub enum PromptError {
    /// There is nobody to ask.
    #[error("there is no terminal to ask at")]
    NoTerminal,
    /// The terminal failed or was closed.
    #[error("the question could not be asked: {0}")]
    Failed(String),
}

/// Whether there is a person to ask.
#[must_use]
pub fn has_terminal() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks for a secret on standard error; what is typed is not shown. A new one is asked for twice.
///
/// # Errors
/// When there is no terminal, or it fails.
pub fn ask_secret(prompt: &str, is_new: bool) -> Result<SecretString, PromptError> {
    if !has_terminal() {
        return Err(PromptError::NoTerminal);
    }
    let asked = dialoguer::Password::new().with_prompt(prompt).report(false);
    let asked = if is_new { asked.with_confirmation("The same again", "These differ") } else { asked };
    let answer = asked.interact().map_err(|error| PromptError::Failed(error.to_string()))?;
    Ok(SecretString::from(answer))
}

/// Asks a yes-or-no question on standard error; the answer has to be typed.
///
/// # Errors
/// When there is no terminal, or it fails.
pub fn confirm(question: &str) -> Result<bool, PromptError> {
    if !has_terminal() {
        return Err(PromptError::NoTerminal);
    }
    let answer = dialoguer::Confirm::new().with_prompt(question).default(false).show_default(true).interact();
    answer.map_err(|error| PromptError::Failed(error.to_string()))
}
