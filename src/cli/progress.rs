//! The progress of a request on standard error, and the record that its result was shown.

use crate::journal::{Journal, KeySource};
use crate::output::Printer;
use crate::request::{Progress, Report};
use crate::time::UnixMillis;

use super::context::{Context, Scope};

/// Records that a result was shown. Where that fails, the same command again shows it once more.
pub(super) fn mark_reported(context: &Context, journal: &mut dyn Journal, report: &Report) {
    let Some(key) = report.key.as_ref().filter(|_| report.is_final_result()) else { return };
    if let Err(error) = journal.mark_reported(key, UnixMillis::now()) {
        context.printer.trace(&format!("it could not be recorded that the result was shown: {error}"));
    }
}

/// Reports the progress of a request on standard error.
pub(super) fn tell(printer: Printer, scope: &Scope, progress: &Progress<'_>) {
    match progress {
        Progress::Key { key, source, entry, other_run } => {
            if let Some(other) = other_run {
                printer.warn(&format!(
                    "an unfinished run of this request used another API key ({}). If both API keys are of one account, this is a second request",
                    scope.complete(&format!("journal show {other}"))
                ));
            }
            let since = entry.created_at;
            match source {
                KeySource::Journal => printer.notice(&format!(
                    "idempotency key: {key} (continued: the run of {since} is unfinished; --new-key makes another request)"
                )),
                source => printer.notice(&format!("idempotency key: {key} ({})", source.as_str())),
            }
        }
        Progress::Waiting { key } => {
            printer.notice(&format!("another process is sending under the key {key}: waiting for it"));
        }
        Progress::Attempted { number, detail } => printer.trace(&format!("< attempt {number}: {detail}")),
        Progress::Retrying { detail, delay, is_keyed } => {
            let key = if *is_keyed { ", same key" } else { "" };
            printer.notice(&format!("{detail}: trying again in {:.1} s{key}", delay.as_secs_f64()));
        }
        Progress::Refused(error) => printer.warn(&format!("the previous key is not used: {error}")),
        Progress::Skew(seconds) => printer.warn(&format!(
            "the server's clock is {} s {}; key expiry uses this machine's clock",
            seconds.abs(),
            if *seconds > 0 { "ahead" } else { "behind" }
        )),
        Progress::Stopping => printer
            .notice("stopping: the answer under way is waited for; Ctrl-C again leaves it to the journal"),
    }
}
