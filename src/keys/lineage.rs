//! What is known of one secret through all its versions. Pure data, and no secret in it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{SecretKind, StoreKind, unix_seconds};
use crate::time::UnixMillis;

/// The longest overlap there is: Stripe's, for API keys.
pub const LONGEST_OVERLAP: Duration = Duration::from_secs(7 * 86_400);

/// How far a clock may be set back before an overlap counts as begun under a wrong one.
const CLOCK_SLACK: Duration = Duration::from_secs(120);

/// The time, as far as it is known: the clock, and the last time that was written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// This machine's clock.
    pub clock: UnixMillis,
    /// The latest time that was ever written down here.
    pub last_seen: UnixMillis,
}

impl Now {
    /// The later of both, by which ages and ends are judged: a clock that went back prolongs nothing.
    #[must_use]
    pub fn latest(self) -> UnixMillis {
        self.clock.max(self.last_seen)
    }
}

/// The versions of one secret: current, previous, staged, superseded, and pending deletion. Every slot that may hold a secret is named here before it is written and until
/// it is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyLineage {
    /// What it is for.
    pub kind: SecretKind,
    /// The version in use.
    pub current: Option<Stored>,
    /// The version before, while it may still be needed.
    pub previous: Option<Previous>,
    /// The change that is under way.
    pub rotation: Option<Rotation>,
    /// Versions that are used for nothing any more and may still work at the API: each is kept until it is
    /// revoked, since it can be revoked only while it is known.
    #[serde(default)]
    pub superseded: Vec<Stored>,
    /// Slots that are to be deleted. The stored name is the one that version 1 gave it.
    #[serde(default, rename = "doomed")]
    pub pending_deletion: Vec<PendingDeletion>,
    /// Versions on their way into another store.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub moves: Vec<Move>,
}

/// A slot that is to be deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingDeletion {
    /// The slot.
    #[serde(flatten)]
    pub place: Place,
    /// The version that is in it, where that is known.
    #[serde(default)]
    pub stored: Option<Stored>,
}

impl From<Place> for PendingDeletion {
    /// A slot whose version is in use elsewhere, or is not known.
    fn from(place: Place) -> Self {
        Self { place, stored: None }
    }
}

impl From<Stored> for PendingDeletion {
    fn from(stored: Stored) -> Self {
        Self { place: stored.place.clone(), stored: Some(stored) }
    }
}

/// A version's way from one store into another: the first slot counts until all are copied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// Where it lies.
    pub from: Place,
    /// Where its copy lies, or will.
    pub to: Place,
}

/// Where a version lies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The store.
    pub store: StoreKind,
    /// The id of its slot, never used twice.
    pub id: String,
}

/// A version that lies in a store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stored {
    /// Where it lies.
    pub place: Place,
    /// As it may be shown: prefix and last four characters.
    pub shown: String,
    /// An HMAC of it under the home's salt.
    pub fingerprint: String,
    /// The kind of the key, as its prefix tells.
    pub key_kind: Option<String>,
    /// Its account, where it is known.
    pub account: Option<String>,
    /// The id of the key's object in the API (`mk_…`), where it is known.
    pub remote_id: Option<String>,
    /// When it was stored here.
    #[serde(with = "unix_seconds")]
    pub added_at: UnixMillis,
    /// When the API ends it, where that is known.
    #[serde(default, with = "unix_seconds::option")]
    pub expires_at: Option<UnixMillis>,
}

/// The version that was current before, during its overlap and until it is revoked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Previous {
    /// The version.
    pub stored: Stored,
    /// Until when it is used where the new one is refused.
    #[serde(with = "unix_seconds")]
    pub retire_after: UnixMillis,
    /// The overlap that was asked for, in seconds; a week, the longest there is, where an earlier paycli did
    /// not write it down.
    #[serde(default = "longest_overlap")]
    pub overlap_seconds: u64,
    /// Whether it is known to others: then it is used for nothing any more.
    pub compromised: bool,
}

const fn longest_overlap() -> u64 {
    LONGEST_OVERLAP.as_secs()
}

/// How far a rotation has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RotationStep {
    /// It is known that something is to be stored, and where.
    Intent,
    /// The new version is in its slot and was read back.
    Stored,
    /// The API takes it, and it is of the same account and mode.
    Verified,
    /// It is the one in use.
    Promoted,
}

impl RotationStep {
    /// The word in JSON and messages.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Intent => "intent",
            Self::Stored => "stored",
            Self::Verified => "verified",
            Self::Promoted => "promoted",
        }
    }
}

/// What becomes of the version in use when a new one takes its place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RotationMode {
    /// It is the previous one, for an overlap.
    #[default]
    Rotate,
    /// It is deleted, and so is the previous one: `keys add`.
    Replace,
}

/// A change of version that is under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rotation {
    /// How far it is.
    pub step: RotationStep,
    /// Where the new version lies, or will.
    pub place: Place,
    /// The new version, once it is known.
    pub new: Option<Stored>,
    /// What was asked for.
    pub plan: Plan,
    /// When it began.
    #[serde(with = "unix_seconds")]
    pub started_at: UnixMillis,
    /// The request that makes the new key, where the API makes it.
    pub remote: Option<Remote>,
    /// How many of the plan's hooks are done.
    pub hooks_done: usize,
}

/// What a rotation was asked to do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// How long the old version stays usable, in seconds.
    pub overlap_seconds: u64,
    /// Whether the old version is known to others.
    pub compromised: bool,
    /// Whether the API is not asked whether it takes the key.
    pub offline: bool,
    /// Commands that get the new secret on standard input, each split into its arguments.
    pub hooks: Vec<Vec<String>>,
    /// What becomes of the version in use.
    #[serde(default)]
    pub mode: RotationMode,
}

/// A request to the API for a new key, so that it can be sent again and be the same one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remote {
    /// The key's object.
    pub id: String,
    /// The request's idempotency key.
    pub idempotency_key: String,
    /// Whether it may have been executed.
    pub sent: bool,
    /// How long the API is asked to let the old key live, in minutes: a request that is sent again has the
    /// same body, whatever was decided meanwhile.
    #[serde(default)]
    pub minutes: Option<u64>,
    /// When it was first sent: the API counts the old key's end from there.
    #[serde(default, with = "unix_seconds::option")]
    pub sent_at: Option<UnixMillis>,
}

impl Remote {
    /// When the API ends the old key at the latest, where a request that makes a new one was sent.
    #[must_use]
    pub fn old_key_ends(&self) -> Option<UnixMillis> {
        let minutes = self.minutes.filter(|_| self.sent)?;
        Some(self.sent_at?.after(Duration::from_secs(minutes.saturating_mul(60))))
    }
}

impl KeyLineage {
    /// A secret of which nothing is stored yet.
    #[must_use]
    pub const fn new(kind: SecretKind) -> Self {
        Self {
            kind,
            current: None,
            previous: None,
            rotation: None,
            superseded: Vec::new(),
            pending_deletion: Vec::new(),
            moves: Vec::new(),
        }
    }

    /// Whether nothing is stored and nothing is owed: it need not be remembered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places().next().is_none() && self.rotation.is_none()
    }

    /// Every slot that may hold a secret.
    pub fn places(&self) -> impl Iterator<Item = &Place> {
        let current = self.current.iter().map(|stored| &stored.place);
        let previous = self.previous.iter().map(|previous| &previous.stored.place);
        let coming = self.staged().map(|rotation| &rotation.place);
        let superseded = self.superseded.iter().map(|stored| &stored.place);
        let copies = self.moves.iter().map(|a_move| &a_move.to);
        let pending_deletion = self.pending_deletion.iter().map(|pending| &pending.place);
        current.chain(previous).chain(coming).chain(superseded).chain(copies).chain(pending_deletion)
    }

    /// The versions that have been stored: in use, previous, superseded, and staged.
    pub fn versions(&self) -> impl Iterator<Item = &Stored> {
        let previous = self.previous.iter().map(|previous| &previous.stored);
        // At its intent it may be stored or not; promoted it is the current one.
        let is_staged =
            |rotation: &&Rotation| matches!(rotation.step, RotationStep::Stored | RotationStep::Verified);
        let staged = self.rotation.iter().filter(is_staged).filter_map(|rotation| rotation.new.as_ref());
        self.current.iter().chain(previous).chain(&self.superseded).chain(staged)
    }

    /// The versions beside the current one, each with what it is: deleting the lineage deletes them too.
    pub fn unused_versions(&self) -> impl Iterator<Item = (&'static str, &Stored)> {
        let previous = self.previous.iter().map(|previous| ("the previous key", &previous.stored));
        let superseded = self.superseded.iter().map(|stored| ("a superseded key", stored));
        let staged = self.staged().and_then(|rotation| rotation.new.as_ref());
        previous.chain(superseded).chain(staged.map(|stored| ("the new key of a rotation", stored)))
    }

    /// Nothing that is written down is later than the clock, and no overlap is longer than was asked for.
    pub fn accept_clock(&mut self, clock: UnixMillis) {
        let known = self.current.iter_mut().chain(&mut self.superseded);
        for stored in known.chain(self.previous.iter_mut().map(|previous| &mut previous.stored)) {
            stored.added_at = stored.added_at.min(clock);
        }
        if let Some(previous) = &mut self.previous {
            let longest = clock.after(Duration::from_secs(previous.overlap_seconds));
            previous.retire_after = previous.retire_after.min(longest);
        }
        if let Some(rotation) = &mut self.rotation {
            rotation.started_at = rotation.started_at.min(clock);
        }
    }

    /// The rotation whose new version is not in use yet. A promoted version is the current one.
    #[must_use]
    pub fn staged(&self) -> Option<&Rotation> {
        self.rotation.as_ref().filter(|rotation| rotation.step < RotationStep::Promoted)
    }

    /// The previous version, while it may be used where the current one is refused.
    #[must_use]
    pub fn overlapping(&self, now: Now) -> Option<&Stored> {
        let previous = self.previous.as_ref()?;
        (!previous.compromised && !previous.is_over(now)).then_some(&previous.stored)
    }
}

impl Previous {
    /// Whether its overlap is over, or more of it is left than was asked for: then it began under a clock
    /// that was ahead of this one, and nobody knows how long ago that was.
    #[must_use]
    pub fn is_over(&self, now: Now) -> bool {
        let left = self.retire_after.since(now.clock);
        now.latest() >= self.retire_after || left > Duration::from_secs(self.overlap_seconds) + CLOCK_SLACK
    }
}
