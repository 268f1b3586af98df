//! `paycli keys list` and `show`.

use clap::Args;
use serde::Serialize;

use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::held::with_vault;
use crate::exit::ExitCode;
use crate::keys::{LineageId, SecretName};
use crate::output::table;
use crate::profile::Mode;

use super::view::{KeyJson, policy};

/// The heads of the columns of [`KeyJson::row`].
const HEADER: [&str; 7] = ["name", "kind", "key", "account", "store", "age", "state"];

/// The key that a command would use.
#[derive(Serialize)]
pub(super) struct InUseJson {
    pub(super) key: String,
    pub(super) source: String,
}

/// The key that a request of the profile would use; none where it cannot be had, which is told.
pub(super) fn in_use(context: &mut Context) -> Result<Option<InUseJson>, Failure> {
    let profile = context.profile()?.clone();
    match context.find_key(&profile) {
        Ok(found) => Ok(found.map(|found| InUseJson { key: found.key.redacted(), source: found.source })),
        Err(failure) => {
            context.printer.warn(&format!("the key in use cannot be had: {}", failure.message));
            Ok(None)
        }
    }
}

/// Options of `keys list`.
#[derive(Debug, Args)]
pub(in crate::cli) struct ListArgs {
    /// List the keys of every profile of both modes
    #[arg(long)]
    all_profiles: bool,
}

/// Lists the stored keys of the profile.
pub(super) fn list(context: &mut Context, args: &ListArgs) -> Result<ExitCode, Failure> {
    if args.all_profiles {
        return list_all(context);
    }
    list_profile(context)
}

/// Lists every stored key. No store is opened.
fn list_all(context: &Context) -> Result<ExitCode, Failure> {
    #[derive(Serialize)]
    struct RowJson {
        profile: String,
        mode: &'static str,
        #[serde(flatten)]
        key: KeyJson,
    }
    #[derive(Serialize)]
    struct AllJson {
        schema: u32,
        keys: Vec<RowJson>,
    }
    let mut keys = Vec::new();
    for mode in [Mode::Test, Mode::Live] {
        with_vault(context, mode, |vault| {
            let pointers = vault.known()?;
            for (id, lineage) in vault.lineages()? {
                // The profile of a key may be gone from the configuration.
                let profile = context.config()?.profile(id.profile.as_str()).ok();
                let policy = profile.map(policy).unwrap_or_default();
                let scope = context.scope_of(id.profile.as_str(), mode);
                let key = KeyJson::new(id.name.as_str(), &lineage, policy, &pointers, vault.clock(), &scope);
                keys.push(RowJson { profile: id.profile.to_string(), mode: mode.as_str(), key });
            }
            Ok(())
        })?;
    }
    if context.printer.is_json() {
        return context.print_json(&AllJson { schema: 1, keys });
    }
    if keys.is_empty() {
        context.printer.notice("no key is stored");
        return Ok(ExitCode::Success);
    }
    let rows =
        keys.iter().map(|row| [vec![row.profile.clone(), row.mode.to_owned()], row.key.row()].concat());
    let header = [&["profile", "mode"], &HEADER[..]].concat();
    context.printer.line(&table(&header, rows))?;
    Ok(ExitCode::Success)
}

fn list_profile(context: &mut Context) -> Result<ExitCode, Failure> {
    #[derive(Serialize)]
    struct ListJson<'a> {
        schema: u32,
        profile: &'a str,
        mode: &'a str,
        in_use: Option<InUseJson>,
        keys: Vec<KeyJson>,
    }
    let profile = context.profile_for_reading()?.clone();
    let in_use = in_use(context)?;
    let keys = with_vault(context, profile.mode, |vault| {
        let pointers = vault.known()?;
        let lineages = vault.lineages_of(&profile.name, profile.mode)?;
        let view = |(id, lineage): &(LineageId, _)| {
            KeyJson::new(
                id.name.as_str(),
                lineage,
                policy(&profile),
                &pointers,
                vault.clock(),
                &context.scope(),
            )
        };
        Ok(lineages.iter().map(view).collect::<Vec<_>>())
    })?;
    if context.printer.is_json() {
        let (profile, mode) = (profile.name.as_str(), profile.mode.as_str());
        return context.print_json(&ListJson { schema: 1, profile, mode, in_use, keys });
    }
    context.printer.line(&table(&HEADER, keys.iter().map(KeyJson::row)))?;
    match in_use {
        Some(in_use) => context.printer.notice(&format!("in use: {} (from {})", in_use.key, in_use.source)),
        None => context.printer.notice(&format!("the profile {} has no API key in use", profile.name)),
    }
    Ok(ExitCode::Success)
}

/// Options of `keys show`.
#[derive(Debug, Args)]
pub(in crate::cli) struct ShowArgs {
    /// The name that it is stored under
    name: String,
    /// Print the secret itself to standard output
    #[arg(long)]
    reveal: bool,
}

/// Shows a stored key: what is known of it, or the secret itself.
pub(super) fn show(context: &Context, args: &ShowArgs) -> Result<ExitCode, Failure> {
    let profile = context.profile()?.clone();
    if args.reveal {
        context.admit(&profile, false)?;
    }
    let name: SecretName = args.name.parse()?;
    let id = LineageId { mode: profile.mode, profile: profile.name.clone(), name };
    with_vault(context, profile.mode, |vault| {
        if !args.reveal {
            return known(context, vault, &profile, &id);
        }
        let held = vault.hand_out(&id, "revealed", None)?;
        let held = held.ok_or_else(|| crate::keys::KeysError::NothingStored(id.to_string()))?;
        if context.printer.is_json() {
            #[derive(Serialize)]
            struct RevealJson<'a> {
                schema: u32,
                name: &'a str,
                secret: &'a str,
            }
            let json = RevealJson { schema: 1, name: id.name.as_str(), secret: held.secret.expose() };
            return context.print_json(&json);
        }
        context.printer.line(held.secret.expose())?;
        Ok(ExitCode::Success)
    })
}

fn known(
    context: &Context,
    vault: &crate::keys::Vault<'_>,
    profile: &crate::profile::Profile,
    id: &LineageId,
) -> Result<ExitCode, Failure> {
    #[derive(Serialize)]
    struct ShowJson {
        schema: u32,
        key: KeyJson,
    }
    let pointers = vault.known()?;
    let missing = || crate::keys::KeysError::NothingStored(id.to_string());
    let lineage = pointers.lineage(id).ok_or_else(missing)?;
    let key =
        KeyJson::new(id.name.as_str(), lineage, policy(profile), &pointers, vault.clock(), &context.scope());
    if context.printer.is_json() {
        return context.print_json(&ShowJson { schema: 1, key });
    }
    context.printer.line(&key.words())?;
    context.printer.notice("--reveal prints the secret itself");
    Ok(ExitCode::Success)
}
