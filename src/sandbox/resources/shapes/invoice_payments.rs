//! The shape of a payment of an invoice: every field with its default.

use serde_json::{Value, json};

/// A new one, without `id` and `object`.
pub(in crate::sandbox) fn shape() -> Value {
    json!({
        "amount_paid": null,
        "amount_requested": 0,
        "created": 0,
        "currency": null,
        "invoice": null,
        "is_default": true,
        "livemode": false,
        "payment": {"payment_intent": null, "type": "payment_intent"},
        "status": "open",
        "status_transitions": {"canceled_at": null, "paid_at": null},
    })
}
