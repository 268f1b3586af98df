//! `paycli webhook verify --batch`: a verdict for each line, in order.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, IsTerminal, Read};

use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::exit::ExitCode;
use crate::output::Progress;
use crate::webhook::{BatchVerifier, LineReason, verify_lines};

use super::scheme::exit_code;

/// Verifies every line of a file or of standard input.
pub(super) fn run(
    context: &mut Context,
    file: &OsStr,
    verifier: &BatchVerifier,
    threads: Option<usize>,
) -> Result<ExitCode, Failure> {
    let threads = threads.or_else(|| std::thread::available_parallelism().ok().map(usize::from)).unwrap_or(1);
    let (input, size) = open(context, file)?;
    let printer = context.printer;
    let progress = Progress::of_bytes(size, printer.is_quiet());
    let mut failed = None;
    let answers = |lines: &[u8], input_bytes: usize| {
        progress.advance(input_bytes as u64);
        match printer.data(lines) {
            Ok(is_read) => Ok(is_read),
            Err(error) => {
                failed = Some(error);
                Ok(false)
            }
        }
    };
    let done = verify_lines(verifier, input, answers, threads);
    progress.finish();
    if let Some(error) = failed {
        return Err(error.into());
    }
    let summary =
        done.map_err(|error| Failure::usage(format!("{} cannot be read: {error}", file.display())))?;
    if let Some(reason) = summary.first_invalid {
        let invalid = summary.lines - summary.valid;
        let what =
            format!("{invalid} of {} lines are not valid, the first: {}", summary.lines, reason.as_str());
        printer.notice(&what);
    }
    Ok(match summary.first_invalid {
        None => ExitCode::Success,
        Some(LineReason::MalformedLine) => ExitCode::Usage,
        Some(LineReason::Judged(reason)) => exit_code(reason),
    })
}

/// The input, and its size where it has one.
fn open(context: &mut Context, file: &OsStr) -> Result<(Box<dyn Read + Send>, Option<u64>), Failure> {
    if file == "-" {
        if io::stdin().is_terminal() {
            return Err(
                Failure::usage("--batch - reads standard input, which is a terminal").hint("--batch FILE")
            );
        }
        context.take_stdin()?;
        return Ok((Box::new(io::stdin()), None));
    }
    let cannot = |error: io::Error| Failure::usage(format!("{} cannot be read: {error}", file.display()));
    let opened = File::open(file).map_err(cannot)?;
    let metadata = opened.metadata().map_err(cannot)?;
    Ok((Box::new(opened), metadata.is_file().then_some(metadata.len())))
}
