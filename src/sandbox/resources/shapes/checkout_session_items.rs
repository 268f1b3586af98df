//! The shape of a line of a Checkout session: every field with its default.

use serde_json::{Value, json};

/// A new one, without `id` and `object`.
pub(in crate::sandbox) fn shape() -> Value {
    json!({
        "amount_discount": 0, "amount_subtotal": 0, "amount_tax": 0, "amount_total": 0,
        "currency": null, "description": null, "metadata": {}, "price": null, "quantity": 1,
    })
}
