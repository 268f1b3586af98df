//! The lines of an invoice, and what they come to.

use serde_json::{Value, json};

use super::customer_balance;
use super::customers::CUSTOMERS;
use super::discounts::{self, Line, Taken};
use super::fields::Fields;
use super::invoice_items::pricing;
use super::list;
use super::prices;
use super::proration;
use super::tax_rates::TAX_RATES;
use super::{Answer, Call, Events, Resource, shapes};
use crate::sandbox::params::api_error::ApiError;

/// Lines are in their invoice, and listed below it.
pub(super) static LINES: Resource = Resource {
    object: "line_item",
    path: "",
    id: ("il", 24),
    shape: shapes::invoice_lines::shape,
    events: Events::NONE,
    expandable: &[],
    operations: &[],
};

/// `GET /v1/invoices/in_…/lines`.
pub(super) fn list_lines(call: &Call<'_>) -> Result<Answer, ApiError> {
    let invoice = call.load()?;
    list::slice(call, &invoice["lines"]["data"], &format!("/v1/invoices/{}/lines", call.id))
}

fn new_line(call: &Call<'_>, invoice: &Value, amount: &Value) -> Value {
    let mut line = call.new_object(&LINES);
    line.set("amount", amount.clone());
    line.set("subtotal", amount.clone());
    line.set("invoice", invoice["id"].clone());
    line.set("currency", invoice["currency"].clone());
    line
}

/// The line of an invoice item.
pub(super) fn of_item(call: &Call<'_>, invoice: &Value, item: &Value) -> Value {
    let mut line = new_line(call, invoice, &item["amount"]);
    for name in
        ["description", "discountable", "metadata", "period", "pricing", "quantity", "quantity_decimal"]
    {
        line.set(name, item[name].clone());
    }
    line.set("parent", parent(item));
    line
}

/// Where the line of an invoice item comes from: a proration is of an item of a subscription.
fn parent(item: &Value) -> Value {
    let of = &item["parent"]["subscription_details"];
    let credited = &item["proration_details"]["credited_items"]["invoice_line_item_details"];
    let details = json!({"credited_items": credited});
    if item["proration"] != true {
        return json!({
            "invoice_item_details": {"invoice_item": item["id"], "proration": false,
                "proration_details": details, "subscription": of["subscription"]},
            "subscription_item_details": null,
            "type": "invoice_item_details",
        });
    }
    json!({
        "invoice_item_details": null,
        "subscription_item_details": {"invoice_item": item["id"], "proration": true,
            "proration_details": details, "subscription": of["subscription"],
            "subscription_item": of["subscription_item"]},
        "type": "subscription_item_details",
    })
}

/// The line of a subscription's item for a period; free while it is on trial.
pub(super) fn of_subscription(
    call: &Call<'_>,
    invoice: &Value,
    item: &Value,
    trial: bool,
) -> Result<Value, ApiError> {
    let quantity = item["quantity"].as_i64().unwrap_or(1);
    let price = &item["price"];
    let amount = if trial { 0 } else { prices::total(price, quantity)? };
    let mut line = new_line(call, invoice, &json!(amount));
    let interval = price["recurring"]["interval"].as_str().unwrap_or_default();
    let each = price["unit_amount_decimal"].as_str().unwrap_or_default();
    let description =
        if trial { "Trial period".to_owned() } else { format!("{quantity} × {each} a {interval}") };
    line.set("description", json!(description));
    line.set("period", json!({"end": item["current_period_end"], "start": item["current_period_start"]}));
    line.set("pricing", pricing(price));
    line.set("quantity", json!(quantity));
    line.set("quantity_decimal", json!(quantity.to_string()));
    line.set(
        "parent",
        json!({
            "invoice_item_details": null,
            "subscription_item_details": {"invoice_item": null, "proration": false,
                "proration_details": {"credited_items": null}, "subscription": item["subscription"],
                "subscription_item": item["id"]},
            "type": "subscription_item_details",
        }),
    );
    Ok(line)
}

/// Works out what the lines come to, with discounts taken off and taxes put on, and what the customer's balance
/// leaves of that.
pub(super) fn sum_up(call: &Call<'_>, invoice: &mut Value) -> Result<(), ApiError> {
    let lines = invoice["lines"]["data"].as_array().map(Vec::as_slice).unwrap_or_default();
    let subtotal: i64 = lines.iter().filter_map(|line| line["amount"].as_i64()).sum();
    let off = discount_lines(call, invoice)?;
    let net = subtotal - off;
    let mut total = net;
    let mut taxes = Vec::new();
    for rate in invoice["default_tax_rates"].as_array().into_iter().flatten() {
        let inclusive = rate["inclusive"] == true;
        let tax = tax(rate, net, inclusive);
        total += if inclusive { 0 } else { tax };
        taxes.push(json!({
            "amount": tax, "tax_behavior": if inclusive { "inclusive" } else { "exclusive" },
            "tax_rate_details": {"tax_rate": rate["id"]}, "taxability_reason": "standard_rated",
            "taxable_amount": if inclusive { net - tax } else { net }, "type": "tax_rate_details",
        }));
    }
    let inclusive = taxes.iter().filter(|tax| tax["tax_behavior"] == "inclusive");
    let inclusive: i64 = inclusive.filter_map(|tax| tax["amount"].as_i64()).sum();
    invoice.set("subtotal", json!(subtotal));
    invoice.set("subtotal_excluding_tax", json!(subtotal));
    invoice.set("total", json!(total));
    invoice.set("total_excluding_tax", json!(net - inclusive));
    invoice.set("total_taxes", json!(taxes));
    let id = invoice["customer"].as_str().unwrap_or_default();
    let customer = call.store.find_alive(CUSTOMERS.object, id)?.unwrap_or_default();
    let starting = customer_balance::for_currency(&customer, &invoice["currency"]);
    let (due, _) = customer_balance::settle(total, starting);
    invoice.set("starting_balance", json!(starting));
    invoice.set("amount_due", json!(due));
    invoice.set("amount_remaining", json!(due));
    Ok(())
}

/// Takes the discounts of an invoice off its lines, and answers with how much that is.
fn discount_lines(call: &Call<'_>, invoice: &mut Value) -> Result<i64, ApiError> {
    let lines = invoice["lines"]["data"].as_array().map(Vec::as_slice).unwrap_or_default();
    let of = |line: &Value| Line {
        amount: line["amount"].as_i64().unwrap_or_default(),
        product: line["pricing"]["price_details"]["product"].clone(),
        is_discountable: line["discountable"] == true,
    };
    let lines: Vec<_> = lines.iter().map(of).collect();
    let taken = discounts::take_off(call, &invoice["discounts"], &lines, &invoice["currency"])?;
    let told = |amount: i64, discount: &Value| json!({"amount": amount, "discount": discount});
    for (place, line) in invoice["lines"]["data"].as_array_mut().into_iter().flatten().enumerate() {
        let amounts = taken.iter().filter(|_| lines[place].is_discountable);
        let amounts: Vec<_> = amounts.map(|taken| told(taken.of_lines[place], &taken.discount)).collect();
        line.set("discount_amounts", json!(amounts));
    }
    let amounts: Vec<_> = taken.iter().map(|taken| told(taken.amount(), &taken.discount)).collect();
    invoice.set("total_discount_amounts", json!(amounts));
    Ok(taken.iter().map(Taken::amount).sum())
}

/// What a rate asks for of an amount, to the nearest unit.
#[expect(clippy::cast_possible_truncation, reason = "a rate is at most 100, so this is at most 1,000,000")]
fn tax(rate: &Value, amount: i64, inclusive: bool) -> i64 {
    // Ten-thousandths of a percent: the places that a rate may have.
    let share = (rate["percentage"].as_f64().unwrap_or_default() * 10_000.0).round() as i128;
    proration::portion(amount, share, if inclusive { 1_000_000 + share } else { 1_000_000 })
}

/// The tax rates that a parameter names, as they are shown on an invoice.
pub(super) fn tax_rates(call: &Call<'_>, ids: &Value) -> Result<Value, ApiError> {
    let ids = ids.as_array().into_iter().flatten().enumerate();
    let rate = |(place, id): (usize, &Value)| {
        call.named(&TAX_RATES, id.as_str().unwrap_or_default(), &format!("default_tax_rates[{place}]"))
    };
    ids.map(rate).collect::<Result<Vec<_>, _>>().map(Value::Array)
}
