//! The account that the keys belong to: what `GET /v1/account` answers.

use serde_json::json;

use super::{Answer, Call, Method, Operation, Resource, Target};
use crate::sandbox::api_error::ApiError;

/// There is one, and its id is in every key.
pub(super) static ACCOUNT: Resource = Resource {
    object: "account",
    path: "account",
    id: ("acct", 16),
    expandable: &[],
    operations: &[Operation { method: Method::Get, target: Target::Single, fields: &[], run: show }],
};

#[expect(clippy::unnecessary_wraps, reason = "the table of operations gives the form")]
fn show(call: &Call<'_>) -> Result<Answer, ApiError> {
    let Call { account, .. } = call;
    Ok(Answer::ok(json!({
        "id": account,
        "object": "account",
        "business_type": null,
        "capabilities": {"card_payments": "active", "transfers": "active"},
        "charges_enabled": true,
        "country": "US",
        "default_currency": "usd",
        "details_submitted": true,
        "email": "sandbox@example.com",
        "metadata": {},
        "payouts_enabled": true,
        "settings": {"dashboard": {"display_name": "paycli sandbox", "timezone": "Etc/UTC"}},
        "type": "standard",
    })))
}
