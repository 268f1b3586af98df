//! What controls the sandbox: a running server, or where there is none the data that one would serve.

use std::net::Ipv4Addr;
use std::time::Duration;

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::exit::ExitCode;
use crate::output::{facts, table};
use crate::profile::parse_duration;
use crate::sandbox::{Clock, ControlError, Fault, Sandbox, Server, Storage, new_token};

use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::runtime::runtime;
use crate::cli::target::sandbox_keys;

/// Which server is meant.
#[derive(Debug, Args)]
pub(in crate::cli) struct ServerArgs {
    /// The server's port, where several are running
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
}

/// Options of `sandbox advance`.
#[derive(Debug, Args)]
pub(in crate::cli) struct AdvanceArgs {
    /// How far, as in 25h or 90d
    #[arg(value_name = "DURATION", value_parser = parse_duration)]
    by: Duration,
    #[command(flatten)]
    server: ServerArgs,
}

/// What may be done with faults.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum FaultCommand {
    /// Let something go wrong.
    Add {
        /// drop-request, drop-response, truncate, rate-limit, status=500[,stored], latency=2s or
        /// should-retry=false; then any of method=POST, path=/v1/charges*, skip=N, count=N, probability=0.1
        #[arg(value_name = "SPEC")]
        fault: Fault,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// List what is to go wrong, and how often it did.
    List(ServerArgs),
    /// Let nothing go wrong any more.
    Clear {
        /// Only the fault with this number
        #[arg(value_name = "ID")]
        id: Option<u64>,
        #[command(flatten)]
        server: ServerArgs,
    },
}

/// Options of `sandbox deliveries`.
#[derive(Debug, Args)]
pub(in crate::cli) struct DeliveriesArgs {
    /// How many at most
    #[arg(short, long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    limit: u32,
    #[command(flatten)]
    server: ServerArgs,
}

/// Options of `sandbox resend`.
#[derive(Debug, Args)]
pub(in crate::cli) struct ResendArgs {
    /// The event's id
    #[arg(value_name = "EVENT")]
    event: String,
    /// Only to this endpoint: we_…, ed_…, or forward for --webhook-url
    #[arg(long, value_name = "ID")]
    endpoint: Option<String>,
    #[command(flatten)]
    server: ServerArgs,
}

/// Options of `sandbox roll`.
#[derive(Debug, Args)]
pub(in crate::cli) struct RollArgs {
    /// The endpoint's id
    #[arg(value_name = "ENDPOINT")]
    endpoint: String,
    /// How long the old secret goes on signing; a day at most
    #[arg(long, value_name = "DURATION", default_value = "24h", value_parser = parse_duration)]
    overlap: Duration,
    #[command(flatten)]
    server: ServerArgs,
}

/// Asks the running server. Where there is none, and none is named, the home's data is opened for this one
/// question.
pub(super) fn ask(port: Option<u16>, what: &str, body: Option<&Value>) -> Result<Value, Failure> {
    let data_dir = Context::paths()?.data_dir().to_owned();
    runtime()?.block_on(async {
        match Server::find(&data_dir, port) {
            Ok(server) => Ok(server.ask(what, body).await?),
            Err(ControlError::None) => ask_the_data(what, body).await,
            Err(error) => Err(error.into()),
        }
    })
}

/// Asks a server that has to be running, since what is asked for does not outlive it.
fn ask_running(port: Option<u16>, what: &str, body: Option<&Value>) -> Result<Value, Failure> {
    let server = Server::find(Context::paths()?.data_dir(), port)?;
    Ok(runtime()?.block_on(server.ask(what, body))?)
}

async fn ask_the_data(what: &str, body: Option<&Value>) -> Result<Value, Failure> {
    let storage = Storage::File(Context::paths()?.sandbox_file());
    let token = new_token()?;
    let sandbox = Sandbox::open(&storage, &sandbox_keys()?, Clock::system())?.with_control(token.clone());
    let failed = |error: std::io::Error| Failure::internal(format!("the sandbox cannot listen: {error}"));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(failed)?;
    let port = listener.local_addr().map_err(failed)?.port();
    let (stop, stopped) = oneshot::channel::<()>();
    let served = tokio::spawn(sandbox.serve(listener, async {
        // Dropped or sent, both say that it is over.
        let _ = stopped.await;
    }));
    let answer = Server::new(port, token).ask(what, body).await;
    drop(stop);
    served.await.map_err(|error| Failure::internal(format!("the sandbox ended early: {error}")))??;
    Ok(answer?)
}

/// A duration in the whole seconds of the sandbox's clock.
pub(super) fn seconds(duration: Duration) -> Result<i64, Failure> {
    i64::try_from(duration.as_secs()).map_err(|_| Failure::usage("this is longer than any clock runs"))
}

/// A value as people read it.
pub(super) fn text_of(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// `sandbox status`.
pub(super) fn status(context: &Context, args: &ServerArgs) -> Result<ExitCode, Failure> {
    let data_dir = Context::paths()?.data_dir().to_owned();
    let server = Server::find(&data_dir, args.port);
    let url = server.as_ref().ok().map(Server::url);
    let mut told = ask(args.port, "status", None)?;
    told["running"] = json!(url.is_some());
    told["url"] = json!(url);
    if context.printer.is_json() {
        return context.print_json(&told);
    }
    let counts = |value: &Value| {
        let counts = value.as_object().into_iter().flatten();
        let counts: Vec<_> = counts.map(|(name, count)| format!("{count} {name}")).collect();
        if counts.is_empty() { "none".to_owned() } else { counts.join(", ") }
    };
    let clock = format!("{} ({} s ahead)", told["clock"], told["clock_ahead_seconds"]);
    let shown = [
        ("server", url.unwrap_or_else(|| "not running".to_owned())),
        ("data", text_of(&told["data"])),
        ("account", text_of(&told["account"])),
        ("clock", clock),
        ("objects", counts(&told["objects"])),
        ("idempotency keys", text_of(&told["idempotency_keys"])),
        ("deliveries", counts(&told["deliveries"])),
        ("forwards to", text_of(&told["forward_to"])),
        ("faults", told["faults"].as_array().map_or(0, Vec::len).to_string()),
    ];
    let shown: Vec<_> = shown.iter().map(|(name, value)| (*name, value.as_str())).collect();
    context.printer.line(&facts(&shown))?;
    Ok(ExitCode::Success)
}

/// `sandbox reset`.
pub(super) fn reset(context: &Context, args: &ServerArgs) -> Result<ExitCode, Failure> {
    let told = ask(args.port, "reset", Some(&json!({})))?;
    tell(context, &told, "the sandbox is empty")
}

/// `sandbox advance`.
pub(super) fn advance(context: &Context, args: &AdvanceArgs) -> Result<ExitCode, Failure> {
    let told = ask(args.server.port, "advance", Some(&json!({"seconds": seconds(args.by)?})))?;
    let ahead = &told["clock_ahead_seconds"];
    tell(context, &told, &format!("the sandbox's clock shows {} ({ahead} s ahead)", told["clock"]))
}

/// `sandbox fault`.
pub(super) fn fault(context: &Context, command: FaultCommand) -> Result<ExitCode, Failure> {
    let told = match command {
        FaultCommand::Add { fault, server } => {
            ask_running(server.port, "faults", Some(&json!({"fault": fault.to_string()})))?
        }
        FaultCommand::List(server) => ask_running(server.port, "faults", None)?,
        FaultCommand::Clear { id, server } => {
            ask_running(server.port, "faults/clear", Some(&json!({"id": id})))?
        }
    };
    if context.printer.is_json() {
        return context.print_json(&told);
    }
    let faults = told["faults"].as_array().into_iter().flatten();
    let columns = ["id", "fault", "seen", "struck"];
    let rows: Vec<_> = faults.map(|fault| columns.map(|name| text_of(&fault[name])).to_vec()).collect();
    if rows.is_empty() {
        context.printer.notice("nothing is to go wrong");
    } else {
        context.printer.line(&table(&columns, rows))?;
    }
    Ok(ExitCode::Success)
}

/// `sandbox deliveries`.
pub(super) fn deliveries(context: &Context, args: &DeliveriesArgs) -> Result<ExitCode, Failure> {
    let told = ask(args.server.port, "deliveries", Some(&json!({"limit": args.limit})))?;
    if context.printer.is_json() {
        return context.print_json(&told);
    }
    let all = told["deliveries"].as_array().into_iter().flatten();
    let columns = ["event", "type", "endpoint", "state", "attempts", "status", "error", "next_attempt_at"];
    let rows: Vec<_> = all.map(|delivery| columns.map(|name| text_of(&delivery[name])).to_vec()).collect();
    if rows.is_empty() {
        context.printer.notice("nothing was delivered yet");
    } else {
        context.printer.line(&table(&columns, rows))?;
    }
    Ok(ExitCode::Success)
}

/// `sandbox resend`.
pub(super) fn resend(context: &Context, args: &ResendArgs) -> Result<ExitCode, Failure> {
    let body = json!({"event": args.event, "endpoint": args.endpoint});
    let told = ask_running(args.server.port, "resend", Some(&body))?;
    tell(context, &told, &format!("{} is delivered again to {} endpoints", args.event, told["deliveries"]))
}

/// `sandbox roll`.
pub(super) fn roll(context: &Context, args: &RollArgs) -> Result<ExitCode, Failure> {
    let body = json!({"endpoint": args.endpoint, "overlap_seconds": seconds(args.overlap)?});
    let told = ask(args.server.port, "roll", Some(&body))?;
    tell(context, &told, &text_of(&told["secret"]))
}

/// Prints the answer as it is, or what it means.
fn tell(context: &Context, told: &Value, meaning: &str) -> Result<ExitCode, Failure> {
    if context.printer.is_json() {
        return context.print_json(told);
    }
    context.printer.line(meaning)?;
    Ok(ExitCode::Success)
}
