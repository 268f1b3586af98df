//! `paycli completions`: scripts for shells.

use clap::{Args, Command};
use clap_complete::Shell;

use crate::exit::ExitCode;

use super::context::Context;
use super::failure::Failure;

/// The shells that there are scripts for.
pub(super) const SHELLS: [Shell; 5] =
    [Shell::Bash, Shell::Zsh, Shell::Fish, Shell::PowerShell, Shell::Elvish];

/// Options of `completions`.
#[derive(Debug, Args)]
pub(super) struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

/// The script of a shell for a command line.
pub(super) fn script(shell: Shell, command: &mut Command) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, command, "paycli", &mut script);
    script
}

/// Prints a script. It is rendered first: a reader that goes away early is no error.
pub(super) fn run(
    context: &Context,
    args: &CompletionsArgs,
    mut command: Command,
) -> Result<ExitCode, Failure> {
    context.printer.data(&script(args.shell, &mut command))?;
    Ok(ExitCode::Success)
}
