//! Webhook endpoints. Their secrets are kept beside them, and shown once.

use serde_json::{Value, json};

use super::common::{TEXT, delete, retrieve};
use super::fields::Fields;
use super::list;
use super::{Answer, Call, Events, Operation, Resource, Target, shapes};
use crate::sandbox::events::secrets;
use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::params::schema::{Field, Kind, field, required};

/// `/v1/webhook_endpoints`.
pub(super) static WEBHOOK_ENDPOINTS: Resource = Resource {
    object: "webhook_endpoint",
    path: "webhook_endpoints",
    id: ("we", 24),
    shape: shapes::webhook_endpoints::shape,
    events: Events::NONE,
    expandable: &[],
    operations: &[
        Operation::post(Target::Collection, &[CREATE, WRITABLE], create),
        Operation::list(&[list::CURSORS]),
        Operation::get(Target::Item, &[], retrieve),
        Operation::post(Target::Item, &[UPDATE, WRITABLE], update),
        Operation::delete(delete),
    ],
};

const CREATE: &[Field] = &[
    required("enabled_events", EVENTS),
    required("url", Kind::Url),
    field("api_version", Kind::Text(50)),
    field("connect", Kind::Boolean),
];

const UPDATE: &[Field] =
    &[field("disabled", Kind::Boolean), field("enabled_events", EVENTS), field("url", Kind::Url)];

const WRITABLE: &[Field] = &[field("description", TEXT), field("metadata", Kind::Metadata)];

const EVENTS: Kind = Kind::List(&Kind::Text(255));

fn create(call: &Call<'_>) -> Result<Answer, ApiError> {
    check_events(call)?;
    let mut endpoint = call.new_object(&WEBHOOK_ENDPOINTS);
    call.overlay(&mut endpoint)?;
    call.keep(&endpoint)?;
    let secret = call.ids.object("whsec", 32);
    secrets::keep(&call.store, endpoint["id"].as_str().unwrap_or_default(), &secret)?;
    endpoint.add("secret", json!(secret));
    Ok(Answer::ok(endpoint))
}

fn update(call: &Call<'_>) -> Result<Answer, ApiError> {
    check_events(call)?;
    let mut endpoint = call.load()?;
    call.overlay(&mut endpoint)?;
    if call.values.contains_key("disabled") {
        endpoint.set("status", json!(if call.flag("disabled") { "disabled" } else { "enabled" }));
    }
    call.save(endpoint)
}

/// Each has to look like a type of event, or be `*` alone.
fn check_events(call: &Call<'_>) -> Result<(), ApiError> {
    let Some(Value::Array(events)) = call.values.get("enabled_events") else { return Ok(()) };
    let is_type = |text: &str| {
        text.contains('.')
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || b"._0123456789".contains(&byte))
    };
    let is_good = |(_, event): &(usize, &Value)| {
        let text = event.as_str().unwrap_or_default();
        is_type(text) || (text == "*" && events.len() == 1)
    };
    if events.is_empty() {
        let message = "enabled_events names at least one type of event, or * for all.";
        return Err(ApiError::invalid(message).param("enabled_events"));
    }
    match events.iter().enumerate().find(|event| !is_good(event)) {
        Some((place, event)) => {
            let message =
                format!("{event} is no type of event, such as charge.failed. * for all stands alone.");
            Err(ApiError::invalid(message).param(format!("enabled_events[{place}]")))
        }
        None => Ok(()),
    }
}
