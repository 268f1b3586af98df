//! Mistakes in what the HMAC is made of: the text, the key, or a body that is not the raw one.

use super::mistake::Explains::{EveryGoodAnd, These};
use super::mistake::Sign::{Refuses, RefusesAny, RefusesEveryGood, Takes, TakesAny};
use super::mistake::{Mistake, REWRITTEN, mistake};

const FORMS: &[&str] =
    &["accept-compact", "accept-spaced", "accept-tabs", "accept-numbers", "accept-key-order"];

pub(super) const SIGNED_TEXT: &[Mistake] = &[
    mistake(
        "hmac-without-timestamp",
        [
            "the HMAC is made of the body alone",
            "Sign t, a dot and the body: HMAC-SHA256(secret, t + \".\" + body)",
        ],
        &[Takes(&["refuse-body-hmac"]), RefusesEveryGood],
        EveryGoodAnd(&["refuse-body-hmac"]),
    ),
    mistake(
        "hmac-without-dot",
        [
            "the HMAC is made of time and body without the dot between",
            "Sign t, a dot and the body: HMAC-SHA256(secret, t + \".\" + body)",
        ],
        &[Takes(&["refuse-no-dot"]), RefusesEveryGood],
        EveryGoodAnd(&["refuse-no-dot"]),
    ),
    mistake(
        "secret-without-prefix",
        ["the secret is used without its whsec_", "Use the whole secret as text, whsec_ included"],
        &[Takes(&["refuse-secret-without-prefix"]), RefusesEveryGood],
        EveryGoodAnd(&["refuse-secret-without-prefix"]),
    ),
    mistake(
        "sha1-signature",
        ["the HMAC is made with SHA-1", "Use HMAC-SHA256"],
        &[Takes(&["refuse-sha1"]), RefusesEveryGood],
        EveryGoodAnd(&["refuse-sha1"]),
    ),
    mistake(
        "standard-webhooks",
        [
            "the endpoint verifies Standard Webhooks, not Stripe's scheme",
            "Use Stripe's library: the schemes share only the prefix whsec_",
        ],
        &[Takes(&["refuse-standard-webhooks"]), RefusesEveryGood],
        EveryGoodAnd(&["refuse-standard-webhooks"]),
    ),
    mistake(
        "parsed-body",
        [
            "the body is parsed and written again before it is verified",
            "Verify the raw bytes. Express: express.raw({type: 'application/json'}) on this route, before express.json(); Next.js: await req.text(); Flask: request.get_data(); Django: request.body; FastAPI: await request.body()",
        ],
        &[Refuses(&["accept-pretty"]), TakesAny(&["accept-compact", "accept-spaced"])],
        EveryGoodAnd(REWRITTEN),
    ),
    mistake(
        "reserialised-body",
        [
            "the body is parsed and written again in Stripe's indentation before it is verified",
            "Verify the raw bytes: writing them again works by luck, until a number or an escape is written in another way",
        ],
        &[Takes(&["accept-pretty"]), RefusesAny(FORMS)],
        These(&[
            "accept-compact",
            "accept-spaced",
            "accept-tabs",
            "accept-numbers",
            "accept-key-order",
            "accept-escapes",
            "accept-nul",
            "accept-unicode",
            "accept-trailing-newline",
            "accept-leading-space",
            "accept-crlf",
            "accept-unknown-fields",
            "refuse-reformatted",
            "refuse-appended-newline",
        ]),
    ),
    mistake(
        "nothing-accepted",
        [
            "no good delivery is accepted: another secret, another header, or a body that is not the raw one",
            "Give --secret the secret that the endpoint uses (each endpoint, each mode and the Stripe CLI have their own); paycli webhook verify --explain finds out why one delivery fails",
        ],
        &[RefusesEveryGood],
        EveryGoodAnd(&[]),
    ),
    mistake(
        "charset-decoded",
        [
            "the body is decoded in another charset than UTF-8 before it is verified",
            "Verify bytes, or decode them as UTF-8",
        ],
        &[Refuses(&["accept-unicode"]), Takes(&["accept-pretty", "accept-escapes"])],
        These(&["accept-unicode"]),
    ),
    mistake(
        "unescaped-body",
        ["escapes of the body are changed before it is verified", "Verify the raw bytes as they came in"],
        &[Refuses(&["accept-escapes"]), Takes(&["accept-pretty", "accept-compact"])],
        These(&["accept-escapes", "accept-nul"]),
    ),
    mistake(
        "nul-refused",
        [
            "a text with \\u0000 is refused",
            "Store the raw body as bytes, or take \\u0000 out before storing text (PostgreSQL refuses it)",
        ],
        &[Refuses(&["accept-nul"]), Takes(&["accept-pretty"])],
        These(&["accept-nul"]),
    ),
    mistake(
        "body-trimmed",
        [
            "white space around the body is trimmed before it is verified",
            "Do not trim the body: every byte is signed",
        ],
        &[RefusesAny(&["accept-trailing-newline", "accept-leading-space"]), Takes(&["accept-pretty"])],
        These(&["accept-trailing-newline", "accept-leading-space", "refuse-appended-newline"]),
    ),
    mistake(
        "line-ends-changed",
        [
            "line ends are changed before the body is verified",
            "Read the body in binary: text modes change CR LF to LF",
        ],
        &[Refuses(&["accept-crlf"]), Takes(&["accept-pretty"])],
        These(&["accept-crlf"]),
    ),
];
