//! How old a key may get, and what else a scheduled check has to find. Pure: the clock is handed in.

use std::time::Duration;

use crate::advice::Advice;

use super::lineage::{KeyLineage, Now};
use super::rotation::ways::{advice, revoke_previous, ways};
use super::{Pointers, Way};
use crate::time::UnixMillis;

/// The ages of a profile's keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct KeyAgePolicy {
    /// A key that is older is a finding.
    pub max_age: Option<Duration>,
    /// A key that is older is warned of.
    pub warn_at: Option<Duration>,
}

/// Something that a check tells of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The word in JSON.
    pub code: &'static str,
    /// What it is, in a sentence.
    pub text: String,
    /// What to do about it.
    pub advice: Advice,
    /// Whether the check fails for it; else it is a warning.
    pub fails: bool,
}

impl Finding {
    fn new(code: &'static str, text: impl Into<String>, advice: Advice) -> Self {
        Self { code, text: text.into(), advice, fails: true }
    }
}

/// What is to be said of one secret.
#[must_use]
pub fn findings(
    name: &str,
    lineage: &KeyLineage,
    policy: KeyAgePolicy,
    pointers: &Pointers,
    clock: UnixMillis,
) -> Vec<Finding> {
    let check = KeyCheck { name, lineage, now: pointers.now(clock) };
    let mut found = Vec::new();
    found.extend(check.age(policy));
    found.extend(check.rotation());
    found.extend(check.overlap());
    found.extend(check.superseded());
    found.extend(check.expiry());
    if !lineage.pending_deletion.is_empty() {
        let text = format!("{} deleted keys are still in their store", lineage.pending_deletion.len());
        found.push(Finding::new("left_over", text, Advice::command("keys status")));
    }
    if let Some(a_move) = lineage.moves.first() {
        let store = a_move.to.store;
        let text = format!("a move into the {} is unfinished", store.noun());
        let next = Advice::command(format!("keys move --keystore {}", store.as_str()));
        found.push(Finding::new("move_unfinished", text, next));
    }
    if clock < pointers.last_seen {
        let text = format!(
            "this machine's clock ({clock}) is behind the last change of the stored keys ({})",
            pointers.last_seen
        );
        let advice = Advice::command("keys status --accept-clock")
            .with_hint("where the clock is wrong now, set it; overlaps are not used until then");
        found.push(Finding::new("clock_went_back", text, advice));
    }
    found
}

/// What is known of a secret, now.
struct KeyCheck<'a> {
    name: &'a str,
    lineage: &'a KeyLineage,
    now: Now,
}

impl KeyCheck<'_> {
    fn advice(&self, ways: &[Way]) -> Advice {
        advice(ways, self.name, self.lineage.kind)
    }

    /// What leads to a new key: first whatever is in the way of a rotation.
    fn to_rotate(&self) -> Advice {
        match (&self.lineage.rotation, &self.lineage.previous) {
            (Some(_), _) => self.advice(&ways(self.lineage, self.now)),
            (None, Some(_)) => self.advice(&[revoke_previous(self.lineage)]).with_hint("then rotate"),
            (None, None) => self.advice(&[Way::Rotate { compromised: false }]),
        }
    }

    fn age(&self, policy: KeyAgePolicy) -> Option<Finding> {
        let current = self.lineage.current.as_ref()?;
        let age = self.now.latest().since(current.added_at);
        let text = format!("{} is {} old", current.shown, days(age));
        let older = |limit: &Duration| age > *limit;
        if let Some(limit) = policy.max_age.filter(older) {
            let text = format!("{text}; its maximum age is {}", days(limit));
            return Some(Finding::new("too_old", text, self.to_rotate()));
        }
        let limit = policy.warn_at.filter(older)?;
        let text = format!("{text}; rotate it (warning from {} on)", days(limit));
        Some(Finding { fails: false, ..Finding::new("getting_old", text, self.to_rotate()) })
    }

    fn rotation(&self) -> Option<Finding> {
        let rotation = self.lineage.rotation.as_ref()?;
        let (step, began) = (rotation.step.as_str(), rotation.started_at);
        let text = format!("a rotation that began at {began} is unfinished (step: {step})");
        Some(Finding::new("unfinished", text, self.advice(&ways(self.lineage, self.now))))
    }

    fn overlap(&self) -> Option<Finding> {
        let previous = self.lineage.previous.as_ref()?;
        let shown = &previous.stored.shown;
        let next = self.advice(&[revoke_previous(self.lineage)]);
        if previous.compromised {
            let text = format!("{shown} is compromised and not revoked yet");
            return Some(Finding::new("compromised", text, next));
        }
        let text = format!("the overlap of {shown} ended at {}", previous.retire_after);
        (self.now.latest() >= previous.retire_after).then(|| Finding::new("overlap_over", text, next))
    }

    fn superseded(&self) -> Option<Finding> {
        let shown: Vec<&str> = self.lineage.superseded.iter().map(|stored| stored.shown.as_str()).collect();
        if shown.is_empty() {
            return None;
        }
        let text = format!("not used any more and not revoked yet: {}", shown.join(", "));
        Some(Finding::new("superseded", text, self.advice(&[revoke_previous(self.lineage)])))
    }

    fn expiry(&self) -> Option<Finding> {
        let current = self.lineage.current.as_ref()?;
        let at = current.expires_at?;
        let verb = if self.now.latest() >= at { "expired" } else { "expires" };
        let text = format!("{}, the key in use, {verb} at {at}", current.shown);
        let newer = self.lineage.previous.as_ref().filter(|previous| !previous.compromised);
        let next = match (&self.lineage.rotation, newer) {
            // Somebody rolled back to a key that the API ends: the previous one is its successor.
            (None, Some(_)) => self.advice(&[Way::RollBack]),
            _ => self.to_rotate(),
        };
        Some(Finding::new("expires", text, next))
    }
}

/// A duration in the unit that a person would use.
#[must_use]
pub fn days(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", seconds / 60),
        7200..172_800 => format!("{} h", seconds / 3600),
        _ => format!("{} days", seconds / 86_400),
    }
}
