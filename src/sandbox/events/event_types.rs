//! The types of events that the sandbox makes, each named once. A type of another spelling cannot be told. Pure.

use serde::Serialize;

/// The type of an event, as in `customer.created`. Only this file makes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(in crate::sandbox) struct EventType(&'static str);

impl EventType {
    /// As it stands in the event.
    pub(in crate::sandbox) const fn as_str(self) -> &'static str {
        self.0
    }
}

macro_rules! event_types {
    ($($name:ident = $text:literal,)*) => {
        $(
            #[doc = concat!("`", $text, "`.")]
            pub(in crate::sandbox) const $name: EventType = EventType($text);
        )*
    };
}

event_types! {
    BALANCE_AVAILABLE = "balance.available",
    CHARGE_CAPTURED = "charge.captured",
    CHARGE_DISPUTE_CLOSED = "charge.dispute.closed",
    CHARGE_DISPUTE_CREATED = "charge.dispute.created",
    CHARGE_DISPUTE_FUNDS_REINSTATED = "charge.dispute.funds_reinstated",
    CHARGE_DISPUTE_FUNDS_WITHDRAWN = "charge.dispute.funds_withdrawn",
    CHARGE_DISPUTE_UPDATED = "charge.dispute.updated",
    CHARGE_EXPIRED = "charge.expired",
    CHARGE_FAILED = "charge.failed",
    CHARGE_REFUND_UPDATED = "charge.refund.updated",
    CHARGE_REFUNDED = "charge.refunded",
    CHARGE_SUCCEEDED = "charge.succeeded",
    CHARGE_UPDATED = "charge.updated",
    CHECKOUT_SESSION_COMPLETED = "checkout.session.completed",
    CHECKOUT_SESSION_EXPIRED = "checkout.session.expired",
    COUPON_CREATED = "coupon.created",
    COUPON_DELETED = "coupon.deleted",
    COUPON_UPDATED = "coupon.updated",
    CUSTOMER_CREATED = "customer.created",
    CUSTOMER_DELETED = "customer.deleted",
    CUSTOMER_SUBSCRIPTION_CREATED = "customer.subscription.created",
    CUSTOMER_SUBSCRIPTION_DELETED = "customer.subscription.deleted",
    CUSTOMER_SUBSCRIPTION_PAUSED = "customer.subscription.paused",
    CUSTOMER_SUBSCRIPTION_RESUMED = "customer.subscription.resumed",
    CUSTOMER_SUBSCRIPTION_TRIAL_WILL_END = "customer.subscription.trial_will_end",
    CUSTOMER_SUBSCRIPTION_UPDATED = "customer.subscription.updated",
    CUSTOMER_TAX_ID_CREATED = "customer.tax_id.created",
    CUSTOMER_TAX_ID_DELETED = "customer.tax_id.deleted",
    CUSTOMER_UPDATED = "customer.updated",
    INVOICE_CREATED = "invoice.created",
    INVOICE_DELETED = "invoice.deleted",
    INVOICE_FINALIZED = "invoice.finalized",
    INVOICE_MARKED_UNCOLLECTIBLE = "invoice.marked_uncollectible",
    INVOICE_OVERDUE = "invoice.overdue",
    INVOICE_PAID = "invoice.paid",
    INVOICE_PAYMENT_ACTION_REQUIRED = "invoice.payment_action_required",
    INVOICE_PAYMENT_FAILED = "invoice.payment_failed",
    INVOICE_PAYMENT_SUCCEEDED = "invoice.payment_succeeded",
    INVOICE_SENT = "invoice.sent",
    INVOICE_UPCOMING = "invoice.upcoming",
    INVOICE_UPDATED = "invoice.updated",
    INVOICE_VOIDED = "invoice.voided",
    INVOICEITEM_CREATED = "invoiceitem.created",
    INVOICEITEM_DELETED = "invoiceitem.deleted",
    PAYMENT_INTENT_AMOUNT_CAPTURABLE_UPDATED = "payment_intent.amount_capturable_updated",
    PAYMENT_INTENT_CANCELED = "payment_intent.canceled",
    PAYMENT_INTENT_CREATED = "payment_intent.created",
    PAYMENT_INTENT_PAYMENT_FAILED = "payment_intent.payment_failed",
    PAYMENT_INTENT_REQUIRES_ACTION = "payment_intent.requires_action",
    PAYMENT_INTENT_SUCCEEDED = "payment_intent.succeeded",
    PAYMENT_METHOD_ATTACHED = "payment_method.attached",
    PAYMENT_METHOD_DETACHED = "payment_method.detached",
    PAYMENT_METHOD_UPDATED = "payment_method.updated",
    PAYOUT_CANCELED = "payout.canceled",
    PAYOUT_CREATED = "payout.created",
    PAYOUT_FAILED = "payout.failed",
    PAYOUT_PAID = "payout.paid",
    PAYOUT_UPDATED = "payout.updated",
    PRICE_CREATED = "price.created",
    PRICE_DELETED = "price.deleted",
    PRICE_UPDATED = "price.updated",
    PRODUCT_CREATED = "product.created",
    PRODUCT_DELETED = "product.deleted",
    PRODUCT_UPDATED = "product.updated",
    PROMOTION_CODE_CREATED = "promotion_code.created",
    PROMOTION_CODE_UPDATED = "promotion_code.updated",
    REFUND_CREATED = "refund.created",
    REFUND_FAILED = "refund.failed",
    REFUND_UPDATED = "refund.updated",
    SETUP_INTENT_CANCELED = "setup_intent.canceled",
    SETUP_INTENT_CREATED = "setup_intent.created",
    SETUP_INTENT_REQUIRES_ACTION = "setup_intent.requires_action",
    SETUP_INTENT_SETUP_FAILED = "setup_intent.setup_failed",
    SETUP_INTENT_SUCCEEDED = "setup_intent.succeeded",
    TAX_RATE_CREATED = "tax_rate.created",
    TAX_RATE_UPDATED = "tax_rate.updated",
    TEST_HELPERS_TEST_CLOCK_ADVANCING = "test_helpers.test_clock.advancing",
    TEST_HELPERS_TEST_CLOCK_CREATED = "test_helpers.test_clock.created",
    TEST_HELPERS_TEST_CLOCK_DELETED = "test_helpers.test_clock.deleted",
    TEST_HELPERS_TEST_CLOCK_READY = "test_helpers.test_clock.ready",
}
