//! Tax rates.

use super::common::{TEXT, create, retrieve, update};
use super::list;
use super::{Events, Operation, Resource, Target, shapes};
use crate::sandbox::events::event_types;
use crate::sandbox::params::schema::{Field, Kind, field, required};

/// `/v1/tax_rates`.
pub(super) static TAX_RATES: Resource = Resource {
    object: "tax_rate",
    path: "tax_rates",
    id: ("txr", 24),
    shape: shapes::tax_rates::shape,
    events: Events {
        created: Some(event_types::TAX_RATE_CREATED),
        updated: Some(event_types::TAX_RATE_UPDATED),
        deleted: None,
    },
    expandable: &[],
    operations: &[
        Operation::post(Target::Collection, &[CREATE, WRITABLE], create),
        Operation::list(&[
            list::FIELDS,
            &[field("active", Kind::Boolean), field("inclusive", Kind::Boolean)],
        ]),
        Operation::get(Target::Item, &[], retrieve),
        Operation::post(Target::Item, &[WRITABLE, &[field("display_name", Kind::Text(50))]], update),
    ],
};

const CREATE: &[Field] = &[
    required("display_name", Kind::Text(50)),
    required("inclusive", Kind::Boolean),
    required("percentage", Kind::Percent),
];

const WRITABLE: &[Field] = &[
    field("active", Kind::Boolean),
    field("country", Kind::Text(2)),
    field("description", TEXT),
    field("jurisdiction", Kind::Text(50)),
    field("metadata", Kind::Metadata),
    field("state", Kind::Text(255)),
    field(
        "tax_type",
        Kind::Choice(&["gst", "hst", "jct", "pst", "qst", "rst", "sales_tax", "vat", "service_tax"]),
    ),
];
