//! The configuration file: what it may say, and the profiles that exist without it.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use serde::Deserialize;
use serde_spanned::Spanned;

use super::{ApiBase, Mode, StoreKind, open_regular, parse_duration, read_whole};

/// A profile's name: 1 to 64 letters, digits, `-`, `_` and `.`, beginning with a letter or a digit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProfileName(String);

/// A text that cannot name a profile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} cannot name a profile: use 1 to 64 letters, digits, '-', '_' and '.', a letter or digit first"
)]
pub struct ProfileNameError(String);

impl ProfileName {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ProfileName {
    type Err = ProfileNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        let is_name = (1..=64).contains(&text.len())
            && text.as_bytes()[0].is_ascii_alphanumeric()
            && text.bytes().all(is_plain);
        if is_name { Ok(Self(text.to_owned())) } else { Err(ProfileNameError(text.to_owned())) }
    }
}

impl fmt::Display for ProfileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which API a profile talks to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Api {
    /// Stripe's.
    Stripe,
    /// The base URL that is stored in the profile.
    Stored(ApiBase),
    /// The embedded sandbox.
    Sandbox,
}

/// One profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Its name.
    pub name: ProfileName,
    /// Its only mode.
    pub mode: Mode,
    /// The API that it talks to.
    pub api: Api,
    /// The `Stripe-Version` that is sent, where one is set.
    pub api_version: Option<String>,
    /// The account (`acct_…`) that its keys belong to, where it is known.
    pub account: Option<String>,
    /// Where its keys are kept, where that was chosen.
    pub keystore: Option<StoreKind>,
    /// The age above which a key has to be rotated.
    pub max_age: Option<Duration>,
    /// The age above which a key is to be rotated soon.
    pub warn_at: Option<Duration>,
}

/// The lock on live mode (`config set live …`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LiveAccess {
    /// Live profiles work, with `--live`.
    #[default]
    Allow,
    /// Live profiles may only read.
    ReadOnly,
    /// Live profiles do nothing.
    Deny,
}

impl LiveAccess {
    /// The word in the file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::ReadOnly => "read-only",
            Self::Deny => "deny",
        }
    }
}

/// Which bodies of answers the journal keeps (`config set journal.bodies …`). Statuses and outcomes are kept
/// in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KeepBodies {
    /// All, credentials taken out.
    #[default]
    Redacted,
    /// None.
    None,
}

impl KeepBodies {
    /// The word in the file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Redacted => "redacted",
            Self::None => "none",
        }
    }
}

/// The names of the profiles that exist without any set-up.
pub(super) const BUILT_IN: [&str; 3] = ["test", "live", "sandbox"];

/// What the configuration file says, and what is there without it.
#[derive(Debug, Clone)]
pub struct Config {
    /// The file, whether it exists or not.
    pub path: PathBuf,
    /// The profile of commands that name none.
    pub default_profile: ProfileName,
    /// The lock on live mode.
    pub live: LiveAccess,
    /// Which bodies of answers the journal keeps.
    pub journal_bodies: KeepBodies,
    /// How long the journal keeps finished entries; none: for good.
    pub journal_keep: Option<Duration>,
    profiles: BTreeMap<ProfileName, Profile>,
}

/// Why the configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file exists and cannot be read.
    #[error("the configuration file {path} cannot be read: {error}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// The file is not what it should be.
    #[error("the configuration file {path} is broken at line {line}: {message}")]
    Broken {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// What is wrong with it.
        message: String,
    },
    /// No profile has this name.
    #[error("there is no profile {name:?}: there are {}", known.join(", "))]
    UnknownProfile {
        /// The name.
        name: String,
        /// The names that exist.
        known: Vec<String>,
    },
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct FileText {
    default_profile: Option<Spanned<String>>,
    live: Option<Spanned<String>>,
    #[serde(default)]
    journal: JournalText,
    #[serde(default)]
    profiles: BTreeMap<String, Spanned<ProfileText>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct JournalText {
    bodies: Option<Spanned<String>>,
    keep: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProfileText {
    mode: String,
    api_base: Option<String>,
    api_version: Option<String>,
    account: Option<String>,
    keystore: Option<String>,
    max_age: Option<String>,
    warn_at: Option<String>,
}

impl Config {
    /// Reads the file; one that does not exist says nothing.
    ///
    /// # Errors
    /// When the file cannot be read or is broken.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        Self::parse(path, &read_text(path)?)
    }

    /// Reads the text of a configuration file; `path` is for messages.
    ///
    /// # Errors
    /// When the text is broken; the error names the line.
    pub fn parse(path: &Path, text: &str) -> Result<Self, ConfigError> {
        let broken = |offset: usize, message: String| ConfigError::Broken {
            path: path.to_owned(),
            line: text.get(..offset).map_or(1, |before| before.matches('\n').count() + 1),
            message,
        };
        let file: FileText = if text.is_empty() {
            FileText::default()
        } else {
            toml_edit::de::from_str(text).map_err(|error| {
                broken(error.span().map_or(0, |span| span.start), error.message().replace('\n', " "))
            })?
        };
        let mut config = Self {
            path: path.to_owned(),
            default_profile: ProfileName("test".into()),
            live: LiveAccess::Allow,
            journal_bodies: KeepBodies::Redacted,
            journal_keep: None,
            profiles: BUILT_IN.iter().map(|name| (ProfileName((*name).into()), built_in(name))).collect(),
        };
        for (name, spanned) in file.profiles {
            let at = spanned.span().start;
            let profile = read_profile(&name, spanned.into_inner()).map_err(|message| broken(at, message))?;
            config.profiles.insert(profile.name.clone(), profile);
        }
        if let Some(live) = file.live {
            let at = live.span().start;
            config.live = read_live(live.get_ref()).map_err(|message| broken(at, message))?;
        }
        if let Some(bodies) = file.journal.bodies {
            let at = bodies.span().start;
            config.journal_bodies = read_bodies(bodies.get_ref()).map_err(|message| broken(at, message))?;
        }
        if let Some(keep) = file.journal.keep {
            let at = keep.span().start;
            let read = parse_duration(keep.get_ref());
            let keep = read.map_err(|error| broken(at, format!("journal.keep: {error}")))?;
            config.journal_keep = Some(keep);
        }
        if let Some(name) = file.default_profile {
            let at = name.span().start;
            let profile = config.profile(name.get_ref()).map_err(|error| broken(at, error.to_string()))?;
            config.default_profile = profile.name.clone();
        }
        Ok(config)
    }

    /// The profile of a name.
    ///
    /// # Errors
    /// When there is none.
    pub fn profile(&self, name: &str) -> Result<&Profile, ConfigError> {
        let unknown = || ConfigError::UnknownProfile {
            name: name.to_owned(),
            known: self.profiles.keys().map(ToString::to_string).collect(),
        };
        let name = name.parse().map_err(|_| unknown())?;
        self.profiles.get(&name).ok_or_else(unknown)
    }

    /// All profiles, by name.
    pub fn profiles(&self) -> impl Iterator<Item = &Profile> {
        self.profiles.values()
    }
}

/// The file's text; empty where there is no file. Any other failure is an error, never an empty file.
pub(super) fn read_text(path: &Path) -> Result<String, ConfigError> {
    let open = open_regular(path, std::fs::OpenOptions::new().read(true), 0);
    let text = open.and_then(read_whole).and_then(|bytes| {
        String::from_utf8(bytes).map_err(|_| std::io::Error::other("it is not UTF-8 text"))
    });
    match text {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        read => read.map_err(|error| ConfigError::Unreadable { path: path.to_owned(), error }),
    }
}

fn built_in(name: &str) -> Profile {
    Profile {
        name: ProfileName(name.to_owned()),
        mode: if name == "live" { Mode::Live } else { Mode::Test },
        api: if name == "sandbox" { Api::Sandbox } else { Api::Stripe },
        api_version: None,
        account: None,
        keystore: None,
        max_age: None,
        warn_at: None,
    }
}

fn read_profile(name: &str, text: ProfileText) -> Result<Profile, String> {
    let name: ProfileName = name.parse().map_err(|error: ProfileNameError| error.to_string())?;
    let mode: Mode = text.mode.parse().map_err(|error: super::ParseModeError| error.to_string())?;
    let built_in = BUILT_IN.contains(&name.as_str()).then(|| built_in(name.as_str()));
    if built_in.as_ref().is_some_and(|built_in| built_in.mode != mode) {
        return Err(format!("the profile {name} has its mode by its name, which cannot be changed"));
    }
    let is_sandbox = built_in.is_some_and(|built_in| built_in.api == Api::Sandbox);
    let api = match text.api_base {
        Some(_) if is_sandbox => return Err("the sandbox profile has no api_base: it is in process".into()),
        None if is_sandbox => Api::Sandbox,
        Some(base) => Api::Stored(ApiBase::parse(&base).map_err(|error| error.to_string())?),
        None => Api::Stripe,
    };
    if text.account.as_ref().is_some_and(|account| !account.starts_with("acct_")) {
        return Err("the account is an account's id, acct_…; keys do not belong into this file".into());
    }
    if text.api_version.as_ref().is_some_and(|version| !version.starts_with(|c: char| c.is_ascii_digit())) {
        return Err(
            "the api_version begins with a date, like 2026-01-28; keys do not belong into this file".into()
        );
    }
    let keystore = text.keystore.as_deref().map(read_keystore).transpose()?;
    let age = |text: Option<&str>| text.map(parse_duration).transpose().map_err(|error| error.to_string());
    let (max_age, warn_at) = (age(text.max_age.as_deref())?, age(text.warn_at.as_deref())?);
    let (api_version, account) = (text.api_version, text.account);
    Ok(Profile { name, mode, api, api_version, account, keystore, max_age, warn_at })
}

fn read_keystore(text: &str) -> Result<StoreKind, String> {
    StoreKind::from_name(text)
        .ok_or_else(|| format!("keystore is \"keyring\", \"file\" or \"env\", not {text:?}"))
}

fn read_bodies(text: &str) -> Result<KeepBodies, String> {
    [KeepBodies::Redacted, KeepBodies::None]
        .into_iter()
        .find(|bodies| bodies.as_str() == text)
        .ok_or_else(|| format!("journal.bodies is \"redacted\" or \"none\", not {text:?}"))
}

fn read_live(text: &str) -> Result<LiveAccess, String> {
    [LiveAccess::Allow, LiveAccess::ReadOnly, LiveAccess::Deny]
        .into_iter()
        .find(|access| access.as_str() == text)
        .ok_or_else(|| format!("live is \"allow\", \"read-only\" or \"deny\", not {text:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Config, ConfigError> {
        Config::parse(Path::new("config.toml"), text)
    }

    #[test]
    fn three_profiles_exist_without_a_file() {
        let config = parse("").expect("nothing is a configuration");
        let modes: Vec<_> = config.profiles().map(|profile| (profile.name.as_str(), profile.mode)).collect();
        assert_eq!(modes, [("live", Mode::Live), ("sandbox", Mode::Test), ("test", Mode::Test)]);
        assert_eq!(config.default_profile.as_str(), "test");
    }

    #[test]
    fn what_is_broken_is_named_with_its_line() {
        let cases = [
            ("live = \"deny\"\nx y", 2),
            ("\n\n[profiles.a]\nmode = \"both\"\n", 3),
            ("[profiles.a]\nmode = \"test\"\napi_key = \"sk\"\n", 3),
            ("live = \"sometimes\"", 1),
            ("[journal]\nbodies = \"some\"", 2),
            ("\ndefault_profile = \"nobody\"", 2),
            ("[profiles.live]\nmode = \"test\"", 1),
            ("[profiles.a]\nmode = \"test\"\naccount = \"sk\"", 1),
            ("[profiles.a]\nmode = \"test\"\napi_version = \"sk\"", 1),
            ("[profiles.a]\nmode = \"test\"\napi_base = \"http://example.com\"", 1),
        ];
        for (text, expected) in cases {
            match parse(text) {
                Err(ConfigError::Broken { line, message, .. }) => {
                    assert_eq!(line, expected, "{text:?}: {message}");
                    assert!(!message.contains('\n'), "{message}");
                }
                other => panic!("{text:?} gave {other:?}"),
            }
        }
    }

    #[test]
    fn a_profile_keeps_what_the_file_says() {
        let config = parse(
            "live = \"read-only\"\ndefault_profile = \"shop\"\n[profiles.shop]\nmode = \"live\"\napi_base = \"https://proxy.example/s\"\naccount = \"acct_1\"\n",
        )
        .expect("a configuration");
        let shop = config.profile("shop").expect("the profile");
        assert_eq!(shop.mode, Mode::Live);
        assert_eq!(shop.account.as_deref(), Some("acct_1"));
        assert!(matches!(&shop.api, Api::Stored(base) if base.as_str() == "https://proxy.example/s"));
        assert_eq!((config.live, config.default_profile.as_str()), (LiveAccess::ReadOnly, "shop"));
        assert!(matches!(config.profile("other"), Err(ConfigError::UnknownProfile { .. })));
    }

    #[test]
    fn odd_names_are_no_profile_names() {
        for name in ["", "-p", "../x", "a b", "a/b", "é", &"x".repeat(65)] {
            assert!(name.parse::<ProfileName>().is_err(), "{name:?}");
        }
        assert!("shop.eu-1_a".parse::<ProfileName>().is_ok());
    }
}
