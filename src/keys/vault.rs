//! The stored keys of a mode: the list, the stores and the log, used together.

use secrecy::SecretString;
use uuid::Uuid;

use super::lineage::{KeyLineage, PendingDeletion, Place, RotationStep, Stored};
use super::rotation::{RuleError, rules};
use super::{
    AuditLog, Event, KeyMark, KeysError, LineageId, LineageLock, OpenStore, PointerFile, Pointers, Salt,
    Secret, SecretKind, StoreKind,
};
use crate::profile::{Mode, Paths, ProfileName};
use crate::time::UnixMillis;

/// The stored keys of one mode.
pub struct Vault<'a> {
    pub(super) mode: Mode,
    pub(super) pointers: PointerFile,
    pub(super) log: AuditLog,
    salt: std::path::PathBuf,
    pub(super) stores: &'a dyn OpenStore,
    clock: fn() -> UnixMillis,
}

/// Which home wrote a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SlotHome {
    /// This one.
    This,
    /// Another one of the same user.
    Other,
    /// Nobody knows: an earlier paycli, or another program, wrote it.
    Untold,
}

/// A stored secret and what is known of it.
#[derive(Debug, Clone)]
pub struct Held {
    /// The secret.
    pub secret: Secret,
    /// What is known of it.
    pub stored: Stored,
    /// The step of a rotation that is unfinished.
    pub unfinished: Option<RotationStep>,
}

impl<'a> Vault<'a> {
    /// The keys of a mode. Nothing is opened yet.
    #[must_use]
    pub fn new(paths: &Paths, mode: Mode, stores: &'a dyn OpenStore, clock: fn() -> UnixMillis) -> Self {
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
    pub fn clock(&self) -> UnixMillis {
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
    pub fn current(&self, id: &LineageId) -> Result<Option<Held>, KeysError> {
        match self.listed(id) {
            // Another process may have replaced it between the look at the list and the look at the store.
            Err(KeysError::Lost { .. }) => self.listed(id),
            found => found,
        }
    }

    fn listed(&self, id: &LineageId) -> Result<Option<Held>, KeysError> {
        let pointers = self.pointers.load()?;
        let Some(lineage) = pointers.lineage(id) else { return Ok(None) };
        let Some(stored) = &lineage.current else { return Ok(None) };
        let secret = self.read(id, lineage.kind, stored)?;
        let unfinished = lineage.rotation.as_ref().map(|rotation| rotation.step);
        Ok(Some(Held { secret, stored: stored.clone(), unfinished }))
    }

    /// The previous secret, during its overlap.
    ///
    /// # Errors
    /// When the list or the store cannot answer, or the store has lost it.
    pub fn overlapping(&self, id: &LineageId) -> Result<Option<Held>, KeysError> {
        let pointers = self.pointers.load()?;
        let Some(lineage) = pointers.lineage(id) else { return Ok(None) };
        let Some(stored) = lineage.overlapping(pointers.now(self.clock())) else { return Ok(None) };
        let secret = self.read(id, lineage.kind, stored)?;
        Ok(Some(Held { secret, stored: stored.clone(), unfinished: None }))
    }

    /// The secrets that are accepted now: the current one first and, during an overlap, the previous one.
    ///
    /// # Errors
    /// When the list or the store cannot answer, or the store has lost one.
    pub fn usable(&self, id: &LineageId) -> Result<Vec<Held>, KeysError> {
        let held = [self.current(id)?, self.overlapping(id)?];
        Ok(held.into_iter().flatten().collect())
    }

    /// Every stored secret of a kind, of whatever profile and with its overlap over or not. What a store has
    /// lost is left out.
    ///
    /// # Errors
    /// When the list or a store cannot answer.
    pub fn all_of_kind(&self, mode: Mode, kind: SecretKind) -> Result<Vec<(LineageId, Held)>, KeysError> {
        let mut found = Vec::new();
        for (path, lineage) in
            self.pointers.load()?.lineages.into_iter().filter(|(_, lineage)| lineage.kind == kind)
        {
            let Some(id) = LineageId::from_path(mode, &path) else { continue };
            let previous = lineage.previous.map(|previous| previous.stored);
            for stored in lineage.current.into_iter().chain(previous) {
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
    pub fn hand_out(
        &self,
        id: &LineageId,
        event: &str,
        note: Option<&str>,
    ) -> Result<Option<Held>, KeysError> {
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
    pub fn write_down(&self, id: &LineageId, event: &Event<'_>) -> Result<(), KeysError> {
        Ok(self.log.open()?.write(self.clock(), id, event)?)
    }

    /// A version's secret, from its store.
    pub(super) fn read(
        &self,
        id: &LineageId,
        kind: SecretKind,
        stored: &Stored,
    ) -> Result<Secret, KeysError> {
        let text = self.get(id, &stored.place)?.ok_or_else(|| KeysError::Lost {
            store: stored.place.store.noun(),
            shown: stored.shown.clone(),
        })?;
        Ok(Secret::parse(kind, &text)?)
    }

    /// What is in a slot; nothing only where it is the right store that does not have it.
    pub(super) fn get(&self, id: &LineageId, place: &Place) -> Result<Option<SecretString>, KeysError> {
        let found = self.stores.open(place.store)?.get(&id.slot(&place.id))?;
        if found.is_none() {
            self.recognise(place.store)?;
        }
        Ok(found)
    }

    /// Puts a secret into a slot, and reads it back.
    pub(super) fn put(&self, id: &LineageId, place: &Place, secret: &Secret) -> Result<(), KeysError> {
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

    /// An id for a slot that was never used: the home's mark, and a random part. Homes share the keyring of
    /// their user, and none may touch the entries of another.
    pub(super) fn new_slot_id(&self) -> Result<String, KeysError> {
        Ok(format!("{}.{}", Salt::load_or_create(&self.salt)?.home(), Uuid::new_v4()))
    }

    /// Which home wrote a slot of a store, as far as its path tells. A key file belongs to the home that it
    /// lies in. A home without a salt has stored nothing, and none is made for the question.
    pub(super) fn home_of(&self, kind: StoreKind, path: &str) -> Result<SlotHome, KeysError> {
        if kind == StoreKind::File {
            return Ok(SlotHome::This);
        }
        let id = path.rsplit_once('/').map_or(path, |(_, id)| id);
        let Some((home, _)) = id.split_once('.') else { return Ok(SlotHome::Untold) };
        let is_this = self.salt.exists() && Salt::load_or_create(&self.salt)?.home() == home;
        Ok(if is_this { SlotHome::This } else { SlotHome::Other })
    }

    /// Takes the right to change a secret.
    pub(super) fn lock(&self, id: &LineageId) -> Result<LineageLock, KeysError> {
        Ok(self.pointers.lock(id)?)
    }

    /// What is known of a secret.
    pub(super) fn lineage(&self, id: &LineageId) -> Result<Option<KeyLineage>, KeysError> {
        Ok(self.pointers.load()?.lineage(id).cloned())
    }

    /// Takes one step: one atomic write of the list, then one line of the log for each version that the
    /// step was about. A log that cannot be written is found out before.
    pub(super) fn step<I: IntoIterator<Item = Stored>>(
        &self,
        id: &LineageId,
        kind: SecretKind,
        event: &str,
        change: impl FnOnce(&mut KeyLineage, UnixMillis) -> Result<I, RuleError>,
    ) -> Result<KeyLineage, KeysError> {
        let clock = self.clock();
        let mut log = self.log.open()?;
        let (lineage, about) = self.pointers.update(clock, |pointers| {
            let lineage = pointers.lineages.entry(id.path()).or_insert_with(|| KeyLineage::new(kind));
            if lineage.kind != kind {
                return Err(KeysError::Rule(RuleError::OtherKind(lineage.kind)));
            }
            let about = change(lineage, clock)?;
            Ok((lineage.clone(), about))
        })?;
        let mut is_named = false;
        for stored in about {
            is_named = true;
            log.write(clock, id, &Event::new(event, (&stored).into()))?;
        }
        if !is_named {
            // The API has not made the new key yet: the line names the one that it will take the place of.
            let note = lineage.current.as_ref().map(|current| format!("in place of {}", current.shown));
            log.write(clock, id, &Event { note: note.as_deref(), ..Event::new(event, KeyMark::default()) })?;
        }
        Ok(lineage)
    }

    /// Deletes the slots that are to be deleted. The log names the key by what is in the slot.
    pub(super) fn sweep(&self, id: &LineageId) -> Result<(), KeysError> {
        let Some(lineage) = self.lineage(id)? else { return Ok(()) };
        for PendingDeletion { place, stored } in &lineage.pending_deletion {
            let secret = self.get(id, place)?;
            let secret = secret.and_then(|text| Secret::parse(lineage.kind, &text).ok());
            // The list has let go of it already: a salt that cannot be used costs the log a fingerprint, and
            // does not keep an old key alive.
            let fingerprint = secret.as_ref().and_then(|secret| self.fingerprint(secret).ok());
            let shown = secret.as_ref().map(Secret::redacted);
            let mut log = self.log.open()?;
            self.stores.open(place.store)?.delete(&id.slot(&place.id))?;
            let clock = self.clock();
            self.pointers.update::<_, KeysError>(clock, |pointers| {
                if let Some(lineage) = pointers.lineages.get_mut(&id.path()) {
                    rules::swept(lineage, place);
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
        for (id, lineage) in self.lineages_of(profile, mode)? {
            if lineage.pending_deletion.is_empty() {
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
    pub fn lineages_of(
        &self,
        profile: &ProfileName,
        mode: Mode,
    ) -> Result<Vec<(LineageId, KeyLineage)>, KeysError> {
        let pointers = self.pointers.load()?;
        let mut found = Vec::new();
        for (path, lineage) in pointers.lineages {
            let Some((of, name)) = path.split_once('/') else { continue };
            if of == profile.as_str()
                && let Ok(name) = name.parse()
            {
                found.push((LineageId { mode, profile: profile.clone(), name }, lineage));
            }
        }
        Ok(found)
    }
}
