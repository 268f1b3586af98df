//! Deliveries whose header is too old, contradicts itself, or has nothing that counts.

use super::entry::{FORM, SIGNED_TIME, check, headed};
use crate::webhook::battery::check::Check;
use crate::webhook::battery::check::Severity::{Critical, Error};

const MINUTE: i64 = 60;
const DAY: i64 = 86_400;

const TOO_OLD: &str =
    "Refuse signatures older than 300 seconds, the libraries' default tolerance; 0 switches the check off";
const ONLY_V1: &str = "Compare with v1 alone; ignore every other scheme";

pub(super) const HEADER: &[Check] = &[
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
];
