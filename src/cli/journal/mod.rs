//! `paycli journal`: what was sent under which key, and what is known of it.

mod found;
mod resume;

use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::exit::{ExitCode, Outcome};
use crate::journal::{Attempt, Entry, Filter, KeptBody, Resolution, State, Summary};
use crate::output::{clean, facts, table};
use crate::profile::parse_duration;
use crate::time::UnixMillis;

use super::context::Context;
use super::failure::Failure;

use found::found;

/// What may be done with the journal.
#[derive(Debug, Subcommand)]
pub(super) enum JournalCommand {
    /// List entries, the newest first.
    List(ListArgs),
    /// Show one entry and its attempts.
    Show(ShowArgs),
    /// Go on with what is unfinished, under its own key.
    Resume(resume::ResumeArgs),
    /// Settle an outcome that nobody but a person can know.
    Resolve(ResolveArgs),
}

/// Options of `journal list`.
#[derive(Debug, Args)]
pub(super) struct ListArgs {
    /// Only entries in this state
    #[arg(long, value_name = "STATE", value_parser = parse_state)]
    state: Option<State>,
    /// Only entries that are not older
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    since: Option<Duration>,
    /// At most so many entries
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

/// Options of `journal show`.
#[derive(Debug, Args)]
pub(super) struct ShowArgs {
    /// The idempotency key, or the entry's id
    #[arg(value_name = "KEY|ID")]
    key: String,
}

/// Options of `journal resolve`.
#[derive(Debug, Args)]
pub(super) struct ResolveArgs {
    /// The idempotency key, or the entry's id
    #[arg(value_name = "KEY|ID")]
    key: String,
    /// What was found out
    #[arg(long = "as", value_name = "RESULT")]
    result: ResolutionArg,
    /// How it was found out; kept with the entry
    #[arg(long, value_name = "TEXT")]
    why: String,
}

/// What a person found out.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum ResolutionArg {
    /// It was executed and it worked.
    Succeeded,
    /// It was not executed, or it failed.
    Failed,
}

fn parse_state(text: &str) -> Result<State, String> {
    State::from_name(text)
        .ok_or_else(|| format!("states are {}", State::names().collect::<Vec<_>>().join(", ")))
}

/// Runs a command of the journal.
pub(super) fn run(context: &mut Context, command: JournalCommand) -> Result<ExitCode, Failure> {
    match command {
        JournalCommand::List(args) => list(context, &args),
        JournalCommand::Show(args) => show(context, &args.key),
        JournalCommand::Resume(args) => resume::run(context, &args),
        JournalCommand::Resolve(args) => resolve(context, &args),
    }
}

/// An entry as JSON tells it; the list leaves the bodies out.
#[derive(Serialize)]
struct EntryJson<'a> {
    id: &'a str,
    key: &'a str,
    key_source: &'a str,
    operation: Option<&'a str>,
    state: &'a str,
    outcome: Option<&'a str>,
    status: Option<u16>,
    mode: &'a str,
    profile: &'a str,
    account: Option<&'a str>,
    api_base: &'a str,
    api_version: Option<&'a str>,
    method: &'a str,
    path: &'a str,
    attempts: u32,
    created_at: String,
    first_sent_at: Option<String>,
    safe_until: Option<String>,
    request_id: Option<&'a str>,
    original_request_id: Option<&'a str>,
    note: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_body: Option<BodyJson<'a>>,
    /// Whether the answer held more than `body` tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    redacted: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<BodyJson<'a>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum BodyJson<'a> {
    Json(&'a RawValue),
    Text(String),
}

impl<'a> BodyJson<'a> {
    fn of(bytes: &'a [u8]) -> Self {
        serde_json::from_slice(bytes)
            .map_or_else(|_| Self::Text(String::from_utf8_lossy(bytes).into_owned()), Self::Json)
    }
}

#[derive(Serialize)]
struct AttemptJson<'a> {
    number: u32,
    started_at: String,
    finished_at: Option<String>,
    status: Option<u16>,
    request_id: Option<&'a str>,
    detail: Option<&'a str>,
}

fn entry_json(entry: &Summary) -> EntryJson<'_> {
    EntryJson {
        id: &entry.id,
        key: &entry.key,
        key_source: entry.key_source.as_str(),
        operation: entry.operation.as_deref(),
        state: entry.state.as_str(),
        outcome: entry.outcome.map(Outcome::as_str),
        status: entry.status,
        mode: entry.mode.as_str(),
        profile: &entry.profile,
        account: entry.account.as_deref(),
        api_base: &entry.base_url,
        api_version: entry.api_version.as_deref(),
        method: entry.method.as_str(),
        path: &entry.path,
        attempts: entry.attempts,
        created_at: entry.created_at.to_string(),
        first_sent_at: entry.first_sent_at.as_ref().map(UnixMillis::to_string),
        safe_until: entry.safe_until.as_ref().map(UnixMillis::to_string),
        request_id: entry.request_id.as_deref(),
        original_request_id: entry.original_request_id.as_deref(),
        note: entry.note.as_deref(),
        request_body: None,
        redacted: None,
        body: None,
    }
}

fn list(context: &Context, args: &ListArgs) -> Result<ExitCode, Failure> {
    let now = UnixMillis::now();
    let since = args
        .since
        .map(|since| UnixMillis(now.0.saturating_sub(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))));
    let profile = context.profile_for_reading()?;
    let journal = context.journal(profile.mode)?;
    let entries = journal.list(&Filter { state: args.state, since, limit: args.limit, now })?;
    if context.printer.is_json() {
        #[derive(Serialize)]
        struct ListJson<'a> {
            schema: u32,
            entries: Vec<EntryJson<'a>>,
        }
        let entries = entries.iter().map(entry_json).collect();
        return context.print_json(&ListJson { schema: 1, entries });
    }
    if entries.is_empty() {
        context.printer.notice("the journal holds no such entry");
        return Ok(ExitCode::Success);
    }
    let rows = entries.iter().map(|entry| {
        vec![
            entry.created_at.to_string(),
            entry.state.as_str().to_owned(),
            entry.status.map_or_else(|| "-".into(), |status| status.to_string()),
            entry.attempts.to_string(),
            clean(&format!("{} {}", entry.method, entry.path)).into_owned(),
            entry.key.clone(),
            clean(entry.operation.as_deref().unwrap_or("-")).into_owned(),
        ]
    });
    let header = ["created", "state", "status", "attempts", "request", "key", "operation"];
    context.printer.line(&table(&header, rows))?;
    Ok(ExitCode::Success)
}

fn show(context: &Context, key: &str) -> Result<ExitCode, Failure> {
    let now = UnixMillis::now();
    let profile = context.profile_for_reading()?;
    let journal = context.journal(profile.mode)?;
    let entry = found(&*journal, key)?;
    let attempts = journal.attempts(&entry)?;
    if context.printer.is_json() {
        #[derive(Serialize)]
        struct ShowJson<'a> {
            schema: u32,
            entry: EntryJson<'a>,
            attempts: Vec<AttemptJson<'a>>,
        }
        let summary = entry.summary(now);
        let json = EntryJson {
            request_body: Some(BodyJson::of(&entry.intent.body)),
            redacted: Some(entry.answer.is_redacted()),
            body: entry.answer.bytes().map(BodyJson::of),
            ..entry_json(&summary)
        };
        let attempts = attempts.iter().map(attempt_json).collect();
        return context.print_json(&ShowJson { schema: 1, entry: json, attempts });
    }
    context.printer.line(&as_text(&entry, &attempts, now))?;
    Ok(ExitCode::Success)
}

fn attempt_json(attempt: &Attempt) -> AttemptJson<'_> {
    AttemptJson {
        number: attempt.number,
        started_at: attempt.started_at.to_string(),
        finished_at: attempt.finished_at.as_ref().map(UnixMillis::to_string),
        status: attempt.status,
        request_id: attempt.request_id.as_deref(),
        detail: attempt.detail.as_deref(),
    }
}

fn as_text(entry: &Entry, attempts: &[Attempt], now: UnixMillis) -> String {
    let intent = &entry.intent;
    let or_none = |text: Option<&str>| clean(text.unwrap_or("-")).into_owned();
    let shown = [
        ("key", entry.key.clone()),
        ("state", entry.state_at(now).as_str().to_owned()),
        ("outcome", or_none(entry.outcome.map(Outcome::as_str))),
        ("request", clean(&format!("{} {}", intent.method, intent.path)).into_owned()),
        ("parameters", clean(&String::from_utf8_lossy(&intent.body)).into_owned()),
        ("api base", intent.base_url.clone()),
        ("profile", format!("{} ({})", intent.profile, intent.mode)),
        ("account", or_none(intent.account.as_deref())),
        ("operation", or_none(entry.operation.as_deref())),
        ("created", entry.created_at.to_string()),
        ("first sent", or_none(entry.first_sent_at.map(|time| time.to_string()).as_deref())),
        ("safe until", or_none(entry.safe_until().map(|time| time.to_string()).as_deref())),
        ("request id", or_none(entry.request_id.as_deref())),
        ("answer kept", answer_kept(&entry.answer).to_owned()),
        ("note", or_none(entry.note.as_deref())),
    ];
    let shown = shown.each_ref().map(|(name, value)| (*name, value.as_str()));
    let mut text = facts(&shown);
    let rows = attempts.iter().map(|attempt| {
        vec![
            attempt.number.to_string(),
            attempt.started_at.to_string(),
            or_none(attempt.finished_at.map(|time| time.to_string()).as_deref()),
            attempt.status.map_or_else(|| "-".into(), |status| status.to_string()),
            or_none(attempt.request_id.as_deref()),
            clean(attempt.detail.as_deref().unwrap_or("no result was recorded")).into_owned(),
        ]
    });
    text.push_str("\n\n");
    text.push_str(&table(&["attempt", "started", "finished", "status", "request id", "detail"], rows));
    text
}

/// How much of the answer the journal has.
fn answer_kept(answer: &KeptBody) -> &'static str {
    match (answer.bytes(), answer.is_redacted()) {
        (Some(_), true) => "without its credentials",
        (Some(_), false) => "whole",
        (None, true) => "none (journal.bodies = none)",
        (None, false) => "-",
    }
}

fn resolve(context: &Context, args: &ResolveArgs) -> Result<ExitCode, Failure> {
    if args.why.trim().is_empty() {
        return Err(Failure::usage("--why takes the reason, for whoever reads the journal later"));
    }
    let profile = context.profile()?;
    context.admit(profile, false)?;
    let mut journal = context.journal(profile.mode)?;
    let resolution = match args.result {
        ResolutionArg::Succeeded => Resolution::Succeeded,
        ResolutionArg::Failed => Resolution::Failed,
    };
    let now = UnixMillis::now();
    let entry = journal.settle(&args.key, resolution, &args.why, now)?;
    if context.printer.is_json() {
        #[derive(Serialize)]
        struct ResolveJson<'a> {
            schema: u32,
            entry: EntryJson<'a>,
        }
        return context.print_json(&ResolveJson { schema: 1, entry: entry_json(&entry.summary(now)) });
    }
    context.printer.line(&format!("{} {}", entry.key, entry.state.as_str()))?;
    Ok(ExitCode::Success)
}
