//! Showing what became of a command: reports, failures and errors of the command line.

use clap::error::ErrorKind;
use serde::Serialize;

use crate::advice::Advice;
use crate::exit::{ExitCode, Outcome};
use crate::output::{ColourChoice, OutputError, Printer, redact};
use crate::request::{Answer, Report, envelope, meaning, replayed};

use super::context::{Context, Scope};
use super::failure::Failure;

#[derive(Serialize)]
struct FailureJson<'a> {
    schema: u32,
    outcome: &'a str,
    exit_code: u8,
    error: ErrorJson<'a>,
    next: &'a str,
    next_command: Option<String>,
    hint: Option<&'a str>,
}

#[derive(Serialize)]
struct ErrorJson<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    message: &'a str,
}

/// Shows why a command ended without its result.
pub(super) fn failure(printer: Printer, scope: &Scope, failure: &Failure) -> ExitCode {
    if printer.is_json() {
        let json = FailureJson {
            schema: 1,
            outcome: failure.outcome().as_str(),
            exit_code: failure.code.as_u8(),
            error: ErrorJson { kind: failure.kind(), message: &failure.message },
            next: failure.next_word().as_str(),
            next_command: failure.advice.commands.first().map(|command| scope.complete(command)),
            hint: failure.advice.hint.as_deref(),
        };
        let text = serde_json::to_string(&json).expect("strings and numbers are JSON");
        let text = redact(&text);
        if failure.is_aside {
            printer.say(&text);
        } else {
            // An output that fails changes nothing: the exit code tells already.
            let _ = printer.line(&text);
        }
        return failure.code;
    }
    printer.error(&failure.message);
    if let Some(money) = failure.money {
        printer.hint("money:", money);
    }
    advice(printer, scope, &failure.advice);
    failure.code
}

/// Shows what to type next, each command as a line of its own that can be pasted.
pub(super) fn advice(printer: Printer, scope: &Scope, advice: &Advice) {
    for (index, command) in advice.commands.iter().enumerate() {
        printer.hint(if index == 0 { "next:" } else { "or:" }, &scope.complete(command));
    }
    if let Some(hint) = &advice.hint {
        printer.hint("hint:", hint);
    }
}

/// Shows help, the version, or what is wrong with a command line.
pub(super) fn parse_error(error: &clap::Error, is_json: bool) -> ExitCode {
    let printer = plain_printer(is_json);
    let text = error.render().to_string();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            printer.data(text.as_bytes()).map_or(ExitCode::Internal, |_| ExitCode::Success)
        }
        _ if is_json => {
            let first = text.lines().next().unwrap_or_default();
            failure(
                printer,
                &Scope::default(),
                &Failure::usage(first.strip_prefix("error: ").unwrap_or(first)),
            )
        }
        _ => {
            printer.say(&redact(text.trim_end()));
            ExitCode::Usage
        }
    }
}

/// How a report was shown.
pub(super) struct Shown {
    /// The exit code that goes with it.
    pub(super) code: ExitCode,
    /// Whether the reader of standard output took it.
    pub(super) is_read: bool,
}

/// Shows what became of a request.
pub(super) fn report(
    context: &Context,
    report: &Report,
    shows_headers: bool,
    fail_on_replay: bool,
) -> Result<Shown, Failure> {
    let printer = context.printer;
    let code = report.exit_code(fail_on_replay);
    if let (true, Some(answer)) = (shows_headers, &report.answer) {
        headers(printer, answer);
    }
    if let Some(why) = &report.unrecorded {
        printer.warn(&format!(
            "the result could not be recorded ({why}); the same command again will send the same key"
        ));
    }
    let told = if printer.is_json() {
        printer.line(&json(context, report, code))
    } else {
        let body = report.answer.as_ref().map(|answer| answer.body.as_slice());
        body.map_or(Ok(true), |body| printer.body(body))
    };
    summary(printer, report);
    if report.is_redacted {
        printer.notice(
            "the answer is the journal's, which keeps no credentials: what they were is cut down or left out",
        );
    }
    if !printer.is_json() {
        explain(context, report, code);
    }
    let is_read = told.map_err(|error| unshown(report, error))?;
    Ok(Shown { code, is_read })
}

/// The JSON of a report.
pub(super) fn json(context: &Context, report: &Report, code: ExitCode) -> String {
    envelope(report, code, |command| context.scope().complete(command))
}

/// A report whose answer could not be written. Where the result can still be read depends on its key.
fn unshown(report: &Report, error: OutputError) -> Failure {
    let failure = Failure::from(error);
    match &report.key {
        _ if report.attempts == 0 => failure,
        Some(key) => {
            let money = Some("the request was sent, and its result is in the journal");
            Failure { money, ..failure.next(format!("journal show {key}")) }
        }
        None if report.intent.method.is_write() => {
            Failure { money: Some("the request was sent, and its result is not recorded"), ..failure }
        }
        None => failure,
    }
}

/// Shows a report that is no success beside a stream of objects: on standard error, as JSON too. Returns the
/// exit code.
pub(super) fn aside(context: &Context, report: &Report) -> ExitCode {
    let (printer, code) = (context.printer, report.exit_code(false));
    if printer.is_json() {
        printer.say(&json(context, report, code));
    } else {
        summary(printer, report);
        explain(context, report, code);
    }
    code
}

/// The headers of an answer, on standard error.
pub(super) fn headers(printer: Printer, answer: &Answer) {
    printer.say(&format!("< HTTP {}", answer.status));
    for (name, value) in &answer.headers {
        printer.say(&format!("< {name}: {}", crate::output::clean(&redact(value))));
    }
}

/// One line: what it was, under which key, which request, replayed or not, how many attempts.
fn summary(printer: Printer, report: &Report) {
    let key = match (&report.key, report.key_source) {
        (Some(key), Some(source)) => format!("key={key} ({})", source.as_str()),
        _ => "no key".into(),
    };
    let request = report.answer.as_ref().and_then(|answer| answer.request_id.as_deref()).unwrap_or("none");
    let replayed = report.replayed_by.map_or("no".into(), |by| format!("yes, by the {}", by.as_str()));
    printer.notice(&format!(
        "{}: {key}, request={request}, replayed={replayed}, attempts={}",
        report.outcome.as_str(),
        report.attempts
    ));
}

fn explain(context: &Context, report: &Report, code: ExitCode) {
    let printer = context.printer;
    if report.outcome != Outcome::Succeeded {
        let meaning = meaning(report);
        printer.error(&meaning.happened);
        printer.hint("money:", &meaning.money);
        advice(printer, &context.scope(), &meaning.advice);
    }
    if report.is_of_other_mode() {
        let wanted = report.intent.mode;
        printer.error(&format!(
            "the livemode of the answer says that it is not of {wanted} mode, which the profile is of"
        ));
        printer.hint("money:", "it was executed, in the other mode");
    } else if code == ExitCode::Replayed {
        let (happened, money) = replayed(report);
        printer.error(happened);
        printer.hint("money:", money);
    } else if code == ExitCode::Interrupted {
        printer.error("interrupted");
    }
}

/// A printer for what goes wrong before the options are known.
pub(super) fn plain_printer(is_json: bool) -> Printer {
    Printer::new(ColourChoice::Auto, is_json, false, false, |name| std::env::var_os(name))
}
