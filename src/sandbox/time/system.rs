//! The system's clock, looked at in one place.

use std::time::{SystemTime, UNIX_EPOCH};

/// The system's time, in Unix seconds.
pub(in crate::sandbox) fn system_seconds() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
