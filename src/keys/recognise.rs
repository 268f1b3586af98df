//! Whether the store that answers is the one in which the keys were stored.
//!
//! A keyring is chosen by a bus address or a login session, a key file by a path: another one can answer
//! tomorrow. Then a slot that is not found was not deleted, and a list that believes so loses keys. So a
//! store is known by the identity written in it, or by a secret of the list that it still holds.

use super::lineage::{KeyLineage, Place};
use super::{KeysError, LineageId, PointerError, Pointers, StoreKind, Vault};

impl Vault<'_> {
    /// Makes sure that a store is the one that the list means. Where the list has nothing in it, any store
    /// will do: nothing can be lost.
    ///
    /// # Errors
    /// When another store answers, or none.
    pub(super) fn recognise(&self, kind: StoreKind) -> Result<(), KeysError> {
        let pointers = self.known()?;
        let store = self.stores.open(kind)?;
        let known = pointers.stores.get(kind.as_str());
        if known.is_some() && store.identity(self.mode)?.as_ref() == known {
            return Ok(());
        }
        let listed = listed(&pointers, self, kind, known.is_some());
        if listed.is_empty() {
            return Ok(());
        }
        for (id, place) in &listed {
            if store.get(&id.slot(&place.id))?.is_some() {
                return Ok(());
            }
        }
        Err(KeysError::OtherStore { store: kind.noun(), keys: listed.len() })
    }

    /// Makes sure that no other store answers in the place of one that versions of a secret are in. One that
    /// does not answer at all is no danger: what is to be deleted in it stays written down.
    ///
    /// # Errors
    /// When another store answers.
    pub(super) fn recognise_stores(&self, lineage: &KeyLineage) -> Result<(), KeysError> {
        for stored in lineage.versions() {
            if let Err(error @ KeysError::OtherStore { .. }) = self.recognise(stored.place.store) {
                return Err(error);
            }
        }
        Ok(())
    }

    /// Writes down which store it is that now holds a secret.
    pub(super) fn remember_store(&self, kind: StoreKind) -> Result<(), KeysError> {
        let Some(identity) = self.stores.open(kind)?.identity(self.mode)? else { return Ok(()) };
        if self.known()?.stores.get(kind.as_str()) == Some(&identity) {
            return Ok(());
        }
        self.pointers.update::<_, PointerError>(self.clock(), |pointers| {
            pointers.stores.insert(kind.as_str().to_owned(), identity);
            Ok(())
        })?;
        Ok(())
    }

    /// Makes sure that every version of a secret is in its store.
    ///
    /// # Errors
    /// When one is not there, or a store cannot answer.
    pub(super) fn must_hold(&self, id: &LineageId, lineage: &KeyLineage) -> Result<(), KeysError> {
        for stored in lineage.versions() {
            if self.get(id, &stored.place)?.is_none() {
                let (store, shown) = (stored.place.store.noun(), stored.shown.clone());
                return Err(KeysError::Lost { store, shown });
            }
        }
        Ok(())
    }
}

/// Every slot of a store that was written, and may have been deleted where it was to be.
fn listed(
    pointers: &Pointers,
    vault: &Vault<'_>,
    kind: StoreKind,
    was_written: bool,
) -> Vec<(LineageId, Place)> {
    let mut found = Vec::new();
    for (path, lineage) in &pointers.lineages {
        let Some(id) = LineageId::from_path(vault.mode, path) else { continue };
        let places = lineage.versions().map(|stored| &stored.place);
        // A process that was killed before the first write of a store leaves a slot to delete which no store
        // has: it tells nothing of which store is meant.
        let pending_deletion =
            lineage.pending_deletion.iter().filter(|_| was_written).map(|pending| &pending.place);
        let places = places.chain(pending_deletion);
        found.extend(places.filter(|place| place.store == kind).map(|place| (id.clone(), place.clone())));
    }
    found
}
