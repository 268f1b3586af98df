//! Events as they are read. They are made elsewhere, from what operations tell of.

use serde_json::{Value, json};

use super::common::retrieve;
use super::list;
use super::periods::DAY;
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
        Operation { run: list_events, ..Operation::list(&[list::FIELDS, FILTERS]) },
        Operation::get(Target::Item, &[], retrieve_event),
        Operation::post(Target::Action("retry"), &[RETRY], retry),
    ],
};

const FILTERS: &[Field] = &[
    field("delivery_success", Kind::Boolean),
    field("type", Kind::Text(255)),
    field("types", Kind::List(&Kind::Text(255))).at("type"),
];

const RETRY: &[Field] = &[field("webhook_endpoint", Kind::Text(255))];

/// How long events can be read: 30 days, as Stripe's documentation of `GET /v1/events` says.
const KEPT: i64 = 30 * DAY;

/// Lists events of one type, of a family of types (`charge.*`), or of several.
fn list_events(call: &Call<'_>) -> Result<Answer, ApiError> {
    if call.text("type").is_some() && call.values.contains_key("types") {
        let message = "Received both type and types parameters. Please pass in only one.";
        return Err(ApiError::invalid(message).code("parameters_exclusive").param("type"));
    }
    let mut conditions = list::filters(call, &EVENTS, &["type", "delivery_success"]);
    let column = list::column(&EVENTS, "type");
    match call.text("type").map(|kind| (kind, kind.strip_suffix('*'))) {
        Some((_, Some(""))) | None => {}
        Some((_, Some(family))) if family.ends_with('.') => {
            conditions.push((format!("substr({column}, 1, {}) = ?", family.len()), family.to_owned().into()));
        }
        Some((kind, _)) => conditions.push(list::equals(&EVENTS, "type", &json!(kind))),
    }
    if let Some(Value::Bool(all)) = call.values.get("delivery_success") {
        let open =
            "EXISTS (SELECT 1 FROM deliveries WHERE event = objects.id AND state IN ('pending', 'failed'))";
        conditions.push((format!("{open} <> ?"), i64::from(*all).into()));
    }
    conditions.push(("created > ?".to_owned(), (call.now - KEPT).into()));
    list::page(call, &EVENTS, "/v1/events", conditions)
}

fn retrieve_event(call: &Call<'_>) -> Result<Answer, ApiError> {
    let is_over = |answer: &Answer| answer.body["created"].as_i64().is_some_and(|at| at <= call.now - KEPT);
    match retrieve(call)? {
        old if is_over(&old) => Err(ApiError::missing_object(404, EVENTS.object, call.id, "id")),
        event => Ok(event),
    }
}

/// Delivers the event again: what `stripe events resend` asks for.
fn retry(call: &Call<'_>) -> Result<Answer, ApiError> {
    let event = call.load()?;
    let endpoint = call.text("webhook_endpoint");
    match (queue::resend(&call.store, call.id, endpoint, call.now)?, endpoint) {
        (Some(0), Some(id)) => Err(ApiError::missing_object(400, "webhook_endpoint", id, "webhook_endpoint")),
        _ => Ok(Answer::ok(event)),
    }
}
