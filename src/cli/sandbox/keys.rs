//! `paycli sandbox keys`: the keys of the home's sandbox, and more of them.

use std::time::Duration;

use clap::{Args, ValueEnum};
use secrecy::ExposeSecret;
use serde::Serialize;
use serde_json::json;

use crate::exit::ExitCode;
use crate::output::facts;
use crate::sandbox::SandboxKeys;

use super::control::{ask, seconds, text_of};
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::target::sandbox_keys;

/// Options of `sandbox keys`.
#[derive(Debug, Args)]
pub(in crate::cli) struct KeysArgs {
    /// The keys of a server that was started with the same number
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Make another key and print it
    #[arg(long, value_name = "KIND", conflicts_with = "seed")]
    create: Option<KindArg>,
    /// What a new restricted key may do: OBJECT=read or OBJECT=write, as in customer=write; * is all
    #[arg(long, value_name = "PERMISSION", requires = "create", value_delimiter = ',')]
    allow: Vec<String>,
    /// When a new key expires, on the sandbox's clock
    #[arg(long, value_name = "DURATION", requires = "create", value_parser = crate::profile::parse_duration)]
    expires_in: Option<Duration>,
    /// What to call a new key
    #[arg(long, value_name = "TEXT", requires = "create")]
    name: Option<String>,
    /// The server to make it on, where several are running
    #[arg(long, value_name = "PORT", requires = "create")]
    port: Option<u16>,
}

/// The kinds of keys that can be made.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum KindArg {
    /// May do everything.
    Secret,
    /// May do what --allow says.
    Restricted,
    /// For front ends.
    Publishable,
}

impl KindArg {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Secret => "secret",
            Self::Restricted => "restricted",
            Self::Publishable => "publishable",
        }
    }
}

#[derive(Serialize)]
struct KeysJson<'a> {
    schema: u32,
    secret_key: &'a str,
    restricted_key: &'a str,
    publishable_key: &'a str,
    webhook_secret: &'a str,
}

/// The keys of a seed, or of this home.
pub(super) fn keys_of(seed: Option<u64>) -> Result<SandboxKeys, Failure> {
    seed.map_or_else(sandbox_keys, |seed| Ok(SandboxKeys::from_seed(seed)))
}

/// Prints the keys, or makes one.
pub(super) fn run(context: &Context, args: &KeysArgs) -> Result<ExitCode, Failure> {
    if let Some(kind) = args.create {
        return create(context, args, kind);
    }
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

fn create(context: &Context, args: &KeysArgs, kind: KindArg) -> Result<ExitCode, Failure> {
    let expires_in = args.expires_in.map(seconds).transpose()?;
    let body = json!({
        "kind": kind.as_str(),
        "allow": args.allow,
        "name": args.name,
        "expires_in_seconds": expires_in,
    });
    let made = ask(args.port, "keys", Some(&body))?;
    if context.printer.is_json() {
        return context.print_json(&made);
    }
    context.printer.line(&text_of(&made["key"]))?;
    Ok(ExitCode::Success)
}
