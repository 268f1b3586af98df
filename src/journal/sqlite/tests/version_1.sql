-- The tables of version 1, as paycli made them while it kept answers with their credentials.
PRAGMA journal_mode = WAL;
BEGIN;
CREATE TABLE entries (
    id TEXT PRIMARY KEY NOT NULL,
    key TEXT NOT NULL UNIQUE,
    key_source TEXT NOT NULL,
    operation TEXT UNIQUE,
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
    headers TEXT NOT NULL,
    body BLOB NOT NULL,
    state TEXT NOT NULL,
    outcome TEXT,
    status INTEGER,
    response BLOB,
    request_id TEXT,
    original_request_id TEXT,
    created_at INTEGER NOT NULL,
    first_sent_at INTEGER,
    last_seen_at INTEGER NOT NULL,
    may_have_executed INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    told_at INTEGER,
    note TEXT
) STRICT;
CREATE INDEX entries_by_fingerprint ON entries (fingerprint, state);
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
PRAGMA user_version = 1;
COMMIT;
