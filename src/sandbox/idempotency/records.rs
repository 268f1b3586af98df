//! The stored answers under idempotency keys: reading and writing them.

use rusqlite::{Connection, OptionalExtension, params};

use super::rules::Record;

/// What is stored under a key of an account.
pub(in crate::sandbox) fn load(
    connection: &Connection,
    account: &str,
    key: &str,
) -> rusqlite::Result<Option<Record>> {
    let sql = "SELECT digest, status, body, request_id, received, expires FROM idempotency
               WHERE account = ?1 AND key = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let read = |row: &rusqlite::Row<'_>| {
        Ok(Record {
            digest: row.get(0)?,
            status: row.get(1)?,
            body: row.get(2)?,
            request_id: row.get(3)?,
            received: row.get(4)?,
            expires: row.get(5)?,
        })
    };
    statement.query_row([account, key], read).optional()
}

/// Stores an answer, in place of a forgotten one.
pub(in crate::sandbox) fn save(
    connection: &Connection,
    account: &str,
    key: &str,
    record: &Record,
) -> rusqlite::Result<()> {
    let sql = "INSERT OR REPLACE INTO idempotency
                   (account, key, digest, status, body, request_id, received, expires)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let Record { digest, status, body, request_id, received, expires } = record;
    let mut statement = connection.prepare_cached(sql)?;
    statement.execute(params![account, key, digest, status, body, request_id, received, expires]).map(|_| ())
}

/// How many forgotten keys are removed at once: others wait for the writer meanwhile.
const AT_ONCE: u32 = 2_000;

/// Whether there are keys that are forgotten by now.
pub(in crate::sandbox) fn has_forgotten(connection: &Connection, now: i64) -> rusqlite::Result<bool> {
    connection.prepare_cached("SELECT 1 FROM idempotency WHERE expires <= ?1 LIMIT 1")?.exists([now])
}

/// Removes keys that are forgotten by now, not all of them at once.
pub(in crate::sandbox) fn purge(connection: &Connection, now: i64) -> rusqlite::Result<()> {
    let sql = "DELETE FROM idempotency WHERE rowid IN
                   (SELECT rowid FROM idempotency WHERE expires <= ?1 LIMIT ?2)";
    connection.prepare_cached(sql)?.execute(params![now, AT_ONCE]).map(|_| ())
}
