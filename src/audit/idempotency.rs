//! Idempotency keys that stand for two operations, and those that were used after the API's window.

use std::collections::BTreeMap;

use super::facts::{Call, Facts, Seen};

pub(super) fn reused(facts: &Facts) -> Option<Vec<Seen>> {
    let mut by_key: BTreeMap<&str, Vec<&Call>> = BTreeMap::new();
    for call in &facts.calls {
        by_key.entry(&call.key).or_default().push(call);
    }
    if by_key.is_empty() {
        return None;
    }
    let reused = by_key.into_iter().filter(|(_, calls)| calls.len() > 1);
    let seen = reused.map(|(key, calls)| {
        let uses: Vec<_> =
            calls.iter().map(|call| format!("{} {} ({})", call.method, call.path, call.mode)).collect();
        Seen::new(format!("{key}: {}", uses.join(", ")))
    });
    Some(seen.collect())
}

pub(super) fn expired(facts: &Facts) -> Option<Vec<Seen>> {
    if facts.calls.is_empty() {
        return None;
    }
    let seen = facts.calls.iter().filter(|call| call.is_expired || call.was_sent_late).map(|call| {
        let what = if call.was_sent_late {
            "was sent again after its window"
        } else {
            "has an unknown outcome, and its window is over"
        };
        Seen::new(format!("{}: {} {} ({}) {what}", call.key, call.method, call.path, call.mode))
    });
    Some(seen.collect())
}
