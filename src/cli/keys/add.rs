//! `paycli keys add`, and `paycli login`, which is the same.

#![expect(clippy::doc_markdown, reason = "these comments are the texts of --help")]

use clap::Args;
use secrecy::SecretString;

use crate::cli::confirm::asked;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::held::with_vault;
use crate::exit::ExitCode;
use crate::keys::{Added, KeyKind, Secret, SecretKind, SecretSource, StoreKind, Work};
use crate::output::{PromptError, ask_secret};

use super::api::HttpApi;
use super::selected::{KeystoreArg, Selected, keystore};
use super::view::show_after;
use super::ways::explained;

/// Options of `keys add`.
#[derive(Debug, Args)]
pub(in crate::cli) struct AddArgs {
    /// Take the key from env:NAME, file:PATH or - (standard input); asked for at a terminal
    #[arg(long, value_name = "SOURCE", allow_hyphen_values = true)]
    from: Option<String>,
    #[command(flatten)]
    selected: Selected,
    /// Where it is kept [default: the keyring; with --replace, where the old key is] [env: PAYCLI_KEYSTORE]
    #[arg(long, value_name = "STORE")]
    keystore: Option<KeystoreArg>,
    /// Replace another key at once, without an overlap
    #[arg(long)]
    replace: bool,
    /// Do not ask the API whether it takes the key
    #[arg(long)]
    offline: bool,
}

/// Stores a key.
pub(in crate::cli) fn run(context: &mut Context, args: &AddArgs) -> Result<ExitCode, Failure> {
    let profile = context.profile()?.clone();
    context.admit(&profile, false)?;
    let (id, kind) = args.selected.id(&profile)?;
    let chosen = keystore(args.keystore, &profile)?;
    if chosen == Some(StoreKind::Env) {
        return Err(crate::keys::StoreError::ReadOnly.into());
    }
    let text = take(context, args.from.as_deref(), kind)?;
    let secret = Secret::parse(kind, &text)?;
    let context = &*context;
    let api = HttpApi::of(context, &profile)?;
    let tell = |text: &str| context.printer.notice(text);
    with_vault(context, profile.mode, |vault| {
        let confirm = |question: &str| asked(context, question);
        let work = Work::on(vault, &api, &profile, id.clone(), kind, &tell, &confirm)?;
        let old = work.lineage()?.current.filter(|_| args.replace).map(|current| current.place.store);
        let store = chosen.or(old).unwrap_or(StoreKind::Keyring);
        let added = work.add(&secret, store, args.replace, args.offline);
        let done = match added.map_err(|error| explained(vault, &id, kind, error))? {
            Added::Stored => "stored",
            Added::AlreadyThere => {
                context.printer.notice("this key is stored already");
                "already_stored"
            }
        };
        drop(work);
        advise(context, &secret);
        show_after(context, vault, &profile, id.name.as_str(), done)
    })
}

/// A restricted key can do less harm.
fn advise(context: &Context, secret: &Secret) {
    if secret.key().is_some_and(|key| key.kind() == KeyKind::Secret) {
        context.printer.notice(
            "this key may do everything; a restricted key (rk_…) with the permissions that you need is safer",
        );
    }
}

/// Takes a secret from where it is said to be, or asks for it. Never from the command line.
pub(super) fn take(
    context: &mut Context,
    from: Option<&str>,
    kind: SecretKind,
) -> Result<SecretString, Failure> {
    let Some(from) = from else { return prompt(kind) };
    let source = SecretSource::parse(from);
    if source.is_literal() {
        let message =
            format!("the {} must not stand on the command line, where every process can see it", kind.noun());
        return Err(Failure::usage(message).hint("--from env:NAME, --from file:PATH, or --from -"));
    }
    if matches!(source, SecretSource::Stdin) {
        context.take_stdin()?;
    }
    Ok(source.read()?)
}

/// Asks for a secret at the terminal.
pub(super) fn prompt(kind: SecretKind) -> Result<SecretString, Failure> {
    ask_secret(&format!("The {}", kind.noun()), false).map_err(|error| match error {
        PromptError::NoTerminal => no_terminal(kind),
        PromptError::Failed(why) => Failure::usage(format!("the {} was not given: {why}", kind.noun())),
    })
}

/// There is nobody to ask for a secret.
pub(super) fn no_terminal(kind: SecretKind) -> Failure {
    let message = format!("this asks for the {}, and there is no terminal to ask at", kind.noun());
    Failure::usage(message).hint("--from env:NAME, --from file:PATH, or --from - (standard input)")
}
