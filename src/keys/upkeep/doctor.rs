//! Looking for secrets that the list does not name, entries whose secret is gone, and what killed processes
//! left; and mending it.

use std::collections::BTreeSet;
use std::path::PathBuf;

use secrecy::SecretString;

use super::rules;
use crate::advice::Advice;
use crate::keys::lineage::{KeyLineage, Place, Stored};
use crate::keys::vault::SlotHome;
use crate::keys::{
    ApiKey, Event, Finding, KeyMark, KeysError, LineageId, PointerError, Pointers, Secret, SecretKind, Slot,
    StoreKind, Vault, private_file,
};

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Defect {
    /// The list names a version whose slot is empty.
    MissingSecret {
        /// The secret.
        id: LineageId,
        /// The version.
        version: Box<Stored>,
    },
    /// A slot holds a secret that the list does not name.
    Orphan {
        /// The store.
        store: StoreKind,
        /// The slot: `profile/name/id`.
        path: String,
    },
    /// Another store answers than the one that the list means.
    OtherStore {
        /// The store.
        store: StoreKind,
        /// The secrets that have versions in it.
        ids: Vec<LineageId>,
    },
    /// A store that holds listed secrets cannot be looked into.
    Unreadable {
        /// The store.
        store: StoreKind,
        /// Why.
        why: String,
    },
    /// Slots that are to be deleted and are still there.
    LeftOver {
        /// The secret.
        id: LineageId,
        /// How many.
        count: usize,
    },
    /// A file that a killed process was writing.
    TemporaryFile(PathBuf),
}

/// What was found.
#[derive(Debug, Default)]
pub struct Diagnosis {
    /// What is not as it should be.
    pub defects: Vec<Defect>,
    /// Stores that hold nothing of the list and could not be looked into, and why.
    pub unseen: Vec<(StoreKind, String)>,
}

/// How a defect was mended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mended {
    /// The list does not name it any more.
    Forgotten,
    /// The list names it now: it is in use.
    Adopted,
    /// It is deleted.
    Deleted,
}

impl Mended {
    /// The word in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Forgotten => "forgotten",
            Self::Adopted => "adopted",
            Self::Deleted => "deleted",
        }
    }
}

impl Vault<'_> {
    /// Compares the stores with the list. Nothing is changed.
    ///
    /// # Errors
    /// When the list cannot be read.
    pub fn examine(&self) -> Result<Diagnosis, KeysError> {
        let mut found = Diagnosis::default();
        for kind in [StoreKind::Keyring, StoreKind::File] {
            self.examine_store(kind, &mut found)?;
        }
        for (id, lineage) in self.lineages()? {
            if !lineage.pending_deletion.is_empty() {
                found.defects.push(Defect::LeftOver { id, count: lineage.pending_deletion.len() });
            }
        }
        let files = self.pointers.folder().map(private_file::left_over).transpose();
        found
            .defects
            .extend(files.unwrap_or_default().unwrap_or_default().into_iter().map(Defect::TemporaryFile));
        Ok(found)
    }

    fn examine_store(&self, kind: StoreKind, found: &mut Diagnosis) -> Result<(), KeysError> {
        // The slots are read before the list: a slot is named before it is written.
        let slots = self.stores.open(kind).and_then(|store| store.slots(self.mode));
        let lineages = self.lineages()?;
        let is_here = |lineage: &KeyLineage| lineage.versions().any(|stored| stored.place.store == kind);
        let ids: Vec<LineageId> =
            lineages.iter().filter(|(_, lineage)| is_here(lineage)).map(|(id, _)| id.clone()).collect();
        let slots = match slots {
            Ok(slots) => slots,
            Err(error) if ids.is_empty() => {
                found.unseen.push((kind, error.to_string()));
                return Ok(());
            }
            Err(error) => {
                found.defects.push(Defect::Unreadable { store: kind, why: error.to_string() });
                return Ok(());
            }
        };
        if let Err(KeysError::OtherStore { .. }) = self.recognise(kind) {
            found.defects.push(Defect::OtherStore { store: kind, ids });
            return Ok(());
        }
        for (id, lineage) in &lineages {
            for version in lineage.versions().filter(|stored| stored.place.store == kind) {
                if self.get(id, &version.place)?.is_none() {
                    let version = Box::new(version.clone());
                    found.defects.push(Defect::MissingSecret { id: id.clone(), version });
                }
            }
        }
        let named: BTreeSet<String> = lineages
            .iter()
            .flat_map(|(id, lineage)| lineage.places().map(|place| id.slot(&place.id).path))
            .collect();
        let orphans: Vec<String> = slots.into_iter().filter(|path| !named.contains(path)).collect();
        self.examine_orphans(kind, orphans, found);
        Ok(())
    }

    /// Slots that the list does not name. Those of another home, or of which nobody knows whose they are, are
    /// no defect of this one, and are left alone.
    fn examine_orphans(&self, kind: StoreKind, orphans: Vec<String>, found: &mut Diagnosis) {
        let mut untold = 0;
        for path in orphans {
            match self.home_of(kind, &path) {
                Ok(SlotHome::This) => found.defects.push(Defect::Orphan { store: kind, path }),
                Ok(SlotHome::Other) => {}
                Ok(SlotHome::Untold) => untold += 1,
                Err(error) => return found.unseen.push((kind, error.to_string())),
            }
        }
        if untold > 0 {
            let why = format!("{untold} entries do not tell which home stored them, and are left alone");
            found.unseen.push((kind, why));
        }
    }

    /// Mends a defect; nothing where there is nothing that can be done, or it is gone meanwhile.
    ///
    /// # Errors
    /// When the list or a store cannot be used, or another process is at work on the secret.
    pub fn mend(&self, defect: &Defect) -> Result<Option<Mended>, KeysError> {
        match defect {
            Defect::MissingSecret { id, version } => {
                let _lock = self.lock(id)?;
                if self.get(id, &version.place)?.is_some() {
                    return Ok(None);
                }
                self.forget(id, |place| *place == version.place)
            }
            Defect::OtherStore { store, ids } => {
                for id in ids {
                    let _lock = self.lock(id)?;
                    self.forget(id, |place| place.store == *store)?;
                }
                self.pointers.update::<_, PointerError>(self.clock(), |pointers| {
                    pointers.stores.remove(store.as_str());
                    Ok(())
                })?;
                Ok(Some(Mended::Forgotten))
            }
            Defect::Orphan { store, path } => self.mend_orphan(*store, path),
            Defect::LeftOver { id, .. } => {
                let _lock = self.lock(id)?;
                self.sweep(id)?;
                Ok(Some(Mended::Deleted))
            }
            Defect::TemporaryFile(path) => {
                // Whoever wrote it is dead; somebody else may have removed it.
                let _ = std::fs::remove_file(path);
                Ok(Some(Mended::Deleted))
            }
            Defect::Unreadable { .. } => Ok(None),
        }
    }

    fn forget(&self, id: &LineageId, is_gone: impl Fn(&Place) -> bool) -> Result<Option<Mended>, KeysError> {
        let Some(lineage) = self.lineage(id)? else { return Ok(None) };
        self.step(id, lineage.kind, "forgotten", |lineage, _| {
            let gone: Vec<_> = lineage.versions().filter(|stored| is_gone(&stored.place)).cloned().collect();
            rules::forget(lineage, is_gone);
            Ok(gone)
        })?;
        Ok(Some(Mended::Forgotten))
    }

    /// A secret without an entry is put to use where its name has none; else it is deleted.
    fn mend_orphan(&self, kind: StoreKind, path: &str) -> Result<Option<Mended>, KeysError> {
        if self.home_of(kind, path)? != SlotHome::This {
            return Ok(None);
        }
        let store = self.stores.open(kind)?;
        let slot = Slot { mode: self.mode, path: path.to_owned() };
        let Some(text) = store.get(&slot)? else { return Ok(None) };
        let secret = any_secret(&text)
            .filter(|secret| secret.key().and_then(ApiKey::mode).is_none_or(|mode| mode == self.mode));
        let Some((id, slot_id)) = self.id_of_slot(path) else {
            store.delete(&slot)?;
            return Ok(Some(Mended::Deleted));
        };
        let _lock = self.lock(&id)?;
        let lineage = self.lineage(&id)?;
        if lineage.as_ref().is_some_and(|lineage| lineage.places().any(|place| place.id == slot_id)) {
            return Ok(None);
        }
        match secret {
            Some(secret) if lineage.is_none() => {
                let place = Place { store: kind, id: slot_id };
                let stored = self.version_of(&secret, place)?;
                self.step(&id, secret.kind(), "adopted", |lineage, _| {
                    lineage.current = Some(stored.clone());
                    Ok(Some(stored))
                })?;
                self.remember_store(kind)?;
                Ok(Some(Mended::Adopted))
            }
            secret => {
                let fingerprint = secret.as_ref().map(|secret| self.fingerprint(secret)).transpose()?;
                let shown = secret.as_ref().map(Secret::redacted);
                let mut log = self.log.open()?;
                store.delete(&slot)?;
                let key =
                    KeyMark { shown: shown.as_deref(), fingerprint: fingerprint.as_deref(), account: None };
                log.write(
                    self.clock(),
                    &id,
                    &Event { note: Some(&slot_id), ..Event::new("orphan_deleted", key) },
                )?;
                Ok(Some(Mended::Deleted))
            }
        }
    }

    fn id_of_slot(&self, path: &str) -> Option<(LineageId, String)> {
        let (path, slot) = path.rsplit_once('/')?;
        Some((LineageId::from_path(self.mode, path)?, slot.to_owned()))
    }

    fn version_of(&self, secret: &Secret, place: Place) -> Result<Stored, KeysError> {
        Ok(Stored {
            place,
            shown: secret.redacted(),
            fingerprint: self.fingerprint(secret)?,
            key_kind: secret.key().map(|key| key.kind().as_str().to_owned()),
            account: secret.key().and_then(ApiKey::account),
            remote_id: None,
            added_at: self.clock(),
            expires_at: None,
        })
    }

    /// Every secret of every profile.
    ///
    /// # Errors
    /// When the list cannot be read.
    pub fn lineages(&self) -> Result<Vec<(LineageId, KeyLineage)>, KeysError> {
        let Pointers { lineages, .. } = self.known()?;
        let named =
            |(path, lineage): (String, KeyLineage)| Some((LineageId::from_path(self.mode, &path)?, lineage));
        Ok(lineages.into_iter().filter_map(named).collect())
    }

    /// What a scheduled check has to say of the stores of a secret: a version that is not there, or a store
    /// that cannot be looked into.
    #[must_use]
    pub fn findings_in_stores(&self, id: &LineageId, lineage: &KeyLineage) -> Vec<Finding> {
        let look = |stored: &Stored| {
            let store = stored.place.store.noun();
            let (code, text) = match self.get(id, &stored.place) {
                Ok(Some(_)) => return None,
                Ok(None) => ("missing_secret", format!("{} is not in this {store}", stored.shown)),
                Err(error @ KeysError::OtherStore { .. }) => ("other_store", error.to_string()),
                Err(error) => ("unreadable_store", format!("{} cannot be looked up: {error}", stored.shown)),
            };
            Some(Finding { code, text, advice: Advice::command("keys doctor"), fails: true })
        };
        lineage.versions().filter_map(look).collect()
    }
}

fn any_secret(text: &SecretString) -> Option<Secret> {
    [SecretKind::Api, SecretKind::Publishable, SecretKind::Webhook]
        .into_iter()
        .find_map(|kind| Secret::parse(kind, text).ok())
}
