//! A rotation, step by step, from wherever it is to its end.

use std::time::Duration;

use uuid::Uuid;

use super::rules::{self, About};
use super::ways::{self, Action, NewVersion};
use super::{Api, Probe, RuleError};
use crate::keys::lineage::{KeyLineage, Now, Place, Plan, Remote, RotationMode, RotationStep, Stored};
use crate::keys::secret::same_account;
use crate::keys::{ApiKey, KeysError, LineageId, LineageLock, Secret, SecretKind, StoreKind, Vault};
use crate::profile::Profile;
use crate::time::UnixMillis;

/// Where the new version comes from.
#[derive(Debug)]
pub enum NewKey {
    /// It was made by hand.
    Given(Secret),
    /// The API makes it in place of the current one, whose object has this id where it is known.
    Remote(Option<String>),
}

/// What became of an addition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// It is stored and in use.
    Stored,
    /// It was stored already.
    AlreadyThere,
}

/// The right to change one secret, and all that is needed for it.
pub struct Work<'a> {
    pub(super) vault: &'a Vault<'a>,
    pub(super) api: &'a dyn Api,
    pub(super) profile: &'a Profile,
    pub(super) id: LineageId,
    pub(super) kind: SecretKind,
    pub(super) tell: &'a dyn Fn(&str),
    /// Whether a person confirms something, with a flag or at a terminal.
    pub(super) confirm: &'a dyn Fn(&str) -> bool,
    /// How long a key may be refused before that is believed, since the API needs a moment to know it.
    pub wait: Duration,
    _lock: LineageLock,
}

impl<'a> Work<'a> {
    /// Takes the right to change a secret, which one process has at a time.
    ///
    /// # Errors
    /// When another process has it, or the list cannot be used.
    pub fn on(
        vault: &'a Vault<'a>,
        api: &'a dyn Api,
        profile: &'a Profile,
        id: LineageId,
        kind: SecretKind,
        tell: &'a dyn Fn(&str),
        confirm: &'a dyn Fn(&str) -> bool,
    ) -> Result<Self, KeysError> {
        let lock = vault.lock(&id)?;
        let kind = vault.lineage(&id)?.map_or(kind, |lineage| lineage.kind);
        let wait = Duration::from_secs(30);
        Ok(Self { vault, api, profile, id, kind, tell, confirm, wait, _lock: lock })
    }

    /// What is known now.
    ///
    /// # Errors
    /// When the list cannot be read.
    pub fn lineage(&self) -> Result<KeyLineage, KeysError> {
        Ok(self.vault.lineage(&self.id)?.unwrap_or_else(|| KeyLineage::new(self.kind)))
    }

    /// Stores a first version. Another one that is there is replaced only where that is wanted, and only
    /// when the new one is verified.
    ///
    /// # Errors
    /// When it is not what the profile wants, the API refuses it, or it cannot be stored. What was stored
    /// before is as it was.
    pub fn add(
        &self,
        secret: &Secret,
        store: StoreKind,
        replace: bool,
        offline: bool,
    ) -> Result<Added, KeysError> {
        self.is_of_kind(secret)?;
        secret.agree(self.profile)?;
        self.undo_unfinished_addition()?;
        self.vault.recognise_stores(&self.lineage()?)?;
        let fingerprint = self.vault.fingerprint(secret)?;
        if let Some(current) = &self.lineage()?.current {
            let is_same = current.fingerprint == fingerprint;
            if is_same && self.vault.get(&self.id, &current.place)?.is_some() {
                return Ok(Added::AlreadyThere);
            }
            // A version that its store does not have is stored anew.
            if !is_same && !replace {
                let name = self.id.name.to_string();
                return Err(KeysError::Exists { name, shown: current.shown.clone() });
            }
        }
        self.tidy();
        let plan = Plan { offline, mode: RotationMode::Replace, ..Plan::default() };
        self.begin(NewKey::Given(secret.clone()), store, plan)?;
        if let Err(error) = self.run(Some(secret)) {
            if let Err(second) = self.undo_unfinished_addition() {
                (self.tell)(&format!("what was begun could not be undone yet: {second}"));
            }
            return Err(error);
        }
        self.tidy();
        Ok(Added::Stored)
    }

    /// A name has secrets of one kind.
    fn is_of_kind(&self, secret: &Secret) -> Result<(), KeysError> {
        if secret.kind() == self.kind { Ok(()) } else { Err(RuleError::OtherKind(self.kind).into()) }
    }

    /// An addition that did not come to its end is undone; a rotation is not.
    fn undo_unfinished_addition(&self) -> Result<(), KeysError> {
        let lineage = self.lineage()?;
        let Some(rotation) = &lineage.rotation else { return Ok(()) };
        let (step, started_at) = (rotation.step, rotation.started_at);
        match step {
            _ if !ways::is_addition(&lineage, rotation) => {
                Err(RuleError::Unfinished { step, started_at }.into())
            }
            RotationStep::Promoted => self.step("finished", |lineage, _| rules::finished(lineage)).map(drop),
            _ => self.undo(rules::aborted),
        }
    }

    /// What a rotation would do first, so that whatever can be refused is refused before a person makes a
    /// new key: the store answers, and so does the API.
    ///
    /// # Errors
    /// When the rotation cannot be begun.
    pub fn prepare(
        &self,
        new: NewVersion,
        store: Option<StoreKind>,
        plan: &Plan,
    ) -> Result<Action, KeysError> {
        self.tidy();
        let action = self.decide(new, plan.compromised)?;
        if action == Action::GoOn {
            return Ok(action);
        }
        let current = self.current()?;
        let place =
            Place { store: store.unwrap_or(current.stored.place.store), id: self.vault.new_slot_id()? };
        self.vault.get(&self.id, &place)?;
        if let (Secret::Api(key), false) = (&current.secret, plan.offline) {
            match self.api.probe(key) {
                Probe::Alive { .. } => {}
                Probe::Refused => (self.tell)(&format!("the API refuses {key}, the key in use (401)")),
                Probe::Unknown(failure) => {
                    return Err(KeysError::Unreachable { shown: current.stored.shown, failure });
                }
            }
        }
        Ok(action)
    }

    /// Begins a rotation, goes on with the one that is unfinished where it is the same one, or takes over in
    /// an emergency.
    ///
    /// # Errors
    /// When it cannot be begun, or a step fails: the key in use stays usable, and `resume` goes on.
    pub fn rotate(&self, new: NewKey, store: Option<StoreKind>, plan: Plan) -> Result<(), KeysError> {
        self.tidy();
        let lineage = self.lineage()?;
        let Some(current) = &lineage.current else {
            return Err(RuleError::NothingStored.into());
        };
        let (given, version) = match &new {
            NewKey::Given(secret) => {
                self.is_of_kind(secret)?;
                secret.agree(self.profile)?;
                same_account(secret.key().and_then(ApiKey::account).as_deref(), current.account.as_deref())?;
                (Some(secret.clone()), self.compare(&lineage, secret)?)
            }
            NewKey::Remote(_) => (None, NewVersion::MadeByApi),
        };
        if let (NewVersion::Other, Some(secret)) = (version, &given) {
            self.is_not_in_use(current, secret)?;
        }
        match self.decide(version, plan.compromised)? {
            Action::GoOn => return self.go_on(given.as_ref(), plan.hooks, plan.compromised),
            Action::TakeOver => self.take_over()?,
            Action::Begin => {}
        }
        let store = store.unwrap_or(current.place.store);
        self.begin(new, store, plan)?;
        self.run(given.as_ref())
    }

    /// Goes on with a rotation that is unfinished. `hooks`, where there are any, take the place of those that
    /// are not done.
    ///
    /// # Errors
    /// When there is none, or a step fails again.
    pub fn resume(
        &self,
        given: Option<&Secret>,
        hooks: Option<Vec<Vec<String>>>,
        compromised: bool,
    ) -> Result<(), KeysError> {
        let lineage = self.lineage()?;
        let Some(rotation) = &lineage.rotation else {
            return Err(RuleError::NothingUnderWay.into());
        };
        if let Some(secret) = given {
            self.is_of_kind(secret)?;
            if self.compare(&lineage, secret)? != NewVersion::Staged {
                let (step, started_at) = (rotation.step, rotation.started_at);
                return Err(RuleError::Unfinished { step, started_at }.into());
            }
        }
        if let Some(hooks) = hooks.filter(|hooks| *hooks != rotation.plan.hooks) {
            self.step("hooks_replaced", |lineage, _| rules::hooks_replaced(lineage, hooks))?;
        }
        self.go_on(given, Vec::new(), compromised)
    }

    /// The same rotation was asked for again, with other hooks or as an emergency.
    fn go_on(
        &self,
        given: Option<&Secret>,
        hooks: Vec<Vec<String>>,
        compromised: bool,
    ) -> Result<(), KeysError> {
        let Some(rotation) = self.lineage()?.rotation else { return Err(RuleError::NothingUnderWay.into()) };
        (self.tell)(&format!("going on with the rotation that began at {}", rotation.started_at));
        if !hooks.is_empty() && hooks != rotation.plan.hooks {
            self.step("hooks_replaced", |lineage, _| rules::hooks_replaced(lineage, hooks))?;
        }
        if compromised && !rotation.plan.compromised {
            self.step("compromised", rules::compromised)?;
        }
        self.run(given)
    }

    /// The same command again, after it came to its end: that is said before anything that it would wait for.
    fn is_not_in_use(&self, current: &Stored, secret: &Secret) -> Result<(), KeysError> {
        if self.vault.fingerprint(secret)? != current.fingerprint {
            return Ok(());
        }
        let (shown, added_at) = (current.shown.clone(), current.added_at);
        Err(RuleError::SameKey { shown, added_at }.into())
    }

    /// Which version a secret is.
    fn compare(&self, lineage: &KeyLineage, secret: &Secret) -> Result<NewVersion, KeysError> {
        let staged = lineage.rotation.as_ref().and_then(|rotation| rotation.new.as_ref());
        let fingerprint = self.vault.fingerprint(secret)?;
        let is_staged = staged.is_some_and(|new| new.fingerprint == fingerprint);
        Ok(if is_staged { NewVersion::Staged } else { NewVersion::Other })
    }

    /// What a rotation does first. A previous key that is over at the API hinders nobody.
    fn decide(&self, new: NewVersion, compromised: bool) -> Result<Action, KeysError> {
        let lineage = self.lineage()?;
        let has_secret = match &lineage.rotation {
            Some(rotation) => self.has_secret(rotation)?,
            None => false,
        };
        match ways::rotate(&lineage, new, compromised, has_secret) {
            Err(RuleError::PreviousKept { .. }) if self.clear_previous(&lineage)? => {
                Ok(ways::rotate(&self.lineage()?, new, compromised, has_secret)?)
            }
            decided => Ok(decided?),
        }
    }

    /// What is under way makes room. What may still work stays known.
    fn take_over(&self) -> Result<(), KeysError> {
        let Some(rotation) = self.lineage()?.rotation else { return Ok(()) };
        let left = rotation.plan.hooks.len().saturating_sub(rotation.hooks_done);
        match &rotation.new {
            Some(new) if rotation.step == RotationStep::Promoted => {
                (self.tell)(&format!("{} is in use; {left} hooks of its rotation are not run", new.shown));
            }
            Some(new) => (self.tell)(&format!("{} is not used and may still work at the API", new.shown)),
            None if rotation.remote.is_some_and(|remote| remote.sent) => (self.tell)(
                "the API may have made a key whose answer was lost: look for it in the Dashboard and revoke it",
            ),
            None => {}
        }
        self.undo(rules::taken_over)
    }

    /// Undoes what is under way.
    pub(super) fn undo(&self, how: fn(&mut KeyLineage) -> Result<About, RuleError>) -> Result<(), KeysError> {
        self.step("aborted", |lineage, _| how(lineage))?;
        self.tidy();
        Ok(())
    }

    /// Deletes what is to be deleted. A store that does not answer does not hinder: it stays written down,
    /// and the next command tries again.
    pub(super) fn tidy(&self) {
        if let Err(error) = self.vault.sweep(&self.id) {
            (self.tell)(&format!("an old key could not be deleted yet: {error}"));
        }
    }

    /// A version from an earlier rotation goes, when its overlap is over and the API refuses it.
    fn clear_previous(&self, lineage: &KeyLineage) -> Result<bool, KeysError> {
        let Some(previous) = &lineage.previous else { return Ok(false) };
        if !previous.is_over(self.now()?) {
            return Ok(false);
        }
        let is_refused = match self.vault.read(&self.id, lineage.kind, &previous.stored) {
            Ok(Secret::Api(key)) => self.api.probe(&key) == Probe::Refused,
            Ok(_) | Err(KeysError::Lost { .. }) => true,
            Err(error) => return Err(error),
        };
        if is_refused {
            (self.tell)(&format!("{} is revoked, and is deleted here", previous.stored.shown));
            self.step("retired", |lineage, _| rules::retired(lineage))?;
            self.tidy();
        }
        Ok(is_refused)
    }

    pub(super) fn now(&self) -> Result<Now, KeysError> {
        Ok(self.vault.known()?.now(self.vault.clock()))
    }

    fn begin(&self, new: NewKey, store: StoreKind, plan: Plan) -> Result<(), KeysError> {
        let place = Place { store, id: self.vault.new_slot_id()? };
        // A store that does not answer is found out before anything is begun.
        self.vault.get(&self.id, &place)?;
        let (stored, remote) = match new {
            NewKey::Given(secret) => (Some(self.describe(&secret, &place, None)?), None),
            NewKey::Remote(id) => {
                let id = self.remote_id(id)?;
                let idempotency_key = Uuid::new_v4().to_string();
                (None, Some(Remote { id, idempotency_key, sent: false, minutes: None, sent_at: None }))
            }
        };
        let change = |lineage: &mut KeyLineage, now| rules::begin(lineage, place, stored, remote, plan, now);
        self.step("intent", change).map(drop)
    }

    /// The id of the current key's object: known, given, or asked for.
    pub(super) fn remote_id(&self, given: Option<String>) -> Result<String, KeysError> {
        let current = self.current()?;
        if let Some(id) = given.or_else(|| current.stored.remote_id.clone()) {
            return Ok(id);
        }
        let shown = current.stored.shown;
        let Some(key) = current.secret.key() else { return Err(KeysError::NoRemoteId(shown)) };
        let found = self.api.find(key, key);
        let found = found.map_err(|failure| KeysError::Remote { what: "list its keys", failure })?;
        found.ok_or(KeysError::NoRemoteId(shown))
    }

    pub(super) fn current(&self) -> Result<crate::keys::Held, KeysError> {
        self.vault.current(&self.id)?.ok_or_else(|| RuleError::NothingStored.into())
    }

    /// What is known of a secret that is to be stored.
    pub(super) fn describe(
        &self,
        secret: &Secret,
        place: &Place,
        remote_id: Option<String>,
    ) -> Result<Stored, KeysError> {
        Ok(Stored {
            place: place.clone(),
            shown: secret.redacted(),
            fingerprint: self.vault.fingerprint(secret)?,
            key_kind: secret.key().map(|key| key.kind().as_str().to_owned()),
            account: secret.key().and_then(ApiKey::account).or_else(|| self.profile.account.clone()),
            remote_id,
            added_at: self.vault.clock(),
            expires_at: None,
        })
    }

    /// Takes step after step until the rotation is over.
    fn run(&self, given: Option<&Secret>) -> Result<(), KeysError> {
        loop {
            let lineage = self.lineage()?;
            let Some(rotation) = &lineage.rotation else { return Ok(()) };
            match rotation.step {
                RotationStep::Intent => self.store(rotation, given)?,
                RotationStep::Stored => self.verify(&lineage, rotation)?,
                RotationStep::Verified => {
                    let lineage = self.step("promoted", rules::promoted)?;
                    let shown = lineage.current.map(|current| current.shown).unwrap_or_default();
                    (self.tell)(&format!("in use: {shown}"));
                }
                RotationStep::Promoted => return self.finish(&lineage, rotation),
            }
        }
    }

    pub(super) fn step<I: IntoIterator<Item = Stored>>(
        &self,
        event: &str,
        change: impl FnOnce(&mut KeyLineage, UnixMillis) -> Result<I, RuleError>,
    ) -> Result<KeyLineage, KeysError> {
        self.vault.step(&self.id, self.kind, event, change)
    }
}
