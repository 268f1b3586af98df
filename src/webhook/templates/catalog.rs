//! Templates of products, prices, coupons, tax rates, payouts, the balance and the account. Pure.

use super::recipe::{RecipeStep, Template, delete, get, made, patched, post, updated};

const PRODUCT: RecipeStep = post("product", "/v1/products", "name=Gold+plan");
const PRICE: RecipeStep = post(
    "price",
    "/v1/prices",
    "product={product.id}&currency=usd&unit_amount=2000&recurring[interval]=month",
);
const COUPON: RecipeStep = post("coupon", "/v1/coupons", "percent_off=25&duration=once&name=A+quarter+off");
const TAX_RATE: RecipeStep = post("rate", "/v1/tax_rates", "display_name=VAT&inclusive=false&percentage=19");
const FUNDS: RecipeStep = post(
    "intent",
    "/v1/payment_intents",
    "amount=200000&currency=usd&confirm=true&payment_method=pm_card_bypassPending&return_url=https://example.com/return",
);
const PAYOUT: RecipeStep = post("payout", "/v1/payouts", "amount=1100&currency=usd");

pub(super) const TEMPLATES: &[Template] = &[
    updated(
        "account.updated",
        &[PRODUCT, get("account", "/v1/account", "")],
        "account",
        "{}",
        r#"{"charges_enabled": false}"#,
    ),
    made("balance.available", &[FUNDS]),
    made("coupon.created", &[COUPON]),
    made("coupon.deleted", &[COUPON, delete("coupon", "/v1/coupons/{coupon.id}")]),
    made("coupon.updated", &[COUPON, post("coupon", "/v1/coupons/{coupon.id}", "name=Welcome")]),
    made("payout.canceled", &[FUNDS, PAYOUT, post("payout", "/v1/payouts/{payout.id}/cancel", "")]),
    made("payout.created", &[FUNDS, PAYOUT]),
    patched(
        "payout.failed",
        &[FUNDS, PAYOUT],
        "payout",
        r#"{"status": "failed", "failure_code": "account_closed", "failure_message": "The bank account has been closed.",
            "failure_balance_transaction": "$new:txn"}"#,
    ),
    patched("payout.paid", &[FUNDS, PAYOUT], "payout", r#"{"status": "paid", "arrival_date": "$now"}"#),
    patched(
        "payout.reconciliation_completed",
        &[FUNDS, PAYOUT],
        "payout",
        r#"{"status": "paid", "automatic": true, "reconciliation_status": "completed", "arrival_date": "$now"}"#,
    ),
    made("payout.updated", &[FUNDS, PAYOUT, post("payout", "/v1/payouts/{payout.id}", "metadata[order]=17")]),
    made("price.created", &[PRODUCT, PRICE]),
    patched("price.deleted", &[PRODUCT, PRICE], "price", r#"{"active": false}"#),
    made("price.updated", &[PRODUCT, PRICE, post("price", "/v1/prices/{price.id}", "nickname=Monthly")]),
    made("product.created", &[PRODUCT]),
    made("product.deleted", &[PRODUCT, delete("product", "/v1/products/{product.id}")]),
    made("product.updated", &[PRODUCT, post("product", "/v1/products/{product.id}", "name=Silver+plan")]),
    made("tax_rate.created", &[TAX_RATE]),
    made("tax_rate.updated", &[TAX_RATE, post("rate", "/v1/tax_rates/{rate.id}", "active=false")]),
];
