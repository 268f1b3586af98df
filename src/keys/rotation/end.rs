//! How a version goes out of use: rolled back, revoked, removed.

use std::time::Duration;

use super::rules;
use super::work::Work;
use super::{Probe, RuleError};
use crate::keys::lineage::{KeyLineage, Remote, Stored};
use crate::keys::{ApiKey, KeysError, Secret, SecretKind};

/// How a version is revoked.
#[derive(Debug, Default)]
pub struct Revocation {
    /// Whether the API is asked to expire it, by `POST /v2/iam/api_keys/{id}/expire`.
    pub remote: bool,
    /// The id of its object in the API, where it is given.
    pub remote_id: Option<String>,
}

impl Work<'_> {
    /// Goes back to the previous version, while the API still takes it.
    ///
    /// # Errors
    /// When there is none, the API refuses it or cannot be asked. Nothing was changed then.
    pub fn roll_back(&self) -> Result<(), KeysError> {
        let lineage = self.lineage()?;
        if let Some(rotation) = lineage.staged() {
            return Err(RuleError::Unfinished { step: rotation.step, started_at: rotation.started_at }.into());
        }
        let previous = lineage.previous.as_ref().ok_or(RuleError::NoPrevious)?;
        let shown = previous.stored.shown.clone();
        let gone = |why: &str| KeysError::Gone { shown: shown.clone(), why: why.to_owned() };
        if previous.compromised {
            return Err(gone("it is compromised"));
        }
        match self.vault.read(&self.id, self.kind, &previous.stored)? {
            Secret::Api(key) => match self.api.probe(&key) {
                Probe::Alive { .. } => {}
                Probe::Refused => return Err(gone("the API refuses it (401)")),
                Probe::Unknown(failure) => return Err(KeysError::Unreachable { shown, failure }),
            },
            // Nobody can be asked about a signing secret: its overlap has to do.
            _ if previous.is_over(self.now()?) => return Err(gone("its overlap is over")),
            _ => {}
        }
        self.step("rolled_back", |lineage, _| rules::rolled_back(lineage)).map(drop)
    }

    /// Undoes a rotation whose new version is not in use yet. Where the API may have made a key already, it
    /// ends the old one by itself, and a person has to know that.
    ///
    /// # Errors
    /// When there is none, it is in use, nobody confirms it, or the slot cannot be deleted.
    pub fn abort(&self) -> Result<(), KeysError> {
        let lineage = self.lineage()?;
        let staged = lineage.staged();
        let remote = staged.and_then(|rotation| rotation.remote.as_ref()).filter(|remote| remote.sent);
        let question = "The API may have made the new key, and will expire the old one. Abort anyway?";
        if remote.is_some() && !(self.confirm)(question) {
            return Err(KeysError::MayBeMade);
        }
        let new = staged.and_then(|rotation| rotation.new.clone());
        self.undo(rules::aborted)?;
        match (new, remote.and_then(Remote::old_key_ends)) {
            (Some(new), Some(end)) => (self.tell)(&format!(
                "{} stays stored until it is revoked; the API expires the key in use at {end}",
                new.shown
            )),
            (None, Some(end)) => (self.tell)(&format!(
                "the API may have made a new key: look in the Dashboard; it expires the key in use at {end}"
            )),
            (Some(new), None) => {
                (self.tell)(&format!("{} is deleted here, and may still work at the API", new.shown));
            }
            (None, None) => {}
        }
        Ok(())
    }

    /// Revokes the previous version and every superseded one: at the API where it can be asked, then here.
    ///
    /// # Errors
    /// When there is none, or one still works and nobody confirms that this is meant. What was revoked
    /// before it stays revoked.
    pub fn revoke_previous(&self, how: &Revocation) -> Result<(), KeysError> {
        self.tidy();
        let lineage = self.lineage()?;
        if lineage.previous.is_none() && lineage.superseded.is_empty() {
            return Err(RuleError::NoPrevious.into());
        }
        if let (Some(rotation), Some(previous)) = (&lineage.rotation, &lineage.previous) {
            self.confirmed(format!(
                "The rotation is unfinished (step: {}), and the previous key may still be in use. Revoke {}?",
                rotation.step.as_str(),
                previous.stored.shown
            ))?;
        }
        self.revoke_old(&lineage, how)
    }

    /// What `revoke_previous` does after it has asked.
    fn revoke_old(&self, lineage: &KeyLineage, how: &Revocation) -> Result<(), KeysError> {
        if let Some(previous) = &lineage.previous {
            self.revoke_one(lineage, &previous.stored, previous.is_over(self.now()?), how)?;
            self.step("retired", |lineage, _| rules::retired(lineage))?;
        }
        for stored in &lineage.superseded {
            self.revoke_one(lineage, stored, true, how)?;
            self.step("retired", |lineage, _| rules::superseded_retired(lineage, &stored.place))?;
        }
        self.vault.sweep(&self.id)
    }

    /// After a rotation without an overlap: the API expires the old key, now that the new one is in use.
    pub(super) fn expire_old(&self) -> Result<(), KeysError> {
        let how = Revocation { remote: true, remote_id: None };
        match self.revoke_old(&self.lineage()?, &how) {
            Err(KeysError::Unconfirmed { question }) => {
                (self.tell)(&question);
                Ok(())
            }
            done => done,
        }
    }

    /// Revokes every version, the current one last: it is the one that the API is asked with.
    ///
    /// # Errors
    /// When nothing is stored, or one still works and nobody confirms that this is meant.
    pub fn revoke_all(&self, how: &Revocation) -> Result<(), KeysError> {
        let lineage = self.lineage()?;
        let previous = lineage.previous.as_ref().map(|previous| &previous.stored);
        let staged = lineage.staged().and_then(|rotation| rotation.new.as_ref());
        for stored in previous.into_iter().chain(&lineage.superseded).chain(staged) {
            // The id that was given is that of the key in use.
            self.revoke_one(&lineage, stored, false, &Revocation { remote: how.remote, remote_id: None })?;
        }
        let remote = lineage.staged().and_then(|rotation| rotation.remote.as_ref());
        if staged.is_none() && remote.is_some_and(|remote| remote.sent) {
            self.confirmed(
                "The API may have made a new key whose answer was lost: revoke it in the Dashboard. Go on?"
                    .to_owned(),
            )?;
        }
        if let Some(current) = &lineage.current {
            self.revoke_one(&lineage, current, false, how)?;
        }
        self.forget()
    }

    /// Forgets every version here. The API is not told.
    ///
    /// # Errors
    /// When nothing is stored, or a store cannot be used: what it did not delete is deleted by the next
    /// command.
    pub fn remove(&self) -> Result<(), KeysError> {
        let lineage = self.lineage()?;
        self.forget()?;
        for (role, stored) in lineage.unused_versions() {
            (self.tell)(&format!(
                "{}, {role}, is forgotten too, and may still work at the API",
                stored.shown
            ));
        }
        Ok(())
    }

    fn forget(&self) -> Result<(), KeysError> {
        if self.lineage()?.is_empty() {
            return Err(KeysError::NothingStored(self.id.to_string()));
        }
        self.vault.must_hold(&self.id, &self.lineage()?)?;
        self.step("removed", |lineage, _| Ok(rules::removed(lineage)))?;
        self.vault.sweep(&self.id)
    }

    /// Revokes one version at the API, or has a person say that it is revoked.
    fn revoke_one(
        &self,
        lineage: &KeyLineage,
        stored: &Stored,
        is_over: bool,
        how: &Revocation,
    ) -> Result<(), KeysError> {
        let shown = &stored.shown;
        if lineage.kind == SecretKind::Webhook {
            if is_over {
                return Ok(());
            }
            return self.confirmed(format!(
                "Stripe cannot tell whether {shown} still signs deliveries. Delete it here?"
            ));
        }
        let secret = match self.vault.read(&self.id, lineage.kind, stored) {
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
            Probe::Alive { .. } => {
                self.confirmed(format!(
                    "{shown} still works at the API: revoke it there first. Delete it here anyway?"
                ))?;
                (self.tell)(&format!("{shown} is deleted here and still works: revoke it in the Dashboard"));
                Ok(())
            }
            Probe::Unknown(failure) => {
                let question = format!("{shown} may still work ({}). Delete it here anyway?", failure.why);
                if (self.confirm)(&question) {
                    return Ok(());
                }
                Err(KeysError::Unreachable { shown: shown.clone(), failure })
            }
        }
    }

    fn expire(&self, key: &ApiKey, stored: &Stored, how: &Revocation) -> Result<(), KeysError> {
        if self.api.probe(key) == Probe::Refused {
            return Ok(());
        }
        let with = self.asking_key(key);
        let remote = |what| move |failure| KeysError::Remote { what, failure };
        let known = how.remote_id.clone().or_else(|| stored.remote_id.clone());
        let id = match known {
            Some(id) => id,
            None => self
                .api
                .find(&with, key)
                .map_err(remote("list its keys"))?
                .ok_or_else(|| KeysError::NoRemoteId(stored.shown.clone()))?,
        };
        self.api.expire(&with, &id).map(drop).map_err(remote("expire the key"))
    }

    /// The key that the API is asked with: the one in use, unless it works no more.
    fn asking_key(&self, expiring: &ApiKey) -> ApiKey {
        match self.current().map(|current| current.secret) {
            Ok(Secret::Api(key)) if self.api.probe(&key) != Probe::Refused => key,
            _ => expiring.clone(),
        }
    }

    /// An expiry may take the API some seconds to heed.
    fn until_refused(&self, key: &ApiKey, wait: Duration) -> Probe {
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

    fn confirmed(&self, question: String) -> Result<(), KeysError> {
        if (self.confirm)(&question) { Ok(()) } else { Err(KeysError::Unconfirmed { question }) }
    }
}
