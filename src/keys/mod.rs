//! API keys: how they are read, told apart and kept from being seen.

mod api_key;

pub use api_key::{ApiKey, ApiKeyError, KeyKind};
