//! `paycli exec`: another program, with the profile's key in its environment.

#![expect(clippy::doc_markdown, reason = "these comments are the texts of --help")]

use std::ffi::OsString;
use std::process::Command;

use clap::Args;

use crate::exit::ExitCode;
use crate::keys::{Event, SecretKind, is_api_key_variable};
use crate::process::take_over;

use super::api_key::may_request;
use super::context::Context;
use super::failure::Failure;
use super::held::{default_id, with_vault};
use super::runtime::runtime;
use super::sending::let_through;
use super::target::Destination;

/// Shown under the options.
pub(super) const EXAMPLES: &str = "\
Examples:
  paycli exec -- ruby charge.rb
  paycli -p live --live exec -- ./nightly-report";

/// Options of `exec`.
#[derive(Debug, Args)]
pub(super) struct ExecArgs {
    /// The command and its arguments, after --
    #[arg(value_name = "COMMAND", last = true, required = true)]
    command: Vec<OsString>,
}

/// Runs a command with the profile's key as STRIPE_API_KEY. It takes the place of paycli, with its exit code
/// and its signals; this returns only where it cannot be started.
pub(super) fn run(context: &mut Context, args: &ExecArgs) -> Result<ExitCode, Failure> {
    let (program, arguments) = args.command.split_first().expect("clap requires a command");
    let profile = context.profile()?.clone();
    // Nobody knows what the command will do: it counts as a write.
    context.admit(&profile, true)?;
    let route = Destination::of(context, &profile)?;
    let found = route.key(context, &profile)?;
    may_request(&found, "", "", false)?;
    if found.key.mode().is_none() {
        // What the command sends passes no gate of ours, so the key passes it here.
        runtime()?.block_on(let_through(context, &profile, &route, &found.key))?;
    }
    let name = program.to_string_lossy();
    if let Some(stored) = &found.stored {
        let event = Event { note: Some(&name), ..Event::new("exec", stored.into()) };
        let id = default_id(&profile, SecretKind::Api);
        with_vault(context, profile.mode, |vault| Ok(vault.write_down(&id, &event)?))?;
    }
    if profile.mode.is_live() {
        context.printer.live_banner(&format!("{name} with the key {} (profile {})", found.key, profile.name));
    }
    let mut command = Command::new(program);
    command.args(arguments);
    // A program that looks for its key elsewhere must not find one of another profile.
    for (variable, value) in std::env::vars_os() {
        if is_api_key_variable(&variable, &value) {
            command.env_remove(variable);
        }
    }
    command.env("STRIPE_API_KEY", found.key.expose()).env("PAYCLI_PROFILE", profile.name.as_str());
    let error = take_over(command);
    context.printer.error(&format!("{name:?} cannot be run: {error}"));
    let is_missing = error.kind() == std::io::ErrorKind::NotFound;
    Ok(if is_missing { ExitCode::CommandNotFound } else { ExitCode::CommandNotExecutable })
}
