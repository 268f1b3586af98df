//! Which command is accepted in which state, and the commands that lead out of it. Pure.

use crate::advice::Advice;
use crate::keys::SecretKind;
use crate::keys::lineage::{KeyLineage, Now, Rotation, RotationMode, RotationStep};

use super::RuleError;

/// Where the new version of a rotation comes from, compared with the one that is staged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewVersion {
    /// Nobody gave one yet.
    NotGiven,
    /// The one that is staged.
    Staged,
    /// Another one.
    Other,
    /// The API is to make one.
    MadeByApi,
}

/// What a rotation does first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// It begins.
    Begin,
    /// It goes on with the one that is unfinished.
    GoOn,
    /// It undoes or finishes the one that is unfinished, and begins.
    TakeOver,
}

/// What `keys rotate` does. `has_secret` says whether the slot of a rotation at its intent holds the secret.
///
/// # Errors
/// When it has to wait for something else.
pub(in crate::keys) fn rotate(
    lineage: &KeyLineage,
    new: NewVersion,
    compromised: bool,
    has_secret: bool,
) -> Result<Action, RuleError> {
    if lineage.current.is_none() {
        return Err(RuleError::NothingStored);
    }
    let Some(rotation) = &lineage.rotation else {
        return may_begin(lineage, compromised).map(|()| Action::Begin);
    };
    let can_go_on = has_secret || rotation.step > RotationStep::Intent || rotation.remote.is_some();
    let is_same = match new {
        NewVersion::Staged => true,
        NewVersion::NotGiven => can_go_on,
        NewVersion::MadeByApi => rotation.remote.is_some() || can_go_on && compromised,
        NewVersion::Other => false,
    };
    if is_same {
        return Ok(Action::GoOn);
    }
    let is_made = rotation.remote.as_ref().is_some_and(|remote| remote.sent);
    let is_empty = rotation.step == RotationStep::Intent && !has_secret && !is_made;
    if !is_empty && !compromised {
        return Err(RuleError::Unfinished { step: rotation.step, started_at: rotation.started_at });
    }
    may_begin(lineage, compromised).map(|()| Action::TakeOver)
}

fn may_begin(lineage: &KeyLineage, compromised: bool) -> Result<(), RuleError> {
    match &lineage.previous {
        Some(previous) if !compromised => {
            let (shown, retire_after) = (previous.stored.shown.clone(), previous.retire_after);
            Err(RuleError::PreviousKept { shown, retire_after })
        }
        _ => Ok(()),
    }
}

/// Whether a rotation stores a version without rotating: `keys add`.
pub(in crate::keys) fn is_addition(lineage: &KeyLineage, rotation: &Rotation) -> bool {
    rotation.plan.mode == RotationMode::Replace || lineage.current.is_none()
}

/// A command that leads forward.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// `rotate --resume`
    Resume,
    /// `rotate --resume --skip-hooks`
    SkipHooks,
    /// `rotate --abort`, confirmed where a key may be lost by it.
    Abort {
        /// Whether the API may have made the new key.
        confirmed: bool,
    },
    /// `rollback`
    RollBack,
    /// `revoke --previous`
    RevokePrevious {
        /// Whether the API can end it.
        remote: bool,
    },
    /// `rotate`
    Rotate {
        /// Whether the key in use is known to others.
        compromised: bool,
    },
    /// `add`
    Add,
}

/// The commands that lead out of a state, the best one first; none where nothing is left to do.
#[must_use]
pub fn ways(lineage: &KeyLineage, now: Now) -> Vec<Way> {
    if let Some(rotation) = &lineage.rotation {
        return out_of(lineage, rotation, now);
    }
    let is_left =
        lineage.previous.as_ref().is_some_and(|previous| previous.compromised || previous.is_over(now));
    if is_left || !lineage.superseded.is_empty() {
        return vec![revoke_previous(lineage)];
    }
    if lineage.current.is_none() && lineage.pending_deletion.is_empty() { vec![Way::Add] } else { Vec::new() }
}

fn out_of(lineage: &KeyLineage, rotation: &Rotation, now: Now) -> Vec<Way> {
    let mut ways = vec![Way::Resume];
    if rotation.step < RotationStep::Promoted {
        let confirmed = rotation.remote.as_ref().is_some_and(|remote| remote.sent);
        ways.push(Way::Abort { confirmed });
        return ways;
    }
    if rotation.hooks_done < rotation.plan.hooks.len() {
        ways.push(Way::SkipHooks);
    }
    ways.extend(lineage.overlapping(now).map(|_| Way::RollBack));
    ways
}

/// The way to be rid of old keys. The API ends those whose objects it told.
#[must_use]
pub fn revoke_previous(lineage: &KeyLineage) -> Way {
    let previous = lineage.previous.iter().map(|previous| &previous.stored);
    let mut old = previous.chain(&lineage.superseded).peekable();
    Way::RevokePrevious { remote: old.peek().is_some() && old.all(|stored| stored.remote_id.is_some()) }
}

/// Commands as they are typed for a secret of this name and kind.
#[must_use]
pub fn advice(ways: &[Way], name: &str, kind: SecretKind) -> Advice {
    let which = match kind {
        _ if kind.as_str() == name && kind != SecretKind::Api => format!(" --kind {kind}"),
        SecretKind::Api if kind.as_str() == name => String::new(),
        SecretKind::Api => format!(" --name {name}"),
        _ => format!(" --kind {kind} --name {name}"),
    };
    let command = |way: &Way| {
        let words = match way {
            Way::Resume => "rotate --resume",
            Way::SkipHooks => "rotate --resume --skip-hooks",
            Way::Abort { confirmed: false } => "rotate --abort",
            Way::Abort { confirmed: true } => "rotate --abort --yes",
            Way::RollBack => "rollback",
            Way::RevokePrevious { remote: false } => "revoke --previous",
            Way::RevokePrevious { remote: true } => "revoke --previous --remote",
            Way::Rotate { compromised: false } => "rotate",
            Way::Rotate { compromised: true } => "rotate --compromised",
            Way::Add => "add",
        };
        format!("keys {words}{which}")
    };
    Advice { commands: ways.iter().map(command).collect(), hint: None }
}
