//! Products.

use serde_json::{Value, json};

use super::common::{TEXT, retrieve, unique};
use super::fields::Fields;
use super::list;
use super::prices::{self, PRICES};
use super::{Answer, Call, Events, Link, Operation, Resource, Target, shapes};
use crate::sandbox::events::event_types;
use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::params::schema::{Field, Kind, field, required};

/// `/v1/products`.
pub(super) static PRODUCTS: Resource = Resource {
    object: "product",
    path: "products",
    id: ("prod", 14),
    shape: shapes::products::shape,
    events: Events {
        created: Some(event_types::PRODUCT_CREATED),
        updated: Some(event_types::PRODUCT_UPDATED),
        deleted: Some(event_types::PRODUCT_DELETED),
    },
    expandable: &[("default_price", Link::One(&PRICES))],
    operations: &[
        Operation::post(Target::Collection, &[CREATE, WRITABLE], create),
        Operation::list(&[list::FIELDS, FILTERS]),
        Operation::search(),
        Operation::get(Target::Item, &[], retrieve),
        Operation::post(Target::Item, &[UPDATE, WRITABLE], update),
        Operation::delete(delete),
    ],
};

const FILTERS: &[Field] = &[
    field("active", Kind::Boolean),
    field("ids", Kind::List(&TEXT)).at("id"),
    field("shippable", Kind::Boolean),
    field("type", Kind::Choice(&["good", "service"])),
    field("url", TEXT),
];

const CREATE: &[Field] = &[
    required("name", TEXT),
    field("id", Kind::Text(255)),
    field("default_price_data", Kind::Part(prices::DEFAULT_PRICE)),
    field("type", Kind::Choice(&["good", "service"])),
];

const UPDATE: &[Field] = &[field("default_price", Kind::Id("price")), field("name", TEXT)];

const WRITABLE: &[Field] = &[
    field("active", Kind::Boolean),
    field("description", Kind::Text(40_000)),
    field("images", Kind::List(&Kind::Url)),
    field("marketing_features", Kind::List(&Kind::Object(&[required("name", TEXT)]))),
    field("metadata", Kind::Metadata),
    field("package_dimensions", Kind::Object(DIMENSIONS)),
    field("shippable", Kind::Boolean),
    field("statement_descriptor", Kind::Text(22)),
    field("tax_code", Kind::Text(255)),
    field("unit_label", Kind::Text(12)),
    field("url", Kind::Url),
];

const DIMENSIONS: &[Field] =
    &[required("height", SIZE), required("length", SIZE), required("weight", SIZE), required("width", SIZE)];

const SIZE: Kind = Kind::Integer(0, 1_000_000);

fn create(call: &Call<'_>) -> Result<Answer, ApiError> {
    let mut product = call.new_object(&PRODUCTS);
    unique(call, &mut product)?;
    product.set("updated", json!(call.now));
    call.overlay(&mut product)?;
    call.keep(&product)?;
    let price = call.values.get("default_price_data").and_then(Value::as_object);
    if let Some(price) = price {
        let price = prices::make(call, price, &product["id"], "default_price_data")?;
        product.set("default_price", price["id"].clone());
        call.store.update(&product)?;
    }
    call.note(event_types::PRODUCT_CREATED, &product);
    Ok(Answer::ok(product))
}

/// Makes a product that is described within something else.
pub(super) fn make(call: &Call<'_>, data: &serde_json::Map<String, Value>) -> Result<Value, ApiError> {
    let mut product = call.new_object(&PRODUCTS);
    product.set("updated", json!(call.now));
    super::call::overlay(&mut product, data)?;
    call.keep(&product)?;
    call.note(event_types::PRODUCT_CREATED, &product);
    Ok(product)
}

fn update(call: &Call<'_>) -> Result<Answer, ApiError> {
    let old = call.load()?;
    let mut product = old.clone();
    call.overlay(&mut product)?;
    if product != old {
        product.set("updated", json!(call.now));
    }
    call.note_update(event_types::PRODUCT_UPDATED, &old, &product);
    call.save(product)
}

/// A product that has prices stays: what was sold has to have a name.
fn delete(call: &Call<'_>) -> Result<Answer, ApiError> {
    if !list::all_with(&call.store, &PRICES, "product", call.id)?.is_empty() {
        let message =
            "This product cannot be deleted because it has one or more prices. Make it inactive instead.";
        return Err(ApiError::conflict(message));
    }
    super::common::delete(call)
}
