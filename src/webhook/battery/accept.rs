//! The checks whose deliveries are good: an endpoint that refuses one loses events.

use crate::webhook::explain::json::Spacing;

use super::check::Severity::{Critical, Error};
use super::check::{Check, Group, Severity};
use super::forge::{Forge, TestDelivery, respaced};

/// A minute, in seconds.
const MINUTE: i64 = 60;

const RAW_BODY: &str = "Verify the bytes as they came in, before any JSON parser. Express: express.raw({type: 'application/json'}) on this route, before express.json(); Flask: request.get_data(); Django: request.body; FastAPI: await request.body(); Rails: request.raw_post";
const DECODED: &str = "Verify bytes, not text: read the body without decoding it, or decode it as UTF-8";
const EVERY_V1: &str =
    "Compare with every v1 of the header and accept when any matches, as the official libraries do";
const BY_NAME: &str = "Read the header's items by name (t, v1) and ignore those that you do not know; better, use the official library";
const TOLERANCE: &str =
    "Use the libraries' tolerance of 300 seconds, and keep the server's clock right (NTP)";
const NO_PARSE: &str = "Answer 2xx to whatever is signed and not handled: only the signature decides";
const LARGE: &str = "Raise the body limit of the route to 1 MB: express.raw({type: 'application/json', limit: '1mb'}), client_max_body_size 1m in nginx";

const fn check(
    id: &'static str,
    severity: Severity,
    [sent, why, fix]: [&'static str; 3],
    make: fn(&Forge) -> Vec<TestDelivery>,
) -> Check {
    Check { id, severity, group: Group::Accept, sent, why, fix, make }
}

/// Good deliveries.
pub(super) const ACCEPT: &[Check] = &[
    check(
        "accept-pretty",
        Critical,
        [
            "an event as Stripe writes it: 2-space JSON, just signed",
            "Stripe's own form is refused: no event arrives",
            RAW_BODY,
        ],
        |forge| vec![forge.signed(forge.pretty())],
    ),
    check(
        "accept-compact",
        Error,
        [
            "the same event on one line without spaces",
            "the signature is checked against other bytes than those received",
            RAW_BODY,
        ],
        |forge| vec![forge.signed(respaced(&forge.pretty(), Spacing::Compact))],
    ),
    check(
        "accept-spaced",
        Error,
        [
            "the same event on one line with spaces after , and :",
            "the signature is checked against other bytes than those received",
            RAW_BODY,
        ],
        |forge| vec![forge.signed(respaced(&forge.pretty(), Spacing::Spaced))],
    ),
    check(
        "accept-tabs",
        Error,
        [
            "the same event indented with tabs",
            "the signature is checked against other bytes than those received",
            RAW_BODY,
        ],
        |forge| vec![forge.signed(respaced(&forge.pretty(), Spacing::Indented("\t")))],
    ),
    check(
        "accept-unicode",
        Error,
        [
            "accents, Chinese, an emoji and a line separator as raw UTF-8",
            "events with a customer's name or address in them are lost",
            DECODED,
        ],
        |forge| {
            vec![forge.signed(forge.with_extra("\"Zo\u{eb} \u{65e5}\u{672c} \u{1f389} \u{2028} e\u{301}\""))]
        },
    ),
    check(
        "accept-escapes",
        Error,
        [
            "texts with \\u00e9, \\/ and \\u003c escapes",
            "the body was parsed and written again before it was verified",
            RAW_BODY,
        ],
        |forge| vec![forge.signed(forge.with_extra(r#""caf\u00e9 https:\/\/example.com \u003cb\u003e""#))],
    ),
    check(
        "accept-nul",
        Error,
        [
            "a text with the escape \\u0000",
            "a database that refuses the character makes the event fail forever",
            "Store the raw body as bytes, or take \\u0000 out before storing text (PostgreSQL refuses it)",
        ],
        |forge| vec![forge.signed(forge.with_extra(r#""a\u0000b""#))],
    ),
    check(
        "accept-numbers",
        Error,
        [
            "numbers as 25.0, 1e-07, 1E3 and 12345678901234567890",
            "numbers were parsed and written again before the body was verified",
            RAW_BODY,
        ],
        |forge| vec![forge.signed(forge.with_extra("[25.0, 1e-07, 1E3, 12345678901234567890]"))],
    ),
    check(
        "accept-key-order",
        Error,
        [
            "an object whose keys are \"b\", \"10\", \"9\", \"a\" in this order",
            "the order of keys changed before the body was verified",
            RAW_BODY,
        ],
        |forge| vec![forge.signed(forge.with_extra(r#"{ "b": 1, "10": 2, "9": 3, "a": 4 }"#))],
    ),
    check(
        "accept-trailing-newline",
        Error,
        [
            "an event that ends with a line feed",
            "the body is trimmed before it is verified",
            "Do not trim the body: every byte is signed",
        ],
        |forge| vec![forge.signed(format!("{}\n", forge.pretty()))],
    ),
    check(
        "accept-leading-space",
        Error,
        [
            "an event that begins with a space and a line feed",
            "the body is trimmed before it is verified",
            "Do not trim the body: every byte is signed",
        ],
        |forge| vec![forge.signed(format!(" \n{}", forge.pretty()))],
    ),
    check(
        "accept-crlf",
        Error,
        [
            "an event whose lines end with CR LF",
            "line ends are changed before the body is verified",
            "Read the body in binary: text modes change line ends",
        ],
        |forge| vec![forge.signed(forge.pretty().replace('\n', "\r\n"))],
    ),
    check(
        "accept-20kb",
        Error,
        ["an event of 20 kB", "events of invoices with a few lines are lost", LARGE],
        |forge| vec![forge.signed(forge.of_size(20 * 1024))],
    ),
    check(
        "accept-120kb",
        Error,
        [
            "an event of 120 kB: more than Express takes unless told",
            "events of invoices with many lines are lost",
            LARGE,
        ],
        |forge| vec![forge.signed(forge.of_size(120 * 1024))],
    ),
    check("accept-256kb", Error, ["an event of 256 kB", "the largest events are lost", LARGE], |forge| {
        vec![forge.signed(forge.of_size(256 * 1024))]
    }),
    check(
        "accept-unknown-type",
        Error,
        [
            "an event of a type that does not exist",
            "a type that is new, or that was switched on by mistake, is retried for days and then disables the endpoint",
            NO_PARSE,
        ],
        |forge| vec![forge.signed(forge.event_with("paycli_test.unknown_type", forge.now, "true"))],
    ),
    check(
        "accept-unknown-fields",
        Error,
        [
            "an event with members that no version of the API has",
            "the next field that Stripe adds breaks the endpoint: new fields are not a breaking change",
            "Ignore fields that you do not know",
        ],
        |forge| {
            let body = forge.pretty().replacen(
                "\"livemode\"",
                "\"a_new_field\": { \"is\": [null] },\n  \"livemode\"",
                1,
            );
            vec![forge.signed(body)]
        },
    ),
    check(
        "accept-connect",
        Error,
        [
            "an event of a connected account (with an account member)",
            "events of connected accounts are lost",
            NO_PARSE,
        ],
        |forge| {
            let account = "\"object\": \"event\",\n  \"account\": \"acct_paycli_test\",";
            vec![forge.signed(forge.pretty().replacen("\"object\": \"event\",", account, 1))]
        },
    ),
    check(
        "accept-v1-good-first",
        Error,
        ["two v1 signatures, the good one first", "deliveries fail while a secret is being rolled", EVERY_V1],
        |forge| {
            let body = forge.pretty();
            let (time, good, bad) = (forge.now, forge.signature(&body), "0".repeat(64));
            vec![TestDelivery::new(body, format!("t={time},v1={good},v1={bad}"))]
        },
    ),
    check(
        "accept-v1-good-last",
        Error,
        ["two v1 signatures, the good one last", "deliveries fail while a secret is being rolled", EVERY_V1],
        |forge| {
            let body = forge.pretty();
            let (time, good, bad) = (forge.now, forge.signature(&body), "0".repeat(64));
            vec![TestDelivery::new(body, format!("t={time},v1={bad},v1={good}"))]
        },
    ),
    check(
        "accept-v0-last",
        Error,
        [
            "a v0 signature after the good v1, as test events have",
            "test events are refused, or a scheme added later breaks the endpoint",
            BY_NAME,
        ],
        |forge| with_v0(forge, |time, good, bad| format!("t={time},v1={good},v0={bad}")),
    ),
    check(
        "accept-v0-first",
        Error,
        ["a v0 signature before the good v1", "the header is read by position, not by name", BY_NAME],
        |forge| with_v0(forge, |time, good, bad| format!("t={time},v0={bad},v1={good}")),
    ),
    check(
        "accept-unknown-scheme",
        Error,
        ["a v2 signature beside the good v1", "a scheme that Stripe adds breaks the endpoint", BY_NAME],
        |forge| with_v0(forge, |time, good, bad| format!("t={time},v2={bad}:{bad},v1={good}")),
    ),
    check(
        "accept-v1-before-t",
        Error,
        [
            "the header's items in another order: v1, then t",
            "the header is read by position, not by name",
            BY_NAME,
        ],
        |forge| with_v0(forge, |time, good, _| format!("v1={good},t={time}")),
    ),
    check(
        "accept-1-minute-old",
        Error,
        ["an event signed a minute ago", "deliveries that took their time on the way are lost", TOLERANCE],
        |forge| vec![forge.signed_at(forge.pretty(), forge.now - MINUTE)],
    ),
    check(
        "accept-4-minutes-old",
        Error,
        [
            "an event signed four minutes ago",
            "deliveries that took their time on the way are lost",
            TOLERANCE,
        ],
        |forge| vec![forge.signed_at(forge.pretty(), forge.now - 4 * MINUTE)],
    ),
    check(
        "accept-clock-ahead",
        Error,
        [
            "an event signed a minute in the future",
            "a server whose clock is a little slow refuses every event",
            TOLERANCE,
        ],
        |forge| vec![forge.signed_at(forge.pretty(), forge.now + MINUTE)],
    ),
    check(
        "accept-duplicate",
        Error,
        [
            "the same delivery twice, as it happens",
            "a duplicate is refused, so Stripe sends it again and again",
            "Remember the ids of the events that were handled, and answer 2xx to those without acting",
        ],
        |forge| {
            let delivery = forge.signed(forge.pretty());
            vec![delivery.clone(), delivery]
        },
    ),
    check(
        "accept-retry",
        Error,
        [
            "an event, and the same event signed anew, as a retry is",
            "retries are refused, so an event that failed once is lost",
            "Remember the ids of events, not their signatures, and answer 2xx to those that were handled",
        ],
        |forge| vec![forge.signed_at(forge.pretty(), forge.now - MINUTE), forge.signed(forge.pretty())],
    ),
    check(
        "accept-newer-before-older",
        Error,
        [
            "two events, the newer one first",
            "events that come out of order are lost: Stripe promises no order",
            "Answer 2xx whatever the order, and read the object's present state from the API where it matters",
        ],
        |forge| {
            let older = forge.event_with("balance.available", forge.now - MINUTE, "true");
            vec![forge.signed(forge.pretty()), forge.signed(older.replacen("-older\"", "-older-one\"", 1))]
        },
    ),
    check(
        "accept-plain-content-type",
        Error,
        [
            "Content-Type: application/json without a charset",
            "proxies that write the header anew break the endpoint",
            "Choose the body parser by application/json, with whatever parameters",
        ],
        |forge| vec![TestDelivery { content_type: "application/json", ..forge.signed(forge.pretty()) }],
    ),
];

/// A delivery whose header is made of its time, its good signature and a bad one.
fn with_v0(forge: &Forge, header: fn(i64, &str, &str) -> String) -> Vec<TestDelivery> {
    let body = forge.pretty();
    let header = header(forge.now, &forge.signature(&body), &"0".repeat(64));
    vec![TestDelivery::new(body, header)]
}
