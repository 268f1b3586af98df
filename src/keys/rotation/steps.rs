//! The steps of a rotation that reach out: to the store, to the API, to the hooks.

use std::time::{Duration, Instant};

use super::rules;
use super::work::Work;
use super::{Made, Probe, RuleError};
use crate::keys::lineage::{KeyLineage, Plan, Remote, Rotation, RotationStep, Stored};
use crate::keys::secret::same_account;
use crate::keys::{ApiKey, KeysError, Secret, hooks};

/// How long the API is asked to let the old key live where no overlap is wanted, in minutes: while an answer
/// may be lost, the old key is the only one that can ask for it again. It is expired as soon as the new key is
/// in use.
const MINUTES_WITHOUT_OVERLAP: u64 = 60;

/// The least that the API is asked for where a short overlap is wanted, in minutes, for the same reason.
const LEAST_MINUTES: u64 = 15;

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
                let compromised = rotation.plan.compromised;
                self.undo(rules::aborted)?;
                return Err(KeysError::Undone { compromised });
            }
        };
        let remote_id = match remote_id {
            // The key was made, its id was not written down: the API tells it.
            Some(None) => secret.key().and_then(|key| self.api.find(key, key).ok().flatten()),
            known => known.flatten(),
        };
        let stored = self.describe(&secret, place, remote_id)?;
        self.step("stored", |lineage, _| rules::stored(lineage, stored))?;
        (self.tell)(&format!("stored in the {}: {}", place.store.as_str(), secret.redacted()));
        Ok(())
    }

    /// What is in the new slot, where that is what belongs there.
    pub(super) fn slot(&self, rotation: &Rotation) -> Result<Option<Secret>, KeysError> {
        let Some(text) = self.vault.get(&self.id, &rotation.place)? else { return Ok(None) };
        let Ok(secret) = Secret::parse(self.kind, &text) else { return Ok(None) };
        match &rotation.new {
            Some(new) if new.fingerprint != self.vault.fingerprint(&secret)? => Ok(None),
            _ => Ok(Some(secret)),
        }
    }

    /// The API makes the key. The request has a key of its own, so that it can be sent again.
    fn make(&self, rotation: &Rotation, remote: &Remote) -> Result<Made, KeysError> {
        let with = self.current()?.secret;
        let Some(key) = with.key() else { return Err(KeysError::NoRemoteId(with.redacted())) };
        let minutes = remote.minutes.unwrap_or_else(|| minutes(&rotation.plan));
        self.step("requested", |lineage, now| rules::sending(lineage, minutes, now))?;
        let made = self.api.rotate(key, &remote.id, minutes, &remote.idempotency_key);
        made.map_err(|failure| {
            if !failure.may_be_done
                && !remote.sent
                && let Err(error) = self.undo(rules::not_made)
            {
                return error;
            }
            KeysError::Remote { what: "make a new key", failure }
        })
    }

    /// Step 3: the API takes it, and it is of the same account and mode.
    pub(super) fn verify(&self, lineage: &KeyLineage, rotation: &Rotation) -> Result<(), KeysError> {
        let Some(new) = &rotation.new else { return Err(RuleError::OutOfOrder(rotation.step).into()) };
        let secret = self.vault.read(&self.id, self.kind, new)?;
        secret.agree(self.profile)?;
        let asked = match &secret {
            Secret::Api(key) if !rotation.plan.offline => {
                let is_rotation = lineage.current.is_some();
                Some(self.probe(key, if is_rotation { self.wait } else { Duration::ZERO })?)
            }
            _ => None,
        };
        let account = match asked {
            None => None,
            Some(Probe::Alive { account }) => {
                let account = account.or_else(|| secret.key().and_then(ApiKey::account));
                self.same_account(lineage, rotation, new, account)?
            }
            Some(Probe::Unknown(failure)) => {
                return Err(KeysError::Unreachable { shown: new.shown.clone(), failure });
            }
            Some(Probe::Refused) => {
                self.give_up(rotation)?;
                return Err(KeysError::Refused { shown: new.shown.clone(), waited: self.wait });
            }
        };
        self.step("verified", |lineage, _| rules::verified(lineage, account)).map(drop)
    }

    /// A new key that was made by hand and cannot be used is undone: whoever made it has it. One that the API
    /// made is known to nobody else.
    fn give_up(&self, rotation: &Rotation) -> Result<(), KeysError> {
        if rotation.remote.is_none() { self.undo(rules::aborted) } else { Ok(()) }
    }

    /// The account of the new key, which is the profile's and the old key's. Where nothing tells it, a person
    /// has to.
    fn same_account(
        &self,
        lineage: &KeyLineage,
        rotation: &Rotation,
        new: &Stored,
        account: Option<String>,
    ) -> Result<Option<String>, KeysError> {
        let expected = self.profile.account.clone().or_else(|| self.account_in_use(lineage));
        if let Err(error) = same_account(account.as_deref(), expected.as_deref()) {
            self.give_up(rotation)?;
            return Err(error.into());
        }
        let in_use = lineage.current.as_ref().map(|current| current.shown.clone());
        if let (None, Some(expected)) = (&account, expected.clone().or(in_use)) {
            let shown = new.shown.clone();
            let question = format!(
                "The API does not tell the account of {shown} (403). Is it the account of {expected}?"
            );
            if !(self.confirm)(&question) {
                return Err(KeysError::AccountUnknown { shown, expected });
            }
        }
        Ok(account.or(expected))
    }

    /// The account of the version in use: known, or asked for.
    fn account_in_use(&self, lineage: &KeyLineage) -> Option<String> {
        let current = lineage.current.as_ref()?;
        if current.account.is_some() {
            return current.account.clone();
        }
        match self.vault.read(&self.id, self.kind, current) {
            Ok(Secret::Api(key)) => match self.api.probe(&key) {
                Probe::Alive { account } => account,
                Probe::Refused | Probe::Unknown(_) => None,
            },
            _ => None,
        }
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

    /// Step 5: the hooks, one by one; then the rotation is over, and an old key without an overlap is expired
    /// where the API can do that.
    pub(super) fn finish(&self, lineage: &KeyLineage, rotation: &Rotation) -> Result<(), KeysError> {
        let pending = rotation.plan.hooks.get(rotation.hooks_done..).unwrap_or_default();
        if !pending.is_empty() {
            let Some(current) = &lineage.current else { return Err(RuleError::NothingStored.into()) };
            let secret = self.vault.read(&self.id, self.kind, current)?;
            for argv in pending {
                let program = argv.first().map(String::as_str).unwrap_or_default();
                (self.tell)(&format!("hook: {program}"));
                hooks::run(argv, &secret, &|line| (self.tell)(&format!("  {line}")))?;
                self.step("hook_done", |lineage, _| rules::hook_done(lineage))?;
            }
        }
        self.step("finished", |lineage, _| rules::finished(lineage))?;
        if rotation.remote.is_some() && rotation.plan.overlap_seconds == 0 {
            return self.expire_old();
        }
        Ok(())
    }

    /// Whether a rotation's slot holds its new secret, or may.
    pub(super) fn has_secret(&self, rotation: &Rotation) -> Result<bool, KeysError> {
        Ok(rotation.step > RotationStep::Intent || self.slot(rotation)?.is_some())
    }
}

/// How long the API is asked to let the old key live, in minutes.
fn minutes(plan: &Plan) -> u64 {
    match plan.overlap_seconds.div_ceil(60) {
        0 => MINUTES_WITHOUT_OVERLAP,
        minutes => minutes.max(LEAST_MINUTES),
    }
}
