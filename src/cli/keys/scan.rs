//! `paycli keys scan`: keys that lie where they should not, in files, in git and on standard input.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde::Serialize;

use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::exit::ExitCode;
use crate::output::{Progress, clean};
use crate::scan::git::{history, install_hook, staged, tracked_but_ignored};
use crate::scan::report::{DASHBOARD, Report, human, json, replacement, sarif};
use crate::scan::{Baseline, Finding, Scan, Selection, stdin, walk};

use super::known::KnownKeys;
use super::verify::verify;

/// Options of `keys scan`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  paycli keys scan                          the files of this folder, as git would take them
  paycli keys scan --history --verify       every version of every file, and which test keys still work
  git diff | paycli keys scan -             standard input
  paycli keys scan --install-hook           refuse commits that bring in a key

A comment with paycli:allow, on the line of a key or alone on the line before, lets that key through.")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
pub(in crate::cli) struct ScanArgs {
    /// Files and folders, or - for standard input
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,
    /// Scan what is staged for the next commit
    #[arg(long, conflicts_with_all = ["history", "no_ignore"])]
    staged: bool,
    /// Scan every version of every file in the git history, and name the commit that brought a key in
    #[arg(long, conflicts_with = "no_ignore")]
    history: bool,
    /// Read files too that .gitignore and .ignore leave out (those that git keeps are read anyway)
    #[arg(long)]
    no_ignore: bool,
    /// Ask the API which of the keys still work: test keys, and live keys with --live
    #[arg(long)]
    verify: bool,
    /// Output format
    #[arg(long, value_name = "FORMAT")]
    format: Option<FormatArg>,
    /// Pass over the keys that this file knows
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write a baseline of the keys that are found, and exit 0
    #[arg(long, value_name = "FILE", conflicts_with_all = ["baseline", "verify"])]
    write_baseline: Option<PathBuf>,
    /// Install a git hook that scans every commit, and scan nothing now
    #[arg(long, conflicts_with_all = ["staged", "history", "no_ignore", "verify", "format", "baseline", "write_baseline"])]
    install_hook: bool,
}

/// How the findings of a scan or an audit are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum FormatArg {
    /// Words
    Human,
    /// One JSON object
    Json,
    /// SARIF 2.1.0, for code hosts
    Sarif,
}

/// Scans, and exits 40 when a key was found.
pub(super) fn run(context: &mut Context, args: &ScanArgs) -> Result<ExitCode, Failure> {
    if args.format == Some(FormatArg::Json) {
        context.printer = context.printer.in_json();
    }
    if args.install_hook {
        return install(context, args);
    }
    let baseline = args.baseline.as_deref().map(Baseline::load).transpose()?;
    let scope = context.scope().of_report();
    let mut notes = Vec::new();
    let mut scan = scan(context, args, &mut notes)?;
    let found = scan.leaks.len();
    if let Some(baseline) = &baseline {
        scan.leaks.retain(|leak| !baseline.knows(&leak.secret));
    }
    let in_baseline = (found - scan.leaks.len()) as u64;
    if let Some(path) = &args.write_baseline {
        return write_baseline(context, path, &scan);
    }
    let mut findings = known(context, &scan)?;
    if args.verify {
        verify(context, &mut findings)?;
    }
    let complete = |command: &str| scope.complete(command);
    let report = Report { scan: &scan, findings: &findings, in_baseline, notes: &notes, complete: &complete };
    show(context, args, &report)?;
    Ok(if findings.is_empty() { ExitCode::Success } else { ExitCode::Findings })
}

fn scan(context: &mut Context, args: &ScanArgs, notes: &mut Vec<String>) -> Result<Scan, Failure> {
    let is_stdin = args.paths.iter().any(|path| path == Path::new("-"));
    let is_git = args.staged || args.history;
    if is_stdin && (is_git || args.paths.len() > 1) {
        return Err(Failure::usage(
            "- is standard input, and is scanned alone: without other paths, --staged or --history",
        ));
    }
    if is_stdin {
        context.take_stdin()?;
        return Ok(stdin(&mut std::io::stdin().lock()));
    }
    if let Some(missing) = args.paths.iter().find(|path| path.symlink_metadata().is_err()) {
        return Err(Failure::usage(format!("there is no file or folder {}", missing.display())));
    }
    let progress = Progress::of_bytes(None, context.printer.is_quiet());
    let advance = |count| progress.advance(count);
    let done = if is_git {
        of_git(args, notes, &advance)
    } else {
        let mut paths = args.paths.clone();
        if !args.no_ignore {
            paths.extend(args.paths.iter().flat_map(|path| tracked_but_ignored(path)));
        }
        Ok(walk(&Selection { paths, reads_ignored: args.no_ignore }, &advance))
    };
    progress.finish();
    done
}

fn of_git(args: &ScanArgs, notes: &mut Vec<String>, advance: &dyn Fn(u64)) -> Result<Scan, Failure> {
    let mut all = Scan::default();
    for path in &args.paths {
        if args.staged {
            all.add(staged(path, advance)?);
            continue;
        }
        let read = history(path, advance)?;
        if read.is_shallow {
            notes.push(format!(
                "{} is a shallow clone: commits older than its own are not here; git fetch --unshallow brings them",
                path.display()
            ));
        }
        for submodule in read.submodules {
            notes.push(format!(
                "the history of the submodule {0} is its own: paycli keys scan --history {0}",
                submodule.display()
            ));
        }
        all.add(read.scan);
    }
    Ok(all)
}

/// What is known here of the keys that were found.
fn known(context: &Context, scan: &Scan) -> Result<Vec<Finding>, Failure> {
    if scan.leaks.is_empty() {
        return Ok(Vec::new());
    }
    let known = KnownKeys::load(context)?;
    let finding = |leak: &crate::scan::Leak| Finding {
        in_use: known.find(&leak.secret),
        leak: leak.clone(),
        alive: None,
    };
    Ok(scan.leaks.iter().map(finding).collect())
}

fn show(context: &Context, args: &ScanArgs, report: &Report<'_>) -> Result<(), Failure> {
    let printer = context.printer;
    match args.format {
        Some(FormatArg::Sarif) => {
            context.print_json(&sarif(report))?;
        }
        Some(FormatArg::Json) => {
            context.print_json(&json(report))?;
        }
        None if printer.is_json() => {
            context.print_json(&json(report))?;
        }
        _ if !report.findings.is_empty() => {
            let lines: Vec<_> = human(report).iter().map(|line| clean(line).into_owned()).collect();
            printer.line(&lines.join("\n"))?;
        }
        _ => {}
    }
    for unread in report.scan.unread.iter().filter(|unread| !unread.is_archive) {
        printer.warn(&format!("not read: {}: {}", unread.path.display(), unread.why));
    }
    let archives: Vec<_> = report.scan.unread.iter().filter(|unread| unread.is_archive).collect();
    if let Some((last, others)) = archives.split_last() {
        let named = others.iter().rev().take(9).chain([last]).map(|unread| unread.path.display().to_string());
        let more = others.len().saturating_sub(9);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        printer.warn(&format!("archives are not read: {}{more}", named.collect::<Vec<_>>().join(", ")));
    }
    for note in report.notes {
        printer.warn(note);
    }
    printer.notice(&summary(report));
    if let Some(command) = replacement(report) {
        printer.notice(&format!(
            "replace a leaked key first: {command}, or revoke it in the Dashboard: {DASHBOARD}"
        ));
    }
    Ok(())
}

fn count(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// One line: what was found in how much.
fn summary(report: &Report<'_>) -> String {
    let found = count(report.findings.len() as u64, "key", "keys");
    let files = count(report.scan.files, "file", "files");
    let also = |number: u64, words: &str| match number {
        0 => String::new(),
        _ => format!("; {number} {words}"),
    };
    let allowed = also(report.scan.allowed, "allowed by a comment");
    let in_baseline = also(report.in_baseline, "in the baseline");
    format!("{found} found in {files}{allowed}{in_baseline}")
}

fn write_baseline(context: &Context, path: &Path, scan: &Scan) -> Result<ExitCode, Failure> {
    #[derive(Serialize)]
    struct WrittenJson {
        schema: u32,
        baseline: String,
        keys: usize,
    }
    let made = Baseline::of(&scan.leaks);
    let baseline = made.map_err(|error| Failure::internal(format!("no salt for the baseline: {error}")))?;
    baseline.save(path)?;
    if context.printer.is_json() {
        let baseline_path = path.display().to_string();
        return context.print_json(&WrittenJson { schema: 1, baseline: baseline_path, keys: baseline.len() });
    }
    context.printer.notice(&format!(
        "{} has {}; use it with --baseline {0}",
        path.display(),
        count(baseline.len() as u64, "key", "keys")
    ));
    Ok(ExitCode::Success)
}

fn install(context: &Context, args: &ScanArgs) -> Result<ExitCode, Failure> {
    #[derive(Serialize)]
    struct InstalledJson {
        schema: u32,
        hook: String,
        was_there: bool,
    }
    let [dir] = &args.paths[..] else {
        return Err(Failure::usage("--install-hook takes one repository"));
    };
    let hook = install_hook(dir)?;
    if context.printer.is_json() {
        let path = hook.path.display().to_string();
        return context.print_json(&InstalledJson { schema: 1, hook: path, was_there: hook.was_there });
    }
    let done = if hook.was_there { "is there already" } else { "is installed" };
    context.printer.notice(&format!(
        "{} {done}: it runs paycli keys scan --staged before every commit",
        hook.path.display()
    ));
    Ok(ExitCode::Success)
}
