//! Balance transactions, which are read here and made by what moves money.

use serde_json::{Value, json};

use super::charges::CHARGES;
use super::common::{ID, retrieve};
use super::disputes::DISPUTES;
use super::payouts::PAYOUTS;
use super::refunds::REFUNDS;
use super::{Events, Link, Operation, Resource, Target};
use crate::sandbox::list;
use crate::sandbox::schema::{Field, Kind, field};

/// `/v1/balance_transactions`.
pub(super) static BALANCE_TRANSACTIONS: Resource = Resource {
    object: "balance_transaction",
    path: "balance_transactions",
    id: ("txn", 24),
    shape,
    events: Events::NONE,
    expandable: &[("source", Link::Any(&[&CHARGES, &REFUNDS, &DISPUTES, &PAYOUTS]))],
    operations: &[Operation::list(&[list::FIELDS, FILTERS]), Operation::get(Target::Item, &[], retrieve)],
};

const FILTERS: &[Field] = &[
    field("currency", Kind::Currency),
    field("source", ID),
    field("type", Kind::Choice(&["charge", "refund", "adjustment", "payout", "payout_cancel"])),
];

fn shape() -> Value {
    json!({
        "amount": 0,
        "available_on": 0,
        "balance_type": "payments",
        "created": 0,
        "currency": "usd",
        "description": null,
        "exchange_rate": null,
        "fee": 0,
        "fee_details": [],
        "net": 0,
        "reporting_category": "charge",
        "source": null,
        "status": "pending",
        "type": "charge",
    })
}
