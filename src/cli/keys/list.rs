//! `paycli keys list` and `show`.

use clap::Args;
use serde::Serialize;

use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::held::with_vault;
use crate::exit::ExitCode;
use crate::keys::{ChainId, SecretName, days};
use crate::output::table;

use super::view::{KeyJson, policy};

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

/// Lists the stored keys of the profile.
pub(super) fn list(context: &mut Context) -> Result<ExitCode, Failure> {
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
        let chains = vault.chains_of(&profile.name, profile.mode)?;
        let view = |(id, chain): &(ChainId, _)| {
            KeyJson::new(
                id.name.as_str(),
                chain,
                policy(&profile),
                &pointers,
                vault.clock(),
                &context.scope(),
            )
        };
        Ok(chains.iter().map(view).collect::<Vec<_>>())
    })?;
    if context.printer.is_json() {
        let (profile, mode) = (profile.name.as_str(), profile.mode.as_str());
        return context.print_json(&ListJson { schema: 1, profile, mode, in_use, keys });
    }
    let rows = keys.iter().map(|key| {
        let current = key.current.as_ref();
        let text = |value: Option<String>| value.unwrap_or_else(|| "-".into());
        vec![
            key.name.clone(),
            key.kind.to_owned(),
            text(current.map(|current| current.key.clone())),
            text(current.and_then(|current| current.account.clone())),
            text(current.map(|current| current.store.to_owned())),
            text(current.map(|current| days(current.age()))),
            key.state().to_owned(),
        ]
    });
    context.printer.line(&table(&["name", "kind", "key", "account", "store", "age", "state"], rows))?;
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
    let id = ChainId { mode: profile.mode, profile: profile.name.clone(), name };
    with_vault(context, profile.mode, |vault| {
        if !args.reveal {
            return known(context, vault, &profile, &id);
        }
        let held = vault.current(&id)?;
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
    id: &ChainId,
) -> Result<ExitCode, Failure> {
    #[derive(Serialize)]
    struct ShowJson {
        schema: u32,
        key: KeyJson,
    }
    let pointers = vault.known()?;
    let missing = || crate::keys::KeysError::NothingStored(id.to_string());
    let chain = pointers.chain(id).ok_or_else(missing)?;
    let key =
        KeyJson::new(id.name.as_str(), chain, policy(profile), &pointers, vault.clock(), &context.scope());
    if context.printer.is_json() {
        return context.print_json(&ShowJson { schema: 1, key });
    }
    context.printer.line(&key.words())?;
    context.printer.notice("--reveal prints the secret itself");
    Ok(ExitCode::Success)
}
