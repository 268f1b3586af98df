//! `paycli webhook listen`: deliveries received, verified, stored and forwarded, or events read from the API.

#![expect(clippy::doc_markdown, reason = "these comments are the texts of --help")]

mod api;
mod server;
mod view;
mod work;

use std::ffi::OsString;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use serde::Serialize;
use tokio::sync::{mpsc, watch};

use crate::cli::context::{Context, shell_word};
use crate::cli::failure::Failure;
use crate::exit::ExitCode;
use crate::profile::{Mode, Profile, parse_duration};
use crate::time::UnixMillis;
use crate::webhook::TypePatterns;
use crate::webhook::listen::{ForwardRoute, Forwarder, RouteError};
use crate::webhook::store::{EventStore, StoreWriter};

use super::secrets::{self, NamedSecret};
use super::{source, trigger};
use view::View;
use work::{Wishes, Work};

const EXAMPLES: &str = "\
Examples:
  paycli listen --forward-to 3000/webhook
  paycli listen --forward-to '3000/payments=charge.*,payment_intent.*' --forward-to '3000/billing=invoice.*'
  paycli listen --events checkout.session.completed --once --json
  paycli listen --from-api --forward-to 3000/webhook      # events of the account, none missed
  paycli listen --print-secret

A delivery is answered 200 when it is stored, 400 when its signature does not verify, and 413 when its body is too
large. At a terminal: v shows the last event, r sends it again, q quits; each with Enter.

Without a signing secret of your own, the one of this home is used: --print-secret prints it.

Exit codes: 0 when --once, --count or --for is reached, 2 the port is in use, 13 no API key for --from-api,
130 interrupted.";

/// The port where nothing else is asked for.
const PORT: u16 = 12112;

/// How long a target may take to answer at most, whatever --timeout says.
const LONGEST: Duration = Duration::from_secs(30);

/// How many things to show wait for the terminal.
const QUEUE: usize = 4096;

/// Options of `webhook listen`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(in crate::cli) struct ListenArgs {
    /// The port on this machine to listen on; 0 takes a free one
    #[arg(long, value_name = "PORT", default_value_t = PORT, conflicts_with = "from_api")]
    port: u16,
    /// Forward events here: 3000, localhost:3000/webhook or a URL, with =PATTERNS for some types only; repeatable
    #[arg(long, value_name = "URL[=PATTERNS]", required_if_eq("from_api", "true"))]
    forward_to: Vec<String>,
    /// Only events of these types: charge.succeeded, invoice.*; others are stored and not shown
    #[arg(long, value_name = "PATTERNS")]
    events: Vec<String>,
    /// Verify with this secret, and sign with it what is sent again: env:NAME, file:PATH or -
    /// [env: PAYCLI_WEBHOOK_SECRET, STRIPE_WEBHOOK_SECRET]
    #[arg(long, value_name = "SOURCE", allow_hyphen_values = true)]
    secret: Vec<OsString>,
    /// Accept deliveries without verifying them
    #[arg(long, conflicts_with = "from_api")]
    no_verify: bool,
    /// Stop after one event
    #[arg(long, conflicts_with = "count")]
    once: bool,
    /// Stop after so many events
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,
    /// Stop after this time
    #[arg(long = "for", value_name = "DURATION", value_parser = positive)]
    duration: Option<Duration>,
    /// Print the signing secret that is used, and stop
    #[arg(long)]
    print_secret: bool,
    /// How often a delivery to a target that failed is tried again
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=20))]
    retries: u32,
    /// The largest body that is accepted, in bytes
    #[arg(long, value_name = "BYTES", default_value_t = 1_000_000, conflicts_with = "from_api")]
    max_body: usize,
    /// Read the events of the account from the API instead, and go on where the last run ended
    #[arg(long)]
    from_api: bool,
    /// Where the first run begins: Unix seconds, RFC 3339, or an age like 2h [default: now]
    #[arg(long, value_name = "TIME", requires = "from_api")]
    since: Option<String>,
    /// The pause between two looks at the API
    #[arg(long, value_name = "DURATION", default_value = "5s", requires = "from_api", value_parser = positive)]
    interval: Duration,
}

fn positive(text: &str) -> Result<Duration, String> {
    match parse_duration(text) {
        Ok(duration) if duration.is_zero() => Err("must be greater than zero".into()),
        Ok(duration) => Ok(duration),
        Err(error) => Err(error.to_string()),
    }
}

impl ListenArgs {
    fn wishes(&self) -> Wishes {
        Wishes {
            port: self.port,
            is_verified: !self.no_verify,
            max_body: self.max_body,
            count: if self.once { Some(1) } else { self.count },
            duration: self.duration,
            interval: self.interval,
            since: self.since.clone(),
            elsewhere: self.elsewhere(),
        }
    }

    /// The command that forwards the same events from a free port. A secret is not repeated: it may have been typed.
    fn elsewhere(&self) -> String {
        let forward_to = self.forward_to.iter().flat_map(|target| ["--forward-to", target.as_str()]);
        let events = self.events.iter().flat_map(|patterns| ["--events", patterns.as_str()]);
        let words = ["webhook", "listen", "--port", "0"].into_iter().chain(forward_to).chain(events);
        words.map(shell_word).collect::<Vec<_>>().join(" ")
    }
}

/// Listens until it is told to stop.
pub(in crate::cli) fn run(context: &mut Context, args: &ListenArgs) -> Result<ExitCode, Failure> {
    let profile = context.profile()?.clone();
    context.admit(&profile, false)?;
    let secrets = secrets(context, args)?;
    if args.print_secret {
        return print_secret(context, &profile, &secrets);
    }
    let routes: Vec<ForwardRoute> =
        args.forward_to.iter().map(|text| text.parse()).collect::<Result<_, _>>()?;
    let events = TypePatterns::read(args.events.iter().map(String::as_str))?;
    let keys = secrets.iter().map(trigger::key).collect::<Result<Vec<_>, _>>()?;
    let store = EventStore::open(&Context::paths()?.events_file(profile.mode), source::PATIENCE)?;
    let reader = store.reopen(source::PATIENCE)?;
    let writer = Arc::new(StoreWriter::start(store)?);
    let (reports, shown) = mpsc::channel(QUEUE);
    let (stop, _keep) = watch::channel(false);
    let limits = (context.global.timeout.min(LONGEST), args.retries);
    let (clock, heard): (fn() -> i64, _) = (|| UnixMillis::now().0, stop.subscribe());
    let forwarder = Arc::new(Forwarder::new(
        &routes,
        limits,
        keys.clone(),
        Arc::clone(&writer),
        reports.clone(),
        heard,
        clock,
    ));
    let view = View::start(context.printer, shown, stop.clone());
    let work = Work { wishes: args.wishes(), profile, events, forwarder, writer, keys, reports, stop };
    let done = if args.from_api {
        let done = api::run(context, &work, reader);
        // The view ends when nobody is left who could tell it something.
        drop(work);
        done
    } else {
        server::run(context, work, secrets)
    };
    view.finish();
    done
}

/// The secrets of the command, else the one of this home.
fn secrets(context: &mut Context, args: &ListenArgs) -> Result<Vec<NamedSecret>, Failure> {
    let found = secrets::find(context, &args.secret)?;
    let is_test = context.profile()?.mode == Mode::Test;
    if found.is_empty() && is_test {
        return Ok(vec![secrets::of_home()?]);
    }
    if found.is_empty() && !args.no_verify {
        return Err(secrets::none(context.profile()?.name.as_str()));
    }
    Ok(found)
}

fn print_secret(context: &Context, profile: &Profile, secrets: &[NamedSecret]) -> Result<ExitCode, Failure> {
    #[derive(Serialize)]
    struct SecretJson<'a> {
        schema: u32,
        secret: &'a str,
        source: &'a str,
    }
    if profile.mode.is_live() {
        let message = "the signing secret of a live profile is not printed";
        return Err(Failure::configuration(message).next("keys show webhook --reveal"));
    }
    let Some(first) = secrets.first() else { return Err(secrets::none(profile.name.as_str())) };
    if context.printer.is_json() {
        let json = SecretJson { schema: 1, secret: first.secret.expose(), source: &first.name };
        return context.print_json(&json);
    }
    context.printer.line(first.secret.expose())?;
    Ok(ExitCode::Success)
}

impl From<RouteError> for Failure {
    fn from(error: RouteError) -> Self {
        Self::usage(error.to_string())
            .hint("--forward-to 3000/webhook, or '3000/webhook=charge.*,invoice.paid'")
    }
}
