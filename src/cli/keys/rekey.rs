//! `paycli keys rekey`: another passphrase for the key file.

#![expect(clippy::doc_markdown, reason = "these comments are the texts of --help")]

use clap::Args;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use crate::cli::context::{Context, variable};
use crate::cli::failure::Failure;
use crate::cli::held::{stores, vault};
use crate::exit::ExitCode;
use crate::keys::{SecretSource, StoreError};
use crate::output::{PromptError, ask_secret};

/// The variable with the new passphrase.
const NEW_PASSPHRASE: &str = "PAYCLI_KEYSTORE_NEW_PASSPHRASE";

/// Shown under the options.
pub(super) const EXAMPLES: &str = "\
Examples:
  paycli keys rekey
  paycli -p live --live keys rekey --from file:new-passphrase";

/// Options of `keys rekey`.
#[derive(Debug, Args)]
pub(in crate::cli) struct RekeyArgs {
    /// Take the new passphrase from env:NAME, file:PATH or - (standard input) [env: PAYCLI_KEYSTORE_NEW_PASSPHRASE]
    #[arg(long, value_name = "SOURCE", allow_hyphen_values = true)]
    from: Option<String>,
}

/// Changes the passphrase of the key file of the profile's mode.
pub(super) fn run(context: &mut Context, args: &RekeyArgs) -> Result<ExitCode, Failure> {
    #[derive(Serialize)]
    struct RekeyJson<'a> {
        schema: u32,
        done: &'a str,
        mode: &'a str,
        file: String,
    }
    let profile = context.profile()?.clone();
    context.admit(&profile, false)?;
    let file = Context::paths()?.key_store_file(profile.mode);
    if !file.exists() {
        return Err(StoreError::NoFile(file).into());
    }
    let new = new_passphrase(context, args.from.as_deref())?;
    let stores = stores(context, profile.mode)?;
    let shown = file.display().to_string();
    vault(profile.mode, &stores)?
        .change("rekeyed", &shown, || Ok(stores.key_file().change_passphrase(&new)?))?;
    if variable("PAYCLI_KEYSTORE_PASSPHRASE").is_some() {
        context.printer.notice("PAYCLI_KEYSTORE_PASSPHRASE still holds the old passphrase: change it too");
    }
    if context.printer.is_json() {
        let mode = profile.mode.as_str();
        return context.print_json(&RekeyJson { schema: 1, done: "rekeyed", mode, file: shown });
    }
    context.printer.line(&format!("Changed the passphrase of {shown}"))?;
    Ok(ExitCode::Success)
}

/// The new passphrase, from where it is said to be, the variable, or a person. Line breaks at its end are a
/// file's, not a passphrase's.
fn new_passphrase(context: &mut Context, from: Option<&str>) -> Result<SecretString, Failure> {
    let sources = "--from env:NAME, --from file:PATH or --from - (standard input)";
    let text = if let Some(from) = from {
        let source = SecretSource::parse(from);
        if source.is_literal() {
            let message = "the passphrase must not stand on the command line, where every process can see it";
            return Err(Failure::usage(message).hint(sources));
        }
        if matches!(source, SecretSource::Stdin) {
            context.take_stdin()?;
        }
        source.read()?
    } else if let Some(given) = variable(NEW_PASSPHRASE) {
        SecretString::from(given)
    } else {
        ask_secret("The new passphrase of the key file", true).map_err(|error| match error {
            PromptError::NoTerminal => {
                Failure::usage("this asks for the new passphrase, and there is no terminal to ask at")
                    .hint(format!("{sources}, or set {NEW_PASSPHRASE}"))
            }
            PromptError::Failed(why) => Failure::usage(format!("the new passphrase was not given: {why}")),
        })?
    };
    let text = text.expose_secret().trim_end_matches(['\r', '\n']);
    if text.is_empty() { Err(StoreError::EmptyPassphrase.into()) } else { Ok(SecretString::from(text)) }
}
