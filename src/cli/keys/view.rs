//! One stored key as it is shown: in words and in JSON, before and after a rotation alike.

use serde::Serialize;

use crate::exit::ExitCode;
use crate::keys::lineage::{KeyLineage, RotationStep, Stored};
use crate::keys::{Finding, KeyAgePolicy, Pointers, Vault, days, findings};
use crate::output::facts;
use crate::profile::Profile;

use crate::cli::context::{Context, Scope};
use crate::cli::failure::Failure;
use crate::time::UnixMillis;

/// A stored key and what is to be said of it.
#[derive(Serialize)]
pub(super) struct KeyJson {
    pub(super) name: String,
    pub(super) kind: &'static str,
    pub(super) current: Option<VersionJson>,
    pub(super) previous: Option<PreviousJson>,
    pub(super) rotation: Option<RotationJson>,
    pub(super) superseded: Vec<VersionJson>,
    left_over: usize,
    pub(super) findings: Vec<FindingJson>,
}

/// One version.
#[derive(Serialize)]
pub(super) struct VersionJson {
    pub(super) key: String,
    pub(super) key_kind: Option<String>,
    pub(super) account: Option<String>,
    pub(super) store: &'static str,
    pub(super) added_at: String,
    age_seconds: u64,
    expires_at: Option<String>,
}

/// The version before.
#[derive(Serialize)]
pub(super) struct PreviousJson {
    key: String,
    store: &'static str,
    retire_after: String,
    usable: bool,
    compromised: bool,
}

/// A rotation that is under way.
#[derive(Serialize)]
pub(super) struct RotationJson {
    step: &'static str,
    new_key: Option<String>,
    started_at: String,
    hooks: usize,
    hooks_done: usize,
}

/// Something that needs somebody.
#[derive(Serialize)]
pub(super) struct FindingJson {
    code: &'static str,
    message: String,
    next_command: Option<String>,
    hint: Option<String>,
    #[serde(skip)]
    others: Vec<String>,
    pub(super) fails: bool,
}

impl FindingJson {
    fn new(finding: Finding, scope: &Scope) -> Self {
        let Finding { code, text, advice, fails } = finding;
        let mut commands = advice.commands.iter().map(|command| scope.complete(command));
        let next_command = commands.next();
        Self { code, message: text, next_command, hint: advice.hint, others: commands.collect(), fails }
    }

    /// What to do about it, a line for each way.
    fn ways(&self) -> impl Iterator<Item = (&'static str, String)> {
        let next = self.next_command.iter().map(|command| ("next", command.clone()));
        let others = self.others.iter().map(|command| ("or", command.clone()));
        next.chain(others).chain(self.hint.iter().map(|hint| ("hint", hint.clone())))
    }
}

/// The policy of a profile.
pub(super) fn policy(profile: &Profile) -> KeyAgePolicy {
    KeyAgePolicy { max_age: profile.max_age, warn_at: profile.warn_at }
}

impl KeyJson {
    /// What is known of a key, as of now.
    pub(super) fn new(
        name: &str,
        lineage: &KeyLineage,
        policy: KeyAgePolicy,
        pointers: &Pointers,
        clock: UnixMillis,
        scope: &Scope,
    ) -> Self {
        let now = pointers.now(clock);
        let findings = findings(name, lineage, policy, pointers, clock);
        Self {
            name: name.to_owned(),
            kind: lineage.kind.as_str(),
            current: lineage.current.as_ref().map(|stored| version(stored, now.latest())),
            previous: lineage.previous.as_ref().map(|previous| PreviousJson {
                key: previous.stored.shown.clone(),
                store: previous.stored.place.store.as_str(),
                retire_after: previous.retire_after.to_string(),
                usable: lineage.overlapping(now).is_some(),
                compromised: previous.compromised,
            }),
            rotation: lineage.rotation.as_ref().map(|rotation| RotationJson {
                step: rotation.step.as_str(),
                new_key: rotation.new.as_ref().map(|new| new.shown.clone()),
                started_at: rotation.started_at.to_string(),
                hooks: rotation.plan.hooks.len(),
                hooks_done: rotation.hooks_done,
            }),
            superseded: lineage.superseded.iter().map(|stored| version(stored, now.latest())).collect(),
            left_over: lineage.pending_deletion.len(),
            findings: findings.into_iter().map(|finding| FindingJson::new(finding, scope)).collect(),
        }
    }

    /// The same key, with more to be said of it.
    pub(super) fn and_findings(mut self, found: Vec<Finding>, scope: &Scope) -> Self {
        self.findings.extend(found.into_iter().map(|finding| FindingJson::new(finding, scope)));
        self
    }

    /// How it is, in a word or two.
    pub(super) fn state(&self) -> &'static str {
        match (&self.rotation, &self.previous) {
            (Some(_), _) => "rotation unfinished",
            (None, Some(previous)) if previous.usable => "in its overlap",
            (None, Some(_)) => "old key to revoke",
            (None, None) if !self.superseded.is_empty() => "old keys to revoke",
            (None, None) if self.current.is_none() => "to be deleted",
            (None, None) => "ok",
        }
    }

    /// The key as a row of a table.
    pub(super) fn row(&self) -> Vec<String> {
        let current = self.current.as_ref();
        let text = |value: Option<String>| value.unwrap_or_else(|| "-".into());
        vec![
            self.name.clone(),
            self.kind.to_owned(),
            text(current.map(|current| current.key.clone())),
            text(current.and_then(|current| current.account.clone())),
            text(current.map(|current| current.store.to_owned())),
            text(current.map(|current| days(current.age()))),
            self.state().to_owned(),
        ]
    }

    /// The key in words, a few lines.
    pub(super) fn words(&self) -> String {
        let mut lines = vec![("name", format!("{} ({})", self.name, self.kind))];
        if let Some(current) = &self.current {
            lines.push(("in use", current.key.clone()));
            lines.push(("account", current.account.clone().unwrap_or_else(|| "not known".into())));
            let age = days(std::time::Duration::from_secs(current.age_seconds));
            lines.push(("stored", format!("in the {}, {age} ago ({})", current.store, current.added_at)));
        }
        if let Some(previous) = &self.previous {
            let state = match previous {
                PreviousJson { compromised: true, .. } => "compromised, not used".to_owned(),
                PreviousJson { usable: true, .. } => format!("usable until {}", previous.retire_after),
                PreviousJson { .. } => format!("overlap until {}, not used", previous.retire_after),
            };
            lines.push(("previous", format!("{}, {state}", previous.key)));
        }
        if let Some(rotation) = &self.rotation {
            let new = rotation.new_key.as_deref().unwrap_or("a new key");
            let hooks = match rotation {
                RotationJson { step, hooks, hooks_done, .. } if *step == RotationStep::Promoted.as_str() => {
                    format!(", {hooks_done} of {hooks} hooks done")
                }
                _ => String::new(),
            };
            lines.push(("rotation", format!("unfinished: {new} is {}{hooks}", rotation.step)));
        }
        for finding in &self.findings {
            lines.push((if finding.fails { "finding" } else { "soon" }, finding.message.clone()));
            lines.extend(finding.ways());
        }
        let lines: Vec<_> = lines.iter().map(|(name, value)| (*name, value.as_str())).collect();
        facts(&lines)
    }
}

impl VersionJson {
    /// How long ago it was stored.
    pub(super) const fn age(&self) -> std::time::Duration {
        std::time::Duration::from_secs(self.age_seconds)
    }
}

fn version(stored: &Stored, now: UnixMillis) -> VersionJson {
    VersionJson {
        key: stored.shown.clone(),
        key_kind: stored.key_kind.clone(),
        account: stored.account.clone(),
        store: stored.place.store.as_str(),
        added_at: stored.added_at.to_string(),
        age_seconds: now.since(stored.added_at).as_secs(),
        expires_at: stored.expires_at.map(|at| at.to_string()),
    }
}

/// Shows a key as it is after something was done with it.
pub(super) fn show_after(
    context: &Context,
    vault: &Vault<'_>,
    profile: &Profile,
    name: &str,
    done: &str,
) -> Result<ExitCode, Failure> {
    #[derive(Serialize)]
    struct AfterJson<'a> {
        schema: u32,
        done: &'a str,
        profile: &'a str,
        mode: &'a str,
        key: Option<KeyJson>,
    }
    let pointers = vault.known()?;
    let lineage = pointers.lineages.get(&format!("{}/{name}", profile.name));
    let key = lineage.map(|lineage| {
        KeyJson::new(name, lineage, policy(profile), &pointers, vault.clock(), &context.scope())
    });
    if context.printer.is_json() {
        let (profile, mode) = (profile.name.as_str(), profile.mode.as_str());
        return context.print_json(&AfterJson { schema: 1, done, profile, mode, key });
    }
    match key {
        Some(key) => context.printer.line(&key.words())?,
        None => context.printer.line(&format!("{done}: {name} of the profile {}", profile.name))?,
    };
    Ok(ExitCode::Success)
}
