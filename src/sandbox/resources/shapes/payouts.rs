//! The shape of a payout: every field with its default.

use serde_json::{Value, json};

/// A new one, without `id` and `object`.
pub(in crate::sandbox) fn shape() -> Value {
    json!({
        "amount": 0,
        "application_fee": null, "application_fee_amount": null,
        "arrival_date": 0,
        "automatic": false,
        "balance_transaction": null,
        "created": 0,
        "currency": "usd",
        "description": null,
        "destination": null,
        "failure_balance_transaction": null, "failure_code": null, "failure_message": null,
        "livemode": false,
        "metadata": {},
        "method": "standard",
        "original_payout": null,
        "payout_method": null,
        "reconciliation_status": "not_applicable",
        "reversed_by": null,
        "source_type": "card",
        "statement_descriptor": null,
        "status": "pending",
        "trace_id": {"status": "pending", "value": null},
        "type": "bank_account",
    })
}
