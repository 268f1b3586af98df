//! Templates of customers, subscriptions and invoices. Pure.

use super::recipe::{RecipeStep, Template, delete, get, made, patched, post, updated};

const CUSTOMER: RecipeStep =
    post("customer", "/v1/customers", "name=Jenny+Rosen&email=jenny.rosen@example.com");
const CARD: RecipeStep = post("method", "/v1/payment_methods", "type=card&card[token]=tok_visa");
const ATTACH: RecipeStep = post("method", "/v1/payment_methods/{method.id}/attach", "customer={customer.id}");
const BAD_CARD: RecipeStep =
    post("method", "/v1/payment_methods/pm_card_chargeCustomerFail/attach", "customer={customer.id}");
const SECURE_CARD: RecipeStep =
    post("method", "/v1/payment_methods/pm_card_threeDSecure2Required/attach", "customer={customer.id}");
const DEFAULT: RecipeStep =
    post("customer", "/v1/customers/{customer.id}", "invoice_settings[default_payment_method]={method.id}");
const PRODUCT: RecipeStep = post("product", "/v1/products", "name=Gold+plan");
const PRICE: RecipeStep = post(
    "price",
    "/v1/prices",
    "product={product.id}&currency=usd&unit_amount=2000&recurring[interval]=month",
);
const SUBSCRIBE: RecipeStep =
    post("subscription", "/v1/subscriptions", "customer={customer.id}&items[0][price]={price.id}");
const TRIAL: RecipeStep = post(
    "subscription",
    "/v1/subscriptions",
    "customer={customer.id}&items[0][price]={price.id}&trial_end={now+172800}",
);
const COUPON: RecipeStep =
    post("coupon", "/v1/coupons", "percent_off=25&duration=forever&name=A+quarter+off");
const SUBSCRIBE_WITH_COUPON: RecipeStep = post(
    "subscription",
    "/v1/subscriptions",
    "customer={customer.id}&items[0][price]={price.id}&discounts[0][coupon]={coupon.id}",
);
const WITH_DISCOUNTS: RecipeStep =
    get("subscription", "/v1/subscriptions/{subscription.id}", "expand[]=discounts");
const ITEM: RecipeStep = post(
    "item",
    "/v1/invoiceitems",
    "customer={customer.id}&amount=2000&currency=usd&description=Consulting",
);
const DRAFT: RecipeStep = post(
    "invoice",
    "/v1/invoices",
    "customer={customer.id}&pending_invoice_items_behavior=include&auto_advance=false",
);
const DRAFT_TO_SEND: RecipeStep = post(
    "invoice",
    "/v1/invoices",
    "customer={customer.id}&pending_invoice_items_behavior=include&auto_advance=false\
     &collection_method=send_invoice&days_until_due=30",
);
const FINALIZE: RecipeStep = post("invoice", "/v1/invoices/{invoice.id}/finalize", "");
const PAY: RecipeStep = post("invoice", "/v1/invoices/{invoice.id}/pay", "");
const SEND: RecipeStep = post("invoice", "/v1/invoices/{invoice.id}/send", "");

/// A customer with a card, and a plan to subscribe to.
macro_rules! plan {
    ($($more:expr),* $(,)?) => { &[CUSTOMER, CARD, ATTACH, DEFAULT, PRODUCT, PRICE, $($more),*] };
}

/// A customer with a card and something to be paid.
macro_rules! bill {
    ($($more:expr),* $(,)?) => { &[CUSTOMER, CARD, ATTACH, DEFAULT, ITEM, $($more),*] };
}

/// A discount of a customer rather than of the subscription that it was read from.
const OF_CUSTOMER: &str = r#"{"subscription": null}"#;

pub(super) const TEMPLATES: &[Template] = &[
    made("customer.created", &[CUSTOMER]),
    made("customer.deleted", &[CUSTOMER, delete("customer", "/v1/customers/{customer.id}")]),
    patched(
        "customer.discount.created",
        plan![COUPON, SUBSCRIBE_WITH_COUPON, WITH_DISCOUNTS],
        "subscription.discounts.0",
        OF_CUSTOMER,
    ),
    patched(
        "customer.discount.deleted",
        plan![COUPON, SUBSCRIBE_WITH_COUPON, WITH_DISCOUNTS],
        "subscription.discounts.0",
        r#"{"end": "$now", "subscription": null}"#,
    ),
    updated(
        "customer.discount.updated",
        plan![COUPON, SUBSCRIBE_WITH_COUPON, WITH_DISCOUNTS],
        "subscription.discounts.0",
        r#"{"end": "$now+2592000", "subscription": null}"#,
        r#"{"end": null}"#,
    ),
    made("customer.subscription.created", plan![SUBSCRIBE]),
    made(
        "customer.subscription.deleted",
        plan![SUBSCRIBE, delete("subscription", "/v1/subscriptions/{subscription.id}")],
    ),
    patched(
        "customer.subscription.paused",
        plan![TRIAL],
        "subscription",
        r#"{"status": "paused", "trial_end": "$now", "trial_settings": {"end_behavior": {"missing_payment_method": "pause"}}}"#,
    ),
    patched("customer.subscription.pending_update_applied", plan![SUBSCRIBE], "subscription", "{}"),
    patched("customer.subscription.pending_update_expired", plan![SUBSCRIBE], "subscription", "{}"),
    patched(
        "customer.subscription.resumed",
        plan![SUBSCRIBE],
        "subscription",
        r#"{"status": "active", "billing_cycle_anchor": "$now"}"#,
    ),
    made("customer.subscription.trial_will_end", plan![TRIAL]),
    made(
        "customer.subscription.updated",
        plan![SUBSCRIBE, post("subscription", "/v1/subscriptions/{subscription.id}", "metadata[order]=17")],
    ),
    made(
        "customer.updated",
        &[CUSTOMER, post("customer", "/v1/customers/{customer.id}", "description=A+new+description")],
    ),
    made("invoice.created", bill![DRAFT]),
    made(
        "invoice.deleted",
        &[
            CUSTOMER,
            post("invoice", "/v1/invoices", "customer={customer.id}"),
            delete("invoice", "/v1/invoices/{invoice.id}"),
        ],
    ),
    patched(
        "invoice.finalization_failed",
        bill![DRAFT],
        "invoice",
        r#"{"last_finalization_error": {"type": "invalid_request_error", "code": "customer_tax_location_invalid",
            "doc_url": "https://docs.stripe.com/error-codes#customer-tax-location-invalid",
            "message": "The customer's location isn't recognized."}}"#,
    ),
    made("invoice.finalized", bill![DRAFT, FINALIZE]),
    made(
        "invoice.marked_uncollectible",
        bill![DRAFT, FINALIZE, post("invoice", "/v1/invoices/{invoice.id}/mark_uncollectible", "")],
    ),
    patched("invoice.overdue", bill![DRAFT_TO_SEND, FINALIZE], "invoice", r#"{"due_date": "$now-60"}"#),
    patched(
        "invoice.overpaid",
        bill![DRAFT, FINALIZE, PAY],
        "invoice",
        r#"{"amount_overpaid": 500, "amount_paid": 2500}"#,
    ),
    made("invoice.paid", bill![DRAFT, FINALIZE, PAY]),
    made("invoice.payment_action_required", &[CUSTOMER, SECURE_CARD, DEFAULT, PRODUCT, PRICE, SUBSCRIBE]),
    patched("invoice.payment_attempt_required", bill![DRAFT, FINALIZE], "invoice", "{}"),
    made("invoice.payment_failed", &[CUSTOMER, BAD_CARD, DEFAULT, PRODUCT, PRICE, SUBSCRIBE]),
    made("invoice.payment_succeeded", bill![DRAFT, FINALIZE, PAY]),
    made("invoice.sent", bill![DRAFT_TO_SEND, FINALIZE, SEND]),
    patched(
        "invoice.upcoming",
        bill![DRAFT],
        "invoice",
        r#"{"id": "$new:upcoming_in", "billing_reason": "upcoming", "next_payment_attempt": "$now+604800",
            "period_end": "$now+604800", "auto_advance": true}"#,
    ),
    made(
        "invoice.updated",
        bill![DRAFT, post("invoice", "/v1/invoices/{invoice.id}", "description=Thank+you")],
    ),
    made("invoice.voided", bill![DRAFT, FINALIZE, post("invoice", "/v1/invoices/{invoice.id}/void", "")]),
    patched(
        "invoice.will_be_due",
        bill![DRAFT_TO_SEND, FINALIZE],
        "invoice",
        r#"{"due_date": "$now+259200"}"#,
    ),
    patched(
        "invoice_payment.paid",
        bill![DRAFT, FINALIZE, PAY, get("payments", "/v1/invoice_payments", "invoice={invoice.id}")],
        "payments.data.0",
        "{}",
    ),
    made("invoiceitem.created", &[CUSTOMER, ITEM]),
    made("invoiceitem.deleted", &[CUSTOMER, ITEM, delete("item", "/v1/invoiceitems/{item.id}")]),
];
