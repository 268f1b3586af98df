//! API keys and signing secrets: where they come from, how they are told apart, kept from being seen,
//! stored and rotated.

mod api_key;
mod audit_log;
pub mod chain;
mod error;
mod hooks;
mod known_test_keys;
mod mark;
mod moment;
mod pointer;
mod policy;
mod private_file;
mod rotation;
mod secret;
mod signing_secret;
mod slot;
mod source;
mod store;
mod vault;

pub use api_key::{ApiKey, ApiKeyError, KeyKind};
pub use audit_log::{AuditError, AuditLog};
pub use error::KeysError;
pub use hooks::{HookError, split_hooks};
pub use known_test_keys::KnownTestKeys;
pub use mark::{MarkError, Salt};
pub use moment::Moment;
pub use pointer::{ChainLock, PointerError, PointerFile, Pointers};
pub use policy::{Finding, Policy, days, findings};
pub use rotation::ways::{advice, revoke_previous, ways};
pub use rotation::{
    Action, Added, Api, ApiFailure, Made, NewKey, NewVersion, Probe, Revocation, RuleError, Way, Work,
};
pub use secret::{Secret, SecretError};
pub use signing_secret::SigningSecret;
pub use slot::{ChainId, SecretKind, SecretName, SecretNameError, Slot};
pub use source::{SecretSource, SourceError};
pub use store::{
    AgeFileStore, EnvironmentStore, KeyringStore, OpenStore, Passphrase, SecretStore, StoreError, StoreKind,
    Stores,
};
pub use vault::{Held, Vault};
