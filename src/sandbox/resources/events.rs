//! Events as they are read. They are made elsewhere, from what operations tell of.

use serde_json::json;

use super::common::retrieve;
use super::{Events, Operation, Resource, Target};
use crate::sandbox::list;
use crate::sandbox::schema::{Field, Kind, field};

/// `/v1/events`.
pub(super) static EVENTS: Resource = Resource {
    object: "event",
    path: "events",
    id: ("evt", 24),
    shape: || json!({}),
    events: Events::NONE,
    expandable: &[],
    operations: &[Operation::list(&[list::FIELDS, FILTERS]), Operation::get(Target::Item, &[], retrieve)],
};

const FILTERS: &[Field] =
    &[field("type", Kind::Text(255)), field("types", Kind::List(&Kind::Text(255))).at("type")];
