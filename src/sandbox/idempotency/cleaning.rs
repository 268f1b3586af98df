//! Removing idempotency keys that are forgotten.

use super::records;
use crate::sandbox::state::database::Database;

/// Removes the keys that are forgotten at `now`, in Unix seconds, a few at a time. Where there are none
/// nothing is written.
pub(in crate::sandbox) async fn clean(database: &Database, now: i64) {
    let look = move |connection: &_| records::has_forgotten(connection, now);
    while let Ok(true) = database.read(look).await {
        if database.write(None, move |connection| records::purge(connection, now)).await.is_err() {
            return;
        }
    }
}
