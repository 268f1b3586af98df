//! Deliveries without a signature of the secret, and those whose body is not the one that was signed.

use crate::webhook::explain::json::Spacing;

use super::entry::{FORM, VERIFY, check, headed};
use crate::webhook::battery::check::Check;
use crate::webhook::battery::check::Severity::{Critical, Error};
use crate::webhook::battery::forge::{TestDelivery, respaced};

const MISSING: &str = "Answer 400 when the Stripe-Signature header is missing, before anything else";

pub(super) const UNSIGNED: &[Check] = &[
    check(
        "refuse-no-header",
        Critical,
        ["no Stripe-Signature header at all", "anybody can make up events", MISSING],
        |forge| vec![forge.signed(forge.pretty()).unsigned()],
    ),
    check(
        "refuse-empty-header",
        Critical,
        ["an empty Stripe-Signature header", "anybody can make up events", MISSING],
        |forge| vec![TestDelivery::new(forge.pretty(), "")],
    ),
    check(
        "refuse-garbage-header",
        Critical,
        ["Stripe-Signature: garbage", "anybody can make up events", FORM],
        |forge| {
            vec![TestDelivery::new(forge.pretty(), "garbage"), TestDelivery::new(forge.pretty(), "t=,v0=,=,")]
        },
    ),
    check(
        "refuse-wrong-secret",
        Critical,
        ["an event signed with another secret", "anybody can make up events", VERIFY],
        |forge| forge.signed_with_each(&[&forge.wrong_secret()]),
    ),
    check(
        "refuse-zero-signature",
        Critical,
        ["a signature of 64 zeros", "anybody can make up events", VERIFY],
        |forge| vec![headed(forge, |_| format!("t={},v1={}", forge.now, "0".repeat(64)))],
    ),
    check(
        "refuse-tampered",
        Critical,
        [
            "a signed event whose amount was changed",
            "who sees one event can make others",
            "Verify the signature over the body that is acted on",
        ],
        |forge| {
            let signed = forge.signed(forge.pretty());
            vec![TestDelivery { body: forge.pretty().replace("4200", "9900").into_bytes(), ..signed }]
        },
    ),
    check(
        "refuse-other-event",
        Critical,
        [
            "an event with the signature of another one",
            "who sees one event can make others",
            "Verify the signature over the body that is acted on",
        ],
        |forge| {
            let other = forge.event_with("balance.other", forge.now, "[1, 2, 3]");
            vec![TestDelivery { body: other.into_bytes(), ..forge.signed(forge.pretty()) }]
        },
    ),
    check(
        "refuse-reformatted",
        Error,
        [
            "a signed event whose white space was changed, both ways",
            "the signature is checked against other bytes than those received",
            "Verify the bytes as they came in, before any JSON parser",
        ],
        |forge| {
            let (pretty, compact) = (forge.pretty(), respaced(&forge.pretty(), Spacing::Compact));
            vec![
                TestDelivery { body: compact.clone().into_bytes(), ..forge.signed(pretty.clone()) },
                TestDelivery { body: pretty.into_bytes(), ..forge.signed(compact) },
            ]
        },
    ),
    check(
        "refuse-appended-newline",
        Error,
        [
            "a signed event with a line feed added",
            "the body is trimmed before it is verified",
            "Do not trim the body: every byte is signed",
        ],
        |forge| {
            let body = format!("{}\n", forge.pretty()).into_bytes();
            vec![TestDelivery { body, ..forge.signed(forge.pretty()) }]
        },
    ),
    check(
        "refuse-appended-data",
        Critical,
        [
            "a signed event with a second JSON value after it",
            "only a part of the body is signed",
            "Verify the whole body, not its first bytes",
        ],
        |forge| {
            let body = format!("{}{{\"object\":\"event\"}}", forge.pretty()).into_bytes();
            vec![TestDelivery { body, ..forge.signed(forge.pretty()) }]
        },
    ),
    check(
        "refuse-body-emptied",
        Critical,
        ["a good header without the body that it signs", "only the header is looked at", VERIFY],
        |forge| vec![TestDelivery { body: Vec::new(), ..forge.signed(forge.pretty()) }],
    ),
];
