//! `paycli doctor`: whether this machine can run the tool, and what mends what is wrong.

mod check;
mod files;
mod keyring;
mod network;
mod shell;

use clap::Args;
use serde::Serialize;

use crate::exit::ExitCode;
use crate::output::clean;

use super::context::Context;
use super::failure::Failure;

use check::{Check, Status};

/// Options of `doctor`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  paycli doctor                check everything for the default profile
  paycli -p live --live doctor check it for live mode
  paycli doctor --offline      send nothing

Exit code 40 when a check fails. Stored keys are checked by: paycli keys doctor")]
pub(super) struct DoctorArgs {
    /// Send nothing: leave out the API, TLS and the clock
    #[arg(long)]
    offline: bool,
}

/// Checks everything. Nothing is changed.
pub(super) fn run(context: &mut Context, args: &DoctorArgs) -> Result<ExitCode, Failure> {
    let mut checks = vec![shell::version()];
    checks.extend(files::checks(context));
    match context.profile().cloned() {
        Ok(profile) => {
            checks.extend(files::journals(context));
            checks.push(keyring::check(context, &profile));
            let key = keyring::key(context, &profile);
            checks.push(key.0);
            checks.extend(network::checks(context, &profile, key.1, args.offline));
        }
        // The check of the configuration, or of the folders, has said why.
        Err(_) if context.config().is_err() => {
            checks.push(Check::new("profile", Status::Skipped, "the configuration cannot be read"));
        }
        Err(failure) => {
            checks.push(Check::of("profile", Status::Failed, failure, context).mend("paycli profile list"));
        }
    }
    checks.extend([shell::completions(), shell::git()]);
    let is_ok = checks.iter().all(|check| check.status != Status::Failed);
    show(context, &checks, is_ok)?;
    Ok(if is_ok { ExitCode::Success } else { ExitCode::Findings })
}

fn show(context: &Context, checks: &[Check], ok: bool) -> Result<(), Failure> {
    #[derive(Serialize)]
    struct DoctorJson<'a> {
        schema: u32,
        ok: bool,
        checks: &'a [Check],
    }
    if context.printer.is_json() {
        context.print_json(&DoctorJson { schema: 1, ok, checks })?;
        return Ok(());
    }
    let mut lines = Vec::new();
    for check in checks {
        lines.push(format!("{:<8} {:<12} {}", check.status.word(), check.name, clean(&check.message)));
        let mends = check.next_command.iter().map(|command| format!("next: {command}"));
        let ways = mends.chain(check.hint.clone());
        lines.extend(ways.map(|way| format!("{:<21} {}", "", clean(&way))));
    }
    context.printer.line(&crate::output::redact(&lines.join("\n")))?;
    Ok(())
}
