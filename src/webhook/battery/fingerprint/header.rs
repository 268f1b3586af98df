//! Mistakes in reading the header: its signatures, its schemes, and its time.

use super::mistake::Explains::These;
use super::mistake::Sign::{Refuses, RefusesAny, Takes, TakesAny};
use super::mistake::{Mistake, mistake};

const OLD: &[&str] = &["refuse-6-minutes-old", "refuse-1-day-old", "refuse-8-days-old"];

pub(super) const HEADER: &[Mistake] = &[
    mistake(
        "last-v1-wins",
        [
            "only the last v1 of the header is compared",
            "Compare with every v1: there are two while a secret is being rolled",
        ],
        &[Takes(&["accept-v1-good-last"]), Refuses(&["accept-v1-good-first"])],
        These(&["accept-v1-good-first"]),
    ),
    mistake(
        "first-v1-only",
        [
            "only the first v1 of the header is compared",
            "Compare with every v1: there are two while a secret is being rolled",
        ],
        &[Takes(&["accept-v1-good-first"]), Refuses(&["accept-v1-good-last"])],
        These(&["accept-v1-good-last"]),
    ),
    mistake(
        "one-v1-only",
        [
            "a header with two v1 is refused",
            "Compare with every v1: there are two while a secret is being rolled",
        ],
        &[
            Refuses(&["accept-v1-good-first", "accept-v1-good-last"]),
            Takes(&["accept-pretty", "accept-v0-last"]),
        ],
        These(&["accept-v1-good-first", "accept-v1-good-last"]),
    ),
    mistake(
        "unknown-scheme-refused",
        ["a header with a scheme besides v1 is refused", "Ignore items that you do not know"],
        &[
            RefusesAny(&["accept-unknown-scheme", "accept-v0-last"]),
            Takes(&["accept-pretty", "accept-v1-before-t"]),
        ],
        These(&["accept-unknown-scheme", "accept-v0-last", "accept-v0-first"]),
    ),
    mistake(
        "header-by-position",
        [
            "the header's items are read by their position",
            "Read the items by name: t and v1, in any order, others between them",
        ],
        &[RefusesAny(&["accept-v0-first", "accept-v1-before-t"]), Takes(&["accept-pretty"])],
        These(&[
            "accept-v0-first",
            "accept-v0-last",
            "accept-v1-before-t",
            "accept-unknown-scheme",
            "accept-v1-good-first",
            "accept-v1-good-last",
        ]),
    ),
    mistake(
        "v0-accepted",
        ["a v0 signature is taken for one", "Compare with v1 alone: v0 is made up, with test events"],
        &[TakesAny(&["refuse-v0-only", "refuse-v0-good-v1-bad"])],
        These(&["refuse-v0-only", "refuse-v0-good-v1-bad"]),
    ),
    mistake(
        "no-tolerance",
        [
            "the age of a signature is not checked",
            "Refuse signatures older than 300 seconds (the tolerance of the official libraries; 0 switches it off)",
        ],
        &[Takes(OLD), Refuses(&["refuse-wrong-secret"])],
        These(&[
            "refuse-6-minutes-old",
            "refuse-1-day-old",
            "refuse-8-days-old",
            "refuse-time-zero",
            "refuse-second-t",
        ]),
    ),
    mistake(
        "tolerance-too-large",
        ["the tolerance is larger than 5 minutes", "Use 300 seconds, the default of the official libraries"],
        &[TakesAny(OLD), Refuses(&["refuse-wrong-secret"])],
        These(&["refuse-6-minutes-old", "refuse-1-day-old", "refuse-8-days-old", "refuse-second-t"]),
    ),
    mistake(
        "tolerance-too-small",
        [
            "the tolerance is smaller than 5 minutes",
            "Use 300 seconds, the default of the official libraries, and keep the clock right",
        ],
        &[RefusesAny(&["accept-4-minutes-old", "accept-1-minute-old"]), Takes(&["accept-pretty"])],
        These(&["accept-4-minutes-old", "accept-1-minute-old", "accept-retry", "accept-newer-before-older"]),
    ),
    mistake(
        "future-refused",
        [
            "a signature from a clock a minute ahead is refused",
            "Allow for clocks that differ: the official libraries do not refuse the future",
        ],
        &[Refuses(&["accept-clock-ahead"]), Takes(&["accept-pretty"])],
        These(&["accept-clock-ahead"]),
    ),
    mistake(
        "time-zero-accepted",
        ["t=0 skips the age check", "Compare numbers: a zero must not count as \"no time\""],
        &[Takes(&["refuse-time-zero"]), Refuses(&["refuse-8-days-old"])],
        These(&["refuse-time-zero"]),
    ),
    mistake(
        "time-not-a-number",
        [
            "a t that is not a number skips the age check",
            "Answer 400 unless t is an integer: every comparison with NaN is false",
        ],
        &[Takes(&["refuse-t-not-a-number"])],
        These(&["refuse-t-not-a-number", "refuse-no-t"]),
    ),
    mistake(
        "time-optional",
        ["a header without t is accepted", "Answer 400 when t is missing"],
        &[Takes(&["refuse-no-t"])],
        These(&["refuse-no-t"]),
    ),
    mistake(
        "timestamp-not-signed",
        [
            "the time that the age is judged by is not the signed one",
            "Judge the age by the t that the HMAC is computed over",
        ],
        &[TakesAny(&["refuse-t-changed", "refuse-second-t"]), Refuses(&["refuse-1-day-old"])],
        These(&["refuse-t-changed", "refuse-second-t"]),
    ),
];
