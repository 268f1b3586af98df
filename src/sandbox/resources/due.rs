//! The table of time: what falls due, when, and the one transition that it makes.

use std::cell::RefCell;

use rusqlite::Connection;
use serde_json::Value;

use super::{Call, balance, charges, checkout_sessions, collection, notices, payouts, renewals, test_clocks};
use crate::sandbox::events::record::{Request, record};
use crate::sandbox::params::api_error::ApiError;
use crate::sandbox::state::ids::Ids;
use crate::sandbox::state::store::Store;
use crate::sandbox::time::walk::{self, Due, Progress};

/// One kind of object that time does something to.
struct Rule {
    /// Its name in the field `object`.
    object: &'static str,
    /// When an object falls due, in Unix seconds, read from nothing but itself.
    when: fn(&Value) -> Option<i64>,
    /// What happens then. It leaves the object due at a later time, or never again.
    then: fn(&Call<'_>, &Value) -> Result<(), ApiError>,
}

static RULES: &[Rule] = &[
    Rule { object: "subscription", when: renewals::when, then: renewals::fall_due },
    Rule { object: "invoice", when: collection::when, then: collection::fall_due },
    Rule { object: "charge", when: charges::hold_ends, then: charges::expire },
    Rule { object: "balance_transaction", when: balance::matures, then: balance::mature_transaction },
    Rule { object: balance::RECORD, when: balance::next_date, then: balance::tell_available },
    Rule { object: "checkout.session", when: checkout_sessions::when, then: checkout_sessions::time_out },
    Rule { object: "payout", when: payouts::when, then: payouts::travel },
    Rule { object: notices::NOTICE, when: notices::when, then: notices::tell },
    Rule { object: test_clocks::OBJECT, when: test_clocks::when, then: test_clocks::arrive },
];

/// The rule for an object, if time does anything to it.
fn rule(object: &Value) -> Option<&'static Rule> {
    RULES.iter().find(|rule| object["object"] == rule.object)
}

/// When an object falls due, in Unix seconds, if it does.
pub(in crate::sandbox) fn when(object: &Value) -> Option<i64> {
    rule(object).and_then(|rule| (rule.when)(object))
}

/// Whose time passes.
pub(in crate::sandbox) struct Passing<'a> {
    pub(in crate::sandbox) account: &'a str,
    pub(in crate::sandbox) ids: &'a Ids,
    /// The account's time, in Unix seconds.
    pub(in crate::sandbox) now: i64,
}

/// Does some of what has fallen due.
///
/// # Errors
/// When a transition fails: what came before it stays.
pub(in crate::sandbox) fn pass(
    connection: &Connection,
    passing: &Passing<'_>,
) -> rusqlite::Result<Result<Progress, ApiError>> {
    let take = |due: &Due| take(connection, passing, due);
    walk::some(connection, passing.account, passing.now, test_clocks::advancing, &take)
}

fn take(connection: &Connection, passing: &Passing<'_>, due: &Due) -> Result<bool, ApiError> {
    let Some(rule) = rule(&due.object) else {
        return Err(ApiError::internal(format!("Nothing is known to fall due at {}.", due.object["id"])));
    };
    let store = Store::new(connection, passing.account).in_time(when);
    // A test clock arrives in the account's time, not at the beginning of it.
    let is_clock = test_clocks::advancing(&due.object).is_some();
    let now = if is_clock { passing.now } else { due.at };
    let call =
        Call { changes: RefCell::default(), ..Call::by_time(store, passing.ids, passing.account, now) };
    (rule.then)(&call, &due.object)?;
    let changes = call.changes.take();
    record(&call.store, passing.ids, &changes, &Request { id: None, key: None, at: now })
}
