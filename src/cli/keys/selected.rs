//! Which key a command means, and where a new one goes.

use clap::{Args, ValueEnum};

use crate::keys::{LineageId, SecretKind, SecretName, StoreKind};
use crate::profile::Profile;

use crate::cli::context::variable;
use crate::cli::failure::Failure;

/// What a key is for, as it is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum KindArg {
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
pub(in crate::cli) enum KeystoreArg {
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
pub(in crate::cli) struct Selected {
    /// What the key is for
    #[arg(long, value_name = "KIND", default_value = "api")]
    pub(in crate::cli) kind: KindArg,
    /// The name that it is stored under [default: its kind]
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) name: Option<String>,
}

impl Selected {
    /// The secret that is meant, and its kind.
    pub(in crate::cli) fn id(&self, profile: &Profile) -> Result<(LineageId, SecretKind), Failure> {
        let kind = SecretKind::from(self.kind);
        let name = match &self.name {
            Some(name) => name.parse()?,
            None => SecretName::of_kind(kind),
        };
        Ok((LineageId { mode: profile.mode, profile: profile.name.clone(), name }, kind))
    }
}

/// Where a new key goes: the flag, the variable, the profile, else the keyring.
pub(in crate::cli) fn keystore(
    flag: Option<KeystoreArg>,
    profile: &Profile,
) -> Result<Option<StoreKind>, Failure> {
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
