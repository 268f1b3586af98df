//! Signing secrets that two endpoints or both modes share, and endpoints without https.

use std::collections::BTreeMap;

use crate::keys::SecretKind;

use super::facts::{Facts, Seen, StoredKey};

pub(super) fn shared(facts: &Facts) -> Option<Vec<Seen>> {
    let mut by_secret: BTreeMap<&str, Vec<&StoredKey>> = BTreeMap::new();
    for key in facts.stored.iter().filter(|key| key.kind == SecretKind::Webhook) {
        by_secret.entry(&key.fingerprint).or_default().push(key);
    }
    if by_secret.is_empty() {
        return None;
    }
    let shared = by_secret.into_values().filter(|keys| keys.len() > 1);
    let seen = shared.map(|keys| {
        let users: Vec<_> = keys
            .iter()
            .map(|key| format!("{} of profile {} ({})", key.name, key.profile, key.mode))
            .collect();
        Seen::new(format!("{} is one secret for {}", keys[0].shown, users.join(" and ")))
    });
    Some(seen.collect())
}

pub(super) fn insecure(facts: &Facts) -> Option<Vec<Seen>> {
    let endpoints = facts.endpoints.as_ref()?.iter();
    let insecure = endpoints.filter(|endpoint| !endpoint.url.starts_with("https://"));
    Some(
        insecure.map(|endpoint| Seen::new(format!("{} delivers to {}", endpoint.id, endpoint.url))).collect(),
    )
}
