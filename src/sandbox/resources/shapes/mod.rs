//! What objects look like: a file for each kind, with every field that it has and its default.

/// Fields of a kind of object that are left out where there is nothing to tell: `null` is not among what
/// Stripe declares for them.
pub(super) fn left_out(object: &str) -> &'static [&'static str] {
    match object {
        "checkout.session" => &["return_url"],
        "customer" => &["business_name", "individual_name"],
        _ => &[],
    }
}

pub(super) mod account;
pub(super) mod balance_transactions;
pub(super) mod charges;
pub(super) mod checkout_session_items;
pub(super) mod checkout_sessions;
pub(super) mod coupons;
pub(super) mod customer_balance;
pub(super) mod customers;
pub(super) mod discounts;
pub(super) mod disputes;
pub(super) mod invoice_items;
pub(super) mod invoice_lines;
pub(super) mod invoice_payments;
pub(super) mod invoices;
pub(super) mod payment_intents;
pub(super) mod payment_methods;
pub(super) mod payouts;
pub(super) mod prices;
pub(super) mod products;
pub(super) mod promotion_codes;
pub(super) mod refunds;
pub(super) mod setup_attempts;
pub(super) mod setup_intents;
pub(super) mod subscription_items;
pub(super) mod subscriptions;
pub(super) mod tax_ids;
pub(super) mod tax_rates;
pub(super) mod test_clocks;
pub(super) mod tokens;
pub(super) mod webhook_endpoints;
