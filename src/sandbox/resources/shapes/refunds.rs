//! The shape of a refund: every field with its default.

use serde_json::{Value, json};

/// A new one, without `id` and `object`.
pub(in crate::sandbox) fn shape() -> Value {
    json!({
        "amount": 0,
        "balance_transaction": null,
        "charge": null,
        "created": 0,
        "currency": "usd",
        "customer": null, "customer_account": null,
        "destination_details": {"type": "card", "card": {"reference_status": "pending",
            "reference_type": "acquirer_reference_number", "type": "refund"}},
        "metadata": {},
        "payment_intent": null, "payment_method": null,
        "reason": null,
        "receipt_number": null,
        "source_transfer_reversal": null,
        "status": "succeeded",
        "transfer_reversal": null,
    })
}
