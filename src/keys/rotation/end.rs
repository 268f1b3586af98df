//! The end of a version: rolling back to it, revoking it, removing it.

use std::time::Duration;

use super::rules;
use super::work::{Work, remote_error};
use super::{Probe, RuleError};
use crate::keys::chain::{Chain, Step, Stored};
use crate::keys::{KeysError, Secret, SecretKind};

/// A person's word that something may be done although the API does not confirm it.
pub type Word<'a> = dyn Fn(&str) -> bool + 'a;

/// How a version is ended.
pub struct Revocation<'a> {
    /// Whether the API is asked to end it.
    pub remote: bool,
    /// The id of its object in the API, where it is given.
    pub remote_id: Option<String>,
    /// Asks a person.
    pub word: Box<Word<'a>>,
}

impl Work<'_> {
    /// Goes back to the previous version, while the API still takes it.
    ///
    /// # Errors
    /// When there is none, the API refuses it or cannot be asked. Nothing was changed then.
    pub fn roll_back(&self) -> Result<(), KeysError> {
        let chain = self.chain()?;
        if let Some(rotation) = chain.rotation.as_ref().filter(|rotation| rotation.step < Step::Promoted) {
            return Err(KeysError::Unfinished(rotation.step));
        }
        let previous = chain.previous.as_ref().ok_or(RuleError::NoPrevious)?;
        let shown = previous.stored.shown.clone();
        let gone = |why: &str| KeysError::Gone { shown: shown.clone(), why: why.to_owned() };
        if previous.compromised {
            return Err(gone("it is compromised"));
        }
        match self.vault.read(&self.id, self.kind, &previous.stored)? {
            Secret::Api(key) => match self.api.probe(&key) {
                Probe::Alive { .. } => {}
                Probe::Refused => return Err(gone("the API refuses it (401)")),
                Probe::Unknown { why, is_unsent } => {
                    return Err(KeysError::Unreachable { shown, why, is_unsent });
                }
            },
            // Nobody can be asked about a signing secret: its overlap has to do.
            _ if chain.overlapping(self.vault.known()?.now(self.vault.clock())).is_none() => {
                return Err(gone("its overlap is over"));
            }
            _ => {}
        }
        self.step("rolled_back", |chain, _| rules::rolled_back(chain)).map(drop)
    }

    /// Undoes a rotation whose new version is not in use yet. Where the API may have made a key already, it
    /// ends the old one by itself, and a person has to know that.
    ///
    /// # Errors
    /// When there is none, it is in use, nobody says so, or the slot cannot be deleted.
    pub fn abort_asking(&self, word: &Word<'_>) -> Result<(), KeysError> {
        let rotation = self.chain()?.rotation;
        let is_sent =
            rotation.as_ref().and_then(|rotation| rotation.remote.as_ref()).is_some_and(|remote| remote.sent);
        let is_open = rotation.is_some_and(|rotation| rotation.step < Step::Promoted);
        let question =
            "the API may have made the new key, and then ends the old one: forget the new one all the same?";
        if is_open && is_sent && !word(question) {
            return Err(KeysError::MayBeMade);
        }
        self.abort()
    }

    /// Ends the previous version: at the API where it can be asked, then here.
    ///
    /// # Errors
    /// When there is none, or it still works and nobody says that this is meant.
    pub fn revoke_previous(&self, how: &Revocation<'_>) -> Result<(), KeysError> {
        self.tidy();
        let chain = self.chain()?;
        let previous = chain.previous.clone().ok_or(RuleError::NoPrevious)?;
        if let Some(rotation) = &chain.rotation {
            let question = format!(
                "the rotation is unfinished (step: {}), and the key before may still be in use; revoke {}?",
                rotation.step.as_str(),
                previous.stored.shown
            );
            confirm(how, question)?;
        }
        let now = self.vault.known()?.now(self.vault.clock());
        self.end(&chain, &previous.stored, now >= previous.retire_after, how)?;
        self.step("retired", |chain, _| rules::retired(chain))?;
        self.vault.sweep(&self.id)
    }

    /// Ends the version in use and everything before it.
    ///
    /// # Errors
    /// When nothing is stored, or it still works and nobody says that this is meant.
    pub fn revoke_all(&self, how: &Revocation<'_>) -> Result<(), KeysError> {
        let chain = self.chain()?;
        let previous = chain.previous.as_ref().map(|previous| &previous.stored);
        for stored in previous.into_iter().chain(&chain.current) {
            self.end(&chain, stored, false, how)?;
        }
        self.remove()
    }

    /// Forgets every version here. The API is not told.
    ///
    /// # Errors
    /// When nothing is stored, or a store cannot be used: what it did not delete is deleted by the next
    /// command.
    pub fn remove(&self) -> Result<(), KeysError> {
        if self.chain()?.is_empty() {
            return Err(KeysError::NothingStored(self.id.to_string()));
        }
        self.vault.must_hold(&self.id, &self.chain()?)?;
        self.step("removed", |chain, _| {
            rules::removed(chain);
            Ok(())
        })?;
        self.vault.sweep(&self.id)
    }

    /// Ends one version at the API, or has a person say that it is ended.
    fn end(
        &self,
        chain: &Chain,
        stored: &Stored,
        is_over: bool,
        how: &Revocation<'_>,
    ) -> Result<(), KeysError> {
        let shown = &stored.shown;
        if chain.kind == SecretKind::Webhook {
            let question = format!(
                "{shown} may still sign deliveries at Stripe: is it rolled there, and may it be forgotten?"
            );
            return if is_over { Ok(()) } else { confirm(how, question) };
        }
        let secret = match self.vault.read(&self.id, chain.kind, stored) {
            // It is gone from the store; what remains is to say so.
            Err(KeysError::Lost { .. }) => return Ok(()),
            secret => secret?,
        };
        let Secret::Api(key) = &secret else { return Ok(()) };
        if how.remote {
            self.expire(key, stored, how)?;
        }
        let wait = if how.remote { self.wait } else { Duration::ZERO };
        match self.until_refused(key, wait) {
            Probe::Refused => Ok(()),
            Probe::Alive { .. } => confirm(
                how,
                format!(
                    "{shown} still works at the API: revoke it there first; forget it here all the same?"
                ),
            ),
            Probe::Unknown { why, is_unsent } => {
                let question = format!("{shown} may still work ({why}); forget it here all the same?");
                if (how.word)(&question) {
                    return Ok(());
                }
                Err(KeysError::Unreachable { shown: shown.clone(), why, is_unsent })
            }
        }
    }

    fn expire(
        &self,
        key: &crate::keys::ApiKey,
        stored: &Stored,
        how: &Revocation<'_>,
    ) -> Result<(), KeysError> {
        if self.api.probe(key) == Probe::Refused {
            return Ok(());
        }
        let with = self.current()?.secret;
        let with = with.key().unwrap_or(key);
        let known = how.remote_id.clone().or_else(|| stored.remote_id.clone());
        let id = match known {
            Some(id) => id,
            None => self
                .api
                .find(with, key)
                .map_err(|error| remote_error("list its keys", error))?
                .ok_or_else(|| KeysError::NoRemoteId(stored.shown.clone()))?,
        };
        self.api.expire(with, &id).map(drop).map_err(|error| remote_error("end the key", error))
    }

    /// An end takes the API some seconds to heed.
    fn until_refused(&self, key: &crate::keys::ApiKey, wait: Duration) -> Probe {
        let deadline = std::time::Instant::now() + wait;
        loop {
            let told = self.api.probe(key);
            let is_alive = matches!(told, Probe::Alive { .. });
            if !is_alive || std::time::Instant::now() >= deadline {
                return told;
            }
            std::thread::sleep(Duration::from_millis(500));
        }
    }
}

fn confirm(how: &Revocation<'_>, question: String) -> Result<(), KeysError> {
    if (how.word)(&question) { Ok(()) } else { Err(KeysError::Unconfirmed { question }) }
}
