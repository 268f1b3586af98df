//! Test and live apart: names that say one mode and hold the other, and live keys in the environment.

use std::collections::BTreeMap;

use crate::keys::KeyKind;
use crate::profile::Mode;

use super::facts::{Facts, Seen};

/// Words in names that promise a mode.
const PROMISES: &[(&str, Mode)] = &[
    ("TEST", Mode::Test),
    ("SANDBOX", Mode::Test),
    ("DEV", Mode::Test),
    ("STAGING", Mode::Test),
    ("LIVE", Mode::Live),
    ("PROD", Mode::Live),
];

pub(super) fn look(facts: &Facts) -> Vec<Seen> {
    let mut seen = Vec::new();
    let mut by_file: BTreeMap<_, Vec<Mode>> = BTreeMap::new();
    for setting in &facts.settings {
        let Some(mode) = setting.key.mode() else { continue };
        let name = setting.name.to_ascii_uppercase();
        let words: Vec<_> = name.split(|c: char| !c.is_ascii_alphanumeric()).collect();
        let promised = PROMISES.iter().find(|(word, _)| words.iter().any(|part| part.starts_with(word)));
        let path = setting.file.clone();
        if let Some((_, promised)) = promised.filter(|(_, promised)| *promised != mode) {
            let text = format!("{} says {promised} and holds the {mode} key {}", setting.name, setting.key);
            seen.push(Seen { text, path: path.clone() });
        }
        match &setting.file {
            Some(file) if setting.key.kind() != KeyKind::Publishable => {
                by_file.entry(file).or_default().push(mode);
            }
            None if mode.is_live() && setting.key.kind() != KeyKind::Publishable => {
                seen.push(Seen::new(format!(
                    "the environment variable {} holds the live key {}, for every program that runs here",
                    setting.name, setting.key
                )));
            }
            _ => {}
        }
    }
    for (file, modes) in by_file {
        if modes.contains(&Mode::Test) && modes.contains(&Mode::Live) {
            let text = "holds secret keys of both modes".to_owned();
            seen.push(Seen { text, path: Some(file.clone()) });
        }
    }
    seen
}
