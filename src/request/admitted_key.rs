//! An API key that has passed the gate: the only thing that a request can be sent with.

use crate::keys::ApiKey;

/// An API key that is known to be of the profile's mode, or that acts in live mode on purpose.
#[derive(Debug, Clone)]
pub struct AdmittedKey(ApiKey);

impl AdmittedKey {
    /// Called by the gate alone, once it has decided.
    pub(super) fn let_through(key: &ApiKey) -> Self {
        Self(key.clone())
    }

    /// The key.
    #[must_use]
    pub const fn key(&self) -> &ApiKey {
        &self.0
    }
}
