//! The shape of a customer: every field with its default.

use serde_json::{Value, json};

/// A new one, without `id` and `object`.
pub(in crate::sandbox) fn shape() -> Value {
    json!({
        "address": null,
        "balance": 0,
        "created": 0,
        "currency": null,
        "customer_account": null,
        "default_source": null,
        "delinquent": false,
        "description": null,
        "discount": null,
        "email": null,
        "invoice_prefix": null,
        "invoice_settings": {"custom_fields": null, "default_payment_method": null, "footer": null,
            "rendering_options": null},
        "livemode": false,
        "metadata": {},
        "name": null,
        "next_invoice_sequence": 1,
        "phone": null,
        "preferred_locales": [],
        "shipping": null,
        "tax_exempt": "none",
        "test_clock": null,
    })
}
