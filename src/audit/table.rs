//! The table of checks. Pure.

use super::facts::{Facts, Origin, Seen};
use super::{file_modes, idempotency, leaks, logs, modes, privilege, rotation, swapped, webhooks};
use crate::scan::Severity;

/// A check: what is looked for, how bad it is, why it matters and how it is mended.
pub struct Check {
    /// The word in JSON and SARIF.
    pub id: &'static str,
    /// What should be so.
    pub title: &'static str,
    /// How bad a finding is.
    pub severity: Severity,
    /// Why it matters.
    pub why: &'static str,
    /// How it is mended.
    pub fix: &'static str,
    /// A command that mends it or leads there, without the program's name.
    pub command: Option<&'static str>,
    /// Looks. `None`: what is needed for it is not there.
    look: fn(&Facts) -> Option<Vec<Seen>>,
}

/// A check and what it saw; `None` where it could not look.
pub struct Checked {
    /// The check.
    pub check: &'static Check,
    /// What it saw.
    pub seen: Option<Vec<Seen>>,
}

impl Checked {
    /// Whether something is wrong.
    #[must_use]
    pub fn fails(&self) -> bool {
        self.seen.as_ref().is_some_and(|seen| !seen.is_empty())
    }
}

/// Every check, in the order in which they are shown.
pub const CHECKS: &[Check] = &[
    Check {
        id: "modes_apart",
        title: "Test and live keys are kept apart",
        severity: Severity::High,
        why: "A live key where a test key is expected moves real money in what looks like a test.",
        fix: "Give each mode its own variable or profile; keep live keys out of the environment of a shell.",
        command: Some("profile list"),
        look: |facts| Some(modes::look(facts)),
    },
    Check {
        id: "least_privilege",
        title: "Restricted keys are used where they are enough",
        severity: Severity::Medium,
        why: "Whoever gets a full secret key can do everything with the account; a restricted key does only what it needs.",
        fix: "Make a restricted key (rk_…) with these permissions in the Dashboard, then rotate to it.",
        command: Some("keys rotate"),
        look: |facts| Some(privilege::look(facts)),
    },
    Check {
        id: "environment_files",
        title: "Environment files hold no keys",
        severity: Severity::High,
        why: "A file with a key is copied, backed up and committed.",
        fix: "Store the key (paycli keys add), run programs with it (paycli exec), and take it out of the file.",
        command: Some("keys add"),
        look: |facts| Some(leaks::of(facts, Origin::EnvironmentFile)),
    },
    Check {
        id: "shell_history",
        title: "The shell's history holds no keys",
        severity: Severity::High,
        why: "A key that was typed stays in a file that many programs read.",
        fix: "Replace the key and delete the line from the history; give keys by --api-key-file or on standard input.",
        command: Some("keys rotate --compromised"),
        look: |facts| Some(leaks::of(facts, Origin::ShellHistory)),
    },
    Check {
        id: "ci_files",
        title: "CI files hold no keys",
        severity: Severity::High,
        why: "Everybody who can read the repository can read its pipelines, and so can every job.",
        fix: "Keep the key in the CI's secret store and name it there; replace the key that was in the file.",
        command: Some("keys rotate --compromised"),
        look: |facts| Some(leaks::of(facts, Origin::CiFile)),
    },
    Check {
        id: "git_remotes",
        title: "Git remotes hold no keys",
        severity: Severity::High,
        why: "git prints the URLs of remotes, and sends them along.",
        fix: "Set the URL without the key (git remote set-url) and replace the key.",
        command: Some("keys rotate --compromised"),
        look: |facts| Some(leaks::of(facts, Origin::GitRemote)),
    },
    Check {
        id: "swapped_keys",
        title: "Publishable and secret keys are where their names say",
        severity: Severity::Critical,
        why: "A secret key under the name of a publishable one is sent to every browser.",
        fix: "Put the keys where they belong, and replace a secret key that was published.",
        command: Some("keys rotate --compromised"),
        look: |facts| Some(swapped::look(facts)),
    },
    Check {
        id: "key_age",
        title: "Keys are not older than the policy allows",
        severity: Severity::Medium,
        why: "The older a key, the more copies of it there are.",
        fix: "Rotate the key.",
        command: Some("keys rotate"),
        look: |facts| rotation::look(facts, &["too_old", "expires"]),
    },
    Check {
        id: "rotation_finished",
        title: "No overlap has run out and no rotation is unfinished",
        severity: Severity::High,
        why: "An old key that is not revoked still works for whoever has it.",
        fix: "Revoke the previous key, or finish the rotation.",
        command: Some("keys status"),
        look: |facts| rotation::look(facts, &["overlap_over", "unfinished", "compromised", "left_over"]),
    },
    Check {
        id: "webhook_secrets_apart",
        title: "Each webhook endpoint and mode has a signing secret of its own",
        severity: Severity::Medium,
        why: "With one secret for two endpoints, a delivery to one can be replayed to the other; with one for both modes, a test event passes for a live one.",
        fix: "Roll the secret of one of the endpoints in the Dashboard and store the new one.",
        command: Some("keys rotate --kind webhook"),
        look: webhooks::shared,
    },
    Check {
        id: "endpoints_https",
        title: "Webhook endpoints use https",
        severity: Severity::High,
        why: "Over http everybody on the way reads what customers pay.",
        fix: "Give the endpoint an https address.",
        command: Some("get webhook_endpoints"),
        look: webhooks::insecure,
    },
    Check {
        id: "idempotency_keys_unique",
        title: "Each idempotency key stands for one operation",
        severity: Severity::High,
        why: "The second operation under a key is refused, or answered with the result of the first.",
        fix: "Make the key of what it stands for: the order and the step, or let paycli make it (--operation NAME).",
        command: Some("journal list"),
        look: idempotency::reused,
    },
    Check {
        id: "idempotency_window",
        title: "No idempotency key is used after the API's window",
        severity: Severity::High,
        why: "After 24 hours (v2: 30 days) the API may have forgotten the key, and would execute the request again.",
        fix: "Look these requests up in the Dashboard and record what became of them.",
        command: Some("journal list --state expired_unknown"),
        look: idempotency::expired,
    },
    Check {
        id: "writes_have_keys",
        title: "Writes in logs have an idempotency key",
        severity: Severity::Medium,
        why: "A write without a key that is repeated after a lost answer is executed twice.",
        fix: "Send an Idempotency-Key with every POST, or send it with paycli.",
        command: Some("help idempotency"),
        look: logs::look,
    },
    Check {
        id: "file_modes",
        title: "Files of paycli are readable by their user alone",
        severity: Severity::Medium,
        why: "The journal tells what was paid by whom; the list of keys tells where they are.",
        fix: "Take the rights of others away (chmod go-rwx).",
        command: Some("doctor"),
        look: file_modes::look,
    },
];

/// Makes every check.
#[must_use]
pub fn audit(facts: &Facts) -> Vec<Checked> {
    CHECKS.iter().map(|check| Checked { check, seen: (check.look)(facts) }).collect()
}
