//! Deliveries signed with what is found where a secret should be.

use super::entry::check;
use crate::webhook::battery::check::Check;
use crate::webhook::battery::check::Severity::{Critical, Error};

const EMPTY_SECRET: &str = "Refuse to start without a signing secret; never fall back to an empty one (official libraries from September 2026 on refuse it)";
const PLACEHOLDER: &str =
    "Refuse to start with a placeholder; read the secret from the environment without a default";

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

pub(super) const OTHER_SECRETS: &[Check] = &[
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
];
