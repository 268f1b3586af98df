//! Ids of entries: UUIDs of version 7, which sort by the time at which they were made.

use uuid::{ContextV7, Timestamp, Uuid};

use crate::time::UnixMillis;

/// A new id.
pub(super) fn row_id(now: UnixMillis) -> String {
    let (seconds, millis) = (now.0.div_euclid(1000), now.0.rem_euclid(1000));
    let (seconds, nanos) =
        (u64::try_from(seconds).unwrap_or(0), u32::try_from(millis).unwrap_or(0) * 1_000_000);
    Uuid::new_v7(Timestamp::from_unix(ContextV7::new(), seconds, nanos)).to_string()
}
