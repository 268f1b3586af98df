//! Events as they are read. They are made elsewhere, from what operations tell of.

use serde_json::json;

use super::common::retrieve;
use super::list;
use super::{Answer, Call, Events, Operation, Resource, Target};
use crate::sandbox::events::queue;
use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::params::schema::{Field, Kind, field};

/// `/v1/events`.
pub(super) static EVENTS: Resource = Resource {
    object: "event",
    path: "events",
    id: ("evt", 24),
    shape: || json!({}),
    events: Events::NONE,
    expandable: &[],
    operations: &[
        Operation::list(&[list::FIELDS, FILTERS]),
        Operation::get(Target::Item, &[], retrieve),
        Operation::post(Target::Action("retry"), &[RETRY], retry),
    ],
};

const FILTERS: &[Field] =
    &[field("type", Kind::Text(255)), field("types", Kind::List(&Kind::Text(255))).at("type")];

const RETRY: &[Field] = &[field("webhook_endpoint", Kind::Text(255))];

/// Delivers the event again: what `stripe events resend` asks for.
fn retry(call: &Call<'_>) -> Result<Answer, ApiError> {
    let event = call.load()?;
    let endpoint = call.text("webhook_endpoint");
    match (queue::resend(&call.store, call.id, endpoint, call.now)?, endpoint) {
        (Some(0), Some(id)) => Err(ApiError::missing_object(400, "webhook_endpoint", id, "webhook_endpoint")),
        _ => Ok(Answer::ok(event)),
    }
}
