//! The place of one stored secret: mode, profile, name and an id that is never used twice.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::profile::{Mode, ProfileName};

/// What a secret is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretKind {
    /// An API key that requests are made with.
    Api,
    /// A publishable key.
    Publishable,
    /// A webhook signing secret.
    Webhook,
}

impl SecretKind {
    /// The word in files, JSON and messages, which is also the name of a secret that was given no other.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Publishable => "publishable",
            Self::Webhook => "webhook",
        }
    }

    /// What it is called in a sentence.
    #[must_use]
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Api => "API key",
            Self::Publishable => "publishable key",
            Self::Webhook => "signing secret",
        }
    }
}

impl fmt::Display for SecretKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The name of a stored secret within its profile: the same letters as a profile's name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SecretName(String);

/// A text that cannot name a secret. It is not quoted, since it may be one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "this cannot name a key: a name has 1 to 40 letters, digits, '-', '_' and '.', a letter or digit first, and is no key"
)]
pub struct SecretNameError;

impl SecretName {
    /// The name that a secret of a kind has when it was given no other.
    #[must_use]
    pub fn of_kind(kind: SecretKind) -> Self {
        Self(kind.as_str().to_owned())
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SecretName {
    type Err = SecretNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let looks_secret = ["sk_", "rk_", "pk_", "rkcs_", "oak_", "whsec_"];
        if text.len() > 40 || looks_secret.iter().any(|prefix| text.starts_with(prefix)) {
            return Err(SecretNameError);
        }
        text.parse::<ProfileName>().map(|name| Self(name.to_string())).map_err(|_| SecretNameError)
    }
}

impl fmt::Display for SecretName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which secret of which profile: all versions of it share this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineageId {
    /// The profile's mode. It is part of the place: a store never answers across modes.
    pub mode: Mode,
    /// The profile.
    pub profile: ProfileName,
    /// The name within the profile.
    pub name: SecretName,
}

impl LineageId {
    /// The words under which the pointer file knows it.
    #[must_use]
    pub fn path(&self) -> String {
        format!("{}/{}", self.profile, self.name)
    }

    /// Reads the words under which the pointer file knows it.
    #[must_use]
    pub fn from_path(mode: Mode, path: &str) -> Option<Self> {
        let (profile, name) = path.split_once('/')?;
        Some(Self { mode, profile: profile.parse().ok()?, name: name.parse().ok()? })
    }

    /// The place of one version of it.
    #[must_use]
    pub fn slot(&self, id: &str) -> Slot {
        Slot { mode: self.mode, path: format!("{}/{}/{id}", self.profile, self.name) }
    }
}

impl fmt::Display for LineageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of the profile {}", self.name, self.profile)
    }
}

/// The place of one version of a secret. It is written once and deleted, never overwritten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// The mode.
    pub mode: Mode,
    /// `profile/name/id`.
    pub path: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_plain_and_no_key() {
        for good in ["api", "orders-2", "A.b_c"] {
            assert!(good.parse::<SecretName>().is_ok(), "{good}");
        }
        let key = ["sk", "test", "a1B2c3D4e5F6"].join("_");
        for bad in ["", "a/b", "../x", "a b", "-x", &key, &"x".repeat(41)] {
            assert_eq!(bad.parse::<SecretName>(), Err(SecretNameError), "{bad}");
        }
    }

    #[test]
    fn a_slot_names_profile_and_version() {
        let profile: ProfileName = "shop".parse().expect("a name");
        let lineage = LineageId { mode: Mode::Live, profile, name: SecretName::of_kind(SecretKind::Api) };
        assert_eq!(lineage.slot("x1").path, "shop/api/x1");
        assert_eq!(lineage.path(), "shop/api");
        assert_eq!(LineageId::from_path(Mode::Live, "shop/api"), Some(lineage));
        assert_eq!(LineageId::from_path(Mode::Live, "shop"), None);
    }
}
