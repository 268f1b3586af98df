//! The rules of a rotation: what may follow what. Pure: it changes what is known, and nothing else.
//!
//! Each function is one step and becomes one atomic write of the pointer file. What holds throughout: once
//! there is a version in use there always is one; a slot is named from before it is written until it is
//! deleted; a version is promoted only after it was verified.

use std::time::Duration;

use crate::keys::chain::{Chain, Place, Plan, Previous, Remote, Rotation, Step, Stored};
use crate::keys::{Moment, SecretKind};

/// Why a step may not be taken. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// Another rotation has begun and not ended.
    #[error("a rotation of this key began at {started_at} and is unfinished (step: {})", step.as_str())]
    Unfinished {
        /// How far it is.
        step: Step,
        /// When it began.
        started_at: Moment,
    },
    /// Nothing is under way.
    #[error("no rotation of this key is under way")]
    NothingUnderWay,
    /// The new version is already in use.
    #[error("the new key is in use already, so there is nothing to abort")]
    Promoted,
    /// A version from an earlier rotation is still there.
    #[error("the key before this one, {shown}, is still kept (its overlap ends at {retire_after})")]
    PreviousKept {
        /// The version, as it may be shown.
        shown: String,
        /// When its overlap ends.
        retire_after: Moment,
    },
    /// There is no version before.
    #[error("there is no previous key")]
    NoPrevious,
    /// There is nothing to replace.
    #[error("there is no key of this name to replace")]
    NothingStored,
    /// The new version is the one in use.
    #[error("this is the key that is in use already ({shown}, stored at {added_at}): nothing was rotated")]
    SameKey {
        /// The version, as it may be shown.
        shown: String,
        /// When it was stored.
        added_at: Moment,
    },
    /// The steps came in another order.
    #[error("the rotation is at the step {}, which does not allow this", .0.as_str())]
    OutOfOrder(Step),
    /// The name belongs to a secret of another kind.
    #[error("the name belongs to a stored {}", .0.noun())]
    OtherKind(SecretKind),
}

/// Step 1: it is written down what will be stored where, before it is.
///
/// # Errors
/// When another change is under way, or an earlier one is not done.
pub(in crate::keys) fn begin(
    chain: &mut Chain,
    place: Place,
    new: Option<Stored>,
    remote: Option<Remote>,
    plan: Plan,
    now: Moment,
) -> Result<(), RuleError> {
    if let Some(rotation) = &chain.rotation {
        return Err(RuleError::Unfinished { step: rotation.step, started_at: rotation.started_at });
    }
    if let Some(previous) = &chain.previous {
        let (shown, retire_after) = (previous.stored.shown.clone(), previous.retire_after);
        return Err(RuleError::PreviousKept { shown, retire_after });
    }
    if let Some(new) = &new {
        differs(chain, new)?;
    }
    let step = Step::Intent;
    chain.rotation = Some(Rotation { step, place, new, plan, started_at: now, remote, hooks_done: 0 });
    Ok(())
}

/// The new version is another one than the one in use.
///
/// # Errors
/// When it is the same.
pub(in crate::keys) fn differs(chain: &Chain, new: &Stored) -> Result<(), RuleError> {
    match &chain.current {
        Some(current) if current.fingerprint == new.fingerprint => {
            Err(RuleError::SameKey { shown: current.shown.clone(), added_at: current.added_at })
        }
        _ => Ok(()),
    }
}

/// The request for a new key is about to be sent. Sent again it is the same one: the first time counts.
///
/// # Errors
/// When the rotation is further than that.
pub(in crate::keys) fn sending(chain: &mut Chain, now: Moment) -> Result<(), RuleError> {
    let rotation = at(chain, Step::Intent)?;
    if let Some(remote) = &mut rotation.remote {
        remote.sent = true;
        remote.requested_at.get_or_insert(now);
    }
    Ok(())
}

/// Step 2: the new version is in its slot, and was read back.
///
/// # Errors
/// When the rotation is not at its intent, or the version is the one in use.
pub(in crate::keys) fn stored(chain: &mut Chain, new: Stored) -> Result<(), RuleError> {
    differs(chain, &new)?;
    let rotation = at(chain, Step::Intent)?;
    rotation.new = Some(new);
    rotation.step = Step::Stored;
    Ok(())
}

/// Step 3: the API takes the new version.
///
/// # Errors
/// When the new version is not stored.
pub(in crate::keys) fn verified(chain: &mut Chain, account: Option<String>) -> Result<(), RuleError> {
    let rotation = at(chain, Step::Stored)?;
    if let Some(new) = &mut rotation.new {
        new.account = account.or_else(|| new.account.take());
    }
    rotation.step = Step::Verified;
    Ok(())
}

/// Step 4: the new version is the one in use, the old one the previous.
///
/// # Errors
/// When the new version was not verified.
pub(in crate::keys) fn promoted(chain: &mut Chain, now: Moment) -> Result<(), RuleError> {
    let rotation = at(chain, Step::Verified)?;
    let Some(new) = rotation.new.clone() else { return Err(RuleError::OutOfOrder(Step::Verified)) };
    rotation.step = Step::Promoted;
    let (plan, by_api) = (rotation.plan.clone(), rotation.remote.is_some());
    // The API ends the old key so long after it was asked, however long the rotation took since.
    let from = rotation.remote.as_ref().and_then(|remote| remote.requested_at).unwrap_or(now);
    if let Some(mut old) = chain.current.replace(new) {
        let retire_after = from.after(Duration::from_secs(plan.overlap_seconds));
        if by_api {
            old.expires_at = Some(retire_after);
        }
        chain.previous = Some(Previous { stored: old, retire_after, compromised: plan.compromised });
    }
    Ok(())
}

/// Step 5: one more hook is done.
///
/// # Errors
/// When the new version is not in use.
pub(in crate::keys) fn hook_done(chain: &mut Chain) -> Result<(), RuleError> {
    at(chain, Step::Promoted)?.hooks_done += 1;
    Ok(())
}

/// The rotation is over; the previous version stays for its overlap.
///
/// # Errors
/// When the new version is not in use.
pub(in crate::keys) fn finished(chain: &mut Chain) -> Result<(), RuleError> {
    at(chain, Step::Promoted)?;
    chain.rotation = None;
    Ok(())
}

/// The rotation is undone: the new version's slot is to be deleted.
///
/// # Errors
/// When nothing is under way, or the new version is in use.
pub(in crate::keys) fn aborted(chain: &mut Chain) -> Result<(), RuleError> {
    match &chain.rotation {
        None => return Err(RuleError::NothingUnderWay),
        Some(rotation) if rotation.step == Step::Promoted => return Err(RuleError::Promoted),
        Some(rotation) => chain.doomed.push(rotation.place.clone()),
    }
    chain.rotation = None;
    Ok(())
}

/// The previous version is in use again, and the one that was in use is the previous. Hooks that were not
/// run are not run any more.
///
/// # Errors
/// When there is no previous version, or a rotation has not come to its promotion.
pub(in crate::keys) fn rolled_back(chain: &mut Chain) -> Result<(), RuleError> {
    if let Some(rotation) = chain.rotation.as_ref().filter(|rotation| rotation.step < Step::Promoted) {
        return Err(RuleError::Unfinished { step: rotation.step, started_at: rotation.started_at });
    }
    let previous = chain.previous.take().ok_or(RuleError::NoPrevious)?;
    let retire_after = previous.retire_after;
    let new = chain.current.replace(previous.stored);
    chain.previous = new.map(|stored| Previous { stored, retire_after, compromised: false });
    chain.rotation = None;
    Ok(())
}

/// Step 6: the previous version is not needed any more: its slot is to be deleted.
///
/// # Errors
/// When there is none.
pub(in crate::keys) fn retired(chain: &mut Chain) -> Result<(), RuleError> {
    let previous = chain.previous.take().ok_or(RuleError::NoPrevious)?;
    chain.doomed.push(previous.stored.place);
    Ok(())
}

/// Everything of it is to be deleted.
pub(in crate::keys) fn removed(chain: &mut Chain) {
    let places: Vec<Place> = chain.places().cloned().collect();
    *chain = Chain { doomed: places, ..Chain::new(chain.kind) };
}

/// A slot is deleted.
pub(in crate::keys) fn swept(chain: &mut Chain, place: &Place) {
    chain.doomed.retain(|doomed| doomed != place);
}

fn at(chain: &mut Chain, step: Step) -> Result<&mut Rotation, RuleError> {
    let rotation = chain.rotation.as_mut().ok_or(RuleError::NothingUnderWay)?;
    if rotation.step == step { Ok(rotation) } else { Err(RuleError::OutOfOrder(rotation.step)) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::keys::StoreKind;

    fn place(id: u32) -> Place {
        Place { store: StoreKind::File, id: id.to_string() }
    }

    fn version(id: u32) -> Stored {
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

    fn plan() -> Plan {
        Plan { overlap_seconds: 10, ..Plan::default() }
    }

    fn rotated() -> Chain {
        let mut chain = Chain { current: Some(version(1)), ..Chain::new(SecretKind::Api) };
        begin(&mut chain, place(2), Some(version(2)), None, plan(), Moment(5)).expect("begun");
        stored(&mut chain, version(2)).expect("stored");
        verified(&mut chain, Some("acct_1".into())).expect("verified");
        promoted(&mut chain, Moment(100)).expect("promoted");
        chain
    }

    #[test]
    fn the_steps_in_their_order_end_with_two_versions() {
        let mut chain = rotated();
        assert_eq!(chain.current.as_ref().map(|new| new.account.as_deref()), Some(Some("acct_1")));
        assert_eq!(chain.overlapping(Moment(109)).map(|old| &*old.shown), Some("sk_test_****1"));
        assert_eq!(chain.overlapping(Moment(110)), None, "the overlap is over");
        finished(&mut chain).expect("finished");
        let again = begin(&mut chain, place(3), Some(version(3)), None, plan(), Moment(120));
        assert!(matches!(again, Err(RuleError::PreviousKept { .. })));
        retired(&mut chain).expect("retired");
        assert_eq!(chain.doomed, [place(1)]);
        swept(&mut chain, &place(1));
        assert_eq!(chain.places().count(), 1);
    }

    #[test]
    fn a_compromised_version_is_never_used_again() {
        let mut chain = rotated();
        chain.previous.as_mut().expect("a previous version").compromised = true;
        assert_eq!(chain.overlapping(Moment(101)), None);
    }

    #[test]
    fn steps_out_of_order_are_refused() {
        let mut chain = Chain { current: Some(version(1)), ..Chain::new(SecretKind::Api) };
        assert_eq!(promoted(&mut chain, Moment(0)), Err(RuleError::NothingUnderWay));
        begin(&mut chain, place(2), Some(version(2)), None, plan(), Moment(0)).expect("begun");
        assert_eq!(promoted(&mut chain, Moment(0)), Err(RuleError::OutOfOrder(Step::Intent)));
        assert_eq!(verified(&mut chain, None), Err(RuleError::OutOfOrder(Step::Intent)));
        stored(&mut chain, version(2)).expect("stored");
        assert_eq!(promoted(&mut chain, Moment(0)), Err(RuleError::OutOfOrder(Step::Stored)));
        assert!(matches!(rolled_back(&mut chain), Err(RuleError::Unfinished { .. })));
        let same = begin(
            &mut Chain { rotation: None, ..chain },
            place(3),
            Some(version(1)),
            None,
            plan(),
            Moment(0),
        );
        assert!(matches!(same, Err(RuleError::SameKey { .. })));
    }

    #[test]
    fn a_rollback_swaps_and_ends_the_rotation() {
        let mut chain = rotated();
        rolled_back(&mut chain).expect("rolled back");
        assert_eq!(chain.current.as_ref().map(|old| &*old.shown), Some("sk_test_****1"));
        assert_eq!(chain.previous.as_ref().map(|new| &*new.stored.shown), Some("sk_test_****2"));
        assert!(chain.rotation.is_none());
        assert_eq!(aborted(&mut chain), Err(RuleError::NothingUnderWay));
    }

    #[test]
    fn the_overlap_of_a_key_that_the_api_ends_is_counted_from_the_request() {
        let mut chain = Chain { current: Some(version(1)), ..Chain::new(SecretKind::Api) };
        let remote =
            Remote { id: "mk_1".into(), idempotency_key: "i".into(), sent: false, requested_at: None };
        begin(&mut chain, place(2), None, Some(remote), plan(), Moment(5)).expect("begun");
        sending(&mut chain, Moment(100)).expect("sent");
        sending(&mut chain, Moment(150)).expect("sent again");
        stored(&mut chain, version(2)).expect("stored");
        verified(&mut chain, None).expect("verified");
        promoted(&mut chain, Moment(190)).expect("promoted");
        let previous = chain.previous.expect("the old key");
        assert_eq!((previous.retire_after, previous.stored.expires_at), (Moment(110), Some(Moment(110))));
    }

    fn act(chain: &mut Chain, action: u8, id: u32) {
        let now = Moment(i64::from(id));
        let _ = match action {
            0 => begin(chain, place(id), Some(version(id)), None, plan(), now),
            1 => begin(chain, place(id), None, None, plan(), now),
            2 => {
                let coming = chain.rotation.as_ref().map(|rotation| rotation.place.clone());
                let new = Stored { place: coming.unwrap_or_else(|| place(id)), ..version(id) };
                stored(chain, new)
            }
            3 => verified(chain, None),
            4 => promoted(chain, now),
            5 => hook_done(chain),
            6 => finished(chain),
            7 => aborted(chain),
            8 => rolled_back(chain),
            9 => retired(chain),
            _ => {
                if let Some(place) = chain.doomed.first().cloned() {
                    swept(chain, &place);
                }
                Ok(())
            }
        };
    }

    proptest! {
        #[test]
        fn whatever_is_done_there_is_a_version_in_use_and_no_slot_is_forgotten(
            actions in prop::collection::vec(0u8..=10, 0..60)
        ) {
            let mut chain = Chain { current: Some(version(0)), ..Chain::new(SecretKind::Api) };
            for (id, action) in (1..).zip(actions) {
                let before: BTreeSet<String> = chain.places().map(|place| place.id.clone()).collect();
                let doomed = chain.doomed.first().map(|place| place.id.clone());
                act(&mut chain, action, id);
                let ids: Vec<String> = chain.places().map(|place| place.id.clone()).collect();
                let after: BTreeSet<String> = ids.iter().cloned().collect();
                prop_assert!(chain.current.is_some());
                prop_assert_eq!(ids.len(), after.len(), "one slot in two places: {:?}", chain);
                for lost in before.difference(&after) {
                    prop_assert!(action == 10 && Some(lost) == doomed.as_ref(), "{} was forgotten", lost);
                }
            }
        }
    }
}
