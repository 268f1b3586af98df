//! The shape of a charge: every field with its default.

use serde_json::{Value, json};

/// A new one, without `id` and `object`.
pub(in crate::sandbox) fn shape() -> Value {
    json!({
        "amount": 0,
        "amount_captured": 0,
        "amount_refunded": 0,
        "application": null, "application_fee": null, "application_fee_amount": null,
        "balance_transaction": null,
        "billing_details": {},
        "calculated_statement_descriptor": "PAYCLI SANDBOX",
        "captured": false,
        "created": 0,
        "currency": "usd",
        "customer": null,
        "description": null,
        "disputed": false,
        "failure_balance_transaction": null, "failure_code": null, "failure_message": null,
        "fraud_details": {},
        "livemode": false,
        "metadata": {},
        "on_behalf_of": null,
        "outcome": {"advice_code": null, "network_advice_code": null, "network_decline_code": null,
            "network_status": "approved_by_network", "reason": null, "risk_level": "normal", "risk_score": 20,
            "seller_message": "Payment complete.", "type": "authorized"},
        "paid": true,
        "payment_intent": null,
        "payment_method": null,
        "payment_method_details": null,
        "radar_options": {},
        "receipt_email": null, "receipt_number": null, "receipt_url": null,
        "refunded": false,
        "review": null,
        "shipping": null,
        "source": null, "source_transfer": null,
        "statement_descriptor": null, "statement_descriptor_suffix": null,
        "status": "succeeded",
        "transfer_data": null, "transfer_group": null,
    })
}
