//! Full secret keys where a restricted one would do, with the permissions that would have been enough.

use std::collections::BTreeSet;

use crate::keys::KeyKind;

use super::facts::{Call, Facts, Seen};

/// Folders of objects, which are no objects themselves (Stripe API reference).
const FOLDERS: &[&str] = &[
    "apps",
    "billing",
    "billing_portal",
    "checkout",
    "climate",
    "core",
    "entitlements",
    "financial_connections",
    "forwarding",
    "iam",
    "identity",
    "issuing",
    "money_management",
    "radar",
    "reporting",
    "sigma",
    "tax",
    "terminal",
    "test_helpers",
    "treasury",
];

pub(super) fn look(facts: &Facts) -> Vec<Seen> {
    let stored = facts.stored.iter().filter(|key| key.has_full_access());
    let of_stored = stored.map(|key| {
        let permissions = permissions(
            facts.calls.iter().filter(|call| call.profile == key.profile && call.mode == key.mode),
        );
        Seen::new(format!("profile {} uses the full key {}. {permissions}", key.profile, key.shown))
    });
    let is_full = |kind| matches!(kind, KeyKind::Secret | KeyKind::Organization);
    let variables =
        facts.settings.iter().filter(|setting| setting.file.is_none() && is_full(setting.key.kind()));
    let of_variables = variables.map(|setting| {
        let of_mode =
            facts.calls.iter().filter(|call| setting.key.mode().is_none_or(|mode| mode == call.mode));
        Seen::new(format!("{} holds the full key {}. {}", setting.name, setting.key, permissions(of_mode)))
    });
    of_stored.chain(of_variables).collect()
}

/// The smallest set of permissions that would have served some calls.
fn permissions<'a>(calls: impl Iterator<Item = &'a Call>) -> String {
    let resources: BTreeSet<_> = calls.filter_map(|call| resource(&call.path)).collect();
    if resources.is_empty() {
        return "The journal shows no write of the last 90 days: a key that only reads may be enough".into();
    }
    let list: Vec<_> = resources.iter().map(|resource| format!("{resource}=write")).collect();
    format!("Its writes of the last 90 days need: {} (and read access to what is only read)", list.join(" "))
}

/// The kind of object of a path: `payment_intents` of `/v1/payment_intents/pi_1/capture`, `billing/meter_events`.
fn resource(path: &str) -> Option<String> {
    let path = path.split('?').next().unwrap_or_default();
    let mut parts = path.trim_start_matches('/').split('/').skip(1);
    let first = parts.next().filter(|part| !part.is_empty())?;
    match parts.next() {
        Some(second) if FOLDERS.contains(&first) => Some(format!("{first}/{second}")),
        _ => Some(first.to_owned()),
    }
}
