//! `paycli keys move`: a profile's keys, from one store into another.

use clap::Args;
use serde::Serialize;

use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::held::with_vault;
use crate::exit::ExitCode;
use crate::keys::{KeysError, StoreError, StoreKind};

use super::selected::KeystoreArg;
use super::ways::explained;

/// Shown under the options.
pub(super) const EXAMPLES: &str = "\
Examples:
  paycli keys move --keystore file
  paycli -p live --live keys move api --keystore keyring";

/// Options of `keys move`.
#[derive(Debug, Args)]
pub(in crate::cli) struct MoveArgs {
    /// The name of one key [default: every key of the profile]
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// The store that they are moved into
    #[arg(long, value_name = "STORE")]
    keystore: KeystoreArg,
}

#[derive(Serialize)]
struct MovedJson {
    name: String,
    versions: usize,
}

/// Moves keys, with their previous and staged versions.
pub(super) fn run(context: &Context, args: &MoveArgs) -> Result<ExitCode, Failure> {
    #[derive(Serialize)]
    struct MoveJson<'a> {
        schema: u32,
        done: &'a str,
        profile: &'a str,
        mode: &'a str,
        store: &'a str,
        keys: Vec<MovedJson>,
    }
    let profile = context.profile()?.clone();
    context.admit(&profile, false)?;
    let store = StoreKind::from(args.keystore);
    if store == StoreKind::Env {
        return Err(StoreError::ReadOnly.into());
    }
    let keys = with_vault(context, profile.mode, |vault| {
        let mut moved = Vec::new();
        for (id, lineage) in vault.lineages_of(&profile.name, profile.mode)? {
            if args.name.as_ref().is_some_and(|name| name != id.name.as_str()) {
                continue;
            }
            let versions = vault
                .relocate(&id, store, &|text| context.printer.warn(text))
                .map_err(|error| explained(vault, &id, lineage.kind, error))?;
            moved.push(MovedJson { name: id.name.to_string(), versions });
        }
        if moved.is_empty() {
            let name = args.name.as_deref().unwrap_or("any name");
            return Err(KeysError::NothingStored(format!("{name} of the profile {}", profile.name)).into());
        }
        Ok(moved)
    })?;
    if profile.keystore.unwrap_or(StoreKind::Keyring) != store {
        context.printer.notice(&format!(
            "new keys still go elsewhere; to keep them there too: paycli config set profiles.{}.keystore {}",
            profile.name,
            store.as_str()
        ));
    }
    if context.printer.is_json() {
        let (profile, mode, store) = (profile.name.as_str(), profile.mode.as_str(), store.as_str());
        return context.print_json(&MoveJson { schema: 1, done: "moved", profile, mode, store, keys });
    }
    for key in &keys {
        let text = match key.versions {
            0 => format!("{}: already in the {}", key.name, store.noun()),
            1 => format!("{}: moved into the {}", key.name, store.noun()),
            count => format!("{}: {count} versions moved into the {}", key.name, store.noun()),
        };
        context.printer.line(&text)?;
    }
    Ok(ExitCode::Success)
}
