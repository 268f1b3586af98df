//! The sandbox's keys: made once per home, or from a seed, and the same for every server of the home.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::Path;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::permissions::Permissions;
use crate::keys::{ApiKey, KeyKind};
use crate::sandbox::state::db::private_dir;
use crate::sandbox::state::error::SandboxError;
use crate::sandbox::state::ids::Ids;

/// The version of the file that is written here.
const VERSION: i64 = 1;

/// What tests and people call the sandbox with. They open nothing but a sandbox of the same home.
#[derive(Debug, Clone)]
pub struct SandboxKeys {
    /// May do everything.
    pub secret: ApiKey,
    /// May read everything and write what a shop that charges needs to.
    pub restricted: ApiKey,
    /// For front ends.
    pub publishable: ApiKey,
    /// Signs the sandbox's webhook deliveries.
    pub webhook_secret: SecretString,
}

/// The file: plain JSON, since these keys guard nothing but a toy.
#[derive(Serialize, Deserialize)]
struct Written {
    version: i64,
    secret_key: String,
    restricted_key: String,
    publishable_key: String,
    webhook_secret: String,
}

/// Read before the rest, so that a newer file is told apart from a broken one.
#[derive(Deserialize)]
struct VersionOnly {
    version: i64,
}

impl SandboxKeys {
    /// Reads the keys of a home, and makes them first where there are none. Of two processes that make
    /// them at once, both get the keys of the one that was first.
    ///
    /// # Errors
    /// When the file cannot be read or made, is broken, or was written by a newer paycli.
    pub fn load_or_create(path: &Path) -> Result<Self, SandboxError> {
        if let Some(keys) = Self::load(path)? {
            return Ok(keys);
        }
        Self::generate(&Ids::random()?).create(path)?;
        Self::load(path)?.ok_or_else(|| file_error(path, ErrorKind::NotFound.into()))
    }

    /// The same keys for the same seed, on every machine.
    #[must_use]
    pub fn from_seed(seed: u64) -> Self {
        let hash = Sha256::new().chain_update(b"paycli sandbox keys 1").chain_update(seed.to_be_bytes());
        Self::generate(&Ids::from_seed(hash.finalize().into()))
    }

    /// The account that all these keys belong to.
    #[must_use]
    pub fn account(&self) -> String {
        self.secret.account().unwrap_or_default()
    }

    /// A new key of this account.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub(in crate::sandbox) fn another(&self, kind: KeyKind) -> Result<ApiKey, SandboxError> {
        let prefix = match kind {
            KeyKind::Secret => "sk",
            KeyKind::Publishable => "pk",
            _ => "rk",
        };
        let account = self.account();
        let account = account.strip_prefix("acct_1").unwrap_or_default();
        let text = format!("{prefix}_test_51{account}{}", Ids::random()?.alphanumeric(82));
        Ok(ApiKey::parse(&text).expect("a generated key has the form of a key"))
    }

    /// What the home's restricted key may do.
    pub(in crate::sandbox) fn restricted_permissions() -> Permissions {
        let written = ["customer", "payment_intent", "payment_method", "refund", "setup_intent", "token"];
        let written = written.iter().map(|object| format!("{object}=write"));
        Permissions::parse(std::iter::once("*=read".to_owned()).chain(written)).unwrap_or_default()
    }

    fn generate(ids: &Ids) -> Self {
        let account = ids.alphanumeric(15);
        // Today's form: `51`, the account's id without its first letter, and enough to make 99.
        let key = |prefix: &str| {
            let text = format!("{prefix}_test_51{account}{}", ids.alphanumeric(82));
            ApiKey::parse(&text).expect("a generated key has the form of a key")
        };
        Self {
            secret: key("sk"),
            restricted: key("rk"),
            publishable: key("pk"),
            webhook_secret: SecretString::from(ids.object("whsec", 32)),
        }
    }

    fn load(path: &Path) -> Result<Option<Self>, SandboxError> {
        let text = match fs::read(path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(file_error(path, error)),
        };
        let broken = |reason| SandboxError::Keys { path: path.to_owned(), reason };
        let head: VersionOnly =
            serde_json::from_slice(&text).map_err(|_| broken("not JSON with a version"))?;
        if head.version > VERSION {
            let (path, found) = (path.to_owned(), head.version);
            return Err(SandboxError::NewerVersion { path, found, known: VERSION });
        }
        let written: Written = serde_json::from_slice(&text).map_err(|_| broken("a key is missing"))?;
        Self::read(&written).map(Some).map_err(broken)
    }

    fn read(written: &Written) -> Result<Self, &'static str> {
        let key = |text: &str| ApiKey::parse(text).map_err(|_| "something that is not a key");
        let keys = Self {
            secret: key(&written.secret_key)?,
            restricted: key(&written.restricted_key)?,
            publishable: key(&written.publishable_key)?,
            webhook_secret: SecretString::from(written.webhook_secret.as_str()),
        };
        let account = keys.secret.account().ok_or("a secret key that names no account")?;
        let all = [&keys.restricted, &keys.publishable];
        if all.iter().any(|key| key.account().as_ref() != Some(&account)) {
            return Err("keys of different accounts");
        }
        Ok(keys)
    }

    /// Writes a file that is complete from its first moment: under another name first, then linked to its
    /// own, which fails when somebody else was faster.
    fn create(&self, path: &Path) -> Result<(), SandboxError> {
        if let Some(parent) = path.parent() {
            private_dir(parent)?;
        }
        let written = Written {
            version: VERSION,
            secret_key: self.secret.expose().to_owned(),
            restricted_key: self.restricted.expose().to_owned(),
            publishable_key: self.publishable.expose().to_owned(),
            webhook_secret: self.webhook_secret.expose_secret().to_owned(),
        };
        let text = serde_json::to_vec_pretty(&written)
            .map_err(|_| SandboxError::Keys { path: path.to_owned(), reason: "not writable as JSON" })?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let draft = path.with_file_name(format!(".{name}.{}", Ids::random()?.alphanumeric(12)));
        let result = write_private(&draft, &text).and_then(|()| link_first(&draft, path));
        let removed = fs::remove_file(&draft);
        result.and(removed).map_err(|error| file_error(path, error))
    }
}

fn link_first(draft: &Path, path: &Path) -> std::io::Result<()> {
    match fs::hard_link(draft, path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        other => other,
    }
}

/// Writes a new file that only the user can read.
pub(in crate::sandbox) fn write_private(path: &Path, text: &[u8]) -> std::io::Result<()> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text)?;
    file.sync_all()
}

/// What it means that a file cannot be used.
pub(in crate::sandbox) fn file_error(path: &Path, source: std::io::Error) -> SandboxError {
    SandboxError::File { path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Mode;

    #[test]
    fn seeded_keys_have_todays_form_and_one_account() {
        let keys = SandboxKeys::from_seed(1);
        let kinds = [KeyKind::Secret, KeyKind::Restricted, KeyKind::Publishable];
        for (key, kind) in [&keys.secret, &keys.restricted, &keys.publishable].into_iter().zip(kinds) {
            assert_eq!((key.kind(), key.mode()), (kind, Some(Mode::Test)));
            assert_eq!(key.account(), Some(keys.account()));
        }
        assert!(keys.account().starts_with("acct_1") && keys.account().len() == 21);
        assert_eq!(keys.webhook_secret.expose_secret().len(), 38);
        assert_eq!(SandboxKeys::from_seed(1).secret.expose(), keys.secret.expose());
        assert_ne!(SandboxKeys::from_seed(2).secret.expose(), keys.secret.expose());
    }

    #[test]
    fn a_home_keeps_its_keys_and_racers_agree() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("deep/keys.json");
        let racers: Vec<_> = (0..8)
            .map(|_| {
                let path = path.clone();
                std::thread::spawn(move || SandboxKeys::load_or_create(&path).expect("keys"))
            })
            .collect();
        let secret = |keys: SandboxKeys| {
            (keys.secret.expose().to_owned(), keys.webhook_secret.expose_secret().to_owned())
        };
        let first = secret(SandboxKeys::load_or_create(&path).expect("keys"));
        for racer in racers {
            assert_eq!(secret(racer.join().expect("no panic")), first);
        }
        let left = fs::read_dir(path.parent().expect("a parent")).expect("a listing").count();
        assert_eq!(left, 1, "no draft stays behind");
    }

    #[cfg(unix)]
    #[test]
    fn the_file_and_its_directory_are_private() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("home/keys.json");
        SandboxKeys::load_or_create(&path).expect("keys");
        let mode = |path: &Path| fs::metadata(path).expect("metadata").permissions().mode() & 0o777;
        assert_eq!(mode(&path), 0o600);
        assert_eq!(mode(path.parent().expect("a parent")), 0o700);
    }

    #[test]
    fn a_newer_or_broken_file_is_refused_and_kept() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("keys.json");
        for (text, expected) in [("{\"version\": 2, \"x\": 1}", "newer paycli"), ("{}", "cannot be read")] {
            fs::write(&path, text).expect("written");
            let error = SandboxKeys::load_or_create(&path).expect_err(text).to_string();
            assert!(error.contains(expected), "{error}");
            assert_eq!(fs::read_to_string(&path).expect("read"), text);
        }
    }
}
