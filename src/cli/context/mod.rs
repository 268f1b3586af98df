//! What a command works with: options, files, configuration and key, each made when it is first asked for.

mod global;
mod journal;
mod scope;
mod typed;

use std::cell::OnceCell;

use serde::Serialize;

use crate::exit::ExitCode;
use crate::journal::JournalError;
use crate::keys::{ApiKey, Salt};
use crate::output::Printer;
use crate::profile::{Config, ConfigEditor, HomeError, LiveAccess, Mode, Paths, Profile};

use super::failure::Failure;

pub use global::GlobalArgs;
pub(super) use journal::address as journal_address;
pub(super) use scope::{Scope, shell_word};
pub(super) use typed::{typed_again, typed_with};

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
        Ok(Self::home()?)
    }

    /// The folders, or what is wrong with them.
    pub(super) fn home() -> Result<Paths, HomeError> {
        Paths::resolve(std::env::var_os("PAYCLI_HOME"))?.trusted()
    }

    pub(super) fn config(&self) -> Result<&Config, Failure> {
        if let Some(config) = self.config.get() {
            return Ok(config);
        }
        let config = Config::load(&Self::paths()?.config_file())?;
        Ok(self.config.get_or_init(|| config))
    }

    /// Changes the configuration file.
    pub(super) fn change_config(
        &self,
        change: impl FnOnce(&mut ConfigEditor) -> Result<(), Failure>,
    ) -> Result<ExitCode, Failure> {
        let path = Self::paths()?.config_file();
        let mut editor = ConfigEditor::open(&path)?;
        change(&mut editor)?;
        editor.save()?;
        self.printer.notice(&format!("written to {}", path.display()));
        Ok(ExitCode::Success)
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

    /// The mark of a key whose account is not known.
    pub(super) fn mark(key: &ApiKey) -> Result<String, Failure> {
        Ok(Salt::load_or_create(&Self::paths()?.salt_file())?.mark(key))
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
