//! `paycli webhook events show`: one event, its attempts and its bytes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clap::Args;
use serde::Serialize;

use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::exit::ExitCode;
use crate::output::{clean, facts, table};
use crate::webhook::export::sha256;
use crate::webhook::store::{Attempt, EventStore, StoredEvent};

use super::stored::store_to_read;
use super::view::{AttemptJson, EventJson, answer, rfc_3339};

const EXAMPLES: &str = "\
Examples:
  paycli webhook events show evt_1PgafmB7WZ01zgkW6dKueIc5
  paycli webhook events show evt_1PgafmB7WZ01zgkW6dKueIc5 --raw | sha256sum";

/// Options of `webhook events show`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::cli) struct ShowArgs {
    /// The event's id
    #[arg(value_name = "ID")]
    id: String,
    /// Print the stored bytes and nothing else
    #[arg(long, conflicts_with = "json")]
    raw: bool,
}

#[derive(Serialize)]
struct ShowJson<'a> {
    schema: u32,
    event: WholeJson<'a>,
    /// Further rows of the same id, which came in with other bytes.
    others: Vec<WholeJson<'a>>,
}

#[derive(Serialize)]
struct WholeJson<'a> {
    #[serde(flatten)]
    event: EventJson,
    sha256: String,
    signature: Option<&'a str>,
    /// Why the signature cannot match the stored bytes.
    signature_problem: Option<&'static str>,
    headers: &'a [(String, String)],
    seen_again: u64,
    delivery_attempts: Vec<AttemptJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payload_utf8: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<String>,
}

/// Shows an event. Of several with the same id and other bytes the latest comes first.
pub(super) fn run(context: &Context, args: &ShowArgs) -> Result<ExitCode, Failure> {
    let store = store_to_read(context)?;
    let mut events = store.find(&args.id)?;
    events.reverse();
    let Some(event) = events.first() else {
        let message = format!("the event store holds no event {:?}", clean(&args.id));
        return Err(Failure::usage(message).next("webhook events list"));
    };
    if args.raw {
        context.printer.data(&event.body)?;
        return Ok(ExitCode::Success);
    }
    let attempts = events.iter().map(|event| store.attempts(event.seq)).collect::<Result<Vec<_>, _>>()?;
    if context.printer.is_json() {
        let whole = events.iter().zip(&attempts).map(|(event, attempts)| whole(&store, event, attempts));
        let mut whole = whole.collect::<Result<Vec<_>, _>>()?.into_iter();
        let event = whole.next().expect("there is one");
        return context.print_json(&ShowJson { schema: 1, event, others: whole.collect() });
    }
    show(context, event, &attempts[0])?;
    if events.len() > 1 {
        let others = events.len() - 1;
        context
            .printer
            .notice(&format!("the same id came in with other bytes, too: {others} (--json shows them)"));
    }
    Ok(ExitCode::Success)
}

fn whole<'a>(
    store: &EventStore,
    event: &'a StoredEvent,
    attempts: &'a [Attempt],
) -> Result<WholeJson<'a>, Failure> {
    let payload_utf8 = std::str::from_utf8(&event.body).ok();
    Ok(WholeJson {
        event: EventJson::of(event, attempts),
        sha256: sha256(&event.body),
        signature: event.signature.as_deref(),
        signature_problem: event.signature_problem(),
        headers: &event.headers,
        seen_again: store.sightings(event.seq)?,
        delivery_attempts: attempts.iter().map(AttemptJson::from).collect(),
        payload_utf8,
        payload: payload_utf8.is_none().then(|| STANDARD.encode(&event.body)),
    })
}

fn show(context: &Context, event: &StoredEvent, attempts: &[Attempt]) -> Result<(), Failure> {
    let printer = context.printer;
    let signature = match (&event.signature, event.signature_problem()) {
        (Some(signature), None) => signature.clone(),
        (_, problem) => format!("cannot be verified: {}", problem.unwrap_or("none")),
    };
    let (created, received) = (rfc_3339(event.created), rfc_3339(event.received_at));
    let optional = |text: &Option<String>| {
        text.as_deref().map_or_else(|| "-".to_owned(), |text| clean(text).into_owned())
    };
    let (account, object, hash) = (optional(&event.account), optional(&event.object), sha256(&event.body));
    printer.line(&facts(&[
        ("event", &clean(event.id.as_str())),
        ("type", &clean(&event.kind)),
        ("created", &created),
        ("source", &format!("{}, {received}", event.source.as_str())),
        ("object", &object),
        ("account", &account),
        ("signature", &clean(&signature)),
        ("body", &format!("{} bytes, sha256 {hash}", event.body.len())),
    ]))?;
    if event.is_redacted {
        printer.notice("credentials were taken out of the stored body");
    }
    if !attempts.is_empty() {
        let rows = attempts.iter().map(|attempt| {
            let latency = attempt
                .latency
                .map_or_else(|| "-".to_owned(), |latency| format!("{} ms", latency.as_millis()));
            vec![
                rfc_3339(attempt.started_at),
                clean(&attempt.sender).into_owned(),
                answer(attempt),
                latency,
                clean(&attempt.target).into_owned(),
            ]
        });
        printer.line(&format!("\n{}", table(&["started", "by", "answer", "latency", "target"], rows)))?;
    }
    printer.line("")?;
    printer.body(&event.body)?;
    if !event.body.ends_with(b"\n") && !printer.is_at_terminal() {
        printer.line("")?;
    }
    Ok(())
}
