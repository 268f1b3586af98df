//! What was found, for people and for programs. No form of it holds a whole secret.

mod human;
mod json;
pub mod sarif;

use std::path::Path;

use sha2::{Digest, Sha256};

use super::patterns::redacted;
use super::{Alive, Finding, Scan};
use crate::advice::Advice;
use crate::keys::SecretKind;

pub use human::human;
pub use json::{ReportJson, json};
pub use sarif::sarif;

/// A scan that is ready to be told of.
pub struct Report<'a> {
    /// What was found, and what was not read.
    pub scan: &'a Scan,
    /// The leaks with what is known of them, without those that the baseline knows.
    pub findings: &'a [Finding],
    /// How many leaks the baseline knows.
    pub in_baseline: u64,
    /// What the reader has to know: a shallow clone, submodules that were not read.
    pub notes: &'a [String],
    /// Makes a whole command of one in an [`Advice`].
    pub complete: &'a dyn Fn(&str) -> String,
}

/// A path as it is shown: as text, with slashes, without a secret that may be in it.
#[must_use]
pub fn shown_path(path: &Path) -> String {
    redacted(&path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/"))
}

/// The same finding in another run, on another machine, has the same fingerprint. It is made of what is shown anyway.
fn fingerprint(finding: &Finding) -> String {
    let leak = &finding.leak;
    let shown = format!("{}\0{}\0{}", finding.kind(), leak.secret.redacted(), shown_path(&leak.path));
    hex::encode(&Sha256::digest(shown.as_bytes())[..16])
}

/// What to do about a finding: a key that is in use is replaced, and so is one that works.
fn advice(finding: &Finding) -> Option<Advice> {
    let kind = kind_option(finding);
    if let Some(in_use) = &finding.in_use {
        let Some(profile) = &in_use.profile else {
            return Some(Advice::hint(format!("revoke it in the Dashboard: {DASHBOARD}")));
        };
        let live = if in_use.mode.is_live() { " --live" } else { "" };
        let name = in_use.name.as_ref().map(|name| format!(" --name {name}")).unwrap_or_default();
        let command = match in_use.version {
            "previous" => format!("keys revoke --previous{kind}{name}"),
            _ => format!("keys rotate --compromised{kind}{name}"),
        };
        return Some(Advice::command(format!("-p {profile}{live} {command}")));
    }
    match finding.alive {
        Some(Alive::Works) => Some(
            Advice::command(rotate(finding)).with_hint(format!("or revoke it in the Dashboard: {DASHBOARD}")),
        ),
        _ => None,
    }
}

/// The command that replaces the worst key of a report, where a key was found.
#[must_use]
pub fn replacement(report: &Report<'_>) -> Option<String> {
    // Of several, an API key: what it is for is known.
    let worst =
        report.findings.iter().max_by_key(|finding| (finding.severity(), finding.key_kind().is_some()))?;
    let of_worst = advice(worst).and_then(|advice| advice.commands.into_iter().next());
    Some((report.complete)(&of_worst.unwrap_or_else(|| rotate(worst))))
}

/// The command that replaces a key, in the profile of its mode. A signing secret tells none.
fn rotate(finding: &Finding) -> String {
    let profile = match finding.key_kind() {
        None => "",
        Some(_) if finding.mode().is_some_and(|mode| !mode.is_live()) => "-p test ",
        Some(_) => "-p live --live ",
    };
    format!("{profile}keys rotate --compromised{}", kind_option(finding))
}

fn kind_option(finding: &Finding) -> &'static str {
    match finding.leak.secret.kind() {
        SecretKind::Webhook => " --kind webhook",
        _ => "",
    }
}

/// Where keys are revoked by hand.
pub const DASHBOARD: &str = "https://dashboard.stripe.com/apikeys";
