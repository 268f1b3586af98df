//! `paycli keys rotate`: guided, from a source, or through the API.

#![expect(clippy::doc_markdown, reason = "these comments are the texts of --help")]

use std::time::Duration;

use clap::Args;

use crate::cli::confirm::asked;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::held::with_vault;
use crate::exit::ExitCode;
use crate::keys::lineage::{LONGEST_OVERLAP, Plan};
use crate::keys::{
    self, LineageId, NewKey, NewVersion, Secret, SecretKind, StoreKind, Vault, Work, revoke_previous,
    split_hooks,
};
use crate::output::has_terminal;
use crate::profile::Profile;

use super::add::{no_terminal, prompt, take};
use super::api::HttpApi;
use super::selected::{KeystoreArg, Selected, keystore};
use super::status::duration;
use super::view::show_after;
use super::ways::{explained, not_confirmed, typed};

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
    /// The old key leaked: take over whatever is under way, with no overlap
    #[arg(long, conflicts_with = "abort")]
    compromised: bool,
    /// Do not ask the API whether it takes the new key
    #[arg(long, conflicts_with = "remote")]
    offline: bool,
    /// How long a new key may be unknown to the API
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = duration)]
    wait: Duration,
    /// Continue an unfinished rotation; --exec replaces the hooks that are not done
    #[arg(long)]
    resume: bool,
    /// With --resume: run no more hooks
    #[arg(long, requires = "resume", conflicts_with = "exec")]
    skip_hooks: bool,
    /// Undo a rotation whose new key is not in use yet
    #[arg(long, conflicts_with = "resume")]
    abort: bool,
}

/// What is done with the rotation.
enum Action {
    Rotate(NewKey),
    Guided,
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
    let action = action(context, args, kind)?;
    let context = &*context;
    let api = HttpApi::of(context, &profile)?;
    let tell = |text: &str| context.printer.notice(text);
    let confirm = |question: &str| asked(context, question);
    with_vault(context, profile.mode, |vault| {
        let mut work = Work::on(vault, &api, &profile, id.clone(), kind, &tell, &confirm)?;
        work.wait = args.wait;
        let is_abort = matches!(action, Action::Abort);
        let rotation = Rotation { context, args, work: &work, vault, profile: &profile, id: &id, kind };
        rotation.run(action, store, plan)?;
        if !is_abort {
            rotation.tell_what_remains()?;
        }
        drop(work);
        let done = if is_abort { "aborted" } else { "rotated" };
        show_after(context, vault, &profile, id.name.as_str(), done)
    })
}

/// A rotation as it was asked for, and what it works with.
struct Rotation<'a> {
    context: &'a Context,
    args: &'a RotateArgs,
    work: &'a Work<'a>,
    vault: &'a Vault<'a>,
    profile: &'a Profile,
    id: &'a LineageId,
    kind: SecretKind,
}

impl Rotation<'_> {
    fn run(&self, action: Action, store: Option<StoreKind>, plan: Plan) -> Result<(), Failure> {
        let done = match action {
            Action::Abort => self.work.abort(),
            Action::Resume(given) => self.work.resume(given.as_ref(), self.hooks(&plan), plan.compromised),
            Action::Guided => return self.guided(store, plan),
            Action::Rotate(new) => {
                self.confirm_live()?;
                self.work.rotate(new, store, plan)
            }
        };
        done.map_err(|error| explained(self.vault, self.id, self.kind, error))
    }

    /// The hooks that take the place of those that are not done, where any were given.
    fn hooks(&self, plan: &Plan) -> Option<Vec<Vec<String>>> {
        (self.args.skip_hooks || !plan.hooks.is_empty()).then(|| plan.hooks.clone())
    }

    /// Asks a person for a new key. Whatever can be refused is refused before.
    fn guided(&self, store: Option<StoreKind>, plan: Plan) -> Result<(), Failure> {
        let explain = |error| explained(self.vault, self.id, self.kind, error);
        let first = self.work.prepare(NewVersion::NotGiven, store, &plan).map_err(explain)?;
        if first == keys::Action::GoOn {
            return self.work.resume(None, self.hooks(&plan), plan.compromised).map_err(explain);
        }
        self.confirm_live()?;
        if !has_terminal() {
            return Err(no_terminal(self.kind));
        }
        self.guide(&plan);
        let new = Secret::parse(self.kind, &prompt(self.kind)?)?;
        self.work.rotate(NewKey::Given(new), store, plan).map_err(explain)
    }

    /// Tells a person where a new key is made. The old one lives until the new one is stored and verified,
    /// also where it leaked.
    fn guide(&self, plan: &Plan) {
        let test = if self.profile.mode.is_live() { "" } else { "test/" };
        let (page, what) = match self.kind {
            SecretKind::Webhook => ("webhooks", "the endpoint, then Roll secret"),
            SecretKind::Api | SecretKind::Publishable => ("apikeys", "the key, then Rotate key"),
        };
        let hours = plan.overlap_seconds.div_ceil(3600).max(1);
        let unit = if hours == 1 { "hour" } else { "hours" };
        let notice = |text: &str| self.context.printer.notice(text);
        notice(&format!("1. Open https://dashboard.stripe.com/{test}{page}: choose {what}"));
        notice(&format!("2. Let the old one expire in {hours} {unit}"));
        notice("3. Paste the new one here (it is not shown)");
        if plan.compromised {
            notice("4. When the new one is verified, expire the old one in the Dashboard");
        }
    }

    fn confirm_live(&self) -> Result<(), Failure> {
        let question = format!("Rotate the LIVE key {}?", self.id);
        if !self.profile.mode.is_live() || asked(self.context, &question) {
            return Ok(());
        }
        Err(not_confirmed())
    }

    /// After the change: when the old key ends, and who ends it.
    fn tell_what_remains(&self) -> Result<(), Failure> {
        let lineage = self.work.lineage()?;
        let Some(previous) = &lineage.previous else { return Ok(()) };
        let shown = &previous.stored.shown;
        let command = typed(self.context, &[revoke_previous(&lineage)], self.id, self.kind);
        if previous.compromised {
            self.context.printer.warn(&format!(
                "{shown} is compromised: expire it at the API now, then check with: {command}"
            ));
        } else if self.kind == SecretKind::Api {
            self.context.printer.notice(&format!(
                "after a 401 {shown} is tried once, until {}; when nothing uses it any more: {command}",
                previous.retire_after
            ));
        }
        Ok(())
    }
}

fn plan(args: &RotateArgs, kind: SecretKind) -> Result<Plan, Failure> {
    let most = if kind == SecretKind::Webhook { DAY } else { LONGEST_OVERLAP };
    if args.overlap > most {
        let hours = most.as_secs() / 3600;
        let message =
            format!("--overlap is at most {hours} hours: Stripe lets no old {} work for longer", kind.noun());
        return Err(Failure::usage(message));
    }
    let overlap = if args.compromised { Duration::ZERO } else { args.overlap };
    Ok(Plan {
        overlap_seconds: overlap.as_secs(),
        compromised: args.compromised,
        offline: args.offline,
        hooks: split_hooks(&args.exec)?,
        ..Plan::default()
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

/// What is to be done. A secret from a source is taken now; a prompt comes after every check.
fn action(context: &mut Context, args: &RotateArgs, kind: SecretKind) -> Result<Action, Failure> {
    if args.abort {
        return Ok(Action::Abort);
    }
    if args.remote {
        return Ok(Action::Rotate(NewKey::Remote(args.key_id.clone())));
    }
    let given = args.from.as_deref().map(|from| take(context, Some(from), kind)).transpose()?;
    let given = given.map(|text| Secret::parse(kind, &text)).transpose()?;
    Ok(match given {
        given if args.resume => Action::Resume(given),
        Some(secret) => Action::Rotate(NewKey::Given(secret)),
        None => Action::Guided,
    })
}
