//! What the data file remembers besides objects: how far its clock is off, and where events are forwarded.

use rusqlite::{Connection, OptionalExtension};

/// How many seconds the sandbox's clock is ahead of the system's.
pub(in crate::sandbox) const CLOCK_OFFSET: &str = "clock_offset";

/// The address that is told of all events, while a server is there to tell it.
pub(in crate::sandbox) const FORWARD_TO: &str = "forward_to";

/// What becomes of a subscription when the last attempt to collect its invoice has failed.
pub(in crate::sandbox) const AFTER_RETRIES: &str = "after_retries";

/// What an account is set to do with a subscription when the last attempt to collect its invoice has failed, as in
/// the billing settings of Stripe's Dashboard.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AfterRetries {
    /// It is canceled.
    #[default]
    Cancel,
    /// It stays, and its invoices stay drafts.
    Unpaid,
    /// It goes on as it is.
    PastDue,
}

impl AfterRetries {
    /// The state that the subscription is in then.
    pub(in crate::sandbox) const fn as_status(self) -> &'static str {
        match self {
            Self::Cancel => "canceled",
            Self::Unpaid => "unpaid",
            Self::PastDue => "past_due",
        }
    }
}

/// The value of a setting.
pub(in crate::sandbox) fn get(connection: &Connection, name: &str) -> rusqlite::Result<Option<String>> {
    let sql = "SELECT value FROM settings WHERE name = ?1";
    connection.prepare_cached(sql)?.query_row([name], |row| row.get(0)).optional()
}

/// Gives a setting a value, or none.
pub(in crate::sandbox) fn set(
    connection: &Connection,
    name: &str,
    value: Option<&str>,
) -> rusqlite::Result<()> {
    match value {
        Some(value) => {
            connection.execute("INSERT OR REPLACE INTO settings VALUES (?1, ?2)", [name, value])?
        }
        None => connection.execute("DELETE FROM settings WHERE name = ?1", [name])?,
    };
    Ok(())
}
