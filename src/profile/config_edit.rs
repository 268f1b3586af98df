//! Changing the configuration file: comments and order stay, and a broken result is never written.
//!
//! A change is made from one read, under a lock that is held from the read to the save: of two changes at
//! once neither is lost, and a file that cannot be read is never taken for an empty one.

use std::path::{Path, PathBuf};

use toml_edit::{DocumentMut, Item, Table, value};

use super::config::{BUILT_IN, read_text};
use super::config_file::{ConfigLock, replace};
use super::{Config, ConfigError, Mode, ProfileName};

/// What may be set of a profile. Its mode may not.
const PROFILE_SETTINGS: [&str; 6] = ["api_base", "api_version", "account", "keystore", "max_age", "warn_at"];

/// Why a change was not made. The file is as it was.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// What is there cannot be used, or the result could not be.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The result would not be a configuration.
    #[error("not written, since the configuration would be broken: {0}")]
    WouldBreak(String),
    /// No such setting.
    #[error(
        "there is no setting {0:?}: there are default_profile, live, journal.bodies, journal.keep, and of each profile profiles.NAME.api_base, api_version, account, keystore, max_age and warn_at"
    )]
    UnknownSetting(String),
    /// A profile of this name is there already.
    #[error("there is a profile {0} already")]
    ProfileExists(ProfileName),
    /// The profile is not one that the file made.
    #[error("the profile {0} is built in and cannot be removed")]
    BuiltIn(ProfileName),
    /// Another process is changing the file, or the lock file beside it cannot be used.
    #[error("the configuration file {path} cannot be locked: {error}")]
    Unlockable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// The file could not be written.
    #[error("the configuration file {path} cannot be written: {error}")]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
}

/// What a new profile is made of, its name and mode apart.
#[derive(Debug, Clone, Default)]
pub struct ProfileSettings {
    /// The base URL of its API.
    pub api_base: Option<String>,
    /// The `Stripe-Version` that it sends.
    pub api_version: Option<String>,
    /// The account of its keys.
    pub account: Option<String>,
}

/// The settings that the configuration file makes, as they were when it was read.
#[derive(Debug)]
pub struct ConfigSettings {
    document: DocumentMut,
}

/// The configuration file, open for a change. Nobody else changes it until this is saved or dropped.
#[derive(Debug)]
pub struct ConfigEditor {
    path: PathBuf,
    settings: ConfigSettings,
    lock: ConfigLock,
}

impl ConfigSettings {
    /// Reads the file; one that does not exist sets nothing.
    ///
    /// # Errors
    /// When the file cannot be read or is broken.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = read_text(path)?;
        Config::parse(path, &text)?;
        Ok(Self { document: text.parse().expect("what was read as a configuration is TOML") })
    }

    /// What the file says of a setting, or nothing.
    #[must_use]
    pub fn get(&self, setting: &str) -> Option<String> {
        let item = match setting.split('.').collect::<Vec<_>>()[..] {
            [top] => self.document.get(top)?,
            ["journal", key] => self.document.get("journal")?.as_table_like()?.get(key)?,
            ["profiles", .., key] => self.profile(profile_of(setting)?)?.get(key)?,
            _ => return None,
        };
        item.as_str().map(ToOwned::to_owned)
    }

    /// Every setting that the file makes, in its order.
    #[must_use]
    pub fn list(&self) -> Vec<(String, String)> {
        let text = |item: &Item| item.as_str().unwrap_or_default().to_owned();
        let mut settings = Vec::new();
        for (key, item) in self.document.iter().filter(|(key, _)| !matches!(*key, "profiles" | "journal")) {
            settings.push((key.to_owned(), text(item)));
        }
        let journal = self.document.get("journal").and_then(Item::as_table_like);
        for (key, item) in journal.into_iter().flat_map(toml_edit::TableLike::iter) {
            settings.push((format!("journal.{key}"), text(item)));
        }
        let profiles = self.document.get("profiles").and_then(Item::as_table_like);
        for (name, profile) in profiles.into_iter().flat_map(toml_edit::TableLike::iter) {
            for (key, item) in profile.as_table_like().into_iter().flat_map(toml_edit::TableLike::iter) {
                settings.push((format!("profiles.{name}.{key}"), text(item)));
            }
        }
        settings
    }

    fn profile(&self, name: &str) -> Option<&dyn toml_edit::TableLike> {
        self.document.get("profiles")?.as_table_like()?.get(name)?.as_table_like()
    }
}

impl ConfigEditor {
    /// Waits for whoever else is changing the file, and reads it; one that does not exist is empty.
    ///
    /// # Errors
    /// When the file cannot be locked or read, or is broken as it is.
    pub fn open(path: &Path) -> Result<Self, EditError> {
        let lock =
            ConfigLock::take(path).map_err(|error| EditError::Unlockable { path: path.to_owned(), error })?;
        Ok(Self { path: path.to_owned(), settings: ConfigSettings::read(path)?, lock })
    }

    /// Adds a profile.
    ///
    /// # Errors
    /// When there is one of this name.
    pub fn create_profile(
        &mut self,
        name: &ProfileName,
        mode: Mode,
        settings: ProfileSettings,
    ) -> Result<(), EditError> {
        if BUILT_IN.contains(&name.as_str()) || self.settings.profile(name.as_str()).is_some() {
            return Err(EditError::ProfileExists(name.clone()));
        }
        let mut table = Table::new();
        table.insert("mode", value(mode.as_str()));
        let optional = [
            ("api_base", settings.api_base),
            ("api_version", settings.api_version),
            ("account", settings.account),
        ];
        for (key, text) in optional {
            if let Some(text) = text {
                table.insert(key, value(text));
            }
        }
        self.profiles_mut().insert(name.as_str(), Item::Table(table));
        Ok(())
    }

    /// Removes a profile; where it was the default, `test` is again.
    ///
    /// # Errors
    /// When it is built in or does not exist.
    pub fn remove_profile(&mut self, name: &ProfileName) -> Result<(), EditError> {
        if self.settings.profile(name.as_str()).is_none() {
            self.config()?.profile(name.as_str())?;
            return Err(EditError::BuiltIn(name.clone()));
        }
        self.profiles_mut().remove(name.as_str());
        if self.settings.get("default_profile").as_deref() == Some(name.as_str()) {
            self.settings.document.remove("default_profile");
        }
        Ok(())
    }

    /// Changes a setting.
    ///
    /// # Errors
    /// When there is no such setting. Whether the value is one that it can have is seen on saving.
    pub fn set(&mut self, setting: &str, text: &str) -> Result<(), EditError> {
        let (table, key) = self.place(setting)?;
        // Inserting anew would lose the comments around the setting.
        match table.get_mut(&key).and_then(Item::as_value_mut) {
            Some(old) => {
                let decor = old.decor().clone();
                *old = text.into();
                *old.decor_mut() = decor;
            }
            None => drop(table.insert(&key, value(text))),
        }
        Ok(())
    }

    /// Removes a setting, so that the default holds.
    ///
    /// # Errors
    /// When there is no such setting.
    pub fn unset(&mut self, setting: &str) -> Result<(), EditError> {
        let (table, key) = self.place(setting)?;
        table.remove(&key);
        Ok(())
    }

    /// Writes the file: whole or not at all, readable by the user alone.
    ///
    /// # Errors
    /// When the result would be broken, or the file system refuses.
    pub fn save(self) -> Result<(), EditError> {
        let text = self.settings.document.to_string();
        Config::parse(&self.path, &text).map_err(|error| match error {
            ConfigError::Broken { message, .. } => EditError::WouldBreak(message),
            other => other.into(),
        })?;
        replace(&self.path, text.as_bytes(), &self.lock)
            .map_err(|error| EditError::Unwritable { path: self.path, error })
    }

    fn config(&self) -> Result<Config, ConfigError> {
        Config::parse(&self.path, &self.settings.document.to_string())
    }

    fn profiles_mut(&mut self) -> &mut dyn toml_edit::TableLike {
        let profiles = self.settings.document.entry("profiles").or_insert_with(|| {
            let mut table = Table::new();
            table.set_implicit(true);
            Item::Table(table)
        });
        profiles.as_table_like_mut().expect("profiles is a table in every configuration that was read")
    }

    fn place(&mut self, setting: &str) -> Result<(&mut dyn toml_edit::TableLike, String), EditError> {
        let unknown = || EditError::UnknownSetting(setting.to_owned());
        if matches!(setting, "default_profile" | "live") {
            return Ok((self.settings.document.as_table_mut(), setting.to_owned()));
        }
        if let Some(key) = setting.strip_prefix("journal.").filter(|key| matches!(*key, "bodies" | "keep")) {
            let journal =
                self.settings.document.entry("journal").or_insert_with(|| Item::Table(Table::new()));
            let table =
                journal.as_table_like_mut().expect("journal is a table in every configuration that was read");
            return Ok((table, key.to_owned()));
        }
        let name = profile_of(setting).ok_or_else(unknown)?;
        let key = setting.rsplit('.').next().filter(|key| PROFILE_SETTINGS.contains(key));
        let key = key.ok_or_else(unknown)?;
        let mode = self.config()?.profile(name)?.mode;
        let profile = self.profiles_mut().entry(name).or_insert_with(|| {
            let mut table = Table::new();
            table.insert("mode", value(mode.as_str()));
            Item::Table(table)
        });
        let table =
            profile.as_table_like_mut().expect("a profile is a table in every configuration that was read");
        Ok((table, key.to_owned()))
    }
}

/// `profiles.NAME.key` → `NAME`; a name may hold dots.
fn profile_of(setting: &str) -> Option<&str> {
    Some(setting.strip_prefix("profiles.")?.rsplit_once('.')?.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::KeepBodies;

    fn file(text: &str) -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("config.toml");
        std::fs::write(&path, text).expect("a file");
        (dir, path)
    }

    #[test]
    fn a_profile_is_made_changed_and_removed_and_comments_stay() {
        let (_dir, path) = file("# mine\nlive = \"deny\"\n");
        let name: ProfileName = "shop".parse().expect("a name");
        let mut editor = ConfigEditor::open(&path).expect("open");
        editor.create_profile(&name, Mode::Live, ProfileSettings::default()).expect("create");
        editor.set("profiles.shop.account", "acct_1").expect("set");
        editor.set("live", "allow").expect("set");
        editor.set("default_profile", "shop").expect("use");
        editor.set("journal.bodies", "none").expect("set");
        editor.set("journal.keep", "90d").expect("set");
        editor.save().expect("save");

        let config = Config::load(&path).expect("load");
        assert_eq!(config.profile("shop").expect("shop").account.as_deref(), Some("acct_1"));
        assert_eq!(config.journal_bodies, KeepBodies::None);
        let settings = ConfigSettings::read(&path).expect("settings");
        assert_eq!(settings.get("journal.bodies").as_deref(), Some("none"));
        assert!(settings.list().contains(&("journal.bodies".into(), "none".into())));
        assert!(std::fs::read_to_string(&path).expect("read").starts_with("# mine\n"));

        let mut editor = ConfigEditor::open(&path).expect("open");
        editor.remove_profile(&name).expect("remove");
        editor.save().expect("save");
        let config = Config::load(&path).expect("load");
        assert!(config.profile("shop").is_err());
        assert_eq!(config.default_profile.as_str(), "test");
    }

    #[test]
    fn a_change_that_would_break_the_file_is_not_written() {
        let (_dir, path) = file("live = \"deny\"\n");
        let mut editor = ConfigEditor::open(&path).expect("open");
        editor.set("live", "sometimes").expect("set");
        assert!(matches!(editor.save(), Err(EditError::WouldBreak(_))));
        assert_eq!(std::fs::read_to_string(&path).expect("read"), "live = \"deny\"\n");
    }

    #[test]
    fn the_mode_and_unknown_settings_cannot_be_set() {
        let (_dir, path) = file("");
        let mut editor = ConfigEditor::open(&path).expect("open");
        for setting in ["profiles.test.mode", "api_key", "profiles.test", "profiles.test.api_key"] {
            assert!(matches!(editor.set(setting, "x"), Err(EditError::UnknownSetting(_))), "{setting}");
        }
        assert!(matches!(editor.set("profiles.nobody.account", "x"), Err(EditError::Config(_))));
    }
}
