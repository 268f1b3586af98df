//! A signing secret made ready to sign with: the keyed state of HMAC-SHA256, made once for many bodies.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::keys::SigningSecret;

/// A key of HMAC-SHA256. It has no `Debug`: its state is as good as the secret.
#[derive(Clone)]
pub struct SigningKey(Hmac<Sha256>);

impl SigningKey {
    /// The key of Stripe's scheme: the whole secret as text, `whsec_` included. Nothing for a blank secret,
    /// which the official libraries refuse since September 2026.
    #[must_use]
    pub fn stripe(secret: &SigningSecret) -> Option<Self> {
        (!secret.is_blank()).then(|| Self::from_bytes(secret.expose().as_bytes()))
    }

    /// A key of any bytes.
    pub(super) fn from_bytes(key: &[u8]) -> Self {
        Self(Hmac::new_from_slice(key).expect("HMAC takes keys of any length"))
    }

    /// The HMAC of the parts, one after the other.
    pub(super) fn digest(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut mac = self.0.clone();
        for part in parts {
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    /// The HMAC in lower-case hexadecimal, the form of Stripe's scheme.
    pub(super) fn hex(&self, parts: &[&[u8]]) -> [u8; 64] {
        let mut text = [0; 64];
        hex::encode_to_slice(self.digest(parts), &mut text).expect("64 digits are the length of 32 bytes");
        text
    }

    /// The HMAC in base64, the form of Standard Webhooks.
    pub(super) fn base64(&self, parts: &[&[u8]]) -> String {
        STANDARD.encode(self.digest(parts))
    }
}
