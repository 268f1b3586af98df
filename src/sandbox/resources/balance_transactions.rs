//! Balance transactions, which are read here and made by what moves money.

use super::charges::CHARGES;
use super::common::{ID, retrieve};
use super::disputes::DISPUTES;
use super::list;
use super::payouts::PAYOUTS;
use super::refunds::REFUNDS;
use super::{Events, Link, Operation, Resource, Target, shapes};
use crate::sandbox::params::schema::{Field, Kind, field};

/// `/v1/balance_transactions`.
pub(super) static BALANCE_TRANSACTIONS: Resource = Resource {
    object: "balance_transaction",
    path: "balance_transactions",
    id: ("txn", 24),
    shape: shapes::balance_transactions::shape,
    events: Events::NONE,
    expandable: &[("source", Link::Any(&[&CHARGES, &REFUNDS, &DISPUTES, &PAYOUTS]))],
    operations: &[Operation::list(&[list::FIELDS, FILTERS]), Operation::get(Target::Item, &[], retrieve)],
};

const FILTERS: &[Field] =
    &[field("currency", Kind::Currency), field("source", ID), field("type", Kind::Choice(TYPES))];

/// Every type that the API has; the sandbox makes some of them.
const TYPES: &[&str] = &[
    "adjustment",
    "advance",
    "advance_funding",
    "anticipation_repayment",
    "application_fee",
    "application_fee_refund",
    "charge",
    "climate_order_purchase",
    "climate_order_refund",
    "connect_collection_transfer",
    "contribution",
    "fee_credit_funding",
    "inbound_transfer",
    "inbound_transfer_reversal",
    "issuing_authorization_hold",
    "issuing_authorization_release",
    "issuing_dispute",
    "issuing_dispute_provisional_credit",
    "issuing_dispute_provisional_credit_reversal",
    "issuing_transaction",
    "obligation_outbound",
    "obligation_reversal_inbound",
    "payment",
    "payment_failure_refund",
    "payment_network_reserve_hold",
    "payment_network_reserve_release",
    "payment_refund",
    "payment_reversal",
    "payment_unreconciled",
    "payout",
    "payout_cancel",
    "payout_failure",
    "payout_minimum_balance_hold",
    "payout_minimum_balance_release",
    "refund",
    "refund_failure",
    "reserve_hold",
    "reserve_release",
    "reserve_transaction",
    "reserved_funds",
    "stripe_balance_payment_debit",
    "stripe_balance_payment_debit_reversal",
    "stripe_fee",
    "stripe_fx_fee",
    "tax_fee",
    "tax_fund",
    "topup",
    "topup_reversal",
    "transfer",
    "transfer_cancel",
    "transfer_failure",
    "transfer_refund",
];
