//! Ages, overlaps and rotations, by the rules of `keys status`.

use super::facts::{Facts, Seen};

/// What `keys status` says under some codes. Without a stored key there is nothing to look at.
pub(super) fn look(facts: &Facts, codes: &[&str]) -> Option<Vec<Seen>> {
    if facts.stored.is_empty() {
        return None;
    }
    let seen = facts.stored.iter().flat_map(|key| {
        let findings = key.findings.iter().filter(|finding| codes.contains(&finding.code));
        findings.map(|finding| Seen::new(format!("profile {}, {}: {}", key.profile, key.name, finding.text)))
    });
    Some(seen.collect())
}
