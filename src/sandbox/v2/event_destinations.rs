//! `/v2/core/event_destinations`: webhook endpoints as v2 knows them, with snapshot events.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::call::Call;
use super::resource::{Operation, Resource};
use crate::sandbox::events::secrets;
use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::resources::fields::Fields;
use crate::sandbox::resources::{Answer, Target};
use crate::sandbox::state::store::Query;
use crate::sandbox::version::API_VERSION;

/// The endpoints that are told of events, as v2 has them.
pub(super) static EVENT_DESTINATIONS: Resource = Resource {
    object: OBJECT,
    permission: "event_destination",
    path: "core/event_destinations",
    operations: &[
        Operation::post(Target::Collection, FIELDS, create),
        Operation::get(Target::Collection, list),
        Operation::get(Target::Item, retrieve),
        Operation::delete(delete),
        Operation::post(Target::Action("disable"), &[], |call| switch(call, "disabled")),
        Operation::post(Target::Action("enable"), &[], |call| switch(call, "enabled")),
    ],
};

/// The kind of object.
const OBJECT: &str = "v2.core.event_destination";

const FIELDS: &[&str] = &[
    "name",
    "type",
    "event_payload",
    "enabled_events",
    "description",
    "metadata",
    "webhook_endpoint",
    "include",
    "snapshot_api_version",
];

fn create(call: &Call<'_>) -> Result<Answer, ApiError> {
    let name = call.needed("name")?;
    for (field, only) in [("type", "webhook_endpoint"), ("event_payload", "snapshot")] {
        let given = call.needed(field)?;
        if given != only {
            let message = format!("The {field} {given:?} is not offered by the sandbox, which has {only:?}.");
            return Err(ApiError::invalid(message).param(field));
        }
    }
    let url = call.body.get("webhook_endpoint").and_then(|endpoint| endpoint["url"].as_str());
    let url =
        url.filter(|url| url.starts_with("https://") || url.starts_with("http://")).ok_or_else(|| {
            let message = "Missing required param: webhook_endpoint.url. It begins with https:// or http://.";
            ApiError::invalid(message).code("parameter_missing").param("webhook_endpoint.url")
        })?;
    let events = call.body.get("enabled_events").and_then(Value::as_array);
    let events = events.filter(|events| !events.is_empty() && events.iter().all(Value::is_string));
    let events = events.ok_or_else(|| {
        let message = "Missing required param: enabled_events. It is a list of types of events, or [\"*\"].";
        ApiError::invalid(message).code("parameter_missing").param("enabled_events")
    })?;
    let id = call.ids.object("ed_test", 24);
    let secret = call.ids.object("whsec", 32);
    let at = timestamp(call.now);
    let mut destination = json!({
        "id": id,
        "object": OBJECT,
        "created": at,
        "description": call.text("description")?.unwrap_or_default(),
        "enabled_events": events,
        "event_payload": "snapshot",
        "events_from": ["self"],
        "livemode": false,
        "metadata": call.body.get("metadata").cloned().unwrap_or_else(|| json!({})),
        "name": name,
        "snapshot_api_version": call.text("snapshot_api_version")?.unwrap_or(API_VERSION),
        "status": "enabled",
        "status_details": null,
        "type": "webhook_endpoint",
        "updated": at,
        "webhook_endpoint": {"signing_secret": null, "url": url},
    });
    call.store.insert(OBJECT, &destination)?;
    secrets::keep(&call.store, &id, &secret)?;
    if call
        .body
        .get("include")
        .is_some_and(|asked| asked.to_string().contains("webhook_endpoint.signing_secret"))
    {
        destination.set("webhook_endpoint.signing_secret", json!(secret));
    }
    Ok(Answer::ok(destination))
}

fn list(call: &Call<'_>) -> Result<Answer, ApiError> {
    let asked = call.query.get("limit").and_then(|limit| limit.text());
    let limit = asked.map_or(Ok(20), str::parse).ok().filter(|limit| (1..=100).contains(limit));
    let limit = limit.ok_or_else(|| ApiError::invalid("This value must be from 1 to 100.").param("limit"))?;
    let data = call.store.list(OBJECT, Query { limit, ..Query::default() })?;
    Ok(Answer::ok(json!({"data": data, "next_page_url": null, "previous_page_url": null})))
}

fn retrieve(call: &Call<'_>) -> Result<Answer, ApiError> {
    load(call).map(Answer::ok)
}

fn delete(call: &Call<'_>) -> Result<Answer, ApiError> {
    load(call)?;
    call.store.delete(OBJECT, call.id)?;
    Ok(Answer::ok(json!({"id": call.id, "object": OBJECT, "deleted": true})))
}

fn switch(call: &Call<'_>, status: &str) -> Result<Answer, ApiError> {
    let mut destination = load(call)?;
    destination.set("status", json!(status));
    destination.set("updated", json!(timestamp(call.now)));
    call.store.update(&destination)?;
    Ok(Answer::ok(destination))
}

fn load(call: &Call<'_>) -> Result<Value, ApiError> {
    let missing = || {
        let message = format!("No such event destination: '{}'", call.id);
        ApiError::refused(404, message).code("not_found")
    };
    call.store.find_alive(OBJECT, call.id)?.ok_or_else(missing)
}

fn timestamp(now: i64) -> String {
    Timestamp::from_second(now).map(|at| format!("{at:.3}")).unwrap_or_default()
}
