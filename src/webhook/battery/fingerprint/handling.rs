//! Mistakes after the verification, and before it in the server.

use super::mistake::Explains::{EveryBad, These};
use super::mistake::Sign::{Crashes, ProbeFailed, Refuses, RefusesAny, Takes, TakesAny};
use super::mistake::{Mistake, mistake};

const SIZES: &[&str] = &["accept-20kb", "accept-120kb", "accept-256kb"];

pub(super) const HANDLING: &[Mistake] = &[
    mistake(
        "body-limit",
        [
            "large bodies are refused",
            "Raise the body limit of this route to 1 MB: express.raw({type: 'application/json', limit: '1mb'}), client_max_body_size 1m in nginx",
        ],
        &[RefusesAny(SIZES), Takes(&["accept-pretty"])],
        These(SIZES),
    ),
    mistake(
        "duplicate-processed",
        [
            "the same event is acted on twice",
            "Remember the ids of handled events in the transaction that acts on them",
        ],
        &[ProbeFailed],
        These(&["accept-duplicate"]),
    ),
    mistake(
        "duplicate-refused",
        [
            "an event that was handled is refused when it comes again",
            "Answer 2xx to duplicates: Stripe sends an event again until it gets one",
        ],
        &[
            RefusesAny(&["accept-duplicate", "accept-retry"]),
            Takes(&["accept-pretty", "accept-1-minute-old"]),
        ],
        These(&["accept-duplicate", "accept-retry"]),
    ),
    mistake(
        "order-required",
        [
            "an event older than one that was handled is refused",
            "Answer 2xx whatever the order: Stripe promises none",
        ],
        &[Refuses(&["accept-newer-before-older"]), Takes(&["accept-pretty"])],
        These(&["accept-newer-before-older"]),
    ),
    mistake(
        "unknown-type-refused",
        [
            "events of types that are not handled are refused",
            "Answer 2xx to types that you do not handle, and choose the types in the endpoint's settings",
        ],
        &[Refuses(&["accept-unknown-type"]), Takes(&["accept-pretty"])],
        These(&["accept-unknown-type"]),
    ),
    mistake(
        "strict-schema",
        [
            "events with members that the code does not know are refused",
            "Ignore unknown members: Stripe adds some at any time",
        ],
        &[RefusesAny(&["accept-unknown-fields", "accept-connect"]), Takes(&["accept-pretty"])],
        These(&["accept-unknown-fields", "accept-connect"]),
    ),
    mistake(
        "content-type-strict",
        ["the Content-Type is compared as a whole", "Compare the media type alone, without its parameters"],
        &[Refuses(&["accept-plain-content-type"]), Takes(&["accept-pretty"])],
        These(&["accept-plain-content-type"]),
    ),
    mistake(
        "case-ignored",
        [
            "the case of the header is ignored",
            "Compare names and signatures exactly, as the official libraries do",
        ],
        &[TakesAny(&["refuse-upper-case", "refuse-upper-case-names"])],
        These(&["refuse-upper-case", "refuse-upper-case-names"]),
    ),
    mistake(
        "body-not-parsed",
        ["a signed body that is no event is accepted", "Answer 400 when the verified body cannot be parsed"],
        &[TakesAny(&["refuse-not-json", "refuse-signed-empty"])],
        These(&["refuse-not-json", "refuse-signed-empty"]),
    ),
    mistake(
        "unhandled-errors",
        [
            "bad deliveries make the endpoint fail (5xx)",
            "Catch the library's exception (SignatureVerificationError, ValueError) and answer 400",
        ],
        &[Crashes(3)],
        EveryBad,
    ),
];
