//! The tables of how far replays and polling have come.

/// `identity` is what makes a command the same one; `upto` the last row of the store when it began, so that
/// what comes in later is not of it. An item is a row of the store, or the number of an event in a file.
pub(super) const REPLAYS: &str = "
CREATE TABLE replays (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    identity TEXT NOT NULL UNIQUE,
    upto INTEGER NOT NULL,
    started_at INTEGER NOT NULL
) STRICT;
CREATE TABLE replay_items (
    replay INTEGER NOT NULL REFERENCES replays (id) ON DELETE CASCADE,
    item INTEGER NOT NULL,
    PRIMARY KEY (replay, item)
) STRICT, WITHOUT ROWID;
";

/// `place` names the profile, the account and the targets. Everything before `second` is settled; of the events
/// from there on `poll_settled` names those that are.
pub(super) const POLLS: &str = "
CREATE TABLE polls (
    place TEXT PRIMARY KEY,
    second INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE poll_settled (
    place TEXT NOT NULL REFERENCES polls (place) ON DELETE CASCADE,
    event_id TEXT NOT NULL,
    created INTEGER NOT NULL,
    PRIMARY KEY (place, event_id)
) STRICT, WITHOUT ROWID;
";
