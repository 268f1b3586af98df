//! An entry of the table of bad deliveries, and what several entries have in common.

use crate::webhook::battery::check::{Check, Group, Severity};
use crate::webhook::battery::forge::{Forge, TestDelivery};

pub(super) const VERIFY: &str =
    "Verify every delivery with the official library's constructEvent and answer 400 when it throws";
pub(super) const SIGNED_TIME: &str =
    "Compute the HMAC over the same t that the age is judged by, then a dot, then the raw body";
pub(super) const FORM: &str = "Answer 4xx to a header that cannot be read; better, use the official library";

/// An entry: its name, how bad it is, what is sent, what it means when it is taken, the fix, and its deliveries.
pub(super) const fn check(
    id: &'static str,
    severity: Severity,
    [sent, why, fix]: [&'static str; 3],
    make: fn(&Forge) -> Vec<TestDelivery>,
) -> Check {
    Check { id, severity, group: Group::Refuse, sent, why, fix, make }
}

/// A delivery of the usual event with a header made of it.
pub(super) fn headed(forge: &Forge, header: impl Fn(&str) -> String) -> TestDelivery {
    let body = forge.pretty();
    let header = header(&body);
    TestDelivery::new(body, header)
}
