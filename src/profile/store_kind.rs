//! The kinds of places where secrets may be kept. Which one is used is a setting, and never a fall-back.

use serde::{Deserialize, Serialize};

/// A kind of store, chosen by name: none is ever used instead of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoreKind {
    /// The keyring of the operating system.
    Keyring,
    /// A file that is encrypted with a passphrase.
    File,
    /// Nothing is stored: keys come from the environment alone.
    Env,
}

impl StoreKind {
    /// The word in files, options and JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Keyring => "keyring",
            Self::File => "file",
            Self::Env => "env",
        }
    }

    /// What it is called in a sentence.
    #[must_use]
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Keyring => "keyring",
            Self::File => "key file",
            Self::Env => "environment",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Keyring, Self::File, Self::Env].into_iter().find(|kind| kind.as_str() == name)
    }
}
