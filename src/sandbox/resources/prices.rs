//! Prices.

use serde_json::{Map, Value, json};

use super::common::{ID, TEXT, retrieve, update};
use super::fields::Fields;
use super::list;
use super::products::{self, PRODUCTS};
use super::{Answer, Call, Events, Link, Operation, Resource, Target, shapes};
use crate::sandbox::events::event_types;
use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::params::schema::{Field, Kind, Values, field, required};

/// `/v1/prices`.
pub(super) static PRICES: Resource = Resource {
    object: "price",
    path: "prices",
    id: ("price", 24),
    shape: shapes::prices::shape,
    events: Events {
        created: Some(event_types::PRICE_CREATED),
        updated: Some(event_types::PRICE_UPDATED),
        deleted: Some(event_types::PRICE_DELETED),
    },
    expandable: &[("product", Link::One(&PRODUCTS))],
    operations: &[
        Operation::post(Target::Collection, &[CREATE, MONEY, WRITABLE], create),
        Operation::list(&[list::FIELDS, FILTERS]),
        Operation::search(),
        Operation::get(Target::Item, &[], retrieve),
        Operation::post(Target::Item, &[WRITABLE], update),
    ],
};

const FILTERS: &[Field] = &[
    field("active", Kind::Boolean),
    field("currency", Kind::Currency),
    field("lookup_keys", Kind::List(&TEXT)).at("lookup_key"),
    field("product", ID),
    field("recurring", Kind::Part(&[field("interval", INTERVAL), field("usage_type", USAGE)])),
    field("type", Kind::Choice(&["one_time", "recurring"])),
];

/// The most that one line comes to.
const MOST: i64 = 999_999_999_999;

const INTERVAL: Kind = Kind::Choice(&["day", "week", "month", "year"]);
const USAGE: Kind = Kind::Choice(&["licensed", "metered"]);
const BEHAVIOR: Kind = Kind::Choice(&["exclusive", "inclusive", "unspecified"]);
const UNIT: Kind = Kind::Integer(0, 99_999_999_999);

const CREATE: &[Field] = &[
    required("currency", Kind::Currency),
    field("billing_scheme", Kind::Choice(&["per_unit"])),
    field("product", Kind::Id("product")),
    field("product_data", Kind::Part(PRODUCT_DATA)),
    field("recurring", Kind::Part(RECURRING)),
    field("transfer_lookup_key", Kind::Boolean),
];

const MONEY: &[Field] = &[field("unit_amount", UNIT), field("unit_amount_decimal", Kind::Decimal)];

const WRITABLE: &[Field] = &[
    field("active", Kind::Boolean),
    field("lookup_key", Kind::Text(200)),
    field("metadata", Kind::Metadata),
    field("nickname", TEXT),
    field("tax_behavior", BEHAVIOR),
];

const RECURRING: &[Field] = &[
    required("interval", INTERVAL),
    field("interval_count", Kind::Integer(1, 1095)),
    field("meter", ID),
    field("trial_period_days", Kind::Integer(1, 730)),
    field("usage_type", USAGE),
];

const PRODUCT_DATA: &[Field] = &[
    required("name", TEXT),
    field("active", Kind::Boolean),
    field("metadata", Kind::Metadata),
    field("statement_descriptor", Kind::Text(22)),
    field("tax_code", ID),
    field("unit_label", Kind::Text(12)),
];

/// A price within a new product.
pub(super) const DEFAULT_PRICE: &[Field] = &[
    required("currency", Kind::Currency),
    field("metadata", Kind::Metadata),
    field("recurring", Kind::Part(RECURRING)),
    field("tax_behavior", BEHAVIOR),
    field("unit_amount", UNIT),
    field("unit_amount_decimal", Kind::Decimal),
];

/// A price within something that is sold: of a product that is there, or of one described with it.
pub(super) const PRICE_DATA: &[Field] = &[
    required("currency", Kind::Currency),
    field("product", ID),
    field("product_data", Kind::Part(PRODUCT_WITHIN)),
    field("recurring", Kind::Part(RECURRING)),
    field("tax_behavior", BEHAVIOR),
    field("unit_amount", UNIT),
    field("unit_amount_decimal", Kind::Decimal),
];

const PRODUCT_WITHIN: &[Field] = &[
    required("name", TEXT),
    field("description", Kind::Text(40_000)),
    field("images", Kind::List(&Kind::Url)),
    field("metadata", Kind::Metadata),
    field("tax_code", ID),
    field("unit_label", Kind::Text(12)),
];

fn create(call: &Call<'_>) -> Result<Answer, ApiError> {
    let product = match (
        call.values.get("product"),
        call.values.get("product_data").and_then(Value::as_object),
    ) {
        (Some(product), None) => product.clone(),
        (None, Some(data)) => products::make(call, data)?["id"].clone(),
        _ => {
            let message = "Missing required param: product. A price is of one product: give product or product_data, not both.";
            return Err(ApiError::invalid(message).code("parameter_missing").param("product"));
        }
    };
    if let Some(key) = call.text("lookup_key") {
        let taken = list::all_with(&call.store, &PRICES, "lookup_key", key)?;
        if let Some(mut other) = taken.into_iter().next() {
            if !call.flag("transfer_lookup_key") {
                let message = format!(
                    "A price already uses the lookup key {key:?}. Give transfer_lookup_key=true to move it."
                );
                return Err(ApiError::conflict(message).param("lookup_key"));
            }
            other.set("lookup_key", Value::Null);
            call.store.update(&other)?;
        }
    }
    make(call, &call.values, &product, "").map(Answer::ok)
}

/// Makes and keeps a price of a product. `parent` is what the parameters are nested in.
pub(super) fn make(call: &Call<'_>, data: &Values, product: &Value, parent: &str) -> Result<Value, ApiError> {
    let mut price = call.new_object(&PRICES);
    let (amount, decimal) = amounts(data, parent)?;
    if let Some(Value::Object(given)) = data.get("recurring") {
        price.set("recurring", recurring(given));
        price.set("type", json!("recurring"));
    }
    let plain: Values = data
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "recurring" | "product"))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    super::call::overlay(&mut price, &plain)?;
    price.set("product", product.clone());
    price.set("unit_amount", amount);
    price.set("unit_amount_decimal", json!(decimal));
    call.note(event_types::PRICE_CREATED, &price);
    call.keep(&price)?;
    Ok(price)
}

/// The amount of one unit, whole where it is, and in decimals.
fn amounts(data: &Values, parent: &str) -> Result<(Value, String), ApiError> {
    match (
        data.get("unit_amount").and_then(Value::as_i64),
        data.get("unit_amount_decimal").and_then(Value::as_str),
    ) {
        (Some(amount), None) => Ok((json!(amount), amount.to_string())),
        (None, Some(decimal)) => Ok((json!(decimal.parse::<i64>().ok()), decimal.to_owned())),
        _ => {
            let path =
                if parent.is_empty() { "unit_amount".to_owned() } else { format!("{parent}[unit_amount]") };
            let message = format!("A price needs {path} or the same in decimals, and not both.");
            Err(ApiError::invalid(message).code("parameter_missing").param(path))
        }
    }
}

fn recurring(given: &Map<String, Value>) -> Value {
    let mut whole = json!({"interval": null, "interval_count": 1, "meter": null, "trial_period_days": null,
        "usage_type": "licensed"});
    for (name, value) in given {
        whole.set(name, value.clone());
    }
    whole
}

/// The price that a row of something sold names or describes.
pub(super) fn of_row(call: &Call<'_>, row: &Value, path: &str) -> Result<Value, ApiError> {
    if let Some(id) = row["price"].as_str() {
        let path = format!("{path}[price]");
        let price = call.named(&PRICES, id, &path)?;
        if price["active"] == true {
            return Ok(price);
        }
        return Err(ApiError::conflict(format!(
            "The price specified is inactive. This field only accepts active prices, and {id} is not one."
        ))
        .param(path));
    }
    let data = row["price_data"].as_object().ok_or_else(|| {
        let message = format!("Missing required param: {path}[price]. Give a price or price_data.");
        ApiError::invalid(message).code("parameter_missing").param(format!("{path}[price]"))
    })?;
    let path = format!("{path}[price_data]");
    let product = match (data.get("product").and_then(Value::as_str), data.get("product_data")) {
        (Some(id), None) => call.named(&PRODUCTS, id, &format!("{path}[product]"))?,
        (None, Some(Value::Object(product))) => products::make(call, product)?,
        _ => {
            let message = format!("{path} needs a product or product_data, and not both.");
            return Err(ApiError::invalid(message)
                .code("parameter_missing")
                .param(format!("{path}[product]")));
        }
    };
    make(call, data, &product["id"], &path)
}

/// What a number of units costs: twelve digits at most, so that sums of many stay exact.
pub(super) fn total(price: &Value, quantity: i64) -> Result<i64, ApiError> {
    let total = price["unit_amount"].as_i64().map_or_else(
        || rounded(price["unit_amount_decimal"].as_str().unwrap_or_default(), quantity),
        |amount| amount.saturating_mul(quantity),
    );
    if total <= MOST {
        return Ok(total);
    }
    let message = format!("{quantity} of this price cost more than {MOST}.");
    Err(ApiError::conflict(message).code("amount_too_large").param("quantity"))
}

/// A decimal times a quantity, rounded half up, in whole numbers all the way.
fn rounded(decimal: &str, quantity: i64) -> i64 {
    let (whole, places) = decimal.split_once('.').unwrap_or((decimal, ""));
    let scale = 10_i128.pow(u32::try_from(places.len()).unwrap_or_default());
    let digits: i128 = format!("{whole}{places}").parse().unwrap_or_default();
    let exact = digits.saturating_mul(i128::from(quantity));
    i64::try_from((exact * 2 + scale) / (scale * 2)).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_rounded_half_up() {
        for (decimal, quantity, expected) in [
            ("0.5", 1, 1),
            ("0.49", 1, 0),
            ("1.25", 2, 3),
            ("0.000000000001", 1, 0),
            ("12", 3, 36),
            ("2.5", 3, 8),
        ] {
            let price = json!({"unit_amount": null, "unit_amount_decimal": decimal});
            assert_eq!(total(&price, quantity), Ok(expected), "{decimal} x {quantity}");
        }
        assert_eq!(total(&json!({"unit_amount": 250}), 3), Ok(750));
        for price in
            [json!({"unit_amount": 99_999_999_999_i64}), json!({"unit_amount_decimal": "999999999999.5"})]
        {
            assert!(total(&price, 999_999).is_err(), "{price}");
        }
    }
}
