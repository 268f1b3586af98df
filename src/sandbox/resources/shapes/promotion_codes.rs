//! The shape of a promotion code: every field with its default.

use serde_json::{Value, json};

/// A new one, without `id` and `object`.
pub(in crate::sandbox) fn shape() -> Value {
    json!({
        "active": true,
        "code": "",
        "created": 0,
        "customer": null, "customer_account": null,
        "expires_at": null,
        "livemode": false,
        "max_redemptions": null,
        "metadata": {},
        "promotion": {"coupon": null, "type": "coupon"},
        "restrictions": {"first_time_transaction": false, "minimum_amount": null, "minimum_amount_currency": null},
        "times_redeemed": 0,
    })
}
