//! The keys that are known on this machine, told by their fingerprints: no store is opened.

use crate::cli::context::{Context, variable};
use crate::cli::failure::Failure;
use crate::keys::lineage::Stored;
use crate::keys::{PointerFile, Salt, Secret};
use crate::profile::Mode;
use crate::scan::InUse;

/// The keys that are stored, and those in the environment.
pub(super) struct KnownKeys {
    salt: Option<Salt>,
    stored: Vec<(String, InUse)>,
}

/// Variables whose keys are in use.
const VARIABLES: &[&str] =
    &["PAYCLI_API_KEY", "STRIPE_API_KEY", "PAYCLI_WEBHOOK_SECRET", "STRIPE_WEBHOOK_SECRET"];

impl KnownKeys {
    /// Reads the lists of stored keys. A list that cannot be read is told of and passed over: a scan needs none.
    pub(super) fn load(context: &Context) -> Result<Self, Failure> {
        let paths = Context::paths()?;
        let mut stored = Vec::new();
        for mode in [Mode::Test, Mode::Live] {
            match PointerFile::new(paths.key_list_file(mode), mode).load() {
                Ok(pointers) => {
                    for (path, lineage) in &pointers.lineages {
                        let (profile, name) = path.split_once('/').unwrap_or((path, ""));
                        let default = lineage.kind.as_str();
                        let mut add = |version: &'static str, key: &Stored| {
                            let words = format!("the {version} {mode} key {name} of profile {profile}");
                            let name = (name != default).then(|| name.to_owned());
                            let in_use =
                                InUse { words, profile: Some(profile.to_owned()), name, version, mode };
                            stored.push((key.fingerprint.clone(), in_use));
                        };
                        lineage.current.iter().for_each(|key| add("current", key));
                        lineage.previous.iter().for_each(|key| add("previous", &key.stored));
                        lineage
                            .rotation
                            .iter()
                            .filter_map(|rotation| rotation.new.as_ref())
                            .for_each(|key| add("new", key));
                    }
                }
                Err(error) => context.printer.warn(&format!("stored keys are not recognised: {error}")),
            }
        }
        // Without a stored key there is no fingerprint to compare, and no salt is made.
        let salt = if stored.is_empty() { None } else { Some(Salt::load_or_create(&paths.salt_file())?) };
        Ok(Self { salt, stored })
    }

    /// Where a key is in use.
    pub(super) fn find(&self, secret: &Secret) -> Option<InUse> {
        let fingerprint = self.salt.as_ref().map(|salt| salt.mark_text(secret.expose()));
        let is_it = |known: &&(String, InUse)| fingerprint.as_ref() == Some(&known.0);
        if let Some((_, in_use)) = self.stored.iter().find(is_it) {
            return Some(in_use.clone());
        }
        let name = VARIABLES
            .iter()
            .find(|name| variable(name).is_some_and(|value| value.trim() == secret.expose()))?;
        let mode = secret.key().and_then(crate::keys::ApiKey::mode).unwrap_or(Mode::Live);
        Some(InUse {
            words: format!("the key in {name}"),
            profile: None,
            name: None,
            version: "current",
            mode,
        })
    }
}
