//! Templates of charges, payment and setup intents, payment methods, refunds, disputes and checkout. Pure.

use super::recipe::{RecipeStep, Template, get, made, patched, post, updated};

const PAID: RecipeStep = post(
    "intent",
    "/v1/payment_intents",
    "amount=2000&currency=usd&confirm=true&payment_method=pm_card_visa&return_url=https://example.com/return&description=Order+17",
);
const UNCONFIRMED: RecipeStep = post("intent", "/v1/payment_intents", "amount=2000&currency=usd");
const AUTHORIZED: RecipeStep = post(
    "intent",
    "/v1/payment_intents",
    "amount=2000&currency=usd&confirm=true&capture_method=manual&payment_method=pm_card_visa&return_url=https://example.com/return",
);
const DECLINED: RecipeStep = post(
    "intent",
    "/v1/payment_intents",
    "amount=2000&currency=usd&confirm=true&payment_method=pm_card_chargeDeclined&return_url=https://example.com/return",
);
const CHALLENGED: RecipeStep = post(
    "intent",
    "/v1/payment_intents",
    "amount=2000&currency=usd&confirm=true&payment_method=pm_card_threeDSecure2Required&return_url=https://example.com/return",
);
const DISPUTED: RecipeStep = post(
    "intent",
    "/v1/payment_intents",
    "amount=2000&currency=usd&confirm=true&payment_method=pm_card_createDispute&return_url=https://example.com/return",
);
const UNREFUNDABLE: RecipeStep = post(
    "intent",
    "/v1/payment_intents",
    "amount=2000&currency=usd&confirm=true&payment_method=pm_card_refundFail&return_url=https://example.com/return",
);
const CAPTURE: RecipeStep = post("captured", "/v1/payment_intents/{intent.id}/capture", "");
const CHARGE: RecipeStep = get("charge", "/v1/charges/{intent.latest_charge}", "");
const DISPUTES: RecipeStep = get("disputes", "/v1/disputes", "payment_intent={intent.id}");
const REFUND: RecipeStep =
    post("refund", "/v1/refunds", "payment_intent={intent.id}&reason=requested_by_customer");
const REFUND_UPDATE: RecipeStep = post("refund", "/v1/refunds/{refund.id}", "metadata[order]=17");
const CUSTOMER: RecipeStep =
    post("customer", "/v1/customers", "name=Jenny+Rosen&email=jenny.rosen@example.com");
const CARD: RecipeStep = post("method", "/v1/payment_methods", "type=card&card[token]=tok_visa");
const ATTACH: RecipeStep = post("method", "/v1/payment_methods/{method.id}/attach", "customer={customer.id}");
const SESSION: RecipeStep = post(
    "session",
    "/v1/checkout/sessions",
    "mode=payment&line_items[0][price_data][currency]=usd&line_items[0][price_data][product_data][name]=T-shirt\
     &line_items[0][price_data][unit_amount]=2000&line_items[0][quantity]=1&success_url=https://example.com/success",
);
const COMPLETE: RecipeStep = post(
    "session",
    "/v1/test_helpers/checkout/sessions/{session.id}/complete",
    "payment_method=pm_card_visa&email=jenny.rosen@example.com",
);

pub(super) const TEMPLATES: &[Template] = &[
    made("charge.captured", &[AUTHORIZED, CAPTURE]),
    made(
        "charge.dispute.closed",
        &[DISPUTED, DISPUTES, post("dispute", "/v1/disputes/{disputes.data.0.id}/close", "")],
    ),
    made("charge.dispute.created", &[DISPUTED]),
    made(
        "charge.dispute.funds_reinstated",
        &[
            DISPUTED,
            DISPUTES,
            post(
                "dispute",
                "/v1/disputes/{disputes.data.0.id}",
                "evidence[uncategorized_text]=winning_evidence&submit=true",
            ),
        ],
    ),
    made("charge.dispute.funds_withdrawn", &[DISPUTED]),
    made(
        "charge.dispute.updated",
        &[
            DISPUTED,
            DISPUTES,
            post("dispute", "/v1/disputes/{disputes.data.0.id}", "evidence[product_description]=T-shirt"),
        ],
    ),
    patched(
        "charge.expired",
        &[AUTHORIZED, CHARGE],
        "charge",
        r#"{"amount_refunded": "$of:charge.amount", "captured": false, "refunded": true}"#,
    ),
    made("charge.failed", &[DECLINED]),
    patched(
        "charge.pending",
        &[PAID, CHARGE],
        "charge",
        r#"{"balance_transaction": null, "paid": false, "status": "pending",
            "outcome": {"network_status": "not_sent_to_network", "type": "pending", "seller_message": null}}"#,
    ),
    made("charge.refund.updated", &[PAID, REFUND, REFUND_UPDATE]),
    made("charge.refunded", &[PAID, REFUND]),
    made("charge.succeeded", &[PAID]),
    made(
        "charge.updated",
        &[PAID, post("charge", "/v1/charges/{intent.latest_charge}", "description=Order+18")],
    ),
    patched(
        "checkout.session.async_payment_failed",
        &[SESSION, COMPLETE],
        "session",
        r#"{"payment_status": "unpaid", "status": "complete"}"#,
    ),
    patched("checkout.session.async_payment_succeeded", &[SESSION, COMPLETE], "session", "{}"),
    made("checkout.session.completed", &[SESSION, COMPLETE]),
    made(
        "checkout.session.expired",
        &[SESSION, post("session", "/v1/checkout/sessions/{session.id}/expire", "")],
    ),
    made("payment_intent.amount_capturable_updated", &[AUTHORIZED]),
    made(
        "payment_intent.canceled",
        &[UNCONFIRMED, post("intent", "/v1/payment_intents/{intent.id}/cancel", "")],
    ),
    made("payment_intent.created", &[UNCONFIRMED]),
    patched(
        "payment_intent.partially_funded",
        &[CUSTOMER, UNCONFIRMED],
        "intent",
        r#"{"amount_received": 0, "customer": "$of:customer.id", "status": "requires_action",
            "payment_method_types": ["customer_balance"], "next_action": {"type": "display_bank_transfer_instructions",
            "display_bank_transfer_instructions": {"amount_remaining": 1500, "currency": "usd",
            "hosted_instructions_url": null, "reference": null, "type": "us_bank_transfer"}}}"#,
    ),
    made("payment_intent.payment_failed", &[DECLINED]),
    patched(
        "payment_intent.processing",
        &[PAID],
        "intent",
        r#"{"amount_received": 0, "status": "processing", "processing": null}"#,
    ),
    made("payment_intent.requires_action", &[CHALLENGED]),
    made("payment_intent.succeeded", &[PAID]),
    made("payment_method.attached", &[CUSTOMER, CARD, ATTACH]),
    updated(
        "payment_method.automatically_updated",
        &[CUSTOMER, CARD, ATTACH],
        "method",
        r#"{"card": {"exp_year": 2042}}"#,
        r#"{"card": {"exp_month": "$of:method.card.exp_month", "exp_year": "$of:method.card.exp_year"}}"#,
    ),
    made(
        "payment_method.detached",
        &[CUSTOMER, CARD, ATTACH, post("method", "/v1/payment_methods/{method.id}/detach", "")],
    ),
    made(
        "payment_method.updated",
        &[CUSTOMER, CARD, ATTACH, post("method", "/v1/payment_methods/{method.id}", "metadata[order]=17")],
    ),
    made("refund.created", &[PAID, REFUND]),
    made("refund.failed", &[UNREFUNDABLE, REFUND]),
    made("refund.updated", &[PAID, REFUND, REFUND_UPDATE]),
    made(
        "setup_intent.canceled",
        &[post("setup", "/v1/setup_intents", ""), post("setup", "/v1/setup_intents/{setup.id}/cancel", "")],
    ),
    made("setup_intent.created", &[post("setup", "/v1/setup_intents", "")]),
    made(
        "setup_intent.requires_action",
        &[post(
            "setup",
            "/v1/setup_intents",
            "confirm=true&payment_method=pm_card_threeDSecure2Required&return_url=https://example.com/return",
        )],
    ),
    made(
        "setup_intent.setup_failed",
        &[post(
            "setup",
            "/v1/setup_intents",
            "confirm=true&payment_method=pm_card_chargeDeclined&return_url=https://example.com/return",
        )],
    ),
    made(
        "setup_intent.succeeded",
        &[post(
            "setup",
            "/v1/setup_intents",
            "confirm=true&payment_method=pm_card_visa&return_url=https://example.com/return",
        )],
    ),
];
