//! Mistakes by which no delivery reaches the verification, or nothing depends on it.

use super::mistake::Explains::{EveryBad, Everything, These};
use super::mistake::Sign::{EveryGoodAnswered, Hangs, Redirects, Refuses, RefusesAny, Takes, TakesAny};
use super::mistake::{Mistake, mistake};

pub(super) const REACHED: &[Mistake] = &[
    mistake(
        "redirects",
        [
            "the endpoint redirects",
            "Register the URL that answers itself: https, with or without the last slash as the server has it",
        ],
        &[Redirects],
        Everything,
    ),
    mistake(
        "wrong-path",
        [
            "nothing answers at this path",
            "Check the path of the URL and the method of the route: deliveries are POST",
        ],
        &[EveryGoodAnswered(&[404, 405, 410])],
        Everything,
    ),
    mistake(
        "behind-authentication",
        [
            "a login, an API key or a CSRF check stands before the endpoint",
            "Exempt the route: Stripe sends no cookie, no token and no password",
        ],
        &[EveryGoodAnswered(&[401, 403, 407, 419])],
        Everything,
    ),
    mistake(
        "hangs",
        ["the endpoint does not answer in time", "Answer 2xx first and work afterwards, from a queue"],
        &[Hangs],
        Everything,
    ),
    mistake(
        "no-verification",
        [
            "the signature is not verified at all",
            "Call the official library's constructEvent (construct_event) with the raw body, the header and the secret",
        ],
        &[Takes(&["refuse-no-header", "refuse-garbage-header", "refuse-wrong-secret", "refuse-tampered"])],
        EveryBad,
    ),
    mistake(
        "comparison-ignored",
        [
            "the header is read and its signature never decides",
            "Return 400 when the comparison fails: its result, or the exception, is ignored somewhere",
        ],
        &[
            Takes(&["refuse-wrong-secret", "refuse-zero-signature", "refuse-tampered"]),
            RefusesAny(&["refuse-no-header", "refuse-garbage-header"]),
        ],
        EveryBad,
    ),
    mistake(
        "forgeries-accepted",
        [
            "a signature that is not made with the secret is accepted",
            "Compare with the HMAC of the secret that the endpoint was given, and with nothing else",
        ],
        &[TakesAny(&["refuse-wrong-secret", "refuse-zero-signature"]), Refuses(&["refuse-tampered"])],
        These(&["refuse-wrong-secret", "refuse-zero-signature"]),
    ),
    mistake(
        "header-optional",
        [
            "a delivery without a signature header skips the verification",
            "Answer 400 when the header is missing or empty",
        ],
        &[TakesAny(&["refuse-no-header", "refuse-empty-header"]), Refuses(&["refuse-wrong-secret"])],
        These(&["refuse-no-header", "refuse-empty-header", "refuse-standard-webhooks"]),
    ),
    mistake(
        "malformed-header-accepted",
        [
            "a header that cannot be read skips the verification",
            "Answer 400 when the header has no t or no v1",
        ],
        &[TakesAny(&["refuse-garbage-header"]), Refuses(&["refuse-wrong-secret"])],
        These(&[
            "refuse-garbage-header",
            "refuse-empty-header",
            "refuse-v0-only",
            "refuse-no-t",
            "refuse-upper-case-names",
        ]),
    ),
    mistake(
        "body-not-signed",
        [
            "the signature is checked, but not over the body that was sent",
            "Compute the HMAC over t, a dot and the raw body of this very request",
        ],
        &[
            TakesAny(&["refuse-tampered", "refuse-other-event", "refuse-body-emptied"]),
            Refuses(&["refuse-wrong-secret"]),
        ],
        These(&[
            "refuse-tampered",
            "refuse-other-event",
            "refuse-body-emptied",
            "refuse-reformatted",
            "refuse-appended-newline",
            "refuse-appended-data",
        ]),
    ),
    mistake(
        "part-of-body-signed",
        ["only a part of the body is verified", "Verify the whole body: read it by its length, to its end"],
        &[Takes(&["refuse-appended-data"]), Refuses(&["refuse-tampered"])],
        These(&["refuse-appended-data", "refuse-appended-newline"]),
    ),
];
