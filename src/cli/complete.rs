//! `paycli completions`: scripts for shells.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::exit::ExitCode;

use super::args::Cli;
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

/// The script of a shell.
pub(super) fn script(shell: Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "paycli", &mut script);
    script
}

/// Prints a script. It is rendered first: a reader that goes away early is no error.
pub(super) fn run(context: &Context, args: &CompletionsArgs) -> Result<ExitCode, Failure> {
    context.printer.data(&script(args.shell))?;
    Ok(ExitCode::Success)
}
