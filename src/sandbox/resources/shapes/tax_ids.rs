//! The shape of a tax id: every field with its default.

use serde_json::{Value, json};

/// A new one, without `id` and `object`.
pub(in crate::sandbox) fn shape() -> Value {
    json!({
        "country": null,
        "created": 0,
        "customer": null, "customer_account": null,
        "livemode": false,
        "owner": {"customer": null, "customer_account": null, "type": "customer"},
        "type": "eu_vat",
        "value": "",
        "verification": null,
    })
}
