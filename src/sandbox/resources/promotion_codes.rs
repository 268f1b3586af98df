//! Promotion codes: what buyers type to get a coupon.

use serde_json::json;

use super::common::{ID, METADATA, TIME, retrieve, update};
use super::coupons::COUPONS;
use super::customers::CUSTOMERS;
use super::fields::Fields;
use super::list;
use super::{Answer, Call, Events, Link, Operation, Resource, Target, shapes};
use crate::sandbox::events::event_types;
use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::params::schema::{Field, Kind, field, required};

/// `/v1/promotion_codes`.
pub(super) static PROMOTION_CODES: Resource = Resource {
    object: "promotion_code",
    path: "promotion_codes",
    id: ("promo", 24),
    shape: shapes::promotion_codes::shape,
    events: Events {
        created: Some(event_types::PROMOTION_CODE_CREATED),
        updated: Some(event_types::PROMOTION_CODE_UPDATED),
        deleted: None,
    },
    expandable: &[("customer", Link::One(&CUSTOMERS)), ("promotion.coupon", Link::One(&COUPONS))],
    operations: &[
        Operation::post(Target::Collection, &[CREATE, METADATA, ACTIVE], create),
        Operation::list(&[list::FIELDS, FILTERS]),
        Operation::get(Target::Item, &[], retrieve),
        Operation::post(Target::Item, &[METADATA, ACTIVE], update),
    ],
};

const FILTERS: &[Field] = &[
    field("active", Kind::Boolean),
    field("code", ID),
    field("coupon", ID).at("promotion.coupon"),
    field("customer", ID),
];

const ACTIVE: &[Field] = &[field("active", Kind::Boolean)];

const CREATE: &[Field] = &[
    required(
        "promotion",
        Kind::Object(&[required("type", Kind::Choice(&["coupon"])), required("coupon", ID)]),
    ),
    field("code", Kind::Text(200)),
    field("customer", Kind::Id("customer")),
    field("expires_at", TIME),
    field("max_redemptions", Kind::Integer(1, 2_147_483_647)),
    field("restrictions", Kind::NotOffered),
];

fn create(call: &Call<'_>) -> Result<Answer, ApiError> {
    let coupon =
        call.values.get("promotion").and_then(|promotion| promotion["coupon"].as_str()).unwrap_or_default();
    call.named(&COUPONS, coupon, "promotion[coupon]")?;
    let mut code = call.new_object(&PROMOTION_CODES);
    code.set("code", json!(call.ids.alphanumeric(8).to_uppercase()));
    call.overlay(&mut code)?;
    let text = code["code"].as_str().unwrap_or_default();
    let others = list::all_with(&call.store, &PROMOTION_CODES, "code", text)?;
    if others.iter().any(|other| other["active"] == true && other["customer"] == code["customer"]) {
        let message = format!("An active promotion code with `code: {text}` already exists.");
        return Err(ApiError::conflict(message).param("code"));
    }
    call.note(event_types::PROMOTION_CODE_CREATED, &code);
    call.insert(code)
}

/// Redeems a code for a customer. Answers with the coupon that it stands for.
pub(super) fn redeem(call: &Call<'_>, id: &str, path: &str) -> Result<String, ApiError> {
    let mut code = call.named(&PROMOTION_CODES, id, path)?;
    let refuse = |why: &str| {
        let message = format!("This promotion code cannot be redeemed because {why}.");
        Err(ApiError::conflict(message).param(path))
    };
    let times = code["times_redeemed"].as_i64().unwrap_or_default();
    if code["active"] != true {
        return refuse("it is not active");
    }
    if code["expires_at"].as_i64().is_some_and(|at| at <= call.now) {
        return refuse("it is expired");
    }
    if code["max_redemptions"].as_i64().is_some_and(|most| times >= most) {
        return refuse("it was redeemed as often as it may be");
    }
    if code["customer"].as_str().is_some_and(|only| call.text("customer") != Some(only)) {
        return refuse("it belongs to another customer");
    }
    code.set("times_redeemed", json!(times + 1));
    call.store.update(&code)?;
    Ok(code["promotion"]["coupon"].as_str().unwrap_or_default().to_owned())
}
