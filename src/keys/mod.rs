//! API keys: where they come from, how they are told apart, and how they are kept from being seen.

mod api_key;
mod mark;
mod source;
mod store;

pub use api_key::{ApiKey, ApiKeyError, KeyKind};
pub use mark::{MarkError, Salt};
pub use source::{SecretSource, SourceError};
pub use store::{EnvironmentStore, SecretStore, Slot, SlotKind, StoreError};
