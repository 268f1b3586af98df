//! `paycli keys rollback`, `revoke` and `remove`, and `paycli logout`.

#![expect(clippy::doc_markdown, reason = "these comments are the texts of --help")]

use std::time::Duration;

use clap::Args;

use crate::cli::confirm::asked;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::held::{default_id, with_vault};
use crate::exit::ExitCode;
use crate::keys::lineage::KeyLineage;
use crate::keys::{KeysError, LineageId, Revocation, SecretKind, SecretName, Work};
use crate::profile::Profile;

use super::api::HttpApi;
use super::selected::Selected;
use super::status::duration;
use super::view::show_after;
use super::ways::{explained, not_confirmed};

/// Options of `keys revoke`.
#[derive(Debug, Args)]
pub(in crate::cli) struct RevokeArgs {
    /// Revoke and delete every version of this key
    #[arg(value_name = "NAME", conflicts_with_all = ["previous", "name", "kind"])]
    whole: Option<String>,
    /// Revoke the previous key, and every earlier one that may still work [default without a NAME]
    #[arg(long)]
    previous: bool,
    #[command(flatten)]
    selected: Selected,
    /// Expire it at the API, where the API offers that (/v2/iam/api_keys)
    #[arg(long)]
    remote: bool,
    /// The id of the key in the API (mk_…), where the API does not tell it
    #[arg(long, value_name = "ID", requires = "remote")]
    key_id: Option<String>,
    /// How long to wait until the API refuses a revoked key
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = duration)]
    wait: Duration,
}

/// Options of `keys remove`.
#[derive(Debug, Args)]
pub(in crate::cli) struct RemoveArgs {
    /// The name that it is stored under
    name: String,
}

/// Does something with one secret, and shows how it is then.
fn on(
    context: &Context,
    profile: &Profile,
    id: &LineageId,
    kind: SecretKind,
    done: &str,
    action: impl FnOnce(&mut Work<'_>) -> Result<(), KeysError>,
) -> Result<ExitCode, Failure> {
    let api = HttpApi::of(context, profile)?;
    let tell = |text: &str| context.printer.notice(text);
    with_vault(context, profile.mode, |vault| {
        let confirm = |question: &str| asked(context, question);
        let mut work = Work::on(vault, &api, profile, id.clone(), kind, &tell, &confirm)?;
        action(&mut work).map_err(|error| explained(vault, id, kind, error))?;
        drop(work);
        show_after(context, vault, profile, id.name.as_str(), done)
    })
}

/// Goes back to the previous key.
pub(super) fn roll_back(context: &Context, selected: &Selected) -> Result<ExitCode, Failure> {
    let profile = context.profile()?.clone();
    context.admit(&profile, true)?;
    let (id, kind) = selected.id(&profile)?;
    on(context, &profile, &id, kind, "rolled_back", |work| work.roll_back())
}

/// Revokes the previous key, or every version of one.
pub(super) fn revoke(context: &Context, args: &RevokeArgs) -> Result<ExitCode, Failure> {
    let profile = context.profile()?.clone();
    context.admit(&profile, true)?;
    if let Some(name) = &args.whole {
        let id = named(&profile, name)?;
        confirm_loss(context, &profile, &format!("revoke every version of the key {id}?"))?;
        let how = revocation(args);
        return on(context, &profile, &id, SecretKind::Api, "revoked", |work| {
            work.wait = args.wait;
            work.revoke_all(&how)
        });
    }
    let (id, kind) = args.selected.id(&profile)?;
    let how = revocation(args);
    on(context, &profile, &id, kind, "revoked_previous", |work| {
        work.wait = args.wait;
        work.revoke_previous(&how)
    })
}

fn revocation(args: &RevokeArgs) -> Revocation {
    Revocation { remote: args.remote, remote_id: args.key_id.clone() }
}

/// Forgets a key.
pub(super) fn remove(context: &Context, args: &RemoveArgs) -> Result<ExitCode, Failure> {
    let profile = context.profile()?.clone();
    context.admit(&profile, false)?;
    let id = named(&profile, &args.name)?;
    forget(context, &profile, &id)
}

/// Forgets the API key of the profile.
pub(in crate::cli) fn logout(context: &Context) -> Result<ExitCode, Failure> {
    let profile = context.profile()?.clone();
    context.admit(&profile, false)?;
    let id = default_id(&profile, SecretKind::Api);
    forget(context, &profile, &id)
}

fn forget(context: &Context, profile: &Profile, id: &LineageId) -> Result<ExitCode, Failure> {
    if profile.mode.is_live() {
        let lineage = with_vault(context, profile.mode, |vault| Ok(vault.known()?.lineage(id).cloned()))?;
        let unused = lineage.iter().flat_map(KeyLineage::unused_versions);
        let others: Vec<_> = unused.map(|(role, stored)| format!(", and {}, {role}", stored.shown)).collect();
        confirm_loss(context, profile, &format!("forget the key {id}{}?", others.concat()))?;
    }
    on(context, profile, id, SecretKind::Api, "removed", |work| work.remove())
}

fn named(profile: &Profile, name: &str) -> Result<LineageId, Failure> {
    let name: SecretName = name.parse()?;
    Ok(LineageId { mode: profile.mode, profile: profile.name.clone(), name })
}

/// What cannot be brought back is asked in live mode.
fn confirm_loss(context: &Context, profile: &Profile, question: &str) -> Result<(), Failure> {
    if !profile.mode.is_live() || asked(context, question) {
        return Ok(());
    }
    Err(not_confirmed())
}
