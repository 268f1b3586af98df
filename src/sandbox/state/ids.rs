//! Random alphanumerics: ids of objects and requests, and the bodies of keys.

use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};

use crate::webhook::MADE_HERE;

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Bytes from here on would make the first letters of the alphabet likelier than the others.
const UNBIASED: u8 = 248;

/// How many letters tell a time in seconds: enough for some eighteen hundred years.
const TIME_LETTERS: usize = 6;

/// A stream of alphanumerics from a seed: hashing a counter needs no system call for each id and, unlike
/// the system's randomness, cannot fail in the middle of a request.
pub(in crate::sandbox) struct Ids {
    seed: [u8; 32],
    counter: AtomicU64,
}

impl Ids {
    /// Ids that nobody has seen before.
    pub(in crate::sandbox) fn random() -> Result<Self, getrandom::Error> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed)?;
        Ok(Self::from_seed(seed))
    }

    /// A number that nobody can foresee.
    pub(in crate::sandbox) fn random_number() -> Result<u64, getrandom::Error> {
        let mut bytes = [0; 8];
        getrandom::fill(&mut bytes)?;
        Ok(u64::from_be_bytes(bytes))
    }

    /// The same ids every time.
    pub(in crate::sandbox) const fn from_seed(seed: [u8; 32]) -> Self {
        Self { seed, counter: AtomicU64::new(0) }
    }

    /// The next `length` alphanumerics.
    pub(in crate::sandbox) fn alphanumeric(&self, length: usize) -> String {
        let mut text = String::with_capacity(length);
        while text.len() < length {
            let turn = self.counter.fetch_add(1, Ordering::Relaxed);
            let block = Sha256::new().chain_update(self.seed).chain_update(turn.to_be_bytes()).finalize();
            let letters = block.iter().filter(|byte| **byte < UNBIASED).take(length - text.len());
            text.extend(letters.map(|byte| char::from(ALPHABET[usize::from(byte % 62)])));
        }
        text
    }

    /// An id of an object: its prefix and `length` alphanumerics.
    pub(in crate::sandbox) fn object(&self, prefix: &str, length: usize) -> String {
        format!("{prefix}_{}", self.alphanumeric(length))
    }

    /// An id of an object that begins with its time, as Stripe's longer ones do: what comes in later stands
    /// later in an index, and finds its neighbours there in memory.
    pub(in crate::sandbox) fn timed_object(&self, prefix: &str, now: i64, length: usize) -> String {
        let (mut rest, mut time) = (now.max(0).unsigned_abs(), [b'0'; TIME_LETTERS]);
        for letter in time.iter_mut().rev() {
            let digit = usize::try_from(rest % 62).expect("below 62");
            (*letter, rest) = (ALPHABET[digit], rest / 62);
        }
        let time: String = time.into_iter().map(char::from).collect();
        format!("{prefix}_1{time}{}", self.alphanumeric(length.saturating_sub(TIME_LETTERS + 1)))
    }

    /// The client secret of an object. It says of itself that it opens nothing at Stripe: the event store
    /// takes real ones out of what it keeps.
    pub(in crate::sandbox) fn client_secret(&self, id: &str) -> String {
        format!("{id}_secret_{MADE_HERE}{}", self.alphanumeric(25 - MADE_HERE.len()))
    }

    /// An id for one request and its answer.
    pub(in crate::sandbox) fn request(&self) -> String {
        self.object("req", 14)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_and_a_stream_does_not() {
        let (one, two) = (Ids::from_seed([7; 32]), Ids::from_seed([7; 32]));
        let first = one.alphanumeric(100);
        assert_eq!(first, two.alphanumeric(100));
        assert_eq!(first.len(), 100);
        assert!(first.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        assert_ne!(one.object("cus", 14), one.object("cus", 14));
    }

    #[test]
    fn later_ids_sort_later() {
        let ids = Ids::from_seed([7; 32]);
        let at = |now| ids.timed_object("evt", now, 24);
        let times = [0, 1, 61, 62, 1_700_000_000, 1_700_000_001, 4_000_000_000];
        let made: Vec<_> = times.into_iter().map(at).collect();
        assert!(made.is_sorted(), "{made:?}");
        assert!(made.iter().all(|id| id.len() == 28 && id.starts_with("evt_1")));
        assert_ne!(at(5), at(5));
    }
}
