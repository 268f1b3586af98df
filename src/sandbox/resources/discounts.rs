//! Discounts: a coupon that was given to an invoice or a subscription.

use serde_json::{Value, json};

use super::common::ID;
use super::coupons::{self, COUPONS};
use super::fields::Fields;
use super::periods;
use super::promotion_codes::{self, PROMOTION_CODES};
use super::proration;
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

/// The record of the coupon that a discount was given on: a coupon that is deleted later ends none.
const TERMS: &str = "discount_terms_record";

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
        call.keep(&json!({"id": discount["id"], "object": TERMS, "coupon": coupon}))?;
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

/// Those of a subscription's discounts that its next invoice has too, which is of the period from `at` on. What
/// was given for one invoice is over, unless it was given since the last one.
pub(super) fn still_given(call: &Call<'_>, old: &Value, ids: &Value, at: i64) -> Result<Value, ApiError> {
    let last = old["items"]["data"][0]["current_period_start"].as_i64().unwrap_or_default();
    let mut left = Vec::new();
    for id in ids.as_array().into_iter().flatten() {
        let (discount, coupon) = found(call, id)?;
        let start = discount["start"].as_i64().unwrap_or_default();
        let is_over = discount["end"].as_i64().is_some_and(|end| end <= at);
        if !is_over && (coupon["duration"] != "once" || start > last || old["status"] == "trialing") {
            left.push(id.clone());
        }
    }
    Ok(Value::Array(left))
}

/// Those of a subscription's discounts that hold for longer than one invoice, and still do.
pub(super) fn lasting(call: &Call<'_>, ids: &Value) -> Result<Value, ApiError> {
    let mut left = Vec::new();
    for id in ids.as_array().into_iter().flatten() {
        let (discount, coupon) = found(call, id)?;
        let is_over = discount["end"].as_i64().is_some_and(|end| end <= call.now);
        if coupon["duration"] != "once" && !is_over {
            left.push(id.clone());
        }
    }
    Ok(Value::Array(left))
}

/// A discount and the terms that it was given on.
fn found(call: &Call<'_>, id: &Value) -> Result<(Value, Value), ApiError> {
    let discount = call.named(&DISCOUNTS, id.as_str().unwrap_or_default(), "discounts")?;
    if let Some(record) = call.store.find(TERMS, id.as_str().unwrap_or_default())? {
        return Ok((discount, record["coupon"].clone()));
    }
    let coupon = discount["source"]["coupon"].as_str().unwrap_or_default();
    let coupon = call.store.find(COUPONS.object, coupon)?.unwrap_or_default();
    Ok((discount, coupon))
}

/// What discounts are taken off: a line of an invoice, or what will be one.
pub(super) struct Line {
    pub(super) amount: i64,
    /// The id of the product that it is for, or null.
    pub(super) product: Value,
    pub(super) is_discountable: bool,
}

/// What one discount takes off.
pub(super) struct Taken {
    pub(super) discount: Value,
    /// Of each line, in their order. No line comes below zero.
    pub(super) of_lines: Vec<i64>,
}

impl Taken {
    pub(super) fn amount(&self) -> i64 {
        self.of_lines.iter().sum()
    }
}

/// What discounts take off lines, one after the other. One of an amount in another currency takes nothing off.
pub(super) fn take_off(
    call: &Call<'_>,
    ids: &Value,
    lines: &[Line],
    currency: &Value,
) -> Result<Vec<Taken>, ApiError> {
    let discountable = |line: &Line| if line.is_discountable { line.amount.max(0) } else { 0 };
    let mut left: Vec<_> = lines.iter().map(discountable).collect();
    let mut taken = Vec::new();
    for id in ids.as_array().into_iter().flatten() {
        let (_, coupon) = found(call, id)?;
        let eligible: Vec<_> = left
            .iter()
            .zip(lines)
            .map(|(left, line)| if coupons::applies_to(&coupon, &line.product) { *left } else { 0 })
            .collect();
        let off = coupons::discount(&coupon, eligible.iter().sum(), currency);
        let of_lines = proration::spread(off, &eligible);
        for (left, off) in left.iter_mut().zip(&of_lines) {
            *left -= off;
        }
        taken.push(Taken { discount: id.clone(), of_lines });
    }
    Ok(taken)
}
