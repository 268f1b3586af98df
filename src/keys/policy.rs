//! How old a key may get, and what else a scheduled check has to find. Pure: the clock is handed in.

use std::time::Duration;

use crate::advice::Advice;

use super::chain::{Chain, Step};
use super::{Moment, Pointers};

/// The ages of a profile's keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Policy {
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
    chain: &Chain,
    policy: Policy,
    pointers: &Pointers,
    clock: Moment,
) -> Vec<Finding> {
    let now = pointers.now(clock);
    let mut found = Vec::new();
    found.extend(age(name, chain, policy, now));
    found.extend(rotation(name, chain));
    found.extend(overlap(name, chain, now));
    found.extend(expiry(name, chain, now));
    if !chain.doomed.is_empty() {
        let text = format!("{} stored copies of old keys are still to be deleted", chain.doomed.len());
        found.push(Finding::new("left_over", text, Advice::command("keys status")));
    }
    if clock < pointers.last_seen {
        let text = format!(
            "this machine's clock ({clock}) is behind the last change of the stored keys ({}): ages and overlaps are counted from that",
            pointers.last_seen
        );
        found.push(Finding::new("clock_went_back", text, Advice::hint("set the clock")));
    }
    found
}

fn age(name: &str, chain: &Chain, policy: Policy, now: Moment) -> Option<Finding> {
    let current = chain.current.as_ref()?;
    let age = now.since(current.added_at);
    let next = Advice::command(format!("keys rotate --name {name}"));
    let text = format!("{} is {} old", current.shown, days(age));
    let older = |limit: &Duration| age > *limit;
    if let Some(limit) = policy.max_age.filter(older) {
        return Some(Finding::new("too_old", format!("{text}, and {} is the most", days(limit)), next));
    }
    let limit = policy.warn_at.filter(older)?;
    let text = format!("{text}, and is to be rotated from {} on", days(limit));
    Some(Finding { fails: false, ..Finding::new("getting_old", text, next) })
}

fn rotation(name: &str, chain: &Chain) -> Option<Finding> {
    let rotation = chain.rotation.as_ref()?;
    let step = rotation.step;
    let text =
        format!("a rotation that began at {} is unfinished (step: {})", rotation.started_at, step.as_str());
    let other = if step == Step::Promoted { "keys rollback" } else { "keys rotate --abort" };
    let next =
        Advice::command(format!("keys rotate --name {name} --resume")).or(format!("{other} --name {name}"));
    Some(Finding::new("unfinished", text, next))
}

fn overlap(name: &str, chain: &Chain, now: Moment) -> Option<Finding> {
    let previous = chain.previous.as_ref()?;
    let shown = &previous.stored.shown;
    let next = Advice::command(format!("keys revoke --previous --name {name}"));
    if previous.compromised {
        let text = format!("{shown} was given away and is not revoked yet");
        return Some(Finding::new("compromised", text, next));
    }
    let text = format!("the overlap of {shown} ended at {}", previous.retire_after);
    (now >= previous.retire_after).then(|| Finding::new("overlap_over", text, next))
}

fn expiry(name: &str, chain: &Chain, now: Moment) -> Option<Finding> {
    let current = chain.current.as_ref()?;
    let at = current.expires_at?;
    let verb = if now >= at { "ended" } else { "ends" };
    let text = format!("the API {verb} the key in use, {}, at {at}", current.shown);
    Some(Finding::new("expires", text, Advice::command(format!("keys rotate --name {name}"))))
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
