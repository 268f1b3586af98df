//! `paycli webhook test`: the battery sent to an endpoint, and its report.

#![expect(clippy::doc_markdown, reason = "these comments are the texts of --help")]

use std::ffi::OsString;
use std::time::Duration;

use clap::{Args, ValueEnum};
use serde::Serialize;

use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::runtime::runtime;
use crate::exit::ExitCode;
use crate::output::{Printer, clean, table};
use crate::webhook::battery::{
    Answer, Battery, BatteryError, Check, CheckResult, Endpoint, Latency, Outcome, Report, Status, checks,
    count_effects, junit, nearest_check, select,
};

use super::{secrets, source};

const EXAMPLES: &str = "\
Examples:
  paycli webhook test http://localhost:3000/webhook --secret env:WEBHOOK_SECRET
  paycli webhook test http://localhost:3000/webhook --only refuse --json | jq '.likely[].id'
  paycli webhook test http://localhost:3000/webhook --report junit > webhook.xml

The deliveries are balance.available events whose ids begin with evt_paycli_test_. Answer 2xx to the good ones and 4xx
to the bad ones. --probe-cmd prints a number, such as the count of orders; it runs before and after a duplicate.

A check passes with a warning where no forged or old event is acted on: a bad delivery that is answered 5xx, a signed body
that is no event and is answered 2xx, and a signature in upper case, which Go's official library accepts too.

Exit codes: 0 every check passed, some perhaps with a warning, 34 a check failed, 22 nothing answers at the URL,
13 no secret, 78 a live profile.";

/// How long an endpoint may take to answer at most, whatever --timeout says.
const LONGEST: Duration = Duration::from_secs(20);

/// Options of `webhook test`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::cli) struct TestArgs {
    /// The endpoint, on this machine
    #[arg(value_name = "URL", required_unless_present = "list")]
    url: Option<String>,
    /// The signing secret that the endpoint uses: env:NAME, file:PATH or -
    /// [env: PAYCLI_WEBHOOK_SECRET, STRIPE_WEBHOOK_SECRET]
    #[arg(long, value_name = "SOURCE", allow_hyphen_values = true)]
    secret: Vec<OsString>,
    /// Run these checks only, or a group of them: accept, refuse
    #[arg(long, value_name = "CHECK", num_args = 1..)]
    only: Vec<String>,
    /// List the checks and send nothing
    #[arg(long)]
    list: bool,
    /// Print the report in this form
    #[arg(long, value_name = "FORM")]
    report: Option<ReportForm>,
    /// A command that prints how often events were acted on: it is run before and after a duplicate, without a shell
    #[arg(long, value_name = "CMD")]
    probe_cmd: Option<String>,
    /// Test an endpoint on another machine
    #[arg(long)]
    allow_remote: bool,
    /// Make the ids of the events from a number: the same ones every time [default: random]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
}

/// The form of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ReportForm {
    /// One JSON object.
    Json,
    /// JUnit XML, for CI systems.
    Junit,
}

/// Runs the battery.
pub(super) fn run(context: &mut Context, args: &TestArgs) -> Result<ExitCode, Failure> {
    let chosen = select(&args.only).map_err(|unknown| {
        Failure::usage(format!("there is no check named {unknown:?}"))
            .next("webhook test --list")
            .hint(format!("the nearest name is {}", nearest_check(&unknown)))
    })?;
    if args.list {
        return list(context, &chosen);
    }
    let profile = context.profile_for_reading()?.clone();
    if profile.mode.is_live() {
        let message = format!("webhook test is for test mode, and the profile {} is live", profile.name);
        return Err(Failure::configuration(message).hint("use a test profile: -p test"));
    }
    let endpoint = Endpoint::parse(args.url.as_deref().unwrap_or_default(), args.allow_remote)?;
    let secrets = secrets::find(context, &args.secret)?;
    let secret = secrets.first().ok_or_else(|| secrets::none(profile.name.as_str()))?;
    let probe_argv = args.probe_cmd.as_deref().map(split).transpose()?;
    let probe = probe_argv.map(|argv| move || count_effects(&argv));
    let battery = Battery {
        endpoint: &endpoint,
        secret: &secret.secret,
        seed: seed(args.seed)?,
        timeout: context.global.timeout.min(LONGEST),
        checks: &chosen,
        now: source::now,
        probe: probe.as_ref().map(|probe| probe as &dyn Fn() -> Result<i64, String>),
    };
    let printer = context.printer;
    let form = args.report.or(printer.is_json().then_some(ReportForm::Json));
    let tell = |result: &CheckResult| {
        if form.is_none() {
            tell(printer, result);
        }
    };
    let report = runtime()?.block_on(battery.run(tell))?;
    match form {
        Some(ReportForm::Json) => {
            context.print_json(&ReportJson::new(&report, &endpoint))?;
        }
        Some(ReportForm::Junit) => {
            printer.data(junit(&report, &endpoint.shown()).as_bytes())?;
        }
        None => conclude(printer, &report)?,
    }
    Ok(if report.has_passed() { ExitCode::Success } else { ExitCode::EndpointFailed })
}

fn split(text: &str) -> Result<Vec<String>, Failure> {
    let argv = shlex::split(text).filter(|argv| !argv.is_empty());
    argv.ok_or_else(|| Failure::usage("--probe-cmd has a quote that does not end, or is empty"))
}

fn seed(given: Option<u64>) -> Result<u64, Failure> {
    let random = || getrandom::u64().map_err(|error| Failure::internal(format!("no random number: {error}")));
    given.map_or_else(random, Ok)
}

impl From<BatteryError> for Failure {
    fn from(error: BatteryError) -> Self {
        let text = error.to_string();
        match error {
            BatteryError::NotAUrl(_) => Self::usage(text).next("webhook test http://localhost:3000/webhook"),
            BatteryError::Remote(_) => {
                Self::usage(text).hint("add --allow-remote to test another machine's endpoint")
            }
            BatteryError::Down { .. } => Self::not_sent(text).hint("start the endpoint, and run it again"),
            BatteryError::BlankSecret => Self::authentication(text).hint(secrets::WAYS),
            BatteryError::Probe(_) => Self::usage(text),
            BatteryError::Client(_) => Self::internal(text),
        }
    }
}

#[derive(Serialize)]
struct CheckJson {
    id: &'static str,
    group: &'static str,
    severity: &'static str,
    sent: &'static str,
    why: &'static str,
    fix: &'static str,
}

impl CheckJson {
    const fn new(check: &Check) -> Self {
        let Check { id, sent, why, fix, .. } = *check;
        Self { id, group: check.group.as_str(), severity: check.severity.as_str(), sent, why, fix }
    }
}

/// Prints the checks.
fn list(context: &Context, chosen: &[&'static Check]) -> Result<ExitCode, Failure> {
    if context.printer.is_json() {
        #[derive(Serialize)]
        struct ListJson {
            schema: u32,
            checks: Vec<CheckJson>,
        }
        let checks = chosen.iter().map(|check| CheckJson::new(check)).collect();
        return context.print_json(&ListJson { schema: 1, checks });
    }
    let row =
        |check: &&Check| vec![check.id.to_owned(), check.severity.as_str().to_owned(), check.sent.to_owned()];
    context.printer.line(&table(&["check", "severity", "what is sent"], chosen.iter().map(row)))?;
    Ok(ExitCode::Success)
}

/// Says how a check went, as soon as it did.
fn tell(printer: Printer, result: &CheckResult) {
    let colour = printer.out_colour();
    let mark = match result.status {
        Status::Passed => colour.success("ok  "),
        Status::Warning => colour.warning("ok  "),
        Status::Failed => colour.error("FAIL"),
        Status::Skipped => colour.dim("skip"),
    };
    let slowest = result.answers.iter().map(|answer| answer.took).max().unwrap_or_default();
    let back = clean(&result.came_back()).into_owned();
    let mut text = format!("{mark} {:<30} {back:<8} {:>4} ms", result.check.id, slowest.as_millis());
    if let Some(means) = &result.means {
        let Check { severity, sent, fix, .. } = result.check;
        let said = result.answers.iter().find(|answer| !answer.text.is_empty());
        let said = said.map(|answer| format!("\n       answer: {}", excerpt(answer))).unwrap_or_default();
        let word = if result.status == Status::Warning { "warning" } else { severity.as_str() };
        text = format!("{text}\n       {word}: {means}\n       sent: {sent}{said}\n       fix: {fix}");
    }
    // A reader that is gone is noticed when the conclusion is printed.
    let _ = printer.line(text.trim_end());
}

fn excerpt(answer: &Answer) -> String {
    let first: String = answer.text.lines().next().unwrap_or_default().chars().take(120).collect();
    clean(&first).into_owned()
}

/// Sums up, and names the likely mistakes.
fn conclude(printer: Printer, report: &Report) -> Result<(), Failure> {
    let count = |status: Status| report.count(status);
    let total = checks().count().min(report.results.len());
    let warned = match count(Status::Warning) {
        0 => String::new(),
        warned => format!(" ({warned} with a warning)"),
    };
    let mut lines = vec![format!(
        "\n{} of {total} checks passed{warned}, {} failed, {} skipped",
        count(Status::Passed) + count(Status::Warning),
        count(Status::Failed),
        count(Status::Skipped),
    )];
    if let Some(latency) = report.latency {
        let Latency { median, p95, max } = latency;
        let (median, p95, max) = (millis(median), millis(p95), millis(max));
        lines.push(format!("latency: median {median:.1} ms, 95 % {p95:.1} ms, slowest {max:.1} ms"));
    }
    for mistake in &report.mistakes {
        let title = printer.out_colour().warning(&format!("likely: {} ({})", mistake.title, mistake.id));
        lines.push(format!("\n{title}\n  fix: {}", mistake.fix));
    }
    let text = lines.join("\n");
    printer.line(&text)?;
    Ok(())
}

#[derive(Serialize)]
struct ReportJson {
    schema: u32,
    url: String,
    passed: bool,
    exit_code: u8,
    counts: CountsJson,
    latency_ms: Option<LatencyJson>,
    likely: Vec<MistakeJson>,
    checks: Vec<ResultJson>,
}

#[derive(Serialize)]
struct CountsJson {
    passed: usize,
    warning: usize,
    failed: usize,
    skipped: usize,
}

#[derive(Serialize)]
struct LatencyJson {
    p50: f64,
    p95: f64,
    max: f64,
}

#[derive(Serialize)]
struct MistakeJson {
    id: &'static str,
    title: &'static str,
    fix: &'static str,
}

#[derive(Serialize)]
struct ResultJson {
    #[serde(flatten)]
    check: CheckJson,
    status: &'static str,
    came_back: Vec<AnswerJson>,
    means: Option<String>,
}

#[derive(Serialize)]
struct AnswerJson {
    status: Option<u16>,
    error: Option<String>,
    elapsed_ms: f64,
    body: String,
}

impl ReportJson {
    fn new(report: &Report, endpoint: &Endpoint) -> Self {
        let code = if report.has_passed() { ExitCode::Success } else { ExitCode::EndpointFailed };
        let count = |status: Status| report.count(status);
        Self {
            schema: 1,
            url: endpoint.shown(),
            passed: report.has_passed(),
            exit_code: code.as_u8(),
            counts: CountsJson {
                passed: count(Status::Passed),
                warning: count(Status::Warning),
                failed: count(Status::Failed),
                skipped: count(Status::Skipped),
            },
            latency_ms: report.latency.map(|it| LatencyJson {
                p50: millis(it.median),
                p95: millis(it.p95),
                max: millis(it.max),
            }),
            likely: report
                .mistakes
                .iter()
                .map(|it| MistakeJson { id: it.id, title: it.title, fix: it.fix })
                .collect(),
            checks: report.results.iter().map(ResultJson::new).collect(),
        }
    }
}

impl ResultJson {
    fn new(result: &CheckResult) -> Self {
        Self {
            check: CheckJson::new(result.check),
            status: result.status.as_str(),
            came_back: result.answers.iter().map(AnswerJson::new).collect(),
            means: result.means.clone(),
        }
    }
}

impl AnswerJson {
    fn new(answer: &Answer) -> Self {
        let status = if let Outcome::Status(status) = answer.outcome { Some(status) } else { None };
        let error = status.is_none().then(|| answer.words());
        Self { status, error, elapsed_ms: millis(answer.took), body: answer.text.clone() }
    }
}

/// Milliseconds to a thousandth.
fn millis(time: Duration) -> f64 {
    (time.as_secs_f64() * 1_000_000.0).round() / 1000.0
}
