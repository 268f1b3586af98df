//! The schema of the journal's file, and its version.

use rusqlite::Connection;

/// The version that this code writes. A file of a newer version is refused: an older writer would lose
/// what it does not know, or write what must not be kept.
pub(super) const VERSION: i64 = 4;

/// The tables without [`HELD_BY`], and no bytes of credentials left in the file.
pub(super) const SCRUBBED: i64 = 3;

/// The same tables, carried over from version 1, while the bytes of credentials that were taken out may still
/// lie in free pages of the file or in its log.
pub(super) const UNSCRUBBED: i64 = 2;

/// What version 4 adds: the batch that has an entry in flight, by the name of its lease.
pub(super) const HELD_BY: &str = "ALTER TABLE entries ADD COLUMN held_by TEXT";

/// Bodies stand last, so that what is listed is read without them. The indexes:
/// `entries_unfinished` holds what the same request would go on with, and nothing else, so that a request that
/// was made a million times before is begun as quickly as a new one; `entries_open` is what `resume --all`
/// follows; `entries_by_time` and `entries_by_state` are what lists follow.
pub(super) const TABLES: &str = "
CREATE TABLE entries (
    id TEXT PRIMARY KEY NOT NULL,
    key TEXT NOT NULL UNIQUE,
    key_source TEXT NOT NULL,
    operation TEXT,
    fingerprint BLOB NOT NULL,
    mode TEXT NOT NULL,
    profile TEXT NOT NULL,
    account TEXT,
    credential TEXT,
    stripe_account TEXT,
    stripe_context TEXT,
    base_url TEXT NOT NULL,
    family TEXT NOT NULL,
    method TEXT NOT NULL,
    path TEXT NOT NULL,
    api_version TEXT,
    state TEXT NOT NULL,
    outcome TEXT,
    status INTEGER,
    request_id TEXT,
    original_request_id TEXT,
    created_at INTEGER NOT NULL,
    first_sent_at INTEGER,
    last_seen_at INTEGER NOT NULL,
    may_have_executed INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    told_at INTEGER,
    note TEXT,
    headers TEXT NOT NULL,
    body BLOB NOT NULL,
    answer_kept TEXT NOT NULL,
    answer BLOB
) STRICT;
CREATE TABLE attempts (
    entry TEXT NOT NULL REFERENCES entries (id),
    number INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    finished_at INTEGER,
    status INTEGER,
    request_id TEXT,
    detail TEXT,
    PRIMARY KEY (entry, number)
) STRICT, WITHOUT ROWID;
";

/// Made after the rows where there are any already.
pub(super) fn indexes() -> String {
    format!(
        "CREATE UNIQUE INDEX entries_by_operation ON entries (operation) WHERE operation IS NOT NULL;
         CREATE INDEX entries_by_time ON entries (created_at, id);
         CREATE INDEX entries_by_state ON entries (state, created_at, id);
         CREATE INDEX entries_open ON entries (created_at, id) WHERE {OPEN};
         CREATE INDEX entries_unfinished ON entries (fingerprint) WHERE {UNFINISHED};"
    )
}

/// What has no final result.
pub(super) const OPEN: &str = "state IN ('sending', 'retryable', 'unknown')";

/// What a run of the same request goes on with: what has no final result, and what has one that was not
/// reported to its caller.
pub(super) const UNFINISHED: &str =
    "(state IN ('sending', 'retryable', 'unknown') OR state IN ('succeeded', 'failed') AND told_at IS NULL)";

pub(super) fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}
