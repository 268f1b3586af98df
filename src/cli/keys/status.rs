//! `paycli keys status`: ages, overlaps and what is unfinished; `--check` for a scheduled job.

#![expect(clippy::doc_markdown, reason = "these comments are the texts of --help")]

use std::time::Duration;

use clap::Args;
use serde::Serialize;

use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::held::with_vault;
use crate::exit::ExitCode;
use crate::keys::{KeyAgePolicy, LineageId};
use crate::profile::parse_duration;

use super::view::{KeyJson, policy};

/// Options of `keys status`.
#[derive(Debug, Args)]
pub(in crate::cli) struct StatusArgs {
    /// Exit 40 when a key is too old or is not in its store, an overlap is over, or a rotation is unfinished
    #[arg(long)]
    check: bool,
    /// The age above which a key is too old, like 90d [default: the profile's max_age]
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    max_age: Option<Duration>,
    /// This machine's clock is right now: count ages and overlaps from it, after one that was wrong
    #[arg(long)]
    accept_clock: bool,
}

pub(super) fn duration(text: &str) -> Result<Duration, String> {
    parse_duration(text).map_err(|error| error.to_string())
}

#[derive(Serialize)]
struct StatusJson<'a> {
    schema: u32,
    profile: &'a str,
    mode: &'a str,
    ok: bool,
    max_age_seconds: Option<u64>,
    warn_at_seconds: Option<u64>,
    keys: Vec<KeyJson>,
}

/// Tells how the keys of a profile are.
pub(super) fn run(context: &Context, args: &StatusArgs) -> Result<ExitCode, Failure> {
    let profile = context.profile_for_reading()?.clone();
    let profiles = policy(&profile);
    let policy = KeyAgePolicy { max_age: args.max_age.or(profiles.max_age), ..profiles };
    let scope = context.scope();
    if args.accept_clock {
        context.admit(&profile, false)?;
    }
    let keys = with_vault(context, profile.mode, |vault| {
        if args.accept_clock {
            vault.accept_clock()?;
        }
        if let Err(error) = vault.tidy(&profile.name, profile.mode) {
            context.printer.warn(&format!("old keys could not be deleted yet: {error}"));
        }
        let pointers = vault.known()?;
        let lineages = vault.lineages_of(&profile.name, profile.mode)?;
        let view = |(id, lineage): &(LineageId, _)| {
            let key = KeyJson::new(id.name.as_str(), lineage, policy, &pointers, vault.clock(), &scope);
            if args.check { key.and_findings(vault.findings_in_stores(id, lineage), &scope) } else { key }
        };
        Ok(lineages.iter().map(view).collect::<Vec<_>>())
    })?;
    let ok = !keys.iter().flat_map(|key| &key.findings).any(|finding| finding.fails);
    let code = if args.check && !ok { ExitCode::Findings } else { ExitCode::Success };
    if context.printer.is_json() {
        let seconds = |age: Option<Duration>| age.map(|age| age.as_secs());
        context.print_json(&StatusJson {
            schema: 1,
            profile: profile.name.as_str(),
            mode: profile.mode.as_str(),
            ok,
            max_age_seconds: seconds(policy.max_age),
            warn_at_seconds: seconds(policy.warn_at),
            keys,
        })?;
        return Ok(code);
    }
    if keys.is_empty() {
        context.printer.notice(&format!("no key is stored for the profile {}", profile.name));
    }
    let words: Vec<_> = keys.iter().map(KeyJson::words).collect();
    if !words.is_empty() {
        context.printer.line(&words.join("\n\n"))?;
    }
    Ok(code)
}
