//! A rotation, step by step, from wherever it is to its end.

use std::time::Duration;

use uuid::Uuid;

use super::rules;
use super::{Api, ApiFailure, Probe, RuleError};
use crate::keys::chain::{Chain, Place, Plan, Remote, Rotation, Step, Stored};
use crate::keys::secret::same_account;
use crate::keys::{ApiKey, ChainId, ChainLock, KeysError, Secret, SecretKind, StoreKind, Vault};
use crate::profile::Profile;

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
    pub(super) id: ChainId,
    pub(super) kind: SecretKind,
    pub(super) tell: &'a dyn Fn(&str),
    /// How long a key may be refused before that is believed, since the API needs a moment to know it.
    pub wait: Duration,
    _lock: ChainLock,
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
        id: ChainId,
        kind: SecretKind,
        tell: &'a dyn Fn(&str),
    ) -> Result<Self, KeysError> {
        let lock = vault.lock(&id)?;
        let kind = vault.chain(&id)?.map_or(kind, |chain| chain.kind);
        let wait = Duration::from_secs(30);
        Ok(Self { vault, api, profile, id, kind, tell, wait, _lock: lock })
    }

    /// What is known now.
    ///
    /// # Errors
    /// When the list cannot be read.
    pub fn chain(&self) -> Result<Chain, KeysError> {
        Ok(self.vault.chain(&self.id)?.unwrap_or_else(|| Chain::new(self.kind)))
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
        let chain = self.chain()?;
        self.vault.recognise_stores(&chain)?;
        let fingerprint = self.vault.fingerprint(secret)?;
        if let Some(current) = &chain.current {
            if current.fingerprint == fingerprint {
                if self.vault.get(&self.id, &current.place)?.is_some() {
                    return Ok(Added::AlreadyThere);
                }
                // The list names a version that its store has lost: it is stored anew.
                self.step("lost", |chain, _| {
                    rules::removed(chain);
                    Ok(())
                })?;
            } else if !replace {
                let name = self.id.name.to_string();
                return Err(KeysError::Exists { name, shown: current.shown.clone() });
            }
        }
        if replace && chain.previous.is_some() {
            self.step("retired", |chain, _| rules::retired(chain))?;
        }
        self.tidy();
        let plan = Plan { offline, ..Plan::default() };
        self.begin(NewKey::Given(secret.clone()), store, plan)?;
        if let Err(error) = self.run(Some(secret)) {
            if let Err(second) = self.undo_unfinished_addition() {
                (self.tell)(&format!("what was begun could not be undone yet: {second}"));
            }
            return Err(error);
        }
        if self.chain()?.previous.is_some() {
            self.step("retired", |chain, _| rules::retired(chain))?;
            self.tidy();
        }
        Ok(Added::Stored)
    }

    /// A name has secrets of one kind.
    fn is_of_kind(&self, secret: &Secret) -> Result<(), KeysError> {
        if secret.kind() == self.kind { Ok(()) } else { Err(RuleError::OtherKind(self.kind).into()) }
    }

    /// An addition that did not come to its end is undone; a rotation is not.
    fn undo_unfinished_addition(&self) -> Result<(), KeysError> {
        let chain = self.chain()?;
        let Some(rotation) = &chain.rotation else { return Ok(()) };
        let is_addition = chain.current.is_none()
            || rotation.plan == Plan { offline: rotation.plan.offline, ..Plan::default() };
        match rotation.step {
            Step::Promoted if is_addition => {
                self.step("finished", |chain, _| rules::finished(chain)).map(drop)
            }
            _ if is_addition && rotation.remote.is_none() => self.abort(),
            step => Err(KeysError::Unfinished(step)),
        }
    }

    /// Begins a rotation, or goes on with the one that is unfinished where it is the same one.
    ///
    /// # Errors
    /// When it cannot be begun, or a step fails: the key in use stays usable, and `resume` goes on.
    pub fn rotate(&self, new: NewKey, store: Option<StoreKind>, plan: Plan) -> Result<(), KeysError> {
        self.tidy();
        let chain = self.chain()?;
        let Some(current) = &chain.current else {
            return Err(RuleError::NothingStored.into());
        };
        if let NewKey::Given(secret) = &new {
            self.is_of_kind(secret)?;
            secret.agree(self.profile)?;
            same_account(secret.key().and_then(ApiKey::account).as_deref(), current.account.as_deref())?;
        }
        let given = match &new {
            NewKey::Given(secret) => Some(secret.clone()),
            NewKey::Remote(_) => None,
        };
        if let Some(rotation) = &chain.rotation {
            if self.is_same(rotation, given.as_ref())? {
                (self.tell)(&format!("going on with the rotation that began at {}", rotation.started_at));
                return self.run(given.as_ref());
            }
            self.undo_if_nothing_is_stored(rotation)?;
        }
        self.clear_previous(&chain)?;
        let store = store.unwrap_or(current.place.store);
        self.begin(new, store, plan)?;
        self.run(given.as_ref())
    }

    /// Goes on with a rotation that is unfinished.
    ///
    /// # Errors
    /// When there is none, or a step fails again.
    pub fn resume(&self, given: Option<&Secret>) -> Result<(), KeysError> {
        if self.chain()?.rotation.is_none() {
            return Err(RuleError::NothingUnderWay.into());
        }
        self.run(given)
    }

    /// Undoes a rotation whose new version is not in use yet.
    ///
    /// # Errors
    /// When there is none, it is in use, or the slot cannot be deleted.
    pub(super) fn abort(&self) -> Result<(), KeysError> {
        self.step("aborted", |chain, _| rules::aborted(chain))?;
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

    fn is_same(&self, rotation: &Rotation, given: Option<&Secret>) -> Result<bool, KeysError> {
        let Some(secret) = given else { return Ok(rotation.remote.is_some()) };
        let fingerprint = self.vault.fingerprint(secret)?;
        Ok(rotation.new.as_ref().is_some_and(|new| new.fingerprint == fingerprint))
    }

    /// Another rotation takes the place of one that had stored nothing.
    fn undo_if_nothing_is_stored(&self, rotation: &Rotation) -> Result<(), KeysError> {
        let is_sent = rotation.remote.as_ref().is_some_and(|remote| remote.sent);
        let is_empty = rotation.step == Step::Intent && !is_sent;
        if is_empty && self.vault.get(&self.id, &rotation.place)?.is_none() {
            return self.abort();
        }
        Err(RuleError::Unfinished { step: rotation.step, started_at: rotation.started_at }.into())
    }

    /// A version from an earlier rotation goes, when its overlap is over and the API refuses it.
    fn clear_previous(&self, chain: &Chain) -> Result<(), KeysError> {
        let Some(previous) = &chain.previous else { return Ok(()) };
        let now = self.vault.known()?.now(self.vault.clock());
        if now < previous.retire_after {
            return Ok(());
        }
        let is_over = match self.vault.read(&self.id, chain.kind, &previous.stored) {
            Ok(Secret::Api(key)) => self.api.probe(&key) == Probe::Refused,
            Ok(_) | Err(KeysError::Lost { .. }) => true,
            Err(error) => return Err(error),
        };
        if is_over {
            (self.tell)(&format!("{} is over and is forgotten", previous.stored.shown));
            self.step("retired", |chain, _| rules::retired(chain))?;
            self.tidy();
        }
        Ok(())
    }

    fn begin(&self, new: NewKey, store: StoreKind, plan: Plan) -> Result<(), KeysError> {
        let place = Place { store, id: Uuid::new_v4().to_string() };
        // A store that does not answer is found out before anything is begun.
        self.vault.get(&self.id, &place)?;
        let (stored, remote) = match new {
            NewKey::Given(secret) => (Some(self.describe(&secret, &place, None)?), None),
            NewKey::Remote(id) => {
                let id = self.remote_id(id)?;
                (
                    None,
                    Some(Remote {
                        id,
                        idempotency_key: Uuid::new_v4().to_string(),
                        sent: false,
                        requested_at: None,
                    }),
                )
            }
        };
        let change = |chain: &mut Chain, now| rules::begin(chain, place, stored, remote, plan, now);
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
        self.api
            .find(key, key)
            .map_err(|error| remote_error("list its keys", error))?
            .ok_or(KeysError::NoRemoteId(shown))
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
            let chain = self.chain()?;
            let Some(rotation) = &chain.rotation else { return Ok(()) };
            match rotation.step {
                Step::Intent => self.store(rotation, given)?,
                Step::Stored => self.verify(&chain, rotation)?,
                Step::Verified => {
                    let chain = self.step("promoted", rules::promoted)?;
                    let shown = chain.current.map(|current| current.shown).unwrap_or_default();
                    (self.tell)(&format!("in use: {shown}"));
                }
                Step::Promoted => return self.finish(&chain, rotation),
            }
        }
    }

    pub(super) fn step(
        &self,
        event: &str,
        change: impl FnOnce(&mut Chain, crate::keys::Moment) -> Result<(), RuleError>,
    ) -> Result<Chain, KeysError> {
        self.vault.step(&self.id, self.kind, event, change)
    }
}

pub(super) fn remote_error(what: &'static str, error: ApiFailure) -> KeysError {
    let (ApiFailure::Refused(why) | ApiFailure::Unknown(why)) = error;
    KeysError::Remote { what, why }
}
