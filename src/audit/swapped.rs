//! Publishable keys under the names of secret ones, and the other way round.

use crate::keys::KeyKind;

use super::facts::{Facts, Seen};

const PUBLISHABLE_NAMES: &[&str] = &[
    "PUBLISHABLE",
    "PUBLIC_KEY",
    "NEXT_PUBLIC_",
    "REACT_APP_",
    "VITE_",
    "EXPO_PUBLIC_",
    "NUXT_PUBLIC_",
    "GATSBY_",
    "VUE_APP_",
];

const SECRET_NAMES: &[&str] = &["SECRET", "PAYCLI_API_KEY", "STRIPE_API_KEY", "RESTRICTED", "PRIVATE"];

pub(super) fn look(facts: &Facts) -> Vec<Seen> {
    let seen = facts.settings.iter().filter_map(|setting| {
        let name = setting.name.to_ascii_uppercase();
        let says = |names: &[&str]| names.iter().any(|part| name.contains(part));
        let (is_publishable, key) = (setting.key.kind() == KeyKind::Publishable, &setting.key);
        let text = if says(PUBLISHABLE_NAMES) && !is_publishable {
            format!(
                "{} is for a publishable key, and holds the {} key {key}",
                setting.name,
                key.kind().as_str()
            )
        } else if says(SECRET_NAMES) && !says(PUBLISHABLE_NAMES) && is_publishable {
            format!("{} is for a secret key, and holds the publishable key {key}", setting.name)
        } else {
            return None;
        };
        Some(Seen { text, path: setting.file.clone() })
    });
    seen.collect()
}
