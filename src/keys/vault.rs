//! The stored keys of a mode: the list, the stores and the log, used together.

use secrecy::SecretString;

use super::chain::{Chain, PendingDeletion, Place, Step, Stored};
use super::rotation::{RuleError, rules};
use super::{
    AuditLog, ChainId, ChainLock, KeysError, Moment, OpenStore, PointerFile, Pointers, Salt, Secret,
    SecretKind,
};
use crate::profile::{Mode, Paths, ProfileName};

/// The stored keys of one mode.
pub struct Vault<'a> {
    pointers: PointerFile,
    log: AuditLog,
    salt: std::path::PathBuf,
    stores: &'a dyn OpenStore,
    clock: fn() -> Moment,
}

/// A stored secret and what is known of it.
#[derive(Debug, Clone)]
pub struct Held {
    /// The secret.
    pub secret: Secret,
    /// What is known of it.
    pub stored: Stored,
    /// The step of a rotation that is unfinished.
    pub unfinished: Option<Step>,
}

impl<'a> Vault<'a> {
    /// The keys of a mode. Nothing is opened yet.
    #[must_use]
    pub fn new(paths: &Paths, mode: Mode, stores: &'a dyn OpenStore, clock: fn() -> Moment) -> Self {
        Self {
            pointers: PointerFile::new(paths.key_list_file(mode), mode),
            log: AuditLog::new(paths.key_log_file(mode)),
            salt: paths.salt_file(),
            stores,
            clock,
        }
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> Moment {
        (self.clock)()
    }

    /// Everything that is known, and no secret.
    ///
    /// # Errors
    /// When the list cannot be read.
    pub fn known(&self) -> Result<Pointers, KeysError> {
        Ok(self.pointers.load()?)
    }

    /// The secret in use, or nothing where none is stored.
    ///
    /// # Errors
    /// When the list or the store cannot answer, or the store has lost it.
    pub fn current(&self, id: &ChainId) -> Result<Option<Held>, KeysError> {
        match self.listed(id) {
            // Another process may have replaced it between the look at the list and the look at the store.
            Err(KeysError::Lost { .. }) => self.listed(id),
            found => found,
        }
    }

    fn listed(&self, id: &ChainId) -> Result<Option<Held>, KeysError> {
        let pointers = self.pointers.load()?;
        let Some(chain) = pointers.chain(id) else { return Ok(None) };
        let Some(stored) = &chain.current else { return Ok(None) };
        let secret = self.read(id, chain.kind, stored)?;
        let unfinished = chain.rotation.as_ref().map(|rotation| rotation.step);
        Ok(Some(Held { secret, stored: stored.clone(), unfinished }))
    }

    /// The secret before the one in use, while its overlap lasts.
    ///
    /// # Errors
    /// When the list or the store cannot answer, or the store has lost it.
    pub fn overlapping(&self, id: &ChainId) -> Result<Option<Held>, KeysError> {
        let pointers = self.pointers.load()?;
        let Some(chain) = pointers.chain(id) else { return Ok(None) };
        let Some(stored) = chain.overlapping(pointers.now(self.clock())) else { return Ok(None) };
        let secret = self.read(id, chain.kind, stored)?;
        Ok(Some(Held { secret, stored: stored.clone(), unfinished: None }))
    }

    /// The secrets that are accepted now: the one in use first and, during an overlap, the one before.
    ///
    /// # Errors
    /// When the list or the store cannot answer, or the store has lost one.
    pub fn usable(&self, id: &ChainId) -> Result<Vec<Held>, KeysError> {
        let held = [self.current(id)?, self.overlapping(id)?];
        Ok(held.into_iter().flatten().collect())
    }

    /// Every stored secret of a kind, of whatever profile and with its overlap over or not. What a store has
    /// lost is left out.
    ///
    /// # Errors
    /// When the list or a store cannot answer.
    pub fn all_of_kind(&self, mode: Mode, kind: SecretKind) -> Result<Vec<(ChainId, Held)>, KeysError> {
        let mut found = Vec::new();
        for (path, chain) in self.pointers.load()?.chains.into_iter().filter(|(_, chain)| chain.kind == kind)
        {
            let Some(Ok(id)) = path.split_once('/').map(|(profile, name)| id_of(mode, profile, name)) else {
                continue;
            };
            let previous = chain.previous.map(|previous| previous.stored);
            for stored in chain.current.into_iter().chain(previous) {
                match self.read(&id, kind, &stored) {
                    Ok(secret) => found.push((id.clone(), Held { secret, stored, unfinished: None })),
                    Err(KeysError::Lost { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(found)
    }

    /// A version's secret, from its store.
    pub(super) fn read(&self, id: &ChainId, kind: SecretKind, stored: &Stored) -> Result<Secret, KeysError> {
        let text = self.get(id, &stored.place)?.ok_or_else(|| KeysError::Lost {
            store: stored.place.store.as_str(),
            shown: stored.shown.clone(),
        })?;
        Ok(Secret::parse(kind, &text)?)
    }

    /// What is in a slot.
    pub(super) fn get(&self, id: &ChainId, place: &Place) -> Result<Option<SecretString>, KeysError> {
        Ok(self.stores.open(place.store)?.get(&id.slot(&place.id))?)
    }

    /// Puts a secret into a slot, and reads it back.
    pub(super) fn put(&self, id: &ChainId, place: &Place, secret: &Secret) -> Result<(), KeysError> {
        let (store, slot) = (self.stores.open(place.store)?, id.slot(&place.id));
        store.set(&slot, &SecretString::from(secret.expose()))?;
        let back = store.get(&slot)?;
        let is_same = back.is_some_and(|back| secrecy::ExposeSecret::expose_secret(&back) == secret.expose());
        if is_same { Ok(()) } else { Err(super::StoreError::NotReadBack(place.store.as_str()).into()) }
    }

    /// The fingerprint of a secret.
    pub(super) fn fingerprint(&self, secret: &Secret) -> Result<String, KeysError> {
        Ok(Salt::load_or_create(&self.salt)?.mark_text(secret.expose()))
    }

    /// Takes the right to change a secret.
    pub(super) fn lock(&self, id: &ChainId) -> Result<ChainLock, KeysError> {
        Ok(self.pointers.lock(id)?)
    }

    /// What is known of a secret.
    pub(super) fn chain(&self, id: &ChainId) -> Result<Option<Chain>, KeysError> {
        Ok(self.pointers.load()?.chain(id).cloned())
    }

    /// Takes one step: one atomic write of the list, then one line of the log for each version that the
    /// step was about.
    pub(super) fn step<I: IntoIterator<Item = Stored>>(
        &self,
        id: &ChainId,
        kind: SecretKind,
        event: &str,
        change: impl FnOnce(&mut Chain, Moment) -> Result<I, RuleError>,
    ) -> Result<Chain, KeysError> {
        let clock = self.clock();
        let (chain, about) = self.pointers.update(clock, |pointers| {
            let chain = pointers.chains.entry(id.path()).or_insert_with(|| Chain::new(kind));
            if chain.kind != kind {
                return Err(KeysError::Rule(RuleError::OtherKind(chain.kind)));
            }
            let about = change(chain, clock)?;
            Ok((chain.clone(), about))
        })?;
        let mut is_named = false;
        for stored in about {
            is_named = true;
            self.log.write(clock, event, id, Some(&stored), None)?;
        }
        if !is_named {
            // The API has not made the new key yet: the line names the one that it will take the place of.
            let note = chain.current.as_ref().map(|current| format!("in place of {}", current.shown));
            self.log.write(clock, event, id, None, note.as_deref())?;
        }
        Ok(chain)
    }

    /// Deletes the slots that are to be deleted.
    pub(super) fn sweep(&self, id: &ChainId) -> Result<(), KeysError> {
        let Some(chain) = self.chain(id)? else { return Ok(()) };
        for PendingDeletion { place, stored } in &chain.doomed {
            self.stores.open(place.store)?.delete(&id.slot(&place.id))?;
            let clock = self.clock();
            self.pointers.update::<_, KeysError>(clock, |pointers| {
                if let Some(chain) = pointers.chains.get_mut(&id.path()) {
                    rules::swept(chain, place);
                }
                Ok(())
            })?;
            self.log.write(clock, "deleted", id, stored.as_ref(), Some(&place.id))?;
        }
        Ok(())
    }

    /// Deletes what earlier commands left to be deleted, unless somebody is at work on it.
    ///
    /// # Errors
    /// When the list or a store cannot be used.
    pub fn tidy(&self, profile: &ProfileName, mode: Mode) -> Result<(), KeysError> {
        for (id, chain) in self.chains_of(profile, mode)? {
            if chain.doomed.is_empty() {
                continue;
            }
            if let Ok(_held) = self.lock(&id) {
                self.sweep(&id)?;
            }
        }
        Ok(())
    }

    /// Takes the clock's word that it is right: see [`Pointers::accept_clock`].
    ///
    /// # Errors
    /// When the list cannot be used.
    pub fn accept_clock(&self) -> Result<(), KeysError> {
        let clock = self.clock();
        self.pointers.update(clock, |pointers| {
            pointers.accept_clock(clock);
            Ok(())
        })
    }

    /// Every secret of a profile.
    ///
    /// # Errors
    /// When the list cannot be read.
    pub fn chains_of(&self, profile: &ProfileName, mode: Mode) -> Result<Vec<(ChainId, Chain)>, KeysError> {
        let pointers = self.pointers.load()?;
        let mut found = Vec::new();
        for (path, chain) in pointers.chains {
            let Some((of, name)) = path.split_once('/') else { continue };
            if of == profile.as_str()
                && let Ok(name) = name.parse()
            {
                found.push((ChainId { mode, profile: profile.clone(), name }, chain));
            }
        }
        Ok(found)
    }
}

fn id_of(mode: Mode, profile: &str, name: &str) -> Result<ChainId, Box<dyn std::error::Error>> {
    Ok(ChainId { mode, profile: profile.parse()?, name: name.parse()? })
}
