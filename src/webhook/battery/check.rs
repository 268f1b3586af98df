//! What a check of the battery is.

use super::forge::{Forge, TestDelivery};

/// How bad it is when a check does not pass, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Others can make the endpoint act, or no event reaches it at all.
    Critical,
    /// Some events are lost, or an old or odd one is acted on.
    Error,
    /// Worth a look: what is sent is signed with the secret, or an official library takes it. The check passes, with
    /// a note.
    Warning,
}

impl Severity {
    /// The name in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// What the endpoint is to do with the deliveries of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Answer each with 2xx.
    Accept,
    /// Answer each with 4xx.
    Refuse,
}

impl Group {
    /// The name in reports and for `--only`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Refuse => "refuse",
        }
    }
}

/// An entry of the battery's table.
#[derive(Debug, Clone, Copy)]
pub struct Check {
    /// Its name, for `--only` and reports. Never changes its meaning.
    pub id: &'static str,
    /// How bad it is when it fails.
    pub severity: Severity,
    /// What the endpoint is to do.
    pub group: Group,
    /// What is sent.
    pub sent: &'static str,
    /// What it means when the endpoint does otherwise.
    pub why: &'static str,
    /// What to change in the endpoint.
    pub fix: &'static str,
    /// Makes the deliveries, which are sent one after the other.
    pub(super) make: fn(&Forge) -> Vec<TestDelivery>,
}

impl Check {
    /// Its deliveries, made by a forge.
    #[must_use]
    pub fn deliveries(&self, forge: &Forge) -> Vec<TestDelivery> {
        (self.make)(&forge.named(self.id))
    }
}
