//! Events as they are read. They are made elsewhere, from what operations tell of.

use super::{Method, Operation, Resource, Target, retrieve};
use crate::sandbox::list;
use crate::sandbox::schema::{Field, Kind, field};

/// `/v1/events`.
pub(super) static EVENTS: Resource = Resource {
    object: "event",
    path: "events",
    id: ("evt", 24),
    expandable: &[],
    operations: &[
        Operation {
            method: Method::Get,
            target: Target::Collection,
            fields: &[list::FIELDS, FILTERS],
            run: list::list,
        },
        Operation { method: Method::Get, target: Target::Item, fields: &[], run: retrieve },
    ],
};

const FILTERS: &[Field] = &[field("type", Kind::Text(255))];
