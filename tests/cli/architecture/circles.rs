//! Finding circles: files that know each other, whatever the way round.

use std::collections::{BTreeMap, BTreeSet};

/// Who knows whom.
pub(super) type Arrows<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

/// Every largest set of at least two in which each reaches each other, sorted.
pub(super) fn circles<'a>(arrows: &Arrows<'a>) -> Vec<Vec<&'a str>> {
    let reached: BTreeMap<&str, BTreeSet<&str>> =
        arrows.keys().map(|from| (*from, reached_from(from, arrows))).collect();
    let mut found: BTreeSet<Vec<&str>> = BTreeSet::new();
    for (from, to) in &reached {
        let is_mutual = |other: &&&str| reached.get(**other).is_some_and(|back| back.contains(from));
        let circle: Vec<&str> = to.iter().filter(is_mutual).copied().collect();
        if circle.len() > 1 {
            found.insert(circle);
        }
    }
    found.into_iter().collect()
}

fn reached_from<'a>(from: &str, arrows: &Arrows<'a>) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut todo: Vec<&str> = arrows.get(from).into_iter().flatten().copied().collect();
    while let Some(next) = todo.pop() {
        if reached.insert(next) {
            todo.extend(arrows.get(next).into_iter().flatten());
        }
    }
    reached
}
