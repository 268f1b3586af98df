//! The schema of the journal in the database, one for each mode, and its version.

use crate::profile::Mode;

/// The version that this code writes. One that is newer is refused: an older writer would lose what it does not
/// know, or write what must not be kept.
pub(super) const VERSION: i32 = 1;

/// Test and live have a schema each, so that no statement can mix them.
pub(super) const fn schema(mode: Mode) -> &'static str {
    match mode {
        Mode::Test => "paycli_test",
        Mode::Live => "paycli_live",
    }
}

/// What takes a schema from one version to the next, from 0 on. One that was released is never changed.
pub(super) const MIGRATIONS: &[&str] = &[VERSION_1];

/// Times of requests are milliseconds since 1970 by the clock of the machine that wrote them, as in the file; the
/// lease of a runner alone is by the clock of the database. `entries.held_by` names the runner that has the
/// entry in flight. Names and ids sort by their bytes, whatever the database's collation.
const VERSION_1: &str = r#"
CREATE TABLE runners (
    id text PRIMARY KEY,
    expires_at timestamptz NOT NULL
);
CREATE TABLE entries (
    id text COLLATE "C" PRIMARY KEY,
    key text COLLATE "C" NOT NULL UNIQUE,
    key_source text NOT NULL,
    operation text COLLATE "C",
    fingerprint bytea NOT NULL,
    mode text NOT NULL,
    profile text NOT NULL,
    account text,
    credential text,
    stripe_account text,
    stripe_context text,
    base_url text NOT NULL,
    family text NOT NULL,
    method text NOT NULL,
    path text NOT NULL,
    api_version text,
    state text NOT NULL,
    outcome text,
    status integer,
    request_id text,
    original_request_id text,
    created_at bigint NOT NULL,
    first_sent_at bigint,
    last_seen_at bigint NOT NULL,
    may_have_executed boolean NOT NULL,
    attempts bigint NOT NULL,
    reported_at bigint,
    note text,
    held_by text,
    headers text NOT NULL,
    body bytea NOT NULL,
    answer_kept text NOT NULL,
    answer bytea
) WITH (fillfactor = 80);
CREATE TABLE attempts (
    entry text COLLATE "C" NOT NULL REFERENCES entries (id),
    number bigint NOT NULL,
    started_at bigint NOT NULL,
    finished_at bigint,
    status integer,
    request_id text,
    detail text,
    PRIMARY KEY (entry, number)
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX entries_by_operation ON entries (operation) WHERE operation IS NOT NULL;
CREATE INDEX entries_by_time ON entries (created_at, id);
CREATE INDEX entries_by_state ON entries (state, created_at, id);
CREATE INDEX entries_open ON entries (created_at, id) WHERE state IN ('sending', 'retryable', 'unknown');
CREATE INDEX entries_unfinished ON entries (fingerprint)
    WHERE state IN ('sending', 'retryable', 'unknown') OR state IN ('succeeded', 'failed') AND reported_at IS NULL;
"#;
