//! Ids and keys that stand in a file twice, found in the memory of a few: what was seen is in a temporary
//! database, which SQLite writes to the disk as it grows and which nobody else can open.

use rusqlite::{Connection, params};

/// What was seen of a file.
#[derive(Debug)]
pub(super) struct Seen(Connection);

impl Seen {
    pub(super) fn new() -> rusqlite::Result<Self> {
        // The empty name is a temporary file of SQLite's own, without a name in the folder.
        let connection = Connection::open("")?;
        connection.execute_batch(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -4096;
             CREATE TABLE ids (text TEXT PRIMARY KEY, line INTEGER NOT NULL) STRICT, WITHOUT ROWID;
             CREATE TABLE keys (text TEXT PRIMARY KEY, line INTEGER NOT NULL) STRICT, WITHOUT ROWID;
             BEGIN;",
        )?;
        Ok(Self(connection))
    }

    /// Notes an id; the number of the line that had it before, where one did.
    pub(super) fn id(&self, id: &str, line: u64) -> rusqlite::Result<Option<u64>> {
        self.note(
            "INSERT OR IGNORE INTO ids VALUES (?1, ?2)",
            "SELECT line FROM ids WHERE text = ?1",
            id,
            line,
        )
    }

    /// Notes a key; the number of the line that had it before, where one did.
    pub(super) fn key(&self, key: &str, line: u64) -> rusqlite::Result<Option<u64>> {
        self.note(
            "INSERT OR IGNORE INTO keys VALUES (?1, ?2)",
            "SELECT line FROM keys WHERE text = ?1",
            key,
            line,
        )
    }

    fn note(&self, insert: &str, find: &str, text: &str, line: u64) -> rusqlite::Result<Option<u64>> {
        let number = i64::try_from(line).unwrap_or(i64::MAX);
        if self.0.prepare_cached(insert)?.execute(params![text, number])? == 1 {
            return Ok(None);
        }
        let first: i64 = self.0.prepare_cached(find)?.query_row([text], |row| row.get(0))?;
        Ok(u64::try_from(first).ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_is_told_with_its_line_and_case_counts() {
        let seen = Seen::new().expect("a database");
        assert_eq!(seen.id("a", 1).expect("noted"), None);
        assert_eq!(seen.id("A", 2).expect("noted"), None);
        assert_eq!(seen.key("a", 3).expect("noted"), None);
        assert_eq!(seen.id("a", 4).expect("noted"), Some(1));
        assert_eq!(seen.key("a", 5).expect("noted"), Some(3));
    }
}
