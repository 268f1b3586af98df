//! The shape of a discount: every field with its default.

use serde_json::{Value, json};

/// A new one, without `id` and `object`.
pub(in crate::sandbox) fn shape() -> Value {
    json!({
        "checkout_session": null,
        "customer": null,
        "customer_account": null,
        "end": null,
        "invoice": null,
        "invoice_item": null,
        "promotion_code": null,
        "source": {"coupon": null, "type": "coupon"},
        "start": 0,
        "subscription": null,
        "subscription_item": null,
    })
}
