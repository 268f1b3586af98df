//! `paycli keys rotate`: guided, from a source, or through the API.

#![expect(clippy::doc_markdown, reason = "these comments are the texts of --help")]

use std::time::Duration;

use clap::Args;

use crate::cli::confirm::asked;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::held::with_vault;
use crate::exit::ExitCode;
use crate::keys::chain::Plan;
use crate::keys::{ChainId, NewKey, Secret, SecretKind, StoreKind, Work, split_hooks};
use crate::profile::Profile;

use super::add::take;
use super::api::HttpApi;
use super::selected::{KeystoreArg, Selected, keystore};
use super::status::duration;
use super::view::show_after;

const DAY: Duration = Duration::from_secs(86_400);

/// Options of `keys rotate`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(in crate::cli) struct RotateArgs {
    #[command(flatten)]
    selected: Selected,
    /// Take the new key from env:NAME, file:PATH or - (standard input); asked for at a terminal
    #[arg(long, value_name = "SOURCE", allow_hyphen_values = true, conflicts_with_all = ["remote", "abort"])]
    from: Option<String>,
    /// Let the API make the new key, where it offers that (/v2/iam/api_keys)
    #[arg(long, conflicts_with_all = ["resume", "abort"])]
    remote: bool,
    /// The id of the key in use in the API (mk_…), where the API does not tell it
    #[arg(long, value_name = "ID", requires = "remote")]
    key_id: Option<String>,
    /// How long the old key stays usable: 7d at most, 24h for signing secrets
    #[arg(long, value_name = "DURATION", default_value = "24h", value_parser = duration)]
    overlap: Duration,
    /// Run a command after the change, with the new secret on its standard input; repeatable
    #[arg(long, value_name = "COMMAND")]
    exec: Vec<String>,
    /// Where the new key is kept [default: where the old one is]
    #[arg(long, value_name = "STORE")]
    keystore: Option<KeystoreArg>,
    /// The old key is known to others: it is used for nothing from now on, and has no overlap
    #[arg(long)]
    compromised: bool,
    /// Do not ask the API whether it takes the new key
    #[arg(long, conflicts_with = "remote")]
    offline: bool,
    /// How long a new key may be unknown to the API
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = duration)]
    wait: Duration,
    /// Go on with a rotation that is unfinished
    #[arg(long)]
    resume: bool,
    /// Undo a rotation whose new key is not in use yet
    #[arg(long, conflicts_with = "resume")]
    abort: bool,
}

/// What to do.
enum Deed {
    Rotate(NewKey, Plan),
    Resume(Option<Secret>),
    Abort,
}

/// Rotates a key.
pub(super) fn run(context: &mut Context, args: &RotateArgs) -> Result<ExitCode, Failure> {
    let profile = context.profile()?.clone();
    context.admit(&profile, true)?;
    let (id, kind) = args.selected.id(&profile)?;
    let plan = plan(args, kind)?;
    check_remote(args, kind, &profile)?;
    let store = args.keystore.map(|_| keystore(args.keystore, &profile)).transpose()?.flatten();
    if store == Some(StoreKind::Env) {
        return Err(crate::keys::StoreError::ReadOnly.into());
    }
    let deed = deed(context, args, &profile, &id, kind, plan)?;
    let context = &*context;
    let api = HttpApi::of(context, &profile)?;
    let tell = |text: &str| context.printer.notice(text);
    with_vault(context, profile.mode, |vault| {
        let mut work = Work::on(vault, &api, &profile, id.clone(), kind, &tell)?;
        work.wait = args.wait;
        let done = match deed {
            Deed::Abort => {
                work.abort_asking(&|question| asked(context, question))?;
                "aborted"
            }
            Deed::Resume(given) => {
                work.resume(given.as_ref())?;
                "rotated"
            }
            Deed::Rotate(new, plan) => {
                confirm_live(context, &profile, &id)?;
                work.rotate(new, store, plan)?;
                "rotated"
            }
        };
        if done == "rotated" {
            tell_what_remains(context, &work, kind, &profile)?;
        }
        drop(work);
        show_after(context, vault, &profile, id.name.as_str(), done)
    })
}

fn plan(args: &RotateArgs, kind: SecretKind) -> Result<Plan, Failure> {
    let most = if kind == SecretKind::Webhook { DAY } else { 7 * DAY };
    if args.overlap > most {
        let hours = most.as_secs() / 3600;
        let message = format!(
            "Stripe lets an old {} work for {hours} hours at most, so --overlap cannot be longer",
            kind.noun()
        );
        return Err(Failure::usage(message));
    }
    let overlap = if args.compromised { Duration::ZERO } else { args.overlap };
    Ok(Plan {
        overlap_seconds: overlap.as_secs(),
        compromised: args.compromised,
        offline: args.offline,
        hooks: split_hooks(&args.exec)?,
    })
}

fn check_remote(args: &RotateArgs, kind: SecretKind, profile: &Profile) -> Result<(), Failure> {
    if !args.remote {
        return Ok(());
    }
    if kind != SecretKind::Api {
        let message = format!("there is no API that makes a {}: --from takes one made by hand", kind.noun());
        return Err(Failure::usage(message));
    }
    if profile.mode.is_live() {
        let message = "in live mode the API gives a new secret only encrypted for a public key, which this version does not read";
        return Err(Failure::usage(message).hint("make the key in the Dashboard, and give it with --from"));
    }
    Ok(())
}

/// What is to be done, with the new key in hand.
fn deed(
    context: &mut Context,
    args: &RotateArgs,
    profile: &Profile,
    id: &ChainId,
    kind: SecretKind,
    plan: Plan,
) -> Result<Deed, Failure> {
    if args.abort {
        return Ok(Deed::Abort);
    }
    if args.remote {
        return Ok(Deed::Rotate(NewKey::Remote(args.key_id.clone()), plan));
    }
    let is_unfinished = with_vault(context, profile.mode, |vault| {
        let pointers = vault.known()?;
        let chain = pointers.chain(id);
        if chain.is_none_or(|chain| chain.current.is_none()) {
            return Err(crate::keys::RuleError::NothingStored.into());
        }
        Ok(chain.is_some_and(|chain| chain.rotation.is_some()))
    })?;
    let goes_on = args.resume || (is_unfinished && args.from.is_none());
    if goes_on {
        let given = args.from.as_deref().map(|from| take(context, Some(from), kind)).transpose()?;
        let given = given.map(|text| Secret::parse(kind, &text)).transpose()?;
        return Ok(Deed::Resume(given));
    }
    if args.from.is_none() {
        guide(context, profile, kind, &plan);
    }
    let text = take(context, args.from.as_deref(), kind)?;
    Ok(Deed::Rotate(NewKey::Given(Secret::parse(kind, &text)?), plan))
}

/// Tells a person where a new key is made.
fn guide(context: &Context, profile: &Profile, kind: SecretKind, plan: &Plan) {
    let test = if profile.mode.is_live() { "" } else { "test/" };
    let (page, what) = match kind {
        SecretKind::Webhook => ("webhooks", "the endpoint, then Roll secret"),
        SecretKind::Api | SecretKind::Publishable => ("apikeys", "the key, then Rotate key"),
    };
    let hours = plan.overlap_seconds / 3600;
    let end = if plan.compromised { "at once".to_owned() } else { format!("after {hours} hours") };
    context.printer.notice(&format!("1. open https://dashboard.stripe.com/{test}{page}: choose {what}"));
    context.printer.notice(&format!("2. let the old one end {end}"));
    context.printer.notice("3. paste the new one here; it is not shown");
}

fn confirm_live(context: &Context, profile: &Profile, id: &ChainId) -> Result<(), Failure> {
    if !profile.mode.is_live() || asked(context, &format!("rotate the LIVE key {id}?")) {
        return Ok(());
    }
    Err(Failure::usage("not confirmed").hint("--yes confirms without asking"))
}

/// After the change: when the old key ends, and who ends it.
fn tell_what_remains(
    context: &Context,
    work: &Work<'_>,
    kind: SecretKind,
    profile: &Profile,
) -> Result<(), Failure> {
    let Some(previous) = work.chain()?.previous else { return Ok(()) };
    let shown = &previous.stored.shown;
    if previous.compromised {
        context.printer.warn(&format!(
            "{shown} is known to others: end it at the API now (paycli keys revoke --previous tells whether it is ended)"
        ));
    } else if kind == SecretKind::Api {
        context.printer.notice(&format!(
            "{shown} is used where the new key is refused, until {}; then: paycli -p {} keys revoke --previous",
            previous.retire_after, profile.name
        ));
    }
    Ok(())
}
