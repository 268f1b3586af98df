//! Mistakes in what is accepted beside a good signature.

use super::mistake::Explains::These;
use super::mistake::Sign::{Takes, TakesAny};
use super::mistake::{Mistake, REWRITTEN, mistake};

pub(super) const COMPARISON: &[Mistake] = &[
    mistake(
        "body-hmac-accepted",
        [
            "an HMAC of another text is accepted beside Stripe's",
            "Accept one construction: t, a dot and the body",
        ],
        &[TakesAny(&["refuse-body-hmac", "refuse-no-dot"])],
        These(&["refuse-body-hmac", "refuse-no-dot"]),
    ),
    mistake(
        "empty-secret-accepted",
        [
            "the empty secret verifies deliveries",
            "Refuse to start without a secret, and update the official library (CVE-2026-41432)",
        ],
        &[TakesAny(&["refuse-empty-secret", "refuse-blank-secret"])],
        These(&["refuse-empty-secret", "refuse-blank-secret"]),
    ),
    mistake(
        "unset-secret-accepted",
        [
            "the text of a missing value (undefined, None, null) is used as the secret",
            "Refuse to start when the secret's variable is not set",
        ],
        &[Takes(&["refuse-undefined-secret"])],
        These(&["refuse-undefined-secret"]),
    ),
    mistake(
        "placeholder-secret-accepted",
        [
            "a placeholder verifies deliveries",
            "Take the default secret out of the code, and refuse to start without a real one",
        ],
        &[Takes(&["refuse-placeholder-secret"])],
        These(&["refuse-placeholder-secret"]),
    ),
    mistake(
        "prefix-stripped-accepted",
        ["the secret without its whsec_ verifies deliveries too", "Use the whole secret, and nothing else"],
        &[Takes(&["refuse-secret-without-prefix"])],
        These(&["refuse-secret-without-prefix"]),
    ),
    mistake(
        "prefix-compared",
        [
            "only the beginning of the signature is compared",
            "Compare all 64 digits with a constant-time function",
        ],
        &[TakesAny(&["refuse-truncated", "refuse-last-digit", "refuse-extended"])],
        These(&["refuse-truncated", "refuse-last-digit", "refuse-extended", "refuse-empty-signature"]),
    ),
    mistake(
        "suffix-compared",
        [
            "the beginning of the signature is not compared",
            "Compare all 64 digits with a constant-time function",
        ],
        &[Takes(&["refuse-first-digit"])],
        These(&["refuse-first-digit"]),
    ),
    mistake(
        "empty-signature-accepted",
        ["an empty signature is accepted", "Answer 400 when v1 is empty"],
        &[Takes(&["refuse-empty-signature"])],
        These(&["refuse-empty-signature"]),
    ),
    mistake(
        "sha1-accepted",
        ["signatures made with SHA-1 are accepted", "Accept HMAC-SHA256 alone"],
        &[Takes(&["refuse-sha1"])],
        These(&["refuse-sha1"]),
    ),
    mistake(
        "unkeyed-hash-accepted",
        ["a hash without the secret is accepted", "Use HMAC-SHA256 with the signing secret as its key"],
        &[Takes(&["refuse-plain-hash"])],
        These(&["refuse-plain-hash"]),
    ),
    mistake(
        "standard-webhooks-accepted",
        ["Standard Webhooks signatures are accepted beside Stripe's", "Accept one scheme on this route"],
        &[Takes(&["refuse-standard-webhooks"])],
        These(&["refuse-standard-webhooks"]),
    ),
    mistake(
        "body-rewritten-too",
        ["a delivery whose white space was changed is accepted", "Verify the raw bytes and nothing else"],
        &[TakesAny(REWRITTEN)],
        These(REWRITTEN),
    ),
];
