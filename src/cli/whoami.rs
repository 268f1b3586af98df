//! `paycli whoami`: which profile, mode, account and key a command would use.

use serde::Serialize;

use crate::exit::ExitCode;
use crate::keys::days;
use crate::output::facts;
use crate::time::UnixMillis;

use super::context::Context;
use super::failure::Failure;
use super::target::Destination;

#[derive(Serialize)]
struct WhoamiJson<'a> {
    schema: u32,
    profile: &'a str,
    mode: &'a str,
    api_base: &'a str,
    account: Option<&'a str>,
    key_kind: &'a str,
    key: &'a str,
    age_seconds: Option<u64>,
    source: &'a str,
}

/// Tells what a command would use. Nothing is sent.
pub(super) fn run(context: &mut Context) -> Result<ExitCode, Failure> {
    let profile = context.profile()?.clone();
    let route = Destination::of(context, &profile)?;
    let found = route.key(context, &profile)?;
    if found.key.mode().is_none() && !profile.mode.is_live() {
        context.printer.notice(
            "the key does not tell its mode: before it is used here, the API is asked whether it is a test key",
        );
    }
    let account = profile.account.clone().or_else(|| found.account());
    let age = found.stored.as_ref().map(|stored| UnixMillis::now().since(stored.added_at));
    let shown = found.key.redacted();
    let json = WhoamiJson {
        schema: 1,
        profile: profile.name.as_str(),
        mode: profile.mode.as_str(),
        api_base: route.name(),
        account: account.as_deref(),
        key_kind: found.key.kind().as_str(),
        key: &shown,
        age_seconds: age.map(|age| age.as_secs()),
        source: &found.source,
    };
    if context.printer.is_json() {
        return context.print_json(&json);
    }
    let age = age.map_or_else(|| "not known".to_owned(), days);
    let lines = [
        ("profile", json.profile),
        ("mode", json.mode),
        ("api base", json.api_base),
        ("account", json.account.unwrap_or("not known")),
        ("key kind", json.key_kind),
        ("key", json.key),
        ("age", &age),
        ("source", json.source),
    ];
    context.printer.line(&facts(&lines))?;
    Ok(ExitCode::Success)
}
