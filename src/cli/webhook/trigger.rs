//! `paycli webhook trigger`: an event made from a template, signed and delivered.

#![expect(clippy::doc_markdown, reason = "these comments are the texts of --help")]

use std::ffi::OsString;

use clap::Args;
use serde::Serialize;

use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::runtime::runtime;
use crate::exit::ExitCode;
use crate::profile::Profile;
use crate::sandbox::InProcess;
use crate::webhook::deliver::Deliverer;
use crate::webhook::store::EventStore;
use crate::webhook::templates::{self, EventEdit, EventEditKind, Maker};
use crate::webhook::{
    DeliveryOutcome, Dispatched, EventFacts, Listening, SigningKey, Target, dispatch, stripe_body,
    without_credentials,
};

use super::secrets::{self, NamedSecret};
use super::source;

const EXAMPLES: &str = "\
Examples:
  paycli trigger payment_intent.succeeded --to localhost:3000/webhook
  paycli trigger invoice.paid --to 3000 --override amount_paid=5000 --add metadata.order=17
  paycli trigger charge.refunded --print > event.json        # prints the event and sends nothing
  paycli trigger --list";

/// Options of `webhook trigger`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::cli) struct TriggerArgs {
    /// The event's type, like payment_intent.succeeded
    #[arg(value_name = "EVENT", required_unless_present = "list")]
    event: Option<String>,
    /// Deliver here: 3000, localhost:3000/webhook or a URL [default: the running webhook listen of this home]
    #[arg(long, value_name = "URL")]
    to: Option<String>,
    /// Give a field another value of the same type; a path is one of the event or of its object; null fits
    /// everywhere
    #[arg(long = "override", value_name = "PATH=VALUE")]
    overrides: Vec<String>,
    /// Add a field that is not there
    #[arg(long = "add", value_name = "PATH=VALUE")]
    additions: Vec<String>,
    /// Remove a field
    #[arg(long = "remove", value_name = "PATH")]
    removals: Vec<String>,
    /// Print the event's bytes; without --to nothing is sent
    #[arg(long)]
    print: bool,
    /// List the types that can be triggered
    #[arg(long, conflicts_with_all = ["event", "to", "overrides", "additions", "removals", "print"])]
    list: bool,
    /// Sign with this secret: env:NAME, file:PATH or -; several give several signatures
    /// [default: the one of this home] [env: PAYCLI_WEBHOOK_SECRET, STRIPE_WEBHOOK_SECRET]
    #[arg(long, value_name = "SOURCE", allow_hyphen_values = true)]
    secret: Vec<OsString>,
}

#[derive(Serialize)]
struct ListJson<'a> {
    schema: u32,
    types: Vec<&'a str>,
}

#[derive(Serialize)]
struct PrintedJson<'a> {
    schema: u32,
    event_id: &'a str,
    r#type: &'a str,
    payload: &'a str,
}

#[derive(Serialize)]
struct TriggerJson<'a> {
    schema: u32,
    outcome: &'a str,
    exit_code: u8,
    event_id: &'a str,
    r#type: &'a str,
    target: &'a str,
    status: Option<u16>,
    latency_ms: u64,
    signature: &'a str,
    error: Option<ErrorJson<'a>>,
    answer: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<String>,
}

#[derive(Serialize)]
struct ErrorJson<'a> {
    r#type: &'a str,
    message: &'a str,
}

/// The sandbox, as templates need it.
struct SandboxMaker(InProcess);

impl Maker for SandboxMaker {
    fn call(&mut self, method: &str, path: &str, params: &str) -> Result<serde_json::Value, String> {
        self.0.call(method, path, params).map_err(|error| error.to_string())
    }

    fn letters(&mut self, length: usize) -> String {
        self.0.letters(length)
    }
}

/// Makes an event, and sends or prints it.
pub(in crate::cli) fn run(context: &mut Context, args: &TriggerArgs) -> Result<ExitCode, Failure> {
    let Some(kind) = args.event.as_deref().filter(|_| !args.list) else { return list(context) };
    let profile = context.profile()?.clone();
    if profile.mode.is_live() {
        let message = format!("the profile {} is live, and trigger works in test mode only", profile.name);
        return Err(Failure::configuration(message).hint("use a test profile: -p test"));
    }
    context.admit(&profile, true)?;
    let body = make(kind, &edits(args)?)?;
    let facts = EventFacts::read(&body).map_err(|error| {
        Failure::usage(format!("the changes leave something that cannot be sent: {error}"))
    })?;
    if args.print && args.to.is_none() {
        return print(context, &facts, &body);
    }
    let target = target(args.to.as_deref())?;
    send(context, args, &profile, &target, &facts, body)
}

fn list(context: &Context) -> Result<ExitCode, Failure> {
    let types: Vec<_> = templates::all().iter().map(|template| template.kind).collect();
    if context.printer.is_json() {
        return context.print_json(&ListJson { schema: 1, types });
    }
    context.printer.line(&types.join("\n"))?;
    Ok(ExitCode::Success)
}

fn edits(args: &TriggerArgs) -> Result<Vec<EventEdit>, Failure> {
    let of = |kind: EventEditKind, texts: &[String]| -> Result<Vec<EventEdit>, Failure> {
        texts.iter().map(|text| Ok(EventEdit::read(kind, text)?)).collect()
    };
    let mut edits = of(EventEditKind::Override, &args.overrides)?;
    edits.extend(of(EventEditKind::Add, &args.additions)?);
    edits.extend(of(EventEditKind::Remove, &args.removals)?);
    Ok(edits)
}

fn make(kind: &str, edits: &[EventEdit]) -> Result<Vec<u8>, Failure> {
    let template = templates::find(kind)?;
    let now = source::now();
    let mut event = template
        .build(&mut SandboxMaker(InProcess::open(now)?), now)
        .map_err(|error| Failure::internal(error.to_string()))?;
    templates::apply(&mut event, edits)?;
    Ok(stripe_body(&event))
}

fn print(context: &Context, facts: &EventFacts, body: &[u8]) -> Result<ExitCode, Failure> {
    if context.printer.is_json() {
        let payload = &String::from_utf8_lossy(body);
        let json = PrintedJson { schema: 1, event_id: facts.id.as_str(), r#type: &facts.kind, payload };
        return context.print_json(&json);
    }
    context.printer.body(body)?;
    Ok(ExitCode::Success)
}

fn target(to: Option<&str>) -> Result<Target, Failure> {
    match to {
        Some(text) => Ok(text.parse::<Target>()?),
        None => Ok(Target::of_port(Listening::only(Context::paths()?.data_dir())?.port)),
    }
}

fn send(
    context: &mut Context,
    args: &TriggerArgs,
    profile: &Profile,
    target: &Target,
    facts: &EventFacts,
    body: Vec<u8>,
) -> Result<ExitCode, Failure> {
    let secrets = secrets(context, args)?;
    let keys = secrets.iter().map(key).collect::<Result<Vec<_>, _>>()?;
    let path = Context::paths()?.events_file(profile.mode);
    let mut store = EventStore::open(&path, context.global.timeout.min(source::PATIENCE))
        .map_err(|error| Failure::from(error).unsent())?;
    let deliverer = Deliverer::new(context.global.timeout);
    let printed = args.print.then(|| body.clone());
    let sent = runtime()?.block_on(dispatch(&mut store, &deliverer, target, body, &keys));
    show(context, target, facts, &sent?, printed.as_deref())
}

/// The secrets of the command, else the one of this home, which `listen` verifies with then too.
fn secrets(context: &mut Context, args: &TriggerArgs) -> Result<Vec<NamedSecret>, Failure> {
    let found = secrets::find(context, &args.secret)?;
    if !found.is_empty() {
        return Ok(found);
    }
    let print = context.scope().complete("listen --print-secret");
    context.printer.notice(&format!("signed with the secret of this home, which {print} prints"));
    Ok(vec![secrets::of_home()?])
}

/// The key of a secret, where it is one.
pub(super) fn key(named: &NamedSecret) -> Result<SigningKey, Failure> {
    if let Some(mistake) = secrets::mistake(named) {
        return Err(Failure::configuration(mistake));
    }
    let blank = || Failure::authentication(format!("the signing secret from {} is blank", named.name));
    SigningKey::stripe(&named.secret).ok_or_else(blank)
}

fn show(
    context: &Context,
    target: &Target,
    facts: &EventFacts,
    sent: &Dispatched,
    printed: Option<&[u8]>,
) -> Result<ExitCode, Failure> {
    let (result, place) = (&sent.result, target.to_string());
    let output = context.printer;
    let code = code(result.outcome);
    if let Some(error) = &sent.unrecorded {
        output.warn(&format!("the event was sent, and what came of it could not be stored: {error}"));
    }
    let why = why(sent);
    if output.is_json() {
        let message = why.as_deref().unwrap_or_default();
        context.print_json(&TriggerJson {
            schema: 1,
            outcome: result.outcome.as_str(),
            exit_code: code.as_u8(),
            event_id: facts.id.as_str(),
            r#type: &facts.kind,
            target: &place,
            status: result.status,
            latency_ms: u64::try_from(result.latency.as_millis()).unwrap_or(u64::MAX),
            signature: &sent.signature,
            error: why.is_some().then(|| ErrorJson { r#type: result.outcome.as_str(), message }),
            answer: String::from_utf8_lossy(&without_credentials(&result.answer)).into_owned(),
            payload: printed.map(|bytes| String::from_utf8_lossy(bytes).into_owned()),
        })?;
        return Ok(code);
    }
    let status = result.status.map_or_else(|| "---".to_owned(), |status| status.to_string());
    let lines = [
        format!("--> {} [{}]", facts.kind, facts.id),
        format!("<-- [{status}] POST {place} [{}] {} ms", facts.id, result.latency.as_millis()),
    ];
    match printed {
        Some(bytes) => {
            output.body(bytes)?;
            for line in &lines {
                output.notice(line);
            }
        }
        None => {
            output.line(&lines.join("\n"))?;
        }
    }
    if let Some(why) = why {
        output.error(&why);
        output.hint("next:", &context.scope().complete(&format!("webhook events show {}", facts.id)));
    }
    Ok(code)
}

/// Why it was not accepted.
fn why(sent: &Dispatched) -> Option<String> {
    let result = &sent.result;
    let detail = result.detail.as_deref().map_or_else(String::new, |detail| format!(": {detail}"));
    match (result.outcome, result.status) {
        (DeliveryOutcome::Accepted, _) => None,
        (DeliveryOutcome::Redirected, Some(status)) => {
            let place = result.location.as_deref().unwrap_or("nowhere");
            Some(format!("the target answered {status}, a redirect to {place}, which is not followed"))
        }
        (_, Some(status)) => Some(format!("the target answered {status}")),
        (outcome, None) if outcome.may_have_arrived() => Some(format!("{}{detail}", outcome.words())),
        (outcome, None) => {
            let why = result.detail.as_deref().unwrap_or_else(|| outcome.words());
            Some(format!("not sent: {why}"))
        }
    }
}

const fn code(outcome: DeliveryOutcome) -> ExitCode {
    match outcome {
        DeliveryOutcome::Accepted => ExitCode::Success,
        DeliveryOutcome::ConnectionRefused
        | DeliveryOutcome::UnknownHost
        | DeliveryOutcome::Unreachable
        | DeliveryOutcome::TlsFailed => ExitCode::NotSent,
        _ => ExitCode::DeliveryFailed,
    }
}
