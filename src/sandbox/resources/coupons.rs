//! Coupons.

use serde_json::Value;

use super::common::{ID, METADATA, TIME, delete, retrieve, unique, update};
use super::list;
use super::proration;
use super::{Answer, Call, Events, Operation, Resource, Target, shapes};
use crate::sandbox::events::event_types;
use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::params::schema::{Field, Kind, field};

/// `/v1/coupons`.
pub(super) static COUPONS: Resource = Resource {
    object: "coupon",
    path: "coupons",
    id: ("", 8),
    shape: shapes::coupons::shape,
    events: Events {
        created: Some(event_types::COUPON_CREATED),
        updated: Some(event_types::COUPON_UPDATED),
        deleted: Some(event_types::COUPON_DELETED),
    },
    expandable: &[],
    operations: &[
        Operation::post(Target::Collection, &[CREATE, METADATA, NAME], create),
        Operation::list(&[list::FIELDS]),
        Operation::get(Target::Item, &[], retrieve),
        Operation::post(Target::Item, &[METADATA, NAME], update),
        Operation::delete(delete),
    ],
};

const NAME: &[Field] = &[field("name", Kind::Text(40))];

const CREATE: &[Field] = &[
    field("amount_off", Kind::Amount),
    field("applies_to", Kind::Object(&[field("products", Kind::List(&ID))])),
    field("currency", Kind::Currency),
    field("duration", Kind::Choice(&["forever", "once", "repeating"])),
    field("duration_in_months", Kind::Integer(1, 1200)),
    field("id", Kind::Text(200)),
    field("max_redemptions", Kind::Integer(1, 2_147_483_647)),
    field("percent_off", Kind::Percent),
    field("redeem_by", TIME),
];

fn create(call: &Call<'_>) -> Result<Answer, ApiError> {
    let given = |name: &str| call.values.get(name).is_some_and(|value| !value.is_null());
    let refuse = |param: &str, message: &str| Err(ApiError::invalid(message).param(param));
    match (given("amount_off"), given("percent_off")) {
        (true, true) => return refuse("amount_off", "A coupon takes off an amount or a share, not both."),
        (false, false) => {
            return refuse("percent_off", "A coupon takes off something: give percent_off or amount_off.");
        }
        (true, false) if !given("currency") => {
            return refuse("currency", "An amount to take off needs its currency.");
        }
        _ => {}
    }
    if (call.text("duration") == Some("repeating")) != given("duration_in_months") {
        return refuse(
            "duration_in_months",
            "duration_in_months is required if, and only if, duration=repeating.",
        );
    }
    let mut coupon = call.new_object(&COUPONS);
    unique(call, &mut coupon)?;
    call.overlay(&mut coupon)?;
    if let (Some(fields), true) = (coupon.as_object_mut(), coupon_applies(call)) {
        fields.insert("applies_to".to_owned(), call.values.get("applies_to").cloned().unwrap_or_default());
    }
    call.note(event_types::COUPON_CREATED, &coupon);
    call.insert(coupon)
}

fn coupon_applies(call: &Call<'_>) -> bool {
    call.values.get("applies_to").is_some_and(Value::is_object)
}

/// What a coupon takes off an amount in a currency: at most the amount.
pub(super) fn discount(coupon: &Value, amount: i64, currency: &Value) -> i64 {
    if let Some(off) = coupon["amount_off"].as_i64() {
        return if coupon["currency"] == *currency { off.min(amount) } else { 0 };
    }
    // Hundredths of a percent are exact in whole numbers; a share has no more places that matter.
    let share = coupon["percent_off"].as_f64().unwrap_or_default() * 100.0;
    #[expect(clippy::cast_possible_truncation, reason = "a share is at most 100, so this is at most 10,000")]
    let share = share.round() as i128;
    proration::portion(amount, share, 10_000)
}

/// Whether a coupon is good for a product.
pub(super) fn applies_to(coupon: &Value, product: &Value) -> bool {
    let only = coupon["applies_to"]["products"].as_array();
    only.is_none_or(|products| products.is_empty() || products.contains(product))
}
