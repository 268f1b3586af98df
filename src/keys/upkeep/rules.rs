//! What a move between stores, and the loss of a slot, make of the list. Pure.
//!
//! A move is written down before the first slot of the new store is written, and every slot stays named
//! until it is deleted, as in a rotation.

use crate::keys::StoreKind;
use crate::keys::chain::{Chain, Move, Place, Step};

/// Writes down where each version that lies elsewhere is to go. A move that was begun to the same store goes
/// on with the same slots; what an earlier move wrote for another store is to be deleted.
pub(super) fn begin(chain: &mut Chain, to: StoreKind, mut new_id: impl FnMut() -> String) {
    let elsewhere: Vec<Place> = stored(chain).filter(|place| place.store != to).cloned().collect();
    let is_wanted = |a_move: &Move| a_move.to.store == to && elsewhere.contains(&a_move.from);
    let (mut moves, stale): (Vec<_>, Vec<_>) =
        std::mem::take(&mut chain.moves).into_iter().partition(is_wanted);
    chain.doomed.extend(stale.into_iter().map(|a_move| a_move.to.into()));
    for from in elsewhere {
        if !moves.iter().any(|a_move| a_move.from == from) {
            moves.push(Move { from, to: Place { store: to, id: new_id() } });
        }
    }
    chain.moves = moves;
}

/// Every moved version is the copy in the new store from now on; the old slots are to be deleted.
pub(super) fn finish(chain: &mut Chain) {
    for Move { from, to } in std::mem::take(&mut chain.moves) {
        let current = chain.current.iter_mut().map(|stored| &mut stored.place);
        let previous = chain.previous.iter_mut().map(|previous| &mut previous.stored.place);
        let staged = chain.rotation.iter_mut().flat_map(|rotation| {
            let new = rotation.new.iter_mut().map(|new| &mut new.place);
            std::iter::once(&mut rotation.place).chain(new)
        });
        let superseded = chain.superseded.iter_mut().map(|stored| &mut stored.place);
        for place in current.chain(previous).chain(superseded).chain(staged).filter(|place| **place == from) {
            *place = to.clone();
        }
        chain.doomed.push(from.into());
    }
}

/// Drops what lay in slots that are gone. Where the version in use is one of them, the previous one takes its
/// place, unless it is known to others.
pub(super) fn forget(chain: &mut Chain, is_gone: impl Fn(&Place) -> bool) {
    chain.doomed.retain(|doomed| !is_gone(&doomed.place));
    chain.superseded.retain(|stored| !is_gone(&stored.place));
    chain.previous.take_if(|previous| is_gone(&previous.stored.place));
    chain.rotation.take_if(|rotation| rotation.step != Step::Intent && is_gone(&rotation.place));
    if chain.current.take_if(|current| is_gone(&current.place)).is_some()
        && let Some(previous) = chain.previous.take()
    {
        if previous.compromised {
            chain.doomed.push(previous.stored.into());
        } else {
            chain.current = Some(previous.stored);
        }
    }
    let (kept, lost): (Vec<_>, Vec<_>) =
        std::mem::take(&mut chain.moves).into_iter().partition(|a_move| !is_gone(&a_move.from));
    chain.moves = kept;
    chain.doomed.extend(lost.into_iter().map(|a_move| a_move.to.into()));
}

/// The slots that hold a version: in use, previous, and staged.
fn stored(chain: &Chain) -> impl Iterator<Item = &Place> {
    chain.versions().map(|stored| &stored.place)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::keys::chain::{Plan, Previous, Rotation, Stored};
    use crate::keys::{Moment, SecretKind};

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
            added_at: Moment(0),
            expires_at: None,
        }
    }

    fn chain() -> Chain {
        let rotation = Rotation {
            step: Step::Verified,
            place: place("3"),
            new: Some(version("3")),
            plan: Plan::default(),
            started_at: Moment(0),
            remote: None,
            hooks_done: 0,
        };
        let previous = Previous {
            stored: version("1"),
            retire_after: Moment(9),
            overlap_seconds: 9,
            compromised: false,
        };
        let (current, previous) = (Some(version("2")), Some(previous));
        Chain { current, previous, rotation: Some(rotation), ..Chain::new(SecretKind::Api) }
    }

    fn ids(chain: &Chain) -> BTreeSet<String> {
        chain.places().map(|place| place.id.clone()).collect()
    }

    #[test]
    fn every_version_is_moved_and_every_slot_stays_named() {
        let (mut chain, mut next) = (chain(), 10);
        let mut new_id = || {
            next += 1;
            next.to_string()
        };
        begin(&mut chain, StoreKind::File, &mut new_id);
        assert_eq!((chain.moves.len(), ids(&chain).len()), (3, 6));
        let begun = chain.clone();
        begin(&mut chain, StoreKind::File, &mut new_id);
        assert_eq!(chain, begun, "a second try writes into the same slots");
        finish(&mut chain);
        assert!(stored(&chain).all(|place| place.store == StoreKind::File), "{chain:?}");
        assert_eq!((chain.doomed.len(), ids(&chain), chain.moves.len()), (3, ids(&begun), 0));
        begin(&mut chain, StoreKind::File, &mut new_id);
        assert!(chain.moves.is_empty(), "nothing is left to move");
    }

    #[test]
    fn a_move_that_is_not_wanted_any_more_leaves_slots_to_delete() {
        let mut chain = chain();
        begin(&mut chain, StoreKind::File, || "9".into());
        begin(&mut chain, StoreKind::Keyring, || "8".into());
        assert!(
            chain.moves.is_empty() && chain.doomed.iter().all(|doomed| doomed.place.store == StoreKind::File)
        );
        assert_eq!(chain.doomed.len(), 3);
    }

    proptest! {
        #[test]
        fn what_is_not_gone_stays_named(gone in prop::collection::btree_set(1u8..4, 0..4), begun: bool) {
            let mut chain = chain();
            if begun {
                begin(&mut chain, StoreKind::File, || "9".into());
            }
            let before = ids(&chain);
            forget(&mut chain, |place| gone.iter().any(|id| place.id == id.to_string()));
            let lost: BTreeSet<_> = gone.iter().map(ToString::to_string).collect();
            prop_assert_eq!(ids(&chain), before.difference(&lost).cloned().collect::<BTreeSet<_>>());
            let has_usable = !(gone.contains(&1) && gone.contains(&2));
            prop_assert_eq!(chain.current.is_some(), has_usable);
        }
    }
}
