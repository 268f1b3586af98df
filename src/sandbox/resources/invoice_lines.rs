//! The lines of an invoice, and what they come to.

use serde_json::{Value, json};

use super::discounts;
use super::invoice_items::pricing;
use super::prices;
use super::tax_rates::TAX_RATES;
use super::{Answer, Call, Events, Resource};
use crate::sandbox::api_error::ApiError;
use crate::sandbox::list;

/// Lines are in their invoice, and listed below it.
pub(super) static LINES: Resource = Resource {
    object: "line_item",
    path: "",
    id: ("il", 24),
    shape,
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
    line["amount"] = amount.clone();
    line["subtotal"] = amount.clone();
    line["invoice"] = invoice["id"].clone();
    line["currency"] = invoice["currency"].clone();
    line
}

/// The line of an invoice item.
pub(super) fn of_item(call: &Call<'_>, invoice: &Value, item: &Value) -> Value {
    let mut line = new_line(call, invoice, &item["amount"]);
    for name in
        ["description", "discountable", "metadata", "period", "pricing", "quantity", "quantity_decimal"]
    {
        line[name] = item[name].clone();
    }
    line["parent"] = json!({
        "invoice_item_details": {"invoice_item": item["id"], "proration": false,
            "proration_details": {"credited_items": null}, "subscription": null},
        "subscription_item_details": null,
        "type": "invoice_item_details",
    });
    line
}

/// The line of a subscription's item for a period; free while it is on trial.
pub(super) fn of_subscription(call: &Call<'_>, invoice: &Value, item: &Value, trial: bool) -> Value {
    let quantity = item["quantity"].as_i64().unwrap_or(1);
    let price = &item["price"];
    let amount = if trial { 0 } else { prices::total(price, quantity) };
    let mut line = new_line(call, invoice, &json!(amount));
    let interval = price["recurring"]["interval"].as_str().unwrap_or_default();
    let each = price["unit_amount_decimal"].as_str().unwrap_or_default();
    line["description"] =
        json!(if trial { "Trial period".to_owned() } else { format!("{quantity} × {each} a {interval}") });
    line["period"] = json!({"end": item["current_period_end"], "start": item["current_period_start"]});
    line["pricing"] = pricing(price);
    line["quantity"] = json!(quantity);
    line["quantity_decimal"] = json!(quantity.to_string());
    line["parent"] = json!({
        "invoice_item_details": null,
        "subscription_item_details": {"invoice_item": null, "proration": false,
            "proration_details": {"credited_items": null}, "subscription": item["subscription"],
            "subscription_item": item["id"]},
        "type": "subscription_item_details",
    });
    line
}

/// Works out what the lines come to, with discounts taken off and taxes put on.
pub(super) fn sum_up(call: &Call<'_>, invoice: &mut Value) -> Result<(), ApiError> {
    let lines = invoice["lines"]["data"].as_array().map(Vec::as_slice).unwrap_or_default();
    let subtotal: i64 = lines.iter().filter_map(|line| line["amount"].as_i64()).sum();
    let off = discounts::take_off(call, &invoice["discounts"], subtotal.max(0))?;
    let net = subtotal - off.iter().map(|(_, amount)| amount).sum::<i64>();
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
    let all_tax: i64 = taxes.iter().filter_map(|tax| tax["amount"].as_i64()).sum();
    let without_tax = if total == net { net - all_tax } else { net };
    let amounts: Vec<_> =
        off.iter().map(|(discount, amount)| json!({"amount": amount, "discount": discount})).collect();
    invoice["subtotal"] = json!(subtotal);
    invoice["subtotal_excluding_tax"] = json!(subtotal);
    invoice["total"] = json!(total);
    invoice["total_excluding_tax"] = json!(without_tax);
    invoice["total_discount_amounts"] = json!(amounts);
    invoice["total_taxes"] = json!(taxes);
    invoice["amount_due"] = json!(total.max(0));
    invoice["amount_remaining"] = json!(total.max(0));
    Ok(())
}

/// What a rate asks for of an amount, to the nearest unit.
#[expect(clippy::cast_possible_truncation, reason = "a rate is at most 100, so this is at most 1,000,000")]
fn tax(rate: &Value, amount: i64, inclusive: bool) -> i64 {
    // Ten-thousandths of a percent: the places that a rate may have.
    let share = (rate["percentage"].as_f64().unwrap_or_default() * 10_000.0).round() as i128;
    let whole = if inclusive { 1_000_000 + share } else { 1_000_000 };
    i64::try_from((i128::from(amount) * share + whole / 2).div_euclid(whole)).unwrap_or_default()
}

/// The tax rates that a parameter names, as they are shown on an invoice.
pub(super) fn tax_rates(call: &Call<'_>, ids: &Value) -> Result<Value, ApiError> {
    let ids = ids.as_array().into_iter().flatten().enumerate();
    let rate = |(place, id): (usize, &Value)| {
        call.named(&TAX_RATES, id.as_str().unwrap_or_default(), &format!("default_tax_rates[{place}]"))
    };
    ids.map(rate).collect::<Result<Vec<_>, _>>().map(Value::Array)
}

fn shape() -> Value {
    json!({
        "amount": 0,
        "currency": null,
        "description": null,
        "discount_amounts": [],
        "discountable": true,
        "discounts": [],
        "invoice": null,
        "livemode": false,
        "metadata": {},
        "parent": null,
        "period": null,
        "pretax_credit_amounts": [],
        "pricing": null,
        "quantity": 1,
        "quantity_decimal": "1",
        "subtotal": 0,
        "taxes": [],
    })
}

/// A new invoice.
pub(super) fn invoice_shape() -> Value {
    json!({
        "account_country": "US", "account_name": "paycli sandbox", "account_tax_ids": null,
        "amount_due": 0, "amount_overpaid": 0, "amount_paid": 0, "amount_paid_off_stripe": 0,
        "amount_remaining": 0, "amount_shipping": 0,
        "application": null,
        "attempt_count": 0, "attempted": false, "auto_advance": false,
        "automatic_tax": {"disabled_reason": null, "enabled": false, "liability": null, "provider": null,
            "status": null},
        "automatically_finalizes_at": null,
        "billing_reason": "manual",
        "collection_method": "charge_automatically",
        "created": 0,
        "currency": "usd",
        "custom_fields": null,
        "customer": null, "customer_account": null, "customer_address": null, "customer_email": null,
        "customer_name": null, "customer_phone": null, "customer_shipping": null,
        "customer_tax_exempt": "none", "customer_tax_ids": [],
        "default_payment_method": null, "default_source": null, "default_tax_rates": [],
        "description": null,
        "discounts": [],
        "due_date": null,
        "effective_at": null,
        "ending_balance": null,
        "footer": null,
        "from_invoice": null,
        "hosted_invoice_url": null,
        "invoice_pdf": null,
        "issuer": {"type": "self"},
        "last_finalization_error": null,
        "latest_revision": null,
        "lines": null,
        "livemode": false,
        "metadata": {},
        "next_payment_attempt": null,
        "number": null,
        "on_behalf_of": null,
        "parent": null,
        "payment_settings": {"default_mandate": null, "payment_method_options": null,
            "payment_method_types": null},
        "period_end": 0, "period_start": 0,
        "post_payment_credit_notes_amount": 0, "pre_payment_credit_notes_amount": 0,
        "receipt_number": null,
        "rendering": null,
        "shipping_cost": null, "shipping_details": null,
        "starting_balance": 0,
        "statement_descriptor": null,
        "status": "draft",
        "status_transitions": {"finalized_at": null, "marked_uncollectible_at": null, "paid_at": null,
            "voided_at": null},
        "subtotal": 0, "subtotal_excluding_tax": 0,
        "test_clock": null,
        "total": 0, "total_discount_amounts": [], "total_excluding_tax": 0,
        "total_pretax_credit_amounts": [], "total_taxes": [],
        "webhooks_delivered_at": null,
    })
}
