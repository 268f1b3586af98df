//! `paycli journal reconcile`: an unknown outcome is looked up among the API's events, and nothing is sent again.

use std::time::Duration;

use clap::Args;
use serde::Serialize;

use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::runtime::runtime;
use crate::cli::sending::Sending;
use crate::cli::show;
use crate::cli::target::{Destination, name_account};
use crate::exit::ExitCode;
use crate::journal::{Adopted, Entry, Family, Intent, Method, State};
use crate::request::{
    Evidence, Interrupt, Page, Pages, Report, RequestPath, RetryPolicy, evidence, fetch, strongest,
};
use crate::time::UnixMillis;

use super::found::found;

/// How long the API keeps events (Stripe documentation: "Events").
const KEPT_MILLIS: i64 = 30 * 86_400_000;

/// How far the clocks of this machine and the API may differ.
const SKEW_MILLIS: i64 = 3_600_000;

/// Options of `journal reconcile`.
#[derive(Debug, Args)]
pub(in crate::cli) struct ReconcileArgs {
    /// The idempotency key, or the entry's id
    #[arg(value_name = "KEY|ID")]
    key: String,
}

/// What was looked at, as JSON.
#[derive(Serialize)]
struct ReconciledJson<'a> {
    schema: u32,
    key: &'a str,
    found: bool,
    state: &'a str,
    outcome: Option<&'a str>,
    exit_code: u8,
    event: Option<&'a str>,
    event_type: Option<&'a str>,
    events_read: u64,
    proves_nothing: Option<&'a str>,
    next: &'a str,
}

/// Looks a key up, and adopts what is found.
pub(in crate::cli) fn run(context: &mut Context, args: &ReconcileArgs) -> Result<ExitCode, Failure> {
    let profile = context.profile()?.clone();
    context.admit(&profile, false)?;
    let mut journal = context.journal(profile.mode)?;
    let entry = found(&*journal, &args.key)?;
    if entry.state.is_final() {
        let message = format!("the outcome of {} is known already: {}", entry.key, entry.state.as_str());
        context.printer.notice(&message);
        return tell(context, &entry, None, 0);
    }
    let destination =
        Destination::of_entry(context, &profile, &entry.intent.base_url).map_err(Failure::configuration)?;
    let key = destination.key(context, &profile)?;
    let mut intent = Intent {
        family: Family::V1,
        method: Method::Get,
        headers: Vec::new(),
        body: Vec::new(),
        ..entry.intent.clone()
    };
    name_account(&mut intent, &profile, &key)?;
    if entry.intent.account.is_some() && intent.account != entry.intent.account {
        return Err(Failure::configuration("the key of this profile is of another account than the request"));
    }
    let timeout = context.global.timeout;
    let policy = RetryPolicy { max_retries: 2, budget: Duration::from_secs(60), timeout, not_after: None };
    let runtime = runtime()?;
    let looked = runtime.block_on(async {
        let base = destination.open().await?;
        let interrupt = Interrupt::listen();
        let sending = Sending { context, profile: &profile, found: &key, base: &base, policy };
        sending.with(&intent, &interrupt, async |sender| look(sender, &intent, &entry).await).await
    });
    runtime.shutdown_background();
    let (evidence, read) = match looked?? {
        Looked::Read { evidence, read } => (strongest(evidence), read),
        Looked::Failed(report) => return Ok(show::report(context, &report, false, false)?.code),
    };
    let Some(evidence) = evidence else { return tell(context, &entry, None, read) };
    let why = format!("found in the event {} ({})", evidence.event, evidence.kind);
    let adopted =
        Adopted { outcome: evidence.outcome, status: evidence.status, body: &evidence.object, why: &why };
    let entry = journal.adopt(&entry.key, &adopted, UnixMillis::now())?;
    tell(context, &entry, Some(&evidence), read)
}

enum Looked {
    Read { evidence: Vec<Evidence>, read: u64 },
    Failed(Box<Report>),
}

/// Reads the events of the time in which the key was sent.
async fn look(
    sender: &mut crate::request::Sender<'_>,
    intent: &Intent,
    entry: &Entry,
) -> Result<Looked, Failure> {
    let seconds = |millis: i64| millis.div_euclid(1000);
    let first = entry.first_sent_at.unwrap_or(entry.created_at).0 - SKEW_MILLIS;
    let path = RequestPath::parse("/v1/events")?
        .with_parameter("limit", "100")
        .with_parameter("created[gte]", &seconds(first).to_string());
    let (mut pages, mut found, mut read) = (Pages::from(path, false), Vec::new(), 0);
    let mut intent = intent.clone();
    loop {
        intent.path = pages.path().to_string();
        let report = fetch(sender, &intent).await;
        let Some(answer) = report.answer.as_ref().filter(|_| report.exit_code(false) == ExitCode::Success)
        else {
            return Ok(Looked::Failed(Box::new(report)));
        };
        let page = Page::parse(&answer.body)?;
        for event in page.in_order(false) {
            read += 1;
            found.extend(evidence(event.get(), &entry.key, &entry.intent.path));
        }
        if !pages.go_on(&page)? {
            return Ok(Looked::Read { evidence: found, read });
        }
    }
}

fn tell(
    context: &Context,
    entry: &Entry,
    evidence: Option<&Evidence>,
    read: u64,
) -> Result<ExitCode, Failure> {
    let now = UnixMillis::now();
    let state = entry.state_at(now);
    let is_gone = entry.first_sent_at.is_some_and(|first| now.0 - first.0 > KEPT_MILLIS);
    let absence = (!state.is_final()).then_some(if is_gone {
        "the API keeps events for 30 days, and the key is older than that"
    } else {
        "not every request makes an event, and the newest events may not be listed yet: look again in some minutes"
    });
    let code = match (state, entry.outcome) {
        (state, Some(outcome)) if state.is_final() => outcome.exit_code(),
        (State::ExpiredUnknown, _) => ExitCode::ExpiredUnknown,
        _ => ExitCode::Unknown,
    };
    if context.printer.is_json() {
        context.print_json(&ReconciledJson {
            schema: 1,
            key: &entry.key,
            found: evidence.is_some(),
            state: state.as_str(),
            outcome: entry.outcome.map(crate::exit::Outcome::as_str),
            exit_code: code.as_u8(),
            event: evidence.map(|found| found.event.as_str()),
            event_type: evidence.map(|found| found.kind.as_str()),
            events_read: read,
            proves_nothing: absence,
            next: if absence.is_some() { "reconcile" } else { "none" },
        })?;
        return Ok(code);
    }
    if let Some(why) = absence {
        context.printer.error(&format!("none of {read} events has the key {}", entry.key));
        context.printer.hint("money:", "it may have been executed: that no event has its key proves nothing");
        context.printer.hint("hint:", why);
        let advice = crate::advice::Advice::command(format!("journal reconcile {}", entry.key))
            .or(format!("journal resolve {} --as succeeded --why TEXT", entry.key))
            .or(format!("journal resolve {} --as failed --why TEXT", entry.key));
        show::advice(context.printer, &context.scope(), &advice);
        return Ok(code);
    }
    let outcome = entry.outcome.map_or("known", crate::exit::Outcome::as_str);
    let by = evidence.map(|found| format!(" by {} ({})", found.event, found.kind)).unwrap_or_default();
    context.printer.line(&format!("{} {} ({outcome}){by}", entry.key, state.as_str()))?;
    Ok(code)
}
