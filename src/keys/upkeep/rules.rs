//! What a move between stores, and the loss of a slot, make of the list. Pure.
//!
//! A move is written down before the first slot of the new store is written, and every slot stays named
//! until it is deleted, as in a rotation.

use crate::keys::StoreKind;
use crate::keys::lineage::{KeyLineage, Move, Place, RotationStep};

/// Writes down where each version that lies elsewhere is to go. A move that was begun to the same store goes
/// on with the same slots; what an earlier move wrote for another store is to be deleted.
pub(super) fn begin(lineage: &mut KeyLineage, to: StoreKind, mut new_id: impl FnMut() -> String) {
    let elsewhere: Vec<Place> = stored(lineage).filter(|place| place.store != to).cloned().collect();
    let is_wanted = |a_move: &Move| a_move.to.store == to && elsewhere.contains(&a_move.from);
    let (mut moves, stale): (Vec<_>, Vec<_>) =
        std::mem::take(&mut lineage.moves).into_iter().partition(is_wanted);
    lineage.pending_deletion.extend(stale.into_iter().map(|a_move| a_move.to.into()));
    for from in elsewhere {
        if !moves.iter().any(|a_move| a_move.from == from) {
            moves.push(Move { from, to: Place { store: to, id: new_id() } });
        }
    }
    lineage.moves = moves;
}

/// Every moved version is the copy in the new store from now on; the old slots are to be deleted.
pub(super) fn finish(lineage: &mut KeyLineage) {
    for Move { from, to } in std::mem::take(&mut lineage.moves) {
        let current = lineage.current.iter_mut().map(|stored| &mut stored.place);
        let previous = lineage.previous.iter_mut().map(|previous| &mut previous.stored.place);
        let staged = lineage.rotation.iter_mut().flat_map(|rotation| {
            let new = rotation.new.iter_mut().map(|new| &mut new.place);
            std::iter::once(&mut rotation.place).chain(new)
        });
        let superseded = lineage.superseded.iter_mut().map(|stored| &mut stored.place);
        for place in current.chain(previous).chain(superseded).chain(staged).filter(|place| **place == from) {
            *place = to.clone();
        }
        lineage.pending_deletion.push(from.into());
    }
}

/// Drops what lay in slots that are gone. Where the version in use is one of them, the previous one takes its
/// place, unless it is known to others.
pub(super) fn forget(lineage: &mut KeyLineage, is_gone: impl Fn(&Place) -> bool) {
    lineage.pending_deletion.retain(|pending| !is_gone(&pending.place));
    lineage.superseded.retain(|stored| !is_gone(&stored.place));
    lineage.previous.take_if(|previous| is_gone(&previous.stored.place));
    lineage.rotation.take_if(|rotation| rotation.step != RotationStep::Intent && is_gone(&rotation.place));
    if lineage.current.take_if(|current| is_gone(&current.place)).is_some()
        && let Some(previous) = lineage.previous.take()
    {
        if previous.compromised {
            lineage.pending_deletion.push(previous.stored.into());
        } else {
            lineage.current = Some(previous.stored);
        }
    }
    let (kept, lost): (Vec<_>, Vec<_>) =
        std::mem::take(&mut lineage.moves).into_iter().partition(|a_move| !is_gone(&a_move.from));
    lineage.moves = kept;
    lineage.pending_deletion.extend(lost.into_iter().map(|a_move| a_move.to.into()));
}

/// The slots that hold a version: in use, previous, and staged.
fn stored(lineage: &KeyLineage) -> impl Iterator<Item = &Place> {
    lineage.versions().map(|stored| &stored.place)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::keys::SecretKind;
    use crate::keys::lineage::{Plan, Previous, Rotation, Stored};
    use crate::time::UnixMillis;

    fn place(id: &str) -> Place {
        Place { store: StoreKind::Keyring, id: id.to_owned() }
    }

    fn version(id: &str) -> Stored {
        Stored {
            place: place(id),
            shown: format!("sk_test_****{id}"),
            fingerprint: format!("f{id}"),
            key_kind: None,
            account: None,
            remote_id: None,
            added_at: UnixMillis(0),
            expires_at: None,
        }
    }

    fn lineage() -> KeyLineage {
        let rotation = Rotation {
            step: RotationStep::Verified,
            place: place("3"),
            new: Some(version("3")),
            plan: Plan::default(),
            started_at: UnixMillis(0),
            remote: None,
            hooks_done: 0,
        };
        let previous = Previous {
            stored: version("1"),
            retire_after: UnixMillis(9),
            overlap_seconds: 9,
            compromised: false,
        };
        let (current, previous) = (Some(version("2")), Some(previous));
        KeyLineage { current, previous, rotation: Some(rotation), ..KeyLineage::new(SecretKind::Api) }
    }

    fn ids(lineage: &KeyLineage) -> BTreeSet<String> {
        lineage.places().map(|place| place.id.clone()).collect()
    }

    #[test]
    fn every_version_is_moved_and_every_slot_stays_named() {
        let (mut lineage, mut next) = (lineage(), 10);
        let mut new_id = || {
            next += 1;
            next.to_string()
        };
        begin(&mut lineage, StoreKind::File, &mut new_id);
        assert_eq!((lineage.moves.len(), ids(&lineage).len()), (3, 6));
        let begun = lineage.clone();
        begin(&mut lineage, StoreKind::File, &mut new_id);
        assert_eq!(lineage, begun, "a second try writes into the same slots");
        finish(&mut lineage);
        assert!(stored(&lineage).all(|place| place.store == StoreKind::File), "{lineage:?}");
        assert_eq!((lineage.pending_deletion.len(), ids(&lineage), lineage.moves.len()), (3, ids(&begun), 0));
        begin(&mut lineage, StoreKind::File, &mut new_id);
        assert!(lineage.moves.is_empty(), "nothing is left to move");
    }

    #[test]
    fn a_move_that_is_not_wanted_any_more_leaves_slots_to_delete() {
        let mut lineage = lineage();
        begin(&mut lineage, StoreKind::File, || "9".into());
        begin(&mut lineage, StoreKind::Keyring, || "8".into());
        assert!(
            lineage.moves.is_empty()
                && lineage.pending_deletion.iter().all(|pending| pending.place.store == StoreKind::File)
        );
        assert_eq!(lineage.pending_deletion.len(), 3);
    }

    proptest! {
        #[test]
        fn what_is_not_gone_stays_named(gone in prop::collection::btree_set(1u8..4, 0..4), begun: bool) {
            let mut lineage = lineage();
            if begun {
                begin(&mut lineage, StoreKind::File, || "9".into());
            }
            let before = ids(&lineage);
            forget(&mut lineage, |place| gone.iter().any(|id| place.id == id.to_string()));
            let lost: BTreeSet<_> = gone.iter().map(ToString::to_string).collect();
            prop_assert_eq!(ids(&lineage), before.difference(&lost).cloned().collect::<BTreeSet<_>>());
            let has_usable = !(gone.contains(&1) && gone.contains(&2));
            prop_assert_eq!(lineage.current.is_some(), has_usable);
        }
    }
}
