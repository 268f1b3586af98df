//! The stored keys of a mode: the list, the stores and the log, used together.

use secrecy::SecretString;

use super::chain::{Chain, PendingDeletion, Place, Step, Stored};
use super::rotation::{RuleError, rules};
use super::{
    AuditLog, ChainId, ChainLock, Event, KeyMark, KeysError, Moment, OpenStore, PointerFile, Pointers, Salt,
    Secret, SecretKind,
};
use crate::profile::{Mode, Paths, ProfileName};

/// The stored keys of one mode.
pub struct Vault<'a> {
    pub(super) mode: Mode,
    pub(super) pointers: PointerFile,
    pub(super) log: AuditLog,
    salt: std::path::PathBuf,
    pub(super) stores: &'a dyn OpenStore,
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
            mode,
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
            let Some(id) = ChainId::from_path(mode, &path) else { continue };
            let previous = chain.previous.map(|previous| previous.stored);
            for stored in chain.current.into_iter().chain(previous) {
                match self.read(&id, kind, &stored) {
                    Ok(secret) => found.push((id.clone(), Held { secret, stored, unfinished: None })),
                    Err(KeysError::Lost { .. } | KeysError::OtherStore { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(found)
    }

    /// The secret in use, to be shown to a person or handed to a program: that is written down first.
    ///
    /// # Errors
    /// When the list or the store cannot answer, or the log cannot be written.
    pub fn hand_out(&self, id: &ChainId, event: &str, note: Option<&str>) -> Result<Option<Held>, KeysError> {
        let mut log = self.log.open()?;
        let Some(held) = self.current(id)? else { return Ok(None) };
        log.write(self.clock(), id, &Event { note, ..Event::new(event, (&held.stored).into()) })?;
        Ok(Some(held))
    }

    /// Changes a store as a whole, and writes that down.
    ///
    /// # Errors
    /// When the log cannot be written, in which case nothing is done, or the change fails.
    pub fn change(
        &self,
        event: &str,
        note: &str,
        change: impl FnOnce() -> Result<(), KeysError>,
    ) -> Result<(), KeysError> {
        let mut log = self.log.open()?;
        change()?;
        Ok(log.write_of_store(self.clock(), self.mode, event, note)?)
    }

    /// Writes down something that was done with a key and changed nothing in the list.
    ///
    /// # Errors
    /// When the log cannot be written.
    pub fn write_down(&self, id: &ChainId, event: &Event<'_>) -> Result<(), KeysError> {
        Ok(self.log.open()?.write(self.clock(), id, event)?)
    }

    /// A version's secret, from its store.
    pub(super) fn read(&self, id: &ChainId, kind: SecretKind, stored: &Stored) -> Result<Secret, KeysError> {
        let text = self.get(id, &stored.place)?.ok_or_else(|| KeysError::Lost {
            store: stored.place.store.noun(),
            shown: stored.shown.clone(),
        })?;
        Ok(Secret::parse(kind, &text)?)
    }

    /// What is in a slot; nothing only where it is the right store that does not have it.
    pub(super) fn get(&self, id: &ChainId, place: &Place) -> Result<Option<SecretString>, KeysError> {
        let found = self.stores.open(place.store)?.get(&id.slot(&place.id))?;
        if found.is_none() {
            self.recognise(place.store)?;
        }
        Ok(found)
    }

    /// Puts a secret into a slot, and reads it back.
    pub(super) fn put(&self, id: &ChainId, place: &Place, secret: &Secret) -> Result<(), KeysError> {
        self.recognise(place.store)?;
        let (store, slot) = (self.stores.open(place.store)?, id.slot(&place.id));
        store.set(&slot, &SecretString::from(secret.expose()))?;
        let back = store.get(&slot)?;
        let is_same = back.is_some_and(|back| secrecy::ExposeSecret::expose_secret(&back) == secret.expose());
        if !is_same {
            return Err(super::StoreError::NotReadBack(place.store.noun()).into());
        }
        self.remember_store(place.store)
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
    /// step was about. A log that cannot be written is found out before.
    pub(super) fn step<I: IntoIterator<Item = Stored>>(
        &self,
        id: &ChainId,
        kind: SecretKind,
        event: &str,
        change: impl FnOnce(&mut Chain, Moment) -> Result<I, RuleError>,
    ) -> Result<Chain, KeysError> {
        let clock = self.clock();
        let mut log = self.log.open()?;
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
            log.write(clock, id, &Event::new(event, (&stored).into()))?;
        }
        if !is_named {
            // The API has not made the new key yet: the line names the one that it will take the place of.
            let note = chain.current.as_ref().map(|current| format!("in place of {}", current.shown));
            log.write(clock, id, &Event { note: note.as_deref(), ..Event::new(event, KeyMark::default()) })?;
        }
        Ok(chain)
    }

    /// Deletes the slots that are to be deleted. The log names the key by what is in the slot.
    pub(super) fn sweep(&self, id: &ChainId) -> Result<(), KeysError> {
        let Some(chain) = self.chain(id)? else { return Ok(()) };
        for PendingDeletion { place, stored } in &chain.doomed {
            let secret = self.get(id, place)?;
            let secret = secret.and_then(|text| Secret::parse(chain.kind, &text).ok());
            // The list has let go of it already: a salt that cannot be used costs the log a fingerprint, and
            // does not keep an old key alive.
            let fingerprint = secret.as_ref().and_then(|secret| self.fingerprint(secret).ok());
            let shown = secret.as_ref().map(Secret::redacted);
            let mut log = self.log.open()?;
            self.stores.open(place.store)?.delete(&id.slot(&place.id))?;
            let clock = self.clock();
            self.pointers.update::<_, KeysError>(clock, |pointers| {
                if let Some(chain) = pointers.chains.get_mut(&id.path()) {
                    rules::swept(chain, place);
                }
                Ok(())
            })?;
            let name = if secret.is_some() { "deleted" } else { "not_in_store" };
            let found =
                KeyMark { shown: shown.as_deref(), fingerprint: fingerprint.as_deref(), account: None };
            let key = stored.as_ref().map_or(found, Into::into);
            log.write(clock, id, &Event { note: Some(&place.id), ..Event::new(name, key) })?;
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
