//! The shape of a test clock: every field with its default.

use serde_json::{Value, json};

/// A new test clock.
pub(in crate::sandbox) fn shape() -> Value {
    json!({
        "created": 0,
        "deletes_after": 0,
        "frozen_time": 0,
        "livemode": false,
        "name": null,
        "status": "ready",
        "status_details": {},
    })
}
