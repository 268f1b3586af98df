//! Moving a secret, with all its versions, from one store into another.
//!
//! Written down, copied and read back, switched in one write of the list, deleted in the old store: whoever
//! is killed in between leaves the old slots in use or the new ones, and names both.

use uuid::Uuid;

use super::rules;
use crate::keys::chain::Step;
use crate::keys::rotation::RuleError;
use crate::keys::{ChainId, KeysError, Secret, StoreKind, Vault};

impl Vault<'_> {
    /// Moves every version of a secret into a store, and tells how many there were elsewhere. The same again
    /// goes on where a process was killed.
    ///
    /// # Errors
    /// When a rotation is about to store a version, a store does not hold what the list says, or cannot
    /// answer. The versions stay usable where they are.
    pub fn relocate(&self, id: &ChainId, to: StoreKind, tell: &dyn Fn(&str)) -> Result<usize, KeysError> {
        let _lock = self.lock(id)?;
        let chain = self.chain(id)?.ok_or_else(|| KeysError::NothingStored(id.to_string()))?;
        if let Some(rotation) = chain.rotation.as_ref().filter(|rotation| rotation.step == Step::Intent) {
            let (step, started_at) = (rotation.step, rotation.started_at);
            return Err(RuleError::Unfinished { step, started_at }.into());
        }
        self.must_hold(id, &chain)?;
        // A store that does not answer is found out before anything is begun.
        self.stores.open(to)?.identity(self.mode)?;
        self.recognise(to)?;
        let chain = self.step(id, chain.kind, "move_begun", |chain, _| {
            rules::begin(chain, to, || Uuid::new_v4().to_string());
            Ok(chain.versions().cloned().collect::<Vec<_>>())
        })?;
        for a_move in &chain.moves {
            let lost = || KeysError::NothingStored(id.to_string());
            let text = self.get(id, &a_move.from)?.ok_or_else(lost)?;
            self.put(id, &a_move.to, &Secret::parse(chain.kind, &text)?)?;
        }
        let moved = chain.moves.len();
        self.step(id, chain.kind, "moved", |chain, _| {
            rules::finish(chain);
            Ok(chain.versions().cloned().collect::<Vec<_>>())
        })?;
        if let Err(error) = self.sweep(id) {
            tell(&format!("the old copy could not be deleted yet: {error}"));
        }
        Ok(moved)
    }
}
