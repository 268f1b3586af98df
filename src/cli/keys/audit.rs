//! `paycli keys audit`: how keys are kept and used here, check by check.

use std::path::PathBuf;

use clap::Args;

use crate::audit::{Checked, audit, human, json, sarif};
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::exit::ExitCode;
use crate::output::clean;

use super::evidence::{self, Sought};
use super::scan::FormatArg;

/// Options of `keys audit`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  paycli keys audit                         this folder, the shell's history, the stored keys and the journal
  paycli keys audit --log requests.log      and the writes in a log
  paycli -p live --live keys audit --online and the webhook endpoints of the account")]
pub(in crate::cli) struct AuditArgs {
    /// Folders of projects
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,
    /// Ask the API too: the webhook endpoints of the profile's account
    #[arg(long)]
    online: bool,
    /// Look for writes without an idempotency key in a log of requests: NDJSON, curl -v, or a server's
    #[arg(long, value_name = "FILE")]
    log: Vec<PathBuf>,
    /// Output format
    #[arg(long, value_name = "FORMAT")]
    format: Option<FormatArg>,
}

/// Makes every check, and exits 40 when one fails.
pub(super) fn run(context: &mut Context, args: &AuditArgs) -> Result<ExitCode, Failure> {
    if args.format == Some(FormatArg::Json) {
        context.printer = context.printer.in_json();
    }
    if let Some(missing) = args.paths.iter().chain(&args.log).find(|path| !path.exists()) {
        return Err(Failure::usage(format!("there is no file or folder {}", missing.display())));
    }
    let facts =
        evidence::collect(context, &Sought { paths: &args.paths, logs: &args.log, online: args.online })?;
    let checked = audit(&facts);
    let scope = context.scope().of_report();
    let complete = |command: &str| scope.complete(command);
    let printer = context.printer;
    if args.format == Some(FormatArg::Sarif) {
        context.print_json(&sarif(&checked))?;
    } else if printer.is_json() {
        context.print_json(&json(&checked, &complete))?;
    } else {
        let lines: Vec<_> = human(&checked, &complete).iter().map(|line| clean(line).into_owned()).collect();
        printer.line(&lines.join("\n"))?;
    }
    let failed = checked.iter().filter(|checked| checked.fails()).count();
    printer.notice(&format!("{failed} of {} checks failed", checked.len()));
    Ok(if checked.iter().any(Checked::fails) { ExitCode::Findings } else { ExitCode::Success })
}
