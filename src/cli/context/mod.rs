//! What a command works with: options, files, configuration and key, each made when it is first asked for.

mod global;
mod scope;

use std::cell::OnceCell;

use secrecy::ExposeSecret;
use serde::Serialize;

use crate::exit::ExitCode;
use crate::journal::{JournalError, SqliteJournal};
use crate::keys::{ApiKey, EnvironmentStore, KeyKind, Salt, SecretKind, SecretSource};
use crate::output::Printer;
use crate::profile::{Config, LiveAccess, Mode, Paths, Profile};

use super::failure::Failure;
use super::held;

pub(super) use super::held::FoundKey;
pub use global::GlobalArgs;
pub(super) use scope::Scope;

/// What a command works with.
pub(super) struct Context {
    pub(super) global: GlobalArgs,
    pub(super) printer: Printer,
    config: OnceCell<Config>,
    is_stdin_taken: bool,
}

impl Context {
    pub(super) const fn new(global: GlobalArgs, printer: Printer) -> Self {
        Self { global, printer, config: OnceCell::new(), is_stdin_taken: false }
    }

    pub(super) fn paths() -> Result<Paths, Failure> {
        Ok(Paths::resolve(std::env::var_os("PAYCLI_HOME"))?)
    }

    pub(super) fn config(&self) -> Result<&Config, Failure> {
        if let Some(config) = self.config.get() {
            return Ok(config);
        }
        let config = Config::load(&Self::paths()?.config_file())?;
        Ok(self.config.get_or_init(|| config))
    }

    /// The profile that the flag, the environment or the configuration names.
    pub(super) fn profile(&self) -> Result<&Profile, Failure> {
        let config = self.config()?;
        let named = self.global.profile.clone().or_else(|| variable("PAYCLI_PROFILE"));
        let name = named.unwrap_or_else(|| config.default_profile.to_string());
        Ok(config.profile(&name)?)
    }

    /// The profile of a command that only reads what is on this machine.
    pub(super) fn profile_for_reading(&self) -> Result<&Profile, Failure> {
        let profile = self.profile()?;
        if self.global.live && !profile.mode.is_live() {
            self.admit(profile, false)?;
        }
        Ok(profile)
    }

    /// Prints one JSON object.
    pub(super) fn print_json(&self, value: &impl Serialize) -> Result<ExitCode, Failure> {
        let text = serde_json::to_string(value).expect("what is shown is JSON");
        self.printer.line(&text)?;
        Ok(ExitCode::Success)
    }

    /// Lets a profile act in its mode: `--live` belongs to live profiles, on that very call, and the lock
    /// on live mode holds.
    pub(super) fn admit(&self, profile: &Profile, is_write: bool) -> Result<(), Failure> {
        let name = &profile.name;
        match (profile.mode, self.global.live) {
            (Mode::Test, true) => {
                let message = format!("--live was given, and the profile {name} is a test profile");
                return Err(Failure::configuration(message).hint("name a live profile: -p live --live"));
            }
            (Mode::Live, false) => {
                let message = format!("the profile {name} is live, and acts only with --live");
                return Err(Failure::configuration(message).hint("add --live to this call"));
            }
            _ => {}
        }
        let is_locked = match self.config()?.live {
            LiveAccess::Allow => false,
            LiveAccess::ReadOnly => is_write,
            LiveAccess::Deny => true,
        };
        if profile.mode.is_live() && is_locked {
            let lock = self.config()?.live.as_str();
            let message = format!("live mode is locked on this machine (live = {lock:?})");
            return Err(Failure::configuration(message).next("config set live allow"));
        }
        Ok(())
    }

    /// Takes standard input for one use; a second one is an error.
    pub(super) fn take_stdin(&mut self) -> Result<(), Failure> {
        if std::mem::replace(&mut self.is_stdin_taken, true) {
            return Err(Failure::usage("standard input (stdin) can be read for one thing only"));
        }
        Ok(())
    }

    /// The key of a profile: the flag's, else the environment's, else the stored one.
    pub(super) fn find_key(&mut self, profile: &Profile) -> Result<Option<FoundKey>, Failure> {
        let found = if let Some(source) = self.key_source() {
            Some(self.read_source("--api-key", &source, profile.mode)?)
        } else {
            EnvironmentStore::new(|name: &str| std::env::var_os(name)).get(SecretKind::Api)?
        };
        let Some((secret, source)) = found else { return held::stored_key(self, profile) };
        let key = ApiKey::parse(secret.expose_secret()).map_err(|error| {
            let failure = Failure::from(error);
            Failure { message: format!("{} (from {source})", failure.message), ..failure }
        })?;
        Ok(Some(FoundKey::given(key, source)))
    }

    fn key_source(&self) -> Option<SecretSource> {
        let file = self.global.api_key_file.clone().map(SecretSource::File);
        file.or_else(|| self.global.api_key.as_deref().map(SecretSource::parse))
    }

    /// The secret that an option names, and the words that tell where it was found.
    pub(super) fn read_source(
        &mut self,
        option: &str,
        source: &SecretSource,
        mode: Mode,
    ) -> Result<(secrecy::SecretString, String), Failure> {
        if source.is_literal() {
            let seen = format!("{option} has a secret on the command line, where every process can see it");
            let instead = format!("{option} env:NAME, file:PATH or - (standard input)");
            if mode.is_live() {
                return Err(Failure::usage(format!("{seen}: that is refused in live mode")).hint(instead));
            }
            self.printer.warn(&format!("{seen}; use {instead}"));
        }
        if matches!(source, SecretSource::Stdin) {
            self.take_stdin()?;
        }
        Ok((source.read()?, source.describe()))
    }

    /// The key of a profile, agreeing with it.
    pub(super) fn key(&mut self, profile: &Profile) -> Result<FoundKey, Failure> {
        let found = self.find_key(profile)?.ok_or_else(|| no_key(profile))?;
        agree(profile, &found)?;
        Ok(found)
    }

    /// The mark of a key whose account is not known.
    pub(super) fn mark(key: &ApiKey) -> Result<String, Failure> {
        Ok(Salt::load_or_create(&Self::paths()?.salt_file())?.mark(key))
    }

    /// The journal of a mode.
    pub(super) fn journal(&self, mode: Mode) -> Result<SqliteJournal, JournalFailure> {
        let paths = Self::paths().map_err(JournalFailure::Other)?;
        let patience = self.global.timeout.min(std::time::Duration::from_secs(5));
        SqliteJournal::open(&paths.journal_file(mode), patience).map_err(JournalFailure::Journal)
    }
}

/// A journal that cannot be opened; a request tells it in its report.
pub(super) enum JournalFailure {
    Journal(JournalError),
    Other(Failure),
}

impl From<JournalFailure> for Failure {
    fn from(failure: JournalFailure) -> Self {
        match failure {
            JournalFailure::Journal(error) => error.into(),
            JournalFailure::Other(failure) => failure,
        }
    }
}

/// A variable that is set, is text and is not empty.
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// No key: the three ways to give one.
pub(super) fn no_key(profile: &Profile) -> Failure {
    let message = format!("there is no API key for the profile {}", profile.name);
    Failure::authentication(message).next("login").hint(
        "set PAYCLI_API_KEY (or STRIPE_API_KEY); or --api-key-file PATH, or --api-key - with the key on standard \
         input. Without an account: -p sandbox",
    )
}

/// Whether mode and account of a key are the profile's.
pub(super) fn agree(profile: &Profile, found: &FoundKey) -> Result<(), Failure> {
    let FoundKey { key, source, .. } = found;
    if let Some(mode) = key.mode().filter(|mode| *mode != profile.mode) {
        let message = format!(
            "the key {key} (from {source}) is a {mode} key, and the profile {} is a {} profile",
            profile.name, profile.mode
        );
        let next =
            if mode.is_live() { "use a live profile: -p live --live" } else { "use a test profile: -p test" };
        return Err(Failure::configuration(message).hint(next));
    }
    if let (Some(of_key), Some(of_profile)) = (key.account(), &profile.account)
        && of_key != *of_profile
    {
        let message = format!(
            "the key {key} (from {source}) is of the account {of_key}, and the profile {} is for {of_profile}",
            profile.name
        );
        return Err(Failure::configuration(message));
    }
    Ok(())
}

/// Whether a key may make a request: a publishable key hardly any.
pub(super) fn may_request(
    found: &FoundKey,
    method: &str,
    path: &str,
    has_client_secret: bool,
) -> Result<(), Failure> {
    if found.key.kind() != KeyKind::Publishable {
        return Ok(());
    }
    let is_confirmation = path.ends_with("/confirm")
        && ["/v1/payment_intents/", "/v1/setup_intents/"].iter().any(|prefix| path.starts_with(prefix));
    let is_token = matches!(path, "/v1/tokens" | "/v1/sources");
    if method == "POST" && (is_token || is_confirmation && has_client_secret) {
        return Ok(());
    }
    let message = format!(
        "the key {} (from {}) is publishable: it is for front ends, and may only make tokens and sources or confirm an intent with its client secret",
        found.key, found.source
    );
    Err(Failure::configuration(message).hint("use a secret (sk_…) or restricted (rk_…) key"))
}
