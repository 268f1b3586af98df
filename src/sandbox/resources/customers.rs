//! Customers.

use serde_json::{Value, json};

use super::{ADDRESS, Answer, Call, Method, Operation, Resource, Target, delete, retrieve, update};
use crate::sandbox::api_error::ApiError;
use crate::sandbox::list;
use crate::sandbox::schema::{Field, Kind, field};

/// `/v1/customers`.
pub(super) static CUSTOMERS: Resource = Resource {
    object: "customer",
    path: "customers",
    id: ("cus", 14),
    expandable: &[],
    operations: &[
        Operation { method: Method::Post, target: Target::Collection, fields: &[WRITABLE], run: create },
        Operation {
            method: Method::Get,
            target: Target::Collection,
            fields: &[list::FIELDS, FILTERS],
            run: list::list,
        },
        Operation { method: Method::Get, target: Target::Item, fields: &[], run: retrieve },
        Operation { method: Method::Post, target: Target::Item, fields: &[WRITABLE], run: change },
        Operation { method: Method::Delete, target: Target::Item, fields: &[], run: remove },
    ],
};

const FILTERS: &[Field] = &[field("email", Kind::Text(512))];

const WRITABLE: &[Field] = &[
    field("address", Kind::Object(ADDRESS)),
    field("balance", Kind::Integer(-99_999_999_999, 99_999_999_999)),
    field("business_name", Kind::Text(150)),
    field("description", Kind::Text(5000)),
    field("email", Kind::Email),
    field("individual_name", Kind::Text(150)),
    field("invoice_prefix", Kind::Text(12)),
    field("invoice_settings", Kind::Object(INVOICE_SETTINGS)),
    field("metadata", Kind::Metadata),
    field("name", Kind::Text(256)),
    field("next_invoice_sequence", Kind::Integer(1, 1_000_000_000)),
    field("phone", Kind::Text(20)),
    field("preferred_locales", Kind::List(&Kind::Text(20))),
    field("shipping", Kind::Object(SHIPPING)),
    field("tax_exempt", Kind::Choice(&["none", "exempt", "reverse"])),
];

const INVOICE_SETTINGS: &[Field] = &[
    field("custom_fields", Kind::List(&Kind::Object(CUSTOM_FIELD))),
    field("default_payment_method", Kind::Text(255)),
    field("footer", Kind::Text(5000)),
    field("rendering_options", Kind::Object(RENDERING)),
];

const RENDERING: &[Field] = &[
    field("amount_tax_display", Kind::Choice(&["exclude_tax", "include_inclusive_tax"])),
    field("template", Kind::Text(255)),
];

const CUSTOM_FIELD: &[Field] = &[field("name", Kind::Text(40)), field("value", Kind::Text(140))];

const SHIPPING: &[Field] = &[
    field("address", Kind::Object(ADDRESS)),
    field("name", Kind::Text(5000)),
    field("phone", Kind::Text(5000)),
];

fn create(call: &Call<'_>) -> Result<Answer, ApiError> {
    let mut customer = template(call);
    call.overlay(&mut customer)?;
    call.note("customer.created", &customer);
    call.insert(customer)
}

fn change(call: &Call<'_>) -> Result<Answer, ApiError> {
    update(call, "customer.updated")
}

fn remove(call: &Call<'_>) -> Result<Answer, ApiError> {
    delete(call, "customer.deleted")
}

fn template(call: &Call<'_>) -> Value {
    json!({
        "id": call.new_id(),
        "object": "customer",
        "address": null,
        "balance": 0,
        "business_name": null,
        "created": call.now,
        "currency": null,
        "customer_account": null,
        "default_source": null,
        "delinquent": false,
        "description": null,
        "discount": null,
        "email": null,
        "individual_name": null,
        "invoice_prefix": call.ids.alphanumeric(8).to_uppercase(),
        "invoice_settings": {"custom_fields": null, "default_payment_method": null, "footer": null,
            "rendering_options": null},
        "livemode": false,
        "metadata": {},
        "name": null,
        "next_invoice_sequence": 1,
        "phone": null,
        "preferred_locales": [],
        "shipping": null,
        "tax_exempt": "none",
        "test_clock": null,
    })
}
