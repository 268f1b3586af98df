//! Stored keys, as commands use them: the current one, and the previous one during its overlap.

use std::rc::Rc;
use std::time::Duration;

use secrecy::SecretString;

use crate::keys::lineage::{RotationStep, Stored};
use crate::keys::{
    ApiKey, LineageId, Secret, SecretKind, SecretName, SigningSecret, StoreError, StoreKind, Stores, Vault,
};
use crate::output::{PromptError, ask_secret, has_terminal};
use crate::profile::{Mode, Profile, parse_duration};
use crate::request::PreviousKey;
use crate::time::UnixMillis;

use super::context::{Context, variable};
use super::failure::Failure;

/// How long each call of the keyring may take where nobody sees its prompts.
const UNSEEN: Duration = Duration::from_secs(3);

/// The same at a terminal, where a person may be typing the keyring's password.
const SEEN: Duration = Duration::from_secs(60);

/// A key and where it was found.
#[derive(Debug, Clone)]
pub(super) struct FoundKey {
    pub(super) key: ApiKey,
    pub(super) source: String,
    /// What is known of it, where it is a stored one.
    pub(super) stored: Option<Stored>,
}

impl FoundKey {
    /// A key that came with the call or the environment.
    pub(super) const fn given(key: ApiKey, source: String) -> Self {
        Self { key, source, stored: None }
    }

    /// Its account, where the key or the list of stored keys tells it.
    pub(super) fn account(&self) -> Option<String> {
        let stored = || self.stored.as_ref().and_then(|stored| stored.account.clone());
        self.key.account().or_else(stored)
    }
}

/// The secret of a profile that has the name of its kind.
pub(super) fn default_id(profile: &Profile, kind: SecretKind) -> LineageId {
    LineageId { mode: profile.mode, profile: profile.name.clone(), name: SecretName::of_kind(kind) }
}

/// The stores of a mode. None is opened before a secret is needed from it.
pub(super) fn stores(context: &Context, mode: Mode) -> Result<Stores, Failure> {
    let limit = match variable("PAYCLI_KEYRING_TIMEOUT") {
        Some(text) => parse_duration(&text)
            .map_err(|error| Failure::configuration(format!("PAYCLI_KEYRING_TIMEOUT: {error}")))?,
        None if has_terminal() => SEEN,
        None => UNSEEN,
    };
    let printer = context.printer;
    let on_wait = move || printer.notice("waiting for the keyring: it may ask for its password in a window");
    let file = Context::paths()?.key_store_file(mode);
    Ok(Stores::new(limit, Rc::new(on_wait), file, Rc::new(passphrase)))
}

fn passphrase(is_new: bool) -> Result<SecretString, StoreError> {
    if let Some(given) = variable("PAYCLI_KEYSTORE_PASSPHRASE") {
        return Ok(SecretString::from(given));
    }
    let prompt = if is_new { "A passphrase for the new key file" } else { "The passphrase of the key file" };
    ask_secret(prompt, is_new).map_err(|error| match error {
        PromptError::NoTerminal => StoreError::NoPassphrase,
        PromptError::Failed(why) => StoreError::NotAsked(why),
    })
}

/// The stored keys of a mode. Nothing is opened yet.
pub(super) fn vault(mode: Mode, stores: &Stores) -> Result<Vault<'_>, Failure> {
    Ok(Vault::new(&Context::paths()?, mode, stores, UnixMillis::now))
}

/// Does something with the stored keys of a mode.
pub(super) fn with_vault<T>(
    context: &Context,
    mode: Mode,
    work: impl FnOnce(&Vault<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let stores = stores(context, mode)?;
    work(&vault(mode, &stores)?)
}

/// The stored API key of a profile. Where nothing is stored, no store is opened.
pub(super) fn stored_key(context: &Context, profile: &Profile) -> Result<Option<FoundKey>, Failure> {
    if profile.keystore == Some(StoreKind::Env) {
        return Ok(None);
    }
    with_vault(context, profile.mode, |vault| {
        let Some(held) = vault.current(&default_id(profile, SecretKind::Api))? else { return Ok(None) };
        if let Some(step) = held.unfinished {
            let what =
                if step < RotationStep::Promoted { "the old key is in use" } else { "the new key is in use" };
            let next = context.scope().complete("keys status");
            context.printer.notice(&format!("a key rotation is unfinished, and {what}; see: {next}"));
        }
        let Secret::Api(key) = held.secret else { return Ok(None) };
        let source = held.stored.place.store.as_str().to_owned();
        Ok(Some(FoundKey { key, source, stored: Some(held.stored) }))
    })
}

/// The signing secrets that a profile's deliveries may be signed with: the stored one and, during its
/// overlap, the previous one; each with the words that tell where it was found. Variables are not
/// looked at here.
pub(super) fn signing_secrets(
    context: &Context,
    profile: &Profile,
) -> Result<Vec<(String, SigningSecret)>, Failure> {
    if profile.keystore == Some(StoreKind::Env) {
        return Ok(Vec::new());
    }
    with_vault(context, profile.mode, |vault| {
        let usable = vault.usable(&default_id(profile, SecretKind::Webhook))?;
        let ages = ["", ", previous"];
        let named = |(held, age): (crate::keys::Held, &str)| match held.secret {
            Secret::Webhook(secret) => Some((format!("{}{age}", held.stored.place.store.as_str()), secret)),
            Secret::Api(_) | Secret::Publishable(_) => None,
        };
        Ok(usable.into_iter().zip(ages).filter_map(named).collect())
    })
}

/// Every stored signing secret, of both modes: what a failed verification may be explained by. A store that
/// does not answer is reported and skipped.
pub(super) fn all_signing_secrets(context: &Context) -> Vec<(String, SigningSecret)> {
    let mut found = Vec::new();
    for mode in [Mode::Test, Mode::Live] {
        let of_mode = with_vault(context, mode, |vault| Ok(vault.all_of_kind(mode, SecretKind::Webhook)?));
        match of_mode {
            Ok(held) => found.extend(held.into_iter().filter_map(|(id, held)| match held.secret {
                Secret::Webhook(secret) => {
                    Some((format!("{id}, {mode} mode, {}", held.stored.shown), secret))
                }
                Secret::Api(_) | Secret::Publishable(_) => None,
            })),
            Err(failure) => context
                .printer
                .notice(&format!("the stored secrets of {mode} mode were left aside: {}", failure.message)),
        }
    }
    found
}

/// The previous key of a stored one, which the API may still take when it refuses that. A key that came with
/// the call has none.
pub(super) fn previous_key(context: &Context, profile: &Profile, found: &FoundKey) -> PreviousKey {
    if found.stored.is_none() {
        return PreviousKey::default();
    }
    let (global, printer, profile) = (context.global.clone(), context.printer, profile.clone());
    // It is looked for on a thread of its own, where this context cannot go.
    PreviousKey::found_by(move || look_for_previous(&Context::new(global, printer), &profile))
}

fn look_for_previous(context: &Context, profile: &Profile) -> Option<ApiKey> {
    context.printer.notice("the API refused the key in use (401): looking for the previous key");
    let id = default_id(profile, SecretKind::Api);
    let found = with_vault(context, profile.mode, |vault| Ok(vault.overlapping(&id)?));
    match found {
        Ok(Some(held)) => {
            let Secret::Api(key) = held.secret else { return None };
            let next = context.scope().complete("keys status");
            context.printer.warn(&format!(
                "the API refused the key in use (401): the previous key, {key}, is used instead; see {next}"
            ));
            Some(key)
        }
        Ok(None) => None,
        Err(failure) => {
            context.printer.warn(&format!("the previous key cannot be read: {}", failure.message));
            None
        }
    }
}
