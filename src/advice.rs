//! What to do next: commands that can be typed as they stand, and words where no command helps.

/// What to do after a failure, an unfinished request or a finding.
///
/// A command is a whole one without what the command line adds once for all of them: the program's name,
/// and the global options that name the profile, the mode and the API.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Advice {
    /// Commands, the best one first: `keys rotate --resume`.
    pub commands: Vec<String>,
    /// What no command says: `unlock the keyring`.
    pub hint: Option<String>,
}

impl Advice {
    /// A command to type.
    #[must_use]
    pub fn command(command: impl Into<String>) -> Self {
        Self { commands: vec![command.into()], hint: None }
    }

    /// Something to do that is not a command.
    #[must_use]
    pub fn hint(hint: impl Into<String>) -> Self {
        Self { commands: Vec::new(), hint: Some(hint.into()) }
    }

    /// Another command, instead of the ones before.
    #[must_use]
    pub fn or(mut self, command: impl Into<String>) -> Self {
        self.commands.push(command.into());
        self
    }

    /// The same commands, with a hint.
    #[must_use]
    pub fn with_hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}
