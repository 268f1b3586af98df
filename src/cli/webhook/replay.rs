//! `paycli webhook replay`: events delivered again, from the store or from a file.

#![expect(clippy::doc_markdown, reason = "these comments are the texts of --help")]

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, IsTerminal};
use std::path::Path;
use std::time::Duration;

use clap::Args;
use serde::Serialize;
use tokio::sync::watch;

use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::runtime::runtime;
use crate::exit::ExitCode;
use crate::output::{Printer, Progress, clean};
use crate::profile::{Mode, parse_time_or_age};
use crate::time::UnixMillis;
use crate::webhook::replay::{
    self, FileError, FileEvents, Item, Plan, ReplayError, ReplayIdentity, ReplaySource, Signing, SourceError,
    Summary,
};
use crate::webhook::store::{EventFilter, EventStore, OpenReplay};
use crate::webhook::{EventId, SigningKey, Target, TypePatterns};

use super::replay_report;
use super::{secrets, source, trigger};

const EXAMPLES: &str = "\
Examples:
  paycli webhook replay --to 3000/webhook --type 'invoice.*' --since 2026-01-31T09:00:00Z
  paycli webhook replay evt_123 --to localhost:3000/webhook
  paycli webhook replay --from events.ndjson --to 3000/webhook --concurrency 64 --rate 500/s
  paycli webhook replay --to 3000/webhook --dry-run

Events are signed anew with the present time, and those of one object keep their order. Progress is kept: the same
command goes on where it was stopped or killed, and sends what was not accepted; --restart begins anew.

Exit codes: 0 all were accepted, 33 some were not, 2 bad input, 12 the same replay is running, 13 no secret,
130 interrupted.";

/// Options of `webhook replay`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(in crate::cli) struct ReplayArgs {
    /// Only the events with these ids
    #[arg(value_name = "EVENT_ID")]
    ids: Vec<String>,
    /// Read events from a file, or - for standard input: an export, the API's list, or an event a line
    /// [default: the event store]
    #[arg(long, value_name = "FILE|-")]
    from: Option<OsString>,
    /// Only events of these types: charge.succeeded, invoice.*; several separated by commas
    #[arg(long = "type", value_name = "GLOB")]
    types: Vec<String>,
    /// Only events created at or after this time: Unix seconds, RFC 3339, or an age like 2h
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Only events created before this time: Unix seconds, RFC 3339, or an age like 10m
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Only events about the object with this id
    #[arg(long, value_name = "ID")]
    object: Option<String>,
    /// Where to deliver: 3000, localhost:3000/webhook or a URL
    #[arg(long, value_name = "URL")]
    to: String,
    /// How many deliveries are under way at once
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=4096))]
    concurrency: u16,
    /// How many deliveries begin in a second at most: 50 or 50/s [default: no limit]
    #[arg(long, value_name = "N/s", value_parser = rate)]
    rate: Option<f64>,
    /// How often a delivery that failed is tried again
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u32).range(0..=100))]
    retries: u32,
    /// Sign anew with the present time; the default
    #[arg(long, conflicts_with = "original_signature")]
    resign: bool,
    /// Send the signatures that the events came with: endpoints refuse them as too old
    #[arg(long)]
    original_signature: bool,
    /// Let the events of one object overtake each other
    #[arg(long)]
    unordered: bool,
    /// Forget how far the same replay had come, and begin anew
    #[arg(long)]
    restart: bool,
    /// Print what would be delivered, and send nothing; what was accepted before is left out
    #[arg(long)]
    dry_run: bool,
    /// Pass over lines of the file that are not events
    #[arg(long)]
    keep_going: bool,
    /// Sign with this secret: env:NAME, file:PATH or -; several give several signatures
    /// [env: PAYCLI_WEBHOOK_SECRET, STRIPE_WEBHOOK_SECRET]
    #[arg(long, value_name = "SOURCE", allow_hyphen_values = true)]
    secret: Vec<OsString>,
}

fn rate(text: &str) -> Result<f64, String> {
    let number = text.strip_suffix("/s").unwrap_or(text);
    match number.trim().parse::<f64>() {
        Ok(rate) if rate.is_finite() && rate >= 0.001 => Ok(rate),
        _ => Err("write a number of deliveries in a second, like 50 or 50/s".into()),
    }
}

/// Delivers events again.
pub(super) fn run(context: &mut Context, args: &ReplayArgs) -> Result<ExitCode, Failure> {
    let profile = context.profile()?.clone();
    context.admit(&profile, true)?;
    let target: Target = args.to.parse()?;
    let now = UnixMillis::now().0;
    let filter = filter(args, now)?;
    let file = args.from.as_deref().map(|_| open_file(context, args, now)).transpose()?;
    let keys = keys(context, args, profile.name.as_str())?;
    let path = Context::paths()?.events_file(profile.mode);
    let mut store = EventStore::open(&path, source::PATIENCE)?;
    store.expect_one_pass()?;
    if file.is_none() {
        require_known(&store, &filter)?;
    }
    let identity = identity(args, &target, file.as_ref()).text();
    if args.dry_run {
        let known = if args.restart { None } else { store.known_replay(&identity)? };
        // A replay that has not begun takes everything that is there.
        let open = known.unwrap_or(OpenReplay { id: 0, upto: i64::MAX, accepted: 0 });
        return dry_run(context, &target, &mut open_source(&store, filter, file, open)?);
    }
    let _lock = lock(profile.mode, &identity)?;
    let open = store.open_replay(&identity, args.restart, now)?;
    let total = total(&store, &filter, file.as_ref(), open)?;
    if open.accepted > 0 {
        let accepted = open.accepted;
        context.printer.notice(&format!(
            "going on with an earlier run: {accepted} events were accepted before; --restart begins anew"
        ));
    }
    let mut source = open_source(&store, filter, file, open)?;
    let plan = plan(context, args, target, keys, open.id);
    let (done, is_interrupted) = carry_out(context.printer, plan, &mut source, &store, total)?;
    let broken = report_broken(context.printer, &mut source);
    let shown = replay_report::Shown {
        args_to: &args.to,
        summary: &done,
        total,
        before: open.accepted,
        broken,
        is_interrupted,
    };
    let code = shown.code();
    if code == ExitCode::Success && broken == 0 {
        store.close_replay(open.id)?;
    }
    replay_report::show(context, &shown)?;
    Ok(code)
}

fn filter(args: &ReplayArgs, now: i64) -> Result<EventFilter, Failure> {
    let time = |text: &Option<String>| text.as_deref().map(|text| parse_time_or_age(text, now)).transpose();
    Ok(EventFilter {
        types: TypePatterns::read(args.types.iter().map(String::as_str))?,
        ids: args.ids.iter().map(|id| EventId::parse(id)).collect::<Result<_, _>>()?,
        object: args.object.clone(),
        since: time(&args.since)?,
        until: time(&args.until)?,
    })
}

fn open_file(context: &mut Context, args: &ReplayArgs, now: i64) -> Result<FileEvents, Failure> {
    let file = args.from.as_deref().unwrap_or_default();
    if file != "-" {
        return Ok(FileEvents::open(Path::new(file), args.keep_going, now)?);
    }
    if io::stdin().is_terminal() {
        return Err(Failure::usage("--from - reads standard input, which is a terminal").hint("--from FILE"));
    }
    context.take_stdin()?;
    Ok(FileEvents::spool(io::stdin().lock(), "standard input", args.keep_going, now)?)
}

fn keys(context: &mut Context, args: &ReplayArgs, profile: &str) -> Result<Vec<SigningKey>, Failure> {
    if args.original_signature {
        context.printer.warn(
            "the original signatures are as old as the events: endpoints refuse them after five minutes",
        );
        return Ok(Vec::new());
    }
    let secrets = secrets::find(context, &args.secret)?;
    if secrets.is_empty() && !args.dry_run {
        return Err(secrets::none(profile).unsent());
    }
    secrets.iter().map(trigger::key).collect()
}

/// Every id that was named is in the store, or nothing is sent.
fn require_known(store: &EventStore, filter: &EventFilter) -> Result<(), Failure> {
    for id in &filter.ids {
        if store.find(id.as_str())?.is_empty() {
            let message = format!("the event {id} is not in the event store");
            return Err(Failure::usage(message).next("webhook events list"));
        }
    }
    Ok(())
}

/// What makes the next run the same replay: what is typed, and what the file holds.
fn identity(args: &ReplayArgs, target: &Target, file: Option<&FileEvents>) -> ReplayIdentity {
    let source = file.map_or_else(|| "store".to_owned(), |file| format!("file:{}", file.content_id()));
    let mut identity = ReplayIdentity::default().with("to", target.to_string()).with("from", source);
    for (name, values) in [("id", &args.ids), ("type", &args.types)] {
        identity = values.iter().fold(identity, |identity, value| identity.with(name, value));
    }
    for (name, value) in [("since", &args.since), ("until", &args.until), ("object", &args.object)] {
        identity = value.iter().fold(identity, |identity, value| identity.with(name, value));
    }
    if args.original_signature { identity.with("signing", "original") } else { identity }
}

fn open_source(
    store: &EventStore,
    filter: EventFilter,
    file: Option<FileEvents>,
    open: OpenReplay,
) -> Result<ReplaySource, Failure> {
    let reader = store.reopen(source::PATIENCE)?;
    reader.expect_one_pass()?;
    Ok(match file {
        Some(file) => ReplaySource::of_file(reader, filter, open.id, file),
        None => ReplaySource::of_store(reader, filter, open.id, open.upto),
    })
}

/// How many events there are to be settled, where that can be known without reading them.
fn total(
    store: &EventStore,
    filter: &EventFilter,
    file: Option<&FileEvents>,
    open: OpenReplay,
) -> Result<u64, Failure> {
    let all = match file {
        Some(file) => file.len_hint(),
        None => store.count(filter)?,
    };
    Ok(all.saturating_sub(open.accepted))
}

/// Nobody else carries out the same replay, for as long as this is held.
fn lock(mode: Mode, identity: &str) -> Result<File, Failure> {
    let path = Context::paths()?.data_dir().join(format!("webhook-replay.{mode}.{}.lock", &identity[..16]));
    let failed = |error: io::Error| Failure::internal(format!("{} cannot be used: {error}", path.display()));
    let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => {
            Err(Failure::in_progress("the same replay is running in another process")
                .hint("wait for it to end"))
        }
        Err(std::fs::TryLockError::Error(error)) => Err(failed(error)),
    }
}

fn plan(context: &Context, args: &ReplayArgs, target: Target, keys: Vec<SigningKey>, replay: i64) -> Plan {
    Plan {
        target,
        keys,
        signing: if args.original_signature { Signing::Original } else { Signing::Fresh },
        concurrency: args.concurrency.into(),
        rate: args.rate,
        retries: args.retries,
        is_unordered: args.unordered,
        timeout: context.global.timeout,
        replay,
        now: || UnixMillis::now().0,
    }
}

/// Runs it on threads of its own, and listens for Ctrl-C: what is under way is recorded.
fn carry_out(
    printer: Printer,
    plan: Plan,
    source: &mut ReplaySource,
    store: &EventStore,
    total: u64,
) -> Result<(Summary, bool), Failure> {
    let writer = store.reopen(source::PATIENCE)?;
    writer.expect_one_pass()?;
    let (stop, _keep) = watch::channel(false);
    let progress = Progress::of_items(total, printer.is_quiet());
    let bar = progress.clone();
    let (result, is_interrupted) = std::thread::scope(|scope| {
        let stopper = stop.clone();
        let work = scope
            .spawn(move || replay::run(&plan, source, writer, &stopper, move |count| bar.advance(count)));
        let is_interrupted = interrupts(&stop, || work.is_finished());
        (work.join(), is_interrupted)
    });
    progress.finish();
    let result = result.map_err(|_| Failure::internal("a thread of the replay failed"))?;
    Ok((result?, is_interrupted?))
}

/// Waits until the work is done; Ctrl-C asks it to stop. Whether it was pressed.
fn interrupts(stop: &watch::Sender<bool>, is_done: impl Fn() -> bool) -> Result<bool, Failure> {
    /// How often to look whether the work is done.
    const LOOK: Duration = Duration::from_millis(5);
    let mut is_interrupted = false;
    runtime()?.block_on(async {
        while !is_done() {
            tokio::select! {
                pressed = tokio::signal::ctrl_c(), if !is_interrupted => {
                    is_interrupted = pressed.is_ok();
                    stop.send_replace(is_interrupted);
                }
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    });
    Ok(is_interrupted)
}

/// Names the lines that were passed over, and returns how many there were.
fn report_broken(printer: Printer, source: &mut ReplaySource) -> u64 {
    for (line, why) in source.take_broken() {
        printer.warn(&format!("line {line} was passed over: {why}"));
    }
    source.broken_lines()
}

/// Prints what would go where.
fn dry_run(context: &Context, target: &Target, source: &mut ReplaySource) -> Result<ExitCode, Failure> {
    #[derive(Serialize)]
    struct DryRunJson<'a> {
        event_id: &'a str,
        r#type: &'a str,
        object: Option<&'a str>,
        bytes: usize,
        target: &'a str,
    }
    let (place, mut count) = (target.to_string(), 0_u64);
    let line = |item: &Item| {
        let (id, kind, object) = (&item.id, &item.kind, item.object.as_deref());
        if context.printer.is_json() {
            let json =
                DryRunJson { event_id: id, r#type: kind, object, bytes: item.body.len(), target: &place };
            return serde_json::to_string(&json).expect("what is shown is JSON");
        }
        let about = object.map(|object| format!(" {object}")).unwrap_or_default();
        clean(&format!("{kind} [{id}]{about} -> POST {place}")).into_owned()
    };
    loop {
        let page = source.next_page().map_err(ReplayError::from)?;
        if page.is_empty() {
            break;
        }
        for item in &page {
            count += 1;
            if !context.printer.line(&line(item))? {
                return Ok(ExitCode::Success);
            }
        }
    }
    let broken = report_broken(context.printer, source);
    context.printer.notice(&format!("{count} events would be delivered to {place}; nothing was sent"));
    Ok(if broken > 0 { ExitCode::DeliveryFailed } else { ExitCode::Success })
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        let text = error.to_string();
        match error {
            FileError::Io { .. } => Self::usage(text),
            FileError::Line { .. } => Self::usage(text)
                .hint("nothing more was sent; --keep-going passes over lines that are not events"),
        }
    }
}

impl From<ReplayError> for Failure {
    fn from(error: ReplayError) -> Self {
        match error {
            ReplayError::Store(error) | ReplayError::Source(SourceError::Store(error)) => error.into(),
            ReplayError::Source(SourceError::File(error)) => error.into(),
            ReplayError::System(_) => Self::internal(error.to_string()),
        }
    }
}
