//! Signing secrets for a command: the flag's, else the sandbox's or the environment's, else the stored ones.

use std::ffi::OsString;

use secrecy::{ExposeSecret, SecretString};

use crate::cli::context::{Context, variable};
use crate::cli::failure::Failure;
use crate::cli::held::{all_signing_secrets, signing_secrets};
use crate::cli::target::sandbox_keys;
use crate::keys::{EnvironmentStore, SecretKind, SecretSource, SigningSecret};
use crate::profile::{Api, Mode};
use crate::webhook::explain::Named;

/// A secret and the words that tell where it was found.
pub(super) struct NamedSecret {
    pub(super) name: String,
    pub(super) secret: SigningSecret,
}

impl NamedSecret {
    /// The secret as the search for causes takes it.
    pub(super) fn as_named(&self) -> Named<'_> {
        Named { name: &self.name, secret: &self.secret }
    }
}

/// The secrets that a command is to use, in order of their sources. None is no error yet.
pub(super) fn find(context: &mut Context, sources: &[OsString]) -> Result<Vec<NamedSecret>, Failure> {
    let profile = context.profile_for_reading()?.clone();
    if !sources.is_empty() {
        return sources.iter().map(|source| of_source(context, source, profile.mode)).collect();
    }
    if matches!(profile.api, Api::Sandbox) {
        return Ok(vec![of_sandbox()?]);
    }
    let found = EnvironmentStore::new(|name: &str| std::env::var_os(name)).get(SecretKind::Webhook)?;
    if let Some((secret, name)) = found {
        return Ok(vec![NamedSecret { name, secret: SigningSecret::new(secret) }]);
    }
    let stored = signing_secrets(context, &profile)?;
    Ok(stored.into_iter().map(|(name, secret)| NamedSecret { name, secret }).collect())
}

fn of_sandbox() -> Result<NamedSecret, Failure> {
    let secret = SigningSecret::new(sandbox_keys()?.webhook_secret);
    Ok(NamedSecret { name: "the sandbox".into(), secret })
}

/// The secret of this home, the same every time and no secret to others: for what is made and verified here.
pub(super) fn of_home() -> Result<NamedSecret, Failure> {
    Ok(NamedSecret { name: "this home".into(), ..of_sandbox()? })
}

fn of_source(context: &mut Context, source: &OsString, mode: Mode) -> Result<NamedSecret, Failure> {
    let text = source.to_str().ok_or_else(|| Failure::usage("--secret is not UTF-8 text"))?;
    let source = SecretSource::parse(text);
    let (secret, name) = context.read_source("--secret", &source, mode)?;
    let secret = if matches!(source, SecretSource::File(_) | SecretSource::Stdin) {
        without_line_end(&secret)
    } else {
        secret
    };
    Ok(NamedSecret { name, secret: SigningSecret::new(secret) })
}

/// Files and what is piped end with a line break that is not part of the secret.
fn without_line_end(secret: &SecretString) -> SecretString {
    let text = secret.expose_secret();
    let text = text.strip_suffix('\n').unwrap_or(text);
    SecretString::from(text.strip_suffix('\r').unwrap_or(text))
}

/// Secrets at hand that were not chosen: what a failure may be explained by.
pub(super) fn others(context: &Context, chosen: &[NamedSecret]) -> Result<Vec<NamedSecret>, Failure> {
    let variables = ["PAYCLI_WEBHOOK_SECRET", "STRIPE_WEBHOOK_SECRET"].into_iter();
    let found = variables.filter_map(|name| Some((format!("env:{name}"), variable(name)?)));
    let mut others: Vec<_> =
        found.map(|(name, text)| NamedSecret { name, secret: SigningSecret::new(text) }).collect();
    if Context::paths()?.sandbox_keys_file().exists() {
        others.push(of_sandbox()?);
    }
    let stored = all_signing_secrets(context);
    others.extend(stored.into_iter().map(|(name, secret)| NamedSecret { name, secret }));
    others.retain(|other| chosen.iter().all(|known| known.secret.expose() != other.secret.expose()));
    Ok(others)
}

/// What a secret is instead of one, where it is something else.
pub(super) fn mistake(named: &NamedSecret) -> Option<String> {
    let what = named.secret.mistaken_for()?;
    Some(format!("the secret from {} is {what}, where a signing secret (whsec_…) is expected", named.name))
}

/// The ways to give a secret.
pub(super) const WAYS: &str = "paycli keys add --kind webhook stores one; or set PAYCLI_WEBHOOK_SECRET (or STRIPE_WEBHOOK_SECRET); or --secret env:NAME, file:PATH or - (standard input). \
     Without an account: -p sandbox";

/// The failure of a command that cannot do without a secret, with the ways to give one.
pub(super) fn none(profile: &str) -> Failure {
    Failure::authentication(format!("there is no signing secret for the profile {profile}")).hint(WAYS)
}
