//! The shape of a payment method: every field with its default.

use serde_json::{Value, json};

/// A new one, without `id` and `object`.
pub(in crate::sandbox) fn shape() -> Value {
    json!({
        "allow_redisplay": "unspecified",
        "billing_details": {
            "address": {"city": null, "country": null, "line1": null, "line2": null, "postal_code": null,
                "state": null},
            "email": null, "name": null, "phone": null, "tax_id": null,
        },
        "card": null,
        "created": 0,
        "customer": null,
        "customer_account": null,
        "livemode": false,
        "metadata": {},
        "radar_options": {},
        "type": "card",
    })
}
