//! API keys and signing secrets: where they come from, how they are told apart, kept from being seen,
//! stored and rotated.

mod api_key;
mod audit_log;
mod error;
mod filter;
mod findings;
mod hooks;
mod known_test_keys;
pub mod lineage;
mod mark;
mod pointer;
mod private_file;
mod recognise;
mod rotation;
mod secret;
mod signing_secret;
mod slot;
mod source;
mod store;
mod unix_seconds;
mod upkeep;
mod vault;

pub use api_key::{ApiKey, ApiKeyError, KeyKind};
pub use audit_log::{AuditError, AuditLog, Event, KeyMark, OpenLog};
pub use error::KeysError;
pub use findings::{Finding, KeyAgePolicy, days, findings};
pub use hooks::{HookError, is_api_key_variable, split_hooks};
pub use known_test_keys::KnownTestKeys;
pub use mark::{MarkError, Salt};
pub use pointer::{LineageLock, PointerError, PointerFile, Pointers};
pub use rotation::ways::{advice, revoke_previous, ways};
pub use rotation::{
    Action, Added, Api, ApiFailure, Made, NewKey, NewVersion, Probe, Revocation, RuleError, Way, Work,
};
pub use secret::{Secret, SecretError};
pub use signing_secret::SigningSecret;
pub use slot::{LineageId, SecretKind, SecretName, SecretNameError, Slot};
pub use source::{SecretSource, SourceError};
pub use store::{
    AgeFileStore, EnvironmentStore, KeyringStore, OpenStore, Passphrase, SecretStore, StoreError, StoreKind,
    Stores,
};
pub use upkeep::{Defect, Diagnosis, Mended};
pub use vault::{Held, Vault};
