//! Deliveries signed in another way than Stripe's, and what is signed and no event.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::entry::{FORM, SIGNED_TIME, VERIFY, check, headed};
use crate::webhook::battery::check::Check;
use crate::webhook::battery::check::Severity::{Critical, Error, Warning};
use crate::webhook::battery::forge::{Forge, TestDelivery};

const WHOLE: &str = "Compare the whole signature with a constant-time function, its length first";

pub(super) const SIGNATURE: &[Check] = &[
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
            "accepted by Go's official library and refused by the others",
            "None needed; the other official libraries compare the text exactly",
        ],
        |forge| {
            vec![headed(forge, |body| format!("t={},v1={}", forge.now, forge.signature(body).to_uppercase()))]
        },
    ),
    check(
        "refuse-upper-case-names",
        Error,
        ["T= and V1= in place of t= and v1=", "a header that no official library reads is accepted", FORM],
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
