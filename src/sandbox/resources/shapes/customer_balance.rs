//! The shape of a transaction of a customer's balance: every field with its default.

use serde_json::{Value, json};

/// A new one, without `id` and `object`.
pub(in crate::sandbox) fn shape() -> Value {
    json!({
        "amount": 0,
        "checkout_session": null,
        "created": 0,
        "credit_note": null,
        "currency": null,
        "customer": null,
        "customer_account": null,
        "description": null,
        "ending_balance": 0,
        "invoice": null,
        "livemode": false,
        "metadata": {},
        "type": "adjustment",
    })
}
