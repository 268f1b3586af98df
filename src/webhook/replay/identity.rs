//! What makes two replays the same command: what is selected, from where, and where it goes. Pure.

use sha2::{Digest, Sha256};

/// Which signatures a replay sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signing {
    /// Fresh ones.
    Fresh,
    /// Those that the events came with.
    Original,
}

/// What a replay is about. How fast it goes and how often it tries are not part of it: the same replay may go on at
/// another rate.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReplayIdentity {
    parts: Vec<(&'static str, String)>,
}

impl ReplayIdentity {
    /// Adds a part. The order in which parts are added does not matter.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.parts.push((name, value.into()));
        self
    }

    /// The text that stands for it in the store: a hash, since parts may be long.
    #[must_use]
    pub fn text(&self) -> String {
        let mut parts = self.parts.clone();
        parts.sort();
        let mut hash = Sha256::new();
        for (name, value) in parts {
            for text in [name, &value] {
                hash.update((text.len() as u64).to_be_bytes());
                hash.update(text);
            }
        }
        hex::encode(hash.finalize())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_parts_in_any_order_are_the_same_and_others_are_not() {
        let of = |parts: &[(&'static str, &str)]| {
            parts.iter().fold(ReplayIdentity::default(), |it, (name, value)| it.with(name, *value)).text()
        };
        assert_eq!(of(&[("to", "a"), ("type", "b")]), of(&[("type", "b"), ("to", "a")]));
        assert_ne!(of(&[("to", "a"), ("type", "b")]), of(&[("to", "b"), ("type", "a")]));
        assert_ne!(of(&[("to", "ab")]), of(&[("to", "a"), ("to", "b")]));
        assert_ne!(of(&[("to", "a")]), of(&[]));
    }
}
