//! Where secrets are kept: one trait, a store for each kind of place.

use std::ffi::OsString;

use secrecy::SecretString;

use crate::profile::{Mode, ProfileName};

/// What a secret is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlotKind {
    /// The API key of a profile.
    Api,
    /// The webhook signing secret of a profile.
    Webhook,
}

/// The place of one secret. Its mode is part of the place: a store never answers across modes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// The profile.
    pub profile: ProfileName,
    /// The profile's mode.
    pub mode: Mode,
    /// What the secret is for.
    pub kind: SlotKind,
}

/// Why a store did not answer. No variant holds a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// What is there is not text.
    #[error("{0} is not UTF-8 text")]
    NotText(String),
}

/// A place that secrets can be read from.
pub trait SecretStore {
    /// The secret of a slot and the words that tell where it was found, or nothing.
    ///
    /// # Errors
    /// When the store cannot answer: that is not the same as having nothing.
    fn get(&self, slot: &Slot) -> Result<Option<(SecretString, String)>, StoreError>;
}

/// Environment variables, the one of paycli's own before the one that Stripe's tools read.
pub struct EnvironmentStore<F> {
    variable: F,
}

impl<F: Fn(&str) -> Option<OsString>> EnvironmentStore<F> {
    /// A store over a reader of variables, `std::env::var_os` outside tests.
    pub const fn new(variable: F) -> Self {
        Self { variable }
    }
}

impl<F: Fn(&str) -> Option<OsString>> SecretStore for EnvironmentStore<F> {
    fn get(&self, slot: &Slot) -> Result<Option<(SecretString, String)>, StoreError> {
        let names = match slot.kind {
            SlotKind::Api => ["PAYCLI_API_KEY", "STRIPE_API_KEY"],
            SlotKind::Webhook => ["PAYCLI_WEBHOOK_SECRET", "STRIPE_WEBHOOK_SECRET"],
        };
        for name in names {
            let Some(value) = (self.variable)(name).filter(|value| !value.is_empty()) else { continue };
            let text = value.into_string().map_err(|_| StoreError::NotText(name.to_owned()))?;
            return Ok(Some((SecretString::from(text), format!("env:{name}"))));
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn found(variables: &'static [(&str, &str)]) -> Option<(String, String)> {
        let reader = |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value))
        };
        let slot = Slot { profile: "test".parse().expect("a name"), mode: Mode::Test, kind: SlotKind::Api };
        let found = EnvironmentStore::new(reader).get(&slot).expect("an answer");
        found.map(|(secret, place)| (secret.expose_secret().to_owned(), place))
    }

    #[test]
    fn our_own_variable_comes_first_and_an_empty_one_counts_as_unset() {
        let ours = ("one".to_owned(), "env:PAYCLI_API_KEY".to_owned());
        let theirs = ("two".to_owned(), "env:STRIPE_API_KEY".to_owned());
        assert_eq!(found(&[("PAYCLI_API_KEY", "one"), ("STRIPE_API_KEY", "two")]), Some(ours));
        assert_eq!(found(&[("PAYCLI_API_KEY", ""), ("STRIPE_API_KEY", "two")]), Some(theirs));
        assert_eq!(found(&[]), None);
    }
}
