//! The checks whose deliveries are bad: an endpoint that answers 2xx to one can be made to act by others.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::webhook::explain::json::Spacing;

use super::check::Severity::{Critical, Error, Warning};
use super::check::{Check, Group, Severity};
use super::forge::{Forge, TestDelivery, respaced};

const MINUTE: i64 = 60;
const DAY: i64 = 86_400;

const VERIFY: &str =
    "Verify every delivery with the official library's constructEvent and answer 400 when it throws";
const MISSING: &str = "Answer 400 when the Stripe-Signature header is missing, before anything else";
const EMPTY_SECRET: &str = "Refuse to start without a signing secret; never fall back to an empty one (official libraries from September 2026 on refuse it)";
const PLACEHOLDER: &str =
    "Refuse to start with a placeholder; read the secret from the environment without a default";
const TOO_OLD: &str =
    "Refuse signatures older than 300 seconds, the libraries' default tolerance; 0 switches the check off";
const SIGNED_TIME: &str =
    "Compute the HMAC over the same t that the age is judged by, then a dot, then the raw body";
const ONLY_V1: &str = "Compare with v1 alone; ignore every other scheme";
const WHOLE: &str = "Compare the whole signature with a constant-time function, its length first";
const FORM: &str = "Answer 4xx to a header that cannot be read; better, use the official library";

/// What people leave in place of a secret.
const PLACEHOLDERS: &[&str] = &[
    "whsec_",
    "whsec_...",
    "whsec_xxx",
    "whsec_test",
    "whsec_test_secret",
    "whsec_your_secret",
    "your_webhook_secret",
    "your-webhook-secret",
    "<your-webhook-secret>",
    "changeme",
    "secret",
    "test",
];

const fn check(
    id: &'static str,
    severity: Severity,
    [sent, why, fix]: [&'static str; 3],
    make: fn(&Forge) -> Vec<TestDelivery>,
) -> Check {
    Check { id, severity, group: Group::Refuse, sent, why, fix, make }
}

/// A delivery of the usual event with a header made of it.
fn headed(forge: &Forge, header: impl Fn(&str) -> String) -> TestDelivery {
    let body = forge.pretty();
    let header = header(&body);
    TestDelivery::new(body, header)
}

/// Bad deliveries.
pub(super) const REFUSE: &[Check] = &[
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
    check(
        "refuse-empty-secret",
        Critical,
        [
            "an event signed with the empty secret",
            "anybody can make up events (CVE-2026-41432)",
            EMPTY_SECRET,
        ],
        |forge| forge.signed_with_each(&[""]),
    ),
    check(
        "refuse-blank-secret",
        Critical,
        [
            "events signed with a space and with a line feed as the secret",
            "anybody can make up events",
            EMPTY_SECRET,
        ],
        |forge| forge.signed_with_each(&[" ", "\n"]),
    ),
    check(
        "refuse-undefined-secret",
        Critical,
        [
            "events signed with undefined, null, None, nil and false as the secret",
            "the secret is not set, and what stands for nothing is used as one",
            EMPTY_SECRET,
        ],
        |forge| forge.signed_with_each(&["undefined", "null", "None", "nil", "false", "[object Object]"]),
    ),
    check(
        "refuse-placeholder-secret",
        Critical,
        [
            "events signed with what examples have in place of a secret",
            "anybody can make up events",
            PLACEHOLDER,
        ],
        |forge| forge.signed_with_each(PLACEHOLDERS),
    ),
    check(
        "refuse-secret-without-prefix",
        Error,
        [
            "an event signed with the secret without its whsec_",
            "the key is made in another way than Stripe's",
            "Use the whole secret as text, whsec_ included, as the HMAC's key",
        ],
        |forge| {
            forge
                .secret()
                .strip_prefix("whsec_")
                .map(|key| forge.signed_with_each(&[key]))
                .unwrap_or_default()
        },
    ),
    check(
        "refuse-6-minutes-old",
        Error,
        ["an event signed six minutes ago", "an old event that somebody kept can be sent again", TOO_OLD],
        |forge| vec![forge.signed_at(forge.pretty(), forge.now - 6 * MINUTE)],
    ),
    check(
        "refuse-1-day-old",
        Critical,
        ["an event signed a day ago", "an old event that somebody kept can be sent again", TOO_OLD],
        |forge| vec![forge.signed_at(forge.pretty(), forge.now - DAY)],
    ),
    check(
        "refuse-8-days-old",
        Critical,
        ["an event signed eight days ago", "an old event that somebody kept can be sent again", TOO_OLD],
        |forge| vec![forge.signed_at(forge.pretty(), forge.now - 8 * DAY)],
    ),
    check(
        "refuse-time-zero",
        Critical,
        ["an event signed at t=0", "a time that counts as none skips the age check", TOO_OLD],
        |forge| vec![forge.signed_at(forge.pretty(), 0)],
    ),
    check(
        "refuse-t-changed",
        Critical,
        ["an old signature under a fresh t", "the age can be chosen by the sender", SIGNED_TIME],
        |forge| {
            let old = (forge.now - DAY).to_string();
            vec![headed(forge, |body| format!("t={},v1={}", forge.now, forge.hmac(&[&old, ".", body])))]
        },
    ),
    check(
        "refuse-second-t",
        Critical,
        [
            "an old t with its signature, and a fresh t beside it, in both orders",
            "the age is judged by another t than the signed one",
            SIGNED_TIME,
        ],
        |forge| {
            let (now, old) = (forge.now, forge.now - DAY);
            let signature = |body: &str| forge.hmac(&[&old.to_string(), ".", body]);
            vec![
                headed(forge, |body| format!("t={old},v1={},t={now}", signature(body))),
                headed(forge, |body| format!("t={now},v1={},t={old}", signature(body))),
            ]
        },
    ),
    check(
        "refuse-no-t",
        Critical,
        ["signatures without a t", "a header without a time skips the age check", FORM],
        |forge| {
            let times =
                [forge.now.to_string(), String::new(), "undefined".into(), "None".into(), "NaN".into()];
            let headed =
                |time: &String| headed(forge, |body| format!("v1={}", forge.hmac(&[time, ".", body])));
            times.iter().map(headed).collect()
        },
    ),
    check(
        "refuse-t-not-a-number",
        Critical,
        ["t=abc with a signature over it", "a time that is no number skips the age check", FORM],
        |forge| vec![headed(forge, |body| format!("t=abc,v1={}", forge.hmac(&["abc.", body])))],
    ),
    check(
        "refuse-v0-only",
        Critical,
        [
            "a good signature as v0 and no v1",
            "v0 is no signature: Stripe sends made-up ones with test events",
            ONLY_V1,
        ],
        |forge| vec![headed(forge, |body| format!("t={},v0={}", forge.now, forge.signature(body)))],
    ),
    check(
        "refuse-v0-good-v1-bad",
        Critical,
        [
            "a good signature as v0 and a bad v1",
            "v0 is no signature: Stripe sends made-up ones with test events",
            ONLY_V1,
        ],
        |forge| {
            let bad = "0".repeat(64);
            vec![headed(forge, |body| format!("t={},v1={bad},v0={}", forge.now, forge.signature(body)))]
        },
    ),
    check(
        "refuse-body-hmac",
        Critical,
        [
            "an HMAC of the body alone",
            "the time is not signed, so a kept event can be sent again with a fresh t",
            SIGNED_TIME,
        ],
        |forge| vec![headed(forge, |body| format!("t={},v1={}", forge.now, forge.hmac(&[body])))],
    ),
    check(
        "refuse-no-dot",
        Error,
        [
            "an HMAC of time and body without the dot between",
            "the signed text is made in another way than Stripe's",
            SIGNED_TIME,
        ],
        |forge| {
            vec![headed(forge, |body| {
                format!("t={0},v1={1}", forge.now, forge.hmac(&[&forge.now.to_string(), body]))
            })]
        },
    ),
    check(
        "refuse-plain-hash",
        Critical,
        ["a SHA-256 of the signed text, without the secret", "anybody can make up events", VERIFY],
        |forge| {
            let hash = |body: &str| hex::encode(Sha256::digest(format!("{}.{body}", forge.now)));
            vec![headed(forge, |body| format!("t={},v1={}", forge.now, hash(body)))]
        },
    ),
    check(
        "refuse-sha1",
        Error,
        ["a signature made with SHA-1", "a weaker hash than Stripe's is accepted", VERIFY],
        |forge| vec![headed(forge, |body| format!("t={},v1={}", forge.now, forge.sha1_signature(body)))],
    ),
    check(
        "refuse-empty-signature",
        Critical,
        ["v1= with nothing after it", "anybody can make up events", WHOLE],
        |forge| vec![headed(forge, |_| format!("t={},v1=", forge.now))],
    ),
    check(
        "refuse-truncated",
        Critical,
        [
            "the first 8, 32 and 63 digits of a good signature",
            "a signature can be guessed digit by digit",
            WHOLE,
        ],
        |forge| {
            let cut = |length: usize| {
                headed(forge, |body| format!("t={},v1={}", forge.now, &forge.signature(body)[..length]))
            };
            [8, 32, 63].map(cut).into()
        },
    ),
    check(
        "refuse-extended",
        Error,
        ["a good signature with digits after it", "the comparison ends before the signature does", WHOLE],
        |forge| vec![headed(forge, |body| format!("t={},v1={}00", forge.now, forge.signature(body)))],
    ),
    check(
        "refuse-last-digit",
        Critical,
        [
            "a good signature with another last digit",
            "only the beginning of the signature is compared",
            WHOLE,
        ],
        |forge| {
            let changed = |body: &str| {
                let good = forge.signature(body);
                format!("{}{}", &good[..63], if good.ends_with('0') { '1' } else { '0' })
            };
            vec![headed(forge, |body| format!("t={},v1={}", forge.now, changed(body)))]
        },
    ),
    check(
        "refuse-first-digit",
        Critical,
        ["a good signature with another first digit", "only the end of the signature is compared", WHOLE],
        |forge| {
            let changed = |body: &str| {
                let good = forge.signature(body);
                format!("{}{}", if good.starts_with('0') { '1' } else { '0' }, &good[1..])
            };
            vec![headed(forge, |body| format!("t={},v1={}", forge.now, changed(body)))]
        },
    ),
    check(
        "refuse-upper-case",
        Warning,
        [
            "a good signature in upper-case hexadecimal",
            "harmless, and other than the official libraries, Go's left out",
            WHOLE,
        ],
        |forge| {
            vec![headed(forge, |body| format!("t={},v1={}", forge.now, forge.signature(body).to_uppercase()))]
        },
    ),
    check(
        "refuse-upper-case-names",
        Warning,
        ["T= and V1= in place of t= and v1=", "harmless, and other than the official libraries", FORM],
        |forge| vec![headed(forge, |body| format!("T={},V1={}", forge.now, forge.signature(body)))],
    ),
    check(
        "refuse-standard-webhooks",
        Error,
        [
            "Standard Webhooks headers, signed with the same secret",
            "a second scheme is a second way in",
            "Accept one scheme on this route: Stripe-Signature",
        ],
        |forge| vec![standard_webhooks(forge)],
    ),
    check(
        "refuse-not-json",
        Warning,
        [
            "a signed body that is not JSON",
            "what is signed and no event is taken for handled",
            "Answer 400 to a body that cannot be parsed, after verifying it",
        ],
        |forge| vec![forge.signed("this is not JSON")],
    ),
    check(
        "refuse-signed-empty",
        Warning,
        [
            "a signed empty body",
            "what is signed and no event is taken for handled",
            "Answer 400 to a body that cannot be parsed, after verifying it",
        ],
        |forge| vec![forge.signed("")],
    ),
];

/// A delivery as Standard Webhooks has it, without `Stripe-Signature`.
fn standard_webhooks(forge: &Forge) -> TestDelivery {
    let (body, id) = (forge.pretty(), "msg_paycli_test");
    let time = forge.now.to_string();
    let digest = forge.hmac(&[id, ".", &time, ".", &body]);
    let signature = STANDARD.encode(hex::decode(digest).expect("hexadecimal of our own"));
    let extra = vec![
        ("webhook-id", id.to_owned()),
        ("webhook-timestamp", time),
        ("webhook-signature", format!("v1,{signature}")),
    ];
    TestDelivery { extra, ..TestDelivery::new(body, "").unsigned() }
}
