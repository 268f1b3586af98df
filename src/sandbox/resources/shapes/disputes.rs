//! The shape of a dispute: every field with its default.

use serde_json::{Map, Value, json};

use crate::sandbox::resources::disputes::EVIDENCE;

/// A new one, without `id` and `object`.
pub(in crate::sandbox) fn shape() -> Value {
    let mut evidence: Map<String, Value> =
        EVIDENCE.iter().map(|field| (field.name.to_owned(), Value::Null)).collect();
    evidence.insert("enhanced_evidence".to_owned(), json!({}));
    json!({
        "amount": 0,
        "balance_transactions": [],
        "charge": null,
        "created": 0,
        "currency": "usd",
        "enhanced_eligibility_types": [],
        "evidence": evidence,
        "evidence_details": {"due_by": null, "enhanced_eligibility": {}, "has_evidence": false, "past_due": false,
            "submission_count": 0, "submission_method": "not_submitted"},
        "intended_submission_method": null,
        "is_charge_refundable": false,
        "livemode": false,
        "metadata": {},
        "payment_intent": null,
        "payment_method_details": null,
        "reason": "general",
        "status": "needs_response",
    })
}
