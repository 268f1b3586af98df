//! The table of keys: which there are, whose they are, what they may do and how long they live.
//!
//! The keys of the home are in it too, so that they can be given an end as any other.

use rusqlite::{Connection, OptionalExtension, Row, params};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::home::SandboxKeys;
use super::permissions::Permissions;
use crate::keys::{ApiKey, KeyKind};

/// A key and what is known of it.
#[derive(Debug, Clone)]
pub(in crate::sandbox) struct KeyRow {
    /// `mk_…`: the name of the key, which is no secret.
    pub(in crate::sandbox) id: String,
    /// The key itself.
    pub(in crate::sandbox) token: SecretString,
    /// Whose it is.
    pub(in crate::sandbox) account: String,
    /// Secret, restricted or publishable.
    pub(in crate::sandbox) kind: KeyKind,
    /// What people call it.
    pub(in crate::sandbox) name: Option<String>,
    /// What people say about it.
    pub(in crate::sandbox) note: Option<String>,
    /// What it may do, where it is a restricted key.
    pub(in crate::sandbox) permissions: Permissions,
    /// When it was made, in Unix seconds.
    pub(in crate::sandbox) created: i64,
    /// From when on it opens nothing, in Unix seconds.
    pub(in crate::sandbox) expires: Option<i64>,
}

const COLUMNS: &str = "id, token, account, kind, name, note, permissions, created, expires";

/// The row of a key.
pub(in crate::sandbox) fn find(connection: &Connection, token: &str) -> rusqlite::Result<Option<KeyRow>> {
    let sql = format!("SELECT {COLUMNS} FROM api_keys WHERE token = ?1");
    connection.prepare_cached(&sql)?.query_row([token], read).optional()
}

/// The row of a key's object.
pub(in crate::sandbox) fn by_id(connection: &Connection, id: &str) -> rusqlite::Result<Option<KeyRow>> {
    let sql = format!("SELECT {COLUMNS} FROM api_keys WHERE id = ?1");
    connection.prepare_cached(&sql)?.query_row([id], read).optional()
}

/// Every key of an account, the newest first.
pub(in crate::sandbox) fn all(connection: &Connection, account: &str) -> rusqlite::Result<Vec<KeyRow>> {
    let sql = format!("SELECT {COLUMNS} FROM api_keys WHERE account = ?1 ORDER BY created DESC, rowid DESC");
    connection.prepare_cached(&sql)?.query_map([account], read)?.collect()
}

/// Gives a key an end.
pub(in crate::sandbox) fn set_expiry(connection: &Connection, id: &str, at: i64) -> rusqlite::Result<()> {
    let sql = "UPDATE api_keys SET expires = ?2 WHERE id = ?1";
    connection.prepare_cached(sql)?.execute(params![id, at]).map(|_| ())
}

/// Adds a key.
pub(in crate::sandbox) fn insert(connection: &Connection, row: &KeyRow) -> rusqlite::Result<()> {
    let sql =
        format!("INSERT OR IGNORE INTO api_keys ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
    let permissions = serde_json::to_string(&row.permissions).unwrap_or_default();
    let values = params![
        row.id,
        row.token.expose_secret(),
        row.account,
        kind_name(row.kind),
        row.name,
        row.note,
        permissions,
        row.created,
        row.expires
    ];
    connection.prepare_cached(&sql)?.execute(values).map(|_| ())
}

/// Puts the keys of the home into the table, where they are not in it yet.
pub(in crate::sandbox) fn ensure(
    connection: &Connection,
    keys: &SandboxKeys,
    now: i64,
) -> rusqlite::Result<()> {
    let home = [
        (&keys.secret, "secret", Permissions::all()),
        (&keys.restricted, "restricted", SandboxKeys::restricted_permissions()),
        (&keys.publishable, "publishable", Permissions::default()),
    ];
    for (key, name, permissions) in home {
        // Looking first spares the file's lock, which a busy server has most of the time.
        if find(connection, key.expose())?.is_some() {
            continue;
        }
        insert(connection, &row_of(key, name, permissions, now, None))?;
    }
    Ok(())
}

/// The row of a new key. Its id is a digest of it, so that it is the same in every file.
pub(in crate::sandbox) fn row_of(
    key: &ApiKey,
    name: &str,
    permissions: Permissions,
    created: i64,
    expires: Option<i64>,
) -> KeyRow {
    let token = key.expose();
    KeyRow {
        id: format!("mk_1{}", &hex::encode(Sha256::digest(token))[..23]),
        token: SecretString::from(token),
        account: key.account().unwrap_or_default(),
        kind: key.kind(),
        name: Some(name.to_owned()),
        note: None,
        permissions,
        created,
        expires,
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<KeyRow> {
    let (token, kind, permissions): (String, String, String) = (row.get(1)?, row.get(3)?, row.get(6)?);
    Ok(KeyRow {
        id: row.get(0)?,
        token: SecretString::from(token),
        account: row.get(2)?,
        kind: kind_of(&kind),
        name: row.get(4)?,
        note: row.get(5)?,
        // What cannot be read permits nothing.
        permissions: serde_json::from_str(&permissions).unwrap_or_default(),
        created: row.get(7)?,
        expires: row.get(8)?,
    })
}

const fn kind_name(kind: KeyKind) -> &'static str {
    match kind {
        KeyKind::Secret => "secret",
        KeyKind::Publishable => "publishable",
        _ => "restricted",
    }
}

fn kind_of(name: &str) -> KeyKind {
    match name {
        "secret" => KeyKind::Secret,
        "publishable" => KeyKind::Publishable,
        _ => KeyKind::Restricted,
    }
}
