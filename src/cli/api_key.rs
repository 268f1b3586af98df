//! The API key of a command: where it is looked for, and whether it fits the profile and the request.

use secrecy::{ExposeSecret, SecretString};

use crate::keys::{ApiKey, EnvironmentStore, KeyKind, SecretKind, SecretSource};
use crate::profile::{Mode, Profile};

use super::context::Context;
use super::failure::Failure;
use super::held::{FoundKey, stored_key};

impl Context {
    /// The key of a profile: the flag's, else the environment's, else the stored one.
    pub(super) fn find_key(&mut self, profile: &Profile) -> Result<Option<FoundKey>, Failure> {
        let found = if let Some(source) = self.key_source() {
            Some(self.read_source("--api-key", &source, profile.mode)?)
        } else {
            EnvironmentStore::new(|name: &str| std::env::var_os(name)).get(SecretKind::Api)?
        };
        let Some((secret, source)) = found else { return stored_key(self, profile) };
        let key = ApiKey::parse(secret.expose_secret()).map_err(|error| {
            let failure = Failure::from(error);
            Failure { message: format!("{} (from {source})", failure.message), ..failure }
        })?;
        Ok(Some(FoundKey::given(key, source)))
    }

    fn key_source(&self) -> Option<SecretSource> {
        let file = self.global.api_key_file.clone().map(SecretSource::File);
        file.or_else(|| self.global.api_key.as_deref().map(SecretSource::parse))
    }

    /// The secret that an option names, and the words that tell where it was found.
    pub(super) fn read_source(
        &mut self,
        option: &str,
        source: &SecretSource,
        mode: Mode,
    ) -> Result<(SecretString, String), Failure> {
        if source.is_literal() {
            let seen = format!("{option} has a secret on the command line, where every process can see it");
            let instead = format!("{option} env:NAME, file:PATH or - (standard input)");
            if mode.is_live() {
                return Err(Failure::usage(format!("{seen}: that is refused in live mode")).hint(instead));
            }
            self.printer.warn(&format!("{seen}; use {instead}"));
        }
        if matches!(source, SecretSource::Stdin) {
            self.take_stdin()?;
        }
        Ok((source.read()?, source.describe()))
    }

    /// The key of a profile, agreeing with it.
    pub(super) fn key(&mut self, profile: &Profile) -> Result<FoundKey, Failure> {
        let found = self.find_key(profile)?.ok_or_else(|| no_key(profile))?;
        agree(profile, &found)?;
        Ok(found)
    }
}

/// No key: the three ways to give one.
pub(super) fn no_key(profile: &Profile) -> Failure {
    let message = format!("there is no API key for the profile {}", profile.name);
    Failure::authentication(message).next("login").hint(
        "set PAYCLI_API_KEY (or STRIPE_API_KEY); or --api-key-file PATH, or --api-key - with the key on standard \
         input. Without an account: -p sandbox",
    )
}

/// Whether mode and account of a key are the profile's.
pub(super) fn agree(profile: &Profile, found: &FoundKey) -> Result<(), Failure> {
    let FoundKey { key, source, .. } = found;
    if let Some(mode) = key.mode().filter(|mode| *mode != profile.mode) {
        let message = format!(
            "the key {key} (from {source}) is a {mode} key, and the profile {} is a {} profile",
            profile.name, profile.mode
        );
        let next =
            if mode.is_live() { "use a live profile: -p live --live" } else { "use a test profile: -p test" };
        return Err(Failure::configuration(message).hint(next));
    }
    if let (Some(of_key), Some(of_profile)) = (key.account(), &profile.account)
        && of_key != *of_profile
    {
        let message = format!(
            "the key {key} (from {source}) is of the account {of_key}, and the profile {} is for {of_profile}",
            profile.name
        );
        return Err(Failure::configuration(message));
    }
    Ok(())
}

/// Whether a key may make a request: a publishable key hardly any.
pub(super) fn may_request(
    found: &FoundKey,
    method: &str,
    path: &str,
    has_client_secret: bool,
) -> Result<(), Failure> {
    if found.key.kind() != KeyKind::Publishable {
        return Ok(());
    }
    let is_confirmation = path.ends_with("/confirm")
        && ["/v1/payment_intents/", "/v1/setup_intents/"].iter().any(|prefix| path.starts_with(prefix));
    let is_token = matches!(path, "/v1/tokens" | "/v1/sources");
    if method == "POST" && (is_token || is_confirmation && has_client_secret) {
        return Ok(());
    }
    let message = format!(
        "the key {} (from {}) is publishable: it is for front ends, and may only make tokens and sources or confirm an intent with its client secret",
        found.key, found.source
    );
    Err(Failure::configuration(message).hint("use a secret (sk_…) or restricted (rk_…) key"))
}
