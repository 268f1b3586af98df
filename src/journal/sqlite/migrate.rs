//! From version 1 of the file, which kept answers and requests with their credentials: the tables are written
//! anew without them, and what is left of the old ones is removed from the file and its log.

use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::{Connection, TransactionBehavior};

use crate::credential;

use super::failure::is_busy;
use super::schema::{HELD_BY, SCRUBBED, TABLES, UNSCRUBBED, VERSION, indexes, version};

/// Takes a file to version 3. Two steps, since one transaction cannot do both: the version between
/// them says that the tables are clean and the file is not. Killed anywhere, the next process goes on from
/// there; two at once do each step once.
pub(super) fn clean(connection: &mut Connection) -> rusqlite::Result<()> {
    rewrite(connection)?;
    match scrub(connection) {
        // Somebody reads at this moment: the file works as it is, and the next command tries it again.
        Err(error) if is_busy(&error) => Ok(()),
        done => done,
    }
}

/// Writes every row anew. Names of columns change with it (`response` is `answer`), so that a process of the
/// old version that is still at work cannot write a credential: its update fails, and says so.
fn rewrite(connection: &mut Connection) -> rusqlite::Result<()> {
    add_functions(connection)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if version(&transaction)? == 1 {
        transaction.execute_batch(SET_ASIDE)?;
        transaction.execute_batch(TABLES)?;
        transaction.execute_batch(COPY)?;
        transaction.execute_batch(&indexes())?;
        transaction.pragma_update(None, "user_version", UNSCRUBBED)?;
    }
    transaction.commit()
}

/// Writes the file anew, without its free pages, and empties the log.
fn scrub(connection: &Connection) -> rusqlite::Result<()> {
    if version(connection)? != UNSCRUBBED {
        return Ok(());
    }
    connection.execute_batch("VACUUM")?;
    let is_busy: bool = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    if is_busy {
        return Ok(());
    }
    connection.pragma_update(None, "user_version", SCRUBBED)
}

/// Adds what version 4 has. A file that could not be scrubbed yet gets it too, and keeps its version.
pub(super) fn add_held_by(connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // A statement that cannot be prepared makes SQLite look whether another process has changed the tables.
    if transaction.prepare("SELECT held_by FROM entries").is_err() {
        transaction.execute_batch(HELD_BY)?;
    }
    if version(&transaction)? == SCRUBBED {
        transaction.pragma_update(None, "user_version", VERSION)?;
    }
    transaction.commit()
}

const SET_ASIDE: &str = "
DROP INDEX entries_by_fingerprint;
ALTER TABLE attempts RENAME TO old_attempts;
ALTER TABLE entries RENAME TO old_entries;
";

/// A key that is a credential is cut down, which makes it another key, and sending under another key pays
/// twice. Its first sending is put to 1970, so that it has expired, and a person settles it.
const COPY: &str = "
INSERT INTO entries (id, key, key_source, operation, fingerprint, mode, profile, account, credential, stripe_account,
    stripe_context, base_url, family, method, path, api_version, state, outcome, status, request_id,
    original_request_id, created_at, first_sent_at, last_seen_at, may_have_executed, attempts, told_at, note,
    headers, body, answer_kept, answer)
SELECT id,
    CASE WHEN redacted(key) = key THEN key ELSE redacted(key) || '#' || id END,
    key_source,
    CASE WHEN redacted(operation) = operation THEN operation ELSE redacted(operation) || '#' || id END,
    fingerprint, mode, redacted(profile), redacted(account), credential, redacted(stripe_account),
    redacted(stripe_context), redacted(base_url), family, method, redacted(path), redacted(api_version), state,
    outcome, status, redacted(request_id), redacted(original_request_id), created_at,
    CASE WHEN redacted(key) <> key AND first_sent_at IS NOT NULL THEN 0 ELSE first_sent_at END,
    last_seen_at, may_have_executed, attempts, told_at, redacted(note),
    CAST(redacted_body(headers) AS TEXT), redacted_body(body),
    CASE WHEN redacted_body(response) <> response THEN 'redacted' ELSE 'whole' END, redacted_body(response)
FROM old_entries;
INSERT INTO attempts (entry, number, started_at, finished_at, status, request_id, detail)
SELECT entry, number, started_at, finished_at, status, redacted(request_id), redacted(detail) FROM old_attempts;
DROP TABLE old_attempts;
DROP TABLE old_entries;
";

/// `redacted(TEXT)` and `redacted_body(TEXT or BLOB)`, for the statements above.
fn add_functions(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("redacted", 1, flags, |context: &mut Context<'_>| {
        let text: Option<String> = context.get(0)?;
        Ok(text.map(|text| credential::redact(&text).into_owned()))
    })?;
    connection.create_scalar_function("redacted_body", 1, flags, |context: &mut Context<'_>| {
        let Some(bytes) = context.get_raw(0).as_bytes_or_null()? else { return Ok(None) };
        Ok(Some(credential::redact_body(bytes).unwrap_or_else(|| bytes.to_vec())))
    })
}
