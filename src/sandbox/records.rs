//! The stored answers under idempotency keys: reading and writing them.

use rusqlite::{Connection, OptionalExtension, params};

use super::idempotency::Record;

/// What is stored under a key of an account.
pub(super) fn load(connection: &Connection, account: &str, key: &str) -> rusqlite::Result<Option<Record>> {
    let sql = "SELECT digest, status, body, request_id, received FROM idempotency
               WHERE account = ?1 AND key = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let read = |row: &rusqlite::Row<'_>| {
        Ok(Record {
            digest: row.get(0)?,
            status: row.get(1)?,
            body: row.get(2)?,
            request_id: row.get(3)?,
            received: row.get(4)?,
        })
    };
    statement.query_row([account, key], read).optional()
}

/// Stores an answer, in place of a forgotten one.
pub(super) fn save(
    connection: &Connection,
    account: &str,
    key: &str,
    record: &Record,
) -> rusqlite::Result<()> {
    let sql = "INSERT OR REPLACE INTO idempotency (account, key, digest, status, body, request_id, received)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let Record { digest, status, body, request_id, received } = record;
    let mut statement = connection.prepare_cached(sql)?;
    statement.execute(params![account, key, digest, status, body, request_id, received]).map(|_| ())
}
