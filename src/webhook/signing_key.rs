//! A signing secret made ready to sign with: the keyed state of HMAC-SHA256, made once for many bodies.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

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
        let digest = self.digest(parts);
        let mut text = [0; 64];
        for (digits, byte) in text.chunks_exact_mut(2).zip(digest) {
            digits[0] = hex_digit(byte >> 4);
            digits[1] = hex_digit(byte & 0xf);
        }
        text
    }

    /// The HMAC in base64, the form of Standard Webhooks.
    pub(super) fn base64(&self, parts: &[&[u8]]) -> String {
        STANDARD.encode(self.digest(parts))
    }
}

/// A hexadecimal digit by arithmetic: no branch and no table, so that its time tells nothing of a signature.
const fn hex_digit(value: u8) -> u8 {
    let is_letter = (9_u8.wrapping_sub(value)) >> 7;
    b'0' + value + is_letter * (b'a' - b'0' - 10)
}

/// Whether a signature in hexadecimal is the expected one, in a time that does not tell how much of it is.
pub(super) fn is_same_hex(signature: &[u8], expected: &[u8; 64]) -> bool {
    let Ok(signature) = <&[u8; 64]>::try_from(signature) else { return false };
    let words = |text: &[u8; 64]| {
        let mut words = [0; 8];
        for (word, bytes) in words.iter_mut().zip(text.chunks_exact(8)) {
            *word = u64::from_ne_bytes(bytes.try_into().expect("a chunk of eight"));
        }
        words
    };
    // Eight comparisons of words: of bytes they would be sixty-four, and as much work as the rest of the header.
    words(signature).as_slice().ct_eq(words(expected).as_slice()).into()
}
