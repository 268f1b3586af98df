//! The fingerprint of a request: SHA-256 over its length-prefixed parts.

use sha2::{Digest, Sha256};

use super::canonical::Canonical;

/// The identity of a request, 32 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// Reads back what was stored; `None` where it has another length.
    pub(super) fn stored(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The bytes, as they are stored.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Takes the parts one by one. Each is prefixed with its length, so that no two lists of parts can give
/// the same bytes.
pub(super) struct FingerprintBuilder(Sha256);

impl FingerprintBuilder {
    pub(super) fn new() -> Self {
        Self(Sha256::new_with_prefix(b"paycli fingerprint 1\0"))
    }

    /// A field that may be absent, which is not the same as empty.
    pub(super) fn field(&mut self, bytes: Option<&[u8]>) {
        self.0.update([u8::from(bytes.is_some())]);
        let bytes = bytes.unwrap_or_default();
        self.0.update((bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
    }

    pub(super) fn parameters(&mut self, parameters: &Canonical) {
        self.0.update((parameters.pairs().len() as u64).to_be_bytes());
        for (name, value) in parameters.pairs() {
            self.field(Some(name.as_bytes()));
            self.field(Some(value));
        }
    }

    pub(super) fn finish(self) -> Fingerprint {
        Fingerprint(self.0.finalize().into())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::journal::{Family, Intent, Method};
    use crate::profile::Mode;

    fn encode(pairs: &[(String, String)]) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
    }

    #[test]
    fn every_field_of_the_identity_counts_and_no_other() {
        let base = Intent::example("a=1");
        let same = [
            Intent { profile: "other".into(), ..base.clone() },
            Intent { credential: Some("x".into()), ..base.clone() },
            Intent { headers: vec![("a".into(), "b".into())], ..base.clone() },
        ];
        for other in same {
            assert_eq!(base.fingerprint(), other.fingerprint(), "{other:?}");
        }
        let different = [
            Intent { mode: Mode::Live, ..base.clone() },
            Intent { account: None, ..base.clone() },
            Intent { account: Some(String::new()), ..base.clone() },
            Intent { stripe_account: Some("acct_1".into()), ..base.clone() },
            Intent { stripe_context: Some("acct_1".into()), ..base.clone() },
            Intent { base_url: "https://proxy.example".into(), ..base.clone() },
            Intent { method: Method::Delete, ..base.clone() },
            Intent { path: "/v1/charges".into(), ..base.clone() },
            Intent { path: "/v1/customers?a=1".into(), ..base.clone() },
            Intent { api_version: Some("2026-01-01".into()), ..base.clone() },
            Intent { body: b"a=2".to_vec(), ..base.clone() },
            Intent { body: b"".to_vec(), ..base.clone() },
        ];
        for other in different {
            assert_ne!(base.fingerprint(), other.fingerprint(), "{other:?}");
            assert!(!base.differences(&other).is_empty(), "{other:?}");
        }
    }

    proptest! {
        #[test]
        fn order_does_not_count(
            pairs in prop::collection::btree_map("[a-z]{1,6}(\\[[a-z0-9]{1,3}\\])?", ".{0,8}", 1..8),
            seed in any::<prop::sample::Index>(),
        ) {
            let pairs: Vec<_> = pairs.into_iter().collect();
            let mut rotated = pairs.clone();
            rotated.rotate_left(seed.index(pairs.len()));
            prop_assert_eq!(Intent::example(&encode(&pairs)).fingerprint(), Intent::example(&encode(&rotated)).fingerprint());
        }

        #[test]
        fn every_value_counts(
            pairs in prop::collection::btree_map("[a-z]{1,6}(\\[[a-z0-9]{1,3}\\])?", ".{0,8}", 1..8),
            which in any::<prop::sample::Index>(),
            value in ".{0,8}",
        ) {
            let pairs: Vec<_> = pairs.into_iter().collect();
            let mut changed = pairs.clone();
            let at = which.index(pairs.len());
            prop_assume!(changed[at].1 != value);
            changed[at].1 = value;
            let (first, second) = (Intent::example(&encode(&pairs)), Intent::example(&encode(&changed)));
            prop_assert_ne!(first.fingerprint(), second.fingerprint());
            prop_assert_eq!(first.differences(&second), [format!("parameter {}", pairs[at].0)]);
        }

        #[test]
        fn no_body_makes_it_panic(body in prop::collection::vec(any::<u8>(), 0..64), is_json in any::<bool>()) {
            let family = if is_json { Family::V2 } else { Family::V1 };
            let intent = Intent { family, body, ..Intent::example("") };
            prop_assert_eq!(intent.fingerprint(), intent.fingerprint());
        }
    }
}
