//! `paycli webhook verify`: whether a delivery is valid, and why it is not.

#![expect(clippy::doc_markdown, reason = "these comments are the texts of --help")]

use std::ffi::OsString;
use std::time::Duration;

use clap::Args;
use jiff::Timestamp;
use serde::Serialize;

use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::exit::ExitCode;
use crate::output::{Printer, facts};
use crate::profile::{parse_duration, parse_unix_seconds};
use crate::webhook::explain::{Explanation, Question, explain};
use crate::webhook::{BatchVerifier, Reason, Scheme, SigningKey, StandardKey, Verdict, Window};
use crate::webhook::{signature, standard};

use super::received::Received;
use super::scheme::{SchemeArg, exit_code};
use super::secrets::{self, NamedSecret};
use super::{batch, source};

const EXAMPLES: &str = "\
Examples:
  paycli webhook verify event.json --header \"$STRIPE_SIGNATURE\"
  paycli webhook verify --http request.txt --explain
  paycli webhook verify --batch deliveries.ndjson | jq -c 'select(.valid | not)'

A line of --batch: {\"id\", \"payload\" (base64) or \"payload_utf8\", \"header\" or \"headers\" {}, and, where they are
not the command's, \"secret\", \"now\", \"tolerance\"}; the answer: {\"id\", \"valid\", \"reason\"}. The exit code is 0 when
all are valid, else the first invalid one's. A reader that stops early ends the run quietly.

Exit codes: 0 valid, 30 no signature matches, 31 timestamp outside the tolerance, 32 malformed or missing header, 13 no
secret. A live profile is verified for without --live: nothing is acted on.";

/// Options of `webhook verify`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::cli) struct VerifyArgs {
    /// The payload's file; - or nothing is standard input
    #[arg(value_name = "PAYLOAD|-")]
    payload: Option<OsString>,
    /// The Stripe-Signature value, file:PATH, - (standard input), or NAME: VALUE for each header
    #[arg(long, value_name = "HEADER", allow_hyphen_values = true, conflicts_with_all = ["http", "batch"])]
    header: Vec<OsString>,
    /// The payload is a whole HTTP request as it was captured, headers and body
    #[arg(long, conflicts_with = "batch")]
    http: bool,
    /// Verify with this secret: env:NAME, file:PATH or -; several are tried in turn
    /// [env: PAYCLI_WEBHOOK_SECRET, STRIPE_WEBHOOK_SECRET]
    #[arg(long, value_name = "SOURCE", allow_hyphen_values = true)]
    secret: Vec<OsString>,
    /// How old a signature may be; 0 switches the check off
    #[arg(long, value_name = "DURATION", default_value = "300s", value_parser = tolerance)]
    tolerance: Duration,
    /// The time to verify at, Unix seconds or RFC 3339 [default: now]
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    at: Option<String>,
    /// How the delivery is signed [default: as its headers tell]
    #[arg(long, value_name = "SCHEME")]
    scheme: Option<SchemeArg>,
    /// Search for the cause of a failure and print it with its fix
    #[arg(long, conflicts_with = "batch")]
    explain: bool,
    /// Verify the deliveries of a file, or - for standard input: a JSON object a line, in and out
    #[arg(long, value_name = "FILE|-", conflicts_with = "payload")]
    batch: Option<OsString>,
    /// How many threads --batch uses [default: one a core]
    #[arg(long, value_name = "N", requires = "batch", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
}

fn tolerance(text: &str) -> Result<Duration, String> {
    parse_duration(text).map_err(|error| error.to_string())
}

#[derive(Serialize)]
struct VerifyJson<'a> {
    schema: u32,
    valid: bool,
    reason: &'a str,
    scheme: &'a str,
    timestamp: Option<i64>,
    age_seconds: Option<i64>,
    tolerance_seconds: u64,
    matched_secret: Option<&'a str>,
    accepted_by: Vec<&'a str>,
    explain: Vec<ExplanationJson<'a>>,
}

#[derive(Serialize)]
struct ExplanationJson<'a> {
    cause: &'a str,
    certain: bool,
    detail: &'a str,
    fix: &'a str,
}

/// Verifies a delivery, or many.
pub(super) fn run(context: &mut Context, args: &VerifyArgs) -> Result<ExitCode, Failure> {
    let now = args.at.as_deref().map_or_else(|| Ok(source::now()), parse_unix_seconds)?;
    // Less than a second is not none at all, which would switch the check off.
    let tolerance_seconds = args.tolerance.as_secs() + u64::from(args.tolerance.subsec_nanos() > 0);
    let window = Window { now, tolerance_seconds };
    let scheme = args.scheme.map(Scheme::from);
    let secrets = secrets::find(context, &args.secret)?;
    if let Some(file) = &args.batch {
        let secrets: Vec<_> = secrets.into_iter().map(|named| named.secret).collect();
        let verifier = BatchVerifier::new(scheme, &secrets, window);
        return batch::run(context, file, &verifier, args.threads.map(usize::from));
    }
    let received = received(context, args, scheme)?;
    let checked = Checked { received, secrets, window };
    let verdict = checked.verdict();
    let explanations = if args.explain { checked.explain(context, &verdict)? } else { Vec::new() };
    show(context, &checked, &verdict, &explanations, args.explain)
}

fn received(context: &mut Context, args: &VerifyArgs, scheme: Option<Scheme>) -> Result<Received, Failure> {
    let payload = args.payload.as_deref();
    if args.http {
        return Received::captured(&source::payload(context, payload)?, scheme);
    }
    let texts =
        args.header.iter().map(|header| source::header(context, header)).collect::<Result<Vec<_>, _>>()?;
    Received::with_headers(source::payload(context, payload)?, &texts, scheme)
}

/// A delivery with all that it is verified by.
struct Checked {
    received: Received,
    secrets: Vec<NamedSecret>,
    window: Window,
}

impl Checked {
    fn verdict(&self) -> Verdict {
        let Received { body, scheme, .. } = &self.received;
        let usable = || self.secrets.iter().enumerate().filter(|(_, named)| !named.secret.is_blank());
        let indices: Vec<_> = usable().map(|(index, _)| index).collect();
        let verdict = match scheme {
            Scheme::Stripe => {
                let keys: Vec<_> =
                    usable().filter_map(|(_, named)| SigningKey::stripe(&named.secret)).collect();
                signature::verify(body, self.received.stripe.as_deref(), &keys, self.window)
            }
            Scheme::Standard => {
                let keys: Vec<_> = usable().map(|(_, named)| StandardKey::new(&named.secret)).collect();
                standard::verify(body, self.received.standard(), &keys, self.window)
            }
        };
        Verdict { matched: verdict.matched.map(|matched| indices[matched]), ..verdict }
    }

    fn explain(&self, context: &Context, verdict: &Verdict) -> Result<Vec<Explanation>, Failure> {
        let others = secrets::others(context, &self.secrets)?;
        let given: Vec<_> = self.secrets.iter().map(NamedSecret::as_named).collect();
        let others: Vec<_> = others.iter().map(NamedSecret::as_named).collect();
        let question = Question {
            body: &self.received.body,
            headers: self.received.headers(),
            secrets: &given,
            others: &others,
            window: self.window,
            content_length: self.received.content_length,
            is_live_profile: Some(context.profile_for_reading()?.mode.is_live()),
        };
        Ok(explain(&question, verdict))
    }
}

/// Shows a verdict: facts or JSON as data, and what is wrong as an error.
fn show(
    context: &Context,
    checked: &Checked,
    verdict: &Verdict,
    explanations: &[Explanation],
    is_explained: bool,
) -> Result<ExitCode, Failure> {
    let code = exit_code(verdict.reason);
    let Checked { received, secrets, window } = checked;
    let matched = verdict.matched.and_then(|index| secrets.get(index));
    let age = verdict.timestamp.map(|timestamp| window.now.saturating_sub(timestamp));
    if context.printer.is_json() {
        context.print_json(&VerifyJson {
            schema: 1,
            valid: verdict.is_valid(),
            reason: verdict.reason.as_str(),
            scheme: received.scheme.as_str(),
            timestamp: verdict.timestamp,
            age_seconds: age,
            tolerance_seconds: window.tolerance_seconds,
            matched_secret: matched.map(|named| named.name.as_str()),
            accepted_by: verdict.accepted_by.iter().map(|library| library.as_str()).collect(),
            explain: explanations.iter().map(ExplanationJson::from).collect(),
        })?;
        return Ok(code);
    }
    let is_valid = if verdict.is_valid() { "yes" } else { "no" };
    let mut lines = vec![
        ("valid", is_valid.to_owned()),
        ("reason", verdict.reason.as_str().to_owned()),
        ("scheme", received.scheme.as_str().to_owned()),
    ];
    lines.extend(verdict.timestamp.zip(age).map(|(at, age)| ("signed at", signed_at(at, age))));
    lines.extend(matched.map(|named| ("secret", format!("{} ({})", named.secret, named.name))));
    let lines: Vec<_> = lines.iter().map(|(name, value)| (*name, value.as_str())).collect();
    context.printer.line(&facts(&lines))?;
    for explanation in explanations {
        context.printer.line(&paragraph(context.printer, explanation))?;
    }
    if !verdict.is_valid() {
        complain(context.printer, verdict, secrets, is_explained);
    }
    Ok(code)
}

fn signed_at(timestamp: i64, age: i64) -> String {
    let time = Timestamp::from_second(timestamp).map(|time| format!(" ({time})")).unwrap_or_default();
    match age {
        0.. => format!("{timestamp}{time}, {age} s before"),
        _ => format!("{timestamp}{time}, {} s in the future", age.unsigned_abs()),
    }
}

impl<'a> From<&'a Explanation> for ExplanationJson<'a> {
    fn from(explanation: &'a Explanation) -> Self {
        let Explanation { cause, certain, detail, fix } = explanation;
        Self { cause, certain: *certain, detail, fix }
    }
}

fn paragraph(printer: Printer, explanation: &Explanation) -> String {
    let Explanation { cause, certain, detail, fix } = explanation;
    let proof = if *certain { "proven" } else { "perhaps" };
    let title = printer.out_colour().warning(&format!("{proof}: {cause}"));
    format!("\n{title}\n  {detail}\n  fix: {}", fix.replace('\n', "\n       "))
}

/// Says on standard error what is wrong and what to type next.
fn complain(printer: Printer, verdict: &Verdict, secrets: &[NamedSecret], is_explained: bool) {
    printer.error(&meaning(verdict));
    for mistake in secrets.iter().filter_map(secrets::mistake) {
        printer.hint("secret:", &mistake);
    }
    let next = match verdict.reason {
        Reason::NoSecret => Some(secrets::WAYS),
        Reason::NoHeader => {
            Some("--header VALUE, --header file:PATH, or --http with the whole request as captured")
        }
        _ if is_explained => None,
        _ => Some("add --explain: it searches for the cause"),
    };
    if let Some(next) = next {
        printer.hint("next:", next);
    }
}

fn meaning(verdict: &Verdict) -> String {
    match verdict.reason {
        Reason::Ok => "the delivery is valid".into(),
        Reason::NoHeader => "the delivery has no signature header, or an empty one".into(),
        Reason::NoSecret => "there is no signing secret, or none that the scheme can use".into(),
        Reason::MalformedHeader => "the signature header cannot be read".into(),
        Reason::NoV1Signature => "the signature header has no v1 signature".into(),
        Reason::NoMatch => "no signature matches the payload".into(),
        Reason::TimestampTooOld if verdict.matched.is_some() => {
            "the signature matches, and is older than the tolerance".into()
        }
        Reason::TimestampTooOld => "the timestamp is older than the tolerance".into(),
        Reason::TimestampTooNew => "the timestamp is further in the future than the tolerance".into(),
        Reason::LibrariesDisagree => {
            let names: Vec<_> = verdict.accepted_by.iter().map(|library| library.as_str()).collect();
            format!(
                "the official libraries disagree: {} would accept this delivery, and the others refuse it",
                names.join(", ")
            )
        }
    }
}
