//! The shape of an item of a subscription: every field with its default.

use serde_json::{Value, json};

/// A new one, without `id` and `object`.
pub(in crate::sandbox) fn shape() -> Value {
    json!({
        "billing_thresholds": null,
        "created": 0,
        "current_period_end": 0,
        "current_period_start": 0,
        "discounts": [],
        "metadata": {},
        "plan": null,
        "price": null,
        "quantity": 1,
        "subscription": null,
        "tax_rates": [],
    })
}
