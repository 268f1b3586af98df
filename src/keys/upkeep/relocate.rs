//! Moving a secret, with all its versions, from one store into another.
//!
//! Written down, copied and read back, switched in one write of the list, deleted in the old store: whoever
//! is killed in between leaves the old slots in use or the new ones, and names both.

use super::rules;
use crate::keys::lineage::RotationStep;
use crate::keys::rotation::RuleError;
use crate::keys::{KeysError, LineageId, Secret, StoreKind, Vault};

impl Vault<'_> {
    /// Moves every version of a secret into a store, and tells how many there were elsewhere. The same again
    /// goes on where a process was killed.
    ///
    /// # Errors
    /// When a rotation is about to store a version, a store does not hold what the list says, or cannot
    /// answer. The versions stay usable where they are.
    pub fn relocate(&self, id: &LineageId, to: StoreKind, tell: &dyn Fn(&str)) -> Result<usize, KeysError> {
        let _lock = self.lock(id)?;
        let lineage = self.lineage(id)?.ok_or_else(|| KeysError::NothingStored(id.to_string()))?;
        if let Some(rotation) =
            lineage.rotation.as_ref().filter(|rotation| rotation.step == RotationStep::Intent)
        {
            let (step, started_at) = (rotation.step, rotation.started_at);
            return Err(RuleError::Unfinished { step, started_at }.into());
        }
        self.must_hold(id, &lineage)?;
        // A store that does not answer is found out before anything is begun.
        self.stores.open(to)?.identity(self.mode)?;
        self.recognise(to)?;
        let ids = lineage.versions().map(|_| self.new_slot_id()).collect::<Result<Vec<_>, _>>()?;
        let mut ids = ids.into_iter();
        let lineage = self.step(id, lineage.kind, "move_begun", |lineage, _| {
            rules::begin(lineage, to, || ids.next().expect("an id for each version"));
            Ok(lineage.versions().cloned().collect::<Vec<_>>())
        })?;
        for a_move in &lineage.moves {
            let lost = || KeysError::NothingStored(id.to_string());
            let text = self.get(id, &a_move.from)?.ok_or_else(lost)?;
            self.put(id, &a_move.to, &Secret::parse(lineage.kind, &text)?)?;
        }
        let moved = lineage.moves.len();
        self.step(id, lineage.kind, "moved", |lineage, _| {
            rules::finish(lineage);
            Ok(lineage.versions().cloned().collect::<Vec<_>>())
        })?;
        if let Err(error) = self.sweep(id) {
            tell(&format!("the old copy could not be deleted yet: {error}"));
        }
        Ok(moved)
    }
}
