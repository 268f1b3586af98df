//! What a replay tells at its end: counts, failures, latencies, and a histogram for people at a terminal.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::exit::ExitCode;
use crate::output::clean;
use crate::webhook::replay::{Failure as EventFailure, Latencies, Summary};

/// How many failures people are told one by one.
const MAX_LINES: usize = 10;

/// The widest bar of the histogram.
const BAR: u64 = 40;

/// A replay that has ended.
pub(super) struct Shown<'a> {
    pub(super) args_to: &'a str,
    pub(super) summary: &'a Summary,
    /// How many events there were to settle, as far as was known.
    pub(super) total: u64,
    /// How many were accepted by earlier runs.
    pub(super) before: u64,
    /// How many lines of the file were no events.
    pub(super) broken: u64,
    pub(super) is_interrupted: bool,
}

impl Shown<'_> {
    /// How many events were not settled: after an interruption, or where the target stopped answering.
    const fn left(&self) -> u64 {
        self.total.saturating_sub(self.summary.accepted + self.summary.failed)
    }

    /// Whether the replay stopped because nobody was reached.
    fn is_given_up(&self) -> bool {
        let reached_nobody = |failure: &EventFailure| !failure.outcome.may_have_arrived();
        !self.is_interrupted && self.left() > 0 && self.summary.failures.iter().any(reached_nobody)
    }

    /// The exit code.
    pub(super) fn code(&self) -> ExitCode {
        match () {
            () if self.is_interrupted => ExitCode::Interrupted,
            () if self.summary.failed > 0 || self.broken > 0 || self.is_given_up() => {
                ExitCode::DeliveryFailed
            }
            () => ExitCode::Success,
        }
    }
}

#[derive(Serialize)]
struct ReplayJson<'a> {
    schema: u32,
    exit_code: u8,
    target: &'a str,
    accepted: u64,
    failed: u64,
    accepted_before: u64,
    not_sent: u64,
    broken_lines: u64,
    attempts: u64,
    interrupted: bool,
    elapsed_ms: f64,
    per_second: f64,
    latency_ms: Option<LatencyJson>,
    answers: &'a BTreeMap<String, u64>,
    failures: Vec<FailureJson<'a>>,
    next: &'static str,
}

#[derive(Serialize)]
struct LatencyJson {
    p50: f64,
    p90: f64,
    p95: f64,
    p99: f64,
    max: f64,
}

#[derive(Serialize)]
struct FailureJson<'a> {
    event_id: &'a str,
    outcome: &'a str,
    status: Option<u16>,
    detail: Option<&'a str>,
}

/// Shows it: JSON as data, or words.
pub(super) fn show(context: &Context, shown: &Shown<'_>) -> Result<(), Failure> {
    if context.printer.is_json() {
        context.print_json(&json(shown))?;
        return Ok(());
    }
    let printer = context.printer;
    let mut lines = vec![counts(shown)];
    if let Some(latency) = latency(&shown.summary.latencies) {
        let LatencyJson { p50, p90, p95, p99, max } = latency;
        lines.push(format!(
            "latency: p50 {p50:.1} ms, p90 {p90:.1} ms, p95 {p95:.1} ms, p99 {p99:.1} ms, slowest {max:.1} ms"
        ));
        if printer.is_at_terminal() {
            lines.extend(histogram(&shown.summary.latencies));
        }
    }
    let text = lines.join("\n");
    printer.line(&text)?;
    for failure in shown.summary.failures.iter().take(MAX_LINES) {
        printer.error(&words(failure));
    }
    let more = shown.summary.failed.saturating_sub(MAX_LINES as u64);
    if more > 0 {
        printer.error(&format!("and {more} more"));
    }
    if shown.is_given_up() {
        printer.error(&format!("the replay stopped: nobody answers at {}", shown.args_to));
    }
    if shown.code() != ExitCode::Success {
        printer
            .hint("hint:", "the same command sends what was not accepted; --restart sends everything again");
    }
    Ok(())
}

fn counts(shown: &Shown<'_>) -> String {
    let Summary { accepted, failed, attempts, elapsed, .. } = shown.summary;
    let mut parts = vec![format!("{accepted} accepted"), format!("{failed} not accepted")];
    if shown.left() > 0 && (shown.is_interrupted || shown.is_given_up()) {
        parts.push(format!("{} not sent", shown.left()));
    }
    if shown.broken > 0 {
        parts.push(format!("{} lines passed over", shown.broken));
    }
    if shown.before > 0 {
        parts.push(format!("{} accepted before", shown.before));
    }
    let (seconds, rate) = (elapsed.as_secs_f64(), shown.summary.rate());
    let answers: Vec<_> =
        shown.summary.answers.iter().map(|(answer, count)| format!("{answer}: {count}")).collect();
    let parts = parts.join(", ");
    format!("{parts}\n{attempts} attempts in {seconds:.2} s, {rate:.0} a second ({})", answers.join(", "))
}

fn words(failure: &EventFailure) -> String {
    let answer = match (failure.status, &failure.detail) {
        (Some(status), _) => format!("answered {status}, {}", failure.outcome.words()),
        (None, Some(detail)) => detail.clone(),
        (None, None) => failure.outcome.words().to_owned(),
    };
    clean(&format!("{}: {answer}", failure.id)).into_owned()
}

fn histogram(latencies: &Latencies) -> Vec<String> {
    let buckets = latencies.buckets();
    let most = buckets.iter().map(|(_, count)| *count).max().unwrap_or(1).max(1);
    let line = |(bound, count): &(Duration, u64)| {
        let bar = "#".repeat(usize::try_from((count * BAR).div_ceil(most)).unwrap_or(0));
        format!("  < {:>9.3} ms {count:>9} {bar}", bound.as_secs_f64() * 1000.0)
    };
    buckets.iter().map(line).collect()
}

fn latency(latencies: &Latencies) -> Option<LatencyJson> {
    let at = |percent: f64| millis(latencies.percentile(percent));
    let max = millis(latencies.max());
    let of = || LatencyJson { p50: at(50.0), p90: at(90.0), p95: at(95.0), p99: at(99.0), max };
    (!latencies.is_empty()).then(of)
}

fn json<'a>(shown: &'a Shown<'_>) -> ReplayJson<'a> {
    let summary = shown.summary;
    let code = shown.code();
    let failures = summary.failures.iter().map(|failure| FailureJson {
        event_id: &failure.id,
        outcome: failure.outcome.as_str(),
        status: failure.status,
        detail: failure.detail.as_deref(),
    });
    ReplayJson {
        schema: 1,
        exit_code: code.as_u8(),
        target: shown.args_to,
        accepted: summary.accepted,
        failed: summary.failed,
        accepted_before: shown.before,
        not_sent: if shown.is_interrupted || shown.is_given_up() { shown.left() } else { 0 },
        broken_lines: shown.broken,
        attempts: summary.attempts,
        interrupted: shown.is_interrupted,
        elapsed_ms: millis(summary.elapsed),
        per_second: summary.rate().round(),
        latency_ms: latency(&summary.latencies),
        answers: &summary.answers,
        failures: failures.collect(),
        next: if code == ExitCode::Success { "none" } else { "resume" },
    }
}

/// Milliseconds to a thousandth.
fn millis(time: Duration) -> f64 {
    (time.as_secs_f64() * 1_000_000.0).round() / 1000.0
}
