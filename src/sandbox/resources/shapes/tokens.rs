//! The shape of a token: every field with its default.

use serde_json::{Value, json};

/// A new one, without `id` and `object`.
pub(in crate::sandbox) fn shape() -> Value {
    json!({"card": null, "client_ip": null, "created": 0, "livemode": false, "type": "card", "used": false})
}
