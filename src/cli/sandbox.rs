//! `paycli sandbox`: the embedded sandbox over a port, and its keys.

use std::net::Ipv4Addr;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use secrecy::ExposeSecret;
use serde::Serialize;
use tokio::net::TcpListener;

use crate::exit::ExitCode;
use crate::output::facts;
use crate::profile::parse_time;
use crate::sandbox::{Clock, Sandbox, SandboxKeys, Storage};

use super::context::Context;
use super::failure::Failure;
use super::request::runtime;
use super::target::sandbox_keys;

/// What may be done with the sandbox.
#[derive(Debug, Subcommand)]
pub(super) enum SandboxCommand {
    /// Serve the sandbox on a port of this machine, until Ctrl-C.
    Serve(ServeArgs),
    /// Print the sandbox's keys, which are not secrets.
    Keys(KeysArgs),
}

/// Options of `sandbox serve`.
#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    /// The port on 127.0.0.1; 0 takes a free one
    #[arg(long, value_name = "PORT", default_value_t = 12111)]
    port: u16,
    /// Where its state is kept: a file, or :memory: [default: the file of --profile sandbox]
    #[arg(long, value_name = "FILE|:memory:")]
    data: Option<String>,
    /// The time that its clock begins at: Unix seconds or RFC 3339
    #[arg(long, value_name = "TIME")]
    clock: Option<String>,
    /// Make the keys from a number, the same ones every time
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
}

/// Options of `sandbox keys`.
#[derive(Debug, Args)]
pub(super) struct KeysArgs {
    /// The keys of a server that was started with the same number
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
}

#[derive(Serialize)]
struct KeysJson<'a> {
    schema: u32,
    secret_key: &'a str,
    restricted_key: &'a str,
    publishable_key: &'a str,
    webhook_secret: &'a str,
}

/// Runs a command of the sandbox.
pub(super) fn run(context: &Context, command: SandboxCommand) -> Result<ExitCode, Failure> {
    match command {
        SandboxCommand::Serve(args) => serve(context, &args),
        SandboxCommand::Keys(args) => keys(context, &args),
    }
}

fn keys_of(seed: Option<u64>) -> Result<SandboxKeys, Failure> {
    seed.map_or_else(sandbox_keys, |seed| Ok(SandboxKeys::from_seed(seed)))
}

fn keys(context: &Context, args: &KeysArgs) -> Result<ExitCode, Failure> {
    let keys = keys_of(args.seed)?;
    let json = KeysJson {
        schema: 1,
        secret_key: keys.secret.expose(),
        restricted_key: keys.restricted.expose(),
        publishable_key: keys.publishable.expose(),
        webhook_secret: keys.webhook_secret.expose_secret(),
    };
    if context.printer.is_json() {
        return context.print_json(&json);
    }
    let shown = [
        ("secret key", json.secret_key),
        ("restricted key", json.restricted_key),
        ("publishable key", json.publishable_key),
        ("webhook secret", json.webhook_secret),
    ];
    context.printer.line(&facts(&shown))?;
    Ok(ExitCode::Success)
}

fn serve(context: &Context, args: &ServeArgs) -> Result<ExitCode, Failure> {
    let storage = match args.data.as_deref() {
        Some(":memory:") => Storage::Memory,
        Some(file) => Storage::File(PathBuf::from(file)),
        None => Storage::File(Context::paths()?.sandbox_file()),
    };
    let clock = match &args.clock {
        Some(text) => Clock::fixed(parse_time(text)?.div_euclid(1000)),
        None => Clock::system(),
    };
    let sandbox = Sandbox::open(&storage, &keys_of(args.seed)?, clock)?;
    let port = args.port;
    runtime()?.block_on(async {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
        let listener = listener.map_err(|error| {
            Failure::usage(format!("the port {port} cannot be listened on: {error}"))
                .next("--port 0 takes a free one")
        })?;
        let address = listener.local_addr().map_err(|error| Failure::internal(error.to_string()))?;
        announce(context, &format!("http://{address}"))?;
        let stop = async {
            // Without a handler for Ctrl-C the process ends by the signal itself.
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        sandbox.serve(listener, stop).await?;
        Ok(ExitCode::Interrupted)
    })
}

fn announce(context: &Context, url: &str) -> Result<(), Failure> {
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
    Ok(())
}
