//! `paycli webhook events import`: events of a file into the store.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, IsTerminal, Read};

use clap::Args;
use serde::Serialize;

use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::exit::ExitCode;
use crate::time::UnixMillis;
use crate::webhook::import::{ImportError, ImportSummary, import};

use super::stored::store_to_change;

const EXAMPLES: &str = "\
Examples:
  paycli webhook events import events.ndjson
  paycli get events -l 100 | paycli webhook events import -";

/// Options of `webhook events import`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::cli) struct ImportArgs {
    /// The file; - is standard input. An export of paycli, Stripe's list of events, single events, or lines of
    /// `stripe listen --format json`
    #[arg(value_name = "FILE|-")]
    file: OsString,
    /// Go on after lines that are no event (exit 41)
    #[arg(long)]
    keep_going: bool,
}

#[derive(Serialize)]
struct ImportJson {
    schema: u32,
    exit_code: u8,
    read: u64,
    new: u64,
    known: u64,
    new_attempts: u64,
    rewritten: u64,
    redacted: u64,
    broken: Vec<BrokenJson>,
}

#[derive(Serialize)]
struct BrokenJson {
    line: u64,
    message: String,
}

/// Stores the events of a file.
pub(super) fn run(context: &mut Context, args: &ImportArgs) -> Result<ExitCode, Failure> {
    let source = open(context, args)?;
    let mut store = store_to_change(context)?;
    let (printer, mut broken) = (context.printer, Vec::new());
    let done = import(&mut store, source, UnixMillis::now().0, |line, error| {
        if args.keep_going {
            printer.error(&format!("line {line}: {error}"));
            broken.push(BrokenJson { line, message: error.to_string() });
        }
        args.keep_going
    });
    let summary = done.map_err(|error| failure(args, error))?;
    let code = if summary.broken > 0 { ExitCode::BatchPartial } else { ExitCode::Success };
    show(context, &summary, broken, code)?;
    Ok(code)
}

fn open(context: &mut Context, args: &ImportArgs) -> Result<Box<dyn Read>, Failure> {
    if args.file == "-" {
        if io::stdin().is_terminal() {
            return Err(
                Failure::usage("import - reads standard input, which is a terminal").hint("name a file")
            );
        }
        context.take_stdin()?;
        return Ok(Box::new(io::stdin()));
    }
    let place = args.file.to_string_lossy();
    let file = File::open(&args.file).and_then(|file| {
        let is_folder = file.metadata()?.is_dir();
        if is_folder { Err(io::Error::from(io::ErrorKind::IsADirectory)) } else { Ok(file) }
    });
    let file = file.map_err(|error| Failure::usage(format!("{place} cannot be read: {error}")))?;
    Ok(Box::new(file))
}

fn failure(args: &ImportArgs, error: ImportError) -> Failure {
    let place = args.file.to_string_lossy();
    match error {
        ImportError::Line { .. } => Failure::usage(format!(
            "{place}: {error}; the events before it are stored"
        ))
        .hint("correct the line, or go on after broken lines with --keep-going: nothing is stored twice"),
        ImportError::Read(_) => Failure::usage(format!("{place}: {error}")),
        ImportError::Store(error) => error.into(),
    }
}

fn show(
    context: &Context,
    summary: &ImportSummary,
    broken: Vec<BrokenJson>,
    code: ExitCode,
) -> Result<(), Failure> {
    let known = summary.read - summary.new;
    if context.printer.is_json() {
        context.print_json(&ImportJson {
            schema: 1,
            exit_code: code.as_u8(),
            read: summary.read,
            new: summary.new,
            known,
            new_attempts: summary.new_attempts,
            rewritten: summary.rewritten,
            redacted: summary.redacted,
            broken,
        })?;
        return Ok(());
    }
    let stored = if known > 0 { format!(", {known} were stored already") } else { String::new() };
    context.printer.line(&format!("{} events imported{stored}", summary.new))?;
    if summary.rewritten > 0 {
        context.printer.notice(&format!(
            "{} of them are not the bytes that were signed: replay signs them anew",
            summary.rewritten
        ));
    }
    if summary.redacted > 0 {
        context.printer.notice(&format!(
            "credentials were taken out of {}: their original signatures do not match any more",
            summary.redacted
        ));
    }
    Ok(())
}
