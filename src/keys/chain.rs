//! What is known of one secret through all its versions. Pure data, and no secret in it.

use serde::{Deserialize, Serialize};

use super::{Moment, SecretKind, StoreKind};

/// The versions of one secret: the one in use, the one before it, the one that is to come, and what is
/// still to be deleted. Every slot that may hold a secret is named here before it is written and until
/// it is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chain {
    /// What it is for.
    pub kind: SecretKind,
    /// The version in use.
    pub current: Option<Stored>,
    /// The version before, while it may still be needed.
    pub previous: Option<Previous>,
    /// The change that is under way.
    pub rotation: Option<Rotation>,
    /// Slots that are to be deleted.
    #[serde(default)]
    pub doomed: Vec<Place>,
    /// Versions on their way into another store.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub moves: Vec<Move>,
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
    pub added_at: Moment,
    /// When the API ends it, where that is known.
    pub expires_at: Option<Moment>,
}

/// The version before the one in use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Previous {
    /// The version.
    pub stored: Stored,
    /// Until when it is used where the new one is refused.
    pub retire_after: Moment,
    /// Whether it is known to others: then it is used for nothing any more.
    pub compromised: bool,
}

/// How far a rotation has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// It is known that something is to be stored, and where.
    Intent,
    /// The new version is in its slot and was read back.
    Stored,
    /// The API takes it, and it is of the same account and mode.
    Verified,
    /// It is the one in use.
    Promoted,
}

impl Step {
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

/// A change of version that is under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rotation {
    /// How far it is.
    pub step: Step,
    /// Where the new version lies, or will.
    pub place: Place,
    /// The new version, once it is known.
    pub new: Option<Stored>,
    /// What was asked for.
    pub plan: Plan,
    /// When it began.
    pub started_at: Moment,
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
}

/// A request to the API for a new key, so that it can be sent again and be the same one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remote {
    /// The key's object.
    pub id: String,
    /// The request's idempotency key.
    pub idempotency_key: String,
    /// Whether it may have been sent.
    pub sent: bool,
    /// When it was first sent. The API counts the old key's end from a request that came later than that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested_at: Option<Moment>,
}

impl Chain {
    /// A secret of which nothing is stored yet.
    #[must_use]
    pub const fn new(kind: SecretKind) -> Self {
        Self { kind, current: None, previous: None, rotation: None, doomed: Vec::new(), moves: Vec::new() }
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
        // A promoted version is the current one.
        let coming = self.rotation.iter().filter(|rotation| rotation.step < Step::Promoted);
        let copies = self.moves.iter().map(|a_move| &a_move.to);
        let staged = coming.map(|rotation| &rotation.place);
        current.chain(previous).chain(staged).chain(copies).chain(&self.doomed)
    }

    /// The versions that have been stored: in use, previous, and staged.
    pub fn versions(&self) -> impl Iterator<Item = &Stored> {
        let previous = self.previous.iter().map(|previous| &previous.stored);
        // At its intent it may be stored or not; promoted it is the current one.
        let is_staged = |rotation: &&Rotation| matches!(rotation.step, Step::Stored | Step::Verified);
        let staged = self.rotation.iter().filter(is_staged).filter_map(|rotation| rotation.new.as_ref());
        self.current.iter().chain(previous).chain(staged)
    }

    /// The previous version, while it may be used where the current one is refused. `now` is the later of
    /// the clock and the last moment that was written down, so that a clock that went back prolongs nothing.
    #[must_use]
    pub fn overlapping(&self, now: Moment) -> Option<&Stored> {
        let previous = self.previous.as_ref()?;
        (!previous.compromised && now < previous.retire_after).then_some(&previous.stored)
    }
}
