//! The steps of a rotation that reach out: to the store, to the API, to the hooks.

use std::time::{Duration, Instant};

use super::rules;
use super::work::{Work, remote_error};
use super::{ApiFailure, Made, Probe, RuleError};
use crate::keys::chain::{Chain, Remote, Rotation};
use crate::keys::secret::same_account;
use crate::keys::{ApiKey, KeysError, Secret, hooks};

/// How often a key that the API refuses yet is tried again.
const PAUSE: Duration = Duration::from_secs(1);

impl Work<'_> {
    /// Step 2: into the slot, and back out of it.
    pub(super) fn store(&self, rotation: &Rotation, given: Option<&Secret>) -> Result<(), KeysError> {
        let place = &rotation.place;
        let (secret, remote_id) = match (self.slot(rotation)?, given, &rotation.remote) {
            // A crash came after the slot was written and before that was written down.
            (Some(secret), _, remote) => (secret, remote.as_ref().map(|_| None)),
            (None, Some(secret), None) => {
                self.vault.put(&self.id, place, secret)?;
                (secret.clone(), None)
            }
            (None, _, Some(remote)) => {
                let made = self.make(rotation, remote)?;
                let secret = Secret::Api(made.key);
                self.vault.put(&self.id, place, &secret)?;
                (secret, Some(Some(made.id)))
            }
            (None, None, None) => {
                self.abort()?;
                return Err(KeysError::Undone);
            }
        };
        let remote_id = match remote_id {
            // The key was made, its id was not written down: the API tells it.
            Some(None) => secret.key().and_then(|key| self.api.find(key, key).ok().flatten()),
            known => known.flatten(),
        };
        let stored = self.describe(&secret, place, remote_id)?;
        self.step("stored", |chain, _| rules::stored(chain, stored))?;
        (self.tell)(&format!("stored in the {}: {}", place.store.as_str(), secret.redacted()));
        Ok(())
    }

    /// What is in the new slot, where that is what belongs there.
    fn slot(&self, rotation: &Rotation) -> Result<Option<Secret>, KeysError> {
        let Some(text) = self.vault.get(&self.id, &rotation.place)? else { return Ok(None) };
        let Ok(secret) = Secret::parse(self.kind, &text) else { return Ok(None) };
        match &rotation.new {
            Some(new) if new.fingerprint != self.vault.fingerprint(&secret)? => Ok(None),
            _ => Ok(Some(secret)),
        }
    }

    /// The API makes the key. The request has a key of its own, so that it can be sent again.
    fn make(&self, rotation: &Rotation, remote: &Remote) -> Result<Made, KeysError> {
        self.step("requested", rules::sending)?;
        let minutes = rotation.plan.overlap_seconds.div_ceil(60);
        let with = self.current()?.secret;
        let Some(key) = with.key() else { return Err(KeysError::NoRemoteId(with.redacted())) };
        let made = self.api.rotate(key, &remote.id, minutes, &remote.idempotency_key);
        made.map_err(|error| {
            // What was refused for good was not made; there is nothing to go on with.
            if matches!(error, ApiFailure::Refused(_))
                && !remote.sent
                && let Err(error) = self.abort()
            {
                return error;
            }
            remote_error("make a new key", error)
        })
    }

    /// Step 3: the API takes it, and it is of the same account and mode.
    pub(super) fn verify(&self, chain: &Chain, rotation: &Rotation) -> Result<(), KeysError> {
        let Some(new) = &rotation.new else { return Err(RuleError::OutOfOrder(rotation.step).into()) };
        let secret = self.vault.read(&self.id, self.kind, new)?;
        secret.agree(self.profile)?;
        let asked = match &secret {
            Secret::Api(key) if !rotation.plan.offline => {
                let is_rotation = chain.current.is_some();
                Some(self.probe(key, if is_rotation { self.wait } else { Duration::ZERO })?)
            }
            _ => None,
        };
        let account = match asked {
            None => None,
            Some(Probe::Alive { account }) => account,
            Some(Probe::Unknown { why, is_unsent }) => {
                return Err(KeysError::Unreachable { shown: new.shown.clone(), why, is_unsent });
            }
            Some(Probe::Refused) => {
                if rotation.remote.is_none() {
                    self.abort()?;
                }
                return Err(KeysError::Refused { shown: new.shown.clone(), waited: self.wait });
            }
        };
        let expected = chain.current.as_ref().and_then(|current| current.account.clone());
        let expected = self.profile.account.clone().or(expected).or_else(|| new.account.clone());
        if let Err(error) = same_account(account.as_deref(), expected.as_deref()) {
            if rotation.remote.is_none() {
                self.abort()?;
            }
            return Err(error.into());
        }
        self.step("verified", |chain, _| rules::verified(chain, account)).map(drop)
    }

    /// Asks the API about a key, again while it refuses and there is time.
    pub(super) fn probe(&self, key: &ApiKey, wait: Duration) -> Result<Probe, KeysError> {
        let deadline = Instant::now() + wait;
        loop {
            match self.api.probe(key) {
                Probe::Refused if Instant::now() + PAUSE <= deadline => {
                    (self.tell)(&format!("the API does not know {key} yet: trying again"));
                    std::thread::sleep(PAUSE);
                }
                told => return Ok(told),
            }
        }
    }

    /// Step 5: the hooks, one by one; then the rotation is over.
    pub(super) fn finish(&self, chain: &Chain, rotation: &Rotation) -> Result<(), KeysError> {
        let pending = rotation.plan.hooks.get(rotation.hooks_done..).unwrap_or_default();
        if !pending.is_empty() {
            let Some(current) = &chain.current else { return Err(RuleError::NothingStored.into()) };
            let secret = self.vault.read(&self.id, self.kind, current)?;
            for argv in pending {
                let program = argv.first().map(String::as_str).unwrap_or_default();
                (self.tell)(&format!("hook: {program}"));
                hooks::run(argv, &secret, &|line| (self.tell)(&format!("  {line}")))?;
                self.step("hook_done", |chain, _| rules::hook_done(chain))?;
            }
        }
        self.step("finished", |chain, _| rules::finished(chain)).map(drop)
    }
}
