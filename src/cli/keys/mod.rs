//! `paycli keys`: storing, listing, rotating and revoking keys.

mod add;
mod api;
mod end;
mod list;
mod rotate;
mod status;
mod view;

use clap::{Args, Subcommand, ValueEnum};

use crate::exit::ExitCode;
use crate::keys::{ChainId, SecretKind, SecretName, StoreKind};
use crate::profile::Profile;

use super::context::{Context, variable};
use super::failure::Failure;

pub(super) use add::AddArgs;

/// What may be done with keys.
#[derive(Debug, Subcommand)]
pub(super) enum KeysCommand {
    /// Store a key, after asking the API whether it takes it.
    Add(AddArgs),
    /// List the stored keys of a profile, and which key is in use.
    List,
    /// Tell how old the keys are, and what is unfinished.
    Status(status::StatusArgs),
    /// Show a stored key.
    Show(list::ShowArgs),
    /// Replace a key by a new one; the old one stays usable for a while.
    Rotate(rotate::RotateArgs),
    /// Go back to the key before, while it still works.
    Rollback(Selected),
    /// End the key before the one in use, or a key altogether.
    Revoke(end::RevokeArgs),
    /// Forget a key here. The API is not told.
    Remove(end::RemoveArgs),
}

/// What a key is for, as it is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum KindArg {
    /// A secret or restricted key.
    Api,
    /// A publishable key.
    Publishable,
    /// A webhook signing secret.
    Webhook,
}

impl From<KindArg> for SecretKind {
    fn from(arg: KindArg) -> Self {
        match arg {
            KindArg::Api => Self::Api,
            KindArg::Publishable => Self::Publishable,
            KindArg::Webhook => Self::Webhook,
        }
    }
}

/// A place for keys, as it is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum KeystoreArg {
    /// The keyring of the operating system.
    Keyring,
    /// A file, encrypted with a passphrase.
    File,
    /// Nowhere: keys come from the environment alone.
    Env,
}

impl From<KeystoreArg> for StoreKind {
    fn from(arg: KeystoreArg) -> Self {
        match arg {
            KeystoreArg::Keyring => Self::Keyring,
            KeystoreArg::File => Self::File,
            KeystoreArg::Env => Self::Env,
        }
    }
}

/// Which key of the profile.
#[derive(Debug, Clone, Args)]
pub(super) struct Selected {
    /// What the key is for
    #[arg(long, value_name = "KIND", default_value = "api")]
    pub(super) kind: KindArg,
    /// The name that it is stored under [default: its kind]
    #[arg(long, value_name = "NAME")]
    pub(super) name: Option<String>,
}

impl Selected {
    /// The secret that is meant, and its kind.
    pub(super) fn id(&self, profile: &Profile) -> Result<(ChainId, SecretKind), Failure> {
        let kind = SecretKind::from(self.kind);
        let name = match &self.name {
            Some(name) => name.parse()?,
            None => SecretName::of_kind(kind),
        };
        Ok((ChainId { mode: profile.mode, profile: profile.name.clone(), name }, kind))
    }
}

/// Where a new key goes: the flag, the variable, the profile, else the keyring.
pub(super) fn keystore(flag: Option<KeystoreArg>, profile: &Profile) -> Result<Option<StoreKind>, Failure> {
    if let Some(flag) = flag {
        return Ok(Some(flag.into()));
    }
    if let Some(name) = variable("PAYCLI_KEYSTORE") {
        let unknown = || {
            Failure::configuration(format!(
                "PAYCLI_KEYSTORE is \"keyring\", \"file\" or \"env\", not {name:?}"
            ))
        };
        return StoreKind::from_name(&name).ok_or_else(unknown).map(Some);
    }
    Ok(profile.keystore)
}

/// Runs a command of keys.
pub(super) fn run(context: &mut Context, command: KeysCommand) -> Result<ExitCode, Failure> {
    match command {
        KeysCommand::Add(args) => add::run(context, &args),
        KeysCommand::List => list::list(context),
        KeysCommand::Status(args) => status::run(context, &args),
        KeysCommand::Show(args) => list::show(context, &args),
        KeysCommand::Rotate(args) => rotate::run(context, &args),
        KeysCommand::Rollback(selected) => end::roll_back(context, &selected),
        KeysCommand::Revoke(args) => end::revoke(context, &args),
        KeysCommand::Remove(args) => end::remove(context, &args),
    }
}

/// Stores a key: `paycli login`.
pub(super) fn add(context: &mut Context, args: &AddArgs) -> Result<ExitCode, Failure> {
    add::run(context, args)
}

/// Forgets the API key of the profile: `paycli logout`.
pub(super) fn forget_default(context: &Context) -> Result<ExitCode, Failure> {
    end::logout(context)
}
