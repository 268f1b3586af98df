//! What a batch tells: refused lines, progress, results and the summary.

use std::cell::Cell;
use std::rc::Rc;

use serde::Serialize;

use crate::advice::Advice;
use crate::cli::context::{Context, typed_again};
use crate::cli::failure::Failure;
use crate::cli::progress::tell;
use crate::cli::show;
use crate::output::Progress as Bar;
use crate::request::Progress;
use crate::request::batch::{Audience, BatchName, Checked, Refused, StopReason, Summary};

/// Names a line that is refused.
pub(super) fn refused(context: &Context, refused: &Refused) {
    let id = refused.id.as_deref().map(|id| format!(" ({id})")).unwrap_or_default();
    context.printer.error(&format!("line {}{id}: {}", refused.line, refused.why));
}

#[derive(Serialize)]
struct CheckedJson<'a> {
    schema: u32,
    batch: &'a str,
    lines: u64,
    finished: u64,
    open: u64,
    new: u64,
    totals: &'a std::collections::BTreeMap<String, u128>,
}

/// Tells what `--check` found.
pub(super) fn checked(context: &Context, name: &BatchName, checked: &Checked) -> Result<(), Failure> {
    let (batch, new) = (name.as_str(), checked.lines - checked.finished - checked.open);
    let Checked { lines, finished, open, totals, .. } = checked;
    if context.printer.is_json() {
        let json =
            CheckedJson { schema: 1, batch, lines: *lines, finished: *finished, open: *open, new, totals };
        return context.print_json(&json).map(drop);
    }
    let known = if checked.is_known {
        format!(": {new} new, {open} without a final result, {finished} with one")
    } else {
        String::new()
    };
    context.printer.line(&format!("batch {batch}: {lines} valid lines{known}"))?;
    Ok(())
}

/// The bar, and what is told once.
pub(super) struct View {
    bar: Rc<Bar>,
}

impl View {
    pub(super) fn of(context: &Context, checked: &Checked) -> Self {
        Self { bar: Rc::new(Bar::of_requests(checked.lines, context.printer.is_quiet())) }
    }

    /// Those who hear of the batch while it runs.
    pub(super) fn audience(&self, context: &Context) -> Audience {
        let printer = context.printer;
        let (scope, bar, told) = (context.scope(), Rc::clone(&self.bar), Told::default());
        Audience {
            show: Box::new(move |text| match printer.data(text.as_bytes()) {
                Ok(true) => Ok(()),
                Ok(false) => Err("nobody reads it any more".into()),
                Err(error) => Err(error.to_string()),
            }),
            notify: Box::new(move |progress| {
                if told.is_new(progress) {
                    tell(printer, &scope, progress);
                }
            }),
            progress: Box::new(move |summary, rate| bar.requests(summary.ended(), summary.retries, rate)),
        }
    }

    pub(super) fn finish(&self) {
        self.bar.finish();
    }
}

/// What concerns the batch and no line of it is told once.
#[derive(Default)]
struct Told {
    skew: Cell<bool>,
    stopping: Cell<bool>,
    refused: Cell<bool>,
}

impl Told {
    fn is_new(&self, progress: &Progress<'_>) -> bool {
        match progress {
            Progress::Skew(_) => !self.skew.replace(true),
            Progress::Stopping => !self.stopping.replace(true),
            Progress::Refused(_) => !self.refused.replace(true),
            _ => false,
        }
    }
}

#[derive(Serialize)]
struct SummaryJson<'a> {
    schema: u32,
    batch: &'a str,
    exit_code: u8,
    lines: u64,
    succeeded: u64,
    failed: u64,
    unknown: u64,
    for_a_person: u64,
    not_executed: u64,
    not_begun: u64,
    from_earlier_runs: u64,
    retries: u64,
    stopped: Option<String>,
}

/// Tells how the batch ended, on standard error.
pub(super) fn summary(context: &Context, name: &BatchName, summary: &Summary) {
    let printer = context.printer;
    let stopped = summary.stopped.as_ref().map(why);
    if printer.is_json() {
        let json = SummaryJson {
            schema: 1,
            batch: name.as_str(),
            exit_code: summary.exit_code().as_u8(),
            lines: summary.lines,
            succeeded: summary.succeeded,
            failed: summary.failed,
            unknown: summary.unknown,
            for_a_person: summary.for_a_person,
            not_executed: summary.not_executed,
            not_begun: summary.not_begun(),
            from_earlier_runs: summary.from_earlier_runs,
            retries: summary.retries,
            stopped,
        };
        let text = serde_json::to_string(&json).expect("strings and numbers are JSON");
        printer.say(&crate::output::redact(&text));
        return;
    }
    printer.notice(&in_words(name, summary));
    if let Some(why) = &stopped {
        printer.error(why);
        printer.hint("money:", money(summary));
    }
    if summary.ended() < summary.lines || summary.unknown + summary.not_executed > 0 {
        show::advice(printer, &context.scope(), &Advice::command(typed_again()));
    }
    if summary.for_a_person > 0 {
        let advice =
            Advice::command("journal list --state unknown").or("journal list --state expired_unknown");
        show::advice(printer, &context.scope(), &advice);
    }
}

fn in_words(name: &BatchName, summary: &Summary) -> String {
    let lines = format!("batch {}: {} lines", name.as_str(), summary.lines);
    let mut parts = vec![format!("{lines}: {} succeeded", summary.succeeded)];
    let others = [
        (summary.failed, "failed for good"),
        (summary.unknown, "unknown: run it again"),
        (summary.for_a_person, "unknown: look them up"),
        (summary.not_executed, "not executed: run it again"),
        (summary.not_begun(), "not begun"),
    ];
    let others = others.into_iter().filter(|(count, _)| *count > 0);
    parts.extend(others.map(|(count, what)| format!("{count} {what}")));
    let notes = [(summary.from_earlier_runs, "results are from earlier runs"), (summary.retries, "retries")];
    let notes = notes.into_iter().filter(|(count, _)| *count > 0);
    let notes = notes.map(|(count, what)| format!("{count} {what}"));
    std::iter::once(parts.join(", ")).chain(notes).collect::<Vec<_>>().join("; ")
}

fn why(stopped: &StopReason) -> String {
    match stopped {
        StopReason::Interrupted => "interrupted".into(),
        StopReason::Unauthorized => "stopped: the API refused the API key (401)".into(),
        StopReason::Unreachable(lines) => format!("stopped: {lines} lines in a row did not reach the API"),
        StopReason::OtherMode => "stopped: the livemode of an answer is not the profile's mode".into(),
        StopReason::Output(error) => format!("stopped: standard output: {error}"),
        StopReason::Journal(error) | StopReason::Source(error) => format!("stopped: {error}"),
    }
}

/// What a stop means for the money.
fn money(summary: &Summary) -> &'static str {
    if summary.unrecorded > 0 {
        "a result could not be recorded; the same command sends its key again, which is safe"
    } else {
        "what was sent is recorded; the same command goes on with the same keys"
    }
}
