//! The rules of a rotation: what may follow what. Pure: it changes what is known, and nothing else.
//!
//! Each function is one step and becomes one atomic write of the pointer file. What holds throughout: once
//! there is a version in use there always is one; a slot is named from before it is written until it is
//! deleted; a version is promoted only after it was verified; a version that may still work at the API is
//! named until it is revoked, or somebody said that it may be forgotten.
//!
//! The states, and what each command does in them. `ways` has this table as code: what it refuses is refused
//! with the commands of the last column, which it accepts in that state.
//!
//! | state | add --replace | rotate | rotate --compromised | --resume | --abort | rollback | revoke --previous | way forward |
//! | --- | --- | --- | --- | --- | --- | --- | --- | --- |
//! | nothing stored | stores | refused | refused | refused | refused | refused | refused | add |
//! | addition unfinished | starts over | refused | refused | goes on | undoes | refused | refused | --resume, --abort |
//! | one key | replaces | begins | begins | refused | refused | refused | refused | none needed |
//! | overlap | replaces both | refused | begins | refused | refused | swaps | ends | revoke --previous |
//! | compromised previous key | replaces both | refused | begins | refused | refused | refused | ends | revoke --previous |
//! | staged: intent, stored, verified | refused | same key: goes on, else refused | goes on; another key: takes over | goes on | undoes | refused | as without the rotation | --resume, --abort |
//! | promoted, hooks left | refused | same key: goes on, else refused | goes on; another key: takes over | goes on | refused | swaps, unless compromised | asks, then ends | --resume, rollback |
//!
//! `revoke NAME` and `remove NAME` are accepted wherever something is stored. Superseded keys may be there in
//! every state; `revoke --previous` ends them too.

use std::time::Duration;

use crate::keys::SecretKind;
use crate::keys::lineage::{
    KeyLineage, PendingDeletion, Place, Plan, Previous, Remote, Rotation, RotationMode, RotationStep, Stored,
};
use crate::time::UnixMillis;

/// The version that a step was about, for the log; none where it is not known yet.
pub(in crate::keys) type About = Option<Stored>;

/// Why a step may not be taken. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// Another rotation has begun and not ended.
    #[error("a rotation of this key that began at {started_at} is unfinished (step: {})", step.as_str())]
    Unfinished {
        /// How far it is.
        step: RotationStep,
        /// When it began.
        started_at: UnixMillis,
    },
    /// Nothing is under way.
    #[error("no rotation of this key is unfinished")]
    NothingUnderWay,
    /// The new version is already in use.
    #[error("the new key is already in use, so the rotation cannot be aborted")]
    Promoted,
    /// A version from an earlier rotation is still there.
    #[error("the previous key {shown} is not revoked yet (its overlap ends at {retire_after})")]
    PreviousKept {
        /// The version, as it may be shown.
        shown: String,
        /// When its overlap ends.
        retire_after: UnixMillis,
    },
    /// There is no version before.
    #[error("there is no previous key")]
    NoPrevious,
    /// There is nothing to replace.
    #[error("no key is stored under this name")]
    NothingStored,
    /// The new version is the one in use.
    #[error("{shown} is already in use (stored at {added_at}): nothing was rotated")]
    SameKey {
        /// The version, as it may be shown.
        shown: String,
        /// When it was stored.
        added_at: UnixMillis,
    },
    /// The new version is one that was given away.
    #[error("{shown} is compromised and cannot be used again")]
    Compromised {
        /// The version, as it may be shown.
        shown: String,
    },
    /// The steps came in another order.
    #[error("the rotation is at the step {}, which does not allow this", .0.as_str())]
    OutOfOrder(RotationStep),
    /// The name belongs to a secret of another kind.
    #[error("this name belongs to a stored {}", .0.noun())]
    OtherKind(SecretKind),
}

/// Step 1: it is written down what will be stored where, before it is.
///
/// # Errors
/// When another change is under way, or an earlier one is not done and this one has to wait for it: an
/// emergency and a replacement do not wait.
pub(in crate::keys) fn begin(
    lineage: &mut KeyLineage,
    place: Place,
    new: Option<Stored>,
    remote: Option<Remote>,
    plan: Plan,
    now: UnixMillis,
) -> Result<About, RuleError> {
    if let Some(rotation) = &lineage.rotation {
        return Err(RuleError::Unfinished { step: rotation.step, started_at: rotation.started_at });
    }
    let waits = !plan.compromised && plan.mode == RotationMode::Rotate;
    if let Some(previous) = lineage.previous.as_ref().filter(|_| waits) {
        let (shown, retire_after) = (previous.stored.shown.clone(), previous.retire_after);
        return Err(RuleError::PreviousKept { shown, retire_after });
    }
    if let Some(new) = &new {
        differs(lineage, new, plan.mode)?;
    }
    let step = RotationStep::Intent;
    lineage.rotation =
        Some(Rotation { step, place, new: new.clone(), plan, started_at: now, remote, hooks_done: 0 });
    Ok(new)
}

/// The new version is another one than the one in use, unless that is stored anew, and than one that was
/// given away.
///
/// # Errors
/// When it is the same.
pub(in crate::keys) fn differs(
    lineage: &KeyLineage,
    new: &Stored,
    mode: RotationMode,
) -> Result<(), RuleError> {
    let given_away = lineage.previous.as_ref().filter(|previous| previous.compromised);
    if given_away.is_some_and(|previous| previous.stored.fingerprint == new.fingerprint) {
        return Err(RuleError::Compromised { shown: new.shown.clone() });
    }
    match &lineage.current {
        Some(current) if mode == RotationMode::Rotate && current.fingerprint == new.fingerprint => {
            Err(RuleError::SameKey { shown: current.shown.clone(), added_at: current.added_at })
        }
        _ => Ok(()),
    }
}

/// The request for a new key is about to be sent, with this many minutes for the old one.
///
/// # Errors
/// When the rotation is further than that.
pub(in crate::keys) fn sending(
    lineage: &mut KeyLineage,
    minutes: u64,
    now: UnixMillis,
) -> Result<About, RuleError> {
    if let Some(remote) = &mut at(lineage, RotationStep::Intent)?.remote {
        remote.sent = true;
        remote.minutes.get_or_insert(minutes);
        remote.sent_at.get_or_insert(now);
    }
    Ok(None)
}

/// Step 2: the new version is in its slot, and was read back.
///
/// # Errors
/// When the rotation is not at its intent, or the version is the one in use.
pub(in crate::keys) fn stored(lineage: &mut KeyLineage, new: Stored) -> Result<About, RuleError> {
    let mode = at(lineage, RotationStep::Intent)?.plan.mode;
    differs(lineage, &new, mode)?;
    let rotation = at(lineage, RotationStep::Intent)?;
    rotation.new = Some(new.clone());
    rotation.step = RotationStep::Stored;
    Ok(Some(new))
}

/// Step 3: the API takes the new version.
///
/// # Errors
/// When the new version is not stored.
pub(in crate::keys) fn verified(
    lineage: &mut KeyLineage,
    account: Option<String>,
) -> Result<About, RuleError> {
    let rotation = at(lineage, RotationStep::Stored)?;
    if let Some(new) = &mut rotation.new {
        new.account = account.or_else(|| new.account.take());
    }
    rotation.step = RotationStep::Verified;
    Ok(rotation.new.clone())
}

/// Step 4: the new version is the one in use, the old one the previous; a replaced one is to be deleted. A
/// previous version from before is used for nothing any more, and stays known until it is revoked.
///
/// # Errors
/// When the new version was not verified.
pub(in crate::keys) fn promoted(lineage: &mut KeyLineage, now: UnixMillis) -> Result<About, RuleError> {
    let rotation = at(lineage, RotationStep::Verified)?;
    let Some(new) = rotation.new.clone() else { return Err(RuleError::OutOfOrder(RotationStep::Verified)) };
    rotation.step = RotationStep::Promoted;
    let (plan, remote) = (rotation.plan.clone(), rotation.remote.clone());
    let Some(mut old) = lineage.current.replace(new.clone()) else { return Ok(Some(new)) };
    if plan.mode == RotationMode::Replace {
        replaced(lineage, old, &new);
        return Ok(Some(new));
    }
    if let Some(earlier) = lineage.previous.take() {
        supersede(lineage, earlier.stored);
    }
    if let Some(remote) = &remote {
        old.expires_at = remote.old_key_ends().or(old.expires_at);
        old.remote_id = Some(remote.id.clone());
    }
    let retire_after = now.after(Duration::from_secs(plan.overlap_seconds));
    let retire_after = old.expires_at.map_or(retire_after, |end| end.min(retire_after));
    let (overlap_seconds, compromised) = (plan.overlap_seconds, plan.compromised);
    lineage.previous = Some(Previous { stored: old, retire_after, overlap_seconds, compromised });
    Ok(Some(new))
}

/// What a replacement leaves: nothing, unless it stored the same key anew, which ends no overlap.
fn replaced(lineage: &mut KeyLineage, old: Stored, new: &Stored) {
    let is_anew = old.fingerprint == new.fingerprint;
    delete(lineage, old);
    if let Some(previous) = lineage.previous.take_if(|_| !is_anew) {
        delete(lineage, previous.stored);
    }
}

/// A version is used for nothing any more, and may still work. A second copy of the one in use is only a copy.
fn supersede(lineage: &mut KeyLineage, stored: Stored) {
    if lineage.current.as_ref().is_some_and(|current| current.fingerprint == stored.fingerprint) {
        return delete(lineage, stored);
    }
    lineage.superseded.push(stored);
}

fn delete(lineage: &mut KeyLineage, stored: Stored) {
    lineage.pending_deletion.push(stored.into());
}

/// Step 5: one more hook is done.
///
/// # Errors
/// When the new version is not in use.
pub(in crate::keys) fn hook_done(lineage: &mut KeyLineage) -> Result<About, RuleError> {
    at(lineage, RotationStep::Promoted)?.hooks_done += 1;
    Ok(lineage.current.clone())
}

/// The hooks that are not done are others. Those that are written down already are left alone, so that the
/// same command again repeats none that is done.
///
/// # Errors
/// When nothing is under way.
pub(in crate::keys) fn hooks_replaced(
    lineage: &mut KeyLineage,
    hooks: Vec<Vec<String>>,
) -> Result<About, RuleError> {
    let rotation = lineage.rotation.as_mut().ok_or(RuleError::NothingUnderWay)?;
    if rotation.plan.hooks != hooks {
        rotation.plan.hooks.truncate(rotation.hooks_done);
        rotation.plan.hooks.extend(hooks);
    }
    Ok(rotation.new.clone())
}

/// The old version of the rotation that is under way is known to others: it has no overlap, and is used for
/// nothing once the new one is in use.
///
/// # Errors
/// When nothing is under way.
pub(in crate::keys) fn compromised(lineage: &mut KeyLineage, now: UnixMillis) -> Result<About, RuleError> {
    let rotation = lineage.rotation.as_mut().ok_or(RuleError::NothingUnderWay)?;
    (rotation.plan.compromised, rotation.plan.overlap_seconds) = (true, 0);
    if rotation.step < RotationStep::Promoted {
        return Ok(lineage.current.clone());
    }
    let Some(previous) = &mut lineage.previous else { return Ok(None) };
    (previous.compromised, previous.overlap_seconds) = (true, 0);
    previous.retire_after = previous.retire_after.min(now);
    Ok(Some(previous.stored.clone()))
}

/// The rotation is over; the previous version stays for its overlap. Hooks that are left are not run.
///
/// # Errors
/// When the new version is not in use.
pub(in crate::keys) fn finished(lineage: &mut KeyLineage) -> Result<About, RuleError> {
    at(lineage, RotationStep::Promoted)?;
    lineage.rotation = None;
    Ok(lineage.current.clone())
}

/// The rotation is undone. A new version that was made by hand is to be deleted here: whoever made it has it.
/// One that the API made is known to nobody else, so it stays known until it is revoked; and the API ends the
/// old one by itself.
///
/// # Errors
/// When nothing is under way, or the new version is in use.
pub(in crate::keys) fn aborted(lineage: &mut KeyLineage) -> Result<About, RuleError> {
    undo(lineage, |rotation| rotation.remote.is_some())
}

/// Another change takes the place of a rotation: what is staged is used for nothing and stays known, and a
/// version that is in use already stays in use, with hooks left undone.
///
/// # Errors
/// When nothing is under way.
pub(in crate::keys) fn taken_over(lineage: &mut KeyLineage) -> Result<About, RuleError> {
    match &lineage.rotation {
        Some(rotation) if rotation.step == RotationStep::Promoted => finished(lineage),
        _ => undo(lineage, |rotation| rotation.step > RotationStep::Intent),
    }
}

/// Undoes a rotation before its promotion. `keeps` says whether a new version may be known to nobody else.
fn undo(lineage: &mut KeyLineage, keeps: impl FnOnce(&Rotation) -> bool) -> Result<About, RuleError> {
    let Some(rotation) = lineage.rotation.take_if(|rotation| rotation.step < RotationStep::Promoted) else {
        return Err(if lineage.rotation.is_some() {
            RuleError::Promoted
        } else {
            RuleError::NothingUnderWay
        });
    };
    let ends = rotation.remote.as_ref().and_then(Remote::old_key_ends);
    if let Some(current) = &mut lineage.current {
        current.expires_at = ends.or(current.expires_at);
    }
    let is_kept = keeps(&rotation);
    match rotation.new.clone() {
        Some(new) if is_kept => supersede(lineage, new),
        stored => lineage.pending_deletion.push(PendingDeletion { place: rotation.place, stored }),
    }
    Ok(rotation.new)
}

/// The request for a new key was certainly not executed, so there is no new key and nothing to go on with.
///
/// # Errors
/// When the rotation is further than that.
pub(in crate::keys) fn not_made(lineage: &mut KeyLineage) -> Result<About, RuleError> {
    if let Some(remote) = &mut at(lineage, RotationStep::Intent)?.remote {
        remote.sent = false;
    }
    aborted(lineage)
}

/// The previous version is in use again, and the one that was in use is the previous. Hooks that were not
/// run are not run any more.
///
/// # Errors
/// When there is no previous version, it was given away, or a rotation has not come to its promotion.
pub(in crate::keys) fn rolled_back(lineage: &mut KeyLineage) -> Result<About, RuleError> {
    if let Some(rotation) = lineage.staged() {
        return Err(RuleError::Unfinished { step: rotation.step, started_at: rotation.started_at });
    }
    let previous = lineage.previous.take_if(|previous| !previous.compromised).ok_or_else(|| {
        let shown = lineage.previous.as_ref().map(|previous| previous.stored.shown.clone());
        shown.map_or(RuleError::NoPrevious, |shown| RuleError::Compromised { shown })
    })?;
    let Previous { stored, retire_after, overlap_seconds, compromised } = previous;
    let newer = lineage.current.replace(stored);
    lineage.previous = newer.map(|stored| Previous { stored, retire_after, overlap_seconds, compromised });
    lineage.rotation = None;
    Ok(lineage.current.clone())
}

/// Step 6: the previous version is not needed any more: its slot is to be deleted.
///
/// # Errors
/// When there is none.
pub(in crate::keys) fn retired(lineage: &mut KeyLineage) -> Result<About, RuleError> {
    let previous = lineage.previous.take().ok_or(RuleError::NoPrevious)?;
    delete(lineage, previous.stored.clone());
    Ok(Some(previous.stored))
}

/// A superseded version is revoked: its slot is to be deleted.
///
/// # Errors
/// When it is not known.
pub(in crate::keys) fn superseded_retired(
    lineage: &mut KeyLineage,
    place: &Place,
) -> Result<About, RuleError> {
    let at = lineage.superseded.iter().position(|stored| stored.place == *place);
    let stored = lineage.superseded.remove(at.ok_or(RuleError::NoPrevious)?);
    delete(lineage, stored.clone());
    Ok(Some(stored))
}

/// Everything of it is to be deleted. Gives every version that was known.
pub(in crate::keys) fn removed(lineage: &mut KeyLineage) -> Vec<Stored> {
    let staged = lineage.rotation.take().filter(|rotation| rotation.step < RotationStep::Promoted);
    let mut gone: Vec<Stored> = lineage.current.take().into_iter().collect();
    gone.extend(lineage.previous.take().map(|previous| previous.stored));
    gone.append(&mut lineage.superseded);
    for stored in &gone {
        delete(lineage, stored.clone());
    }
    if let Some(Rotation { place, new, .. }) = staged {
        gone.extend(new.clone());
        lineage.pending_deletion.push(PendingDeletion { place, stored: new });
    }
    gone
}

/// A slot is deleted.
pub(in crate::keys) fn swept(lineage: &mut KeyLineage, place: &Place) {
    lineage.pending_deletion.retain(|pending| pending.place != *place);
}

fn at(lineage: &mut KeyLineage, step: RotationStep) -> Result<&mut Rotation, RuleError> {
    let rotation = lineage.rotation.as_mut().ok_or(RuleError::NothingUnderWay)?;
    if rotation.step == step { Ok(rotation) } else { Err(RuleError::OutOfOrder(rotation.step)) }
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
