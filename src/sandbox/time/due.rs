//! The table of time: what falls due, when, and the one transition that it makes. Pure but for the
//! transitions, which stand with their resources.

use serde_json::Value;

use crate::sandbox::api_error::ApiError;
use crate::sandbox::resources::{self as of, Call};

/// One kind of object that time does something to.
pub(in crate::sandbox) struct Rule {
    /// Its name in the field `object`.
    object: &'static str,
    /// When an object falls due, in Unix seconds, read from nothing but itself.
    when: fn(&Value) -> Option<i64>,
    /// What happens then. It leaves the object due at a later time, or never again.
    pub(super) then: fn(&Call<'_>, &Value) -> Result<(), ApiError>,
}

static RULES: &[Rule] = &[
    Rule { object: "subscription", when: of::renewals::when, then: of::renewals::fall_due },
    Rule { object: "invoice", when: of::collection::when, then: of::collection::fall_due },
    Rule { object: "charge", when: of::charges::hold_ends, then: of::charges::expire },
    Rule { object: "balance_transaction", when: of::balance::matures, then: of::balance::mature_transaction },
    Rule { object: of::balance::RECORD, when: of::balance::next_date, then: of::balance::tell_available },
    Rule {
        object: "checkout.session",
        when: of::checkout_sessions::when,
        then: of::checkout_sessions::time_out,
    },
    Rule { object: "payout", when: of::payouts::when, then: of::payouts::travel },
    Rule { object: of::notices::NOTICE, when: of::notices::when, then: of::notices::tell },
    Rule { object: of::test_clocks::OBJECT, when: of::test_clocks::when, then: of::test_clocks::arrive },
];

/// The rule for an object, if time does anything to it.
pub(super) fn rule(object: &Value) -> Option<&'static Rule> {
    RULES.iter().find(|rule| object["object"] == rule.object)
}

/// When an object falls due, in Unix seconds, if it does.
pub(in crate::sandbox) fn when(object: &Value) -> Option<i64> {
    rule(object).and_then(|rule| (rule.when)(object))
}
