//! Events: what is remembered of each change.

use serde_json::{Value, json};

use super::event_types::EventType;
use super::{endpoints, queue};
use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::state::ids::Ids;
use crate::sandbox::state::store::Store;
use crate::sandbox::version::API_VERSION;

/// Something that happened to an object: what an event is made from.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::sandbox) struct Change {
    /// The event's type, as in `customer.created`.
    pub(in crate::sandbox) kind: EventType,
    /// The object as it was right after that.
    pub(in crate::sandbox) object: Value,
    /// What the fields that changed held before. Only events of the form `….updated` tell it.
    pub(in crate::sandbox) previous: Option<Value>,
}

/// The request that made the change; nothing where time did.
pub(in crate::sandbox) struct Request<'a> {
    pub(in crate::sandbox) id: Option<&'a str>,
    /// Its idempotency key.
    pub(in crate::sandbox) key: Option<&'a str>,
    /// When it was received, or when time came to it, in Unix seconds.
    pub(in crate::sandbox) at: i64,
}

/// Keeps an event for each change, and a delivery of it for each endpoint that wants it, in the transaction
/// of the change. Tells whether there is anything to deliver.
pub(in crate::sandbox) fn record(
    store: &Store<'_>,
    ids: &Ids,
    changes: &[Change],
    request: &Request<'_>,
) -> Result<bool, ApiError> {
    if changes.is_empty() {
        return Ok(false);
    }
    let (endpoints, mut has_deliveries) = (endpoints::all(store)?, false);
    for change in changes {
        let wanting: Vec<_> =
            endpoints.iter().filter(|endpoint| endpoint.wants(change.kind.as_str())).collect();
        let mut data = json!({"object": change.object});
        if let Some(previous) = &change.previous {
            data["previous_attributes"] = previous.clone();
        }
        let id = ids.timed_object("evt", request.at, 24);
        let event = json!({
            "id": id,
            "object": "event",
            "api_version": API_VERSION,
            "created": request.at,
            "data": data,
            "livemode": false,
            "pending_webhooks": wanting.len(),
            "request": {"id": request.id, "idempotency_key": request.key},
            "type": change.kind,
        });
        store.insert("event", &event)?;
        for endpoint in wanting {
            queue::add(store, &id, &endpoint.id, request.at)?;
            has_deliveries = true;
        }
    }
    Ok(has_deliveries)
}
