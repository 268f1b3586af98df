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

const FILTERS: &[Field] = &[
    field("currency", Kind::Currency),
    field("source", ID),
    field(
        "type",
        Kind::Choice(&[
            "charge",
            "refund",
            "adjustment",
            "payout",
            "payout_cancel",
            "payout_failure",
            "refund_failure",
        ]),
    ),
];
