//! `paycli sandbox serve`: the sandbox on a port, for other programs.

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::{Args, ValueEnum};
use serde::Serialize;
use tokio::net::TcpListener;

use crate::exit::ExitCode;
use crate::profile::parse_time;
use crate::sandbox::{AfterRetries, Announcement, Clock, Fault, Sandbox, Storage, new_token};

use super::keys::keys_of;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::runtime::runtime;

/// Options of `sandbox serve`.
#[derive(Debug, Args)]
pub(in crate::cli) struct ServeArgs {
    /// The port to listen on; 0 takes a free one
    #[arg(long, value_name = "PORT", default_value_t = 12111)]
    port: u16,
    /// The address to listen on; other machines reach it only with --allow-remote
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    host: IpAddr,
    /// Listen where other machines can reach it: they can use the API with its keys, which are not secrets
    #[arg(long)]
    allow_remote: bool,
    /// Where its state is kept: a file, or :memory: [default: the file of --profile sandbox]
    #[arg(long, value_name = "FILE|:memory:")]
    data: Option<String>,
    /// Deliver every event here too, signed with the webhook secret that `sandbox keys` prints
    #[arg(long, value_name = "URL")]
    webhook_url: Option<String>,
    /// What becomes of a subscription whose invoice cannot be collected [default: what the data says, else cancel]
    #[arg(long, value_enum, value_name = "OUTCOME")]
    after_retries: Option<Outcome>,
    /// The time that its clock begins at: Unix seconds or RFC 3339 [default: where the data's clock was]
    #[arg(long, value_name = "TIME")]
    clock: Option<String>,
    /// What is to go wrong, as in `sandbox fault add`; repeatable
    #[arg(long, value_name = "SPEC")]
    fault: Vec<Fault>,
    /// Make the keys, and the dice of faults, from a number: the same ones every time
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
}

/// Serves until Ctrl-C.
pub(super) fn run(context: &Context, args: &ServeArgs) -> Result<ExitCode, Failure> {
    let storage = match args.data.as_deref() {
        Some(":memory:") => Storage::Memory,
        Some(file) => Storage::File(PathBuf::from(file)),
        None => Storage::File(Context::paths()?.sandbox_file()),
    };
    check_address(args)?;
    check_webhook_url(args.webhook_url.as_deref())?;
    let clock = match &args.clock {
        Some(text) => Clock::fixed(parse_time(text)?.div_euclid(1000)),
        None => Clock::system(),
    };
    let token = new_token()?;
    let sandbox = Sandbox::open(&storage, &keys_of(args.seed)?, clock)?
        .with_faults(args.fault.clone(), args.seed)
        .with_control(token.clone())
        .with_deliveries(args.webhook_url.clone())
        .with_after_retries(args.after_retries.map(AfterRetries::from));
    runtime()?.block_on(async {
        let listener = TcpListener::bind((args.host, args.port)).await.map_err(|error| unbound(args, &error))?;
        let address = listener.local_addr().map_err(|error| Failure::internal(error.to_string()))?;
        let terminated = Arc::default();
        let stop = stop_signal(&terminated)?;
        let _announcement = Announcement::write(Context::paths()?.data_dir(), address.port(), &token)?;
        announce(context, &format!("http://{address}"), &sandbox)?;
        if !args.host.is_loopback() {
            context.printer.warn(
                "whoever reaches this address can use the sandbox with its keys, read what it holds and have it \
                 send requests to any URL; what controls it still answers this machine alone",
            );
        }
        sandbox.serve(listener, stop).await?;
        let is_told = terminated.load(Ordering::Relaxed);
        Ok(if is_told { ExitCode::Success } else { ExitCode::Interrupted })
    })
}

fn check_address(args: &ServeArgs) -> Result<(), Failure> {
    if args.host.is_loopback() || args.allow_remote {
        return Ok(());
    }
    let message =
        format!("{} is not an address of this machine alone: others could use the sandbox", args.host);
    Err(Failure::usage(message).hint("add --allow-remote, or leave --host out"))
}

/// [`AfterRetries`] as it is typed.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Outcome {
    Cancel,
    Unpaid,
    PastDue,
}

impl From<Outcome> for AfterRetries {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Cancel => Self::Cancel,
            Outcome::Unpaid => Self::Unpaid,
            Outcome::PastDue => Self::PastDue,
        }
    }
}

fn check_webhook_url(url: Option<&str>) -> Result<(), Failure> {
    let Some(text) = url else { return Ok(()) };
    let is_good = url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    if is_good {
        return Ok(());
    }
    let message = format!("--webhook-url: {text:?} is not a URL that begins with http:// or https://");
    Err(Failure::usage(message).hint("--webhook-url http://localhost:3000/webhook"))
}

fn unbound(args: &ServeArgs, error: &std::io::Error) -> Failure {
    let message = format!("the port {} cannot be listened on: {error}", args.port);
    Failure::usage(message).hint("--port 0 takes a free one")
}

/// Ctrl-C, or the polite way of a process manager to end it, which is noted in `terminated`. Without a
/// handler the process ends by the signal itself.
#[cfg(unix)]
fn stop_signal(terminated: &Arc<AtomicBool>) -> Result<impl Future<Output = ()> + Send + 'static, Failure> {
    use tokio::signal::unix::{SignalKind, signal};
    let failed = |error: std::io::Error| Failure::internal(format!("signals cannot be waited for: {error}"));
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    let terminated = Arc::clone(terminated);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => terminated.store(true, Ordering::Relaxed),
            _ = interrupt.recv() => {}
        }
    })
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere it can fail")]
fn stop_signal(_: &Arc<AtomicBool>) -> Result<impl Future<Output = ()> + Send + 'static, Failure> {
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}

fn announce(context: &Context, url: &str, sandbox: &Sandbox) -> Result<(), Failure> {
    if context.printer.is_json() {
        #[derive(Serialize)]
        struct ServeJson<'a> {
            schema: u32,
            url: &'a str,
        }
        context.print_json(&ServeJson { schema: 1, url })?;
    } else {
        context.printer.line(url)?;
    }
    context
        .printer
        .notice("the sandbox is listening; `paycli sandbox keys` prints its keys; Ctrl-C stops it");
    let ahead = sandbox.clock_ahead_seconds();
    if ahead != 0 {
        context.printer.notice(&format!("its clock is {ahead} s ahead of this machine's"));
    }
    Ok(())
}
