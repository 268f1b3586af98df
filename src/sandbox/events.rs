//! Events: what is remembered of each change.

use serde_json::json;

use super::api_error::ApiError;
use super::headers::VERSION;
use super::resources::{Call, Change};

/// The request that made the change.
pub(super) struct Request<'a> {
    /// Its id.
    pub(super) id: &'a str,
    /// Its idempotency key.
    pub(super) key: Option<&'a str>,
}

/// Keeps an event for each change, in the transaction of the change.
pub(super) fn record(call: &Call<'_>, changes: &[Change], request: &Request<'_>) -> Result<(), ApiError> {
    for change in changes {
        let mut data = json!({"object": change.object});
        if let Some(previous) = &change.previous {
            data["previous_attributes"] = previous.clone();
        }
        let event = json!({
            "id": call.ids.object("evt", 24),
            "object": "event",
            "api_version": VERSION,
            "created": call.now,
            "data": data,
            "livemode": false,
            "pending_webhooks": 0,
            "request": {"id": request.id, "idempotency_key": request.key},
            "type": change.kind,
        });
        call.store.insert("event", &event)?;
    }
    Ok(())
}
