//! What a restricted key may do: for each kind of object nothing, reading, or reading and writing. Pure.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// Stands for every kind of object.
const EVERYTHING: &str = "*";

/// What may be done with a kind of object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(in crate::sandbox) enum Access {
    /// Retrieving and listing.
    Read,
    /// Everything, reading included.
    Write,
}

/// The permissions of a key, by the name in an object's field `object`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(in crate::sandbox) struct Permissions(BTreeMap<String, Access>);

/// A text that is not a permission.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is not a permission: they look like customer=read or payment_intent=write, and * stands for everything"
)]
pub(in crate::sandbox) struct PermissionError(String);

impl Permissions {
    /// Permissions from texts such as `customer=read`.
    ///
    /// # Errors
    /// When one of them has another form. Whether there are such objects is not looked at here.
    pub(in crate::sandbox) fn parse<T: AsRef<str>>(
        texts: impl IntoIterator<Item = T>,
    ) -> Result<Self, PermissionError> {
        let mut permissions = Self::default();
        for text in texts {
            let text = text.as_ref();
            let wrong = || PermissionError(text.to_owned());
            let (object, access) = text.split_once('=').ok_or_else(wrong)?;
            let access = match access {
                "read" => Access::Read,
                "write" => Access::Write,
                _ => return Err(wrong()),
            };
            permissions.0.insert(object.to_owned(), access);
        }
        Ok(permissions)
    }

    /// Everything.
    pub(in crate::sandbox) fn all() -> Self {
        Self(BTreeMap::from([(EVERYTHING.to_owned(), Access::Write)]))
    }

    /// Whether they are enough to do this with such an object.
    pub(in crate::sandbox) fn allow(&self, object: &str, access: Access) -> bool {
        let named = |name| self.0.get(name).is_some_and(|given| *given >= access);
        named(object) || named(EVERYTHING)
    }

    /// The kinds of objects that are named.
    pub(in crate::sandbox) fn objects(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str).filter(|name| *name != EVERYTHING)
    }
}

impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Read => "read",
            Self::Write => "write",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writing_includes_reading_and_a_star_is_everything() {
        let some = Permissions::parse(["customer=read", "refund=write"]).expect("permissions");
        assert!(some.allow("customer", Access::Read) && !some.allow("customer", Access::Write));
        assert!(some.allow("refund", Access::Read) && some.allow("refund", Access::Write));
        assert!(!some.allow("charge", Access::Read));
        let reader = Permissions::parse(["*=read", "refund=write"]).expect("permissions");
        assert!(reader.allow("charge", Access::Read) && !reader.allow("charge", Access::Write));
        assert!(reader.allow("refund", Access::Write));
        assert!(Permissions::all().allow("charge", Access::Write));
        assert!(!Permissions::default().allow("charge", Access::Read));
    }

    #[test]
    fn what_is_no_permission_is_told() {
        for text in ["customer", "customer=", "customer=none", "=", ""] {
            assert_eq!(Permissions::parse([text]), Err(PermissionError(text.to_owned())), "{text}");
        }
    }
}
