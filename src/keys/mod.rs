//! API keys: where they come from, how they are told apart, and how they are kept from being seen.

mod api_key;
mod mark;
mod signing_secret;
mod source;
mod store;

pub use api_key::{ApiKey, ApiKeyError, KeyKind};
pub use mark::{MarkError, Salt};
pub use signing_secret::SigningSecret;
pub use source::{SecretSource, SourceError};
pub use store::{EnvironmentStore, SecretStore, Slot, SlotKind, StoreError};
