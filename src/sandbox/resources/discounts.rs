//! Discounts: a coupon that was given to an invoice or a subscription.

use serde_json::{Value, json};

use super::common::ID;
use super::coupons::{self, COUPONS};
use super::fields::Fields;
use super::periods;
use super::promotion_codes::{self, PROMOTION_CODES};
use super::{Call, Events, Link, Resource, shapes};
use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::params::schema::{Field, Kind, field};

/// Discounts have no path of their own.
pub(super) static DISCOUNTS: Resource = Resource {
    object: "discount",
    path: "",
    id: ("di", 24),
    shape: shapes::discounts::shape,
    events: Events::NONE,
    expandable: &[("promotion_code", Link::One(&PROMOTION_CODES)), ("source.coupon", Link::One(&COUPONS))],
    operations: &[],
};

/// The parameter that gives coupons away.
pub(super) const GIVEN: Kind = Kind::List(&Kind::Object(ROW));

const ROW: &[Field] = &[field("coupon", ID), field("promotion_code", ID)];

/// Gives the coupons in `discounts` to an object and answers with the discounts' ids.
pub(super) fn give(call: &Call<'_>, owner: &str, id: &Value) -> Result<Vec<Value>, ApiError> {
    let rows = call.values.get("discounts").and_then(Value::as_array).cloned().unwrap_or_default();
    let mut given = Vec::new();
    for (place, row) in rows.iter().enumerate() {
        let mut path = format!("discounts[{place}][coupon]");
        let coupon = match (row["coupon"].as_str(), row["promotion_code"].as_str()) {
            (Some(coupon), None) => coupon.to_owned(),
            (None, Some(code)) => {
                path = format!("discounts[{place}][promotion_code]");
                promotion_codes::redeem(call, code, &path)?
            }
            (None, None) => return Err(ApiError::missing_param(path)),
            (Some(_), Some(_)) => {
                let message = "Received both coupon and promotion_code parameters. Please pass in only one.";
                return Err(ApiError::invalid(message).code("parameters_exclusive").param(path));
            }
        };
        let mut coupon = call.named(&COUPONS, &coupon, &path)?;
        redeem(call, &mut coupon, &path)?;
        let mut discount = call.new_object(&DISCOUNTS);
        discount.set("customer", json!(call.text("customer")));
        discount.set(owner, id.clone());
        discount.set("source.coupon", coupon["id"].clone());
        discount.set("promotion_code", row["promotion_code"].clone());
        discount.set("start", json!(call.now));
        let months = coupon["duration_in_months"].as_i64();
        let end = |months| {
            let recurring = json!({"interval": "month", "interval_count": months});
            periods::end(call.now, &recurring, call.now)
        };
        discount.set("end", json!(months.map(end)));
        call.keep(&discount)?;
        given.push(discount["id"].clone());
    }
    Ok(given)
}

fn redeem(call: &Call<'_>, coupon: &mut Value, path: &str) -> Result<(), ApiError> {
    let times = coupon["times_redeemed"].as_i64().unwrap_or_default();
    let is_over = coupon["redeem_by"].as_i64().is_some_and(|by| by < call.now);
    if is_over || coupon["max_redemptions"].as_i64().is_some_and(|most| times >= most) {
        let message = "Coupon expired: it cannot be redeemed any more.";
        return Err(ApiError::conflict(message).code("coupon_expired").param(path));
    }
    coupon.set("times_redeemed", json!(times + 1));
    coupon.set("valid", json!(coupon["max_redemptions"].as_i64().is_none_or(|most| times + 1 < most)));
    call.store.update(coupon)
}

/// Those of a subscription's discounts that its next invoice has too: what was given once is over.
pub(super) fn still_given(call: &Call<'_>, ids: &Value) -> Result<Value, ApiError> {
    let mut left = Vec::new();
    for id in ids.as_array().into_iter().flatten() {
        let discount =
            call.store.find(DISCOUNTS.object, id.as_str().unwrap_or_default())?.unwrap_or_default();
        let coupon = discount["source"]["coupon"].as_str().unwrap_or_default();
        let coupon = call.store.find(COUPONS.object, coupon)?.unwrap_or_default();
        let is_over = discount["end"].as_i64().is_some_and(|end| end <= call.now);
        if coupon["duration"] != "once" && !is_over {
            left.push(id.clone());
        }
    }
    Ok(Value::Array(left))
}

/// What discounts take off an amount, one after the other.
pub(super) fn take_off(call: &Call<'_>, ids: &Value, amount: i64) -> Result<Vec<(Value, i64)>, ApiError> {
    let (mut left, mut taken) = (amount, Vec::new());
    for id in ids.as_array().into_iter().flatten() {
        let discount = call.named(&DISCOUNTS, id.as_str().unwrap_or_default(), "discounts")?;
        let coupon = discount["source"]["coupon"].as_str().unwrap_or_default();
        let coupon = call.store.find(COUPONS.object, coupon)?.unwrap_or_default();
        let off = coupons::discount(&coupon, left);
        left -= off;
        taken.push((id.clone(), off));
    }
    Ok(taken)
}
