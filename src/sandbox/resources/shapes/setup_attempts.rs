//! The shape of an attempt at a setup intent: every field with its default.

use serde_json::{Value, json};

/// A new one, without `id` and `object`.
pub(in crate::sandbox) fn shape() -> Value {
    json!({
        "application": null,
        "created": 0,
        "customer": null,
        "customer_account": null,
        "flow_directions": null,
        "livemode": false,
        "on_behalf_of": null,
        "payment_method": null,
        "payment_method_details": {"type": "card", "card": {"three_d_secure": null}},
        "setup_error": null,
        "setup_intent": null,
        "status": "succeeded",
        "usage": "off_session",
    })
}
