//! Secrets from environment variables, which are read and never written.

use std::ffi::OsString;

use secrecy::SecretString;

use super::StoreError;
use crate::keys::SecretKind;

/// Environment variables, the one of paycli's own before the one that Stripe's tools read.
pub struct EnvironmentStore<F> {
    variable: F,
}

impl<F: Fn(&str) -> Option<OsString>> EnvironmentStore<F> {
    /// A store over a reader of variables, `std::env::var_os` outside tests.
    pub const fn new(variable: F) -> Self {
        Self { variable }
    }

    /// The secret of a kind and the words that tell where it was found, or nothing.
    ///
    /// # Errors
    /// When a variable holds something that is not text.
    pub fn get(&self, kind: SecretKind) -> Result<Option<(SecretString, String)>, StoreError> {
        let names: &[&str] = match kind {
            SecretKind::Api => &["PAYCLI_API_KEY", "STRIPE_API_KEY"],
            SecretKind::Webhook => &["PAYCLI_WEBHOOK_SECRET", "STRIPE_WEBHOOK_SECRET"],
            SecretKind::Publishable => &[],
        };
        for name in names {
            let Some(value) = (self.variable)(name).filter(|value| !value.is_empty()) else { continue };
            let text = value.into_string().map_err(|_| StoreError::NotText((*name).to_owned()))?;
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
        let found = EnvironmentStore::new(reader).get(SecretKind::Api).expect("an answer");
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
