//! Keys that do not tell their mode, and of which the API itself has said that they are test keys.

use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::profile::Paths;

use super::ApiKey;
use super::mark::Salt;
use super::private_file::{lock, read, replace};

/// The version of the file. A file of another version is not understood and never replaced.
const VERSION: u32 = 1;

/// The most that is kept: the oldest go first, and are asked of the API anew.
const MOST: usize = 200;

/// What is kept of them, in a file of this home. It holds salted marks and no key. Whatever is wrong with
/// it, the API is asked again.
#[derive(Debug, Clone)]
pub struct KnownTestKeys {
    file: PathBuf,
    salt: PathBuf,
}

#[derive(Default, Serialize, Deserialize)]
struct Kept {
    version: u32,
    /// Marks, the oldest first.
    keys: Vec<String>,
}

impl KnownTestKeys {
    /// The ones of a home. Nothing is read yet.
    #[must_use]
    pub fn of(paths: &Paths) -> Self {
        Self { file: paths.data_dir().join("known-test-keys.json"), salt: paths.salt_file() }
    }

    /// Whether the API has said it of this key. `asked` is whom and for whom: another server's word, or one
    /// for another account of an organisation, does not count.
    #[must_use]
    pub fn holds(&self, key: &ApiKey, asked: &[&str]) -> bool {
        let mark = self.mark(key, asked);
        let kept = self.load().ok().flatten();
        mark.ok().zip(kept).is_some_and(|(mark, kept)| kept.keys.contains(&mark))
    }

    /// Keeps what the API has said of a key.
    ///
    /// # Errors
    /// When the file cannot be written. The API is asked again the next time.
    pub fn remember(&self, key: &ApiKey, asked: &[&str]) -> io::Result<()> {
        let mark = self.mark(key, asked)?;
        let _lock = lock(&self.file.with_extension("lock"))?;
        let mut kept = self.load()?.unwrap_or_default();
        kept.version = VERSION;
        kept.keys.retain(|known| *known != mark);
        kept.keys.push(mark);
        kept.keys.drain(..kept.keys.len().saturating_sub(MOST));
        replace(&self.file, &serde_json::to_vec(&kept)?)
    }

    /// What is in the file; nothing where it is damaged, and an error where it is a newer version's.
    fn load(&self) -> io::Result<Option<Kept>> {
        #[derive(Deserialize)]
        struct Version {
            version: u32,
        }
        let Some(bytes) = read(&self.file)? else { return Ok(None) };
        match serde_json::from_slice::<Version>(&bytes) {
            Ok(found) if found.version != VERSION => {
                Err(io::Error::other(format!("version {} is not known", found.version)))
            }
            _ => Ok(serde_json::from_slice(&bytes).ok()),
        }
    }

    fn mark(&self, key: &ApiKey, asked: &[&str]) -> io::Result<String> {
        let salt = Salt::load_or_create(&self.salt).map_err(io::Error::other)?;
        // Each part with its length, so that two lists of parts are never one text.
        let parts = std::iter::once(key.expose()).chain(asked.iter().copied());
        let parts: Vec<String> = parts.map(|part| format!("{}:{part}", part.len())).collect();
        Ok(salt.mark_text(&parts.concat()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> ApiKey {
        ApiKey::parse(text).expect("a key")
    }

    #[test]
    fn a_word_counts_for_its_key_its_server_and_its_account_only() {
        let dir = tempfile::tempdir().expect("a directory");
        let known = KnownTestKeys::of(&Paths::resolve(Some(dir.path().into())).expect("paths"));
        let (one, other) = (key("oak_12345"), key("oak_12346"));
        assert!(!known.holds(&one, &["a", "b"]));
        known.remember(&one, &["a", "b"]).expect("a file");
        assert!(known.holds(&one, &["a", "b"]));
        assert!(!known.holds(&other, &["a", "b"]));
        for asked in [&["a"][..], &["a", "c"], &["ab", ""], &["", "ab"]] {
            assert!(!known.holds(&one, asked), "{asked:?}");
        }
        known.remember(&other, &[]).expect("a file");
        assert!(known.holds(&one, &["a", "b"]) && known.holds(&other, &[]));
    }

    #[test]
    fn the_oldest_are_forgotten() {
        let dir = tempfile::tempdir().expect("a directory");
        let known = KnownTestKeys::of(&Paths::resolve(Some(dir.path().into())).expect("paths"));
        let key = key("oak_12345");
        known.remember(&key, &["first"]).expect("a file");
        for number in 0..MOST {
            known.remember(&key, &[&number.to_string()]).expect("a file");
        }
        assert!(!known.holds(&key, &["first"]) && known.holds(&key, &["0"]));
    }
}
