//! Tax rates.

use serde_json::{Value, json};

use super::common::{TEXT, create, retrieve, update};
use super::{Events, Operation, Resource, Target};
use crate::sandbox::list;
use crate::sandbox::schema::{Field, Kind, field, required};

/// `/v1/tax_rates`.
pub(super) static TAX_RATES: Resource = Resource {
    object: "tax_rate",
    path: "tax_rates",
    id: ("txr", 24),
    shape,
    events: Events::new("tax_rate.created", "tax_rate.updated", ""),
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

fn shape() -> Value {
    json!({
        "active": true,
        "country": null,
        "created": 0,
        "description": null,
        "display_name": null,
        "effective_percentage": null,
        "flat_amount": null,
        "inclusive": false,
        "jurisdiction": null,
        "jurisdiction_level": null,
        "livemode": false,
        "metadata": {},
        "percentage": 0,
        "rate_type": "percentage",
        "state": null,
        "tax_type": null,
    })
}
