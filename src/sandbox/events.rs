//! Events: what is remembered of each change.

use serde_json::json;

use super::api_error::ApiError;
use super::deliveries::{endpoints, queue};
use super::headers::VERSION;
use super::resources::{Call, Change};

/// The request that made the change; nothing where time did.
pub(super) struct Request<'a> {
    pub(super) id: Option<&'a str>,
    /// Its idempotency key.
    pub(super) key: Option<&'a str>,
}

/// Keeps an event for each change, and a delivery of it for each endpoint that wants it, in the transaction
/// of the change. Tells whether there is anything to deliver.
pub(super) fn record(call: &Call<'_>, changes: &[Change], request: &Request<'_>) -> Result<bool, ApiError> {
    if changes.is_empty() {
        return Ok(false);
    }
    let (endpoints, mut has_deliveries) = (endpoints::all(&call.store)?, false);
    for change in changes {
        let wanting: Vec<_> =
            endpoints.iter().filter(|endpoint| endpoint.wants(change.kind.as_str())).collect();
        let mut data = json!({"object": change.object});
        if let Some(previous) = &change.previous {
            data["previous_attributes"] = previous.clone();
        }
        let id = call.ids.timed_object("evt", call.now, 24);
        let event = json!({
            "id": id,
            "object": "event",
            "api_version": VERSION,
            "created": call.now,
            "data": data,
            "livemode": false,
            "pending_webhooks": wanting.len(),
            "request": {"id": request.id, "idempotency_key": request.key},
            "type": change.kind,
        });
        call.store.insert("event", &event)?;
        for endpoint in wanting {
            queue::add(&call.store, &id, &endpoint.id, call.now)?;
            has_deliveries = true;
        }
    }
    Ok(has_deliveries)
}
